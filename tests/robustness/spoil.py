"""Ways to spoil a file to import: its bytes, or one cell or row of what it holds, whatever its format.

A byte changed in an Excel workbook or a GeoPackage makes it no such file, and the importer behind the door never
sees it. So their cells and rows are changed as well, inside a file that stays whole.
"""

import io
import json
import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import strategies as st

NASTY = [
    "", "=1+1", "\0", "é", "9" * 30, "-1", "1e400", "NaN", "inf", "2026-02-31", '"', ",", "\n", ";", "POINT (1 2",
    "POINT EMPTY", "POINT Z (1 2 3)", "<b>", "£12,5", "x" * 10_001, "yes", "../../etc/passwd", "\u202e", "null",
    "[]", "{}", "#N/A", "id", "ac", "ac-1", "E01", "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))", "400000", "53.4", "-2.3",
    "M33 7DZ", "0.0", "1", "100012702108", "Ambridge Council", "31/12/2030", "-0", "true", "１２",
]  # fmt: skip
# What is done, where (as a share of the file's length) and with what.
Change = tuple[str, float, str | bytes]
_CELLS = st.tuples(st.just("cell"), st.floats(0, 1), st.one_of(st.sampled_from(NASTY), st.text(max_size=20)))
_ROWS = st.tuples(st.sampled_from(["repeat line", "drop line"]), st.floats(0, 1), st.just(b""))
_BYTES = st.tuples(
    st.sampled_from(["flip", "insert", "overwrite", "cut"]), st.floats(0, 1), st.binary(min_size=1, max_size=8)
)
_INSIDE: st.SearchStrategy[Change] = st.one_of(_CELLS, _CELLS, _ROWS)
_ANY: st.SearchStrategy[Change] = st.one_of(_CELLS, _ROWS, _BYTES)
CHANGES: st.SearchStrategy[list[Change]] = st.one_of(
    st.lists(_INSIDE, min_size=1, max_size=6), st.lists(_ANY, min_size=1, max_size=4)
)
_SHEET_CELL = re.compile(rb"(?<=<v>)[^<]*(?=</v>)|(?<=<t>)[^<]*(?=</t>)|(?<=preserve\">)[^<]*(?=</t>)")
_SHEET_ROW = re.compile(rb"<row .*?</row>", re.DOTALL)
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_UNREADABLE = (zipfile.BadZipFile, zlib.error, sqlite3.Error, ValueError, NotImplementedError, EOFError, KeyError,
               TypeError)  # fmt: skip


def spoilt(content: bytes, suffix: str, what: str, where: float, text: str | bytes) -> bytes:
    """The content of a file with one change done to it. One that a file spoilt before cannot take leaves it so."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    at = int(where * len(content))
    match what:
        case "flip":
            return content[:at] + bytes(b ^ 0x15 for b in content[at : at + 1]) + content[at + 1 :]
        case "insert":
            return content[:at] + raw + content[at:]
        case "overwrite":
            return content[:at] + raw + content[at + len(raw) :]
        case "cut":
            return content[:at]
    try:
        if suffix == ".xlsx":
            return _workbook(content, what, where, str(text))
        if suffix == ".gpkg":
            return _geopackage(content, what, where, raw)
        if suffix == ".geojson":
            return _features(content, what, where, str(text))
    except _UNREADABLE:
        return content
    at = _below_header(content, where)
    return _cell(content, at, raw) if what == "cell" else _line(content, at, 2 * (what == "repeat line"))


def _below_header(content: bytes, where: float) -> int:
    """A place below the first line, most often: a list without its header is refused before a row is read."""
    header = content.find(b"\n") + 1
    return int(where * header) if 0.4 < where < 0.45 else header + int(where * (len(content) - header - 1))


def _line(content: bytes, at: int, times: int) -> bytes:
    """The line at a place, so many times."""
    lines = content.splitlines(keepends=True)
    number = content[:at].count(b"\n")
    return b"".join([*lines[:number], *lines[number : number + 1] * times, *lines[number + 1 :]])


def _cell(content: bytes, at: int, raw: bytes) -> bytes:
    """Other text between the two commas round a place."""
    start = max(content.rfind(b",", 0, at), content.rfind(b"\n", 0, at)) + 1
    ends = [end for end in (content.find(b",", at), content.find(b"\n", at)) if end >= 0]
    return content[:start] + raw + content[min(ends, default=len(content)) :]


def _workbook(content: bytes, what: str, where: float, text: str) -> bytes:
    """One cell's value, or one row, of one sheet changed; `where` counts over all of them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    pattern = _SHEET_CELL if what == "cell" else _SHEET_ROW
    sheets = (name for name in parts if name.startswith("xl/worksheets/sheet") or name == "xl/sharedStrings.xml")
    found = [(name, match) for name in sheets for match in pattern.finditer(parts[name])]
    if not found:
        return content
    name, match = found[min(int(where * len(found)), len(found) - 1)]
    new = {"cell": escape(_NO_XML.sub("?", text)).encode(), "drop line": b"", "repeat line": match[0] * 2}[what]
    parts[name] = parts[name][: match.start()] + new + parts[name][match.end() :]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, raw in parts.items():
            archive.writestr(part, raw)
    return out.getvalue()


def _features(content: bytes, what: str, where: float, text: str) -> bytes:
    """One value of one feature, or one feature, of a GeoJSON file changed."""
    document = json.loads(content)
    features = document["features"]
    if what == "cell":
        leaves = list(_leaves(document))
        holder, name = leaves[min(int(where * len(leaves)), len(leaves) - 1)]
        holder[name] = float(text) if _is_number(text) and not isinstance(holder[name], str) else text
    else:
        at = min(int(where * len(features)), len(features) - 1)
        features[at : at + 1] = features[at : at + 1] * 2 * (what == "repeat line")
    return json.dumps(document, ensure_ascii=True).encode()


def _leaves(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every value of a document that holds no other, by what holds it and where."""
    for name, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if isinstance(value, dict | list):
            yield from _leaves(value)
        else:
            yield node, name


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _geopackage(content: bytes, what: str, where: float, raw: bytes) -> bytes:
    """One value, or one row, of one layer changed; `where` counts over all of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spoilt.gpkg")
        path.write_bytes(content)
        with closing(sqlite3.connect(path, isolation_level=None)) as package:
            triggers = package.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (trigger,) in triggers:  # they call functions that only GDAL has
                package.execute(f'DROP TRIGGER "{trigger}"')
            cells = [
                (layer, fid, column)
                for (layer,) in package.execute("SELECT table_name FROM gpkg_contents").fetchall()
                for column in _columns(package, layer)
                for (fid,) in package.execute(f'SELECT rowid FROM "{layer}"').fetchall()
            ]
            if not cells:
                return content
            _change_layer(package, *cells[min(int(where * len(cells)), len(cells) - 1)], what, where, raw)
        return path.read_bytes()


def _columns(package: sqlite3.Connection, layer: str) -> list[str]:
    return [row[1] for row in package.execute(f'PRAGMA table_info("{layer}")') if not row[5]]


def _change_layer(
    package: sqlite3.Connection, layer: str, fid: int, column: str, what: str, where: float, raw: bytes
) -> None:
    if what == "drop line":
        package.execute(f'DELETE FROM "{layer}" WHERE rowid = ?', (fid,))
    elif what == "repeat line":
        names = ", ".join(f'"{name}"' for name in _columns(package, layer))
        copy = f'INSERT INTO "{layer}" ({names}) SELECT {names} FROM "{layer}" WHERE rowid = ?'
        package.execute(copy, (fid,))
    else:
        query = f'SELECT "{column}" FROM "{layer}" WHERE rowid = ?'
        (old,) = package.execute(query, (fid,)).fetchone()
        at = int(where * 1e6) % (len(old) + 1) if isinstance(old, bytes) else 0
        new = old[:at] + raw + old[at + len(raw) :] if isinstance(old, bytes) else raw.decode()
        package.execute(f'UPDATE "{layer}" SET "{column}" = ? WHERE rowid = ?', (new, fid))
