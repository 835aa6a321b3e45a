"""Reads a file of rows or of features, whatever its encoding, and refuses what cannot be one."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from estate.importers._excel import ERRORS, Grid, read_workbook
from estate.importers._parquet import read_parquet
from estate.problems import InputError, Problem

MAX_BYTES = 200_000_000
MAX_ROWS = 2_000_000
MAX_CELL = 10_000  # characters; an outline is longer
MAX_OUTLINE = 10_000_000
KINDS = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "geopackage",
    ".parquet": "parquet",
}
# What a file of refused rows adds to the columns of its source (see `_rejects`): every importer passes them over.
REJECT_COLUMNS = ("row_number", "column", "value", "reason", "remedy")

OUTLINES = frozenset({"geometry", "wkt", "geom", "thegeom", "shape"})  # keys of columns that hold WKT
_SIGNATURES = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"\x1f\x8b")
_CONTROL = bytes(set(range(32)) - {9, 10, 13})
_FORMULA = re.compile(r"'*[=+\-@\t]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_UNSEEN: dict[int, str | None] = {
    **_INVISIBLE,
    **dict.fromkeys(set(range(1, 32)) - {9, 10}),  # NUL stays, to be refused by `cell_fault`
    0x7F: None,
    0xA0: " ",
}


@dataclass(frozen=True)
class Line:
    """One row as read. `number` counts rows as a spreadsheet does (the header is 1); `cells` go by header.

    `part` names the sheet or layer that the row stands in, for files of several.
    """

    number: int
    cells: Mapping[str, str]
    fault: Problem | None = None
    part: str = ""

    @property
    def where(self) -> str:
        """The row in words, such as `row 7` or `property row 7`."""
        return f"{self.part} row {self.number}".strip()

    def __getitem__(self, header: str | None) -> str:
        return self.cells.get(header, "") if header else ""


@dataclass(frozen=True)
class Table:
    """A CSV file as read. `repeated` holds the keys (see `key`) that stand more than once in the header."""

    file_name: str
    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    repeated: frozenset[str]

    def find(self, *variants: str) -> str | None:
        """The header that is one of `variants`, the first of them first; case and punctuation do not matter."""
        known = {key(header): header for header in reversed(self.headers)}
        for variant in map(key, variants):
            if variant in known:
                if variant in self.repeated:
                    reason = f"the column {known[variant]} stands in its header more than once"
                    raise InputError.of(self.file_name, reason, "Keep the right one and remove the others")
                return known[variant]
        return None

    @property
    def has_rejects(self) -> bool:
        """Whether these are rows that an import refused, which somebody has mended: a part of their source."""
        return set(map(key, REJECT_COLUMNS)) <= set(map(key, self.headers))

    def need(self, **columns: tuple[str, ...]) -> None:
        """Refuse the file when a column is missing. `columns` gives the accepted headers of each by its name."""
        missing = [names[0] for names in columns.values() if self.find(*names) is None]
        if missing:
            found = ", ".join(self.headers)
            reason = f"it has no column {' and no column '.join(missing)}; its columns are {found}"
            raise InputError.of(self.file_name, reason, f"Add or rename the column{'s' * (len(missing) > 1)}")


@dataclass(frozen=True)
class Source:
    """A file to import. Reading it raises InputError when it is too large, empty, binary or broken."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def header_row(self) -> int:
        """The row that holds a list's headers."""
        return 1

    @property
    def kind(self) -> str:
        """`csv`, `geojson`, `xlsx`, `geopackage`, `parquet` or, for what no importer reads, blank."""
        return KINDS.get(self.path.suffix.lower(), "")

    @cached_property
    def memory(self) -> dict[str, Any]:
        """What was worked out from this file and is needed again, by name."""
        return {}

    @cached_property
    def content(self) -> bytes:
        """The bytes of the file."""
        try:
            if not self.path.is_file():
                raise self.error("there is no such file", "Check the name and the folder")
            if self.path.stat().st_size > MAX_BYTES:
                limit = f"it is larger than {MAX_BYTES / 1e6:,.0f} MB"
                raise self.error(limit, "Split it into smaller files")
            content = self.path.read_bytes()
        except OSError as fault:
            raise self.error(f"it cannot be read ({fault.strerror})", "Check that you may read it") from fault
        if not content.strip():
            raise self.error("it is empty", "Check that it was saved or downloaded whole")
        return content

    @cached_property
    def text(self) -> str:
        """The file as text: UTF-8, or else the Windows encoding cp1252."""
        head = self.content[:65_536]
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise self.error("it is in UTF-16", "Save it as CSV UTF-8")
        control = len(head) - len(head.translate(None, _CONTROL))
        if head.startswith(_SIGNATURES) or control > len(head) / 20:
            raise self.error("it is not a text file", "Save it as CSV UTF-8 or as GeoJSON")
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return self.content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise self.error("its encoding is neither UTF-8 nor Windows-1252", "Save it as CSV UTF-8")

    @cached_property
    def table(self) -> Table:
        """The rows of a CSV file, each cell's text in one line. Rows with nothing in them are passed over."""
        return self._table(clean, self.header_row)

    @cached_property
    def table_as_written(self) -> Table:
        """The same with line breaks kept inside cells, and without the mark that `unarmed` takes off."""
        return self._table(_as_written, self.header_row)

    def table_at(self, header_row: int, sheet: str = "") -> Table:
        """The rows below the row that holds the headers; `sheet` names one of a workbook (see `cells`)."""
        return self._table(clean, header_row, sheet)

    def sheet_as_written(self, sheet: str) -> Table:
        """A sheet of a workbook as `table_as_written` gives a CSV file."""
        return self._table(tidy, 1, sheet)

    def _table(self, cleaner: Callable[[str], str], header_row: int = 1, sheet: str = "") -> Table:
        rows = enumerate(self.cells(sheet), start=1)
        header = next((cells for number, cells in rows if number == header_row), None)
        if header is None:
            raise self.error(
                f"it has no row {header_row}, where its headers should be", "Give the row of its headers"
            )
        if self.kind == "xlsx":
            header = _padded(header, self.sheets[self.sheet(sheet)][header_row:])
        headers, repeated = _headers(list(header))
        lines = []
        for number, cells in rows:
            if number > MAX_ROWS + header_row:
                raise self.error(f"it has more than {MAX_ROWS:,} rows", "Split it into smaller files")
            if any(cell.strip() for cell in cells):
                lines.append(_line(number, headers, cells, cleaner))
        name = f"{self.name}, sheet {sheet}" if sheet else self.name
        return Table(name, headers, tuple(lines), repeated)

    def cells(self, sheet: str = "") -> Iterator[Sequence[str]]:
        """The rows of a CSV or Parquet file, or of a workbook's sheet (blank: the only one that holds any)."""
        if self.kind == "parquet":
            yield from read_parquet(self.name, self.content, MAX_ROWS)
            return
        if self.kind == "xlsx":
            yield from self.sheets[self.sheet(sheet)]
            return
        csv.field_size_limit(MAX_OUTLINE)
        number = 0
        try:
            reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=_delimiter(self.text), strict=True)
            for row in reader:
                number += 1
                yield row
        except csv.Error as fault:
            where = f"after row {number}" if number else "in its header"
            raise self.error(f"it cannot be read as CSV {where} ({fault})", "Mend the quotes there") from fault

    @cached_property
    def sheets(self) -> Mapping[str, Grid]:
        """The cells of a workbook's sheets by the sheet's name."""
        return read_workbook(self.name, self.content)

    def sheet(self, name: str = "") -> str:
        """The sheet of this name, or where none is given the only one that holds anything."""
        held = [sheet for sheet, grid in self.sheets.items() if grid]
        found = [sheet for sheet in held if not name or sheet == name]
        if len(found) == 1:
            return found[0]
        reason = (
            f"it has no sheet {name!r}"
            if name
            else "it has several sheets and none is named"
            if held
            else "it is empty"
        )
        remedy = f"Its sheets are {', '.join(held)}: map one of them with 'estate map-columns --sheet'"
        raise self.error(reason, remedy if held else "Check that it was saved whole")

    @cached_property
    def document(self) -> dict[str, Any]:
        """A GeoJSON file's feature collection."""
        try:
            document = json.loads(self.text)
        except (ValueError, RecursionError) as fault:
            raise self.error(f"it cannot be read as JSON ({fault})", "Export it again as GeoJSON") from fault
        if not isinstance(document, dict) or not isinstance(document.get("features"), list):
            raise self.error("it is not a GeoJSON feature collection", "Export it again as GeoJSON")
        if len(document["features"]) > MAX_ROWS:
            raise self.error(f"it has more than {MAX_ROWS:,} features", "Split it into smaller files")
        return document

    @cached_property
    def headers(self) -> frozenset[str]:
        """The keys (see `key`) of the header of a CSV or Parquet file; none for other kinds."""
        if self.kind not in {"csv", "parquet"}:
            return frozenset()
        rows = islice(self.cells(), self.header_row - 1, None)
        return frozenset(map(key, _headers(list(next(rows, [])))[0]))  # the rows can wait

    @property
    def has_rejects(self) -> bool:
        """Whether these are rows that an import refused, which somebody has mended: a part of their source."""
        return set(map(key, REJECT_COLUMNS)) <= self.headers

    def digest(self, *more: str) -> str:
        """SHA-256 of the bytes and of what else decides how they are read."""
        return hashlib.sha256(b"\0".join([self.content, *(part.encode() for part in more)])).hexdigest()

    def error(self, reason: str, remedy: str) -> InputError:
        """The error for a file that cannot be used at all."""
        return InputError.of(self.name, reason, remedy)


@lru_cache(maxsize=4096)
def key(header: str) -> str:
    """A header's letters and digits in lower case, so that `Geo X`, `GEOX` and `geo_x` are the same."""
    return re.sub(r"[^a-z0-9+]", "", header.lower())


def clean(raw: object) -> str:
    """A cell's text without line breaks, non-breaking or doubled blanks, and characters nobody sees."""
    text = str(raw) if raw is not None else ""
    return " ".join((text if text.isascii() else text.translate(_INVISIBLE)).split())


def tidy(raw: object) -> str:
    """A cell's text as the register keeps it: as written, but for blanks at its ends and what nobody sees."""
    text = str(raw if raw is not None else "")
    if text.isascii() and text.isprintable():
        return text.strip()  # nearly every cell
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN).strip()


def armed(text: str) -> str:
    """Text that a spreadsheet takes for no formula: with a `'` before what it would compute (see `unarmed`)."""
    return f"'{text}" if _FORMULA.match(text) else text


def unarmed(text: str) -> str:
    """What `armed` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _as_written(text: str) -> str:
    return tidy(unarmed(text))


def shown(text: str) -> str:
    """Text as a store can keep it and a person can read it: no NUL, no half characters, not too long."""
    safe = storable(text)
    return safe if len(safe) <= 200 else safe[:199] + "…"


def storable(text: str) -> str:
    """Text without what no store can hold: NUL and half characters."""
    return text.replace("\0", "\\0").encode("utf-8", "replace").decode()


def cell_fault(header: str, text: str) -> Problem | None:
    """What is wrong with a cell that no store should be given."""
    if len(text) <= MAX_CELL and text.isascii() and "\0" not in text and not text.startswith("#"):
        return None  # nearly every cell, and a large register has millions
    limit = MAX_OUTLINE if key(header) in OUTLINES else MAX_CELL
    if len(text) > limit:
        return Problem("", f"it is longer than {limit:,} characters", "Shorten it", header, shown(text))
    if text in ERRORS:
        return Problem(
            "", "it is an error that Excel shows for a formula", "Mend the formula or type the value", header, text
        )
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        return Problem("", "it holds characters that are not text", "Type it again", header, shown(text))
    return None


def _padded(header: Sequence[str], rows: Grid) -> list[str]:
    """A sheet's header without blank cells at its end, but as wide as what stands below it."""
    width = max(
        (n for cells in (header, *rows) for n, cell in enumerate(cells, start=1) if cell.strip()), default=0
    )
    return [*header, *[""] * width][:width]


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t$", key=first.count)  # NHS Digital puts $ between fields


def _headers(cells: list[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    headers: list[str] = []
    repeated = set()
    for number, name in enumerate(_names(cells), start=1):
        if key(name) in set(map(key, headers)):
            repeated.add(key(name))
            name = f"{name} (column {number})"
        headers.append(name)
    return tuple(headers), frozenset(repeated)


def _names(cells: list[str]) -> Iterator[str]:
    for number, cell in enumerate(cells, start=1):
        yield shown(clean(cell)) or f"column {number}"


def _line(number: int, headers: tuple[str, ...], cells: Sequence[str], cleaner: Callable[[str], str]) -> Line:
    fault = None
    if any(cell.strip() for cell in cells[len(headers) :]):
        reason = f"it has {len(cells)} cells and the header has {len(headers)}"
        fault = Problem("", reason, "Put quotes round text that holds a comma")
    if _is_plain("".join(cells)):
        return Line(number, dict(zip(headers, map(_PLAIN[cleaner], cells), strict=False)), fault)
    cleaned = {}
    for header, cell in zip(headers, cells, strict=False):
        cleaned[header] = cleaner(cell)
        fault = fault or cell_fault(header, cleaned[header])
    return Line(number, cleaned, fault)


def _is_plain(cells: str) -> bool:
    """Whether cells hold nothing that needs a closer look: nearly every row, and a large register has many."""
    return (
        len(cells) <= MAX_CELL
        and cells.isascii()
        and cells.isprintable()
        and "#" not in cells
        and "'" not in cells
    )


# What each cleaner comes to where `_is_plain` holds.
_PLAIN: dict[Callable[[str], str], Callable[[str], str]] = {_as_written: str.strip, tidy: str.strip, clean: clean}
