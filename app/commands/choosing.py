"""Commands whose answers take planning again: why, what each rule costs, what else, what more of a thing costs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from app import choosing, pipeline, screen, screen_choices
from app.commands.appraising import SettingsFile, asked
from app.shell import FAILED, Database, Json, app, open_register, print_json, stopper, work_folder
from estate.problems import InputError
from maps.pack import reason_sheets, workbook
from maps.pack.sheet import Sheet
from optimiser import scenario as scenarios
from optimiser.choices.base import StoppedError
from optimiser.choices.frontier import AXES

Run = Annotated[str, typer.Argument(metavar="RUN", help="Run, the start of its name, or latest.")]
Seconds = Annotated[
    float | None,
    typer.Option(min=0.1, help="Time limit of each plan, s.", show_default="as the run's scenario has it"),
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Plans that are made at once.")]
Out = Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write it to Excel.")]
Again = Annotated[bool, typer.Option("--again", help="Work it out anew, whatever is kept with the run.")]


@contextmanager
def desk_of(
    run: str, database: str | None, quiet: bool, seconds: float | None, workers: int
) -> Iterator[choosing.Desk]:
    """A run ready to be asked about, with a line of progress; Ctrl-C stops with what is done."""
    with open_register(database) as register, stopper() as stop, screen_choices.progress(quiet) as on_progress:
        found = pipeline.load(register, run)
        try:
            yield choosing.desk(
                register, found, seconds=seconds, workers=workers, on_progress=on_progress, stop=stop.is_set
            )
        except StoppedError:
            screen.err.print("Stopped before there was anything to say.")
            raise typer.Exit(FAILED) from None


def _tell(
    desk: choosing.Desk, sheets: Sequence[Sheet], out: Path | None, plain: Any, show: Callable[[], None]
) -> None:
    """An answer in Excel where a file is named; then as JSON (`plain`, None: not asked for) or on the screen."""
    if out:
        workbook.write_sheets(sheets, {"title": desk.run.scenario.name[:255]}, out)
    if plain is not None:
        print_json(plain)
        return
    show()
    if out:
        screen.out.print(f"Wrote {out}.", markup=False, soft_wrap=True)


@app.command()
def explain(
    run: Run = "latest",
    named: Annotated[
        list[str] | None,
        typer.Option(
            "--property", metavar="PROPERTY", help="Id, start of an id, or name; more than one may be given."
        ),
    ] = None,
    all_leaving: Annotated[
        bool, typer.Option("--all-leaving", help="Every property that the plan leaves.")
    ] = False,
    top: Annotated[
        int | None, typer.Option(min=1, help="Of those that it leaves, so many with most money at stake.")
    ] = None,
    moves: Annotated[
        bool, typer.Option("--moves", help="Also leave out each of its moves and plan again.")
    ] = False,
    seconds: Seconds = None,
    workers: Workers = 2,
    again: Again = False,
    out: Out = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say why a property stays or goes: its money, what the other way would cost, and which rules decide.

    The place is planned again with the property decided the other way. Answers are kept with the run; Ctrl-C
    stops, and the same command goes on.

    Example: [bold]estate explain latest --property "Sale Library"[/bold]
    """
    if not named and not all_leaving and top is None:
        raise InputError.of("estate explain", "no property is named", "Give --property, --top or --all-leaving")
    with desk_of(run, database, as_json, seconds, workers) as desk:
        keys = [choosing.property_asked(desk.run, one) for one in named or ()]
        keys += choosing.leaving(desk.run, top) if all_leaving or top is not None else []
        wanted = list(dict.fromkeys(keys))
        found = choosing.explain(desk, wanted, with_moves=moves, again=again)

    def show() -> None:
        screen_choices.explained(found)
        if len(found) < len(wanted):
            screen.out.print(
                f"Stopped: {len(found):,} of {len(wanted):,} are done and kept. The same command goes on."
            )

    _tell(desk, reason_sheets.explanations(found), out, found if as_json else None, show)


@app.command("rules-cost")
def rules_cost(
    run: Run = "latest",
    seconds: Seconds = None,
    workers: Workers = 2,
    again: Again = False,
    out: Out = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say what each rule costs: pounds saved without it, and with it eased by one step.

    A step is one point of reach, five minutes, or a tenth of a sum. Each is planned, and kept with the run.

    Example: [bold]estate rules-cost latest[/bold]
    """
    with desk_of(run, database, as_json, seconds, workers) as desk:
        _, found = choosing.rule_prices(desk, again=again)
    sheets = [reason_sheets.rule_prices(found)]
    _tell(desk, sheets, out, found.to_dict() if as_json else None, lambda: screen_choices.rule_prices(found))


@app.command()
def alternatives(
    run: Run = "latest",
    within: Annotated[
        str, typer.Option(metavar="PERCENT", help="How much more than the best a plan may cost, such as 2%.")
    ] = "2%",
    count: Annotated[int, typer.Option(min=1, max=20, help="Plans to find.")] = 3,
    seconds: Seconds = None,
    out: Out = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Find other plans that cost nearly as little and leave or keep as much else as can be.

    Example: [bold]estate alternatives latest --within 2% --count 3[/bold]
    """
    share = _share(within)
    with desk_of(run, database, as_json, seconds, 1) as desk:
        found = choosing.alternatives(desk, share, count)
    names = {str(key): str(name) for key, name in desk.run.snapshot.properties["name"].items()}
    sheets, plain = reason_sheets.alternatives(found, names), found.to_dict() if as_json else None
    _tell(desk, sheets, out, plain, lambda: screen_choices.alternatives(found, names))


@app.command()
def robustness(
    run: Run = "latest",
    draws: Annotated[int, typer.Option(min=1, max=1000, help="Times that the place is planned again.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same.")] = 0,
    settings: SettingsFile = None,
    seconds: Seconds = None,
    workers: Workers = 2,
    again: Again = False,
    out: Out = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say how often each property goes when prices and costs turn out otherwise: no-regret moves and close calls.

    The place is planned again for each draw. Alternatives that the run keeps count beside them. Draws are kept:
    Ctrl-C stops, and the same command, or one with more draws, goes on.

    Example: [bold]estate robustness latest --draws 50[/bold]
    """
    ranges = asked(settings, None).risk
    with desk_of(run, database, as_json, seconds, workers) as desk:
        found = choosing.robustness(desk, draws, seed=seed, risk=ranges, again=again)
    sheets = [reason_sheets.robustness(found)]
    _tell(desk, sheets, out, found.to_dict() if as_json else None, lambda: screen_choices.robustness(found))


def _share(text: str) -> float:
    """2% or 0.02 as a share. InputError for anything else."""
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise InputError.of("--within", "it is not a share", "Give one such as 2% or 0.02", value=text)
    return number


@app.command()
def frontier(
    of: Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file (.yaml), or a run.")] = "latest",
    between: Annotated[
        str, typer.Option(metavar="AXES", help="What to have more or less of: saving, receipts, carbon, reach.")
    ] = "saving",
    points: Annotated[int, typer.Option(min=2, max=100, help="Points at the most.")] = 12,
    seconds: Seconds = None,
    workers: Workers = 2,
    again: Again = False,
    out: Out = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say what more of one thing costs: the cheapest plan for each step from the cheapest plan to the farthest.

    A scenario that has no run yet is planned first. Points are kept with the run; Ctrl-C stops, and the same
    command goes on.

    Example: [bold]estate frontier scenario.yaml --between saving,reach --points 12 --out frontier.xlsx[/bold]
    """
    axes = [name.strip() for name in between.split(",") if name.strip()]
    if not axes or set(axes) - set(AXES) or len(set(axes)) < len(axes):
        raise InputError.of("--between", f"it is not a list of {', '.join(AXES)}", "Name each once", value=between)
    run = _run_of(of, database, as_json) if Path(of).suffix in {".yaml", ".yml"} else of
    with desk_of(run, database, as_json, seconds, workers) as desk:
        found = choosing.frontier(desk, axes, points, again=again)

    def show() -> None:
        screen.out.print(f"Frontier of run {desk.run.id}, {desk.run.scenario.name}", markup=False)
        screen_choices.frontier(found)

    plain = {"run": desk.run.id, **found.to_dict()} if as_json else None
    _tell(desk, [reason_sheets.frontier(found)], out, plain, show)


def _run_of(file: str, database: str | None, quiet: bool) -> str:
    """The newest run of the scenario in a file, on the register as it stands; planned where there is none."""
    scenario = scenarios.read(Path(file))
    with open_register(database) as register, stopper() as stop, screen.progress(quiet) as on_progress:
        found = choosing.run_of(register, scenario)
        if found is None:
            found = pipeline.plan(
                register, scenario, on_progress=on_progress, stop=stop.is_set, checkpoints=work_folder()
            ).id
    return found
