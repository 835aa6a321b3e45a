"""The command that sets runs side by side."""

from pathlib import Path
from typing import Annotated

import typer

from app import comparing, pipeline, screen, screen_compare
from app.shell import Database, Json, app, open_register, print_json
from estate.problems import InputError
from maps.pack import compare_sheets, workbook

_MOST = 8  # plans that anybody can take in at once


@app.command()
def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Runs, or the starts of their names.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write everything to Excel.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Set runs side by side: as wholes, property by property, partner by partner, year by year.

    The others are set against the first. What one costs more than another is given as the range that is proven.

    Example: [bold]estate compare 05fc76e4 c0bc9c9c --out options.xlsx[/bold]
    """
    if not 2 <= len(runs) <= _MOST:
        raise InputError.of(
            "RUN", f"{len(runs)} runs cannot be compared", f"Name two to {_MOST}: see 'estate runs'"
        )
    with open_register(database) as register:
        loaded = [pipeline.load(register, name) for name in runs]
    found = comparing.of_runs(loaded)
    services = {str(key): str(name) for run in loaded for key, name in run.snapshot.services["name"].items()}
    if out:
        about = {"title": " and ".join(run.scenario.name for run in loaded)[:255]}
        workbook.write_sheets(compare_sheets.of(found, services), about, out)
    if as_json:
        print_json(found.to_dict())
        return
    screen_compare.compared(found, services)
    if out:
        screen.out.print(f"Wrote {out}.", markup=False, soft_wrap=True)
