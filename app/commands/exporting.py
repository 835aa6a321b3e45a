"""Writes the register to files for QGIS, Excel and other programs."""

from pathlib import Path
from typing import Annotated

import typer

from app import screen
from app.shell import Database, Json, app, open_register, print_json
from estate import export


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER|FILE.gpkg|FILE.xlsx", help="Where to write.")],
    format_name: Annotated[
        str, typer.Option("--format", help=f"auto (by the name), {', '.join(sorted(export.exporters()))}.")
    ] = "auto",
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write the whole register to a file. Edit it in QGIS or Excel and bring it back with estate import.

    Example: [bold]estate export --out trafford.gpkg[/bold]
    """
    with open_register(database) as register:
        counts = export.write(register, out, format_name)
    if as_json:
        print_json({"out": str(out), "rows": counts})
        return
    held = ", ".join(f"{count:,} {table}" for table, count in counts.items() if count)
    screen.out.print(f"{out}: {held or 'no rows yet'}", markup=False, soft_wrap=True)
