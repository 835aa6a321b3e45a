"""Minutes by public transport from timetables (GTFS) over the streets of an OpenStreetMap extract, by r5py.

r5py is an extra: it runs R5 in Java and downloads its archive itself the first time, which not every place allows.
Without it minutes by public transport come in as a table from any other program.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from estate.problems import InputError

MODE = "public_transport"
_REMEDY = (
    "Install it (pip install 'estate-optimiser[timetables]', with Java 21), or bring a table of minutes in:"
    " 'estate import minutes.csv --mode public_transport'"
)


def minutes(
    streets: Path,
    timetables: Sequence[Path],
    departure: datetime,
    zones: tuple[Sequence[str], NDArray[np.float64]],
    places: tuple[Sequence[str], NDArray[np.float64]],
) -> pd.DataFrame:
    """Minutes door to door at the median of departures within an hour of `departure`.

    `zones` and `places` are ids and points (n, 2) in EPSG:27700; those without a place are left out. Gives columns
    from_id, to_id and travel_time, pairs with a way only. Raises InputError where r5py is missing or cannot run.
    """
    r5py = _r5py()
    try:
        network = r5py.TransportNetwork(str(streets), [str(path) for path in timetables])
        found = r5py.TravelTimeMatrix(
            network,
            origins=_points(*zones),
            destinations=_points(*places),
            departure=departure,
            transport_modes=[r5py.TransportMode.TRANSIT, r5py.TransportMode.WALK],
        )
    except Exception as fault:  # what Java raises has no common class here
        first = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise InputError.of(streets.name, f"r5py cannot find minutes with it ({first})", _REMEDY) from fault
    return pd.DataFrame(found).dropna(subset=["travel_time"])


def _r5py() -> Any:
    try:
        import r5py
    except ImportError:
        raise InputError.of("--gtfs", "r5py, which reads timetables, is not installed here", _REMEDY) from None
    except Exception as fault:  # it starts Java as it is imported
        raise InputError.of("--gtfs", f"r5py cannot start ({type(fault).__name__})", _REMEDY) from fault
    return r5py


def _points(ids: Sequence[str], points: NDArray[np.float64]) -> gpd.GeoDataFrame:
    placed = ~np.isnan(points).any(axis=1)
    held = gpd.GeoDataFrame(
        {"id": np.array(ids, dtype=object)[placed]}, geometry=shapely.points(points[placed]), crs="EPSG:27700"
    )
    return held.to_crs("EPSG:4326")
