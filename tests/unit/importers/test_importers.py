"""Importing as such: one transaction, the same file twice, files that are no good."""

from pathlib import Path
from typing import Any

import pytest

from estate.database import Changes, Register
from estate.importers import ImportOptions, _source, import_files, importers
from estate.importers._cells import postcode, slug, uprn
from estate.problems import InputError
from estate.tables import metadata
from tests.unit.importers.files import (
    LIBRARY,
    ZONES,
    bring_in,
    like_library,
    register_csv,
    write_and_import,
)  # fmt: skip

NAME = "assets.csv"


def everything(register: Register) -> dict[str, list[dict[str, Any]]]:
    return {name: register.rows(name) for name in metadata.tables}


def test_every_importer_offers_what_the_registry_needs() -> None:
    assert set(importers()) >= {"transparency-code", "zones", "population", "service-points", "register-tables"}
    assert all(importer.DESCRIPTION for importer in importers().values())


def test_two_importers_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importers()["zones"], "NAME", "population")

    with pytest.raises(ValueError, match="two importers are called population"):
        importers.__wrapped__()


def test_the_same_file_twice_changes_nothing_and_says_so(register: Register, tmp_path: Path) -> None:
    content = register_csv(like_library(TenureType="Leashold"), like_library(PropertyName=""))
    first = bring_in(register, tmp_path, NAME, content)
    before = everything(register)
    second = bring_in(register, tmp_path, NAME, content)

    assert everything(register) == before
    assert (first.again, second.again, second.batch) == (False, True, first.batch)
    assert second.changes == Changes(unchanged=1)


def test_an_older_file_may_come_back(sqlite_register: Register, tmp_path: Path) -> None:
    old, new = register_csv(LIBRARY), register_csv(like_library(PropertyName="Hub"))
    batches = [bring_in(sqlite_register, tmp_path, NAME, content).batch for content in (old, new, old)]

    assert len(set(batches)) == len(sqlite_register.rows("import_batch")) == 3
    row = sqlite_register.rows("property")[0]
    assert (row["name"], row["import_batch_id"]) == ("Sale Library", batches[2])


def test_a_bad_file_among_good_ones_leaves_the_register_as_it_was(register: Register, tmp_path: Path) -> None:
    (tmp_path / "zones.geojson").write_text(ZONES)
    (tmp_path / NAME).write_text(register_csv(LIBRARY))
    (tmp_path / "team.csv").write_text("id,name\nt,Desk\n")
    before = everything(register)

    with pytest.raises(InputError, match=r"team\.csv: it has no column organisation_id"):
        import_files(register, [tmp_path])

    assert everything(register) == before


def test_an_import_that_is_interrupted_leaves_the_register_as_it_was(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zones.geojson").write_text(ZONES)
    (tmp_path / NAME).write_text(register_csv(LIBRARY))
    before = everything(register)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importers()["transparency-code"], "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_files(register, [tmp_path])

    assert everything(register) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b" \n\r\n", "it is empty"),
        (b"PK\x03\x04rest", "it is not a text file"),
        (bytes(range(256)) * 10, "it is not a text file"),
        ("name,postcode\nA,B\n".encode("utf-16"), "it is in UTF-16"),
        (b"name\n\x81\x8d\n", "its encoding is neither"),
        (b'name,postcode\n"A,B\n', "cannot be read as CSV"),
        (b"fish,chips\n1,2\n", "none of the formats .*; its columns are fish, chips"),
    ],
)
def test_files_that_are_no_good_are_refused(
    sqlite_register: Register, tmp_path: Path, content: bytes, reason: str
) -> None:
    before = everything(sqlite_register)

    with pytest.raises(InputError, match=rf"list\.csv: .*{reason}"):
        write_and_import(sqlite_register, tmp_path, "list.csv", content)

    assert everything(sqlite_register) == before


def test_files_that_are_not_there_or_of_another_kind(sqlite_register: Register, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        import_files(sqlite_register, [tmp_path / "gone.csv"])
    with pytest.raises(InputError, match="no such file"):
        import_files(sqlite_register, [tmp_path / "gone"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="there is no file here"):
        import_files(sqlite_register, [tmp_path / "empty"])
    with pytest.raises(InputError, match="files of this kind are not read"):
        write_and_import(sqlite_register, tmp_path, "plan.pdf", "x")
    with pytest.raises(InputError, match="there is no such format"):
        write_and_import(sqlite_register, tmp_path, NAME, register_csv(LIBRARY), format="papyrus")
    with pytest.raises(InputError, match="outside 0 to 100,000 m"):
        ImportOptions(place_tolerance_m=float("nan"))


@pytest.mark.parametrize("rows", ["", ",,,\n\n"])
def test_a_list_without_rows_is_refused_and_an_empty_table_is_not(
    sqlite_register: Register, tmp_path: Path, rows: str
) -> None:
    bring_in(sqlite_register, tmp_path, "organisation.csv", "id,name\nac,Ambridge\n")
    with pytest.raises(InputError, match="it has a header and no rows"):
        write_and_import(sqlite_register, tmp_path, "libraries.csv", "name,postcode,lon,lat\n" + rows)

    assert bring_in(sqlite_register, tmp_path, "site.csv", "id,name\n" + rows).rows == 0


def test_files_that_are_too_large_are_refused(
    sqlite_register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = register_csv(LIBRARY, like_library(AssetCode="A2"))
    monkeypatch.setattr(_source, "MAX_ROWS", 1)
    with pytest.raises(InputError, match="more than 1 rows"):
        write_and_import(sqlite_register, tmp_path, NAME, content)
    monkeypatch.setattr(_source, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="larger than 0 MB"):
        write_and_import(sqlite_register, tmp_path, NAME, content)


def test_a_folder_names_what_it_passed_over(sqlite_register: Register, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "deeper"
    folder.mkdir(parents=True)
    (folder / NAME).write_text(register_csv(LIBRARY))
    (folder / "meta.json").write_text('{"a": "b" c}')
    (folder / "other.csv").write_text("fish,chips\n1,2\n")
    results = import_files(sqlite_register, [tmp_path / "in", folder / NAME])

    assert [(r.file_name, r.rows) for r in results] == [(NAME, 1), ("meta.json", 0), ("other.csv", 0)]
    assert "cannot be read as JSON" in results[1].skipped
    assert "its columns are fish, chips" in results[2].skipped


def test_semicolons_do_for_commas(sqlite_register: Register, tmp_path: Path) -> None:
    content = "name;postcode;lon;lat\nSale Library;M33 7DZ;-2.32;53.42\n"
    bring_in(sqlite_register, tmp_path, "organisation.csv", "id,name\nac,Ambridge\n")

    assert bring_in(sqlite_register, tmp_path, "libraries.csv", content).accepted == 1


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("wa141pf", "WA14 1PF"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("M1", "M1"),
        ("W1A0AX", "W1A 0AX"),
        ("M33 7D", None),
        ("", None),
    ],
)
def test_postcodes(raw: str, wanted: str | None) -> None:
    assert postcode(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"), [("100", "100"), ("0010", "10"), ("10.0", "10"), ("1e9", None), ("0", None)]
)
def test_uprns(raw: str, wanted: str | None) -> None:
    assert uprn(raw) == wanted


def test_slugs_are_safe_in_an_address() -> None:
    assert slug("St John's  Centre / Café <b>") == "st-johns-centre-caf-b"


def test_a_file_of_two_formats_must_be_told_which(
    sqlite_register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importers()["postcodes"], "recognises", lambda *_: True)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / NAME).write_text(register_csv(LIBRARY))

    with pytest.raises(InputError, match="it could be postcodes or transparency-code"):
        import_files(sqlite_register, [tmp_path / "in"])
    assert import_files(sqlite_register, [tmp_path / "in"], format="transparency-code")[0].accepted == 1
