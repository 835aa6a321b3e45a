"""How pages and files say money, shares and how good a plan is proven to be."""

import math

from optimiser.plan import Plan
from optimiser.settings import WAYS

ACTIONS = {
    "leave": "Leave",
    "host": "Keep and take in teams",
    "keep": "Keep",
    "outside": "Not decided by this plan",
}
GROUPS = {
    "everybody": "Everybody",
    "most_deprived_fifth": "Most deprived fifth of zones",
    "over_65s": "People of 65 and over",
    "no_car": "Households without a car",
}


def pounds(gbp: float | None) -> str:
    """Whole pounds below a million, and three figures above: £234,000, £2.34 million. None is 'not known'."""
    if gbp is None:
        return "not known"
    sign, size = ("−" if round(gbp) < 0 else ""), abs(gbp)
    if size >= 999_950_000:
        return f"{sign}£{size / 1e9:,.2f} billion"
    if size >= 999_999.5:
        return f"{sign}£{size / 1e6:,.{2 if size < 9_995_000 else 1}f} million"
    return f"{sign}£{size:,.0f}"


def financial_year(year: int | None) -> str:
    """2026 is 2026/27."""
    return "" if year is None else f"{year}/{(year + 1) % 100:02d}"


def paid_back(year: int | None, is_ever_short: bool) -> str:
    """From when on what was spent is back: 2029/30; or that it is not, or that it never was out of pocket.

    >>> paid_back(2029, True), paid_back(None, True), paid_back(None, False)
    ('2029/30', 'not within the years', 'never out of pocket')
    """
    return financial_year(year) or ("not within the years" if is_ever_short else "never out of pocket")


def standard(minutes: float, mode: str, or_minutes: dict[str, float]) -> str:
    """20 minutes by car or 30 minutes on foot."""
    limits = {mode: minutes, **or_minutes}
    return " or ".join(f"{limit:g} minutes {WAYS.get(way, way)}" for way, limit in limits.items())


def way(mode: str, by_line: bool) -> str:
    """How a zone's people go: on foot; by car in a straight line, where they are off the roads."""
    return f"{WAYS.get(mode, mode)}{' in a straight line, off the road network' if by_line else ''}"


def share(value: float) -> str:
    """A share of 0 to 1 as a percentage to one decimal. Never rounded up to 100 %."""
    shown = f"{value:.1%}"
    return "99.9%" if shown == "100.0%" and value < 1 else shown.replace(".0%", "%")


def at_most(gap: float) -> str:
    """A gap as a percentage to one decimal, rounded up: nobody is promised more than was proven."""
    return f"{math.ceil(gap * 1000 - 1e-9) / 10:g}%"


def proof(plan: Plan) -> str:
    """One honest sentence on how good the plan is known to be."""
    took = f"{plan.seconds:,.0f} s" if plan.seconds >= 1 else "less than 1 s"
    if plan.status == "infeasible_confirmed":
        return "No plan can keep all the rules that were asked for."
    if plan.status == "no_plan_found":
        return f"No plan better than today was found in {took}."
    if plan.status == "failed":
        return "The planner or its checker failed. Do not use these figures."
    if plan.status == "proven":
        return "Proven to be the best possible plan for this scenario."
    if plan.gap is None:
        return f"Best plan found in {took}. How much better a plan could be is not known."
    most = at_most(plan.gap)
    if plan.status == "within_gap":
        return f"Proven within {most} of the best possible plan for this scenario."
    return f"Best plan found in {took}. The best possible could cost up to {most} less."
