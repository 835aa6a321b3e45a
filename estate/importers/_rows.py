"""Reads rows that already have the register's own columns: the tables as CSV and the sheets of the workbook.

Outlines are WKT in EPSG:27700; columns easting_m and northing_m do for a point. A column that stands in the table
is written, blank cells too (blank takes the column's default, or clears it); of a column that does not stand in
it the register keeps what it has. The id rules which row of the register is meant; a property without one is
looked for, or gets one (see `_nameless`).
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import shapely

from estate.database import Row
from estate.dictionary import REGISTER_TABLES, Column, ColumnError, columns
from estate.frames import as_objects
from estate.importers._nameless import Nameless
from estate.importers._readout import Known, Readout
from estate.importers._source import REJECT_COLUMNS, Line, Table, key
from estate.locate import locate
from estate.problems import Problem
from estate.tables import BOX

EASTING, NORTHING = ("easting_m", "easting"), ("northing_m", "northing")
GRID = (-100_000.0, -100_000.0, 800_000.0, 1_400_000.0)  # the sea round Great Britain belongs to zones too
_NO_ID = "it has no id, and no organisation_id and name that it could get one from"
_OURS = {"import_batch_id", "source_row", *BOX}  # an export's columns that say where a row came from
Ids = Mapping[str, Collection[str]]


def fits(name: str, headers: Collection[str]) -> bool:
    """Whether the greater part of some headers' keys (see `_source.key`) are columns of the table `name`."""
    return 2 * len(_keys(name) & set(headers)) >= len(headers)


def tables_of(headers: Collection[str]) -> list[str]:
    """The tables whose columns some headers' keys all are, with all that must be filled: most often one."""
    return [
        name
        for name in REGISTER_TABLES
        if {key(c.name) for c in columns(name) if c.required and not c.default} - {"geometry"} <= set(headers)
        and set(headers) <= _keys(name)
    ]


def read_rows(
    name: str,
    table: Table,
    known: Known,
    readout: Readout,
    beside: Ids | None = None,
    seen: dict[str, str] | None = None,
    named: Collection[str] = (),
) -> None:
    """Read the rows of the register's table `name` into `readout`. A row with a cell that does not fit is refused.

    `beside` gives, by table, ids that the same import brings along and that rows may therefore refer to. `seen`
    holds the ids read so far and where they stand, for a table that comes in several parts; it is added to.
    `named` are all ids that stand in any of its parts.
    Raises InputError when a column that must be filled does not stand in the table.
    """
    reader = _Reader(name, table, known, readout, beside or {}, {} if seen is None else seen)
    if name == "property":
        reader.nameless = Nameless(table, known, named)
    for line in readout.lines(table, may_be_empty=True):  # an export writes empty tables too
        reader.row(line)


class _Reader:
    """Reads row after row of one table; what is the same for every row is looked up once."""

    def __init__(
        self, name: str, table: Table, known: Known, readout: Readout, beside: Ids, seen: dict[str, str]
    ) -> None:
        self.name, self.readout, self.seen = name, readout, seen
        self.nameless: Nameless | None = None
        self.id, self.called = table.find("id"), table.find("name")
        described = columns(name)
        placed = table.find(*EASTING), table.find(*NORTHING)
        filled = {c.name: (c.name,) for c in described if c.required and not c.default}
        spared = {"geometry"} if all(placed) else {"id"} if name == "property" else set()
        table.need(**{c: names for c, names in filled.items() if c not in spared})
        self.wanted = [
            (column, header, _known_values(column)) for column in described if (header := table.find(column.name))
        ]
        outline = next((header for column, header, _ in self.wanted if column.type == "geometry"), None)
        self.outlines = _outlines({line[outline] for line in table.lines if not line.fault}) if outline else {}
        can_be_placed = "geometry" in {column.name for column in described}
        self.located_by = table.find("located_by")
        self.placed = placed if all(placed) and can_be_placed and not outline else None
        parents = [(c.name, c.references.partition(".")[0]) for c, _, _ in self.wanted if c.references]
        self.parents = [(column, p, known.ids(p), beside.get(p, ())) for column, p in parents]
        _warn_of_others(table, name, readout)

    def row(self, line: Line) -> None:
        """Take one row in, or refuse it."""
        row, faults = self.values(line)
        faults = self.identify(line, row, faults) + self.orphans(row)
        if self.placed:
            faults += _point(line, self.placed, row)
        key = str(row.get("id"))
        if key in self.seen:
            faults.append(_problem(row, "id", key, f"{self.seen[key]} has the same id"))
        if faults:
            self.readout.reject(line, *faults)
            return
        if self.name == "property" and row.get("geometry") and not line[self.located_by]:
            row["located_by"] = "source"
        self.seen[key] = line.where
        _make_valid(row, line, self.readout)
        self.readout.add(self.name, line.number, row)

    def identify(self, line: Line, row: Row, faults: list[Problem]) -> list[Problem]:
        """Give a property without an id the one that it is known by; what is wrong with the row besides."""
        found = self.nameless.identity(line) if self.nameless else None
        if found is None:
            lacks_id = self.name == "property" and not row.get("id") and "id" not in {f.column for f in faults}
            return faults + ([_problem(row, "id", "", _NO_ID)] if lacks_id else [])
        row["id"] = found.id
        if found.warning:
            self.readout.warn(line.number, found.warning)
        return [fault for fault in faults if fault.column != "id"] + ([found.question] if found.question else [])

    def values(self, line: Line) -> tuple[Row, list[Problem]]:
        """The row with its values, and what is wrong with its cells."""
        row: Row = {}
        faults = []
        record = line[self.id] or line[self.called] or line.where
        for column, header, known in self.wanted:
            text = line.cells.get(header, "")
            if text in known:
                row[column.name] = known[text]
                continue
            try:
                is_place = column.type == "geometry"
                value = _outline(text, self.outlines[text], record) if is_place else column.parse(text, record)
            except ColumnError as fault:
                faults.append(fault.problem)
                continue
            row[column.name] = value
            if column.type in _FEW_VALUES:
                known[text] = value
        return row, faults

    def orphans(self, row: Row) -> list[Problem]:
        """References to rows that neither the register has nor this import brings."""
        faults = []
        for column, parent, stored, brought in self.parents:
            value = row.get(column)
            if value is not None and value not in stored and value not in brought:
                remedy = f"Add it to the table {parent} and import both, or correct it"
                reason = f"the register has no {parent} of this id"
                faults.append(Problem(str(row.get("id", "")), reason, remedy, column, str(value)))
        return faults


def _keys(table: str) -> set[str]:
    others = (*_OURS, *EASTING, *NORTHING, *REJECT_COLUMNS)
    return {key(name) for name in (*(c.name for c in columns(table)), *others)}


def _warn_of_others(table: Table, name: str, readout: Readout) -> None:
    ours = _keys(name)
    for header in table.headers:
        if key(header) not in ours:
            reason = f"the table {name} has no such column, so it was not read"
            readout.warn(1, Problem(table.file_name, reason, "Rename or remove it", header))


_FEW_VALUES = {"choice", "boolean", "date"}  # as types of columns go, in a large register


def _known_values(column: Column) -> dict[str, Any]:
    """What a blank cell gives a column that allows one; `_Reader.values` adds what it reads again and again."""
    return {} if column.required and not column.default else {"": column.parse("", "")}


def _outlines(texts: Collection[str]) -> dict[str, shapely.Geometry | None]:
    """The places that some WKT gives, all in one call; None for what is none."""
    given = list(texts)
    with np.errstate(over="ignore", invalid="ignore"):  # 1e999 is told as off the grid
        places = shapely.force_2d(shapely.from_wkt(as_objects(given), on_invalid="ignore"))
    return dict(zip(given, places.tolist(), strict=True))


def _outline(text: str, outline: shapely.Geometry | None, record: str) -> shapely.Geometry:
    """A place given as WKT, if it is one on the grid."""
    remedy = "Give WKT on the British National Grid (EPSG:27700), such as POINT (379000 392000)"
    if not text:
        raise ColumnError(Problem(record, "it is blank and this column must be filled", remedy, "geometry"))
    if outline is None:
        raise ColumnError(Problem(record, "it is not well-known text", remedy, "geometry", text))
    west, south, east, north = outline.bounds
    if outline.is_empty or not (GRID[0] <= west <= east <= GRID[2] and GRID[1] <= south <= north <= GRID[3]):
        raise ColumnError(Problem(record, "it is empty or lies off the grid", remedy, "geometry", text))
    return outline


def _point(line: Line, headers: tuple[str | None, ...], row: Row) -> list[Problem]:
    """Fill the row's place from its easting and northing."""
    easting, northing = line[headers[0]], line[headers[1]]
    if not easting and not northing:
        row["geometry"] = None
        return []
    found = locate(easting, northing, None, "metres")
    if found.how != "source":
        reason = found.reason or "they are not metres"
        return [_problem(row, "easting_m and northing_m", f"{easting}, {northing}", reason)]
    row["geometry"] = found.point
    return []


def _make_valid(row: Row, line: Line, readout: Readout) -> None:
    outline = row.get("geometry")
    if outline is not None and not outline.is_valid:
        reason = f"its outline is not valid ({shapely.is_valid_reason(outline)})"
        readout.mend(line.number, Problem(str(row["id"]), reason, "It was made valid", "geometry"))
        row["geometry"] = shapely.make_valid(outline)


def _problem(row: Row, column: str, value: str, reason: str) -> Problem:
    return Problem(str(row.get("id", "")), reason, "Correct it in the file", column, value)
