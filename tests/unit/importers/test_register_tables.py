"""The register's own tables as CSV, and postcodes."""

from pathlib import Path

import pytest
import shapely

from estate.database import Register
from estate.dictionary import REGISTER_TABLES, columns
from estate.importers import ImportOptions, import_files, importers
from estate.importers._source import Source
from estate.problems import InputError
from tests.unit.importers.files import bring_in, like_library, only, reasons, register_csv

ORGANISATION = "id,name,kind\nac,Ambridge Council,district\n"
PROPERTY = "id,organisation_id,name,geometry,floor_area_m2\np1,ac,Town Hall,POINT (378800 391900),1200\n"


@pytest.fixture
def place(sqlite_register: Register, tmp_path: Path) -> Register:
    bring_in(sqlite_register, tmp_path, "organisation.csv", ORGANISATION)
    bring_in(sqlite_register, tmp_path, "property.csv", PROPERTY)
    return sqlite_register


def test_a_folder_of_tables_is_read_parents_first(register: Register, tmp_path: Path) -> None:
    files = {
        "organisation.csv": ORGANISATION,
        "property.csv": PROPERTY,
        "lease.csv": "id,property_id,expiry_date,rent_gbp_per_year\nl1,p1,2031-06-01,\"£25,000\"\n",
        "service.csv": "id,name,minutes,mode,share_of_population\nlib,Library,20,foot,0.9\n",
        "team.csv": "id,organisation_id,property_id,name,service_id,fte,space_kind\nt1,ac,p1,Desk,lib,2,counter\n",
        "zone.csv": 'id,geometry\nE1,"POLYGON ((378000 391000, 379000 391000, 379000 392000, 378000 391000))"\n',
        "travel_time.csv": "id,zone_id,property_id,mode,minutes\nE1-p1,E1,p1,foot,12\n",
    }  # fmt: skip
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content)
    (folder / "scenario.yaml").write_text("name: x")

    results = import_files(register, [folder])

    assert [r.file_name for r in results] == [
        "zone.csv", "organisation.csv", "property.csv", "lease.csv", "service.csv", "team.csv", "travel_time.csv",
        "scenario.yaml",
    ]  # fmt: skip
    assert [(r.accepted, r.rejected) for r in results[:-1]] == [(1, 0)] * 7
    assert "files of this kind are not read" in results[-1].skipped
    assert only(register, "lease")["rent_gbp_per_year"] == 25_000
    assert only(register, "property")["geometry"] == shapely.Point(378_800, 391_900)
    assert only(register, "property")["located_by"] == "source"


@pytest.mark.parametrize("table", REGISTER_TABLES)
def test_a_table_with_all_its_columns_is_no_other_format(table: str, tmp_path: Path) -> None:
    path = tmp_path / f"{table}.csv"
    header = ",".join(column.name for column in columns(table))
    path.write_text(f"{header},import_batch_id,source_row\nx{',' * header.count(',')},,\n")

    assert [i.NAME for i in importers().values() if i.recognises(Source(path), ImportOptions())] == [
        "register-tables"
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("p2,nobody,Hall,,", "the register has no organisation of this id"),
        ("p2,ac,,,", "it is blank and this column must be filled"),
        (",,Hall,,", "it is blank and this column must be filled"),
        ("p2,ac,Hall,,,7", "it has 6 cells"),
        ("p2,ac,Hall,POINT 1 2,", "it is not well-known text"),
        ("p2,ac,Hall,POINT EMPTY,", "it is empty or lies off the grid"),
        ("p2,ac,Hall,POINT (1e9 5),", "it is empty or lies off the grid"),
        ("p2,ac,Hall,,-5", "it is outside 0 to 500,000 m2"),
        ("p1,ac,Hall,,", "row 2 has the same id"),
        ("p2,nobody,,,", "also organisation_id 'nobody'"),
    ],
)
def test_rows_that_do_not_fit_are_rejected(place: Register, tmp_path: Path, row: str, reason: str) -> None:
    result = bring_in(place, tmp_path, "property.csv", PROPERTY + row + "\n")

    assert (result.accepted, result.rejected) == (1, 1)
    assert reason in reasons(result, "rejected")[0]
    assert len(place.rows("property")) == 1


def test_eastings_and_northings_do_for_a_point(place: Register, tmp_path: Path) -> None:
    rows = "id,organisation_id,name,easting_m,northing_m\np2,ac,Hall,378900,391900\np3,ac,Yard,,\np4,ac,Off,-5,3\n"
    result = bring_in(place, tmp_path, "property.csv", rows)

    assert result.rejected == 1
    assert [row["geometry"] for row in place.rows("property")[1:]] == [shapely.Point(378_900, 391_900), None]


def test_a_column_left_out_keeps_what_is_there_and_a_blank_cell_clears_it(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "property.csv", "id,organisation_id,name\np1,ac,City Hall\n")
    assert (only(place, "property")["name"], only(place, "property")["floor_area_m2"]) == ("City Hall", 1200)

    bring_in(place, tmp_path, "property.csv", "id,organisation_id,name,floor_area_m2\np1,ac,City Hall,\n")
    assert only(place, "property")["floor_area_m2"] is None


def test_an_outline_that_is_not_valid_is_mended(place: Register, tmp_path: Path) -> None:
    bow_tie = '"POLYGON ((378000 391000, 379000 392000, 379000 391000, 378000 392000, 378000 391000))"'
    result = bring_in(place, tmp_path, "site.csv", f"id,name,geometry\ns,Site,{bow_tie}\n")

    assert "not valid" in reasons(result, "mended")[0]
    assert only(place, "site")["geometry"].is_valid


def test_columns_nobody_knows_are_named(place: Register, tmp_path: Path) -> None:
    rows = "id,organisation_id,name,remarks,import_batch_id\np1,ac,Hall,old,x\n"
    result = bring_in(place, tmp_path, "property.csv", rows)

    assert reasons(result, "warning") == ["the table property has no such column, so it was not read"]


def test_a_missing_column_or_another_name_is_refused(place: Register, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column name; its columns are id, organisation_id"):
        bring_in(place, tmp_path, "property.csv", "id,organisation_id\np1,ac\n")
    with pytest.raises(InputError, match="not that of a table"):
        bring_in(place, tmp_path, "houses.csv", PROPERTY, format="register-tables")


def test_postcodes_place_what_has_no_place(sqlite_register: Register, tmp_path: Path) -> None:
    rows = register_csv(
        like_library(GeoX="", GeoY=""),
        like_library(AssetCode="A2", GeoX="", GeoY="", PostCode="M33"),
        like_library(AssetCode="A3"),
    )
    bring_in(sqlite_register, tmp_path, "assets.csv", rows)
    postcodes = (
        "postcode,la_name,lon,lat\nM33 7DZ,Sale,-2.32,53.42\nM33 1AA,Sale,-2.3,53.4\nM33,Sale,-2,53\nM1 1AA,,0,0\n"
    )
    result = bring_in(sqlite_register, tmp_path, "postcodes.csv", postcodes)

    assert (result.format, result.accepted, result.rejected, result.mended) == ("postcodes", 2, 2, 1)
    assert [row["located_by"] for row in sqlite_register.rows("property")] == ["none", "source", "postcode"]
    again = bring_in(sqlite_register, tmp_path, "assets.csv", rows)
    assert again.again
    assert sqlite_register.rows("property")[2]["located_by"] == "postcode"
