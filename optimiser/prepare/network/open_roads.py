"""Roads from OS Open Roads (GeoPackage, layer road_link).

It says neither which streets are one-way nor where footpaths run: every road is open both ways, and to everybody
but on motorways; people on foot go along roads alone.
"""

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from estate.importers._gpkg import connected, shape_of
from optimiser.prepare.network.roads import MODES, Flags, Roads
from optimiser.prepare.network.speeds import road_speeds

_NO_CARS = {"Restricted Local Access Road"}
_NOBODY = {"Guided Busway"}
_MAX_SECONDS = 600.0
_GEOMETRY = "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = 'road_link'"
_LINKS = "SELECT r.{}, r.road_function, r.form_of_way, r.trunk_road FROM road_link r"
_TRUE = {"1", "true"}


def read(path: Path, box: tuple[float, float, float, float] | None = None) -> Roads:
    """The roads of the file; with a box (west, south, east, north, m) those that reach into it.

    Raises sqlite3.Error or ValueError for a file that is damaged or is not OS Open Roads.
    """
    lines, classes, cars = [], [], []
    with connected(path, _MAX_SECONDS) as connection:
        found = connection.execute(_GEOMETRY).fetchone()
        if not found or not str(found[0]).isidentifier():
            raise ValueError("it has no layer road_link")
        for blob, function, form, is_trunk in connection.execute(_LINKS.format(found[0])):
            road_class = _class(str(function), str(form), str(is_trunk).lower() in _TRUE)
            line = shape_of(blob) if road_class else None
            if line is None or line.is_empty or line.geom_type != "LineString" or not _reaches(line, box):
                continue
            lines.append(line)
            classes.append(road_class)
            cars.append(function not in _NO_CARS)
    points, refs, starts = _joined(lines)
    named = np.array(classes, dtype=object)
    open_to = {mode: _surfaced(named, mode) for mode in MODES}
    open_to["car"] = open_to["car"] & np.array(cars, dtype=bool)
    nothing = np.full(len(lines), np.nan)
    return Roads(
        points, refs, starts, named, nothing, nothing, open_to, open_to,
        {mode: np.zeros(len(points), dtype=bool) for mode in MODES},
    )  # fmt: skip


def _class(function: str, form: str, is_trunk: bool) -> str:
    if form in _NOBODY:
        return ""
    if form == "Slip Road":
        return "slip_road"
    if is_trunk and function != "Motorway":
        return "trunk"
    return _CLASSES.get(function, "unclassified")


def _surfaced(classes: NDArray[np.object_], mode: str) -> Flags:
    speeds = [road_speeds()[name].km_per_hour(mode, built_up=True) for name in classes]
    known: Flags = ~np.isnan(np.array(speeds, dtype=float))
    return known


def _reaches(line: shapely.LineString, box: tuple[float, float, float, float] | None) -> bool:
    if box is None:
        return True
    west, south, east, north = line.bounds
    return bool(west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1])


def _joined(lines: list[shapely.LineString]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Points, the points of each line and where each begins: lines meet at their ends alone, for roads may cross
    on a bridge."""
    coordinates, of_line = shapely.get_coordinates(lines, return_index=True)
    starts = np.searchsorted(of_line, np.arange(len(lines) + 1))
    ends = np.zeros(len(coordinates), dtype=bool)
    ends[starts[:-1]] = ends[starts[1:] - 1] = True
    centimetres = np.round(coordinates[ends] * 100).astype(np.int64)
    known, number = np.unique(centimetres, axis=0, return_inverse=True)
    refs = np.empty(len(coordinates), dtype=np.int64)
    refs[ends] = number.ravel()
    refs[~ends] = len(known) + np.arange(int((~ends).sum()))
    return np.vstack([known / 100, coordinates[~ends]]).reshape(-1, 2), refs, starts.astype(np.int64)


_CLASSES = {word: name for name, speed in road_speeds().items() for word in speed.open_roads}
