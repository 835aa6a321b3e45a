"""What people read on the terminal: progress, notes and the one-screen summary of a plan."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.pipeline import Run
from optimiser import scenario as scenarios
from optimiser.plan import Figures, Plan
from optimiser.planner import OnProgress
from optimiser.solve.bridge import Progress

# What people read goes to one stream, progress to the other, so that --json and pipes stay clean.
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

STATUS_WORDS = {
    "proven": "Proven: no plan under this scenario costs less",
    "within_gap": "Found within the gap that was asked for",
    "best_found": "Best plan found in the time",
    "infeasible_confirmed": "No plan can meet this scenario",
    "no_plan_found": "No plan better than today was found in the time",
    "failed": "Failed: nothing is published",
}


def pounds(gbp: float) -> str:
    """Pounds as people say them: GBP 12.3m, 450k or 900.

    >>> pounds(12_340_000), pounds(-450_000), pounds(900)
    ('£12.3m', '-£450k', '£900')
    """
    sign, size = ("-" if gbp < 0 else ""), abs(gbp)
    if size >= 999_950_000:
        return f"{sign}£{size / 1e9:,.2f}bn"
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.1f}m"
    return f"{sign}£{size / 1e3:,.0f}k" if size >= 9_500 else f"{sign}£{size:,.0f}"


@contextmanager
def progress(quiet: bool) -> Iterator[OnProgress | None]:
    """A line that follows the solver; nothing where quiet."""
    if quiet:
        yield None
        return
    with err.status("Preparing the model ...") as status:

        def show(step: Progress) -> None:
            best = "-" if step.best is None else pounds(step.best * 1000)
            bound = "-" if step.bound is None else pounds(step.bound * 1000)
            gap = ""
            if step.best and step.bound is not None:
                gap = f", gap {max(0.0, (step.best - step.bound) / abs(step.best)):.1%}"
            status.update(
                f"{step.seconds:,.0f} s: best plan {best}, bound {bound}{gap} (Ctrl-C stops with the best)"
            )

        yield show


def runs(found: Sequence[dict[str, Any]]) -> None:
    """The runs as a table."""
    table = Table("Run", "When (UTC)", "Scenario", "Status", "Cost", "By")
    for row in found:
        cost = "-" if row["objective_gbp_k"] is None else pounds(row["objective_gbp_k"] * 1000)
        words = (row["id"], row["started_at"], row["scenario"], row["status"], cost, row["run_by"])
        table.add_row(*(escape(str(word)) for word in words))
    out.print(table if found else "No runs yet. Make one with 'estate plan'.")


def planned(run: Run, files: dict[str, Path] | None = None) -> None:
    """One screen: status, money, reach, and where to look next."""
    made = run.plan
    out.print(f"\n[bold]{escape(run.scenario.name)}[/bold]  run {run.id}")
    out.print(_status_line(made))
    for conflict in made.conflicts:
        out.print(f"  - {escape(conflict)}")
    if made.gives:
        out.print("A plan can be found once this gives:")
        for give in made.gives:
            out.print(f"  - {escape(give)}")
        for key, (before, after) in run.scenario.changes(scenarios.from_yaml(made.nearest_scenario)).items():
            out.print(f"  {escape(key)}: {escape(str(before))} becomes {escape(str(after))}")
    if made.figures is not None:
        out.print(_money(made.figures))
        out.print(_reach(run, made.figures))
        out.print(_affected(run))
    for note in made.notes:
        out.print(f"[dim]{escape(note)}[/dim]")
    for name, path in (files or {}).items():
        out.print(f"{name}: {escape(str(path))}", soft_wrap=True)


def _status_line(made: Plan) -> str:
    line = STATUS_WORDS[made.status]
    if made.status == "within_gap" or (made.status == "best_found" and made.gap is not None):
        line += f". It is within {made.gap:.2%} of the lowest cost that any plan could have"
    elif made.figures is not None and made.gap is None:
        line += ". How far it is from the best is not known: there was no time to prove a bound"
    if made.conflicts:
        line += ". These cannot hold together" if len(made.conflicts) > 1 else ". This cannot be met"
    return f"{line} ({made.seconds:,.0f} s, {made.solver})."


def _money(figures: Figures) -> Table:
    table = Table(show_header=False, box=None)
    rows = {
        "Running cost today, with rent": f"{pounds(figures.running_cost_today_gbp_per_year)} a year",
        "Running cost after": f"{pounds(figures.running_cost_after_gbp_per_year)} a year",
        "Saving": f"{pounds(figures.saving_gbp_per_year)} a year",
        "Capital receipts": pounds(figures.capital_receipts_gbp),
        "One-off cost": pounds(figures.one_off_cost_gbp),
        "Net present social value": pounds(figures.npsv_gbp),
        "Properties that go": f"{figures.properties_left:,} of {figures.properties_today:,}",
        "People moved": f"{figures.people_moved:,.0f} FTE",
        "Share of the pounds that are estimates": f"{figures.estimated_share:.0%}",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    return table


def _reach(run: Run, figures: Figures) -> Table:
    table = Table("Service", "Standard", "Today", "After", "Must be", box=None)
    names = run.snapshot.services["name"].to_dict()
    for service, reach in figures.reach.items():
        limits = {reach.mode: reach.minutes, **reach.or_minutes}
        ways = " or ".join(f"{minutes:g} min, {mode.replace('_', ' ')}" for mode, minutes in limits.items())
        standard = f"{reach.target:.0%} in {ways}"
        table.add_row(
            escape(names[service]), standard, f"{reach.today:.1%}", f"{reach.after:.1%}", f"{reach.required:.1%}"
        )
    return table


_WHO = {
    "most_deprived_fifth": "most deprived fifth",
    "over_65s": "65 and over",
    "no_car": "no car (households)",
}


def _affected(run: Run) -> Table | str:
    """Who loses and gains reach, and whose way gets longer: everybody, and groups for whom something changes."""
    heads = ("Who is affected", "Lose", "Gain", "Longer way", "Mean way, min", "9 in 10, min")
    table = Table(*heads, box=None, padding=(0, 1, 0, 0))
    names = run.snapshot.services["name"].to_dict()
    for one in run.plan.impacts:
        if one.lose or one.gain or one.longer or one.shorter:
            longer = f"{one.longer:,}"
            if one.longer_minutes is not None:
                longer += f" by {one.longer_minutes:.1f}"
            table.add_row(
                f"  {_WHO[one.group]}" if one.group in _WHO else escape(names[one.service_id]),
                f"{one.lose:,}",
                f"{one.gain:,}",
                longer,
                f"{_minutes(one.mean_minutes_today)} to {_minutes(one.mean_minutes_after)}",
                f"{_minutes(one.p90_minutes_today)} to {_minutes(one.p90_minutes_after)}",
            )
    return table if table.row_count else "Nobody's way to any service changes."


def _minutes(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
