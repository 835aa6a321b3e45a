"""The command that writes a board's pack."""

from pathlib import Path
from typing import Annotated

import typer

from app import pack as packs
from app import screen
from app.shell import Database, Json, app, open_register, print_json
from maps import brand
from maps.pack.case import EVERYTHING


@app.command()
def pack(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN...", help="Runs, the one put forward first; latest if none.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write to.", show_default="out/RUN-pack")] = None,
    look: Annotated[
        Path | None,
        typer.Option(
            "--brand", envvar="ESTATE_BRAND", metavar="FILE.yaml", help="Logo, colours, tiles, boundary."
        ),
    ] = None,
    reader: Annotated[
        str, typer.Option("--for", metavar="public|ORGANISATION", help="Make it from what this reader may see.")
    ] = EVERYTHING,
    no_pdf: Annotated[
        bool, typer.Option("--no-pdf", help="Leave out board.pdf, which needs Chromium on this machine.")
    ] = False,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write the board's pack: paper (PDF, HTML), slides, workbook, GeoPackage, map and manifest.

    All of it is written, or nothing. With several runs it compares them.

    Example: [bold]estate pack latest --out out/board[/bold]
    """
    looks = brand.read(look)
    asked = runs or ["latest"]
    with open_register(database) as register:
        folder = out or Path("out") / f"{asked[0]}-pack"
        files = packs.write(register, asked, folder, reader=reader, looks=looks, pdf=not no_pdf)
    if as_json:
        print_json({name: str(path) for name, path in files.items()})
        return
    for path in files.values():
        screen.out.print(str(path), markup=False, soft_wrap=True)
