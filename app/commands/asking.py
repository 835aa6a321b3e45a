"""Commands that ask about one property: what happened to it, and how its figures came about."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app import register_screen
from app.shell import Database, Json, app, open_register, print_json
from estate import estimates
from estate import history as histories
from estate.database import rows_of
from estate.dictionary import REGISTER_TABLES
from estate.explain import explain as explain_property
from estate.frames import frame_of


@app.command()
def history(
    asked: Annotated[str, typer.Argument(metavar="PROPERTY", help="Id, start of an id, or name.")],
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say who changed what of a property, its leases, costs, values, teams and spaces, from which file, when.

    Example: [bold]estate history "Sale Library"[/bold]
    """
    with open_register(database) as register:
        found = histories.history(register, asked)
    if as_json:
        events = [{**asdict(event), "at": event.at.isoformat() if event.at else None} for event in found.events]
        print_json({"property_id": found.property_id, "name": found.name, "events": events})
    else:
        register_screen.history(found)


@app.command()
def estimate(
    explain: Annotated[
        str, typer.Option("--explain", metavar="PROPERTY", help="Id, start of an id, or name of one property.")
    ] = "",
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say which figures a plan would have to estimate, and with --explain how those of one property come about.

    Example: [bold]estate estimate --explain "Sale Library"[/bold]
    """
    if not explain:
        _summary(database, as_json)
        return
    with open_register(database) as register:
        found = explain_property(register, explain)
    if as_json:
        print_json(asdict(found))
    else:
        register_screen.explanation(found)


def _summary(database: str | None, as_json: bool) -> None:
    """How many figures each rule would estimate."""
    with open_register(database) as register, register.reading() as connection:
        frames = {table: frame_of(table, rows_of(connection, table)) for table in REGISTER_TABLES}
    _, fills = estimates.fill(frames)
    counts: list[tuple[str, Any]] = [
        (str(rule), int(count)) for rule, count in fills["rule"].value_counts().items()
    ]
    if as_json:
        print_json(dict(counts))
    else:
        register_screen.estimate_counts(counts)
