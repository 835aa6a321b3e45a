"""Minutes by ruler, stretched: where no road network or timetable is to hand.

    minutes[z,p] = distance_km[z,p] x circuity / km_per_hour[mode] x 60

The distance runs from the zone's centre to the property's centre on the British National Grid.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from estate.snapshot import Snapshot
from optimiser.prepare.places import centres, zone_centres
from optimiser.settings import Travel


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
