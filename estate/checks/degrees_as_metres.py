"""Longitudes and latitudes that stand where metres belong."""

from collections.abc import Iterator

from estate.checks import Finding, Rows

NAME = "degrees-as-metres"
DESCRIPTION = "Places whose metres on the National Grid are degrees"


def find(rows: Rows) -> Iterator[Finding]:
    """An error for each: as metres it lies in the sea south-west of Cornwall, far from everybody."""
    for row in rows["property"]:
        if row["geometry"] is None or row["geometry"].is_empty:
            continue
        west, south, east, north = row["geometry"].bounds
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
            yield Finding(
                NAME, "error", "property", row["id"], row["name"], row["organisation_id"], "geometry",
                f"{west:g}, {south:g}", "its eastings and northings are degrees",
                "Convert it to the British National Grid (EPSG:27700) and import it again",
            )  # fmt: skip
