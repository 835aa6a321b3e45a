"""Readers of facility-location files, on small files made by hand and on the published ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import facility

DATA = Path(__file__).parents[3].parent / "shared" / "data"
real = pytest.mark.skipif(not DATA.exists(), reason="the real public data are not beside the checkout")


def _holmberg(folder: Path) -> Path:
    """Two sites, three customers; the first site holds two of them at the most."""
    (folder / "os").write_text("17\n", encoding="ascii")
    path = folder / "p1"
    path.write_bytes(b"2 3\n10 5\n8 4\n 5. 5. 4.\n 1. 2. 9.\n 8. 7. 5.\n" + bytes(8) + b"39. 336.\n")
    return path


def test_holmberg_file_with_trailing_nuls(tmp_path: Path) -> None:
    (instance,) = facility.read(_holmberg(tmp_path))
    assert (instance.name, instance.single_source, instance.published) == ("p1", True, 17.0)
    assert instance.capacity.tolist() == [10, 8]
    assert instance.fixed.tolist() == [5, 4]
    assert instance.demand.tolist() == [5, 5, 4]
    assert instance.cost.tolist() == [[1, 2, 9], [8, 7, 5]]


def test_solved_value_is_compared_with_the_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both sites must open (9); the first takes customers 1 and 2 (3), the second customer 3 (5)."""
    assert facility.main([str(_holmberg(tmp_path)), "--seconds", "20", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["value"] == pytest.approx(17)
    assert (found["equal"], found["proven"]) == (True, True)
    (tmp_path / "os").write_text("16\n", encoding="ascii")
    assert facility.main([str(tmp_path / "p1"), "--seconds", "20"]) == 1
    assert "0 of 1 equal the published optimum" in capsys.readouterr().out


def test_or_library_file_and_one_without_capacities(tmp_path: Path) -> None:
    (tmp_path / "capopt.txt").write_text(
        "Data file   Optimal solution value\ncap1        11.5\n"
        "capa        20.0 (capacity 8)\n            18.5 (capacity 10)\n\nNote here\n", encoding="ascii"
    )  # fmt: skip
    (tmp_path / "cap1.txt").write_text(
        " 2 3\n 9 5.\n 9 4.\n 5\n 1. 8.\n 5\n 2. 7.\n 4\n 9. 5.\n", encoding="ascii"
    )
    (one,) = facility.read(tmp_path / "cap1.txt")
    assert (one.name, one.single_source, one.published) == ("cap1", False, 11.5)
    assert one.cost.tolist() == [[1, 2, 9], [8, 7, 5]]
    text = " 2 3\n capacity 5.\n capacity 4.\n 5\n 1. 8.\n 5\n 2. 7.\n 4\n 9. 5.\n"
    (tmp_path / "capa.txt").write_text(text, encoding="ascii")
    found = facility.read(tmp_path / "capa.txt")
    assert [(i.name, i.capacity.tolist(), i.published) for i in found] == [
        ("capa-8", [8, 8], 20.0),
        ("capa-10", [10, 10], 18.5),
    ]
    (tmp_path / "capopt.txt").unlink()
    with pytest.raises(ValueError, match=r"capa\.txt.*capacities"):
        facility.read(tmp_path / "capa.txt")


@pytest.mark.parametrize("text", ["", "2 3\n1 2", "words of another kind", "2 2 1 1 1 1 1 1 1 1 1 1 1"])
def test_a_file_of_another_form_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "p9").write_text(text, encoding="ascii")
    with pytest.raises(ValueError, match="p9: it is neither"):
        facility.read(tmp_path / "p9")


def test_columns_belong_to_their_facility(tmp_path: Path) -> None:
    (instance,) = facility.read(_holmberg(tmp_path))
    arrays, blocks = facility.to_arrays(instance)
    assert blocks.tolist() == [0, 1, 0, 0, 0, 1, 1, 1]
    assert arrays.cost.tolist() == [5, 4, 1, 2, 9, 8, 7, 5]
    assert arrays.whole.all()
    assert len(arrays.row_lower) == 3 + 2 + 6


@real
@pytest.mark.realdata
def test_every_published_file_is_read() -> None:
    single = [facility.read(DATA / "sscflp_holmberg" / f"p{number}")[0] for number in range(1, 72)]
    assert [i.published for i in single[:2]] == [8848.0, 7913.0]
    assert all(i.published and i.capacity.sum() >= i.demand.sum() and np.isfinite(i.cost).all() for i in single)
    split = [i for path in sorted((DATA / "orlib_cap").glob("cap*.txt")) if path.stem != "capopt"
             for i in facility.read(path)]  # fmt: skip
    assert len(split) == 37 + 12
    assert all(i.published and i.capacity.sum() >= i.demand.sum() and np.isfinite(i.cost).all() for i in split)


@real
@pytest.mark.realdata
@pytest.mark.parametrize(("folder", "name"), [("sscflp_holmberg", "p2"), ("orlib_cap", "cap41.txt")])
def test_a_published_optimum_is_met(folder: str, name: str) -> None:
    (instance,) = facility.read(DATA / folder / name)
    result = facility.solve(instance, 60)
    assert result.proven
    assert result.equal
