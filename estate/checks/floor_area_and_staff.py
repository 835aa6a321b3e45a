"""Floor areas that do not go with the people who work there."""

from collections import defaultdict
from collections.abc import Iterator

from estate.benchmarks import benchmark
from estate.checks import Finding, Rows, Severity

NAME = "floor-area-and-staff"
DESCRIPTION = "Buildings with far less or far more floor for each person than is usual for their use"
FACTOR = 5.0  # times the benchmark's floor area for each person, either way
FEWEST_M2 = 500.0  # a small building with one person at a desk is ordinary


def find(rows: Rows) -> Iterator[Finding]:
    """For buildings whose recorded people all have a number: too little room is a warning, too much a note."""
    people: dict[str, list[float | None]] = defaultdict(list)
    for team in rows["team"]:
        people[team["property_id"]].append(team["fte"])
    for row in rows["property"]:
        known, area = [fte for fte in people[row["id"]] if fte is not None], row["floor_area_m2"]
        if not area or not sum(known) or len(known) < len(people[row["id"]]):
            continue
        each, usual = area / sum(known), benchmark(row["use"]).m2_per_fte
        crowded = each < usual / FACTOR
        severity: Severity = "warning" if crowded else "note"
        if crowded or (each > usual * FACTOR and area >= FEWEST_M2):
            yield Finding(
                NAME, severity, "property", row["id"], row["name"], row["organisation_id"], "floor_area_m2",
                f"{area:,.0f}",
                f"{sum(known):,.0f} FTE work there: {each:,.1f} m2 each, and {usual:,.0f} m2 is usual for its use",
                "Check the floor area, and that all the people there are recorded once",
            )  # fmt: skip
