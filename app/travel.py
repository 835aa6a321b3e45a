"""Minutes of travel kept in the register: found from a network, listed, and looked over."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from estate import garbage, seals
from estate.access import check_administrator
from estate.database import Register, Row, write
from estate.frames import frames_of
from estate.problems import InputError
from estate.tables import metadata
from optimiser.prepare.network import build as network
from optimiser.prepare.network import timetables
from optimiser.prepare.network.files import open_file

_POINTS = ("zone", "property", "team")
_ROWS_A_PART = 20_000
_TIMES, _BUILDS = metadata.tables["travel_time"], metadata.tables["travel_build"]


@dataclass(frozen=True)
class Built:
    """One mode's minutes as the register keeps them. `again`: they stood already, and nothing was done."""

    row: Row  # of the table travel_build
    pairs: int
    again: bool


@dataclass(frozen=True)
class Kept:
    """One mode's minutes, who goes by straight line in them, and why they should be built anew, if they should."""

    row: Row
    pairs: int
    zones_off: tuple[str, ...]  # names with ids
    places_off: tuple[str, ...]
    stale: tuple[str, ...]


def build(
    register: Register,
    path: Path,
    modes: Sequence[str],
    settings: network.Settings,
    on_progress: network.OnProgress,
) -> list[Built]:
    """Find the minutes of each mode along a network and keep them, all of it or nothing.

    What was found from the same file, zones, buildings, speeds and limits stands and is not found again. Raises
    InputError for a file that cannot be used, and whatever `on_progress` raises to stop.
    """
    file = open_file(path)
    with garbage.no_search(), register.transaction() as connection:
        check_administrator(connection, "find the minutes of travel")
        seals.check(connection)
        frames = frames_of(connection, _POINTS)
        points = network.points_of(*(frames[table] for table in _POINTS))
        if not points.zones or not points.places:
            lacking = "zones" if not points.zones else "buildings"
            raise InputError.of("the register", f"it has no {lacking} yet", "Import them first")
        wanted = (file.digest, points.version, settings.version)
        standing = {
            row.mode: dict(row._mapping)
            for row in connection.execute(sa.select(_BUILDS).where(_BUILDS.c.method == network.METHOD))
            if (row.network_version, row.points_version, row.settings_version) == wanted
        }
        new = [mode for mode in modes if mode not in standing]
        found = [Built(standing[mode], _pairs(connection, mode), True) for mode in modes if mode in standing]
        today = datetime.now(UTC).date()
        for minutes in network.build(points, file, new, settings, on_progress) if new else ():
            row = network.build_row(minutes, file, settings, today)
            connection.execute(
                sa.delete(_TIMES).where(_TIMES.c.method == network.METHOD, _TIMES.c.mode == row["mode"])
            )
            connection.execute(sa.delete(_BUILDS).where(_BUILDS.c.id == row["id"]))
            write(connection, "travel_build", [row])
            found.append(Built(row, _keep(connection, minutes.rows(), row["mode"], on_progress), False))
    return sorted(found, key=lambda built: modes.index(built.row["mode"]))


def forget(register: Register, mode: str, method: str) -> int:
    """Take the minutes of a mode, and where they came from, out of the register; gives how many pairs there were.

    Those that roads gave, or with another method all that were imported.
    """
    along_roads = method == network.METHOD
    with register.transaction() as connection:
        check_administrator(connection, "take minutes of travel out")
        seals.check(connection)
        own = _TIMES.c.method == network.METHOD
        gone = sa.delete(_TIMES).where(own if along_roads else sa.not_(own), _TIMES.c.mode == mode)
        found = connection.execute(gone).rowcount
        same = _BUILDS.c.method == (network.METHOD if along_roads else "table")
        connection.execute(sa.delete(_BUILDS).where(same, _BUILDS.c.mode == mode))
    return int(found)


def build_timetables(
    register: Register, streets: Path, gtfs: Sequence[Path], departure: datetime, on_progress: network.OnProgress
) -> Built:
    """Find the minutes by public transport from timetables and keep them as a table, all of it or nothing.

    Raises InputError for files that cannot be used, and where r5py is missing.
    """
    files = [open_file(streets).digest, *map(_digest, gtfs)]
    with garbage.no_search(), register.transaction() as connection:
        check_administrator(connection, "find the minutes of travel")
        seals.check(connection)
        frames = frames_of(connection, _POINTS)
        points = network.points_of(*(frames[table] for table in _POINTS))
        on_progress("Reading streets and timetables, which takes some minutes")
        found = timetables.minutes(
            streets, gtfs, departure, (points.zones, points.zone_points), (points.places, points.place_points)
        )
        mode = timetables.MODE
        row = {
            "id": f"table {mode}",
            "method": "table",
            "mode": mode,
            "network_file": f"{' + '.join(path.name for path in (streets, *gtfs))}, {departure:%Y-%m-%d %H:%M}",
            "network_version": hashlib.sha256("".join(files).encode()).hexdigest()[:16],
            "built_on": datetime.now(UTC).date(),
        }
        connection.execute(
            sa.delete(_TIMES).where(_TIMES.c.mode == mode, sa.not_(_TIMES.c.method == network.METHOD))
        )
        connection.execute(sa.delete(_BUILDS).where(_BUILDS.c.id == row["id"]))
        write(connection, "travel_build", [row])
        pairs = zip(found["from_id"], found["to_id"], found["travel_time"].astype(float), strict=True)
        rows = [
            {
                "id": f"{z} {p} {mode}",
                "zone_id": z,
                "property_id": p,
                "mode": mode,
                "minutes": m,
                "method": "table",
            }
            for z, p, m in pairs
        ]
        kept = _keep(connection, rows, mode, on_progress)
    return Built(row, kept, False)


def _digest(path: Path) -> str:
    if not path.is_file():
        raise InputError.of(str(path), "there is no such file", "Give a timetable in the form GTFS (.zip)")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(connection: sa.Connection, rows: Iterable[Row], mode: str, on_progress: network.OnProgress) -> int:
    """Write rows of travel_time, some at a time: those of a large place would fill the memory. Gives how many."""
    kept, source = 0, iter(rows)
    while part := list(islice(source, _ROWS_A_PART)):
        on_progress(f"{mode}: keeping pairs of zone and building, {kept:,} so far")
        kept += write(connection, "travel_time", part).new
    return kept


def _pairs(connection: sa.Connection, mode: str, method: str = network.METHOD) -> int:
    counted = sa.select(sa.func.count()).where(_TIMES.c.method == method, _TIMES.c.mode == mode)
    return int(connection.execute(counted.select_from(_TIMES)).scalar_one())


def kept(register: Register, path: Path | None = None) -> list[Kept]:
    """What the register keeps, by method and mode; `path`: the file of roads that it should have come from."""
    version = open_file(path).digest if path else ""
    with register.reading() as connection:
        frames = frames_of(connection, (*_POINTS, "travel_build"))
        points = network.points_of(*(frames[table] for table in _POINTS)).version
        return [_kept(connection, frames, str(key), points, version) for key in frames["travel_build"].index]


def _kept(connection: sa.Connection, frames: dict[str, pd.DataFrame], key: str, points: str, version: str) -> Kept:
    row: Any = frames["travel_build"].loc[key]
    stale = []
    if row["method"] == network.METHOD:
        settings = network.Settings(_or_inf(row["limit_minutes"]), row["snap_limit_m"])
        if row["points_version"] != points:
            stale.append("zones or buildings have changed since")
        if row["settings_version"] != settings.version:
            stale.append("speeds or rates have changed since")
        if version and row["network_version"] != version:
            stale.append("it was another file of roads")
    off = [
        tuple(_named(frames[table], _off_network(connection, column, row["method"], row["mode"])))
        for table, column in (("zone", _TIMES.c.zone_id), ("property", _TIMES.c.property_id))
    ]
    pairs = _pairs(connection, row["mode"], row["method"])
    return Kept({"id": key, **row.to_dict()}, pairs, off[0], off[1], tuple(stale))


def _off_network(connection: sa.Connection, end: sa.Column[Any], method: str, mode: str) -> list[str]:
    """Ids of the zones, or properties, all of whose minutes are by straight line for want of a road."""
    by_road = sa.case((_TIMES.c.fallback.is_(True), 0), else_=1)
    asked = sa.select(end).where(_TIMES.c.method == method, _TIMES.c.mode == mode)
    return sorted(connection.execute(asked.group_by(end).having(sa.func.max(by_road) == 0)).scalars())


def _or_inf(number: float) -> float:
    return float("inf") if number != number else number


def _named(frame: pd.DataFrame, ids: Sequence[str]) -> list[str]:
    names = frame["name"].to_dict()
    return [f"{names.get(key)} ({key})" if names.get(key) else key for key in ids]
