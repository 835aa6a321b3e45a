"""Commands to try it with: a synthetic place, and the whole demonstration."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from app import pipeline, screen
from app.commands.planning import EXIT_OF_STATUS
from app.demo import run_demo
from app.shell import DONE, Json, app, print_json, stopper
from estate.synthetic import generate


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
def demo(
    out: Annotated[Path, typer.Option(help="Folder to write to; an earlier demo there is replaced.")] = Path(
        "out/demo"
    ),
    as_json: Json = False,
) -> None:
    """Make a synthetic place, plan it twice, and leave the board's pack of both plans.

    Example: [bold]estate demo --out out/demo[/bold]
    """
    with stopper() as stop, screen.progress(as_json) as on_progress:
        run, files = run_demo(out, on_progress=on_progress, stop=stop.is_set)
    if as_json:
        print_json(pipeline.summary(run))
    else:
        screen.planned(run, files)
        if "board.pdf" not in files:
            screen.out.print("There is no board.pdf: Chromium, which prints it, is not on this machine.")
        screen.out.print("Open board.html and map.html in a browser: they need no network.")
    raise typer.Exit(EXIT_OF_STATUS.get(run.plan.status, DONE))
