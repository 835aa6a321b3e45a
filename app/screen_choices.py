"""Answers that took planning again, on the terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.markup import escape
from rich.table import Table

from app.screen import err, out, pounds
from optimiser.choices.alternatives import Alternatives
from optimiser.choices.base import OnProgress
from optimiser.choices.frontier import Frontier, Point, shown
from optimiser.choices.robustness import Chance, Robustness
from optimiser.choices.rule_prices import RulePrices
from optimiser.explain.ranges import Range, words

_VERDICTS = {
    "impossible": "cannot be otherwise",
    "firm": "firm",
    "close_call": "close call",
    "plan_again": "plan again",
    "not_known": "not known",
}


@contextmanager
def progress(quiet: bool) -> Iterator[OnProgress | None]:
    """A line that says what is planned and how much of it is done; nothing where quiet."""
    if quiet:
        yield None
        return
    with err.status("Planning on from the run ... (Ctrl-C stops, and what is done is kept)") as status:

        def show(doing: str, done: int, of: int) -> None:
            status.update(f"{escape(doing)}: {done:,} of {of:,} plans (Ctrl-C stops, and what is done is kept)")

        yield show


def explained(found: Sequence[dict[str, Any]]) -> None:
    """One paragraph a property; of more than one a table first."""
    if len(found) > 1:
        table = Table("Property", "Plan", "Verdict", "The other way costs more by", box=None, padding=(0, 2, 0, 0))
        for one in found:
            costs = words(Range(**one["other_way_costs"])) if one["outcome"] == "possible" else "-"
            name = f"{one['name']} ({one['property_id']})"
            table.add_row(escape(name), one["action"], _VERDICTS[one["verdict"]], costs)
        out.print(table)
    for one in found:
        out.print(f"\n[bold]{escape(one['name'])}[/bold] ({escape(one['property_id'])})")
        for sentence in one["sentences"]:
            out.print(f"  {sentence}", markup=False, soft_wrap=True)


def rule_prices(found: RulePrices) -> None:
    """Dearest first: what is saved without each rule, and by one step."""
    table = Table("Rule", "Saved without it", "One step", "Saved by the step", box=None, padding=(0, 2, 0, 0))
    for price in found.prices:
        step = "-" if price.by_step is None else words(price.by_step)
        table.add_row(escape(price.rule), words(price.without), escape(price.step) or "-", step)
    out.print(table if found.prices else "The scenario has no rule that could be eased.")
    out.print(
        "Present value over all years. A range is as far as the plans are proven: give more --seconds for less."
    )
    if not found.complete:
        out.print("It was stopped: not every rule has been priced. The same command works them out again.")


def alternatives(found: Alternatives, names: dict[str, str]) -> None:
    """One row a plan, then what each does unlike the best."""
    if not found.alternatives:
        out.print(f"No plan within {found.within:.1%} of the best that does anything else was found in the time.")
        return
    heads = (
        "Plan",
        "Costs more",
        "Unlike the best",
        "Unlike each before",
        "Saving",
        "Receipts",
        "Go",
        "FTE move",
    )
    table = Table(*heads, box=None, padding=(0, 2, 0, 0))
    for one in found.alternatives:
        table.add_row(
            str(one.number),
            f"{pounds(one.dearer_gbp)} ({one.dearer_share:.2%})",
            f"{one.unlike[0]:,} properties",
            ", ".join(map(str, one.unlike[1:])) or "-",
            f"{pounds(one.saving_gbp_per_year)} a year",
            pounds(one.capital_receipts_gbp),
            f"{one.properties_left:,}",
            f"{one.people_moved_fte:,.0f}",
        )
    out.print(table)
    for one in found.alternatives:
        for verb, keys in (("leaves", one.leaves), ("keeps", one.keeps)):
            if keys:
                listed = ", ".join(f"{names.get(key, key)} ({key})" for key in keys)
                out.print(f"Plan {one.number} also {verb} {listed}.", markup=False, soft_wrap=True)
    if len(found.alternatives) < found.wanted:
        out.print(f"No more that is unlike all of them was found in the time ({found.wanted:,} were asked for).")
    always = sum(count == len(found.alternatives) + 1 for count in found.left_in.values())
    ever = sum(count > 0 for count in found.left_in.values())
    out.print(f"{always:,} properties go in every one of these plans, {ever:,} in at least one.")


def frontier(found: Frontier) -> None:
    """One row a point, cheapest first; those that are dominated say by which."""
    heads = (
        "Point",
        "Present cost",
        "Costs more",
        *(name.capitalize() for name in found.axes),
        "Go",
        "Known to be",
    )
    table = Table(*heads, box=None, padding=(0, 2, 0, 0))
    numbers = {point.key: str(number) for number, point in enumerate(found.points, start=1)}
    cheapest = next((p.cost_gbp for p in found.points if p.cost_gbp is not None), 0.0)
    for point in found.points:
        if point.cost_gbp is None:
            asked = "; ".join(f"{name} {shown(name, level)}" for name, level in point.levels.items())
            table.add_row(
                numbers[point.key], "-", "-", *("-" for _ in found.axes), "-", f"{_why(point)} ({asked})"
            )
            continue
        table.add_row(
            numbers[point.key],
            pounds(point.cost_gbp),
            pounds(point.cost_gbp - (cheapest or 0.0)),
            *(shown(name, point.values[name]) for name in found.axes),
            f"{point.properties_left or 0:,}",
            _known(point, numbers),
        )
    out.print(table)
    for note in found.notes:
        out.print(f"{note[0].upper()}{note[1:]}", markup=False, soft_wrap=True)
    for name, unit in found.units.items():
        out.print(f"{name.capitalize()}: {unit}.")
    out.print(
        f"{len(found.efficient):,} of {len(found.points):,} points are worth a choice: no other is as good in all."
    )
    if len(found.points) < found.wanted:
        out.print(
            f"Stopped: {len(found.points):,} of {found.wanted:,} are done and kept. The same command goes on."
        )


def _known(point: Point, numbers: dict[str, str]) -> str:
    if point.same_as:
        return f"the plan of {numbers[point.same_as]}"
    proof = (
        "proven"
        if point.status == "proven"
        else "gap not known"
        if point.gap is None
        else f"within {point.gap:.2%}"
    )
    return f"{proof}; dominated by {numbers[point.dominated_by]}" if point.dominated_by else proof


def _why(point: Point) -> str:
    return "no plan can" if point.status == "infeasible_confirmed" else "no plan was found in the time"


_CHANCES = {
    "no_regret": "go in every plan: no regret",
    "likely": "go in at least four of five plans",
    "close_call": "are close calls",
    "likely_stays": "go in at most one of five plans",
    "stays": "stay in every plan",
}


def robustness(found: Robustness) -> None:
    """How many properties are how sure, then each that is not the same in every plan."""
    beside = f", {found.near_best:,} plans that cost nearly as little" if found.near_best else ""
    out.print(f"Of {found.draws:,} draws{beside} and the plan itself:")
    for verdict, words_of in _CHANCES.items():
        count = sum(one.verdict == verdict for one in found.properties)
        out.print(f"  {count:,} properties {words_of}.")
    table = Table("Property", "Plan", "Goes in", "Of all draws", "", box=None, padding=(0, 2, 0, 0))
    for one in found.properties:
        if one.verdict not in {"no_regret", "stays"}:
            table.add_row(*_chance(one, found))
    if table.row_count:
        out.print(table)
    for driver in found.drivers:
        out.print(f"{driver['name']}: {driver['low']:g} to {driver['high']:g} {driver['unit']}.", markup=False)
    if found.failed:
        out.print(f"For {found.failed:,} draws no plan was found; they do not count.")
    if found.draws + found.failed < found.wanted:
        out.print(f"Stopped: {found.draws + found.failed:,} of {found.wanted:,} draws are done and kept.")


def _chance(one: Chance, found: Robustness) -> tuple[str, ...]:
    return (
        f"{escape(one.name)} ({escape(one.property_id)})",
        "leave" if one.leaves else "keep",
        f"{one.left_in:,} of {found.draws:,}",
        f"{one.low:.0%} to {one.high:.0%}",
        one.verdict.replace("_", " "),
    )
