"""The command line: `estate`. Exit codes: 0 done, 1 failed, 2 bad input, 3 infeasible, 4 no plan in time."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated, Any

import typer
from rich.markup import escape

from app import pipeline, screen
from app.demo import run_demo
from estate.checks import run_checks
from estate.database import Register
from estate.importers import ImportOptions, ImportResult, Note, import_files
from estate.problems import InputError
from estate.synthetic import generate
from optimiser import scenario as scenarios
from optimiser.verify import VerificationError

DONE, FAILED, BAD_INPUT, INFEASIBLE, NO_PLAN = range(5)
_EXIT_OF_STATUS = {"failed": FAILED, "infeasible_confirmed": INFEASIBLE, "no_plan_found": NO_PLAN}

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="One register of a place's public buildings, and the plan that saves most within people's reach.",
)

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="ESTATE_DATABASE_URL",
        help="Address of the register: sqlite:///estate.db or postgresql://user@host/name.",
        show_default="sqlite:///estate.db",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print plain data for a machine.")]


@app.command()
def init(database: Database = None) -> None:
    """Make an empty register, or bring an older one up to date.

    Example: [bold]estate init --database sqlite:///trafford.db[/bold]
    """
    with _register(database, create=True) as register:
        address = register.engine.url.render_as_string(hide_password=True)
        screen.out.print(f"The register {escape(address)} is ready. Next: estate import FILE or FOLDER.")


@app.command("import")
def import_command(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", help="What to bring in.")],
    format_name: Annotated[str, typer.Option("--format", help="Format of the files, or auto.")] = "auto",
    service: Annotated[str, typer.Option(help="Service that a list of service points offers.")] = "",
    organisation: Annotated[str, typer.Option(help="Body that the rows belong to.")] = "",
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Bring files into the register. All of it comes in, or nothing; the same file twice changes nothing.

    Example: [bold]estate import assets.csv lsoa.geojson population.csv libraries.csv[/bold]
    """
    with _register(database) as register:
        options = ImportOptions(service=service, organisation=organisation)
        results = import_files(register, paths, options, format_name)
    if as_json:
        _print_json(_import_counts(results))
    else:
        screen.imported(results)


@app.command()
def check(database: Database = None, as_json: Json = False) -> None:
    """Say what looks wrong in the register, record by record, and what to do about it.

    Example: [bold]estate check --json > findings.json[/bold]
    """
    with _register(database) as register:
        found = run_checks(register)
    if as_json:
        _print_json([asdict(finding) for finding in found])
    elif found:
        screen.findings(found)
        screen.out.print(f"{len(found):,} findings. Mend them in the source and import it again.")
    else:
        screen.out.print("The checks found nothing.")


@app.command()
def synth(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    properties: Annotated[int, typer.Option(min=10, max=100_000, help="Properties.")] = 3000,
    organisations: Annotated[int, typer.Option(min=1, max=200, help="Public bodies.")] = 20,
    zones: Annotated[int, typer.Option(min=4, max=50_000, help="Zones where people live.")] = 900,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files.")] = 1,
    profile: Annotated[str, typer.Option(help="realistic, or free: cheap moves and loose space.")] = "realistic",
) -> None:
    """Make a synthetic place: the register's tables as CSV and a scenario.yaml.

    Example: [bold]estate synth --properties 300 --organisations 8 --zones 120 --seed 7 --out place[/bold]
    """
    generate(properties, organisations, zones, seed, profile).write(out)
    screen.out.print(f"Wrote {escape(str(out))}. Next: estate init, estate import {escape(str(out))}, "
                     f"estate plan {escape(str(out / 'scenario.yaml'))}.")  # fmt: skip


@app.command()
def plan(
    scenario: Annotated[Path | None, typer.Argument(metavar="SCENARIO.yaml", help="What is asked.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Time limit of the solver, s.")] = None,
    gap: Annotated[float | None, typer.Option(min=0, max=1, help="Stop within this share of the bound.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Find the plan that costs least while services stay within reach, check it and keep it as a run.

    Without a scenario every default holds (docs/scenario.md). Ctrl-C stops with the best plan so far.

    Example: [bold]estate plan scenario.yaml --seconds 120 --gap 0.01[/bold]
    """
    asked = scenarios.read(scenario) if scenario else scenarios.Scenario()
    limits = {"seconds": seconds, "gap": gap}
    asked = asked.with_solver({key: value for key, value in limits.items() if value is not None})
    with _register(database) as register, _stopper() as stop, screen.progress(as_json) as on_progress:
        run = pipeline.plan(register, asked, on_progress=on_progress, stop=stop.is_set)
    if as_json:
        _print_json(pipeline.summary(run))
    else:
        screen.planned(run)
        if run.plan.figures is not None:
            screen.out.print(f"Next: estate map {run.id}")
    raise typer.Exit(_EXIT_OF_STATUS.get(run.plan.status, DONE))


@app.command()
def runs(database: Database = None, as_json: Json = False) -> None:
    """List the runs that the register keeps, newest first.

    Example: [bold]estate runs[/bold]
    """
    with _register(database) as register:
        found = pipeline.runs(register)
    if as_json:
        _print_json(found)
    else:
        screen.runs(found)


@app.command("map")
def map_command(
    run: Annotated[str, typer.Argument(help="Run, the start of its name, or latest.")] = "latest",
    out: Annotated[Path | None, typer.Option(help="Folder to write to.", show_default="out/RUN")] = None,
    database: Database = None,
) -> None:
    """Write a run's map (one file, works offline) and its Excel workbook.

    Example: [bold]estate map latest --out out/board[/bold]
    """
    with _register(database) as register:
        found = pipeline.load(register, run)
    files = pipeline.publish(found, out or Path("out") / found.id)
    for path in files.values():
        screen.out.print(str(path), markup=False, soft_wrap=True)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder to write to; an earlier demo there is replaced.")] = Path(
        "out/demo"
    ),
    as_json: Json = False,
) -> None:
    """Make a synthetic place, plan it, and leave its map, workbook and summary.

    Example: [bold]estate demo --out out/demo[/bold]
    """
    with _stopper() as stop, screen.progress(as_json) as on_progress:
        run, files = run_demo(out, on_progress=on_progress, stop=stop.is_set)
    if as_json:
        _print_json(pipeline.summary(run))
    else:
        screen.planned(run, files)
        screen.out.print("Open the map in a browser: it needs no network.")
    raise typer.Exit(_EXIT_OF_STATUS.get(run.plan.status, DONE))


def main() -> None:
    """Run the command line; what the user can mend is one clear message and exit code 2."""
    try:
        app()
    except InputError as fault:
        for problem in fault.problems:
            screen.err.print(str(problem), markup=False, soft_wrap=True)
        sys.exit(BAD_INPUT)
    except VerificationError as fault:
        screen.err.print(str(fault), markup=False, soft_wrap=True)
        sys.exit(FAILED)


@contextmanager
def _register(database: str | None, create: bool = False) -> Iterator[Register]:
    register = Register.create(database) if create else Register.open(database)
    try:
        yield register
    finally:
        register.close()


@contextmanager
def _stopper() -> Iterator[Event]:
    """An event that the first Ctrl-C sets; the second ends the program as usual."""
    stop = Event()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _import_counts(results: list[ImportResult]) -> dict[str, Any]:
    """The counts of all files together, and of each. `batch` is one name for one file, else a list."""
    files = [
        {name: getattr(result, name) for name in ("file_name", "format", "batch", *_COUNTS)} for result in results
    ]
    for file, result in zip(files, results, strict=True):
        file |= {"again": result.again, "skipped": result.skipped, **asdict(result.changes)}
        file["notes"] = [_note(note) for note in (*result.rejections, *result.notes)]
    batches = [result.batch for result in results if result.batch]
    counts = {name: sum(file[name] for file in files) for name in _COUNTS}
    return {"batch": batches[0] if len(batches) == 1 else batches, **counts, "files": files}


_COUNTS = ("rows", "accepted", "rejected", "mended", "warnings")


def _note(note: Note) -> dict[str, Any]:
    return {"kind": note.kind, "row": note.row_number, **asdict(note.problem)}


def _print_json(content: Any) -> None:
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
