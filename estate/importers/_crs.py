"""Coordinate reference systems: which one a file names, and the way from it to the British National Grid."""

import re

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from estate.importers._source import Source
from estate.locate import to_national_grid

BRITISH_NATIONAL_GRID = "EPSG:27700"
WGS84 = "OGC:CRS84"
FARTHEST_M = 1e8  # more than twice round the earth; far beyond it an area is no number
_CRS = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[\d.]*:)?(\d+|CRS84)", re.IGNORECASE)


def crs_of(source: Source, name: object) -> str:
    """The code, such as EPSG:27700, that a file's name for a CRS means. Raises InputError where it means none."""
    found = _CRS.fullmatch(str(name))
    # Only codes: PROJ would read files that other kinds of text name.
    code = f"{found[1].upper()}:{found[2].upper()}" if found else ""
    try:
        pyproj.CRS.from_user_input(code)
    except pyproj.exceptions.CRSError:
        remedy = "Export it in WGS84 (EPSG:4326) or on the British National Grid (EPSG:27700)"
        raise source.error(f"its coordinate reference system {name!s:.80} is not known", remedy) from None
    return code


def onto_grid(shape: shapely.Geometry, crs: str) -> shapely.Geometry:
    """A shape in EPSG:27700 without heights, rounded to the centimetre. It need not be valid.

    Raises ValueError for one that is nowhere on earth.
    """
    transformer = to_national_grid(crs)

    def moved(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])), 2)

    return on_earth(shapely.transform(shapely.force_2d(shape), moved))


def on_earth(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape, given in metres. Raises ValueError where a coordinate of it is endless or no number."""
    if not np.all(np.abs(shapely.get_coordinates(shape)) <= FARTHEST_M):
        raise ValueError("its place is nowhere on earth")
    return shape
