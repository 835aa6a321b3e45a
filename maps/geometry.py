"""British National Grid to the longitudes and latitudes of web maps, small enough for one page."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
import shapely.geometry
from pyproj import Transformer

from estate.geometry_column import BRITISH_NATIONAL_GRID

WGS84 = 4326
DECIMALS = 5  # of a degree: about a metre
MOST_VERTICES = 24_000  # of all zones together, so that a page of 900 zones stays light
TOLERANCES_M = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)

LonLat = tuple[float, float]
Geometry = dict[str, Any]


def points(geometries: Sequence[shapely.Geometry | None]) -> list[LonLat | None]:
    """A point inside each geometry (EPSG:27700) as (longitude, latitude); None where there is none."""
    inside = shapely.point_on_surface(np.array(geometries, dtype=object))
    eastings, northings = shapely.get_x(inside), shapely.get_y(inside)
    longitudes, latitudes = _to_wgs84().transform(eastings, northings)
    return [
        (round(float(x), DECIMALS), round(float(y), DECIMALS)) if np.isfinite(x) and np.isfinite(y) else None
        for x, y in zip(longitudes, latitudes, strict=True)
    ]


def outlines(geometries: Sequence[shapely.Geometry]) -> list[Geometry]:
    """Polygons (EPSG:27700) as GeoJSON geometries in WGS84, their shared edges still shared."""
    simple = _simplify(np.array(geometries, dtype=object))
    degrees = shapely.transform(simple, lambda xy: np.column_stack(_to_wgs84().transform(xy[:, 0], xy[:, 1])))
    return [_rounded(shapely.geometry.mapping(place)) for place in degrees]


def simplified(by_key: Mapping[str, shapely.Geometry]) -> dict[str, Geometry]:
    """Lines or areas that share no edge (EPSG:27700) as GeoJSON geometries in WGS84, as fine as a page needs."""
    if not by_key:
        return {}
    keys, drawn = list(by_key), np.array(list(by_key.values()), dtype=object)
    for tolerance_m in TOLERANCES_M:
        if shapely.get_num_coordinates(drawn).sum() <= MOST_VERTICES:
            break
        drawn = shapely.simplify(drawn, tolerance_m)
    degrees = shapely.transform(drawn, lambda xy: np.column_stack(_to_wgs84().transform(xy[:, 0], xy[:, 1])))
    return {key: _rounded(shapely.geometry.mapping(shape)) for key, shape in zip(keys, degrees, strict=True)}


def bounds(shape: Geometry) -> tuple[float, float, float, float]:
    """West, south, east and north of a GeoJSON geometry, in its own degrees."""
    west, south, east, north = shapely.geometry.shape(shape).bounds
    return west, south, east, north


def point(at: LonLat) -> Geometry:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": list(at)}


def curve(start: LonLat, end: LonLat, points: int, bend: float = 0.15) -> Geometry:
    """A GeoJSON line from start to end that bows to its right, so that there and back do not cover each other.

    `bend` is the bow as a share of the length, `points` how many the line has.
    """
    (x0, y0), (x1, y1) = start, end
    narrow = float(np.cos(np.radians((y0 + y1) / 2)))  # a degree of longitude is shorter than one of latitude
    dx, dy = (x1 - x0) * narrow, y1 - y0
    cx, cy = (x0 + x1) / 2 + 2 * bend * dy / narrow, (y0 + y1) / 2 - 2 * bend * dx
    line = []
    for t in np.linspace(0, 1, points):
        near, middle, far = (1 - t) ** 2, 2 * t * (1 - t), t**2
        x, y = near * x0 + middle * cx + far * x1, near * y0 + middle * cy + far * y1
        line.append([round(float(x), DECIMALS), round(float(y), DECIMALS)])
    return {"type": "LineString", "coordinates": line}


def _to_wgs84() -> Transformer:
    return Transformer.from_crs(BRITISH_NATIONAL_GRID, WGS84, always_xy=True)


def _simplify(zones: Any) -> Any:
    for tolerance_m in TOLERANCES_M:
        if shapely.get_num_coordinates(zones).sum() <= MOST_VERTICES:
            break
        zones = shapely.coverage_simplify(zones, tolerance_m)
    return zones


def _rounded(geometry: Any) -> Geometry:
    return {"type": geometry["type"], "coordinates": _round(geometry["coordinates"])}


def _round(coordinates: Any) -> Any:
    if isinstance(coordinates[0], float):
        return [round(value, DECIMALS) for value in coordinates]
    return [_round(part) for part in coordinates]
