"""Eastings and northings in each other's place."""

from collections.abc import Iterator

import shapely

from estate.checks import Finding, Rows
from estate.locate import Place, outside

NAME = "swapped-coordinates"
DESCRIPTION = "Properties outside all zones that would lie inside with their coordinates swapped"
TOLERANCE_M = 250.0  # boundaries are generalised


def find(rows: Rows) -> Iterator[Finding]:
    """An error for each: there is one reading that fits, and it is not the one recorded."""
    place = Place.of([zone["geometry"] for zone in rows["zone"]], TOLERANCE_M)
    if place is None:
        return
    for row in rows["property"]:
        if outside(row["geometry"], place):
            middle = row["geometry"].centroid
            if place.holds(shapely.Point(middle.y, middle.x)):
                yield Finding(
                    NAME, "error", "property", row["id"], row["name"], row["organisation_id"], "geometry",
                    f"{middle.x:,.0f}, {middle.y:,.0f}",
                    "it lies in the place only if its easting and northing are swapped",
                    "Swap its easting and northing in the source",
                )  # fmt: skip
