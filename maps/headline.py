"""The figures a board reads first."""

from dataclasses import dataclass

from maps import words
from optimiser.plan import Plan


@dataclass(frozen=True)
class Headline:
    """One figure: what it is, its value, and what it is made of."""

    name: str
    value: str
    detail: str


def of(plan: Plan) -> tuple[Headline, ...]:
    """The headline figures; none for a scenario without a plan."""
    figures = plan.figures
    if figures is None:
        return ()
    before = words.pounds(figures.running_cost_today_gbp_per_year)
    after = words.pounds(figures.running_cost_after_gbp_per_year)
    sold = sum(action.sold for action in plan.properties)
    return (
        Headline(
            "Saving a year", words.pounds(figures.saving_gbp_per_year), f"running cost from {before} to {after}"
        ),
        Headline("Receipts from sales", words.pounds(figures.capital_receipts_gbp), f"from {sold:,} sold"),
        Headline("One-off cost", words.pounds(figures.one_off_cost_gbp), "to move, fit out, leave and sell"),
        Headline(
            "Net present social value", words.pounds(figures.npsv_gbp), "against keeping today's estate as it is"
        ),
        Headline("Properties that go", f"{figures.properties_left:,}", f"of {figures.properties_today:,} today"),
        Headline("People who move", f"{figures.people_moved:,.0f}", "full-time equivalents"),
    )
