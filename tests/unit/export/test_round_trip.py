"""What goes out by `estate export` comes back by `estate import`, whole: GeoPackage, Excel, CSV."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings

from estate import export
from estate.database import Register
from estate.importers import import_files
from tests.unit.export.registers import Rows, content, fill, registers

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # an example takes a second
OUT = {"geopackage": "out.gpkg", "excel": "out.xlsx", "tables": "out"}


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def made(at: Path) -> Register:
    return Register.create(f"sqlite:///{at}")


@pytest.mark.parametrize("format_name", OUT)
@settings(max_examples=15, deadline=None, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck))
@given(rows=registers())
def test_nothing_is_lost(format_name: str, rows: Rows) -> None:
    with folder() as here:
        one, other = made(here / "one.db"), made(here / "other.db")
        fill(one, rows)

        counts = export.write(one, here / OUT[format_name])
        results = import_files(other, [here / OUT[format_name]])
        again = import_files(one, [here / OUT[format_name]])

        assert counts == {table: len(held) for table, held in rows.items()}
        assert [note for result in results for note in (*result.rejections, *result.notes)] == []
        assert content(other) == content(one)
        assert sum(result.changes.new + result.changes.changed for result in again) == 0
        one.close()
        other.close()


@pytest.mark.parametrize("format_name", ["geopackage", "tables"])
def test_the_same_register_gives_the_same_bytes(
    format_name: str, sqlite_register: Register, tmp_path: Path
) -> None:
    fill(sqlite_register, EXAMPLE)
    for name in ("a", "b"):
        export.write(sqlite_register, tmp_path / f"{name}{Path(OUT[format_name]).suffix}", format_name)

    assert read(tmp_path, "a") == read(tmp_path, "b")


def read(here: Path, stem: str) -> list[bytes]:
    found = next(here.glob(f"{stem}*"))
    return [path.read_bytes() for path in (sorted(found.iterdir()) if found.is_dir() else [found])]


def test_both_stores_give_the_same_rows(register: Register, tmp_path: Path) -> None:
    fill(register, EXAMPLE)
    export.write(register, tmp_path / "out.gpkg")
    results = import_files(register, [tmp_path / "out.gpkg"])

    assert (results[0].changes.new, results[0].changes.changed, results[0].changes.unchanged) == (0, 0, 4)


EXAMPLE: Rows = {
    "organisation": [{"id": "ac", "name": "Ambridge Council", "kind": "district"}],
    "property": [
        {
            "id": "p1",
            "organisation_id": "ac",
            "name": "Town Hall",
            "geometry": shapely.Point(378_800.25, 391_900.5),
            "located_by": "source",
            "uprn": "100012702108",
            "floor_area_m2": 1200.1,
        },
        {
            "id": "p2",
            "organisation_id": "ac",
            "name": "Library",
            "geometry": shapely.MultiPolygon([shapely.box(0, 0, 9, 9)]),
            "located_by": "source",
        },
        {"id": "p3", "organisation_id": "ac", "name": "Depot, nobody knows where"},
    ],
}
