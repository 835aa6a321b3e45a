"""What people read on the terminal of what really happened beside a plan."""

from rich.markup import escape
from rich.table import Table

from app.screen import out, pounds
from estate.snapshot import Snapshot
from maps.words import financial_year
from optimiser.appraise.outturn import Outturn, PropertyOutturn


def outturn(found: Outturn, snapshot: Snapshot, name: str) -> None:
    """By property, by year, in all."""
    out.print(f"\n[bold]{escape(name)}[/bold]  what happened, as of {found.on.isoformat()}")
    names = snapshot.properties["name"].to_dict()
    table = Table("Property", "State", "Planned", "Year", box=None, padding=(0, 1, 0, 0))
    for head in ("Price planned", "paid", "Cost planned", "paid"):
        table.add_column(head, justify="right")
    for one in found.properties:
        # What is sold goes by the year of its money, the rest by the year in which it is left.
        sells = one.sold_year_planned is not None or one.sold_year is not None
        planned, year = (one.sold_year_planned, one.sold_year) if sells else (one.left_year_planned, one.left_year)
        years_of = [financial_year(planned) or "-", financial_year(year) or "-"]
        table.add_row(escape(str(names[one.property_id])), one.state, *years_of, *_money(one))
    out.print(table)
    years = Table("Year", box=None)
    for head in ("Receipts planned", "came in", "Costs planned", "paid"):
        years.add_column(head, justify="right")
    for row in found.years:
        sums = (row.price_planned_gbp, row.price_real_gbp, row.cost_planned_gbp, row.cost_real_gbp)
        years.add_row(financial_year(row.year), *map(pounds, sums))
    out.print(years)
    _sum("Receipts", found.price_real_gbp, found.price_planned_of_known_gbp, found.price_planned_gbp)
    _sum("Costs", found.cost_real_gbp, found.cost_planned_of_known_gbp, found.cost_planned_gbp)
    if found.late_years is not None:
        way = "late" if found.late_years >= 0 else "early"
        out.print(f"Sales came in {abs(found.late_years):.1f} years {way}, in the mean.")
    out.print(
        "[dim]Sums by year and in all are in real terms of the base year, at inflation of"
        f" {found.inflation_per_year:.1%} a year; what a property paid is in the money of its day.[/dim]"
    )


def _money(one: PropertyOutturn) -> list[str]:
    return [
        text
        for planned, paid in ((one.price_planned_gbp, one.price_gbp), (one.cost_planned_gbp, one.cost_gbp))
        for text in (pounds(planned), "-" if paid is None else pounds(paid))
    ]


def _sum(name: str, real: float, of_known: float, in_all: float) -> None:
    """What is known against its own forecast, and how much of the whole that is."""
    apart = f" ({real / of_known - 1:+.0%})" if of_known else ""
    out.print(
        f"{name}: {pounds(real)} against {pounds(of_known)} forecast for the same{apart}; {pounds(in_all)} in all."
    )
