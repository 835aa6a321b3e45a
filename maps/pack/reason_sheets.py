"""The sheets of what took planning again: why each property stays or goes, what each rule costs."""

from collections.abc import Sequence
from typing import Any

from maps import words
from maps.pack.sheet import Column, Sheet
from optimiser.choices.alternatives import Alternatives
from optimiser.choices.frontier import Frontier
from optimiser.choices.robustness import Robustness
from optimiser.choices.rule_prices import RulePrices

_VERDICTS = {
    "impossible": "cannot be otherwise", "firm": "firm", "close_call": "close call", "plan_again": "plan again",
    "not_known": "not known",
}  # fmt: skip


def explanations(found: Sequence[dict[str, Any]]) -> list[Sheet]:
    """One row a property, and one a move that was left out. `found` as `Explanation.to_dict` gives it."""
    columns = (
        Column("Id"), Column("Name", width=30), Column("Owner", width=24), Column("Action", width=22),
        Column("Verdict", width=14), Column("The other way", width=10),
        Column("The other way costs more, plan for plan (GBP of present value)", "gbp", 16),
        Column("At least (GBP)", "gbp"), Column("At most (GBP)", "gbp"), Column("Why", width=90),
        Column("Rules that decide", width=50), Column("Stands in the way", width=50),
        Column("Running cost today, with rent (GBP a year)", "gbp"), Column("Receipt (GBP)", "gbp"),
        Column("One-off cost (GBP)", "gbp"), Column("Moves (GBP)", "gbp"),
        Column("Repairs due while kept (GBP)", "gbp"), Column("Some are estimates", width=10),
    )  # fmt: skip
    rows = [
        (
            one["property_id"], one["name"], one["organisation"], words.ACTIONS[one["action"]],
            _VERDICTS[one["verdict"]], one["other_way"], *_range(one["other_way_costs"]),
            " ".join(one["sentences"]),
            "; ".join(one["rules"]), "; ".join(one["conflicts"]),
            one["own"]["running_cost_today_gbp_per_year"], one["own"]["receipt_gbp"],
            one["own"]["one_off_cost_gbp"], one["own"]["moves_gbp"], one["own"]["backlog_gbp"],
            one["own"]["estimated"],
        )
        for one in found
    ]  # fmt: skip
    return [Sheet("Reasons", columns, rows, frozen_columns=2), _moves(found)]


def _moves(found: Sequence[dict[str, Any]]) -> Sheet:
    columns = (
        Column("Property"), Column("Team id"), Column("Team", width=30), Column("To", width=30),
        Column("Year", width=10), Column("Move and fit-out (GBP)", "gbp"),
        Column("The best plan without it costs more (GBP of present value)", "gbp", 18),
        Column("At least (GBP)", "gbp"), Column("At most (GBP)", "gbp"), Column("Stands in the way", width=50),
    )  # fmt: skip
    rows = [
        (
            one["property_id"], move["team_id"], move["team"], move["to"], words.financial_year(move["year"]),
            move["move_gbp"], *_range(move["without"]), "; ".join(move["conflicts"]),
        )
        for one in found
        for move in one["moves"]
    ]  # fmt: skip
    return Sheet("Reasons of moves", columns, rows)


def rule_prices(found: RulePrices) -> Sheet:
    """One row a rule, dearest first."""
    columns = (
        Column("Rule", width=60), Column("Saved without it, plan for plan (GBP of present value)", "gbp", 18),
        Column("At least (GBP)", "gbp"), Column("At most (GBP)", "gbp"), Column("One step", width=34),
        Column("Saved by the step (GBP)", "gbp"), Column("At least (GBP)", "gbp"),
        Column("At most (GBP)", "gbp"), Column("Properties that go without it", width=30),
        Column("Properties kept without it", width=30),
    )  # fmt: skip
    rows = [
        (
            one.rule, one.without.found_gbp, one.without.low_gbp, one.without.high_gbp, one.step,
            *((None,) * 3 if one.by_step is None
              else (one.by_step.found_gbp, one.by_step.low_gbp, one.by_step.high_gbp)),
            ", ".join(one.leave), ", ".join(one.stay),
        )
        for one in found.prices
    ]  # fmt: skip
    return Sheet("Prices of rules", columns, rows)


def frontier(found: Frontier) -> Sheet:
    """One row a point, cheapest first."""
    columns = (
        Column("Point", "whole", 8),
        *(Column(f"Asked: {name} ({found.units[name]})", "any", 18) for name in found.axes),
        *(Column(f"Reached: {name} ({found.units[name]})", "any", 18) for name in found.axes),
        Column("Present cost (GBP)", "gbp"), Column("No plan costs less than (GBP)", "gbp"),
        Column("Gap (share)", "share", 9), Column("Status", width=16), Column("Dominated by point", "whole", 11),
        Column("Same plan as point", "whole", 11), Column("Net present social value (GBP)", "gbp"),
        Column("One-off cost (GBP)", "gbp"), Column("Properties that go", "whole", 11),
        Column("People who move (FTE)", "decimal", 11), Column("Stands in the way", width=50),
        Column("Ids of what is left", width=60),
    )  # fmt: skip
    numbers = {point.key: number for number, point in enumerate(found.points, start=1)}
    rows = [
        (
            numbers[one.key], *(one.levels[name] for name in found.axes),
            *(one.values.get(name) for name in found.axes), one.cost_gbp, one.no_less_than_gbp, one.gap,
            one.status.replace("_", " "), numbers.get(one.dominated_by), numbers.get(one.same_as), one.npsv_gbp,
            one.one_off_cost_gbp, one.properties_left, one.people_moved_fte, "; ".join(one.conflicts),
            ", ".join(one.left),
        )
        for one in found.points
    ]  # fmt: skip
    return Sheet("Frontier", columns, rows)


def robustness(found: Robustness) -> Sheet:
    """One row a property, the surest to go first."""
    columns = (
        Column("Id"), Column("Name", width=32), Column("In the plan", width=10),
        Column(f"Left in draws (of {found.draws:,})", "whole", 12), Column("Left in draws (share)", "share", 10),
        Column("Of all draws at least (95% range)", "share", 14), Column("At most (95% range)", "share", 12),
        Column(f"Left in plans that cost nearly as little (of {found.near_best:,})", "whole", 16),
        Column("Verdict", width=14),
    )  # fmt: skip
    rows = [
        (
            one.property_id, one.name, "leave" if one.leaves else "keep", one.left_in,
            one.left_in / found.draws if found.draws else None, one.low, one.high, one.near_best,
            one.verdict.replace("_", " "),
        )
        for one in found.properties
    ]  # fmt: skip
    return Sheet("Robustness", columns, rows)


def alternatives(found: Alternatives, names: dict[str, str]) -> list[Sheet]:
    """One row a plan; and one a property that is left in any, with how many leave it."""
    columns = (
        Column("Plan", "whole", 8), Column("Present cost (GBP)", "gbp"), Column("More than the best (GBP)", "gbp"),
        Column("More than the best (share)", "share", 11), Column("Properties unlike the best", "whole", 11),
        Column("Saving (GBP a year)", "gbp"), Column("Receipts (GBP)", "gbp"), Column("One-off cost (GBP)", "gbp"),
        Column("Net present social value (GBP)", "gbp"), Column("Properties that go", "whole", 11),
        Column("People who move (FTE)", "decimal", 11), Column("Also leaves", width=50),
        Column("Also keeps", width=50),
    )  # fmt: skip
    rows = [
        (
            one.number, one.cost_gbp, one.dearer_gbp, one.dearer_share, one.unlike[0], one.saving_gbp_per_year,
            one.capital_receipts_gbp, one.one_off_cost_gbp, one.npsv_gbp, one.properties_left,
            one.people_moved_fte, ", ".join(one.leaves), ", ".join(one.keeps),
        )
        for one in found.alternatives
    ]  # fmt: skip
    plans = len(found.alternatives) + 1
    left = sorted(found.left_in.items(), key=lambda item: (-item[1], item[0]))
    of_each = [(key, names.get(key, key), count, count / plans) for key, count in left if count]
    heads = (Column("Id"), Column("Name", width=32), Column("Plans that leave it", "whole", 11),
             Column("Share of the plans", "share", 11))  # fmt: skip
    return [Sheet("Alternatives", columns, rows), Sheet("Left in the alternatives", heads, of_each)]


def _range(found: dict[str, Any]) -> tuple[float | None, ...]:
    return found["found_gbp"], found["low_gbp"], found["high_gbp"]
