"""Properties outside the place that the zones make."""

from collections.abc import Iterator

from estate.checks import Finding, Rows
from estate.locate import Place, outside

NAME = "outside-the-place"
DESCRIPTION = "Properties that lie outside all zones"
TOLERANCE_M = 250.0  # boundaries are generalised


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each."""
    place = Place.of([zone["geometry"] for zone in rows["zone"]], TOLERANCE_M)
    for row in rows["property"]:
        if outside(row["geometry"], place):
            middle = row["geometry"].centroid
            yield Finding(
                NAME, "warning", "property", row["id"], row["name"], row["organisation_id"], "geometry",
                f"{middle.x:,.0f}, {middle.y:,.0f}", "it lies outside the place that the zones make",
                "Check where it is; leave it out of the plan's scope if it serves other people",
            )  # fmt: skip
