"""What an import changes in the register, record by record: what a dry run shows, and what was done."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from estate.dictionary import REGISTER_TABLES
from estate.tables import metadata

_PROVENANCE = ("import_batch_id", "source_row")


@dataclass(frozen=True, order=True)
class Record:
    """One row of the register: its table, id and name (its id again where it has none)."""

    table: str
    id: str
    name: str


@dataclass(frozen=True)
class FieldChange:
    """One column of one record that differs. `before` and `after` are JSON text, see `change_log.as_json`."""

    record: Record
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """What an import makes of the register.

    `new` are records that were not there, `changed` columns of records that were. `gone` are records that an
    earlier import of the same source brought in and that this file lacks (see `_gone`): nothing is done to them.
    """

    new: tuple[Record, ...] = ()
    changed: tuple[FieldChange, ...] = ()
    gone: tuple[Record, ...] = ()


def written(
    connection: sa.Connection, batch: str, tables: Iterable[str]
) -> tuple[list[Record], list[FieldChange]]:
    """The new records and the changed columns of an import whose rows stand in the register."""
    log = metadata.tables["change"]
    query = sa.select(log).where(log.c.import_batch_id == batch).order_by(log.c.id)
    changes = list(connection.execute(query).mappings())
    touched = {(change["table"], change["record_id"]) for change in changes}
    written_there = {
        (table, record.id): record
        for table in REGISTER_TABLES
        if table in tables
        for record in records(connection, table, metadata.tables[table].c.import_batch_id == batch)
    }
    changed = [
        FieldChange(written_there[change["table"], change["record_id"]], *_values(change))
        for change in changes
        if change["column"] not in _PROVENANCE
    ]
    return [record for key, record in written_there.items() if key not in touched], changed


def _values(change: sa.RowMapping) -> tuple[str, str, str]:
    return change["column"], change["before"], change["after"]


def records(connection: sa.Connection, table: str, where: sa.ColumnElement[bool]) -> list[Record]:
    """The records of a table for which something holds, sorted by id."""
    columns = metadata.tables[table].c
    name = columns.name if "name" in columns else columns.id
    found = connection.execute(sa.select(columns.id, name.label("shown")).where(where)).all()
    return sorted(Record(table, key, shown) for key, shown in found)
