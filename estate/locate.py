"""Finds where on the British National Grid a pair of coordinates lies, and mends pairs whose fault is certain.

Degrees are WGS84. Without the Ordnance Survey's OSTN15 grid PROJ converts them by its Helmert transformation,
good to about 5 m. Points are rounded to the centimetre, so that every version of PROJ gives the same register.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pyproj
import shapely

GREAT_BRITAIN_DEGREES = (-8.7, 49.8, 1.8, 60.9)  # west, south, east, north; EPSG's area of use of 27700, rounded
GREAT_BRITAIN_METRES = (0.0, 0.0, 700_000.0, 1_300_000.0)
Kind = Literal["degrees", "metres", ""]


@dataclass(frozen=True)
class Place:
    """The place that a register is about: the union of its zones, a little widened."""

    outline: shapely.Geometry

    @classmethod
    def of(cls, zones: Sequence[shapely.Geometry], tolerance_m: float) -> "Place | None":
        """The place made of `zones` (EPSG:27700) and `tolerance_m` metres round them; None without zones."""
        if not zones:
            return None
        outline = shapely.union_all(list(zones)).buffer(tolerance_m)
        shapely.prepare(outline)
        return cls(outline)

    def holds(self, somewhere: shapely.Geometry) -> bool:
        """Whether any of `somewhere` (EPSG:27700) lies in the place."""
        return bool(shapely.intersects(self.outline, somewhere))


@dataclass(frozen=True)
class Located:
    """Where a pair of coordinates lies.

    `point` is in EPSG:27700, or None where nothing certain can be said. `how` is a value of the register's
    `located_by`: source, mended or none. `reason` and `remedy` say what was odd and what was done, if anything.
    """

    point: shapely.Point | None
    how: Literal["source", "mended", "none"]
    reason: str = ""
    remedy: str = ""


def locate(x: str, y: str, place: Place | None = None, expected: Kind = "") -> Located:
    """Locate the pair (longitude, latitude) or (easting, northing) as a source wrote it.

    `expected` says which of the two the source claims. A pair is mended when as written it cannot be right and
    there is one other reading that can: swapped, or metres for degrees. What is uncertain is not guessed.
    """
    if not x and not y:
        return _nowhere("it has no coordinates")
    try:
        first, second = float(x), float(y)
    except ValueError:
        return _nowhere("its coordinates are not two numbers")
    if first == second == 0:
        return _nowhere("its coordinates are 0 and 0, which stands for a place nobody knows")
    written, swapped, kind = _point(first, second), _point(second, first), _kind(first, second)
    if _fits(written, place):
        return _as_written(written, kind, expected)
    # A latitude can be no longitude in Great Britain; of metres only the place can tell.
    in_place = place is not None and _fits(swapped, place)
    if in_place or (kind == "degrees" and written is None and swapped is not None):
        return Located(swapped, "mended", "its two coordinates are swapped", "They were swapped back")
    if written is None:
        return _nowhere("its coordinates lie outside Great Britain")
    return _as_written(written, kind, expected)


def outside(point: shapely.Geometry | None, place: Place | None) -> bool:
    """Whether a point is known to lie outside the place."""
    return point is not None and place is not None and not place.holds(point)


@cache
def to_national_grid(crs: str = "OGC:CRS84") -> pyproj.Transformer:
    """The conversion from a coordinate reference system to EPSG:27700, in the order x then y."""
    return pyproj.Transformer.from_crs(crs, "EPSG:27700", always_xy=True)


def _nowhere(reason: str) -> Located:
    return Located(None, "none", reason, "Give its coordinates, or import a list of postcodes to place it by")


def _kind(first: float, second: float) -> Kind:
    return "degrees" if abs(first) <= 180 and abs(second) <= 180 else "metres"


def _point(x: float, y: float) -> shapely.Point | None:
    """The point that x and y are in that order, or None where that is not in Great Britain."""
    kind = _kind(x, y)
    west, south, east, north = GREAT_BRITAIN_DEGREES if kind == "degrees" else GREAT_BRITAIN_METRES
    if not (west <= x <= east and south <= y <= north):
        return None
    if kind == "degrees":
        x, y = to_national_grid().transform(x, y)
    return shapely.Point(round(x, 2), round(y, 2))


def _fits(point: shapely.Point | None, place: Place | None) -> bool:
    return point is not None and not outside(point, place)


def _as_written(point: shapely.Point | None, kind: Kind, expected: Kind) -> Located:
    if expected and kind != expected:
        return Located(point, "mended", f"its coordinates are {kind}, not {expected}", f"They were read as {kind}")
    return Located(point, "source")
