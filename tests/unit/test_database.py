"""The register's store. Every test with `register` or `database_url` runs on SQLite and on PostGIS."""

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from estate.database import Changes, Register, rows_of, write
from estate.frames import frame_of
from estate.problems import InputError
from estate.tables import metadata
from tests.support.rows import ROWS, TOWN_HALL, fill


@pytest.fixture
def filled(register: Register) -> Register:
    with register.transaction() as connection:
        fill(connection)
    return register


def test_making_a_register_twice_keeps_what_it_holds(database_url: str) -> None:
    first = Register.create(database_url)
    with first.transaction() as connection:
        fill(connection)
    first.close()

    second = Register.create(database_url)
    third = Register.open(database_url)

    assert len(second.rows("property")) == len(third.rows("property")) == len(ROWS["property"])
    second.close()
    third.close()


def test_the_migrations_make_exactly_the_tables_of_the_dictionary(register: Register) -> None:
    of_the_other_store = {"sqlite": "_geometry", "postgresql": "_box"}[register.engine.dialect.name]

    def ours(_: Any, name: str | None, kind: str, reflected: bool, __: Any) -> bool:
        if kind == "index" and not reflected:
            return not (name or "").endswith(of_the_other_store)
        return not (kind == "table" and reflected and name in {"spatial_ref_sys", "seal"})  # of one store alone

    options = {"include_object": ours, "compare_type": True}
    with register.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_address_may_stand_in_the_environment(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESTATE_DATABASE_URL", sqlite_url)

    Register.create().close()

    assert Path(sqlite_url.removeprefix("sqlite:///")).stat().st_size > 0


def test_opening_nothing_makes_nothing(sqlite_url: str) -> None:
    with pytest.raises(InputError, match=r"there is no register here\. Make one with 'estate init'"):
        Register.open(sqlite_url)

    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()


def test_a_database_without_a_register_is_refused(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as other:
            other.execute("CREATE TABLE notes (id TEXT)")

    with pytest.raises(InputError, match=r"it is not a register\. Make one with 'estate init'"):
        Register.open(database_url)


def test_a_file_of_no_bytes_is_refused_though_sqlite_takes_it_for_a_database(sqlite_url: str) -> None:
    Path(sqlite_url.removeprefix("sqlite:///")).touch()

    with pytest.raises(InputError, match=r"the file is empty \(0 bytes\)\. If it was a register, restore it"):
        Register.open(sqlite_url)


@pytest.mark.parametrize("way_in", [Register.open, Register.create])
def test_a_register_of_a_newer_version_is_left_alone(register: Register, way_in: Any) -> None:
    with register.transaction() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(InputError, match=r"a newer version of this program made it\. Install the newest"):
        way_in(register.engine.url.render_as_string(hide_password=False))


@pytest.mark.parametrize("way_in", [Register.open, Register.create])
def test_a_file_that_is_no_database_is_refused_unchanged(tmp_path: Path, way_in: Any) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Minutes of the estates board\n" * 100)
    before = file.read_bytes()

    with pytest.raises(InputError, match=r"the database cannot be used \(file is not a database\)"):
        way_in(f"sqlite:///{file}")

    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("estate.db", "it is not a database address"),
        ("mysql+pymysql://me@here/estate", "mysql is not supported"),
        ("postgresql://me:secret@/none?host=/nowhere", "the database cannot be used"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        Register.create(url)

    assert "secret" not in str(caught.value)


def test_writing_counts_new_changed_and_unchanged_rows(filled: Register) -> None:
    hall, library, depot = ROWS["property"]
    rows = [hall, {**library, "name": "New Library"}, depot, {**depot, "id": "AC-4"}]

    with filled.transaction() as connection:
        assert write(connection, "property", rows) == Changes(new=1, changed=1, unchanged=2)
    with filled.transaction() as connection:
        assert write(connection, "property", rows) == Changes(unchanged=4)


def test_the_same_rows_twice_change_nothing(filled: Register) -> None:
    with filled.transaction() as connection:
        changes = fill(connection)

    assert (changes.new, changes.changed) == (0, 0)
    assert changes.unchanged == sum(len(rows) for rows in ROWS.values())


def test_a_new_row_takes_the_defaults_of_the_dictionary(filled: Register) -> None:
    depot = next(row for row in filled.rows("property") if row["id"] == "AC-3")

    assert (depot["use"], depot["status"], depot["located_by"]) == ("other", "operational", "none")
    assert depot["floor_area_m2"] is None


def test_a_later_row_changes_only_the_columns_it_names(filled: Register) -> None:
    with filled.transaction() as connection:
        assert write(connection, "property", [{"id": "ac-1", "floor_area_m2": 2.0}]) == Changes(changed=1)

    hall = next(row for row in filled.rows("property") if row["id"] == "ac-1")
    assert hall["floor_area_m2"] == 2.0
    assert (hall["name"], hall["use"], hall["effective_date"]) == ("Town Hall", "office", date(2026, 3, 31))
    assert shapely.equals(hall["geometry"], TOWN_HALL)


def test_the_same_facts_from_another_file_are_no_change(filled: Register) -> None:
    batch = {
        "id": "b1", "file_name": "a.csv", "sha256": "0", "format": "csv",
        "rows": 1, "accepted": 1, "rejected": 0, "mended": 0, "warnings": 0,
    }  # fmt: skip
    with filled.transaction() as connection:
        connection.execute(metadata.tables["import_batch"].insert().values(**batch, imported_at=sa.func.now()))
        row = {**ROWS["organisation"][0], "import_batch_id": "b1", "source_row": 2}
        assert write(connection, "organisation", [row]) == Changes(unchanged=1)


def test_a_fault_half_way_leaves_the_register_as_it_was(filled: Register) -> None:
    before = filled.rows("property")

    def write_then_fail() -> None:
        with filled.transaction() as connection:
            write(connection, "property", [{"id": "ac-1", "name": "Changed"}])
            write(connection, "space", [{**ROWS["space"][0], "id": "s2", "property_id": "nowhere"}])

    with pytest.raises(sa.exc.IntegrityError):
        write_then_fail()

    assert filled.rows("property") == before


def test_a_failed_migration_leaves_no_half_made_register(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise sa.exc.OperationalError("CREATE INDEX", {}, OSError("disk full"))

    monkeypatch.setattr("alembic.op.create_index", fail)
    with pytest.raises(InputError, match="disk full"):
        Register.create(database_url)
    monkeypatch.undo()

    with pytest.raises(InputError, match=r"it is not a register|the file is empty"):
        Register.open(database_url)
    Register.create(database_url).close()


@pytest.mark.postgis  # SQLite makes the writer wait for the reader
@pytest.mark.parametrize("database_url", ["postgis"], indirect=True)
def test_reading_sees_one_moment_of_the_register(filled: Register) -> None:
    with filled.reading() as reader:
        assert len(rows_of(reader, "property")) == 3
        with filled.transaction() as writer:
            write(writer, "property", [{**ROWS["property"][2], "id": "AC-4"}])
        assert len(rows_of(reader, "property")) == 3

    assert len(filled.rows("property")) == 4


def test_heights_and_empty_places_are_left_out(filled: Register) -> None:
    rows = [
        {"id": "ac-1", "geometry": shapely.Point(1, 2, 3)},
        {"id": "ac-2", "geometry": shapely.Point()},
    ]
    with filled.transaction() as connection:
        write(connection, "property", rows)
        assert write(connection, "property", rows) == Changes(unchanged=2)

    places = {row["id"]: row["geometry"] for row in filled.rows("property")}
    assert shapely.to_wkt(places["ac-1"]) == "POINT (1 2)"
    assert places["ac-2"] is None


def test_an_outline_that_crosses_itself_is_never_stored(register: Register) -> None:
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])

    with pytest.raises(sa.exc.StatementError, match="geometry is not valid"), register.transaction() as connection:
        write(connection, "site", [{"id": "s", "name": "Bow tie", "geometry": bow_tie}])

    assert register.rows("site") == []


@pytest.mark.parametrize(
    ("place", "distance_m", "found"),
    [
        (TOWN_HALL, 0, ["ac-1"]),
        (shapely.Point(380_150, 390_050), 0, ["ac-2"]),
        (shapely.Point(380_100, 389_900), 100, ["ac-2"]),
        (shapely.Point(380_100, 389_900), 99.999, []),
        (shapely.Point(380_250, 390_150), 60, []),  # inside the box of the distance, outside the distance
        (shapely.box(379_999, 389_999, 380_100, 390_100), 0, ["ac-1", "ac-2"]),
        (shapely.LineString([(380_150, 389_000), (380_150, 391_000)]), 0, ["ac-2"]),
    ],
)
def test_places_within_a_distance(
    filled: Register, place: shapely.Geometry, distance_m: float, found: list[str]
) -> None:
    assert [row["id"] for row in filled.within("property", place, distance_m)] == found


def test_places_are_searched_by_an_index(filled: Register) -> None:
    indexes = {index["name"] for index in sa.inspect(filled.engine).get_indexes("property")}
    by_store = {"sqlite": "ix_property_box", "postgresql": "ix_property_geometry"}

    assert by_store[filled.engine.dialect.name] in indexes


def test_a_frame_has_the_dictionarys_columns_and_types(filled: Register) -> None:
    frame = filled.frame("property")

    assert list(frame.index) == ["AC-3", "ac-1", "ac-2"]
    assert frame.loc["ac-1", "floor_area_m2"] == 1234.5
    assert frame["floor_area_m2"].isna().tolist() == [True, False, True]
    assert frame.loc["AC-3", "uprn"] == ""
    assert frame.loc["AC-3", "geometry"] is None
    assert filled.frame("team")["may_move"].tolist() == [True]
    assert frame_of("property", []).columns.tolist() == frame.columns.tolist()


def test_tests_do_not_touch_the_users_own_register() -> None:
    assert "ESTATE_DATABASE_URL" not in os.environ
