"""Teams that record more space than the building they are in has."""

from collections.abc import Iterator

from estate.benchmarks import m2_per_unit
from estate.checks import Finding, Rows

NAME = "team-larger-than-property"
DESCRIPTION = "Buildings whose teams together record more space than the floor area"


def find(rows: Rows) -> Iterator[Finding]:
    """An error for each such building: no plan could even leave its teams where they are."""
    used: dict[str, float] = {}
    for team in rows["team"]:
        m2 = (team["space_amount"] or 0.0) * m2_per_unit()[team["space_kind"]]
        used[team["property_id"]] = used.get(team["property_id"], 0.0) + m2
    for row in rows["property"]:
        area = row["floor_area_m2"]
        if area is not None and used.get(row["id"], 0.0) > area:
            yield Finding(
                NAME, "error", "property", row["id"], row["name"], row["organisation_id"], "floor_area_m2",
                f"{area:,.0f}", f"its teams record {used[row['id']]:,.0f} m2 of space",
                "Correct the floor area, the teams' space, or where they work",
            )  # fmt: skip
