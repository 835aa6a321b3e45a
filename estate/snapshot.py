"""The register frozen: plain data frames and a digest. The optimiser never touches the database."""

import gzip
import hashlib
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import shapely

from estate import estimates
from estate.database import Register, frame_of, rows_of
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
    """Freeze the register as it stands, and keep the frozen copy in it under its digest."""
    with register.reading() as connection:
        recorded = {table: rows_of(connection, table) for table in REGISTER_TABLES}
    content, snapshot = _freeze(recorded)
    row = {
        "id": snapshot.digest,
        "taken_at": datetime.now(UTC).replace(tzinfo=None),
        "content": gzip.compress(content, mtime=0),
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
    content = _unpacked(found[0]["content"], digest)
    return _decode(content, digest)


def _unpacked(stored: bytes, digest: str) -> bytes:
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


def _freeze(recorded: Mapping[str, list[dict[str, Any]]]) -> tuple[bytes, Snapshot]:
    filled, fills = estimates.fill({table: frame_of(table, rows) for table, rows in recorded.items()})
    content = _encode({**filled, "estimates": fills})
    return content, _decode(content, _digest(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _encode(frames: Mapping[str, pd.DataFrame]) -> bytes:
    """Every frame as canonical JSON: exact floats, places as WKB, missing as null."""
    tables = {
        table: {
            "columns": ["id", *frame.columns],
            "rows": [[_plain(value) for value in row] for row in frame.itertuples(name=None)],
        }
        for table, frame in frames.items()
    }
    return json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkb(value, hex=True, include_srid=False)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _decode(content: bytes, digest: str) -> Snapshot:
    tables = json.loads(content)
    frames = {field: _frame(table, tables[table]) for table, field in _FIELDS.items()}
    fills = pd.DataFrame(tables["estimates"]["rows"], columns=tables["estimates"]["columns"], dtype=object)
    return Snapshot(**frames, estimates=fills.drop(columns="id"), digest=digest)


def _frame(table: str, stored: Mapping[str, Any]) -> pd.DataFrame:
    """A stored table with the dictionary's types; columns that the dictionary lacks are marks of estimates."""
    types = {column.name: column.type for column in columns(table)}
    rows = [
        {name: _value(types.get(name, ""), value) for name, value in zip(stored["columns"], row, strict=True)}
        for row in stored["rows"]
    ]
    marks = [name for name in stored["columns"] if name not in types]
    frame = frame_of(table, rows)
    return frame.assign(**{mark: pd.array([row[mark] for row in rows], dtype="bool") for mark in marks})


def _value(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "geometry":
        return shapely.from_wkb(value)
    if kind == "date":
        return date.fromisoformat(value)
    return value
