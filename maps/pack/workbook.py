"""A plan as an Excel workbook for those who check, sort and add up."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from estate.snapshot import Snapshot
from maps.pack import sheets
from maps.pack.sheet import Column, Formula, Sheet
from maps.view import check_same
from optimiser.plan import Plan
from optimiser.scenario import Scenario

FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "indent": 1},  # clear of a number to the left of it
    "gbp": {"num_format": "#,##0;-#,##0"},
    "year": {"num_format": "0"},
    "whole": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0"},
    "share": {"num_format": "0.0%"},
    "ratio": {"num_format": "0.0"},
    "exact": {"num_format": "0.000000"},
    "any": {"num_format": "#,##0.###"},
}
HEADING: dict[str, Any] = {
    "bold": True,
    "text_wrap": True,
    "bg_color": "#0b0c0c",
    "font_color": "#ffffff",
    "border_color": "#ffffff",
}
LINE, MOST_LINES = 15.0, 12  # points of a line of text; lines of a row at the most
LONGEST = 32_000  # characters; Excel takes 32,767 in a cell


def write(plan: Plan, snapshot: Snapshot, scenario: Scenario, out: Path) -> Path:
    """Write the workbook to `out` and return it.

    Text stays text: what looks like a formula or an address is neither. Unknown values are blank cells.
    Raises InputError when the plan is of another snapshot.
    """
    check_same(plan, snapshot)
    about = {"title": scenario.name[:255], "comments": f"Snapshot {snapshot.digest}"}
    return write_sheets(sheets.of(plan, snapshot, scenario), about, out)


def write_sheets(made: Sequence[Sheet], about: dict[str, str], out: Path) -> Path:
    """Write sheets to a workbook with the properties `about`, and return its path."""
    out.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties(about)
        formats = {kind: book.add_format({"valign": "top", **look}) for kind, look in FORMATS.items()}
        heading = book.add_format({"valign": "top", **HEADING})
        for sheet in made:
            _write(book.add_worksheet(sheet.name), sheet, formats, heading)
    return out


def _write(worksheet: Any, sheet: Sheet, formats: dict[str, Any], heading: Any) -> None:
    for position, column in enumerate(sheet.columns):
        worksheet.set_column(position, position, column.width, formats[column.kind])
        worksheet.write_string(0, position, column.header, heading)
    worksheet.set_row(0, _height(sheet.columns, [("text", column.header) for column in sheet.columns]))
    for number, row in enumerate(sheet.rows, start=1):
        if (height := _height(sheet.columns, row)) > LINE:
            worksheet.set_row(number, height)
        for position, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            kind, plain = value if isinstance(value, tuple) else (column.kind, value)
            _cell(worksheet, number, position, plain, formats[kind])
    worksheet.freeze_panes(1, sheet.frozen_columns)
    worksheet.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
    worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(0)


def _height(columns: Sequence[Column], row: Sequence[Any]) -> float:
    """Height in points that the row's wrapped text needs: not every program finds it by itself."""
    lines = 1
    for column, value in zip(columns, row, strict=True):
        kind, plain = value if isinstance(value, tuple) else (column.kind, value)
        if isinstance(plain, str) and kind == "text":
            across = max(1.1 * column.width - 2, 1)
            lines = max(lines, sum(max(1, math.ceil(len(part) / across)) for part in plain.split("\n")))
    return LINE * min(lines, MOST_LINES)


def _cell(worksheet: Any, row: int, column: int, value: Any, look: Any) -> None:
    if isinstance(value, Formula):
        worksheet.write_formula(row, column, value.text, look, "" if value.value is None else value.value)
    elif isinstance(value, str):
        worksheet.write_string(row, column, value[:LONGEST], look)
    elif isinstance(value, bool):
        worksheet.write_string(row, column, "yes" if value else "no", look)
    elif value is None or value != value:
        worksheet.write_blank(row, column, None, look)
    else:
        worksheet.write_number(row, column, value, look)
