"""Commands on minutes of travel: find them along a network of roads, list them, look them over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from app import pipeline, screen
from app import travel as minutes
from app.shell import FAILED, Database, Json, app, open_register, print_json, stopper
from estate import rates
from estate.problems import InputError
from maps.pack import people_sheets, workbook
from optimiser.explain import two_plans
from optimiser.prepare.network.build import METHOD, Settings, StoppedError
from optimiser.prepare.network.roads import MODES
from optimiser.settings import WAYS

group = typer.Typer(
    no_args_is_help=True, help="Minutes of travel from every zone to every building, kept for plans."
)
app.add_typer(group, name="travel")
_SHOWN = 12  # names of what is off the network, before the rest are only counted


@group.command("build")
def build(
    network: Annotated[Path, typer.Argument(help="OpenStreetMap extract (.osm.pbf) or OS Open Roads (.gpkg).")],
    mode: Annotated[list[str] | None, typer.Option(help="One of car, bicycle, foot; all unless named.")] = None,
    limit: Annotated[
        float | None,
        typer.Option("--minutes", min=1, max=6000, help="Longest journey to keep.", show_default="all"),
    ] = None,
    snap: Annotated[
        float,
        typer.Option("--snap-limit", min=1, max=100_000, help="m from any road, and beyond is off it."),
    ] = rates.value("snap_limit_m"),
    gtfs: Annotated[
        list[Path] | None, typer.Option(help="Timetables (GTFS .zip) for public transport alone; needs r5py.")
    ] = None,
    depart: Annotated[
        datetime, typer.Option(help="With --gtfs, when people set out: a usual weekday in the timetables.")
    ] = datetime(2026, 6, 9, 8, 30),
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Find the minutes along a network and keep them. Plan with them by travel.method: road_network.

    What has not changed is not found again. Ctrl-C stops, and the register is then as it was before.

    Example: [bold]estate travel build newport.osm.pbf --mode car --mode foot[/bold]
    """
    modes = list(dict.fromkeys(mode or MODES))
    if wrong := [name for name in modes if name not in MODES]:
        remedy = "Import a table of minutes for it" if "public_transport" in wrong else "Correct it"
        raise InputError.of("--mode", f"it is none of {', '.join(MODES)}", remedy, value=", ".join(wrong))
    try:
        with open_register(database) as register, _progress(as_json) as on_progress:
            if gtfs:
                built = [minutes.build_timetables(register, network, gtfs, depart, on_progress)]
            else:
                settings = Settings(limit or float("inf"), snap)
                built = minutes.build(register, network, modes, settings, on_progress)
            found = minutes.kept(register)
    except StoppedError:
        screen.err.print("Stopped: the register is as it was before.")
        raise typer.Exit(FAILED) from None
    if as_json:
        print_json([{**_plain(one.row), "pairs": one.pairs, "again": one.again} for one in built])
        return
    for one in built:
        if one.again:
            screen.out.print(f"Minutes {WAYS[one.row['mode']]} stand as they were built on {one.row['built_on']}.")
    fresh = {one.row["id"] for one in built}
    _print([one for one in found if one.row["id"] in fresh])
    screen.out.print("Next: travel: {method: road_network} in a scenario, then 'estate plan'.", markup=False)


@group.command("show")
def show(database: Database = None, as_json: Json = False) -> None:
    """List the minutes that the register keeps, where they come from, and who goes by straight line in them.

    Example: [bold]estate travel show[/bold]
    """
    with open_register(database) as register:
        found = minutes.kept(register)
    if as_json:
        print_json([{**asdict(one), "row": _plain(one.row)} for one in found])
    elif found:
        _print(found)
    else:
        screen.out.print(
            "The register keeps no minutes: plans go by straight line. See 'estate travel build --help'."
        )


@group.command("check")
def check(
    network: Annotated[Path | None, typer.Argument(help="The file of roads that they should come from.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say whether the kept minutes still are those of the register, its roads and speeds; exit code 1 if not.

    Example: [bold]estate travel check newport.osm.pbf[/bold]
    """
    with open_register(database) as register:
        found = minutes.kept(register, network)
    if as_json:
        print_json({one.row["id"]: list(one.stale) for one in found})
    for one in found if not as_json else ():
        said = f"build them anew: {', and '.join(one.stale)}" if one.stale else "they are up to date"
        screen.out.print(
            f"Minutes {WAYS[one.row['mode']]} ({escape(str(one.row['method']))}): {said}.", soft_wrap=True
        )
    if not found and not as_json:
        screen.out.print("The register keeps no minutes: there is nothing to check.")
    if any(one.stale for one in found):
        raise typer.Exit(FAILED)


@group.command("forget")
def forget(
    mode: Annotated[str, typer.Option(help="One of car, foot, bicycle, public_transport.")],
    method: Annotated[str, typer.Option(help="table for imported minutes, or road_network.")] = "table",
    database: Database = None,
) -> None:
    """Take the minutes of one mode out of the register. Past runs keep theirs.

    Example: [bold]estate travel forget --mode public_transport[/bold]
    """
    for option, value, known in (("--mode", mode, list(WAYS)), ("--method", method, ["table", METHOD])):
        if value not in known:
            raise InputError.of(option, f"it is none of {', '.join(known)}", "Correct it", value=value)
    with open_register(database) as register:
        pairs = minutes.forget(register, mode, method)
    screen.out.print(f"Took out {pairs:,} pairs {WAYS[mode]} ({method}).", markup=False)


@group.command("compare")
def compare(
    first: Annotated[str, typer.Argument(metavar="RUN", help="Run, the start of its name, or latest.")],
    second: Annotated[str, typer.Argument(metavar="OTHER", help="Run to set beside it.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write every zone to Excel.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Set two runs side by side, zone by zone: what other minutes change, such as roads for straight lines.

    Example: [bold]estate travel compare 05fc76e4 c0bc9c9c --out zones.xlsx[/bold]
    """
    with open_register(database) as register:
        runs = [pipeline.load(register, name) for name in (first, second)]
    found = two_plans.pairs(*(run.plan for run in runs))
    names = [f"{run.scenario.name} ({run.id})" for run in runs]
    if out:
        sheet = people_sheets.compared(found, runs[0].snapshot, *names)
        workbook.write_sheets([sheet], {"title": " and ".join(names)[:255]}, out)
    if as_json:
        print_json([{**asdict(pair), "today": pair.apart_today, "after": pair.apart_after} for pair in found])
        return
    services = {str(key): name for key, name in runs[0].snapshot.services["name"].items()}
    _print_apart(two_plans.apart(found), services, names)
    if out:
        screen.out.print(f"Wrote {out}.", markup=False, soft_wrap=True)


def _print_apart(found: list[two_plans.Apart], services: dict[str, str], names: list[str]) -> None:
    for number, name in enumerate(names, start=1):
        screen.out.print(f"{number}: {name}", markup=False)
    heads = ("Service", "Zones apart", "Mean way today", "At most", "Within after", "Only 1", "Only 2")
    table = Table(*heads, box=None, padding=(0, 1, 0, 0))
    for one in found:
        means = ("-" if mean is None else f"{mean:.1f}" for mean in (one.mean_first, one.mean_second))
        table.add_row(
            escape(services.get(one.service_id, one.service_id)),
            f"{one.zones_apart:,} of {one.zones:,}",
            f"{' and '.join(means)} min",
            f"{one.most:.1f} min",
            f"{one.within_first:,} and {one.within_second:,}",
            f"{one.only_first:,}",
            f"{one.only_second:,}",
        )
    screen.out.print(table if found else "Neither has a plan with zones to compare.")


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line that says what is done; Ctrl-C has the next step raise StoppedError."""
    with stopper() as stop, screen.err.status("Looking at the register ...") as status:

        def told(words: str) -> None:
            if stop.is_set():
                raise StoppedError
            if not quiet:
                status.update(f"{escape(words)} (Ctrl-C stops and keeps nothing)")

        yield told


def _print(found: list[minutes.Kept]) -> None:
    for one in found:
        row = one.row
        source = str(row["network_file"] or "an imported table")
        source += f" of {row['network_date']}" if row["network_date"] is not None else ""
        source += f", digest {row['network_version']}" if row["network_version"] else ""
        screen.out.print(f"[bold]Minutes {WAYS[row['mode']]}[/bold]")
        _say(f"{one.pairs:,} pairs of zone and building from {source}, built on {row['built_on']}.")
        if row["method"] == METHOD:
            _print_network(one)


def _print_network(one: minutes.Kept) -> None:
    row = one.row
    zones, weighted = int(row["zones"]), int(row["zones_from_given_point"])
    _say(
        f"People set out from {weighted:,} population-weighted points, and from the middle of {zones - weighted:,}"
        " zones."
    )
    _say(
        f"Network: {int(row['network_points']):,} points that all reach each other;"
        f" {int(row['network_points_left_out']):,} of other parts were left out."
    )
    if row["limit_minutes"] == row["limit_minutes"]:
        _say(f"Journeys longer than {row['limit_minutes']:g} minutes were not kept.")
    for what, count, whole, names in (
        ("zones", row["zones_off_network"], zones, one.zones_off),
        ("buildings", row["places_off_network"], row["places"], one.places_off),
    ):
        if count:
            more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
            _say(
                f"{int(count):,} of {int(whole):,} {what} are off the network ({row['snap_limit_m']:g} m from any"
                f" road) and go by straight line: {', '.join(names[:_SHOWN])}{more}."
            )
    for reason in one.stale:
        _say(f"Build them anew: {reason}.")


def _say(words: str) -> None:
    screen.out.print(f"  {words}", markup=False, soft_wrap=True)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON can say it; what is missing is None."""
    return {
        name: None if value != value else value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
        if name not in {"import_batch_id", "source_row"}
    }
