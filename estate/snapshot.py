"""The register frozen: plain data frames and a digest. The optimiser never touches the database."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import shapely

from estate import estimates
from estate.database import Register, frame_of, write
from estate.dictionary import REGISTER_TABLES, columns
from estate.problems import InputError


@dataclass(frozen=True)
class Snapshot:
    """One table a field, each a frame indexed by id (see `database.frame_of` for the types).

    Gaps that the benchmarks of `estimates` could fill are filled: rows so made have True in column `estimated`
    (for a property: `floor_area_estimated`), and `estimates` says by which rule. `digest` names the content:
    the same register gives the same digest on SQLite and on PostGIS.
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


def take(register: Register) -> Snapshot:
    """Freeze the register as it stands, and keep the frozen copy in it under its digest."""
    recorded = {table: register.rows(table) for table in REGISTER_TABLES}
    content = _encode(recorded)
    snapshot = _snapshot(recorded, _digest(content))
    row = {
        "id": snapshot.digest,
        "taken_at": datetime.now(UTC).replace(tzinfo=None),
        "content": gzip.compress(content, mtime=0),
    }
    with register.transaction() as connection:
        if snapshot.digest not in _kept(register):
            write(connection, "snapshot", [row])
    return snapshot


def load(register: Register, digest: str) -> Snapshot:
    """The snapshot of a past run, exactly as it was. Raises InputError when the register holds none such."""
    table = register.rows("snapshot")
    found = [row for row in table if row["id"] == digest]
    if not found:
        raise InputError.of(
            f"snapshot {digest}", "the register holds no such snapshot", "See 'estate runs' for past runs"
        )
    content = gzip.decompress(found[0]["content"])
    if _digest(content) != digest:
        raise InputError.of(
            f"snapshot {digest}",
            "its content does not match its digest",
            "Restore the register from a backup",
        )
    return _snapshot(_decode(content), digest)


def _kept(register: Register) -> set[str]:
    return {str(row["id"]) for row in register.rows("snapshot")}


def _snapshot(recorded: Mapping[str, list[dict[str, Any]]], digest: str) -> Snapshot:
    frames = {table: frame_of(table, rows) for table, rows in recorded.items()}
    filled, fills = estimates.fill(frames)
    return Snapshot(**{field: filled[table] for table, field in _FIELDS.items()}, estimates=fills, digest=digest)


def _digest(content: bytes) -> str:
    """Digest of the recorded rows and of the benchmarks that fill their gaps."""
    return hashlib.sha256(content + estimates.digest().encode()).hexdigest()[:16]


def _encode(recorded: Mapping[str, list[dict[str, Any]]]) -> bytes:
    """The dictionary's columns of every table as canonical JSON: sorted rows, exact floats, places as WKB."""
    tables = {
        table: {
            "columns": [column.name for column in columns(table)],
            "rows": [[_plain(row.get(column.name)) for column in columns(table)] for row in rows],
        }
        for table, rows in recorded.items()
    }
    return json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkb(value, hex=True, include_srid=False)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _decode(content: bytes) -> dict[str, list[dict[str, Any]]]:
    recorded = {}
    for table, stored in json.loads(content).items():
        types = {column.name: column.type for column in columns(table)}
        recorded[table] = [
            {
                name: _value(types.get(name, "text"), value)
                for name, value in zip(stored["columns"], row, strict=True)
            }
            for row in stored["rows"]
        ]
    return recorded


def _value(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "geometry":
        return shapely.from_wkb(value)
    if kind == "date":
        return date.fromisoformat(value)
    return value
