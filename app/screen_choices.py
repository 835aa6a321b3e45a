"""Answers that took planning again, on the terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.markup import escape
from rich.table import Table

from app.screen import err, out
from optimiser.choices.base import OnProgress
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
