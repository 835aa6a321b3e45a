"""The register as an Excel workbook: one sheet a table, to be filled or mended by hand and imported again.

Column names stand in row 1, what they mean in row 2, rows from row 3 on. `estate.importers.workbook` reads it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any

import shapely
import xlsxwriter

from estate.dictionary import REGISTER_TABLES, Column, columns
from estate.geometry_column import as_wkt
from estate.problems import InputError

READ_ME, CHOICES = "Read me", "Choices"  # sheets that hold no rows of the register
NOTES = "Notes: "  # begins row 2, so that nobody takes it for a row of the register
REQUIRED = " *"
FIRST_ROW, LAST_ROW = 2, 1_048_575  # of the rows to fill, counted from 0
PIECE = 10_000  # characters, as long as any cell may be; Excel takes 32,767 and an outline may be longer
MORE = " +"  # geometry, geometry +2, geometry +3 ...: one outline in several cells
_FIRST_DATE = date(1900, 3, 1)  # Excel believes in a 29 February 1900
_LOWEST, _HIGHEST = -1e15, 1e15  # for numbers without limits: whatever Excel holds exactly
_LOOKS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "date": {"num_format": "yyyy-mm-dd"},
    "number": {"num_format": "General"},
    "head": {"bold": True, "bg_color": "#0b0c0c", "font_color": "#ffffff", "num_format": "@"},
    "must": {"bold": True, "bg_color": "#1d4f91", "font_color": "#ffffff", "num_format": "@", "underline": 1},
    "note": {"italic": True, "text_wrap": True, "valign": "top", "bg_color": "#f3f2f1", "num_format": "@"},
    "title": {"bold": True, "font_size": 16},
    "wrap": {"text_wrap": True, "valign": "top"},
}
_OF_TYPE = {"date": "date", "number": "number", "integer": "number"}
_READ_ME_WIDTH = 110  # in characters, as Excel counts them
_LINE_HEIGHT, _PARAGRAPH = 15.0, 5.0  # points
_NOTE_LINES = 7  # row 2 is as high as this, and each column wide enough for its note
_READ_ME = (
    "Each sheet is a table of the register. Fill the ones you have; leave the others as they are.",
    "Row 1 names the columns: please keep the names. Their order does not matter, and a column may be deleted.",
    "Row 2 says what each column means and in which unit. Start in row 3.",
    "A column whose name ends in * must be filled. All others may be left blank.",
    "Blank means not known. It never means zero. A blank cell clears what the register knows; if you delete the "
    "whole column instead, the register keeps what it has.",
    "Rows belong together by their ids: the organisation_id of a property is the id of a row on the sheet "
    "organisation. An id stays the same for ever; do not use the UPRN as one.",
    "Where only some words will do, the cell has a list to choose from. Dates are dates, such as 2026-03-31.",
    "A place is well-known text on the British National Grid, such as POINT (379000 392000). If you have eastings "
    "and northings, delete the column geometry and add the columns easting_m and northing_m. A long outline runs "
    "on in the columns geometry +2, geometry +3 and so on.",
    "A row that you delete here is not deleted in the register: set the status of a property to left instead.",
    "When you have finished: save as an Excel workbook (.xlsx) and run 'estate import' with this file. It says "
    "row by row what it could not use and why. Mend that here and import it again.",
)


class _Exact(float):
    """A number that XlsxWriter writes with all its digits, not with 16 of them: it then reads back as it was."""

    def __format__(self, _spec: str) -> str:
        return repr(float(self))


def write(path: Path, rows_by_table: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Path:
    """Write the workbook to `path` and return it: a blank one to fill, or one with the rows given by table.

    Every table has its sheet, with rows or not. Text stays text: what looks like a formula or an address is
    neither. Raises InputError for more rows than a sheet of Excel holds, or a path that cannot be written.
    """
    rows = rows_by_table or {}
    for table, held in rows.items():
        if len(held) > LAST_ROW - FIRST_ROW:
            reason = f"it has {len(held):,} rows, more than a sheet of Excel holds"
            raise InputError.of(table, reason, "Export the tables as CSV instead")
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,  # rows go to the disk one after another
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(path, options) as book:
            book.set_properties({"title": "Estate register"})
            looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
            _read_me(book.add_worksheet(READ_ME), looks)
            for table in REGISTER_TABLES:
                _table(book.add_worksheet(table), table, rows.get(table, ()), looks)
            _choices(book.add_worksheet(CHOICES), looks)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as fault:
        raise InputError.of(
            str(path), "it cannot be written", "Close it in Excel, or choose another name"
        ) from fault
    return path


def _read_me(sheet: Any, looks: Mapping[str, Any]) -> None:
    sheet.hide_gridlines(2)
    sheet.set_paper(9)  # A4, wide enough for a line in landscape
    sheet.set_landscape()
    sheet.set_column(0, 0, _READ_ME_WIDTH, looks["wrap"])
    sheet.write_string(0, 0, "The register of the place", looks["title"])
    for number, line in enumerate(_READ_ME, start=2):
        # LibreOffice gives wrapped rows no height of their own.
        sheet.set_row(number, _LINE_HEIGHT * math.ceil(len(line) / _READ_ME_WIDTH) + _PARAGRAPH)
        sheet.write_string(number, 0, line, looks["wrap"])


def _choices(sheet: Any, looks: Mapping[str, Any]) -> None:
    """The words of every column that has a choice of them, one below another: what the drop-downs show."""
    chosen = _chosen()
    sheet.set_column(0, max(len(chosen) - 1, 0), 22)
    grid = zip_longest(*([f"{table}.{column.name}", *column.choices] for table, column in chosen), fillvalue="")
    for number, cells in enumerate(grid):
        for position, word in enumerate(cells):
            if word:
                sheet.write_string(number, position, word, looks["text" if number else "head"])
    sheet.freeze_panes(1, 0)


def _chosen() -> list[tuple[str, Column]]:
    return [(table, column) for table in REGISTER_TABLES for column in columns(table) if column.choices]


def _table(sheet: Any, table: str, rows: Sequence[Mapping[str, Any]], looks: Mapping[str, Any]) -> None:
    described = columns(table)
    pieces = max((_pieces(row.get("geometry")) for row in rows), default=1)
    headers = [*(c.name for c in described), *(f"geometry{MORE}{n}" for n in range(2, pieces + 1))]
    for position, column in enumerate(described):
        width = min(max(len(column.name) + 4, 14, math.ceil(1.2 * len(_note(column)) / _NOTE_LINES)), 34)
        sheet.set_column(position, position, width, looks[_OF_TYPE.get(column.type, "text")])
        if rule := _rule(table, column):
            sheet.data_validation(FIRST_ROW, position, LAST_ROW, position, rule)
    for position, name in enumerate(headers):
        must = position < len(described) and _must_be_filled(described[position])
        sheet.write_string(0, position, name + REQUIRED * must, looks["must" if must else "head"])
    sheet.set_row(1, _NOTE_LINES * _LINE_HEIGHT)
    for position, column in enumerate(described):
        sheet.write_string(1, position, NOTES * (position == 0) + _note(column), looks["note"])
    for number, row in enumerate(rows, start=FIRST_ROW):
        for position, value in enumerate(_values(described, row)):
            _cell(sheet, number, position, value, looks)
    sheet.freeze_panes(FIRST_ROW, 1)


def _must_be_filled(column: Column) -> bool:
    return column.required and not column.default


def _note(column: Column) -> str:
    """What a column means, in which unit, and what may stand in it."""
    parts = ["Must be filled." if _must_be_filled(column) else "", f"{column.description}."]
    parts.append(f"Unit: {column.unit}." if column.unit else "")
    parts.append("Choose from the list." if column.choices else "")
    parts.append({"boolean": "yes or no.", "date": "A date, such as 2026-03-31."}.get(column.type, ""))
    parts.append(f"Blank means {column.default}." if column.default else "")
    parts.append(
        f"The id of a row on the sheet {column.references.partition('.')[0]}." if column.references else ""
    )
    return " ".join(filter(None, parts))


def _rule(table: str, column: Column) -> dict[str, Any] | None:
    """What Excel allows in a column, and what it says of it while a cell is chosen."""
    shown = {"input_title": column.name[:32], "input_message": _note(column)[:255], "ignore_blank": True}
    error = {"error_title": "Please correct this", "error_message": _note(column)[:255]}
    low = _LOWEST if column.minimum is None else column.minimum
    high = _HIGHEST if column.maximum is None else column.maximum
    match column.type:
        case "choice":
            position = [(t, c.name) for t, c in _chosen()].index((table, column.name))
            area = xlsxwriter.utility.xl_range_abs(1, position, len(column.choices), position)
            return {"validate": "list", "source": f"={CHOICES}!{area}", **shown, **error}
        case "boolean":
            return {"validate": "list", "source": ["yes", "no"], **shown, **error}
        case "number" | "integer":
            kind = "integer" if column.type == "integer" else "decimal"
            return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high, **shown, **error}
        case "date":
            limits = {"minimum": _FIRST_DATE, "maximum": date(9999, 12, 31)}
            return {"validate": "date", "criteria": "between", **limits, **shown, **error}
        case "text" if column.references:  # rows of the register may be meant that do not stand on the sheet
            area = xlsxwriter.utility.xl_range_abs(FIRST_ROW, 0, LAST_ROW, 0)
            source = f"='{column.references.partition('.')[0]}'!{area}"
            return {"validate": "list", "source": source, "show_error": False, **shown}
    return {"validate": "any", **shown}


def _values(described: Sequence[Column], row: Mapping[str, Any]) -> Iterator[Any]:
    """A row's values in the order of the columns, then the rest of a long outline."""
    text = _outline(row.get("geometry"))
    for column in described:
        yield text[:PIECE] if column.type == "geometry" else row.get(column.name)
    yield from (text[start : start + PIECE] for start in range(PIECE, len(text), PIECE))


def _outline(place: shapely.Geometry | None) -> str:
    return as_wkt(place) if place is not None else ""


def _pieces(place: shapely.Geometry | None) -> int:
    return -(-len(_outline(place)) // PIECE) or 1


def _cell(sheet: Any, row: int, position: int, value: Any, looks: Mapping[str, Any]) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(row, position, "yes" if value else "no", looks["text"])
        case int() | float():
            sheet.write_number(row, position, _Exact(value), looks["number"])
        case date() if value >= _FIRST_DATE:
            sheet.write_datetime(row, position, value, looks["date"])
        case _:
            sheet.write_string(row, position, str(value), looks["text"])
