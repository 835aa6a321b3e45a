"""An explanation in short sentences, for a committee that has not seen the model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from optimiser.explain.ranges import Range, pounds, words
from optimiser.scenario import Scenario

if TYPE_CHECKING:
    from optimiser.choices.why import Explanation

# What boards call some of the costs.
_COSTS = {
    "residual_value": "value still held at the end",
    "receipts": "receipts from sales",
    "void_cost": "cost of standing empty",
    "fit_out": "fitting out",
    "exit_cost": "cost of leaving leases",
    "disposal_cost": "costs of sale",
    "move_cost": "moves",
    "backlog_maintenance": "repairs",
    "carbon_value": "value of carbon",
}
_LARGE = 0.05  # of the largest part of a difference: smaller parts are left out
_SHOWN = 4  # of a long list, before the rest are only counted


def sentences(one: "Explanation", scenario: Scenario) -> tuple[str, ...]:
    """What happens, why, what the other way costs, which rules decide, and what each move is worth."""
    return (*_happens(one), *_money(one), *_other_way(one, sum(scenario.phases.years)), *_rules(one), *_moves(one))


def _happens(one: "Explanation") -> Iterator[str]:
    does = {
        "leave": "leaves",
        "keep": "keeps",
        "host": "keeps, and moves teams into,",
    }[one.action]
    yield f"The plan {does} {one.name} ({one.organisation})."
    if one.pinned:
        yield "The scenario asks for that: it is pinned."
    if one.sold_with:
        yield f"It stands on one site with {listed(one.sold_with)}: the land is only sold once all of it is left."


def _money(one: "Explanation") -> Iterator[str]:
    own = one.own
    rent = f", rent of {pounds(own.rent_gbp_per_year)} among it" if own.rent_gbp_per_year else ""
    yield f"It costs {pounds(own.running_cost_today_gbp_per_year)} a year to run{rent}."
    if one.action == "leave":
        if own.receipt_gbp:
            yield f"Its sale is expected to bring {pounds(own.receipt_gbp)}, before the costs of sale."
        if own.one_off_cost_gbp:
            yield f"Leaving it costs {pounds(own.one_off_cost_gbp)} once."
    elif own.backlog_gbp:
        yield f"Keeping it means repairs of {pounds(own.backlog_gbp)} that fall due."
    if own.people_moved_fte:
        where = "out of it" if one.action == "leave" else "into or out of it"
        yield f"{own.people_moved_fte:,.0f} people (FTE) move {where}, which costs {pounds(own.moves_gbp)} once."
    if own.estimated:
        yield "Some of these figures are benchmark estimates, not records."


def _other_way(one: "Explanation", years: int) -> Iterator[str]:
    verb = {"keep": "keeps", "leave": "leaves"}[one.other_way]
    if one.outcome == "impossible":
        yield f"No plan {verb} it and keeps to the rules. What stands in the way: {listed(one.conflicts)}."
        return
    if one.outcome == "not_known":
        yield f"No plan that {verb} it was found in the time. That one exists is neither proven nor ruled out."
        return
    yield _costs(one.other_way_costs, f"The best plan that {verb} it", years)
    yield from _made_of(one.made_of)
    if one.instead:
        yield f"That plan also {listed(one.instead)}."
    if one.verdict == "close_call":
        yield "This is a close call: other reasons may decide it."
    if one.verdict == "plan_again":
        yield f"Planning for longer found that, so plan again before it is decided that the plan {_does(one)} it."


def _made_of(costs: dict[str, float]) -> Iterator[str]:
    """Which costs make the difference of the two plans found, large ones only."""
    least = _LARGE * max((abs(gbp) for gbp in costs.values()), default=0.0)
    large = [(cost, gbp) for cost, gbp in costs.items() if abs(gbp) >= max(least, 500.0)]
    said = tuple(
        f"{_COSTS.get(cost, cost.replace('_', ' '))} {pounds(abs(gbp))} {'worse' if gbp > 0 else 'better'}"
        for cost, gbp in large
    )
    if said:
        yield f"That is, between the two plans found: {listed(said, most=len(said))}."


def _does(one: "Explanation") -> str:
    return "leaves" if one.action == "leave" else "keeps"


def _costs(found: Range, what: str, years: int) -> str:
    """What is proven of a difference, over the years and for good."""
    over = f" over {years} years (present value)"
    low, high = found.low_gbp, found.high_gbp
    if low is not None and high is not None and low < 0:
        if high <= 0:
            return f"{what} costs {words(Range(None, -high, -low))} less{over}."
        if found.proven:
            return f"{what} costs about the same{over}."
        return f"{what} costs between {pounds(-low, up=True)} less and {pounds(high, up=True)} more{over}."
    return f"{what} costs {words(found)} more{over}."


def _rules(one: "Explanation") -> Iterator[str]:
    verb = "keep" if one.other_way == "keep" else "leave"
    for rule in one.rules:
        yield f"A rule decides it. Without this one the best plan found would {verb} it: {rule}."


def _moves(one: "Explanation") -> Iterator[str]:
    for move in one.moves:
        if move.conflicts:
            against = listed(move.conflicts)
            yield f"{move.team} must move to {move.to}. If it stayed, this could not hold: {against}."
            continue
        cost = _costs(move.without, f"If {move.team} did not move to {move.to}, the best plan", 0)
        yield cost.replace("the best plan costs", "the best plan would cost").replace(" over 0 years", "")


def listed(items: tuple[str, ...], most: int = _SHOWN) -> str:
    """A, B and C; of a long list the first few and how many more.

    >>> listed(("A", "B", "C")), listed(("A",)), listed(())
    ('A, B and C', 'A', 'nothing')
    """
    shown = list(items[:most])
    if len(items) > most:
        shown.append(f"{len(items) - most:,} more")
    if not shown:
        return "nothing"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
