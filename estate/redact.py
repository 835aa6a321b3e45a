"""A snapshot as another reader would have taken it: rows that they may not see are gone, and benchmarks stand in.

The rules are those of `access.SEE`, asked of the frozen rows themselves in a database in memory, so that what
PostGIS and the members' connections enforce and what leaves the house by file cannot come apart.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing

import pandas as pd

from estate import estimates, snapshot
from estate.access import PUBLIC, SEE, Functions, Scope
from estate.database import Register
from estate.dictionary import REGISTER_TABLES
from estate.fills import removed
from estate.problems import InputError
from estate.snapshot import Snapshot

Frames = dict[str, pd.DataFrame]
_KEPT = [table for table in SEE if table in REGISTER_TABLES]  # the tables with something to keep
_ASKED = ("property_id", "organisation_id", "confidential")  # what the rules of those tables name, beside the id


def reader_scope(reader: str, held: Snapshot) -> Scope:
    """What `public`, or else the organisation of this id, may see. Raises InputError where there is none such."""
    if reader == PUBLIC:
        return Scope(role="viewer")
    if reader not in held.organisations.index:
        remedy = f"Name one of {', '.join(map(str, held.organisations.index[:20]))}, or {PUBLIC}"
        raise InputError.of("--for", "the run knows no such body", remedy, value=reader)
    return Scope(role="viewer", organisation_id=reader)


def as_seen_by(held: Snapshot, scope: Scope, register: Register) -> Snapshot | None:
    """The snapshot that a reader of this scope would have taken; None where nothing in it is kept from them.

    A row that the register has come to keep from them since is left out as well. What was estimated is estimated
    anew, by the benchmarks of today. The digest is that of the reader's own snapshot: see decision 8.
    """
    recorded = removed(snapshot.frames(held), held.estimates, estimates.WHOLE_TEAMS)
    seen = _seen(recorded, scope)
    now = {table: register.frame(table) for table in ("property", *_KEPT)}
    seen_now = _seen(now, scope)
    shown = {}
    for table in _KEPT:
        ids = recorded[table].index
        kept_since = ids.isin(now[table].index) & ~ids.isin(seen_now[table])
        shown[table] = recorded[table][ids.isin(seen[table]) & ~kept_since]
    if all(len(shown[table]) == len(recorded[table]) for table in _KEPT):
        return None
    return snapshot.frozen_of({**recorded, **shown}, scope.name)


def _seen(frames: Mapping[str, pd.DataFrame], scope: Scope) -> dict[str, set[str]]:
    """Ids of the rows that may be seen, of each table with something to keep."""
    with closing(sqlite3.connect(":memory:")) as database:
        Functions(scope)(database, None)
        for table in ("property", *_KEPT):
            frame = frames[table]
            columns = [name for name in _ASKED if name in frame]
            rows = zip(frame.index, *(frame[name].tolist() for name in columns), strict=True)
            database.execute(f'CREATE TABLE "{table}" (id PRIMARY KEY, {", ".join(columns)})')
            places = ", ".join("?" * (1 + len(columns)))
            database.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)  # noqa: S608 - our own names
        return {
            table: {row[0] for row in database.execute(f'SELECT id FROM "{table}" WHERE {SEE[table]}')}  # noqa: S608
            for table in _KEPT
        }
