"""Properties that share one Unique Property Reference Number."""

from collections import Counter
from collections.abc import Iterator

from estate.checks import Finding, Rows

NAME = "shared-uprn"
DESCRIPTION = "Several properties with the same UPRN"


def find(rows: Rows) -> Iterator[Finding]:
    """A note for each: parts of one building may share a number, but so does a building that is listed twice."""
    held = Counter(row["uprn"] for row in rows["property"] if row["uprn"])
    for row in rows["property"]:
        if held[row["uprn"]] > 1:
            yield Finding(
                NAME, "note", "property", row["id"], row["name"], row["organisation_id"], "uprn", row["uprn"],
                f"{held[row['uprn']]} properties have this UPRN",
                "Check that none of them is listed twice; join parts that are sold as one by a site",
            )  # fmt: skip
