"""Who changed what of a property, from which file, when; with its leases, costs, valuations, teams and spaces."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from estate.change_log import as_json
from estate.database import Register, Row, rows_of
from estate.find_property import find_property
from estate.tables import metadata

RELATED = ("space", "lease", "running_cost", "valuation", "team")  # tables whose rows belong to a property
_PROVENANCE = ("import_batch_id", "source_row")
_LOG = metadata.tables["change"]


@dataclass(frozen=True)
class Event:
    """A row that was added, or one column of it that changed.

    `at` is UTC and None where nobody recorded it (rows that no import brought). `file_name` is blank where no
    file did it. `record` says in words what the row is. `before` and `after` are values as JSON can hold them:
    places as WKT, dates as text; of an added row both are None and `column` is blank.
    """

    at: datetime | None
    by: str
    kind: str
    table: str
    record_id: str
    record: str
    column: str
    before: Any
    after: Any
    file_name: str
    source_row: int | None
    import_batch_id: str


@dataclass(frozen=True)
class History:
    """All that happened to a property, the oldest first."""

    property_id: str
    name: str
    events: tuple[Event, ...]


def history(register: Register, asked: str) -> History:
    """The history of the property that `asked` means (see `find_property`)."""
    with register.reading() as connection:
        columns = metadata.tables["property"].c
        known = connection.execute(sa.select(columns.id, columns.name, columns.asset_code)).mappings()
        key = find_property([dict(row) for row in known], asked)
        rows = {"property": rows_of(connection, "property", columns.id == key)}
        rows |= {table: _belonging(connection, table, key) for table in RELATED}
        batches = {row["id"]: row for row in rows_of(connection, "import_batch")}
        events = [
            event
            for table, found in rows.items()
            for row in found
            for event in _events(table, row, _changes(connection, table, row["id"]), batches)
        ]
    order = {table: number for number, table in enumerate(rows)}
    events.sort(key=lambda event: (event.at or datetime.min, order[event.table], event.record_id))
    return History(key, rows["property"][0]["name"], tuple(events))


def _belonging(connection: sa.Connection, table: str, property_id: str) -> list[Row]:
    """The rows of a table that belong to a property, and those that once did (a team that moved)."""
    source = metadata.tables[table]
    once = sa.select(_LOG.c.record_id).where(
        _LOG.c.table == table, _LOG.c.column == "property_id", _LOG.c.before == as_json(property_id)
    )
    return rows_of(connection, table, sa.or_(source.c.property_id == property_id, source.c.id.in_(once)))


def _changes(connection: sa.Connection, table: str, record_id: str) -> list[Row]:
    found = rows_of(connection, "change", sa.and_(_LOG.c.record_id == record_id, _LOG.c.table == table))
    return sorted(found, key=lambda change: (change["changed_at"], change["id"]))


def _events(table: str, row: Row, changes: list[Row], batches: Mapping[str, Row]) -> Iterable[Event]:
    """How one row came into the register, and each change since."""
    record = _words(table, row)
    first: dict[str, Any] = {name: row[name] for name in _PROVENANCE}
    for change in reversed(changes):
        if change["column"] in _PROVENANCE:
            first[change["column"]] = json.loads(change["before"])
    batch = batches.get(first["import_batch_id"] or "", {})
    source = (batch.get("file_name", ""), first["source_row"], first["import_batch_id"] or "")
    by = batch.get("imported_by") or ""
    yield Event(batch.get("imported_at"), by, "added", table, row["id"], record, "", None, None, *source)
    rows = _source_rows(row, changes)
    for change in changes:
        if change["column"] in _PROVENANCE:
            continue
        key = change["import_batch_id"] or ""
        source = (batches.get(key, {}).get("file_name", ""), rows.get(key), key)
        before, after = json.loads(change["before"]), json.loads(change["after"])
        yield Event(
            change["changed_at"], change["changed_by"] or "", "changed", table, row["id"], record,
            change["column"], before, after, *source,
        )  # fmt: skip


def _source_rows(row: Row, changes: list[Row]) -> dict[str, int | None]:
    """The row of its file that each import took the record from."""
    found: dict[str, int | None] = {}
    last = row["source_row"]
    for change in reversed(changes):
        key = change["import_batch_id"] or ""
        found.setdefault(key, last)
        if change["column"] == "source_row":
            found[key] = json.loads(change["after"])
            last = json.loads(change["before"])
    return found


def _words(table: str, row: Row) -> str:
    """What a row is, such as `running cost energy` or `team Planning`."""
    told = {"property": "", "space": row.get("kind"), "running_cost": row.get("category"),
            "valuation": row.get("basis"), "team": row.get("name"), "lease": row.get("direction")}  # fmt: skip
    words = table.replace("_", " ")
    return f"{words} {str(told[table]).replace('_', ' ')}" if told[table] else words
