"""The register frozen: plain data frames and a digest. The optimiser never touches the database."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely

from estate import estimates, seals
from estate.access import ALL, scope_of
from estate.database import Register, frame_of, frame_of_columns, rows_of
from estate.dictionary import REGISTER_TABLES, columns
from estate.problems import InputError
from estate.tables import metadata


@dataclass(frozen=True)
class Snapshot:
    """One table a field, each a frame indexed by id (see `database.frame_of` for the types).

    Gaps that the benchmarks of `estimates` could fill are filled: rows so made have True in column `estimated`
    (for a property: `floor_area_estimated`), and `estimates` says by which rule. `digest` names the content,
    estimates included: the same register gives the same digest on SQLite and on PostGIS.
    """

    organisations: pd.DataFrame
    sites: pd.DataFrame
    properties: pd.DataFrame
    spaces: pd.DataFrame
    leases: pd.DataFrame
    running_costs: pd.DataFrame
    valuations: pd.DataFrame
    services: pd.DataFrame
    teams: pd.DataFrame
    zones: pd.DataFrame
    travel_times: pd.DataFrame
    funding_streams: pd.DataFrame
    estimates: pd.DataFrame
    digest: str


_KEPT = metadata.tables["snapshot"]
_FAST = 3  # a third of the time of the default for a tenth more bytes
Plain = dict[str, Any]  # a table as JSON has it: `columns`, their names, and `rows`, their values in that order
_FIELDS = {
    "organisation": "organisations",
    "site": "sites",
    "property": "properties",
    "space": "spaces",
    "lease": "leases",
    "running_cost": "running_costs",
    "valuation": "valuations",
    "service": "services",
    "team": "teams",
    "zone": "zones",
    "travel_time": "travel_times",
    "funding_stream": "funding_streams",
}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as plain dictionaries, the index among them as `id`."""
    return [dict(zip(["id", *frame.columns], row, strict=True)) for row in frame.itertuples(name=None)]


def take(register: Register) -> Snapshot:
    """Freeze the register as it stands, and keep the frozen copy in it under its digest.

    A member's snapshot holds what the member may see, with estimates in place of what they may not, and is kept
    for those who may see as much. Raises InputError for a register that is damaged, or that another tool changed
    and nobody has accepted (see `estate.seals`).
    """
    with register.reading() as connection:
        seals.check(connection)
        recorded = {table: rows_of(connection, table) for table in REGISTER_TABLES}
        scope = scope_of(connection).name
    content, snapshot = _freeze(recorded, scope)
    row = {
        "id": snapshot.digest,
        "scope": scope,
        "taken_at": datetime.now(UTC).replace(tzinfo=None),
        "content": gzip.compress(content, compresslevel=_FAST, mtime=0),
    }
    with register.transaction() as connection:
        if not rows_of(connection, "snapshot", _KEPT.c.id == snapshot.digest):
            connection.execute(_KEPT.insert(), row)
    return snapshot


def freeze(recorded: Mapping[str, list[dict[str, Any]]]) -> Snapshot:
    """A snapshot of rows by table, each sorted by id, that need not stand in any database."""
    return _freeze({table: recorded.get(table, []) for table in REGISTER_TABLES})[1]


def load(register: Register, digest: str) -> Snapshot:
    """The snapshot of a past run, exactly as it was, whatever the register or the benchmarks say today.

    Raises InputError when the register holds none such or it is damaged.
    """
    found = register.rows("snapshot", id=digest)
    if not found:
        raise InputError.of(
            f"snapshot {digest}", "the register holds no such snapshot", "See 'estate runs' for past runs"
        )
    tables = json.loads(unpacked(found[0]["content"], digest))
    if not {*_FIELDS, "estimates"} <= set(tables):
        remedy = "Plan again, or use the version of the program that took it"
        raise InputError.of(
            f"snapshot {digest}", "another version of the program wrote it in another form", remedy
        )
    return _snapshot(tables, digest)


def unpacked(stored: bytes, digest: str) -> bytes:
    """The content of a stored snapshot, if it is still what it was."""
    try:
        content = gzip.decompress(stored)
    except (OSError, EOFError, zlib.error):
        content = b""
    if _digest(content) != digest:
        raise InputError.of(
            f"snapshot {digest}", "its content does not match its digest", "Restore the register from a backup"
        )
    return content


def _freeze(recorded: Mapping[str, list[dict[str, Any]]], scope: str = ALL) -> tuple[bytes, Snapshot]:
    filled, fills = estimates.fill({table: frame_of(table, rows) for table, rows in recorded.items()})
    tables = {table: _plain_table(frame) for table, frame in {**filled, "estimates": fills}.items()}
    content = _encode(tables, scope)
    return content, _snapshot(tables, _digest(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _encode(tables: Mapping[str, Plain], scope: str) -> bytes:
    """Plain tables as canonical JSON.

    A scope is part of the content: what two members may see never shares a digest, even where it looks alike.
    """
    told: dict[str, Any] = dict(tables) if scope == ALL else {**tables, "scope": scope}
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain_table(frame: pd.DataFrame) -> Plain:
    """A frame as plain data: exact floats, places as WKB, missing as None. Column by column, which is quick."""
    held = [frame.index.tolist(), *(_plain_column(frame[name]) for name in frame.columns)]
    return {"columns": ["id", *frame.columns], "rows": list(zip(*held, strict=True))}


def _plain_column(column: pd.Series) -> list[Any]:
    values = column.tolist()
    kinds = set(map(type, values)) - {str, bool, int, type(None)}
    if not kinds:
        return values
    if all(issubclass(kind, shapely.Geometry) for kind in kinds):
        found: list[Any] = shapely.to_wkb(np.array(values, dtype=object), hex=True, include_srid=False).tolist()
        return found
    return [_plain(value) for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else value
    return value.isoformat() if isinstance(value, date) else value


def _snapshot(tables: Mapping[str, Plain], digest: str) -> Snapshot:
    frames = {field: _frame(table, tables[table]) for table, field in _FIELDS.items()}
    fills = pd.DataFrame(tables["estimates"]["rows"], columns=tables["estimates"]["columns"], dtype=object)
    return Snapshot(**frames, estimates=fills.drop(columns="id"), digest=digest)


def _frame(table: str, stored: Plain) -> pd.DataFrame:
    """A stored table with the dictionary's types; columns that the dictionary lacks are marks of estimates."""
    types = {column.name: column.type for column in columns(table)}
    names = stored["columns"]
    values = list(zip(*stored["rows"], strict=True)) or [()] * len(names)
    held = {name: _typed(types.get(name, ""), column) for name, column in zip(names, values, strict=True)}
    frame = frame_of_columns(table, held)
    return frame.assign(**{name: pd.array(held[name], dtype="bool") for name in names if name not in types})


def _typed(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    if kind == "geometry":
        found: list[Any] = shapely.from_wkb(np.array(values, dtype=object)).tolist()
        return found
    if kind == "date":
        return [date.fromisoformat(value) if value else None for value in values]
    return values
