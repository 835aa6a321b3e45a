"""Somebody's own columns become the register's: `estate.mapping`, its proposal and its YAML."""

import csv
import importlib
import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.shell import app as program
from estate import mapping, mapping_text
from estate.database import Register
from estate.importers import import_files
from estate.importers._source import Source
from estate.mapping_proposal import Proposal, propose
from estate.mapping_text import checks, to_yaml
from estate.problems import InputError
from tests.unit.importers.files import excel

# What a list may call each column, and the cells of three properties.
HEADERS = {
    "asset_code": ["Asset Ref", "Property Reference", "Asset ID", "Site Code", "Estate Ref No", "Unique Asset ID"],
    "name": ["Property Name", "Building Name", "Premises", "Asset Name", "Site Name", "Bldg Name"],
    "uprn": ["UPRN", "Unique Property Reference Number", "UPRN No"],
    "postcode": ["Post Code", "Postcode", "PCode", "Postal Code", "Property Postcode"],
    "address": ["Address", "Full Address", "Property Address", "Address Line 1", "Prop Addr"],
    "x": ["Easting", "Eastings", "X Coord", "OS Easting", "X Co-ordinate", "GeoX"],
    "y": ["Northing", "Northings", "Y Coord", "OS Northing", "Y Co-ordinate", "GeoY"],
    "tenure": ["Tenure", "Tenure Type", "Ownership Type", "Legal Interest", "Hold"],
    "floor_area_m2": ["GIA (sqm)", "Floor Area m2", "Gross Internal Area", "Building Size", "Total Floor Area"],
    "condition_grade": ["Condition", "Condition Grade", "Cond", "Condition Rating"],
    "year_built": ["Year Built", "Construction Year", "Yr Built"],
}
CELLS = {
    "asset_code": ["0012", "0013", "0014"],
    "name": ["Town Hall", "Central Library", "Mill Lane Depot"],
    "uprn": ["100012702108", "0100012702109", "100012702110.0"],
    "postcode": ["M33 7DZ", "m337da", "M33 7DB"],
    "address": ["1 High Street", "21 Claremont Road", "Mill Lane"],
    "x": ["378800", "378900", "379000"],
    "y": ["391900", "391950", "391990"],
    "tenure": ["Freehold", "LH", "FREEHOLD"],
    "floor_area_m2": ["1,200", "850.5", "n/a"],
    "condition_grade": ["B", "Good", ""],
    "year_built": ["1905", "1960s", "1988"],
}
STYLES: list[Callable[[str], str]] = [
    str, str.upper, str.lower, lambda h: h.replace(" ", "_").upper(), lambda h: h.replace(" ", ""),
    lambda h: h.replace(" ", "-"), lambda h: f" {h}: ",
]  # fmt: skip


def unseen(dice: random.Random) -> tuple[str, list[str]]:
    """A register of a format never seen: columns renamed at random and shuffled, with some that nobody needs."""
    style = dice.choice(STYLES)
    columns = {style(dice.choice(names)): CELLS[column] for column, names in HEADERS.items()}
    columns |= {style("Ward"): ["Sale", "Sale", "Priory"], style("Remarks"): ["", "old", "=1+1"]}
    order = dice.sample(list(columns), len(columns))
    out = io.StringIO()
    csv.writer(out).writerows([order, *zip(*(columns[header] for header in order), strict=True)])
    return out.getvalue(), order


@pytest.mark.parametrize("seed", range(25))
def test_a_register_of_a_format_never_seen_comes_in_after_map_columns(
    sqlite_register: Register, tmp_path: Path, seed: int
) -> None:
    content, headers = unseen(random.Random(seed))
    path = tmp_path / "list.csv"
    path.write_text(content)
    made = propose(Source(path), organisation="Ambridge Council")
    assert set(made.guesses) == set(HEADERS), headers
    mapping_text.write(made, path)
    (result,) = import_files(sqlite_register, [path])

    assert (result.format, result.rows, result.rejected) == ("mapped", 3, 0)
    hall, library, depot = sqlite_register.rows("property")
    assert [row["id"] for row in (hall, library, depot)] == [f"ambridge-council/001{n}" for n in (2, 3, 4)]
    assert [row["uprn"] for row in (hall, library, depot)] == ["100012702108", "100012702109", "100012702110"]
    assert [row["tenure"] for row in (hall, library, depot)] == ["freehold", "leasehold", "freehold"]
    assert [row["floor_area_m2"] for row in (hall, library, depot)] == [1200, 850.5, None]
    assert [row["condition_grade"] for row in (hall, library, depot)] == ["B", "A", None]
    assert [row["use"] for row in (hall, library, depot)][1:] == ["library", "depot"]
    assert (library["postcode"], library["year_built"], library["address"]) == (
        "M33 7DA",
        1960,
        "21 Claremont Road",
    )
    assert (hall["geometry"].x, hall["geometry"].y, hall["located_by"]) == (378_800, 391_900, "source")


def test_what_stands_in_brackets_does_not_hide_a_name_and_house_numbers_are_no_address(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = ["T1,Town Hall,,Freehold", "T2,Old Library,21,Freehold", "T3,Depot,7,Leasehold"]
    path.write_text("\n".join(["AssetCode (ours),Site called,StreetNumber (ours),TenureType (ours)", *rows]))
    made = propose(Source(path), "property", organisation="Ambridge Council")
    assert made.id_from == ("AssetCode (ours)",)
    assert made.guesses["tenure"].headers == ("TenureType (ours)",)
    assert made.guesses["name"].headers == ("Site called",)
    assert "address" not in made.guesses


def test_it_takes_two_commands(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "list.xlsx").write_bytes(
        excel({"Sheet1": list(csv.reader(io.StringIO(unseen(random.Random(1))[0])))})
    )
    importlib.import_module("app.cli")  # has every group of commands join the program
    run, database = CliRunner(), ["--database", sqlite_url]
    assert run.invoke(program, ["init", *database]).exit_code == 0
    mapped = run.invoke(
        program, ["map-columns", str(tmp_path / "list.xlsx"), "--organisation", "Ambridge Council"]
    )
    brought = run.invoke(program, ["import", str(tmp_path / "list.xlsx"), "--json", *database])

    assert (mapped.exit_code, brought.exit_code) == (0, 0)
    assert "condition_grade" in mapped.output
    assert '"accepted": 3' in brought.output
    blank = run.invoke(program, ["template", "--out", str(tmp_path / "t.xlsx"), "--filled", *database])
    assert "with 4 rows" in " ".join(blank.output.split())
    again = run.invoke(program, ["template", "--out", str(tmp_path / "t.xlsx")])
    assert "there is a file already" in str(again.exception)


def test_the_example_of_the_page_is_a_mapping() -> None:
    page = (Path(__file__).parents[2] / mapping.PAGE).read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    read = mapping.from_yaml(example)

    assert (read.table, read.columns["floor_area_m2"].unit) == ("property", "sq ft")
    assert {f"`{key}`" for key in mapping.Mapping.model_fields} <= set(re.findall(r"`\w+`", page))


@pytest.mark.realdata
def test_a_real_register_comes_in_by_its_mapping(
    sqlite_register: Register, shared_data: Path, tmp_path: Path
) -> None:
    (real,) = (shared_data / "trafford" / "register").glob("*.csv")
    path = tmp_path / "list.csv"
    path.write_bytes(real.read_bytes())
    made = propose(Source(path))
    mapping_text.write(made, path)
    (result,) = import_files(sqlite_register, [path])

    assert (made.table, made.coordinates, checks(made)) == ("property", "degrees", [])
    assert made.not_used == ("OrganisationURI", "CoordinateReferenceSystem", "OtherDetail")
    assert (result.format, result.rows, result.accepted) == ("mapped", 608, 608)
    assert len(sqlite_register.rows("property")) == 608


def proposal(tmp_path: Path, content: str, name: str = "list.csv", **asked: str) -> Proposal:
    (tmp_path / name).write_text(content)
    return propose(Source(tmp_path / name), **asked)


def test_titles_above_the_headers_are_passed_over(tmp_path: Path) -> None:
    rows = "Ambridge Council asset list,,\n,,\nAsset Ref,Name,Post Code\n1,Hall,M33 7DZ\n2,Depot,M33 7DA\n"
    made = proposal(tmp_path, rows)

    assert (made.header_row, made.guesses["postcode"].headers) == (3, ("Post Code",))


@pytest.mark.parametrize(
    ("header", "column", "unit"),
    [
        ("GIA (sq ft)", "floor_area_m2", "sq ft"),
        ("FLOOR_AREA_SQFT", "floor_area_m2", "sq ft"),
        ("Floor area in m2", "floor_area_m2", "m2"),
        ("Site acreage", "land_area_ha", "acres"),
        ("Site Area (acres)", "land_area_ha", "acres"),
        ("Site area m2", "land_area_ha", "m2"),
        ("Energy use (MWh)", "energy_kwh_per_year", "MWh a year"),
    ],
)
def test_units_in_headers_are_seen(tmp_path: Path, header: str, column: str, unit: str) -> None:
    made = proposal(tmp_path, f"Asset Ref,Name,{header}\n1,Hall,12\n2,Depot,13\n", table="property")

    assert (made.guesses[column].headers, made.guesses[column].unit) == ((header,), unit)


def test_values_tell_what_names_do_not_and_are_doubtful(tmp_path: Path) -> None:
    rows = "Ref,Name,Zzz,Qqq\n1,A,M33 7DZ,Freehold\n2,B,M33 7DA,Leasehold\n3,C,M33 7DB,Freehold\n"
    made = proposal(tmp_path, rows, table="property")

    assert {c: made.guesses[c].headers[0] for c in ("postcode", "tenure")} == {"postcode": "Zzz", "tenure": "Qqq"}
    assert "postcode: its values look like it, its name does not" in checks(made)


def test_a_name_under_another_word_is_proposed_and_doubtful(tmp_path: Path) -> None:
    made = proposal(tmp_path, "Ref,Thing,Kind,Size (m2)\n1,Old Bakery,office,100\n2,Corn Exchange,office,200\n")

    assert made.guesses["name"].headers == ("Thing",)
    assert any(line.startswith("name: no column is called a name") for line in checks(made))
    assert made.lacking == ()


def test_without_anything_like_a_name_the_user_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("Ref,Size (m2),Kind\n1,100,office\n2,200,office\n3,300,office\n")

    shown = CliRunner().invoke(program, ["map-columns", str(path), "--organisation", "Ambridge"]).output

    assert "Say in it which column holds name, or every row is refused." in " ".join(shown.split())


def test_a_header_whose_values_speak_against_it_is_doubtful_or_not_taken(tmp_path: Path) -> None:
    rows = "Ref,Name,Postcode\n1,A,red\n2,B,blue\n3,C,green\n"
    made = proposal(tmp_path, rows, table="property")

    assert "postcode" not in made.guesses or "its cells look like it" in made.guesses["postcode"].doubt


def test_words_nobody_knows_are_marked(tmp_path: Path) -> None:
    made = proposal(tmp_path, "Ref,Name,Tenure\n1,A,FH\n2,B,Crown\n", table="property", organisation="A")
    text = to_yaml(made, "list.csv")

    assert "tenure: 'Crown' is not known" in checks(made)
    assert "'Crown': ''  # check: nobody knows this word" in text
    assert mapping.from_yaml(text).columns["tenure"].values == {
        "FH": "freehold",
        "Crown": "",
    }


def test_misspelt_words_are_understood_and_doubtful(tmp_path: Path) -> None:
    made = proposal(tmp_path, "Ref,Name,Tenure\n1,A,Leashold\n2,B,Freehold\n", table="property")

    assert made.guesses["tenure"].words == {"Freehold": "freehold", "Leashold": "leasehold"}
    assert "tenure: 'Leashold' was taken for 'leasehold'" in checks(made)


def test_leases_and_values_in_a_list_of_properties_are_found(tmp_path: Path) -> None:
    rows = "Ref,Name,Annual Rent,Lease Expiry,Market Value £k,Running Cost\n1,A,5000,31/03/2030,120,900\n2,B,,,,\n"
    made = proposal(tmp_path, rows, table="property")

    assert {table for table, _ in made.also} == {"lease", "valuation", "running_cost"}
    assert made.also["valuation", "value_gbp"]["value_gbp"].unit == "GBP k"
    assert any(check.startswith("running_cost category") for check in checks(made))


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("Lease Ref,Property Ref,Start Date,Expiry Date,Annual Rent,Break Date", "lease"),
        ("Team,Property Ref,FTE,Desks", "team"),
        ("Asset Ref,Building Name,Post Code,Tenure", "property"),
        ("Valuation Ref,Asset Ref,Market Value,Valuation Date", "valuation"),
    ],
)
def test_the_table_that_fits_best_is_taken(tmp_path: Path, header: str, table: str) -> None:
    assert proposal(tmp_path, f"{header}\n{',' * header.count(',')}x\n").table == table


def test_what_hangs_on_a_person_is_said(tmp_path: Path) -> None:
    made = proposal(tmp_path, "Ref,Name\n1,A\n1,B\n,C\n", table="property")

    assert [check.partition(":")[0] for check in checks(made)] == ["id_from", "id_from", "organisation"]


def test_hostile_headers_and_words_stay_text(tmp_path: Path) -> None:
    nasty = "'; drop: [\u0007x]} # & *a"
    header = f'Ref,Name,Tenure,"{nasty}"\n'
    rows = header + f'1,A,"{nasty}",M33 7DZ\n2,B,!!python/object:os.system,M33 7DA\n3,C,no,M33 7DB\n'
    made = proposal(tmp_path, rows, table="property", organisation=nasty)
    read = mapping.read(mapping_text.write(made, tmp_path / "list.csv"))

    assert read.organisation is not None
    assert read.organisation.name == nasty
    assert read.columns["postcode"].headers == (made.guesses["postcode"].headers[0],)
    assert read.columns["tenure"].values[nasty] == ""


def test_a_mapping_that_people_edited_is_not_overwritten(tmp_path: Path) -> None:
    made = proposal(tmp_path, "Ref,Name\n1,A\n", table="property")
    mapping_text.write(made, tmp_path / "list.csv")

    with pytest.raises(InputError, match="there is a mapping already"):
        mapping_text.write(made, tmp_path / "list.csv")
    with pytest.raises(InputError, match="cannot be written"):
        mapping_text.write(made, tmp_path / "list.csv", tmp_path / "nowhere" / "m.yaml")


@pytest.mark.parametrize(
    ("name", "asked", "reason"),
    [
        ("plan.geojson", {}, "neither a CSV file nor an Excel workbook"),
        ("list.csv", {"table": "zone"}, "there is no such table to map to"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, name: str, asked: dict[str, str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        proposal(tmp_path, "Ref,Name\n1,A\n", name, **asked)
    with pytest.raises(InputError, match="a header and no rows"):
        proposal(tmp_path, "Ref,Name\n")


def test_one_of_several_sheets_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(excel({"A": [["Ref", "Name"], ["1", "Hall"]], "B": [["Ref", "Name"], ["2", "Depot"]]}))

    assert propose(Source(path), sheet="B").sheet == "B"
    with pytest.raises(InputError, match=r"several sheets and none is named\. Its sheets are A, B"):
        propose(Source(path))
    with pytest.raises(InputError, match="no sheet 'C'"):
        propose(Source(path), sheet="C")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a", "valid dictionary"),
        ("table: [", "line 1 is not YAML"),
        ("table: zone\ncolumns: {}", "there is no table 'zone' to map to"),
        ("table: property\ncolumns: {colour: {from: A}}", "has no column 'colour' that can be mapped"),
        ("table: property\ncolumns: {name: {from: A, value: B}}", "give it either 'from'"),
        ("table: property\ncolumns: {name: {}}", "give it either 'from'"),
        (
            "table: property\ncolumns: {floor_area_m2: {from: A, unit: rods}}",
            "the units known for it are m2, sq ft, ha",
        ),
        ("table: property\ncolumns: {tenure: {from: A, values: {B: mine}}}", "tenure cannot be 'mine'"),
        (
            "table: property\ncolumns: {}\nalso: [{table: lease, only_with: x, columns: {}}]",
            "only_with 'x' is not",
        ),
        ("table: property\ncolumns: {}\nheader: 3", "header: there is no such key"),
        ("table: property\ncolumns: {}\nheader_row: 0", "greater than or equal to 1"),
    ],
)
def test_faults_of_a_mapping_are_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)

    with pytest.raises(InputError, match=reason):
        mapping.read(path)
