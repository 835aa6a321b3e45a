"""Commands on the register: make it, fill it, look it over."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from app import screen
from app.shell import Database, Json, app, open_register, print_json
from estate.checks import run_checks
from estate.importers import ImportOptions, ImportResult, Note, import_files

_COUNTS = ("rows", "accepted", "rejected", "mended", "warnings")


@app.command()
def init(database: Database = None) -> None:
    """Make an empty register, or bring an older one up to date.

    Example: [bold]estate init --database sqlite:///trafford.db[/bold]
    """
    with open_register(database, create=True) as register:
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
    with open_register(database) as register:
        options = ImportOptions(service=service, organisation=organisation)
        results = import_files(register, paths, options, format_name)
    if as_json:
        print_json(_import_counts(results))
    else:
        screen.imported(results)


@app.command()
def check(database: Database = None, as_json: Json = False) -> None:
    """Say what looks wrong in the register, record by record, and what to do about it.

    Example: [bold]estate check --json > findings.json[/bold]
    """
    with open_register(database) as register:
        found = run_checks(register)
    if as_json:
        print_json([asdict(finding) for finding in found])
    elif found:
        screen.findings(found)
        screen.out.print(f"{len(found):,} findings. Mend them in the source and import it again.")
    else:
        screen.out.print("The checks found nothing.")


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


def _note(note: Note) -> dict[str, Any]:
    return {"kind": note.kind, "row": note.row_number, **asdict(note.problem)}
