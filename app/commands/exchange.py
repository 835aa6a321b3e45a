"""Commands to bring data in and out: the workbook to fill, and the mapping of somebody's own columns."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from app import screen
from app.shell import Database, Json, app, open_register, print_json
from estate import mapping_text, template
from estate.dictionary import REGISTER_TABLES
from estate.importers._source import Source
from estate.mapping_proposal import Guess, Proposal, propose
from estate.problems import InputError


@app.command("template")
def template_command(
    out: Annotated[Path, typer.Option(help="Workbook to write.")] = Path("register.xlsx"),
    filled: Annotated[
        bool, typer.Option("--filled", help="With the register's rows, to mend them in Excel.")
    ] = False,
    database: Database = None,
) -> None:
    """Write an Excel workbook with a sheet for each table: fill it and bring it in with 'estate import'.

    Example: [bold]estate template --out register.xlsx[/bold]
    """
    if out.exists():
        raise InputError.of(str(out), "there is a file already, and it may hold work", "Name another with --out")
    rows: dict[str, Any] = {}
    if filled:
        with open_register(database) as register:
            rows = {table: register.rows(table) for table in REGISTER_TABLES}
    template.write(out, rows)
    held = f" with {sum(map(len, rows.values())):,} rows" if filled else ""
    screen.out.print(f"Wrote {escape(str(out))}{held}. Fill it, save it, then: estate import {escape(str(out))}")


@app.command("map-columns")
def map_columns(
    file: Annotated[Path, typer.Argument(help="A list of yours: CSV or Excel.")],
    out: Annotated[Path | None, typer.Option(help="Mapping to write.", show_default="FILE.mapping.yaml")] = None,
    table: Annotated[str, typer.Option(help="Table of the register; blank takes the one that fits best.")] = "",
    sheet: Annotated[str, typer.Option(help="Sheet of a workbook that has several.")] = "",
    organisation: Annotated[str, typer.Option(help="Name of the body whose rows they are.")] = "",
    as_json: Json = False,
) -> None:
    """Propose which column of a list is which of the register's. Check the answer, then 'estate import' the list.

    Example: [bold]estate map-columns assets.xlsx --organisation "Ambridge Council"[/bold]
    """
    made = propose(Source(file), table, sheet, organisation)
    path = mapping_text.write(made, file, out)
    if as_json:
        print_json(_plain(made, path))
    else:
        _print(made, path, file)


def _plain(made: Proposal, path: Path) -> dict[str, Any]:
    columns = {name: list(guess.headers) for name, guess in made.guesses.items()}
    checks, unused = mapping_text.checks(made), list(made.not_used)
    return {"mapping": str(path), "table": made.table, "columns": columns, "check": checks, "not_used": unused}


def _print(made: Proposal, path: Path, file: Path) -> None:
    shown = Table("Table", "Column of the register", "From", "Unit", "Check", box=None)
    for table, guesses in ((made.table, made.guesses), *((table, g) for (table, _), g in made.also.items())):
        for column, guess in guesses.items():
            shown.add_row(*map(escape, (table, column, _from(guess), guess.unit, guess.doubt)))
    screen.out.print(shown)
    if made.not_used:
        screen.out.print(f"Not used: {escape(', '.join(made.not_used))}.")
    checks = mapping_text.checks(made)
    for check in checks:
        screen.out.print(f"  check: {escape(check)}")
    look = f"Look at what is marked 'check' in it ({len(checks):,})" if checks else "Nothing in it is doubtful"
    first = f"Say in it which column holds {' and '.join(made.lacking)}, or every row is refused. "
    screen.out.print(
        f"Wrote {escape(str(path))}. {first * bool(made.lacking)}{look}, then: estate import {escape(str(file))}",
        soft_wrap=True,
    )


def _from(guess: Guess) -> str:
    return ", ".join(guess.headers) if guess.value is None else f"always {guess.value}"
