"""Any list with a mapping beside it: the importer `mapped`."""

from pathlib import Path
from typing import Any

import pytest

from estate.database import Register
from estate.dictionary import Column, columns
from estate.importers import ImportOptions, ImportResult, import_files
from estate.importers._values import value_of
from estate.mapping import ColumnRule
from estate.problems import InputError
from tests.unit.importers.files import bring_in, excel, only, reasons, write_and_import

MAPPING = """
table: property
organisation: {id: ac, name: Ambridge Council}
id_from: [Ref]
columns:
  asset_code: {from: Ref}
  name: {from: Building}
  address: {from: [No, Road]}
  postcode: {from: PC}
  floor_area_m2: {from: Size, unit: sq ft}
  tenure: {from: Hold, values: {FH: freehold, Crown: ''}}
x: East
y: North
coordinates: metres
also:
  - table: valuation
    only_with: value_gbp
    columns:
      value_gbp: {from: Value, unit: GBP k}
      basis: {value: existing_use}
"""
HEADER = "Ref,Building,No,Road,PC,Size,Hold,East,North,Value\n"
HALL = 'A/1,Town Hall,1,High St,m337dz,"12,000",FH,378800,391900,1200\n'


def mapped(
    register: Register, folder: Path, rows: str, mapping: str = MAPPING, name: str = "list.csv", **options: Any
) -> ImportResult:
    (folder / f"{name}.mapping.yaml").write_text(mapping)
    return bring_in(register, folder, name, rows, **options)


def test_a_row_becomes_a_property_its_body_and_its_value(register: Register, tmp_path: Path) -> None:
    result = mapped(register, tmp_path, HEADER + HALL)

    assert (result.format, result.accepted, result.warnings) == ("mapped", 1, 0)
    assert only(register, "organisation")["name"] == "Ambridge Council"
    row = only(register, "property")
    wanted = {
        "id": "ac/A-1", "organisation_id": "ac", "asset_code": "A/1", "name": "Town Hall", "tenure": "freehold",
        "address": "1, High St", "postcode": "M33 7DZ", "floor_area_m2": 1114.83648, "located_by": "source",
        "source_row": 2,
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert (row["geometry"].x, row["geometry"].y) == (378_800, 391_900)
    value = only(register, "valuation")
    assert (value["id"], value["value_gbp"], value["basis"]) == ("ac/A-1/valuation", 1_200_000, "existing_use")


def test_a_blank_cell_wipes_nothing_and_a_faulty_one_is_left_out(
    sqlite_register: Register, tmp_path: Path
) -> None:
    mapped(sqlite_register, tmp_path, HEADER + HALL)
    result = mapped(sqlite_register, tmp_path, HEADER + "A/1,Town Hall,,,SALE,many,Stolen,1,2,\n")

    row = only(sqlite_register, "property")
    assert (row["floor_area_m2"], row["tenure"], row["postcode"]) == (1114.83648, "freehold", "M33 7DZ")
    assert row["located_by"] == "source"
    warned = " ".join(reasons(result, "warning"))
    assert "it is not a number" in warned
    assert "the mapping has no word for it among freehold" in warned


def test_rows_that_cannot_be_told_apart_are_refused(sqlite_register: Register, tmp_path: Path) -> None:
    result = mapped(sqlite_register, tmp_path, HEADER + HALL + "A-1,Copy,,,,,,,,\nA3,,,,,,,,,\n")

    assert (result.rows, result.rejected) == (3, 2)
    assert reasons(result, "rejected") == ["row 2 has the same id", "it has no name and no address"]


def test_the_mapping_comes_before_any_format_and_may_stand_elsewhere(
    sqlite_register: Register, tmp_path: Path
) -> None:
    (tmp_path / "m.yaml").write_text("table: property\norganisation: {id: ac}\ncolumns: {name: {from: name}}\n")
    content = "id,organisation_id,name\np1,ac,Hall\n"
    result = bring_in(sqlite_register, tmp_path, "property.csv", content, mapping=str(tmp_path / "m.yaml"))

    assert (result.format, only(sqlite_register, "property")["id"]) == ("mapped", "ac/hall")
    assert "stand in for a code" in reasons(result, "warning")[0]
    with pytest.raises(InputError, match="cannot be read"):
        write_and_import(sqlite_register, tmp_path, "property.csv", content, mapping=str(tmp_path / "none.yaml"))


def test_a_sheet_with_titles_above_its_headers_is_read(sqlite_register: Register, tmp_path: Path) -> None:
    grid = [["Our assets"], [], ["Ref", "Building"], [7.0, "Hall"]]
    (tmp_path / "list.xlsx").write_bytes(excel({"Notes": [["x"]], "Assets": grid}))
    text = "table: property\nsheet: Assets\nheader_row: 3\norganisation: {id: ac}\n"
    text += "id_from: Ref\ncolumns: {name: {from: Building}}\n"
    (tmp_path / "list.xlsx.mapping.yaml").write_text(text)
    import_files(sqlite_register, [tmp_path / "list.xlsx"])

    assert (only(sqlite_register, "property")["id"], only(sqlite_register, "property")["source_row"]) == (
        "ac/7",
        4,
    )


def test_bodies_named_in_a_column_are_made(sqlite_register: Register, tmp_path: Path) -> None:
    text = "table: property\nid_from: [Ref]\ncolumns: {name: {from: Name}, organisation_id: {from: Owner}}\n"
    result = mapped(sqlite_register, tmp_path, "Ref,Name,Owner\n1,Hall,Ambridge Council\n1,Yard,NHS\n2,X,\n", text)

    assert [row["id"] for row in sqlite_register.rows("property")] == ["ambridge-council/1", "nhs/1"]
    assert [row["name"] for row in sqlite_register.rows("organisation")] == ["Ambridge Council", "NHS"]
    assert reasons(result, "rejected") == ["it names no organisation"]


def test_leases_find_their_property_by_its_own_code(sqlite_register: Register, tmp_path: Path) -> None:
    mapped(sqlite_register, tmp_path, HEADER + HALL)
    text = """
table: lease
organisation: {id: ac}
asset: [Asset]
id_from: [Lease]
columns:
  rent_gbp_per_year: {from: Rent, unit: GBP a quarter}
  break_dates: {from: Breaks}
  notice_months: {from: Notice}
"""
    rows = 'Lease,Asset,Rent,Breaks,Notice\nL1,a/1,250,"01/04/2027, 2029-04-01",1 year\nL2,A9,1,,\nL1,A/1,1,,\n'
    result = mapped(sqlite_register, tmp_path, rows, text, "leases.csv")

    row = only(sqlite_register, "lease")
    assert (row["id"], row["property_id"], row["rent_gbp_per_year"]) == ("ac/A-1/lease-L1", "ac/A-1", 1_000)
    assert (row["break_dates"], row["notice_months"], row["direction"]) == ("2027-04-01 2029-04-01", 12, "in")
    assert reasons(result, "rejected") == [
        "the register has no one property with this code",
        "row 2 has the same id",
    ]


def test_a_row_without_what_must_be_filled_is_refused(sqlite_register: Register, tmp_path: Path) -> None:
    mapped(sqlite_register, tmp_path, HEADER + HALL)
    text = "table: running_cost\nasset: Ref\ncolumns: {gbp_per_year: {from: Cost}, category: {from: What}}\n"
    result = mapped(sqlite_register, tmp_path, "Ref,Cost,What\nA/1,£900,energy\nA/1,,rates\n", text, "costs.csv")

    assert only(sqlite_register, "running_cost")["id"] == "ac/A-1/running_cost-energy"
    assert reasons(result, "rejected") == ["gbp_per_year is not known and must be"]


def test_a_list_may_only_add_to_properties_that_are_there(sqlite_register: Register, tmp_path: Path) -> None:
    mapped(sqlite_register, tmp_path, HEADER + HALL)
    text = "table: property\nasset: Ref\ncolumns: {energy_rating: {from: EPC}}\n"
    result = mapped(sqlite_register, tmp_path, "Ref,EPC\nA/1,C\nA9,D\nA/1,E\n", text, "epc.csv")

    row = only(sqlite_register, "property")
    assert (row["energy_rating"], row["name"], result.rejected) == ("C", "Town Hall", 2)


def test_what_a_mapping_names_must_be_there(sqlite_register: Register, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"its mapping names the column Hold, which it does not have\. Its columns"
    ):
        mapped(sqlite_register, tmp_path, (HEADER + HALL).replace("Hold", "Held"))
    with pytest.raises(InputError, match="does not say whose properties these are"):
        mapped(sqlite_register, tmp_path, HEADER + HALL, "table: property\ncolumns: {name: {from: Building}}\n")
    with pytest.raises(InputError, match="no organisation of this id"):
        mapped(sqlite_register, tmp_path, HEADER + HALL, organisation="nobody")
    with pytest.raises(InputError, match="there is no mapping for it"):
        write_and_import(sqlite_register, tmp_path, "other.csv", "a\n1\n", format="mapped")


def test_hostile_files_reject_rows_and_nothing_else(sqlite_register: Register, tmp_path: Path) -> None:
    rows = (
        HEADER + HALL + "A\0 2,Null,,,,,,,,\n" + "A3," + "x" * 10_001 + ",,,,,,,,\n" + "A4,a,b,c,d,e,f,g,h,i,j\n"
    )
    result = mapped(sqlite_register, tmp_path, rows)

    assert (result.accepted, result.rejected) == (1, 3)


def test_the_same_list_twice_changes_nothing(sqlite_register: Register, tmp_path: Path) -> None:
    mapped(sqlite_register, tmp_path, HEADER + HALL)

    assert mapped(sqlite_register, tmp_path, HEADER + HALL).again
    assert ImportOptions().mapping == ""


def column(name: str, table: str = "property") -> Column:
    return next(c for c in columns(table) if c.name == name)


@pytest.mark.parametrize(
    ("name", "unit", "text", "value"),
    [
        ("floor_area_m2", "", "1,200 sqm", 1200),
        ("floor_area_m2", "", "c. 1200m²", 1200),
        ("floor_area_m2", "", "1200 sq ft", 111.483648),
        ("floor_area_m2", "sq ft", "1200", 111.483648),
        ("floor_area_m2", "", "12,5", None),
        ("floor_area_m2", "", "100-200", None),
        ("floor_area_m2", "", "1e999", None),
        ("floor_area_m2", "", "0", None),
        ("floor_area_m2", "", "(5)", None),
        ("floor_area_m2", "", "TBC", None),
        ("land_area_ha", "acres", "2.5", 1.011714),
        ("year_built", "", "c1960s", 1960),
        ("year_built", "", "01/04/1987", 1987),
        ("year_built", "", "Victorian", None),
        ("listed", "", "Grade II*", None),
        ("listed", "", "II*", "II*"),
        ("listed", "", "none", "none"),
        ("holding", "", "Land and Building", "land_and_building"),
        ("use", "", "Branch library", "library"),
        ("uprn", "", "0100.0", "100"),
    ],
)
def test_values_as_people_write_them(name: str, unit: str, text: str, value: object) -> None:
    found = value_of(column(name), ColumnRule(value="", unit=unit), text)

    assert found.value == value


@pytest.mark.parametrize(
    "text", ["31/03/2026", "2026-03-31", "31.03.2026", "31 March 2026", "31-Mar-2026", "20260331"]
)
def test_dates_as_people_write_them(text: str) -> None:
    assert str(value_of(column("effective_date"), ColumnRule(value=""), text).value) == "2026-03-31"
