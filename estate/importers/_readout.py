"""What an importer is given besides its file, and what it gives back."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from estate.database import Row, rows_of
from estate.importers._source import Line, Table, shown
from estate.locate import Place
from estate.problems import InputError, Problem
from estate.tables import metadata


@dataclass(frozen=True)
class ImportOptions:
    """How files are to be read.

    `service`: id of the service that a list of service points offers; blank goes by the file's name.
    `organisation`: id of the body the rows belong to; blank goes by the file or the service.
    `place_tolerance_m`: how far outside the zones still counts as inside the place, in metres.
    """

    service: str = ""
    organisation: str = ""
    place_tolerance_m: float = 250.0

    def __post_init__(self) -> None:
        if not 0 <= self.place_tolerance_m <= 100_000:
            value = f"{self.place_tolerance_m:g}"
            raise InputError.of("place tolerance", "it is outside 0 to 100,000 m", "Give metres", "", value)


@dataclass(frozen=True)
class Note:
    """Something found in a row that was taken in (`mended`, `warning`) or kept out (`rejected`)."""

    kind: str
    row_number: int
    problem: Problem
    content: dict[str, Any] = field(default_factory=dict)


class Readout:
    """What an importer made of a file: rows for the register's tables, rows refused, and notes.

    Every row of the file that is not refused counts as accepted, so that rows = accepted + rejected always.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.rejected: dict[int, Note] = {}
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
        record = shown(first.record) or f"row {line.number}"
        fault = Problem(record, first.reason + also, first.remedy, first.column, shown(first.value))
        content = {shown(header): shown(cell) for header, cell in line.cells.items()}
        self.rejected.setdefault(line.number, Note("rejected", line.number, fault, content))

    def warn(self, row_number: int, problem: Problem) -> None:
        """Note what looks odd in a row that is taken in."""
        self.notes.append(Note("warning", row_number, problem))

    def mend(self, row_number: int, problem: Problem) -> None:
        """Note what was put right in a row: `reason` says what was found, `remedy` what was done."""
        self.notes.append(Note("mended", row_number, problem))


class Known:
    """What the register holds before a file is read."""

    def __init__(self, connection: sa.Connection, options: ImportOptions) -> None:
        self._connection = connection
        self._options = options
        self._tables: dict[str, dict[str, Row]] = {}
        self._ids: dict[str, frozenset[str]] = {}

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

    @cached_property
    def place(self) -> Place | None:
        """The place that the zones make, or None where there are none yet."""
        zones = [row["geometry"] for row in self.table("zone").values()]
        return Place.of(zones, self._options.place_tolerance_m)
