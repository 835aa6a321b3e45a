"""The workbook of `estate template`, filled by hand: the importer `workbook`."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from estate import template
from estate.database import Register
from estate.problems import InputError
from tests.unit.importers.files import bring_in, excel, only, reasons

ORGANISATION = [
    ["id *", "name *", "kind"],
    ["Notes: Stable identifier", "", ""],
    ["ac", "Ambridge Council", "district"],
]
PROPERTY_HEADER = ["id *", "organisation_id *", "name *", "uprn", "geometry", "floor_area_m2"]
HALL = ["p1", "ac", "Town Hall", "000123", "POINT (379000 392000)", 1200]


def test_a_template_filled_in_excel_is_read(register: Register, tmp_path: Path) -> None:
    path = template.write(tmp_path / "register.xlsx")
    book = openpyxl.load_workbook(path)
    add(book, "lease", id="l1", property_id="p1", rent_gbp_per_year=25_000)
    add(book, "organisation", id="ac", name="Ambridge Council", kind="district")
    add(book, "property", id="p1", organisation_id="ac", name="Town Hall", uprn="000123", use="office",
        geometry="POINT (379000 392000)", year_built=1905)  # fmt: skip
    book.save(path)
    result = bring_in(register, tmp_path, "filled.xlsx", path.read_bytes())

    assert (result.format, result.rows, result.rejected, result.warnings) == ("workbook", 3, 0, 0)
    row = only(register, "property")
    assert (row["uprn"], row["use"], row["year_built"], row["located_by"]) == ("000123", "office", 1905, "source")
    assert row["source_row"] == 3
    assert only(register, "lease")["rent_gbp_per_year"] == 25_000


def test_refused_rows_name_sheet_row_column_value_reason_and_remedy(register: Register, tmp_path: Path) -> None:
    sheets: dict[str, list[Any]] = {
        "organisation": ORGANISATION,
        "Property": [PROPERTY_HEADER, HALL, ["p2", "ac", "Depot", None, None, -5], ["p1", "ac", "Copy"]],
        "lease": [["id", "property_id"], ["l1", "p1"], ["l2", "p2"]],
    }
    result = bring_in(register, tmp_path, "filled.xlsx", excel(sheets))

    assert (result.rows, result.accepted, result.rejected) == (6, 3, 3)
    first = result.rejections[0]
    assert (first.part, first.row_number, first.problem.column, first.problem.value) == (
        "property",
        3,
        "floor_area_m2",
        "-5",
    )
    assert str(first.problem).startswith(
        "property: p2, floor_area_m2 has '-5': it is outside 0 to 500,000 m2. Give"
    )
    assert [note.part for note in result.rejections] == ["property", "property", "lease"]
    assert reasons(result, "rejected")[2] == "the register has no property of this id"


def test_dates_typed_as_text_are_dates_too(sqlite_register: Register, tmp_path: Path) -> None:
    header = ["id", "property_id", "start_date", "expiry_date"]
    leases = [header, ["l1", "p1", "31/03/2020", "1 April 2030"], ["l2", "p1", "soon", None]]
    sheets: dict[str, Any] = {"organisation": ORGANISATION, "property": [PROPERTY_HEADER, HALL], "lease": leases}
    result = bring_in(sqlite_register, tmp_path, "filled.xlsx", excel(sheets))

    row = only(sqlite_register, "lease")
    assert (str(row["start_date"]), str(row["expiry_date"])) == ("2020-03-31", "2030-04-01")
    assert reasons(result, "rejected") == ["it is not a date such as 2026-03-31"]


def test_rows_of_one_number_on_two_sheets_are_both_counted(sqlite_register: Register, tmp_path: Path) -> None:
    sheets = {"organisation": [["id", "name"], ["", "A"]], "site": [["id", "name"], ["", "B"]]}
    result = bring_in(sqlite_register, tmp_path, "filled.xlsx", excel(sheets))

    assert (result.rows, result.accepted, result.rejected) == (2, 0, 2)


def test_sheets_nobody_knows_are_named(sqlite_register: Register, tmp_path: Path) -> None:
    sheets = {"Read me": [["Hello"]], "organisation": ORGANISATION, "Scratch": [["x"]], "Empty": []}
    result = bring_in(sqlite_register, tmp_path, "filled.xlsx", excel(sheets))

    assert result.warnings == 1
    assert "sheet Scratch" in result.notes[0].problem.record


def test_a_workbook_of_something_else_is_refused(sqlite_register: Register, tmp_path: Path) -> None:
    content = excel({"Assets": [["Ref", "Name"], ["1", "Hall"]]})
    with pytest.raises(InputError, match="run 'estate map-columns' first"):
        bring_in(sqlite_register, tmp_path, "assets.xlsx", content)
    with pytest.raises(InputError, match="no sheet that is named as a table"):
        bring_in(sqlite_register, tmp_path, "assets.xlsx", content, format="workbook")
    with pytest.raises(InputError, match="older Excel file"):
        bring_in(sqlite_register, tmp_path, "assets.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600)


def test_the_same_workbook_twice_changes_nothing(register: Register, tmp_path: Path) -> None:
    content = excel({"organisation": ORGANISATION, "property": [PROPERTY_HEADER, HALL]})
    bring_in(register, tmp_path, "filled.xlsx", content)

    assert bring_in(register, tmp_path, "filled.xlsx", content).again


def add(book: Any, table: str, **values: Any) -> None:
    """A row on a sheet, as a person types it."""
    headers = [str(cell.value).removesuffix(template.REQUIRED) for cell in book[table][1]]
    book[table].append([values.get(header) for header in headers])
