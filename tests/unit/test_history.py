"""Who changed what from which file when: on both stores, and without a second write for new rows."""

from datetime import datetime
from pathlib import Path

import pytest

from estate import change_log, history
from estate.database import Register, write
from estate.find_property import find_property
from estate.importers import import_files
from estate.problems import InputError
from tests.support.rows import ROWS, fill

ORGANISATION = "id,name\nac,Ambridge Council\n"
PROPERTY = "id,organisation_id,name,floor_area_m2\np1,ac,Town Hall,1200\np2,ac,Depot,300\n"
TEAM = "id,organisation_id,property_id,name,space_kind,fte\nt1,ac,p1,Planning,desks,5\n"


def bring_in(register: Register, folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    import_files(register, [folder / f"{name}.csv" for name in files])


def told(found: history.History) -> list[tuple[str, str, str, object, object, str, int | None]]:
    return [(e.by, e.record, e.column, e.before, e.after, e.file_name, e.source_row) for e in found.events]


def test_a_propertys_history_names_person_file_row_and_values(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESTATE_USER", "ana")
    bring_in(register, tmp_path, organisation=ORGANISATION, property=PROPERTY, team=TEAM)
    monkeypatch.setenv("ESTATE_USER", "ben")
    bring_in(register, tmp_path, property="id,organisation_id,name,floor_area_m2\np1,ac,Town Hall,1300\n")
    bring_in(register, tmp_path, team=TEAM.replace("p1", "p2"))

    hall = history.history(register, "town hall")

    assert (hall.property_id, hall.name) == ("p1", "Town Hall")
    assert told(hall) == [
        ("ana", "property", "", None, None, "property.csv", 2),
        ("ana", "team Planning", "", None, None, "team.csv", 2),
        ("ben", "property", "floor_area_m2", 1200.0, 1300.0, "property.csv", 2),
        ("ben", "team Planning", "property_id", "p1", "p2", "team.csv", 2),
    ]
    assert all(isinstance(event.at, datetime) for event in hall.events)
    depot = history.history(register, "p2")
    assert [event.column for event in depot.events] == ["", "", "property_id"]


def test_new_and_equal_rows_write_no_changes(register: Register) -> None:
    with register.transaction() as connection:
        fill(connection)
        fill(connection)

    assert register.rows("change") == []
    event = history.history(register, "ac-1").events[0]
    assert (event.at, event.by, event.file_name, event.kind) == (None, "", "", "added")


def test_every_column_that_changes_is_logged_as_json(register: Register) -> None:
    hall = ROWS["property"][0]
    with register.transaction() as connection:
        fill(connection)
        write(connection, "property", [{**hall, "effective_date": None, "geometry": None, "name": "Hall £"}])
        write(connection, "run", [])

    logged = {row["column"]: (row["before"], row["after"]) for row in register.rows("change")}
    assert logged == {
        "effective_date": ('"2026-03-31"', "null"),
        "geometry": ('"POINT (380000.25 390000.75)"', "null"),
        "name": ('"Town Hall"', '"Hall £"'),
    }


def test_rows_that_name_different_columns_are_updated_together(register: Register) -> None:
    with register.transaction() as connection:
        fill(connection)
        rows = [{"id": "ac-1", "name": "A"}, {"id": "ac-2", "postcode": "M1 1AA"}, {"id": "AC-3", "name": "C"}]
        assert write(connection, "property", rows).changed == 3

    kept = {row["id"]: (row["name"], row["postcode"]) for row in register.rows("property")}
    assert kept == {"ac-1": ("A", None), "ac-2": ("Library £ – “café”", "M1 1AA"), "AC-3": ("C", None)}


def test_whoever_is_at_work_is_named(sqlite_register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite_register.transaction() as connection:
        monkeypatch.setenv("ESTATE_USER", " ana ")
        assert change_log.who(connection) == "ana"
        monkeypatch.delenv("ESTATE_USER")
        monkeypatch.setattr("getpass.getuser", lambda: "machine")
        assert change_log.who(connection) == "machine"


NAMED = [
    {"id": "ac/1", "name": "Sale Library", "asset_code": "A1"},
    {"id": "ac/12", "name": "Sale Hall", "asset_code": "A2"},
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [("ac/1", "ac/1"), ("AC/12", "ac/12"), ("a2", "ac/12"), (" sale  library", "ac/1"), ("hall", "ac/12")],
)
def test_a_property_is_found_by_id_code_start_or_name(asked: str, found: str) -> None:
    assert find_property(NAMED, asked) == found


@pytest.mark.parametrize(
    ("asked", "reason"),
    [("sale", "2 properties may be meant: ac/1"), ("nowhere", "no such property"), ("", "no such")],
)
def test_a_property_that_is_none_or_several_is_refused(asked: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        find_property(NAMED, asked)
