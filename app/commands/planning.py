"""Commands that plan: find a plan, list the runs, show one."""

from pathlib import Path
from typing import Annotated

import typer

from app import comparing, pipeline, screen, studies
from app.shell import (
    DONE,
    FAILED,
    INFEASIBLE,
    NO_PLAN,
    Database,
    Json,
    app,
    open_register,
    print_json,
    stopper,
    work_folder,
)
from maps import brand, reasons
from optimiser import scenario as scenarios

EXIT_OF_STATUS = {"failed": FAILED, "infeasible_confirmed": INFEASIBLE, "no_plan_found": NO_PLAN}


@app.command()
def plan(
    scenario: Annotated[Path | None, typer.Argument(metavar="SCENARIO.yaml", help="What is asked.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Time limit of the solver, s.")] = None,
    gap: Annotated[float | None, typer.Option(min=0, max=1, help="Stop within this share of the bound.")] = None,
    nearest: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.yaml",
            help="Where to write the nearest scenario that can be met, should this one not be.",
            show_default="out/RUN/nearest.yaml",
        ),
    ] = None,
    earlier: Annotated[
        str | None, typer.Option("--from", metavar="RUN", help="Begin the search at the plan of an earlier run.")
    ] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Find the plan that costs least while services stay within reach, check it and keep it as a run.

    Without a scenario every default holds (docs/scenario.md). Ctrl-C stops with the best plan so far; a run that
    was killed goes on from its best plan when the same is asked again.

    Example: [bold]estate plan scenario.yaml --seconds 120 --gap 0.01[/bold]
    """
    asked = scenarios.read(scenario) if scenario else scenarios.Scenario()
    limits = {"seconds": seconds, "gap": gap}
    asked = asked.with_solver({key: value for key, value in limits.items() if value is not None})
    with open_register(database) as register, stopper() as stop, screen.progress(as_json) as on_progress:
        run = pipeline.plan(
            register, asked, on_progress=on_progress, stop=stop.is_set, earlier=earlier, checkpoints=work_folder()
        )
    files = {}
    if run.plan.nearest_scenario:
        files["nearest scenario"] = nearest or Path("out") / run.id / "nearest.yaml"
        files["nearest scenario"].parent.mkdir(parents=True, exist_ok=True)
        files["nearest scenario"].write_text(run.plan.nearest_scenario, encoding="utf-8")
    if as_json:
        print_json(pipeline.summary(run))
    else:
        screen.planned(run, files)
        if run.plan.figures is not None:
            screen.out.print(f"Next: estate map {run.id}")
    raise typer.Exit(EXIT_OF_STATUS.get(run.plan.status, DONE))


@app.command()
def runs(database: Database = None, as_json: Json = False) -> None:
    """List the runs that the register keeps, newest first.

    Example: [bold]estate runs[/bold]
    """
    with open_register(database) as register:
        found = pipeline.runs(register)
    if as_json:
        print_json(found)
    else:
        screen.runs(found)


@app.command("map")
def map_command(
    run: Annotated[str, typer.Argument(help="Run, the start of its name, or latest.")] = "latest",
    out: Annotated[Path | None, typer.Option(help="Folder to write to.", show_default="out/RUN")] = None,
    roads: Annotated[
        Path | None, typer.Option(help="File of roads (.osm.pbf, .gpkg) whose main ones lie under the map.")
    ] = None,
    look: Annotated[
        Path | None,
        typer.Option(
            "--brand", envvar="ESTATE_BRAND", metavar="FILE.yaml", help="Logo, colours, tiles, boundary."
        ),
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="RUN2", help="Another run: also write a page with both side by side.")
    ] = None,
    database: Database = None,
) -> None:
    """Write a run's map (one file, works offline) and its Excel workbook.

    Example: [bold]estate map latest --out out/board[/bold]
    """
    looks = brand.read(look)
    with open_register(database) as register:
        found = pipeline.load(register, run)
        told = reasons.of_study(studies.load(register, found.id, "explain"))
        other = pipeline.load(register, against) if against else None
    folder = out or Path("out") / found.id
    files = pipeline.publish(found, folder, roads, looks, told)
    if other:
        files["comparison"] = comparing.publish(found, other, folder / "comparison.html", roads, looks)
    for path in files.values():
        screen.out.print(str(path), markup=False, soft_wrap=True)
