"""Writes the findings of the checks, and the scores of the bodies, to an Excel file."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from estate.checks import Finding
from estate.problems import InputError
from estate.quality import NEEDED, Score

_FINDINGS = ("Organisation", "Worth (GBP)", "Worth is", "Severity", "Check", "Table", "Record id", "Record",
             "Column", "Value", "What is wrong", "What to do")  # fmt: skip
_SCORES = ("Organisation", "Data quality (0 to 100)", "Properties", "Facts needed", "Facts recorded",
           "Properties with errors", *(f"Lack {fact}" for fact in NEEDED))  # fmt: skip
# Columns of long text, in characters; the others are as wide as their heading or this.
_WIDTHS = {
    "Organisation": 28,
    "Worth is": 22,
    "Value": 20,
    "Record": 32,
    "Record id": 34,
    "Column": 20,
    "What is wrong": 60,
    "What to do": 60,
    "Check": 24,
}
_USUAL_WIDTH = 12
_LINE_HEIGHT = 15.0  # points


def check_path(path: Path) -> None:
    """Refuse a file name that a workbook cannot be written to."""
    if path.suffix.lower() != ".xlsx":
        raise InputError.of("--out", "it is not an .xlsx file", "Name a file such as findings.xlsx", "", str(path))
    if not path.parent.is_dir():
        raise InputError.of("--out", "there is no such folder", "Make it first", "", str(path.parent))


def write(found: Sequence[Finding], scores: Sequence[Score], names: Mapping[str, str], path: Path) -> None:
    """One sheet with a row a finding, in their order; one with a row an organisation."""
    findings = [
        (names.get(f.organisation_id, f.organisation_id), round(f.worth_gbp), f.worth_basis, f.severity, f.check,
         f.table, f.record_id, f.record, f.column, f.value, f.reason, f.remedy)
        for f in found
    ]  # fmt: skip
    marks = [
        (s.organisation, s.score, s.properties, s.facts_needed, s.facts_recorded, s.properties_with_errors,
         *(s.missing[fact] for fact in NEEDED))
        for s in scores
    ]  # fmt: skip
    # What registers say is text: nothing of it may become a formula or a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        _sheet(book, "findings", _FINDINGS, findings)
        _sheet(book, "scores", _SCORES, marks)


def _sheet(book: Any, name: str, headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet, top = book.add_worksheet(name), {"valign": "top", "text_wrap": True}
    head = book.add_format({"bold": True, "bg_color": "#0b0c0c", "font_color": "#ffffff", "indent": 1, **top})
    plain, pounds = book.add_format({"indent": 1, **top}), book.add_format({"num_format": "#,##0", **top})
    widths = [_WIDTHS.get(header, _USUAL_WIDTH) for header in headers]
    sheet.freeze_panes(1, 0)
    sheet.set_paper(8)  # A3
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for number, row in enumerate([headers, *rows]):
        # LibreOffice gives wrapped rows no height of their own. Words break before the edge: a tenth is spare.
        lines = max(
            math.ceil(1.1 * len(str(value)) / (width - 1)) for value, width in zip(row, widths, strict=True)
        )
        sheet.set_row(number, _LINE_HEIGHT * max(lines, 1))
        for place, value in enumerate(row):
            form = head if number == 0 else pounds if "GBP" in headers[place] else plain
            (sheet.write_string if isinstance(value, str) else sheet.write_number)(number, place, value, form)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.autofilter(0, 0, max(len(rows), 1), len(headers) - 1)
