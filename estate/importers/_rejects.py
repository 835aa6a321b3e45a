"""Writes the rows that an import refused, so that they can be mended in a spreadsheet and imported again.

Every importer passes the columns that this adds over.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from estate.importers._ledger import ImportResult
from estate.importers._readout import Note
from estate.importers._source import REJECT_COLUMNS, key
from estate.problems import InputError

KINDS = (".csv", ".xlsx")
MOST_IN_A_CELL = 32_767
_NOT_IN_A_SHEET = re.compile(r"[\[\]:*?/\\]")


def check_path(path: Path) -> None:
    """Refuse a file name that rejects cannot be written to, before anything is imported."""
    if path.suffix.lower() not in KINDS:
        raise InputError.of(
            "--rejects", "it is neither .csv nor .xlsx", "Name a file such as rejects.csv", "", str(path)
        )
    if not path.parent.is_dir():
        raise InputError.of("--rejects", "there is no such folder", "Make it first", "", str(path.parent))


def write_rejects(results: Sequence[ImportResult], path: Path) -> list[Path]:
    """Write the refused rows exactly as read, with REJECT_COLUMNS after them; nothing where none was refused.

    Of several sources (or sheets of one) a workbook has a sheet for each, and as CSV each goes to a file of its
    own beside `path`, named after the source. Returns the files written.
    """
    check_path(path)
    grids = {name: _grid(notes) for name, notes in _by_source(results).items()}
    if path.suffix.lower() == ".xlsx":
        return [_write_workbook(grids, path)] if grids else []
    written = []
    for name, grid in grids.items():
        target = path if len(grids) == 1 else path.with_name(f"{name}-{path.name}")
        with target.open("w", encoding="utf-8-sig", newline="") as file:  # the mark has Excel read UTF-8
            csv.writer(file).writerows(grid)
        written.append(target)
    return written


def _by_source(results: Sequence[ImportResult]) -> dict[str, list[Note]]:
    """The refused rows by the file, or the sheet of a file, that they stand in."""
    found: dict[str, list[Note]] = defaultdict(list)
    for result in results:
        for note in result.rejections:
            found[note.part or Path(result.file_name).stem].append(note)
    return found


def _grid(rejections: Sequence[Note]) -> list[list[str]]:
    """A header, then each row as read and what is wrong with it."""
    headers = list(dict.fromkeys(header for note in rejections for header in note.content))
    if set(REJECT_COLUMNS) <= set(headers):  # refused a second time: say what is wrong with them now
        headers = [header for header in headers if header not in REJECT_COLUMNS]
    rows = [
        [*(note.content.get(header, "") for header in headers), *_faults(note)]
        for note in sorted(rejections, key=lambda note: note.row_number)
    ]
    return [[*headers, *_added(headers)], *rows]


def _added(headers: Sequence[str]) -> list[str]:
    """The names of the columns added: where the source has one of the same name, ours says whose it is."""
    taken = set(map(key, headers))
    return [f"import_{name}" if key(name) in taken else name for name in REJECT_COLUMNS]


def _faults(note: Note) -> list[str]:
    problem = note.problem
    return [str(note.row_number), problem.column, problem.value, problem.reason, problem.remedy]


def _write_workbook(grids: Mapping[str, Sequence[Sequence[str]]], path: Path) -> Path:
    """One sheet a source, every cell as text: a UPRN keeps its zeros, and what begins with = is no formula."""
    for name, grid in grids.items():
        if any(len(text) > MOST_IN_A_CELL for row in grid for text in row):
            reason = f"rows refused of {name} hold cells longer than Excel's {MOST_IN_A_CELL:,} characters"
            raise InputError.of("--rejects", reason, "Name a .csv file instead", "", str(path))
    with xlsxwriter.Workbook(path) as book:
        bold, plain = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for name, grid in grids.items():
            sheet = book.add_worksheet(_NOT_IN_A_SHEET.sub(" ", name)[:31])
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(grid):
                for place, text in enumerate(row):
                    sheet.write_string(number, place, text, plain if number else bold)
    return path
