"""The register as a GeoPackage, edited in QGIS and brought back; and GeoPackages that mean harm."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

from estate import export
from estate.database import Register
from estate.importers import ImportResult, import_files
from estate.problems import InputError
from tests.unit.export.registers import fill
from tests.unit.export.test_round_trip import EXAMPLE
from tests.unit.importers.files import only, reasons

Edit = Callable[[sqlite3.Connection], object]


@pytest.fixture
def package(sqlite_register: Register, tmp_path: Path) -> Path:
    fill(sqlite_register, EXAMPLE)
    export.write(sqlite_register, tmp_path / "out.gpkg")
    return tmp_path / "out.gpkg"


def edit(package: Path, *statements: str) -> None:
    """Change a package without GDAL: its triggers, which need GDAL's functions, are dropped first."""
    with closing(sqlite3.connect(package)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.executescript(statement)


def back(register: Register, package: Path, format: str = "auto") -> ImportResult:
    [result] = import_files(register, [package], format=format)
    assert result.rows == result.accepted + result.rejected
    return result


def test_an_unchanged_export_changes_nothing(sqlite_register: Register, package: Path) -> None:
    result = back(sqlite_register, package)

    assert (result.format, result.rows, result.accepted, result.notes) == ("geopackage", 4, 4, ())
    assert (result.changes.new, result.changes.changed) == (0, 0)


def test_changed_new_and_removed_rows_are_told_apart(sqlite_register: Register, package: Path) -> None:
    edit(
        package,
        "UPDATE property SET name = 'City Hall', floor_area_m2 = NULL WHERE id = 'p1'",
        "DELETE FROM property WHERE id = 'p3'",
        "INSERT INTO property (id, organisation_id, name) VALUES ('p4', 'ac', 'Drawn in QGIS')",
    )
    result = back(sqlite_register, package)
    rows = {row["id"]: row for row in sqlite_register.rows("property")}

    assert (result.changes.new, result.changes.changed) == (1, 1)
    assert (rows["p1"]["name"], rows["p1"]["floor_area_m2"]) == ("City Hall", None)
    assert rows["p4"]["status"] == "operational"  # the default
    assert set(rows) == {"p1", "p2", "p3", "p4"}
    assert reasons(result, "warning") == ["1 rows of property in the register are not in it"]


def test_a_place_that_was_moved_is_located_by_its_source(sqlite_register: Register, package: Path) -> None:
    frame = geopandas.read_file(package, layer="property", engine="pyogrio")
    frame["geometry"] = [shapely.Point(378_000, 391_000)] * len(frame)
    pyogrio.write_dataframe(frame, package, layer="property", driver="GPKG")
    back(sqlite_register, package)

    drawn = {row["id"]: (row["geometry"], row["located_by"]) for row in sqlite_register.rows("property")}
    assert drawn["p3"] == (shapely.Point(378_000, 391_000), "source")
    assert drawn["p2"][1] == "source"


def test_a_column_that_was_removed_keeps_what_is_there(sqlite_register: Register, package: Path) -> None:
    edit(package, "ALTER TABLE property DROP COLUMN uprn")
    back(sqlite_register, package)

    assert sqlite_register.rows("property")[0]["uprn"] == "100012702108"


def test_one_id_as_a_point_and_as_an_outline_is_refused(sqlite_register: Register, package: Path) -> None:
    edit(package, "UPDATE property_outline SET id = 'p1'")
    result = back(sqlite_register, package)

    assert reasons(result, "rejected") == ["property row 1 has the same id"]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "UPDATE property SET organisation_id = 'x' WHERE id = 'p1'",
            "the register has no organisation of this id",
        ),
        (
            "UPDATE property SET id = NULL, name = NULL WHERE id = 'p1'",
            "it is blank and this column must be filled",
        ),
        (
            "UPDATE property SET id = NULL, uprn = NULL, postcode = NULL, asset_code = NULL WHERE id = 'p1'",
            "of the register, with the same name",
        ),
        ("UPDATE property SET floor_area_m2 = 'big' WHERE id = 'p1'", "it is not a number"),
        ("UPDATE property SET name = x'00ff' WHERE id = 'p1'", "it holds bytes and not text"),
        ("UPDATE property SET geometry = x'4750' WHERE id = 'p1'", "its place cannot be read"),
        ("UPDATE property SET geometry = 'here' WHERE id = 'p1'", "its place cannot be read"),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    sqlite_register: Register, package: Path, statement: str, reason: str
) -> None:
    edit(package, statement)
    result = back(sqlite_register, package)

    assert (result.rows, result.rejected) == (4, 1)
    assert reason in reasons(result, "rejected")[0]
    assert sqlite_register.rows("rejected_row")[0]["row_number"] == 1


def test_a_lost_id_is_found_by_the_uprn(sqlite_register: Register, package: Path) -> None:
    edit(package, "UPDATE property SET id = NULL WHERE id = 'p1'")
    result = back(sqlite_register, package)

    assert (result.rejected, result.changes.new, result.changes.changed) == (0, 0, 0)
    assert "with the same UPRN" in reasons(result, "warning")[0]


def test_layers_nobody_knows_are_named(sqlite_register: Register, package: Path) -> None:
    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:27700")
    pyogrio.write_dataframe(frame, package, layer="trees", driver="GPKG")

    assert reasons(back(sqlite_register, package), "warning") == [
        "its layer trees is no table of the register, so it was not read"
    ]


def test_a_foreign_package_is_told_what_is_understood(sqlite_register: Register, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"height": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:27700")
    pyogrio.write_dataframe(frame, tmp_path / "trees.gpkg", layer="trees", driver="GPKG")

    with pytest.raises(InputError, match=r"its layers are trees: .*height.*Name the layer as one of organisation"):
        back(sqlite_register, tmp_path / "trees.gpkg", format="geopackage")


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (VRT.encode(), "it is not a GeoPackage, whatever its name says"),
        (b"", "it is empty"),
        (b"/vsicurl/http://x.example/a.gpkg", "it is not a GeoPackage"),
        (b"SQLite format 3\0" + b"\0" * 500, "cannot be read as a GeoPackage"),
        (b"SQLite format 3\0 cut", "cannot be read as a GeoPackage"),
    ],
)
def test_what_is_no_geopackage_is_refused(
    sqlite_register: Register, tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / "secret.csv").write_text("id\nsecret\n")
    (tmp_path / "in.gpkg").write_bytes(content)

    with pytest.raises(InputError, match=reason):
        back(sqlite_register, tmp_path / "in.gpkg")


def test_a_package_cut_short_is_refused_and_changes_nothing(sqlite_register: Register, package: Path) -> None:
    content = package.read_bytes()
    for part in (0.1, 0.5, 0.9):
        package.write_bytes(content[: int(len(content) * part)])
        with pytest.raises(InputError):
            back(sqlite_register, package)
    assert sqlite_register.rows("import_batch") == []


def test_a_spoilt_schema_is_refused_though_sqlite_cannot_name_it(sqlite_register: Register, package: Path) -> None:
    package.write_bytes(package.read_bytes().replace(b"CREATE TABLE", b"CREATE TABL\x80"))

    with pytest.raises(InputError, match="it cannot be read as a GeoPackage"):
        import_files(sqlite_register, [package])


def test_a_column_whose_name_is_spoilt_is_refused(sqlite_register: Register, package: Path) -> None:
    edit(package)
    package.write_bytes(package.read_bytes().replace(b"floor_area_m2", b"floor_area_m\x80"))

    with pytest.raises(InputError, match="cannot be read as a GeoPackage"):
        import_files(sqlite_register, [package])


def test_an_sqlite_file_without_layers_is_refused(sqlite_register: Register, tmp_path: Path) -> None:
    edit(tmp_path / "in.gpkg", "CREATE TABLE property (id)")
    with pytest.raises(InputError, match="it is an SQLite file and not a GeoPackage"):
        back(sqlite_register, tmp_path / "in.gpkg")


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'p9' AS id, i FROM n"


def test_views_and_virtual_tables_are_not_run(sqlite_register: Register, package: Path) -> None:
    edit(
        package,
        f"DROP TABLE team; CREATE VIEW team AS {ENDLESS}",
        "DROP TABLE space; CREATE VIRTUAL TABLE space USING fts5(id)",
        "CREATE TRIGGER t AFTER UPDATE ON property BEGIN DELETE FROM property; END",
    )
    before = package.read_bytes()
    result = back(sqlite_register, package)

    assert (result.rows, result.rejected) == (4, 0)
    assert package.read_bytes() == before


def test_what_qgis_has_not_saved_yet_is_asked_for(sqlite_register: Register, package: Path) -> None:
    package.with_name("out.gpkg-wal").write_bytes(b"changes")
    with pytest.raises(InputError, match="Close it in QGIS"):
        back(sqlite_register, package)


def test_places_of_another_crs_are_brought_to_the_grid(sqlite_register: Register, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"id": ["s1"], "name": ["Site"]}, geometry=[shapely.box(-2.33, 53.42, -2.32, 53.43)], crs="EPSG:4326"
    )
    pyogrio.write_dataframe(frame, tmp_path / "in.gpkg", layer="site", driver="GPKG")
    back(sqlite_register, tmp_path / "in.gpkg")

    assert only(sqlite_register, "site")["geometry"].centroid.x == pytest.approx(378_501, abs=10)
