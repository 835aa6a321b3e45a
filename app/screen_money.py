"""What people read on the terminal of a plan's appraisal."""

from collections.abc import Callable

from rich.markup import escape
from rich.table import Table

from app.screen import out, pounds
from maps.words import financial_year
from optimiser.appraise.business_case import Against, BusinessCase, OptionCase


def business_case(case: BusinessCase, name: str) -> None:
    """The options side by side, how the appraisal comes from the plan's own figure, and what to know."""
    out.print(f"\n[bold]{escape(name)}[/bold]  appraised over {case.horizon_years} years")
    out.print(_options(case))
    out.print(_lines(case))
    out.print(_bridge(case))
    for option in case.options:
        out.print(f"[dim]{escape(option.name)}: {escape(option.about)}[/dim]")
        for rule in option.breaks:
            out.print(f"[dim]  It breaks a rule: {escape(rule)}[/dim]")
    for note in case.notes:
        out.print(f"[dim]{escape(note)}[/dim]")


_AGAINST: tuple[tuple[str, Callable[[Against], str]], ...] = (
    ("Net present social value", lambda one: pounds(one.npsv_gbp)),
    ("Net present value, public bodies' cash", lambda one: pounds(one.npv_gbp)),
    ("Benefits, present value", lambda one: pounds(one.benefits_gbp)),
    ("Costs of getting there, present value", lambda one: pounds(one.costs_gbp)),
    ("Benefit-cost ratio", lambda one: _ratio(one.benefit_cost_ratio)),
    ("Cash gained for each pound spent", lambda one: _ratio(one.return_on_investment)),
    ("Paid back from", lambda one: financial_year(one.payback_year) or "-"),
    ("Saving a year in the end", lambda one: pounds(one.saving_gbp_per_year)),
    ("Spent to get there, not discounted", lambda one: pounds(one.one_off_gbp)),
    ("Of the social value: cashable", lambda one: pounds(one.cashable_gbp)),
    ("  not cashable", lambda one: pounds(one.non_cashable_gbp)),
)
_OF_EACH: tuple[tuple[str, Callable[[OptionCase], str]], ...] = (
    ("Present cost of the estate", lambda one: pounds(one.present_cost_gbp)),
    ("Whole-life cost, receipts left out", lambda one: pounds(one.whole_life_cost_gbp)),
    ("  a m2 held, a year", lambda one: _pounds_or_dash(one.whole_life_cost_gbp_per_m2_per_year)),
    ("  a person (FTE), a year", lambda one: _pounds_or_dash(one.whole_life_cost_gbp_per_fte_per_year)),
    ("Properties left", lambda one: f"{one.properties_left:,}"),
    ("People moved (FTE)", lambda one: f"{one.people_moved:,.0f}"),
)


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _pounds_or_dash(gbp: float | None) -> str:
    return "-" if gbp is None else pounds(gbp)


def _options(case: BusinessCase) -> Table:
    table = _table(case, "Against business as usual")
    for name, say in _AGAINST:
        table.add_row(name, *("-" if option.against is None else say(option.against) for option in case.options))
    table.add_section()
    for name, tell in _OF_EACH:
        table.add_row(name, *(tell(option) for option in case.options))
    return table


def _lines(case: BusinessCase) -> Table:
    table = _table(case, "Present value by line; receipts below zero")
    for number, line in enumerate(case.options[0].lines):
        values = [option.lines[number].present_value_gbp for option in case.options]
        if any(values):
            table.add_row(line.name + ("" if line.cash else " (not cash)"), *map(pounds, values))
    return table


def _table(case: BusinessCase, heading: str) -> Table:
    table = Table(heading, box=None)
    for option in case.options:
        table.add_column(escape(option.name), justify="right")
    return table


def _bridge(case: BusinessCase) -> Table:
    table = Table("Net present social value of the plan", box=None)
    table.add_column("", justify="right")
    for step in case.bridge:
        table.add_row(escape(step.name), pounds(step.gbp))
    table.add_row("As appraised", pounds(sum(step.gbp for step in case.bridge)))
    return table
