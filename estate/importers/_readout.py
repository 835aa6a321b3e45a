"""What an importer is given besides its file, and what it gives back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from estate.database import Row, rows_of
from estate.importers._source import Line, Table, shown, storable
from estate.locate import Place
from estate.problems import InputError, Problem
from estate.tables import metadata


@dataclass(frozen=True)
class ImportOptions:
    """How files are to be read.

    `service`: id of the service that a list of service points offers; blank goes by the file's name.
    `organisation`: id of the body the rows belong to; blank goes by the file or the service.
    `inside_only`: of national lists take only what lies in the place that the zones make.
    `place_tolerance_m`: how far outside the zones still counts as inside the place, in metres.
    `matches`: answers to what an import asked: pairs of a record's id by its source and the id of the property
    of the register that it is, or `new` where it is none of them.
    `mode`: how people travel in a table of minutes; blank goes by its columns or the file's name.
    `mapping`: path of the mapping that files are read by; blank takes the one beside each file, if there is one.
    """

    service: str = ""
    organisation: str = ""
    inside_only: bool = True
    place_tolerance_m: float = 250.0
    matches: tuple[tuple[str, str], ...] = ()
    mapping: str = ""
    mode: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.place_tolerance_m <= 100_000:
            value = f"{self.place_tolerance_m:g}"
            raise InputError.of("place tolerance", "it is outside 0 to 100,000 m", "Give metres", "", value)


@dataclass(frozen=True)
class Note:
    """Something found in a row that was taken in (`mended`, `warning`) or kept out (`rejected`).

    `part` is the sheet or layer that the row stands in, for files of several (see `Line`).
    """

    kind: str
    row_number: int
    problem: Problem
    content: dict[str, Any] = field(default_factory=dict)
    part: str = ""


class Readout:
    """What an importer made of a file: rows for the register's tables, rows refused, and notes.

    Every row of the file that is not refused counts as accepted, so that rows = accepted + rejected always.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.rejected: dict[tuple[str, int], Note] = {}  # by part and row, see Line
        self.notes: list[Note] = []

    def lines(self, table: Table, may_be_empty: bool = False) -> Iterator[Line]:
        """The rows of a file that are fit to be looked at; counts all of them and refuses the others."""
        if not table.lines and not may_be_empty:
            remedy = "Check that it was saved or downloaded whole"
            raise InputError.of(table.file_name, "it has a header and no rows", remedy)
        for name in sorted(table.repeated):
            reason = "it stands in the header more than once; this import does not need it"
            self.warn(1, Problem(table.file_name, reason, "Nothing need be done", name))
        for line in table.lines:
            self.rows += 1
            if line.fault:
                self.reject(line, line.fault)
            else:
                yield line

    def add(self, table: str, row_number: int, row: Row) -> None:
        """Have a row written. Columns that it does not name keep what the register knows."""
        self.tables[table].append({**row, "source_row": row_number})

    def reject(self, line: Line, *problems: Problem) -> None:
        """Refuse a row for its faults."""
        first, *others = problems
        also = "".join(f"; also {p.column} {shown(p.value)!r}: {p.reason}" for p in others)
        record = shown(first.record) or line.where
        fault = Problem(record, first.reason + also, first.remedy, first.column, shown(first.value))
        content = {shown(header): storable(cell) for header, cell in line.cells.items()}
        note = Note("rejected", line.number, fault, content, line.part)
        self.rejected.setdefault((line.part, line.number), note)

    def warn(self, row_number: int, problem: Problem) -> None:
        """Note what looks odd in a row that is taken in."""
        self.notes.append(Note("warning", row_number, problem))

    def mend(self, row_number: int, problem: Problem) -> None:
        """Note what was put right in a row: `reason` says what was found, `remedy` what was done."""
        self.notes.append(Note("mended", row_number, problem))

    def include(self, other: "Readout", part: str) -> None:
        """Take in what was made of one part (a sheet, a layer) of a file; each note then names the part."""
        self.rows += other.rows
        for table, rows in other.tables.items():
            self.tables[table] += rows
        self.rejected |= {(part, number): _of(part, note) for (_, number), note in other.rejected.items()}
        self.notes += [_of(part, note) for note in other.notes]


def _of(part: str, note: Note) -> Note:
    return replace(note, problem=replace(note.problem, record=f"{part}: {note.problem.record}"), part=part)


class Known:
    """What the register holds before a file is read."""

    def __init__(self, connection: sa.Connection, options: ImportOptions) -> None:
        self._connection = connection
        self._options = options
        self._tables: dict[str, dict[str, Row]] = {}
        self._ids: dict[str, frozenset[str]] = {}

    @property
    def answers(self) -> dict[str, str]:
        """What `ImportOptions.matches` says of records whose property was asked for."""
        return dict(self._options.matches)

    def table(self, name: str) -> dict[str, Row]:
        """The rows of a table by id."""
        if name not in self._tables:
            self._tables[name] = {str(row["id"]): row for row in rows_of(self._connection, name)}
        return self._tables[name]

    def ids(self, name: str) -> frozenset[str]:
        """The ids of a table."""
        if name not in self._ids:
            column = metadata.tables[name].c.id
            self._ids[name] = frozenset(self._connection.execute(sa.select(column)).scalars())
        return self._ids[name]

    def values(self, name: str, *wanted: str) -> list[Row]:
        """Some columns of a table: for tables with many rows or outlines."""
        source = metadata.tables[name]
        query = sa.select(*(source.c[column] for column in wanted)).order_by(source.c.id)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    @cached_property
    def place(self) -> Place | None:
        """The place that the zones make, or None where there are none yet."""
        zones = [row["geometry"] for row in self.table("zone").values()]
        return Place.of(zones, self._options.place_tolerance_m)
