"""Coordinates that are those of a whole postcode, or of many properties, and not of one building."""

from collections import defaultdict
from collections.abc import Iterator

from estate.checks import Finding, Rows, Severity
from estate.database import Row

NAME = "shared-point"
DESCRIPTION = "Properties on the centre of their postcode, or on the very point of several others of it"
MANY = 4  # as many with the same coordinates are rarely one place


def find(rows: Rows) -> Iterator[Finding]:
    """A note for a building placed by its postcode; a warning for each of many that stand on one point."""
    standing: dict[tuple[float, float], list[Row]] = defaultdict(list)
    for row in rows["property"]:
        if row["geometry"] is not None and row["geometry"].geom_type == "Point":
            standing[row["geometry"].x, row["geometry"].y].append(row)
    for (x, y), found in standing.items():
        value, crowd = f"{x:,.0f}, {y:,.0f}", len(found) >= MANY and len({row["postcode"] for row in found}) == 1
        for row in found:
            if crowd:
                reason = f"{len(found)} properties of one postcode stand on this very point: it may be its centre"
                yield _finding(row, "warning", value, reason)
            elif row["located_by"] == "postcode" and row["holding"] != "land":
                yield _finding(row, "note", value, "it stands on the centre of its postcode, not where it is")


def _finding(row: Row, severity: Severity, value: str, reason: str) -> Finding:
    return Finding(
        NAME, severity, "property", row["id"], row["name"], row["organisation_id"], "geometry", value, reason,
        "Give the coordinates of the building itself; parts of one site are best joined by a site",
    )  # fmt: skip
