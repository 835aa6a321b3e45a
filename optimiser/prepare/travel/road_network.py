"""Minutes by road, as `estate travel build` found them and the register keeps them.

By public transport they are the register's imported table: no network of roads knows a timetable.
"""

import numpy as np
from numpy.typing import NDArray

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.prepare.network import build
from optimiser.prepare.travel import table
from optimiser.settings import Travel

_REMEDY = "Run 'estate travel build NETWORK', or plan with travel.method: straight_line"


def minutes(
    snapshot: Snapshot, travel: Travel, mode: str, zones: list[str], properties: list[str]
) -> NDArray[np.float64]:
    """Minutes, shape (zones, properties); inf where there is no way, or none within the limit of the build.

    Raises InputError where they were not built, or for other zones and buildings than there are now.
    """
    if mode == "public_transport":
        return table.minutes(snapshot, travel, mode, zones, properties)
    key = f"{build.METHOD} {mode}"
    if key not in snapshot.travel_builds.index:
        raise InputError.of("travel.method", f"the register keeps no minutes by road by {mode}", _REMEDY)
    built = snapshot.travel_builds.loc[key]
    if built["points_version"] != build.points_of(snapshot.zones, snapshot.properties, snapshot.teams).version:
        reason = f"zones or buildings have changed since minutes by {mode} were built on {built['built_on']}"
        raise InputError.of("travel.method", reason, _REMEDY)
    times = snapshot.travel_times
    return table.pairs(times[(times["method"] == build.METHOD) & (times["mode"] == mode)], zones, properties)
