"""What happens when, and how full the buildings will be that take teams in."""

from collections import defaultdict

from maps import charts, words
from maps.pack import english
from maps.pack.case import Case, Option
from maps.pack.pages import LONGEST_NAME, Page, Table
from maps.pack.sequence import steps

ORDER = 90
_MOST_YEARS, _MOST_MOVES = 8, 10


def build(case: Case) -> Page | None:
    """The page of what is next; none where nothing changes."""
    option = case.main
    plan = option.plan
    by_year = _by_year(option)
    if not by_year:
        return None
    moved = plan.figures.people_moved if plan.figures else 0.0
    years = sorted({move.year for move in plan.moves})
    title = english.sentence(
        f"{english.people(moved)} {'moves' if round(moved) in (0, 1) else 'move'}{_when(years)}"
    )
    starts = [words.financial_year(year) for year in sorted({*by_year})]
    lead = (
        f"The plan is made in phases: what is shown for a year may be done in any year of the phase that begins"
        f" then"
        f" ({english.listed(starts, 6)}).",
    )
    return Page(
        "next_steps", "Next steps", title, lead,
        tables=(_timetable(by_year), *_first_moves(option)), charts=charts.build_all(case, "next_steps"),
    )  # fmt: skip


def _when(years: list[int]) -> str:
    if not years:
        return ""
    first, last = words.financial_year(years[0]), words.financial_year(years[-1])
    return f" in the phase from {first}" if first == last else f", from {first} to {last}"


def _by_year(option: Option) -> dict[int, dict[str, float]]:
    """Counts by year of what happens."""
    found: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for action in option.plan.properties:
        for year, what in (
            (action.hub_year, "hubs"), (action.year, "left"), (action.sold_year, "sold"),
            (action.transferred_year, "transferred"), (action.lease_ends_year, "leases"),
        ):  # fmt: skip
            if year is not None:
                found[year][what] += 1
        if action.sold_year is not None:
            found[action.sold_year]["receipts"] += action.receipt_gbp
    for move in option.plan.moves:
        found[move.year]["teams"] += 1
        found[move.year]["people"] += move.fte
    return found


def _timetable(by_year: dict[int, dict[str, float]]) -> Table:
    heads = (
        "Phase from",
        "Teams move",
        "People (FTE)",
        "Hubs fitted out",
        "Given up",
        "Sales begin",
        "Leases end",
        "Receipts",
    )
    rows = [
        (
            words.financial_year(year),
            *(f"{held[what]:,.0f}" for what in ("teams", "people", "hubs", "left", "sold", "leases")),
            words.pounds(held["receipts"]),
        )
        for year, held in sorted(by_year.items())[:_MOST_YEARS]
    ]
    return Table("What happens when", heads, rows, frozenset(range(1, 8)))


def _first_moves(option: Option) -> list[Table]:
    """The moves of the first year that has any, in the order in which there is room for them."""
    plan = option.plan
    if not plan.moves:
        return []
    first = min(move.year for move in plan.moves)
    order = [
        (step if step is not None else float("inf"), -move.fte, move)
        for move, step in zip(plan.moves, steps(plan, option.snapshot), strict=True)
        if move.year == first
    ]
    order.sort(key=lambda item: (*item[:2], item[2].team_id))
    teams, places = option.snapshot.teams["name"], option.snapshot.properties["name"]
    rows = [
        (
            english.short(teams[move.team_id], LONGEST_NAME), english.short(places[move.from_property_id], 34),
            english.short(places[move.to_property_id], 34), f"{move.fte:,.0f}",
            "in a circle" if step == float("inf") else f"{step:,.0f}",
        )
        for step, _, move in order[:_MOST_MOVES]
    ]  # fmt: skip
    rest = len(order) - len(rows)
    note = "Moves of one step can be made side by side, each step after the one before."
    if rest:
        note += f" {english.count(rest, 'more move').capitalize()} on sheet Moves of the workbook."
    heads = ("Team", "From", "To", "People (FTE)", "Step")
    return [
        Table(
            f"First moves, in the phase from {words.financial_year(first)}", heads, rows, frozenset({3, 4}), note
        )
    ]
