"""Records that an earlier import of the same source brought in and that its new file lacks.

The same source is the same format for the same body: of properties the same organisation, of teams the same
organisation and service too, of what belongs to a property (leases, costs ...) the organisation of the property.
Nothing is deleted: a record may be missing because the file is only a part. Files that are imported together are
looked at together: what one of them brings is gone from none.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from estate.change_log import as_json
from estate.importers._preview import Record
from estate.importers._readout import Readout
from estate.tables import metadata

REMEDY = (
    "They stay in the register. Give what has been left the status 'left' in the source and import it again; "
    "where the file is only a part of the source, nothing need be done"
)
_OF_A_PROPERTY = ("space", "lease", "running_cost", "valuation")
_PROPERTIES = metadata.tables["property"]


@dataclass(frozen=True)
class Listed:
    """What a file of an import is a list of: the ids it brings, by table; and the cells of its refused rows."""

    format: str
    ids: Mapping[str, frozenset[str]]
    refused: frozenset[str]


def listed(format_name: str, readout: Readout, is_part: bool) -> Listed:
    """What a file is a list of; a part of a source (mended rejects) is a list of nothing.

    Properties of a list of service points are only where they stand.
    """
    teams = readout.tables.get("team", [])
    points = bool(teams) and all(row.get("service_id") for row in teams)
    wanted = ("team", *_OF_A_PROPERTY) if points else ("property", "team", *_OF_A_PROPERTY)
    ids = {table: frozenset(str(row["id"]) for row in readout.tables.get(table, ())) for table in wanted}
    refused = {cell for note in readout.rejected.values() for cell in note.content.values() if cell}
    return Listed(format_name, {} if is_part else {t: held for t, held in ids.items() if held}, frozenset(refused))


def gone(connection: sa.Connection, lists: Sequence[Listed], batches: Collection[str]) -> list[tuple[Record, ...]]:
    """For each file of an import the records that it lacks, sorted; `batches` are those of the import itself.

    What another file of the import brings is not gone, nor are rows that were refused. A record stands once.
    """
    told: set[Record] = set()
    found = []
    for each in lists:
        lacking = sorted(set(_lacking(connection, each, lists, batches)) - told)
        told.update(lacking)
        found.append(tuple(lacking))
    return found


def _lacking(
    connection: sa.Connection, file: Listed, lists: Sequence[Listed], batches: Collection[str]
) -> Iterator[Record]:
    known = metadata.tables["import_batch"].c
    of_format = connection.execute(sa.select(known.id).where(known.format == file.format)).scalars()
    earlier = [batch for batch in of_format if batch not in batches]
    tables = file.ids if earlier else {}
    bodies = _bodies(connection) if set(tables) & set(_OF_A_PROPERTY) else {}
    refused = frozenset[str]().union(*(each.refused for each in lists))
    for table in tables:
        stored = _stored(connection, table)
        held = frozenset[str]().union(*(each.ids.get(table, ()) for each in lists))
        ours = {_scope(table, stored[key], bodies) for key in file.ids[table] & stored.keys()}
        for key in _brought_in(connection, table, earlier) - held:
            row = stored[key]
            excused = {key, row.get("asset_code")} & refused or row.get("status") == "left"
            if not excused and _scope(table, row, bodies) in ours:
                yield Record(table, key, row.get("name") or key)


def _bodies(connection: sa.Connection) -> dict[str, str]:
    """The organisation of each property."""
    query = sa.select(_PROPERTIES.c.id, _PROPERTIES.c.organisation_id)
    return {row.id: row.organisation_id for row in connection.execute(query)}


def _scope(table: str, row: Mapping[str, Any], bodies: Mapping[str, str]) -> tuple[Any, ...]:
    """What tells one source of a format from another."""
    if table == "property":
        return (row.get("organisation_id"),)
    if table == "team":
        return row.get("organisation_id"), row.get("service_id")
    return (bodies.get(row.get("property_id", "")),)


def _stored(connection: sa.Connection, table: str) -> dict[str, Mapping[str, Any]]:
    """What tells the rows of a table apart, by id. A file's own rows may name no more than what changes."""
    source = metadata.tables[table].c
    wanted = ("id", "name", "asset_code", "organisation_id", "service_id", "property_id", "status")
    names = [name for name in wanted if name in source]
    rows = connection.execute(sa.select(*(source[name] for name in names))).all()
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def _brought_in(connection: sa.Connection, table: str, batches: Sequence[str]) -> set[str]:
    """Ids of rows that came, first or last, from one of these imports."""
    source, log = metadata.tables[table], metadata.tables["change"].c
    first = sa.select(log.record_id).where(
        log.table == table, log.column == "import_batch_id", log.before.in_([as_json(batch) for batch in batches])
    )
    where = sa.or_(source.c.import_batch_id.in_(batches), source.c.id.in_(first))
    return set(connection.execute(sa.select(source.c.id).where(where)).scalars())
