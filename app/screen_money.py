"""What people read on the terminal of a plan's appraisal."""

from collections.abc import Callable

from rich.markup import escape
from rich.table import Table

from app.screen import out, pounds
from estate.snapshot import Snapshot
from maps.words import financial_year, paid_back
from optimiser.appraise.business_case import Against, BusinessCase, OptionCase
from optimiser.appraise.capital import Capital
from optimiser.appraise.carbon import Carbon
from optimiser.appraise.risk import Risk, Swing


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
    ("Paid back from", lambda one: paid_back(one.payback_year, one.is_ever_short)),
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
    ("Properties that go", lambda one: f"{one.properties_left:,}"),
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


def capital(found: Capital) -> None:
    """The programme's money by year, and where most is borrowed."""
    table = _narrow(
        "Capital by year", "Goes out", "New", "Receipts", "Low to high", "Expected", "Balance", "Cautious"
    )
    for row in found.years:
        spent = row.spent_gbp + row.sale_costs_gbp
        if any((spent, row.new_money_gbp, row.receipts_gbp, row.receipts_cautious_gbp)):
            ends = f"{pounds(row.receipts_low_gbp)}-{pounds(row.receipts_high_gbp)}" if row.receipts_gbp else "-"
            table.add_row(
                financial_year(row.year),
                *map(_pounds_or_dash, (spent or None, row.new_money_gbp or None, row.receipts_gbp or None)),
                ends,
                _pounds_or_dash(row.receipts_expected_gbp or None),
                *map(pounds, (row.balance_gbp, row.balance_cautious_gbp)),
            )
    out.print(table if table.row_count else "Nothing is spent and nothing comes in.")
    for words, year, gbp in (
        ("As planned", found.peak_year, found.peak_borrowing_gbp),
        ("With every price low and every sale late", found.peak_year_cautious, found.peak_borrowing_cautious_gbp),
    ):
        text = (
            "nothing is borrowed" if year is None else f"most is borrowed in {financial_year(year)}: {pounds(gbp)}"
        )
        out.print(f"{words} {text}.")
    if found.headroom_gbp:
        out.print(f"At any time at least {pounds(found.headroom_gbp)} of what has come in is left.")
    if found.pots:
        pots = Table("Pot", "Pays for", "Comes in", "Used", "Left", box=None)
        for pot in found.pots:
            words = ", ".join(kind.replace("_", " ") for kind in pot.pays_for)
            pots.add_row(escape(pot.name), words, *map(pounds, (pot.in_gbp, pot.used_gbp, pot.left_gbp)))
        out.print(pots)


def risk(found: Risk, name: str) -> None:
    """What each driver does, what would have to go wrong, and all at once."""
    out.print(f"\n[bold]{escape(name)}[/bold]  risk of the fixed plan")
    table = _narrow("One thing otherwise", "Range", "Social: low", "high", "Cash: low", "high")
    for swing in found.swings:
        ends = (swing.npsv_low_gbp, swing.npsv_high_gbp, swing.npv_low_gbp, swing.npv_high_gbp)
        table.add_row(escape(swing.name), _range(swing), *map(pounds, ends))
    out.print(table)
    for sentence in found.sentences:
        out.print(escape(sentence))
    spread = _narrow(
        f"{found.draws:,} draws, seed {found.seed}", "Appraised", "Mean", "P10", "P50", "P90", "Over 0"
    )
    for one in found.spreads:
        what = "Social value" if one.measure == "npsv" else "Value in cash"
        spread.add_row(
            what,
            *map(pounds, (one.appraised_gbp, one.mean_gbp, one.p10_gbp, one.p50_gbp, one.p90_gbp)),
            f"{one.probability_above_zero:.0%}",
        )
    out.print(spread)
    sure = ", ".join(f"{word} {pounds(gbp)}" for word, gbp in sorted(found.price_gbp_by_confidence.items()))
    out.print(f"What is sold, by the valuers' confidence: {escape(sure) or 'nothing'}.")
    out.print(f"Of the plan's pounds {found.estimated_share:.0%} are benchmark estimates.")
    for note in found.notes:
        out.print(f"[dim]{escape(note)}[/dim]")


def _narrow(*heads: str) -> Table:
    """A table that fits a terminal of 80 characters: words to the left, the rest to the right."""
    table = Table(heads[0], box=None, padding=(0, 1, 0, 0))
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _range(swing: Swing) -> str:
    """The range of a driver as people say it.

    It is times what is appraised, years, or points of a rate.
    """
    if swing.unit == "times":
        return f"{swing.low - 1:+.0%}/{swing.high - 1:+.0%}"
    if swing.unit == "years":
        return f"{swing.low:g}-{swing.high:g} years"
    return f"{swing.low:+.1%}/{swing.high:+.1%}"


_SHOWN = 15


def carbon(found: Carbon, snapshot: Snapshot, name: str) -> None:
    """By year, and the properties that make most of the difference."""
    out.print(f"\n[bold]{escape(name)}[/bold]  carbon of the energy in use")
    table = Table("Year", box=None)
    for head in ("Today's estate, t", "The plan, t", "£ a tonne", "Saved is worth"):
        table.add_column(head, justify="right")
    for row in found.years:
        price = "-" if row.gbp_per_tonne is None else f"{row.gbp_per_tonne:,.0f}"
        table.add_row(financial_year(row.year), f"{row.tonnes_today:,.0f}", f"{row.tonnes_after:,.0f}", price,
                      pounds(row.value_saved_gbp))  # fmt: skip
    out.print(table)
    names = snapshot.properties["name"].to_dict()
    places = Table("Property", box=None)
    for head in ("kWh a year", "Kept, t over all years", "In the plan, t"):
        places.add_column(head, justify="right")
    for one in found.properties[:_SHOWN]:
        places.add_row(escape(str(names[one.property_id])), f"{one.kwh_per_year:,.0f}", f"{one.tonnes_today:,.0f}",
                       f"{one.tonnes_after:,.0f}")  # fmt: skip
    out.print(places)
    rest = len(found.properties) - _SHOWN
    if rest > 0:
        out.print(f"and {rest:,} more: --json has them all.")
    if found.unrecorded:
        out.print(f"{found.unrecorded:,} of them have no recorded energy: it is floor area at a benchmark.")
