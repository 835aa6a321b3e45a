"""Minutes from the register's own travel times, as imported; a pair that is not there is out of reach."""

import numpy as np
from numpy.typing import NDArray

from estate.snapshot import Snapshot
from optimiser.settings import Travel


def minutes(
    snapshot: Snapshot, travel: Travel, mode: str, zones: list[str], properties: list[str]
) -> NDArray[np.float64]:
    """Minutes, shape (zones, properties); inf where the table has no such pair for the mode."""
    rows = {zone: index for index, zone in enumerate(zones)}
    columns = {place: index for index, place in enumerate(properties)}
    times = snapshot.travel_times
    wanted = times[(times["mode"] == mode) & times["zone_id"].isin(rows) & times["property_id"].isin(columns)]
    result = np.full((len(zones), len(properties)), np.inf)
    result[wanted["zone_id"].map(rows), wanted["property_id"].map(columns)] = wanted["minutes"]
    return result
