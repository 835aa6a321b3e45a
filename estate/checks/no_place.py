"""Properties that nobody can find on a map."""

from collections.abc import Iterator

from estate.checks import Finding, Rows, Severity

NAME = "no-place"
DESCRIPTION = "Properties without coordinates"


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for a building, which can serve no one in a plan; a note for land."""
    for row in rows["property"]:
        if row["geometry"] is None:
            severity: Severity = "note" if row["holding"] == "land" else "warning"
            yield Finding(
                NAME, severity, "property", row["id"], row["name"], row["organisation_id"], "geometry", "",
                "it has no place on the map, so nobody can be counted as within its reach",
                "Give its coordinates or its full postcode",
            )  # fmt: skip
