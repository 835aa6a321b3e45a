"""Reads a file of rows or of features, whatever its encoding, and refuses what cannot be one."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from estate.problems import InputError, Problem

MAX_BYTES = 200_000_000
MAX_ROWS = 2_000_000
MAX_CELL = 10_000  # characters; an outline is longer
MAX_OUTLINE = 10_000_000
KINDS = {".csv": "csv", ".geojson": "geojson", ".json": "geojson"}

_SIGNATURES = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"\x1f\x8b")
_CONTROL = bytes(set(range(32)) - {9, 10, 13})
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True)
class Line:
    """One row as read. `number` counts rows as a spreadsheet does (the header is 1); `cells` go by header."""

    number: int
    cells: Mapping[str, str]
    fault: Problem | None = None

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
    def kind(self) -> str:
        """`csv`, `geojson` or, for what no importer reads, blank."""
        return KINDS.get(self.path.suffix.lower(), "")

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
        """The rows of a CSV file. Rows with nothing in them are passed over."""
        csv.field_size_limit(MAX_OUTLINE)
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=_delimiter(self.text), strict=True)
        number = 0
        try:
            headers, repeated = _headers(next(reader))
            lines = []
            for number, cells in enumerate(reader, start=2):
                if number > MAX_ROWS + 1:
                    raise self.error(f"it has more than {MAX_ROWS:,} rows", "Split it into smaller files")
                if any(cell.strip() for cell in cells):
                    lines.append(_line(number, headers, cells))
        except csv.Error as fault:
            where = f"after row {number}" if number else "in its header"
            raise self.error(f"it cannot be read as CSV {where} ({fault})", "Mend the quotes there") from fault
        return Table(self.name, headers, tuple(lines), repeated)

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

    @property
    def headers(self) -> frozenset[str]:
        """The keys (see `key`) of a CSV file's header; none for other kinds."""
        return frozenset(map(key, self.table.headers)) if self.kind == "csv" else frozenset()

    def digest(self, *more: str) -> str:
        """SHA-256 of the bytes and of what else decides how they are read."""
        return hashlib.sha256(b"\0".join([self.content, *(part.encode() for part in more)])).hexdigest()

    def error(self, reason: str, remedy: str) -> InputError:
        """The error for a file that cannot be used at all."""
        return InputError.of(self.name, reason, remedy)


def key(header: str) -> str:
    """A header's letters and digits in lower case, so that `Geo X`, `GEOX` and `geo_x` are the same."""
    return re.sub(r"[^a-z0-9+]", "", header.lower())


def clean(raw: object) -> str:
    """A cell's text without line breaks, non-breaking or doubled blanks, and characters nobody sees."""
    return " ".join(str(raw).translate(_INVISIBLE).split()) if raw is not None else ""


def shown(text: str) -> str:
    """Text as a store can keep it and a person can read it: no NUL, no half characters, not too long."""
    safe = text.replace("\0", "\\0").encode("utf-8", "replace").decode()
    return safe if len(safe) <= 200 else safe[:199] + "…"


def cell_fault(header: str, text: str) -> Problem | None:
    """What is wrong with a cell that no store should be given."""
    limit = MAX_OUTLINE if key(header) == "geometry" else MAX_CELL
    if len(text) > limit:
        return Problem("", f"it is longer than {limit:,} characters", "Shorten it", header, shown(text))
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        return Problem("", "it holds characters that are not text", "Type it again", header, shown(text))
    return None


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


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


def _line(number: int, headers: tuple[str, ...], cells: list[str]) -> Line:
    fault = None
    if any(cell.strip() for cell in cells[len(headers) :]):
        reason = f"it has {len(cells)} cells and the header has {len(headers)}"
        fault = Problem("", reason, "Put quotes round text that holds a comma")
    cleaned = {}
    for header, cell in zip(headers, cells, strict=False):
        cleaned[header] = clean(cell)
        fault = fault or cell_fault(header, cleaned[header])
    return Line(number, cleaned, fault)
