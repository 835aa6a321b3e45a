"""What each body's buildings cost to run, today and after."""

from collections import defaultdict

from maps import words
from maps.charts import Chart, Series
from maps.colours import PALETTE
from maps.pack import findings
from maps.pack.case import Case

ORDER, PAGE = 20, "money"
MOST = 5  # bodies that stand on their own: the rest together, for the page holds the budget too


def build(case: Case) -> Chart:
    """Bars by owner of the building, the dearest first."""
    option = case.main
    owner = option.snapshot.properties["organisation_id"]
    names = option.snapshot.organisations["name"].to_dict()
    cost: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for action in option.plan.properties:
        both = cost[owner[action.property_id]]
        both[0] += action.running_cost_today_gbp_per_year
        both[1] += action.running_cost_after_gbp_per_year
    by_cost = sorted(cost.items(), key=lambda item: (-item[1][0], item[0]))
    rows = [(names.get(key, key), *both) for key, both in by_cost[:MOST]]
    if rest := by_cost[MOST:]:
        rows.append((f"{len(rest):,} others", sum(b[0] for _, b in rest), sum(b[1] for _, b in rest)))
    figures = findings.figures(option)
    title = (
        f"Running costs, with rent: {words.pounds(figures.running_cost_today_gbp_per_year)} a year today,"
        f" {words.pounds(figures.running_cost_after_gbp_per_year)} after"
    )
    bodies, today, after = zip(*rows, strict=True) if rows else ((), (), ())
    return Chart(
        "running-cost", title, "bars", "Owner of the buildings", bodies,
        (Series("Today", today, PALETTE[4]), Series("After", after, PALETTE[0])),
        note="Of the owner’s buildings, whoever works in them: who pays for the space is on page Partners.",
    )  # fmt: skip
