"""Floor areas that are unlikely, or that stand at several parts of one building."""

from collections import defaultdict
from collections.abc import Iterator

from estate.checks import Finding, Rows
from estate.database import Row

NAME = "floor-area-unlikely"
DESCRIPTION = "Buildings whose floor area is very small, very large or repeated"
SMALL_M2, LARGE_M2 = 10.0, 100_000.0


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each building whose area is out of the ordinary, or is that of another of the same holder."""
    same: dict[tuple[str, str, float], list[Row]] = defaultdict(list)
    for row in rows["property"]:
        if row["floor_area_m2"]:
            words = row["name"].replace(",", " ").split()[:2]
            same[row["organisation_id"], " ".join(words), row["floor_area_m2"]].append(row)
    for (_, _, area), alike in same.items():
        if len(alike) > 1:
            yield from (_finding(r, f"{len(alike)} properties with like names have this very area") for r in alike)
        elif not SMALL_M2 <= area <= LARGE_M2:
            yield _finding(alike[0], f"it is outside {SMALL_M2:,.0f} to {LARGE_M2:,.0f} m2")


def _finding(row: Row, reason: str) -> Finding:
    return Finding(
        NAME, "warning", "property", row["id"], row["name"], row["organisation_id"], "floor_area_m2",
        f"{row['floor_area_m2']:,.0f}", reason, "Check the area, and that a whole is not given for each part",
    )  # fmt: skip
