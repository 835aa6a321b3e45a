"""Plans side by side on the terminal."""

from rich.markup import escape
from rich.table import Table

from app.screen import out, pounds
from maps import words
from maps.pack.compare_sheets import WHOLES, fate
from optimiser.explain import ranges
from optimiser.explain.side_by_side import Comparison, Option

_SHOWN = 30  # properties; --out and --json give them all


def compared(found: Comparison, services: dict[str, str]) -> None:
    """Wholes, then the properties on which the plans differ, then partners and years."""
    heads = [one.run_id for one in found.options]
    _wholes(found, heads, services)
    for one in found.options[1:]:
        out.print(_proven(one, found.options[0]), markup=False, soft_wrap=True)
    if not found.same_snapshot:
        out.print("The plans rest on different snapshots of the register: some differences are those of the data.")
    _properties(found, heads)
    _partners(found, heads)
    _years(found, heads)


def _proven(one: Option, first: Option) -> str:
    """What is proven of which costs less."""
    names = f"{one.name} ({one.run_id})", f"{first.name} ({first.run_id})"
    if one.dearer is None or one.dearer.low_gbp is None or one.dearer.high_gbp is None:
        return f"How much {names[0]} costs more or less than {names[1]} at its best is not known."
    low, high = one.dearer.low_gbp, one.dearer.high_gbp
    if low < 0 < high:
        return (
            f"Which costs less at its best is not proven: {names[0]} costs between"
            f" {ranges.pounds(-low, up=True)} less and {ranges.pounds(high, up=True)} more than {names[1]}."
        )
    word, apart = ("more", one.dearer) if low >= 0 else ("less", ranges.Range(None, -high, -low))
    return f"At its best {names[0]} costs {ranges.words(apart)} {word} than {names[1]}."


def _wholes(found: Comparison, heads: list[str], services: dict[str, str]) -> None:
    table = Table("", *heads, box=None, padding=(0, 2, 0, 0))
    for name, kind, unit, value in WHOLES:
        cells = [_cell(kind, value(one)) for one in found.options]
        table.add_row(f"{name}, {unit}" if unit == "GBP a year" else name, *cells)
    for key in sorted(set().union(*(one.reach for one in found.options))):
        shares = ["-" if key not in one.reach else words.share(one.reach[key]) for one in found.options]
        table.add_row(f"Within reach: {escape(services.get(key, key))}", *shares)
    out.print(table)


def _cell(kind: str, value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return escape(value)
    assert isinstance(value, int | float)  # noqa: S101 - the kinds of WHOLES
    return pounds(value) if kind == "gbp" else f"{value:,.0f}"


def _properties(found: Comparison, heads: list[str]) -> None:
    differing = found.differing
    if not differing:
        out.print(f"\nThe plans agree on all {len(found.properties):,} properties.")
        return
    out.print(f"\nThey differ on {len(differing):,} of {len(found.properties):,} properties:")
    table = Table("Property", *heads, box=None, padding=(0, 2, 0, 0))
    for line in differing[:_SHOWN]:
        table.add_row(f"{escape(line.name)} ({escape(line.property_id)})", *(fate(a) for a in line.actions))
    out.print(table)
    if len(differing) > _SHOWN:
        out.print(f"and {len(differing) - _SHOWN:,} more: --out FILE.xlsx writes them all.")


def _partners(found: Comparison, heads: list[str]) -> None:
    table = Table("\nBetter off than today by", *(f"\n{head}" for head in heads), box=None, padding=(0, 2, 0, 0))
    for line in found.partners:
        gains = ("-" if one is None else pounds(one.cost_today_gbp - one.cost_after_gbp) for one in line.positions)
        table.add_row(escape(line.name), *gains)
    out.print(table)


def _years(found: Comparison, heads: list[str]) -> None:
    table = Table("\nYear", *(f"\n{head}" for head in heads), box=None, padding=(0, 2, 0, 0))
    for line in found.years:
        cells = (
            f"{one.properties_left:,} left, {one.people_moved_fte:,.0f} FTE move,"
            f" {pounds(one.sales_begun_gbp)} of sales"
            for one in line.plans
        )
        table.add_row(words.financial_year(line.year), *cells)
    out.print(table)
