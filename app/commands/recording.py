"""Commands on what really happened: write it down, set it beside the plan."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app import outturns, pipeline, screen, screen_outturn
from app.commands.appraising import RunName, SettingsFile, asked
from app.shell import Database, Json, app, open_register, print_json
from estate.problems import InputError

group = typer.Typer(no_args_is_help=True, help="What really happened of a run's plan, beside its forecast.")
app.add_typer(group, name="outturn")


@group.command("record")
def record(
    run: RunName = "latest",
    place: Annotated[str, typer.Option("--property", metavar="ID", help="Property that it is about.")] = "",
    left_on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Day it was left.")] = "",
    sold_on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Day the money came in.")] = "",
    price: Annotated[str, typer.Option(metavar="GBP", help="Price paid, before the costs of sale.")] = "",
    cost: Annotated[
        str, typer.Option(metavar="GBP", help="What it cost in all: moves, fit-out, exit, sale.")
    ] = "",
    note: Annotated[str, typer.Option(help="What a reader should know.")] = "",
    file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE.csv", help="Many at once: one row a property.")
    ] = None,
    database: Database = None,
) -> None:
    """Write down what happened to a property of a run's plan, or from a file to many. Blanks change nothing.

    Example: [bold]estate outturn record latest --property P-12 --sold-on 2027-09-30 --price 410000[/bold]
    """
    if bool(place) == (file is not None):
        raise InputError.of("outturn", "one of --property and --from is needed", "Give one of the two")
    row = {"property_id": place, "left_on": left_on, "sold_on": sold_on, "price_gbp": price, "cost_gbp": cost,
           "note": note}  # fmt: skip
    rows = outturns.read(file) if file else [row]
    with open_register(database) as register:
        number = outturns.record(register, pipeline.load(register, run), rows)
    screen.out.print(f"{number:,} recorded. Next: estate outturn show {run}", markup=False)


@group.command("show")
def show(
    run: RunName = "latest",
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day as of which.", show_default="today")
    ] = None,
    settings: SettingsFile = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Set what happened beside the forecast of a run's plan: by property, by year and in all.

    Example: [bold]estate outturn show latest[/bold]
    """
    wanted = asked(settings, None)
    with open_register(database) as register:
        found = pipeline.load(register, run)
        made = outturns.compare(register, found, wanted, on.date() if on else None)
    if as_json:
        print_json({"run": found.id, **made.to_dict()})
    else:
        screen_outturn.outturn(made, found.snapshot, found.scenario.name)
