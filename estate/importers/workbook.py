"""The workbook that `estate template` writes, filled in Excel: sheets named as the register's tables (.xlsx).

A row is read as a row of the table's CSV file is (see `_rows`). Rows may refer to rows of other sheets. What is
refused or noted names its sheet; `row` is the row as Excel shows it.
"""

import re
from collections import defaultdict
from dataclasses import replace

from estate.dictionary import REGISTER_TABLES, columns
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._rows import fits, read_rows
from estate.importers._source import Line, Source, Table, key
from estate.importers._values import day
from estate.problems import Problem
from estate.template import CHOICES, MORE, NOTES, READ_ME

NAME = "workbook"
DESCRIPTION = "Workbook with a sheet for each table of the register, as 'estate template' writes it (Excel)"


def order(source: Source) -> int:
    """With the register's own tables."""
    return 30


def recognises(source: Source, options: ImportOptions) -> bool:
    """An Excel workbook with a sheet that is named as a table and has its columns for the greater part."""
    return source.kind == "xlsx" and any(
        _fits(table, source.sheets[sheet][0]) for table, sheet in _tables(source).items()
    )


def _fits(table: str, header: tuple[str, ...]) -> bool:
    return fits(table, [key(cell) for cell in header if cell])


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read every sheet that is named as a table, parents first; others are named in a warning and not read."""
    readout = Readout()
    sheets = _tables(source)
    if not sheets:
        remedy = f"Name its sheets as the tables: {', '.join(REGISTER_TABLES)}"
        raise source.error("it has no sheet that is named as a table of the register", remedy)
    for sheet in source.sheets:
        if sheet not in {*sheets.values(), READ_ME, CHOICES} and source.sheets[sheet]:
            reason = "the register has no such table, so it was not read"
            readout.warn(1, Problem(f"{source.name}, sheet {sheet}", reason, "Rename the sheet, or leave it"))
    brought: dict[str, set[str]] = defaultdict(set)
    for name, sheet in sheets.items():
        part = Readout()
        read_rows(name, _rows_to_read(name, source.sheet_as_written(sheet)), known, part, brought)
        brought[name] |= {str(row["id"]) for row in part.tables[name]}
        readout.include(part, name)
    return readout


def _tables(source: Source) -> dict[str, str]:
    """The sheets that are named as tables and hold anything, in the order of the tables."""
    named = {sheet.strip().lower(): sheet for sheet, grid in source.sheets.items() if grid}
    return {table: named[table] for table in REGISTER_TABLES if table in named}


def _rows_to_read(name: str, table: Table) -> Table:
    """The table without the notes below its header, with each outline in one cell, and with dates as dates."""
    more = [header for header in table.headers if re.fullmatch(rf"geometry{re.escape(MORE)}\d+", header)]
    lines = [line for line in table.lines if not line[table.find("id")].startswith(NOTES)]
    headers = tuple(header for header in table.headers if header not in more)
    dates = [header for c in columns(name) if c.type == "date" and (header := table.find(c.name))]
    outline = table.find("geometry")
    if dates or (more and outline):
        lines = [_mended(line, dates, outline if more else None, more) for line in lines]
    return replace(table, headers=headers, lines=tuple(lines))


def _mended(line: Line, dates: list[str], outline: str | None, more: list[str]) -> Line:
    """A row with its long outline in one cell, and with the dates that somebody typed as text."""
    cells = {header: text for header, text in line.cells.items() if header not in more}
    if outline:
        cells[outline] = "".join(line[header] for header in (outline, *more))
    typed = {header: day(line[header]) for header in dates}
    return replace(line, cells=cells | {header: found.isoformat() for header, found in typed.items() if found})
