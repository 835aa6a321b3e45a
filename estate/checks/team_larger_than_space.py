"""Teams that record more of a kind of space than their building records."""

from collections import defaultdict
from collections.abc import Iterator

from estate.checks import Finding, Rows

NAME = "team-larger-than-space"
DESCRIPTION = "Buildings whose teams together record more of a kind of space than the building has"


def find(rows: Rows) -> Iterator[Finding]:
    """An error for each kind: no plan could even leave the teams where they are."""
    held: dict[tuple[str, str], float] = defaultdict(float)
    used: dict[tuple[str, str], float] = defaultdict(float)
    for space in rows["space"]:
        held[space["property_id"], space["kind"]] += space["amount"]
    for team in rows["team"]:
        used[team["property_id"], team["space_kind"]] += team["space_amount"] or 0.0
    places = {row["id"]: row for row in rows["property"]}
    for (key, kind), amount in held.items():
        if used[key, kind] > amount:
            row, unit = places[key], "desks" if kind == "desks" else f"m2 of {kind}"
            yield Finding(
                NAME, "error", "property", row["id"], row["name"], row["organisation_id"], kind, f"{amount:,.0f}",
                f"its teams record {used[key, kind]:,.0f} {unit} and the building {amount:,.0f}",
                "Correct the building's space, the teams' space, or where they work",
            )  # fmt: skip
