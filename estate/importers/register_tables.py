"""The register's own tables as CSV: property.csv, lease.csv, zone.csv ... with the columns of `data/columns`.

Outlines are WKT in EPSG:27700; columns easting_m and northing_m do for a point. A column that stands in the file
is written, blank cells too (blank takes the column's default, or clears it); of a column that does not stand in
it the register keeps what it has.
"""

import shapely

from estate.database import Row
from estate.dictionary import REGISTER_TABLES, Column, ColumnError, columns
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table, key
from estate.locate import locate
from estate.problems import Problem
from estate.tables import BOX

NAME = "register-tables"
DESCRIPTION = "Tables of the register by their own names, such as property.csv (CSV)"

EASTING, NORTHING = ("easting_m", "easting"), ("northing_m", "northing")
GRID = (-100_000.0, -100_000.0, 800_000.0, 1_400_000.0)  # the sea round Great Britain belongs to zones too
_OURS = {"import_batch_id", "source_row", *BOX}  # an export's columns that say where a row came from


def order(source: Source) -> int:
    """Zones first of all, then parents before children."""
    table = _table_of(source)
    return 30 + REGISTER_TABLES.index(table) if table in set(REGISTER_TABLES) - {"zone"} else 10


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV named as a table, with that table's columns for the greater part."""
    table = _table_of(source)
    if source.kind != "csv" or table not in REGISTER_TABLES:
        return False
    return 2 * len(source.headers & _keys(table)) >= len(source.headers)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read one table. A row with a cell that does not fit is refused."""
    name, table = _table_of(source), source.table
    if name not in REGISTER_TABLES:
        remedy = f"Name it as one of {', '.join(REGISTER_TABLES)}"
        raise source.error("its name is not that of a table of the register", remedy)
    placed = bool(table.find(*EASTING) and table.find(*NORTHING))
    wanted = {c.name: c for c in columns(name) if table.find(c.name)}
    filled = {c.name: (c.name,) for c in columns(name) if c.required and not c.default}
    table.need(**{c: names for c, names in filled.items() if not (c == "geometry" and placed)})
    readout = Readout()
    _warn_of_others(table, name, readout)
    seen: dict[str, int] = {}
    for line in readout.lines(table, may_be_empty=True):  # an export writes empty tables too
        row, faults = _row(line, table, wanted)
        faults += _references(row, wanted, known)
        if "geometry" in {c.name for c in columns(name)} and "geometry" not in wanted and placed:
            faults += _point(line, table, row)
        if row.get("id") in seen:
            faults.append(_problem(row, "id", str(row["id"]), f"row {seen[str(row['id'])]} has the same id"))
        if faults:
            readout.reject(line, *faults)
            continue
        if name == "property" and row.get("geometry") is not None:
            row.setdefault("located_by", "source")
        seen[str(row["id"])] = line.number
        _make_valid(row, line, readout)
        readout.add(name, line.number, row)
    return readout


def _table_of(source: Source) -> str:
    return source.path.stem.lower()


def _keys(table: str) -> set[str]:
    return {key(name) for name in (*(c.name for c in columns(table)), *_OURS, *EASTING, *NORTHING)}


def _warn_of_others(table: Table, name: str, readout: Readout) -> None:
    for header in table.headers:
        if key(header) not in _keys(name):
            reason = f"the table {name} has no such column, so it was not read"
            readout.warn(1, Problem(table.file_name, reason, "Rename or remove it", header))


def _row(line: Line, table: Table, wanted: dict[str, Column]) -> tuple[Row, list[Problem]]:
    """The row with its values, and what is wrong with its cells."""
    row: Row = {}
    faults = []
    record = line[table.find("id")] or f"row {line.number}"
    for name, column in wanted.items():
        text = line[table.find(name)]
        try:
            row[name] = _outline(text, record) if column.type == "geometry" else column.parse(text, record)
        except ColumnError as fault:
            faults.append(fault.problem)
    return row, faults


def _outline(text: str, record: str) -> shapely.Geometry | None:
    """A place given as WKT."""
    if not text:
        return None
    remedy = "Give WKT on the British National Grid (EPSG:27700), such as POINT (379000 392000)"
    try:
        outline = shapely.force_2d(shapely.from_wkt(text))
    except shapely.errors.ShapelyError:
        raise ColumnError(Problem(record, "it is not well-known text", remedy, "geometry", text)) from None
    west, south, east, north = outline.bounds
    if outline.is_empty or not (GRID[0] <= west <= east <= GRID[2] and GRID[1] <= south <= north <= GRID[3]):
        raise ColumnError(Problem(record, "it is empty or lies off the grid", remedy, "geometry", text))
    return outline


def _point(line: Line, table: Table, row: Row) -> list[Problem]:
    """Fill the row's place from its easting and northing."""
    easting, northing = line[table.find(*EASTING)], line[table.find(*NORTHING)]
    if not easting and not northing:
        row["geometry"] = None
        return []
    found = locate(easting, northing, None, "metres")
    if found.how != "source":
        reason = found.reason or "they are not metres"
        return [_problem(row, "easting_m and northing_m", f"{easting}, {northing}", reason)]
    row["geometry"] = found.point
    return []


def _references(row: Row, wanted: dict[str, Column], known: Known) -> list[Problem]:
    """References to rows that the register does not have."""
    faults = []
    for name, column in wanted.items():
        parent, value = column.references.partition(".")[0], row.get(name)
        if parent and value is not None and value not in known.ids(parent):
            remedy = f"Add it to {parent}.csv and import both, or correct it"
            reason = f"the register has no {parent} of this id"
            faults.append(Problem(str(row.get("id", "")), reason, remedy, name, str(value)))
    return faults


def _make_valid(row: Row, line: Line, readout: Readout) -> None:
    outline = row.get("geometry")
    if outline is not None and not outline.is_valid:
        reason = f"its outline is not valid ({shapely.is_valid_reason(outline)})"
        readout.mend(line.number, Problem(str(row["id"]), reason, "It was made valid", "geometry"))
        row["geometry"] = shapely.make_valid(outline)


def _problem(row: Row, column: str, value: str, reason: str) -> Problem:
    return Problem(str(row.get("id", "")), reason, "Correct it in the file", column, value)
