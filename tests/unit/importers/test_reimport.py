"""A newer file of every importer that writes whole properties finds the ones that an older file brought.

For each: a code changed is taken by its UPRN with a warning, what is ambiguous is asked and answered, and the same
file again changes nothing.
"""

import inspect
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

from estate.database import Register
from estate.importers import ImportOptions, ImportResult, import_files, importers
from tests.unit.importers.files import ZONES, bring_in, excel, like_library, reasons, register_csv

HALL, SHED = ("Hall", "100012702108", "M33 7DZ"), ("Shed", "", "M33 7DB")
NUMBERS = {"old": 1, "old2": 2, "new": 3}  # of schools
Rows = list[tuple[str, str, str, str]]  # code, name, UPRN, postcode


@dataclass(frozen=True)
class Lists:
    """How an importer's files are written, and the ids it gives."""

    file: str
    write: Callable[[Rows], str | bytes]
    id: Callable[[str], str] = "ac/{}".format


def _insite(rows: Rows) -> str:
    header = "Property reference,Organisation,UPRN,Primary property name,Primary property number,Postcode\n"
    return header + "".join(f"{code},Ambridge Council,{u},{name},,{p}\n" for code, name, u, p in rows)


def _mapped(rows: Rows) -> str:
    return "Ref,Building,U,PC\n" + "".join(f"{code},{name},{u},{p}\n" for code, name, u, p in rows)


def _transparency(rows: Rows) -> str:
    named = [
        like_library(AssetCode=code, PropertyName=name, UPRN=u, PostCode=p, GeoX="", GeoY="")
        for code, name, u, p in rows
    ]
    return register_csv(*named)


def _eric(rows: Rows) -> str:
    header = (
        "Trust Code,Trust Name,Site Code,Site Name,Site Type,UPRN,Post Code,Gross internal floor area (m2),"
        "Energy costs (£)\n"
    )
    sites = (f"RXX,Ambridge Council,{code},{name},Support,{u},{p},100,50\n" for code, name, u, p in rows)
    return header + "".join(sites)


def _schools(rows: Rows) -> str:
    header = "urn,la_name,establishment_name,uprn,postcode,easting,northing,street\n"
    numbered = ((NUMBERS[code], name, u, p) for code, name, u, p in rows)
    return header + "".join(
        f"{n},Ambridge,{name},{u},{p},{378_400 + 20 * n},391900,Lane\n" for n, name, u, p in numbered
    )


def _table(rows: Rows) -> str:
    header = "id,organisation_id,asset_code,name,uprn,postcode\n"
    return header + "".join(f",ac,{code},{name},{u},{p}\n" for code, name, u, p in rows)


def _workbook(rows: Rows) -> bytes:
    grid = [["id", "organisation_id", "asset_code", "name", "uprn", "postcode"]]
    return excel({"property": grid + [["", "ac", code, name, u, p] for code, name, u, p in rows]})


def _geopackage(rows: Rows) -> bytes:
    columns = ["asset_code", "name", "uprn", "postcode"]
    frame = geopandas.GeoDataFrame(
        [{"id": None, "organisation_id": "ac", **dict(zip(columns, row, strict=True))} for row in rows],
        geometry=[shapely.Point(378_400 + 20 * n, 391_900) for n, _ in enumerate(rows)],
        crs="EPSG:27700",
    )
    file = io.BytesIO()
    pyogrio.write_dataframe(frame, file, layer="property", driver="GPKG")
    return file.getvalue()


MAPPING = """
table: property
organisation: {id: ac}
id_from: [Ref]
columns: {asset_code: {from: Ref}, name: {from: Building}, uprn: {from: U}, postcode: {from: PC}}
"""
LISTS = {
    "transparency-code": Lists("assets.csv", _transparency),
    "insite": Lists("insite.csv", _insite),
    "mapped": Lists("list.csv", _mapped),
    "eric": Lists("eric-2023.csv", _eric),
    "schools": Lists("gias.csv", _schools, lambda code: f"ac/school-{NUMBERS[code]}"),
    "register-tables": Lists("property.csv", _table),
    "workbook": Lists("register.xlsx", _workbook),
    "geopackage": Lists("drawn.gpkg", _geopackage),
}


@pytest.fixture
def place(sqlite_register: Register, tmp_path: Path) -> Register:
    bring_in(sqlite_register, tmp_path, "zones.geojson", ZONES)
    bring_in(sqlite_register, tmp_path, "organisation.csv", "id,name,kind\nac,Ambridge Council,unitary\n")
    return sqlite_register


@pytest.fixture(params=sorted(LISTS))
def lists(request: pytest.FixtureRequest, tmp_path: Path) -> Lists:
    if request.param == "mapped":
        (tmp_path / "list.csv.mapping.yaml").write_text(MAPPING)
    return LISTS[request.param]


def newer(register: Register, folder: Path, lists: Lists, rows: Rows, **options: object) -> ImportResult:
    return bring_in(register, folder, lists.file, lists.write(rows), **options)


def test_every_importer_of_whole_properties_is_tried() -> None:
    """Service points match by place (`_matching`); postcodes and site boundaries only add to properties."""
    signs = ('"property", line.number', "read_rows(", "MappedReader(")
    sources = {
        name: inspect.getsource(sys.modules[importer.read.__module__]) for name, importer in importers().items()
    }
    makers = {name for name, text in sources.items() if any(sign in text for sign in signs)}
    assert makers - {"service-points", "postcodes", "site-boundaries"} == set(LISTS)


def test_a_new_code_is_taken_by_its_uprn_and_said(place: Register, tmp_path: Path, lists: Lists) -> None:
    newer(place, tmp_path, lists, [("old", *HALL)])

    result = newer(place, tmp_path, lists, [("new", *HALL)])

    assert [row["id"] for row in place.rows("property")] == [lists.id("old")]
    assert any("with the same UPRN, which this file lacks" in reason for reason in reasons(result, "warning"))
    assert result.rejected == 0
    again = newer(place, tmp_path, lists, [("new", *HALL)])
    assert (again.changes.new, again.changes.changed, again.rejected) == (0, 0, 0)
    assert not any("with the same" in reason for reason in reasons(again, "warning"))
    assert import_files(place, [tmp_path / lists.file])[0].again


def test_what_is_ambiguous_is_asked_and_answered(place: Register, tmp_path: Path, lists: Lists) -> None:
    newer(place, tmp_path, lists, [("old", *SHED), ("old2", *SHED)])

    asked = newer(place, tmp_path, lists, [("new", *SHED)])

    [note] = asked.rejections
    assert note.problem.reason.startswith("it could be 'Shed'")
    record, _, _ = note.problem.remedy.partition("--matches: ")[2].partition(",")
    answered = newer(place, tmp_path, lists, [("new", *SHED)], matches=((record, lists.id("old2")),))
    assert (answered.rejected, answered.changes.new) == (0, 0)
    assert sorted(row["id"] for row in place.rows("property")) == [lists.id("old"), lists.id("old2")]
    options = ImportOptions(matches=((record, lists.id("old2")),))
    assert import_files(place, [tmp_path / lists.file], options)[0].again


def test_a_row_with_the_registers_own_id_is_that_row(place: Register, tmp_path: Path) -> None:
    header = "id,organisation_id,asset_code,name,uprn,postcode\n"
    bring_in(place, tmp_path, "property.csv", f"{header}p1,ac,A,Hall,1,M33 7DZ\n")

    result = bring_in(place, tmp_path, "property.csv", f"{header}p2,ac,A,Hall,1,M33 7DZ\n")

    assert ([row["id"] for row in place.rows("property")], result.warnings) == (["p1", "p2"], 0)


def test_a_row_without_an_id_is_given_one_and_told(place: Register, tmp_path: Path) -> None:
    rows = "organisation_id,asset_code,name\nac,A/1,Hall\nac,,Shed\nac,,\n,,Barn\nac,A-1,Other\n"
    result = bring_in(place, tmp_path, "property.csv", rows)

    assert [row["id"] for row in place.rows("property")] == ["ac/A-1", "ac/shed"]
    assert reasons(result, "warning") == [
        "it had no id and was given ac/A-1",
        "it had no id and was given ac/shed",
        "it had no id and was given ac/A-1",
    ]
    assert [reason.split(";")[0] for reason in reasons(result, "rejected")] == [
        "it is blank and this column must be filled",
        "it is blank and this column must be filled",
        "row 2 has the same id",
    ]


def test_two_rows_are_not_answered_with_one_property(place: Register, tmp_path: Path) -> None:
    write = LISTS["transparency-code"].write
    bring_in(place, tmp_path, "first.csv", write([("old", *HALL)]))
    matches = (("ac/new", "ac/old"), ("ac/new2", "ac/old"))

    result = bring_in(place, tmp_path, "second.csv", write([("new", *SHED), ("new2", *SHED)]), matches=matches)

    assert reasons(result, "rejected") == ["its answer 'ac/old' is the property of another row too"] * 2


def test_what_is_for_sale_is_only_a_part_so_a_new_code_is_asked(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "insite.csv", _insite([("old", *SHED)]))
    rows = "Disposal reference,Property reference,Organisation,Property Name,Postcode\n"
    rows += "D1,new,Ambridge Council,Shed,M33 7DB\n"

    result = bring_in(place, tmp_path, "disposals.csv", rows)

    assert reasons(result, "rejected") == [
        "it could be 'Shed' (old) of the register, with the same name and postcode"
    ]


def test_a_school_that_another_body_holds_now_is_the_same_school(place: Register, tmp_path: Path) -> None:
    header = "urn,la_name,establishment_name,establishment_type_group,easting,northing\n"
    for group in ("Local authority maintained schools", "Academies"):
        bring_in(place, tmp_path, "gias.csv", f"{header}1,Ambridge,Sale Primary,{group},378500,391900\n")

    [school] = place.rows("property")
    assert (school["id"], school["organisation_id"]) == ("ac/school-1", "academy-trusts-in-ambridge")


def test_a_site_return_adds_to_the_property_with_its_code(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "property.csv", "id,organisation_id,asset_code,name,use\np1,ac,S1,Clinic,clinic\n")
    bring_in(place, tmp_path, "eric-2023.csv", _eric([("S1", "Clinic", "", "")]).replace("Support", ""))

    [clinic] = place.rows("property")
    assert (clinic["id"], clinic["use"], clinic["floor_area_m2"]) == ("p1", "clinic", 100)


def test_a_body_is_known_by_its_name(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "assets.csv", register_csv(like_library(OrganisationLabel="AMBRIDGE COUNCIL")))

    assert [row["id"] for row in place.rows("organisation")] == ["ac"]


def test_a_trust_without_a_readable_name_is_no_body(place: Register, tmp_path: Path) -> None:
    rows = "urn,la_name,establishment_name,establishment_type_group,trust_name,easting,northing\n"
    bring_in(place, tmp_path, "gias.csv", rows + "1,Ambridge,Sale Primary,Academies,１２,378500,391900\n")

    assert [row["organisation_id"] for row in place.rows("property")] == ["academy-trusts-in-ambridge"]
