"""Minutes by ruler, stretched: where no road network or timetable is to hand.

    minutes[z,p] = distance_km[z,p] x circuity / km_per_hour[mode] x 60

The distance runs from the zone's centre to the property's centre on the British National Grid.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from estate.snapshot import Snapshot
from optimiser.prepare.places import centres, zone_centres
from optimiser.settings import Travel

_ORIGINS_AT_ONCE = 1_000
Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def minutes(
    snapshot: Snapshot, travel: Travel, mode: str, zones: list[str], properties: list[str]
) -> NDArray[np.float64]:
    """Minutes, shape (zones, properties); inf to a property without a place."""
    origins = zone_centres(snapshot.zones.loc[zones])
    targets = centres(snapshot.properties.loc[properties])
    if not len(origins) or not len(targets):
        return np.empty((len(origins), len(targets)))
    metres = cdist(origins, np.nan_to_num(targets))
    result: NDArray[np.float64] = metres / 1000 * travel.circuity / travel.km_per_hour(mode) * 60
    result[:, np.isnan(targets[:, 0])] = np.inf
    return result


def pairs_within(
    origins: NDArray[np.float64], targets: NDArray[np.float64], minutes_per_m: float, limit_minutes: float
) -> Iterator[Pairs]:
    """Rows of origins, rows of targets and minutes of the pairs within the limit, some at a time.

    Points (n, 2) in metres; those without a place are in no pair. For whole countries, where a table of all pairs
    would not fit in memory.
    """
    placed = [np.flatnonzero(~np.isnan(points).any(axis=1)) for points in (origins, targets)]
    if not all(map(len, placed)):
        return
    starts = placed[0][np.lexsort(np.floor(origins[placed[0]] / 20_000).T)]  # those near each other together
    tree = cKDTree(targets[placed[1]])
    for first in range(0, len(starts), _ORIGINS_AT_ONCE):
        some = starts[first : first + _ORIGINS_AT_ONCE]
        if np.isinf(limit_minutes):
            metres = cdist(origins[some], targets[placed[1]])
            rows, columns = np.indices(metres.shape).reshape(2, -1)
            yield some[rows], placed[1][columns], metres.ravel() * minutes_per_m
        else:
            found = cKDTree(origins[some]).sparse_distance_matrix(
                tree, limit_minutes / minutes_per_m, output_type="ndarray"
            )
            yield some[found["i"]], placed[1][found["j"]], found["v"] * minutes_per_m
