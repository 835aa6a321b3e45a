"""Minutes from the register's own travel times, as imported; a pair that is not there is out of reach."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.settings import WAYS, Travel


def minutes(
    snapshot: Snapshot, travel: Travel, mode: str, zones: list[str], properties: list[str]
) -> NDArray[np.float64]:
    """Minutes, shape (zones, properties); inf where the table has no such pair for the mode.

    Raises InputError where it has none at all: nobody would be within reach of anything, today or after.
    """
    times = snapshot.travel_times
    times = times[(times["mode"] == mode) & (times["method"] != "road_network")]
    if times.empty:
        remedy = f"Import a table of them: 'estate import minutes.csv --mode {mode}'"
        raise InputError.of("travel.method", f"the register keeps no table of minutes {WAYS[mode]}", remedy)
    return pairs(times, zones, properties)


def pairs(times: pd.DataFrame, zones: list[str], properties: list[str]) -> NDArray[np.float64]:
    """Rows of travel times as an array, shape (zones, properties); inf where there is no row."""
    rows = {zone: index for index, zone in enumerate(zones)}
    columns = {place: index for index, place in enumerate(properties)}
    wanted = times[times["zone_id"].isin(rows) & times["property_id"].isin(columns)]
    result = np.full((len(zones), len(properties)), np.inf)
    result[wanted["zone_id"].map(rows), wanted["property_id"].map(columns)] = wanted["minutes"]
    return result
