"""Running costs a square metre outside what is usual for the use."""

from collections import defaultdict
from collections.abc import Iterator

from estate.benchmarks import benchmark
from estate.checks import Finding, Rows

NAME = "cost-unusual"
DESCRIPTION = "Buildings whose recorded running cost a m2 is far from the benchmark of their use"
FACTOR = 4.0  # times the benchmark, either way: benchmarks are rough, and so is this


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each building with a recorded floor area and cost."""
    costs: dict[str, float] = defaultdict(float)
    for cost in rows["running_cost"]:
        costs[cost["property_id"]] += cost["gbp_per_year"]
    for row in rows["property"]:
        area = row["floor_area_m2"]
        if not area or row["id"] not in costs or row["holding"] == "land" or row["status"] != "operational":
            continue
        each, usual = costs[row["id"]] / area, sum(benchmark(row["use"]).costs_gbp_per_m2.values())
        if not usual / FACTOR <= each <= usual * FACTOR:
            use = (row["use"] or "other").replace("_", " ")
            yield Finding(
                NAME, "warning", "property", row["id"], row["name"], row["organisation_id"], "gbp_per_year",
                f"{costs[row['id']]:,.0f}",
                f"it costs £{each:,.0f} a m2 a year, and about £{usual:,.0f} is usual for use {use}"
                f" (named where they differ by a factor above {FACTOR:g})",
                "Check the cost, the floor area and the use; a year's part is no year, and pence are no pounds",
            )  # fmt: skip
