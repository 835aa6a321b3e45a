"""Roads as a source draws them: lines through points, and who may go along them which way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MODES = ("car", "bicycle", "foot")
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Roads:
    """Ways one after another; the way w goes through the points `refs[starts[w]:starts[w + 1]]`."""

    points: NDArray[np.float64]  # (points, 2), EPSG:27700, m; ways that share a point meet there
    refs: NDArray[np.int64]
    starts: NDArray[np.int64]  # (ways + 1,)
    road_class: NDArray[np.object_]  # (ways,), a class of data/rates/road_speeds.csv
    limit_km_per_hour: NDArray[np.float64]  # (ways,), as signposted; NaN where the source does not say
    whole_minutes: NDArray[np.float64]  # (ways,), of a ferry whose crossing the source gives; NaN elsewhere
    forward: dict[str, Flags]  # by mode, (ways,): whether it may go as the way is drawn
    backward: dict[str, Flags]
    blocked: dict[str, Flags]  # by mode, (points,): whether a barrier stands there

    @property
    def ways(self) -> int:
        """How many ways there are."""
        return len(self.starts) - 1
