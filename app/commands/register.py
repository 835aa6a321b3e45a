"""Commands on the register: make it, fill it, look it over."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from app import findings_workbook, register_screen, screen
from app.shell import Database, Json, app, open_register, print_json
from estate import seals, versions
from estate.checks import find_all
from estate.database import Register, rows_of
from estate.dictionary import REGISTER_TABLES
from estate.importers import (
    GONE_REMEDY,
    ImportOptions,
    ImportResult,
    Note,
    Preview,
    check_path,
    import_files,
    read_answers,
    write_rejects,
)
from estate.quality import scores

_COUNTS = ("rows", "accepted", "rejected", "mended", "warnings")


@app.command()
def init(database: Database = None) -> None:
    """Make an empty register, or bring an older one up to date.

    Example: [bold]estate init --database sqlite:///trafford.db[/bold]
    """
    with open_register(database, create=True) as register:
        address = register.engine.url.render_as_string(hide_password=True)
        screen.out.print(f"The register {escape(address)} is ready. Next: estate import FILE or FOLDER.")


@app.command()
def downgrade(
    version: Annotated[str, typer.Argument(help="Version to go down to, such as 0003, or nothing.")],
    lose_data: Annotated[
        bool, typer.Option("--lose-data", help="Go down even where rows are lost with it.")
    ] = False,
    database: Database = None,
) -> None:
    """Take the register's tables down to those of an earlier version of this program, or take them all away.

    Nothing is lost unless you say so. Use the login that owns the tables.

    Example: [bold]estate downgrade 0003 --database sqlite:///trafford.db[/bold]
    """
    with open_register(database) as register:
        lost = register.downgrade(version, lose_data)
    for what, rows in lost.items():
        screen.out.print(f"Lost: {rows:,} rows of {escape(what)}.")
    now = "holds no register any more" if version == versions.NOTHING else f"is of version {escape(version)} now"
    screen.out.print(f"The database {now}.")


@app.command("import")
def import_command(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", help="What to bring in.")],
    format_name: Annotated[str, typer.Option("--format", help="Format of the files, or auto.")] = "auto",
    service: Annotated[str, typer.Option(help="Service that a list of service points offers.")] = "",
    organisation: Annotated[str, typer.Option(help="Body that the rows belong to.")] = "",
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Of national lists take also what lies outside the place.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="Mapping of the columns, if not beside the file.")
    ] = None,
    mode: Annotated[str, typer.Option(help="How people travel in a table of minutes.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE.csv|.xlsx", help="Write refused rows here, to mend and import.")
    ] = None,
    matches: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Answers: which property a row is (docs/imports.md).")
    ] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Bring files into the register. All of it comes in, or nothing; the same file twice changes nothing.

    Example: [bold]estate import assets.csv --dry-run --rejects rejects.csv[/bold]
    """
    if rejects:
        check_path(rejects)
    answers = read_answers(matches) if matches else ()
    with open_register(database) as register:
        saved = str(mapping) if mapping else ""
        options = ImportOptions(
            service=service,
            organisation=organisation,
            inside_only=not everywhere,
            matches=answers,
            mapping=saved,
            mode=mode,
        )
        results = import_files(register, paths, options, format_name, dry_run)
    written = write_rejects(results, rejects) if rejects else []
    if as_json:
        print_json({"dry_run": dry_run, **_import_counts(results), "rejects": [str(path) for path in written]})
        return
    register_screen.imported(results, dry_run)
    for path in written:
        screen.out.print(
            f"Refused rows: {escape(str(path))}. Mend them there and import that file.", soft_wrap=True
        )
    if rejects and not written:
        screen.out.print("No row was refused, so no file of rejects was written.")


@app.command()
def check(
    out: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Write the findings to Excel.")] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="First accept what other tools changed in an SQLite register.")
    ] = False,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say what looks wrong in the register, by owner and worth, what to do about it, and how good the data is.

    A damaged SQLite file, and rows in it that another tool changed, are named first: see docs/partners.md.

    Example: [bold]estate check --out findings.xlsx[/bold]
    """
    if out:
        findings_workbook.check_path(out)
    with open_register(database) as register:
        if accept:
            _accept(register)
        with register.reading() as connection:
            seals.check(connection)
            rows = {table: rows_of(connection, table) for table in REGISTER_TABLES}
    found = find_all(rows)
    marks, names = scores(rows, found), {row["id"]: row["name"] for row in rows["organisation"]}
    if out:
        findings_workbook.write(found, marks, names, out)
    if as_json:
        print_json([asdict(finding) for finding in found])
        return
    register_screen.findings(found, marks, names)
    if out:
        screen.out.print(f"Wrote {escape(str(out))}.", soft_wrap=True)
    if found:
        screen.out.print(f"{len(found):,} findings. Mend them in the source and import it again.")
    else:
        screen.out.print("The checks found nothing.")


def _accept(register: Register) -> None:
    """Take what other tools made of the register for its own, and say what that is."""
    with register.transaction() as connection:
        accepted = seals.accept(connection)
    for row in accepted:
        screen.err.print(f"Accepted: {row.table} {row.record_id}", markup=False, soft_wrap=True)
    if not accepted:
        screen.err.print("There was nothing to accept: the register is as estate left it.")


def _import_counts(results: list[ImportResult]) -> dict[str, Any]:
    """The counts of all files together, and of each. `batch` is one name for one file, else a list."""
    files = [
        {name: getattr(result, name) for name in ("file_name", "format", "batch", *_COUNTS)} for result in results
    ]
    for file, result in zip(files, results, strict=True):
        file |= {"again": result.again, "skipped": result.skipped, **asdict(result.changes)}
        file["notes"] = [_note(note) for note in (*result.rejections, *result.notes)]
        file["preview"] = _preview(result.preview)
    batches = [result.batch for result in results if result.batch]
    counts = {name: sum(file[name] for file in files) for name in _COUNTS}
    return {"batch": batches[0] if len(batches) == 1 else batches, **counts, "files": files}


def _preview(preview: Preview) -> dict[str, Any]:
    """Every new record, every column of a record that changed with its values, and every record that is gone."""
    changed = [
        {**asdict(change), "before": json.loads(change.before), "after": json.loads(change.after)}
        for change in preview.changed
    ]
    return {**asdict(preview), "changed": changed, "gone_remedy": GONE_REMEDY if preview.gone else ""}


def _note(note: Note) -> dict[str, Any]:
    return {"kind": note.kind, "row": note.row_number, **asdict(note.problem)}
