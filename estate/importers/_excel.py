"""Reads the cells of an Excel workbook (.xlsx) as text, and refuses a file that would do harm.

An .xlsx file is a zip of XML. What it says of its own size is checked before anything is unpacked, and no more
than that is ever unpacked (zipfile stops there). openpyxl parses with defusedxml, so entities are refused. Links
to other files are not followed, macros are not read, and of a formula only the value that Excel stored is taken.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import defusedxml.common
import openpyxl
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from estate.problems import InputError

MAX_UNPACKED_BYTES = 500_000_000
MAX_PARTS = 2_000  # files in the zip: a sheet, a style sheet, a picture ...
MAX_RATIO = 200  # unpacked over packed; sheets of real registers come to 10 to 40
MAX_ROWS = 1_048_576  # what Excel itself holds on a sheet
MAX_CELLS = 30_000_000  # over all sheets, blank ones between others counted
ERRORS = frozenset(
    ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"]
)

SAVE_AGAIN = "Open it in Excel or LibreOffice, take off any password, and save it as an Excel workbook (.xlsx)"
_SMALL = 1_000_000  # bytes; below it no ratio does harm
_CHUNK = 1_000_000
# A formula that no program has computed yet: `t="str"` with no text is a formula whose value is "".
_UNCOMPUTED = re.compile(rb"<c(?![^>]*\st=)[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
# What openpyxl and zipfile raise for a file that is not what it says: the list is theirs, not ours.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, InvalidFileException, LookupError,
    NotImplementedError, OSError, RecursionError, RuntimeError, SyntaxError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
Grid = tuple[tuple[str, ...], ...]


def read_workbook(name: str, content: bytes) -> Mapping[str, Grid]:
    """The sheets of a workbook by name, each as rows of text from row 1 on; a blank cell is "".

    Whole numbers have no decimals, dates are YYYY-MM-DD, yes and no are words. `name` stands in the errors.
    Raises InputError for what is no workbook, is locked, is broken, is too large or does harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(name, archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl says what it passes over: styles, drawings
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            return _sheets(name, book)
    except zipfile.BadZipFile as fault:
        raise _not_a_workbook(name) from fault
    except _BROKEN as fault:
        if any(isinstance(f, defusedxml.common.DefusedXmlException) for f in (fault, fault.__cause__)):
            raise _error(name, "its XML defines entities or reaches out, which no Excel workbook does") from fault
        raise _error(name, f"it is damaged and cannot be read ({type(fault).__name__})") from fault


def _check_archive(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that is locked or would unpack to more than a register can be."""
    parts = archive.infolist()
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise _not_a_workbook(name)
    if any(part.flag_bits & 1 for part in parts):
        raise _not_a_workbook(name)
    if len(parts) > MAX_PARTS:
        raise _error(name, f"it holds {len(parts):,} files, more than the {MAX_PARTS:,} of any workbook")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES:
        reason = f"it would unpack to {unpacked / 1e6:,.0f} MB, more than {MAX_UNPACKED_BYTES / 1e6:,.0f} MB"
        raise _error(name, reason, "Split it into smaller workbooks")
    for part in parts:
        if part.file_size > _SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            ratio = part.file_size / max(part.compress_size, 1)
            raise _error(name, f"part of it is packed {ratio:,.0f} times over, as a zip bomb is")
    for part in parts:
        if part.filename.startswith("xl/worksheets/") and _has_uncomputed(archive, part):
            raise _error(name, "it has formulas that no program has computed, so their values are not in it")


def _has_uncomputed(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as file:
        before = b""
        while chunk := file.read(_CHUNK):
            if _UNCOMPUTED.search(before + chunk):
                return True
            before = chunk[-10_000:]
    return False


def _sheets(name: str, book: Any) -> Mapping[str, Grid]:
    try:
        left = MAX_CELLS
        found: dict[str, Grid] = {}
        for sheet in book.worksheets:
            rows: list[tuple[str, ...]] = []
            sheet.reset_dimensions()  # what a file says of its own dimensions may cut rows off
            for cells in sheet.iter_rows(values_only=True):
                left -= len(cells) + 1
                if left < 0 or len(rows) >= MAX_ROWS:
                    raise _error(name, f"sheet {sheet.title} is too large", "Delete what is not data and split it")
                rows.append(tuple(map(_text, cells)))
            while rows and not any(rows[-1]):
                rows.pop()
            found[str(sheet.title)] = tuple(rows)
        return found
    finally:
        book.close()


def _text(value: object) -> str:
    """A cell's value as its text in a CSV file would be."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
    return str(unescape(str(value)))  # Excel writes some letters as _xHHHH_


def _not_a_workbook(name: str) -> InputError:
    reason = "it is an older Excel file (.xls), is locked with a password, or is no Excel workbook at all"
    return _error(name, reason)


def _error(name: str, reason: str, remedy: str = SAVE_AGAIN) -> InputError:
    return InputError.of(name, reason, remedy)
