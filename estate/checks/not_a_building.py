"""Things that some registers list among buildings: art, regalia, benches."""

from collections.abc import Iterator

from estate.checks import Finding, Rows
from estate.uses import not_a_building

NAME = "not-a-building"
DESCRIPTION = "Entries that look like art, regalia or street furniture"


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each, by the words of data/uses/not_a_building.csv."""
    for row in rows["property"]:
        if words := not_a_building(row["name"]):
            yield Finding(
                NAME, "warning", "property", row["id"], row["name"], row["organisation_id"], "name", words,
                "it does not look like a building or land", "Leave it out of the plan's scope",
            )  # fmt: skip
