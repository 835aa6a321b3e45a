"""The register frozen: plain data frames and a digest. The optimiser never touches the database."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from estate import estimates, frozen, frozen_first, garbage, seals
from estate.access import ALL, SEE, scope_of
from estate.database import Register
from estate.dictionary import REGISTER_TABLES, columns
from estate.fills import REPEATED
from estate.frames import frame_of, frame_of_columns, frames_of
from estate.problems import InputError
from estate.tables import metadata


@dataclass(frozen=True)
class Snapshot:
    """One table a field, each a frame indexed by id (see `frames.frame_of` for the types).

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
    travel_builds: pd.DataFrame
    travel_times: pd.DataFrame
    funding_streams: pd.DataFrame
    estimates: pd.DataFrame
    digest: str


_KEPT = metadata.tables["snapshot"]
_FAST = 1  # a fifth of the time of the default
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
    "travel_build": "travel_builds",
    "travel_time": "travel_times",
    "funding_stream": "funding_streams",
}
_NEWER = {"travel_build"}  # tables that earlier versions of the program did not know: empty then


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as plain dictionaries, the index among them as `id`."""
    return [dict(zip(["id", *frame.columns], row, strict=True)) for row in frame.itertuples(name=None)]


def take(register: Register) -> Snapshot:
    """Freeze the register as it stands, and keep the frozen copy in it under its digest.

    A member's snapshot holds what the member may see, with estimates in place of what they may not, and is kept
    for those who may see as much. Raises InputError for a register that is damaged, or that another tool changed
    and nobody has accepted (see `estate.seals`).
    """
    with garbage.no_search():
        with register.reading() as connection:
            scope = scope_of(connection).name
            seen_whole = [table for table in REGISTER_TABLES if scope == ALL or table not in SEE]
            recorded = frames_of(connection, REGISTER_TABLES, seals.check(connection, seen_whole))
        with ThreadPoolExecutor() as beside:  # zlib lets other threads run
            squeezed: list[Future[bytes]] = []
            snapshot = _freeze(recorded, scope, lambda piece: squeezed.append(beside.submit(_squeezed, piece)))
            content = b"".join(piece.result() for piece in (squeezed[-1], *squeezed[:-1]))
    taken_at = datetime.now(UTC).replace(tzinfo=None)
    row = {"id": snapshot.digest, "scope": scope, "taken_at": taken_at, "content": content}
    with register.transaction() as connection:
        if not connection.execute(sa.select(_KEPT.c.id).where(_KEPT.c.id == snapshot.digest)).all():
            connection.execute(_KEPT.insert(), row)
    return snapshot


def freeze(recorded: Mapping[str, list[dict[str, Any]]]) -> Snapshot:
    """A snapshot of rows by table, each sorted by id, that need not stand in any database."""
    return _freeze({table: frame_of(table, recorded.get(table, [])) for table in REGISTER_TABLES})


def load(register: Register, digest: str) -> Snapshot:
    """The snapshot of a past run, exactly as it was, whatever the register or the benchmarks say today.

    Raises InputError when the register holds none such or it is damaged.
    """
    found = register.rows("snapshot", id=digest)
    if not found:
        raise InputError.of(
            f"snapshot {digest}", "the register holds no such snapshot", "See 'estate runs' for past runs"
        )
    content = unpacked(found[0]["content"], digest)
    tables = (frozen if content.startswith(frozen.FORM) else frozen_first).unpack(content)
    if not {*_FIELDS, frozen.ESTIMATES} - _NEWER <= set(tables):
        remedy = "Plan again, or use the version of the program that took it"
        raise InputError.of(
            f"snapshot {digest}", "another version of the program wrote it in another form", remedy
        )
    frames = {table: _frame(table, tables.get(table, {"id": ()})) for table in _FIELDS}
    fills = pd.DataFrame({name: _told(name, tables[frozen.ESTIMATES][name]) for name in estimates.FILL_COLUMNS})
    return _snapshot(frames, fills, digest)


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


def frames(held: Snapshot) -> dict[str, pd.DataFrame]:
    """The snapshot's frames by table of the register, estimates among them."""
    return {table: getattr(held, field) for table, field in _FIELDS.items()}


def frozen_of(recorded: Mapping[str, pd.DataFrame], scope: str) -> Snapshot:
    """A snapshot of recorded frames, as somebody of this scope would take it; it is not kept in any register."""
    return _freeze(recorded, scope)


def _freeze(
    recorded: Mapping[str, pd.DataFrame], scope: str = ALL, keep: Callable[[bytes], None] = lambda piece: None
) -> Snapshot:
    """The snapshot of recorded frames; `keep` is given the pieces of its content as `frozen.pack` makes them."""
    filled, fills = estimates.fill(recorded)
    days = pd.Index([day.isoformat() for day in fills["as_of"].cat.categories], dtype=object)
    fills["as_of"] = fills["as_of"].cat.rename_categories(days)
    pieces = []
    # What two members may see never shares a digest, even where it looks alike.
    for piece in frozen.pack({**filled, frozen.ESTIMATES: fills}, "" if scope == ALL else scope):
        keep(piece)
        pieces.append(piece)
    return _snapshot(filled, fills, _digest(pieces[-1], *pieces[:-1]))


def _squeezed(piece: bytes) -> bytes:
    """A piece as gzip, which may be joined with others."""
    return gzip.compress(piece, compresslevel=_FAST, mtime=0)


def _digest(*pieces: bytes) -> str:
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(piece)
    return whole.hexdigest()[:16]


def _snapshot(tables: Mapping[str, pd.DataFrame], fills: pd.DataFrame, digest: str) -> Snapshot:
    return Snapshot(**{field: tables[table] for table, field in _FIELDS.items()}, estimates=fills, digest=digest)


def _told(name: str, values: Any) -> pd.Series:
    """A column of the estimates; see `fills.log`."""
    return pd.Series(values, dtype="category" if name in REPEATED else object)


def _frame(table: str, held: Mapping[str, Any]) -> pd.DataFrame:
    """A stored table with the dictionary's types; columns that the dictionary lacks are marks of estimates."""
    known = {column.name for column in columns(table)}
    frame = frame_of_columns(table, held)
    return frame.assign(**{name: pd.array(held[name], dtype="bool") for name in held if name not in known})
