"""Reads the tables of a GeoPackage, and lets nothing in it run.

A GeoPackage is an SQLite file (OGC 12-128r18). Python's own SQLite reads it, so that no driver of GDAL is asked:
a VRT, or an address, dressed as .gpkg is no SQLite file and is refused. Only plain tables that the file lists as
its layers are read: no view, trigger or virtual table of it is touched, and the file is never written to.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely

from estate.geometry_column import as_wkt
from estate.importers._crs import BRITISH_NATIONAL_GRID, crs_of, on_earth, onto_grid
from estate.importers._source import MAX_OUTLINE, MAX_ROWS, Line, Source, Table, cell_fault, tidy
from estate.problems import Problem

MAX_SECONDS = 60.0
MAGIC = b"SQLite format 3\0"
_STEPS = 100_000  # SQLite's own steps between two looks at the clock
_ENVELOPES = (0, 32, 48, 48, 64)  # bytes, by the header's envelope code
_PRAGMAS = {"table_info", "trusted_schema", "cell_size_check"}
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_NO_LAYERS = {"layer_styles", "qgis_projects"}  # what QGIS keeps for itself


@dataclass(frozen=True)
class Layer:
    """One table of a GeoPackage: its columns with their declared types, its places' column and CRS, if any.

    `number` is the column of its integer key, which QGIS shows as fid; blank where it has none.
    """

    name: str
    columns: dict[str, str]
    number: str
    geometry: str = ""
    crs: str = ""


@dataclass(frozen=True)
class Package:
    """A GeoPackage as it stands open."""

    source: Source
    layers: tuple[Layer, ...]
    connection: sqlite3.Connection

    def table(self, layer: Layer) -> Table:
        """A layer's rows as text, in the order of the file; places as WKT in EPSG:27700, column `geometry`."""
        if layer.geometry:
            crs_of(self.source, layer.crs)
        headers = [name for name in layer.columns if name != layer.number]
        if layer.geometry:
            headers = [name for name in headers if name.lower() != "geometry"] + ["geometry"]
        lines = tuple(self._lines(layer, headers))
        return Table(f"{self.source.name}, layer {layer.name}", tuple(headers), lines, frozenset())

    def _lines(self, layer: Layer, headers: list[str]) -> Iterator[Line]:
        for number, row in enumerate(self._rows(layer), start=1):
            if number > MAX_ROWS:
                raise self.source.error(f"it has more than {MAX_ROWS:,} rows", "Split it into smaller files")
            cells, fault = {}, None
            for name in headers:
                if name == "geometry" and layer.geometry:
                    cells[name], odd = _place(row[layer.geometry], layer)
                else:
                    cells[name], odd = _text(name, row[name], layer.columns[name])
                fault = fault or odd or cell_fault(name, cells[name])
            yield Line(row[layer.number] if layer.number else number, cells, fault, layer.name)

    def _rows(self, layer: Layer) -> Iterator[sqlite3.Row]:
        wanted = [*layer.columns, *filter(None, [layer.geometry])]
        # With its table's name a column that is not there is an error; without, SQLite takes the name for text.
        names = ", ".join(f"{_quoted(layer.name)}.{_quoted(name)}" for name in wanted)
        order = f" ORDER BY {_quoted(layer.number)}" if layer.number else ""
        yield from self.connection.execute(f"SELECT {names} FROM {_quoted(layer.name)}{order}")  # noqa: S608 - quoted


@contextmanager
def opened(source: Source) -> Iterator[Package]:
    """A GeoPackage for as long as the block runs. Raises InputError for a file that is none, or is damaged."""
    _check(source)
    try:
        with connected(source.path) as connection:
            yield Package(source, tuple(_layers(source, connection)), connection)
    except (sqlite3.Error, UnicodeDecodeError) as fault:  # the latter when its own message is spoilt
        reason = f"it cannot be read as a GeoPackage ({fault})"
        remedy = "Open it in QGIS and save its layers to a new GeoPackage"
        if str(fault) == "interrupted":
            reason, remedy = f"it takes more than {MAX_SECONDS:g} s to read", "Split it into smaller files"
        raise source.error(reason, remedy) from fault


@contextmanager
def connected(path: Path, seconds: float = MAX_SECONDS) -> Iterator[sqlite3.Connection]:
    """An SQLite file that can do nothing but give the rows of its plain tables, and that not for ever."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        _guard(connection, seconds)
        yield connection


def _check(source: Source) -> None:
    if not source.content.startswith(MAGIC):
        raise source.error("it is not a GeoPackage, whatever its name says", "Export it again as a GeoPackage")
    log = source.path.with_name(f"{source.path.name}-wal")
    if log.exists() and log.stat().st_size:
        remedy = "Close it in QGIS and import it again"
        raise source.error("some of its changes are still in the file beside it that ends in -wal", remedy)


def _guard(connection: sqlite3.Connection, seconds: float) -> None:
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * MAX_OUTLINE)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)

    def allowed(action: int, first: str | None, _second: str | None, _base: str | None, _via: str | None) -> int:
        may = action in _READING or (action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS)
        return sqlite3.SQLITE_OK if may else sqlite3.SQLITE_DENY

    connection.set_authorizer(allowed)


def _layers(source: Source, connection: sqlite3.Connection) -> Iterator[Layer]:
    tables = connection.execute("SELECT name, type, sql FROM sqlite_master")
    schema = {str(row["name"]).lower(): row for row in tables}
    if "gpkg_contents" not in schema:
        raise source.error("it is an SQLite file and not a GeoPackage", "Export it again as a GeoPackage")
    places = _geometry_columns(connection) if "gpkg_geometry_columns" in schema else {}
    for row in connection.execute("SELECT table_name, data_type FROM gpkg_contents"):
        name, table = str(row["table_name"]), schema.get(str(row["table_name"]).lower())
        plain = table is not None and table["type"] == "table" and not _is_virtual(table["sql"])
        if not plain or row["data_type"] not in {"features", "attributes"} or name.lower() in _NO_LAYERS:
            continue
        yield _layer(name, places.get(name.lower(), ("", "")), connection)


def _layer(name: str, place: tuple[str, str], connection: sqlite3.Connection) -> Layer:
    info = list(connection.execute(f"PRAGMA table_info({_quoted(name)})"))
    keys = [str(row["name"]) for row in info if row["pk"]]
    declared = {str(row["name"]): str(row["type"]).upper() for row in info}
    number = keys[0] if len(keys) == 1 and declared[keys[0]].startswith("INT") else ""
    geometry = next((column for column in declared if column.lower() == place[0].lower()), "")
    columns = {column: kind for column, kind in declared.items() if column != geometry}
    return Layer(name, columns, number, geometry, place[1] if geometry else "")


def _geometry_columns(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """The column of places and its CRS (such as EPSG:27700) by table."""
    query = (
        "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id"
        " FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
    )
    return {
        str(table).lower(): (str(column), f"{str(authority).upper()}:{code}")
        for table, column, authority, code in connection.execute(query)
    }


def _is_virtual(sql: object) -> bool:
    return str(sql).upper().split()[:2] == ["CREATE", "VIRTUAL"]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(name: str, value: Any, declared: str) -> tuple[str, Problem | None]:
    """A value as a cell's text, the way the column dictionary reads it."""
    if isinstance(value, bytes):
        return "", Problem("", "it holds bytes and not text", "Leave this column out", name)
    if value is None:
        return "", None
    if declared == "BOOLEAN" and value in (0, 1):
        return "yes" if value else "no", None
    if isinstance(value, float):
        return repr(value), None
    return tidy(str(value)[:10] if declared == "DATETIME" else value), None


def _place(blob: Any, layer: Layer) -> tuple[str, Problem | None]:
    """A place as WKT on the British National Grid."""
    if blob is None:
        return "", None
    try:
        shape = shape_of(blob)
        if shape.is_empty:
            return "", None
        shape = on_earth(shape) if layer.crs == BRITISH_NATIONAL_GRID else onto_grid(shape, layer.crs)
    except (ValueError, TypeError, shapely.errors.ShapelyError):
        return "", Problem("", "its place cannot be read", "Draw it again, without curves", "geometry")
    return as_wkt(shape), None


def shape_of(blob: bytes) -> shapely.Geometry:
    """The geometry of a GeoPackage's blob: a header, and well-known bytes (OGC 12-128r18, 2.1.3)."""
    if len(blob) < 8 or blob[:2] != b"GP" or (blob[3] >> 1 & 7) >= len(_ENVELOPES):
        raise ValueError("no GeoPackage geometry")
    return shapely.force_2d(shapely.from_wkb(blob[8 + _ENVELOPES[blob[3] >> 1 & 7] :]))
