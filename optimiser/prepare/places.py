"""Where things are: centres of properties and zones on the British National Grid, in metres."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray


def centres(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Eastings and northings of the centres of a frame's geometry, shape (rows, 2); NaN without a geometry."""
    points = shapely.centroid(np.array(frame["geometry"].tolist(), dtype=object))
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)]).reshape(-1, 2)


def zone_centres(zones: pd.DataFrame) -> NDArray[np.float64]:
    """Where a zone's people travel from, shape (zones, 2): its given centre, else its centroid."""
    given = zones[["centre_easting_m", "centre_northing_m"]].to_numpy(dtype=float)
    return np.where(np.isnan(given), centres(zones), given)
