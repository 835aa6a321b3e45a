"""Records that an earlier import of the same source brought in and that its new file lacks.

The same source is the same format for the same body: of properties the same organisation, of teams the same
organisation and service too, of what belongs to a property (leases, costs ...) the organisation of the property.
Nothing is deleted: a record may be missing because the file is only a part.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from estate.change_log import as_json
from estate.database import Row
from estate.importers._preview import Record
from estate.importers._readout import Note
from estate.tables import metadata

REMEDY = (
    "They stay in the register. Give what has been left the status 'left' in the source and import it again; "
    "where the file is only a part of the source, nothing need be done"
)
_OF_A_PROPERTY = ("space", "lease", "running_cost", "valuation")
_PROPERTIES = metadata.tables["property"]


def gone(
    connection: sa.Connection, format_name: str, tables: Mapping[str, Sequence[Row]], rejections: Iterable[Note]
) -> list[Record]:
    """The records that a file of these rows lacks, sorted. Rows of the file that were refused are not gone."""
    refused = {cell for note in rejections for cell in note.content.values() if cell}
    batches = metadata.tables["import_batch"].c
    earlier = list(connection.execute(sa.select(batches.id).where(batches.format == format_name)).scalars())
    listed = _listed(tables) if len(earlier) > 1 else []  # this import is one of them
    bodies = _bodies(connection) if set(listed) & set(_OF_A_PROPERTY) else {}
    found = []
    for table in listed:
        stored, brought_in = _stored(connection, table), _brought_in(connection, table, earlier)
        held = {str(row["id"]) for row in tables[table]}
        ours = {_scope(table, stored[key], bodies) for key in held & stored.keys()}
        for key in sorted(brought_in - held):
            row = stored[key]
            known = {key, row.get("asset_code")} & refused or row.get("status") == "left"
            if not known and _scope(table, row, bodies) in ours:
                found.append(Record(table, key, row.get("name") or key))
    return sorted(found)


def _listed(tables: Mapping[str, Sequence[Row]]) -> list[str]:
    """The tables that a file is a list of. Properties of a list of service points are only where they stand."""
    teams = tables.get("team", [])
    points = bool(teams) and all(row.get("service_id") for row in teams)
    wanted = ("team", *_OF_A_PROPERTY) if points else ("property", "team", *_OF_A_PROPERTY)
    return [table for table in wanted if tables.get(table)]


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
