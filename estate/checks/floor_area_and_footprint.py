"""Floor areas that cannot stand on the outline of their building."""

from collections.abc import Iterator

from estate.checks import Finding, Rows

NAME = "floor-area-and-footprint"
DESCRIPTION = "Buildings with more floor than their outline could carry"
# Few public buildings have more. An outline may be the whole site, so a small share of it says nothing.
MOST_STOREYS = 12


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each: one of floor area and outline is wrong."""
    for row in rows["property"]:
        outline_m2 = row["geometry"].area if row["geometry"] is not None else 0.0
        if outline_m2 and row["floor_area_m2"] and row["floor_area_m2"] > MOST_STOREYS * outline_m2:
            yield Finding(
                NAME, "warning", "property", row["id"], row["name"], row["organisation_id"], "floor_area_m2",
                f"{row['floor_area_m2']:,.0f}",
                f"its outline covers {outline_m2:,.0f} m2, so it would have over {MOST_STOREYS} storeys",
                "Check the floor area (square feet?) and the outline",
            )  # fmt: skip
