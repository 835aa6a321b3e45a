"""Minutes by road, as `estate travel build` found them and the register keeps them.

By public transport they are the register's imported table: no network of roads knows a timetable.
"""

import numpy as np
from numpy.typing import NDArray

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.prepare.network import build
from optimiser.prepare.travel import table
from optimiser.settings import WAYS, Travel

_REMEDY = "Run 'estate travel build NETWORK', or plan with travel.method: straight_line"


def minutes(
    snapshot: Snapshot, travel: Travel, mode: str, zones: list[str], properties: list[str]
) -> NDArray[np.float64]:
    """Minutes, shape (zones, properties); inf where there is no way, or none within the limit of the build.

    Raises InputError where there are none, or for other zones and buildings than there are now.
    """
    if mode == "public_transport":
        return table.minutes(snapshot, travel, mode, zones, properties)
    key = f"{build.METHOD} {mode}"
    if key not in snapshot.travel_builds.index:
        raise InputError.of("travel.method", f"the register keeps no minutes by road {WAYS[mode]}", _REMEDY)
    if snapshot.travel_builds.loc[key, "points_version"] != _points_version(snapshot):
        reason = f"zones or buildings have changed since minutes {WAYS[mode]} were built"
        raise InputError.of("travel.method", reason, _REMEDY)
    times = snapshot.travel_times
    return table.pairs(times[(times["method"] == build.METHOD) & (times["mode"] == mode)], zones, properties)


_versions: dict[str, str] = {}  # by digest of a snapshot: it is asked for at each service


def _points_version(snapshot: Snapshot) -> str:
    if snapshot.digest not in _versions:
        _versions.clear()
        points = build.points_of(snapshot.zones, snapshot.properties, snapshot.teams)
        _versions[snapshot.digest] = points.version
    return _versions[snapshot.digest]
