"""Brings files into the register. Each module beside this one reads one format; those named _x help them.

A module of a format offers
    NAME, DESCRIPTION          the format's name for `--format`, and one line on it
    order(source) -> int       files are read in this order: the place 10, people 20, the register 30 to 50,
                               service points 60, what only adds to rows that are there 70
    recognises(source, options) -> bool
    read(source, options, known) -> Readout
A new format is one such module and its test.
"""

import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import sqlalchemy as sa

from estate import garbage, seals
from estate.database import Register
from estate.importers._geo import described
from estate.importers._gone import REMEDY as GONE_REMEDY
from estate.importers._gone import Listed, gone, listed
from estate.importers._identity import read_answers
from estate.importers._ledger import ImportResult, record
from estate.importers._preview import FieldChange, Preview, Record
from estate.importers._readout import ImportOptions, Known, Note, Readout
from estate.importers._rejects import check_path, write_rejects
from estate.importers._sheets import ListSheet, RejectSheet
from estate.importers._source import KINDS, Source
from estate.problems import InputError


class Importer(Protocol):
    """What a module of this folder offers."""

    NAME: str
    DESCRIPTION: str

    def order(self, source: Source) -> int: ...
    def recognises(self, source: Source, options: ImportOptions) -> bool: ...
    def read(self, source: Source, options: ImportOptions, known: Known) -> Readout: ...


@cache
def importers() -> dict[str, Importer]:
    """Every importer by its name, which stands in one module only."""
    found: dict[str, Importer] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        importer = cast(Importer, import_module(f"{__name__}.{module.name}"))
        if importer.NAME in found:
            raise ValueError(f"two importers are called {importer.NAME}")
        found[importer.NAME] = importer
    return found


def import_files(
    register: Register,
    paths: Sequence[Path],
    options: ImportOptions | None = None,
    format: str = "auto",
    dry_run: bool = False,
) -> list[ImportResult]:
    """Import files, and every file of the folders among `paths`, each after those it refers to.

    All of it is one transaction: after an InputError, or a power cut, the register is as it was before. A file
    imported before that changes nothing now leaves no trace and says so (`again`). Files of a folder that
    nothing here reads come back as `skipped`; a file asked for by name that nothing reads is an InputError.
    A `dry_run` does the same and takes it back, so that its results say exactly what the import would do.
    """
    chosen = options or ImportOptions()
    skipped, wanted = [], []
    for source, by_name in _sources(paths):
        importer, part, reason = _choose(source, chosen, format)
        if importer:
            wanted.append((importer.order(part), importer, part))
        elif by_name:
            raise source.error(reason, _REMEDY)
        else:
            skipped.append(ImportResult(source.name, skipped=reason))
    results, lists = [], []
    with garbage.no_search(), register.transaction() as connection:
        seals.check(connection)  # or an update would seal the damage that a row has elsewhere
        savepoint = connection.begin_nested()
        for _, importer, source in sorted(wanted, key=lambda item: (item[0], str(item[2].path))):
            readout = importer.read(source, chosen, Known(connection, chosen))
            results.append(record(connection, source, importer.NAME, chosen, readout))
            lists.append(listed(importer.NAME, readout, source.has_rejects))
        results = _with_gone(connection, results, lists)
        savepoint.rollback() if dry_run else savepoint.commit()
    return results + skipped


def _with_gone(
    connection: sa.Connection, results: Sequence[ImportResult], lists: Sequence[Listed]
) -> list[ImportResult]:
    """The results with what is gone from the source of each file."""
    lacking = gone(connection, lists, {result.batch for result in results if not result.again})
    return [
        replace(result, preview=replace(result.preview, gone=records))
        for result, records in zip(results, lacking, strict=True)
    ]


_REMEDY = (
    "Name its format with --format; a list of service points needs its service too (--service) "
    "when the file's name does not tell; for a list of your own run 'estate map-columns' first"
)


def _sources(paths: Sequence[Path]) -> list[tuple[Source, bool]]:
    """The files to look at, each once, and whether it was asked for by name."""
    found: dict[Path, bool] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(item for item in path.rglob("*") if item.is_file()):
                found.setdefault(file, False)
        else:
            found[path] = True
    if not found:
        where = ", ".join(map(str, paths)) or "import"
        raise InputError.of(where, "there is no file here", "Name a file or a folder that holds some")
    return [(part, by_name) for path, by_name in found.items() for part in _parts(Source(path))]


def _parts(source: Source) -> Sequence[Source]:
    """A file is one source, but a workbook of refused rows one for each sheet."""
    return RejectSheet.all_of(source) or [source]


def _choose(source: Source, options: ImportOptions, format: str) -> tuple[Importer | None, Source, str]:
    """The importer for a file and what of it to read: the file, or the one sheet of a workbook that is a list.

    With the reason why there is no importer, where there is none.
    """
    importer, reason = _importer(source, options, format)
    if source.kind != "xlsx" or (importer and importer.NAME in {"mapped", "workbook"}):
        return importer, source, reason
    names = importers() if format == "auto" else [format]
    lists = {name: importers()[name] for name in names if name not in {"mapped", "workbook"}}
    fitting = [
        (importer, sheet)
        for sheet in ListSheet.all_of(source)
        for importer in lists.values()
        if importer.recognises(sheet, options)
    ]
    if len(fitting) > 1:
        found = " or ".join(f"{importer.NAME} by its sheet {sheet.sheet_name}" for importer, sheet in fitting)
        remedy = "Keep the one sheet that counts, or name its format with --format"
        raise source.error(f"it could be {found}", remedy)
    return (*fitting[0], "") if fitting else (importer, source, reason)


def _importer(source: Source, options: ImportOptions, format: str) -> tuple[Importer | None, str]:
    """The importer for a file, or None and the reason why there is none."""
    if format != "auto" and format not in importers():
        known = ", ".join(sorted(importers()))
        raise InputError.of("--format", "there is no such format", f"Choose one of auto, {known}", "", format)
    if not source.kind:
        if not source.path.exists():
            return None, "there is no such file"
        return None, f"files of this kind are not read, only {', '.join(KINDS)}"
    if format != "auto":
        return importers()[format], ""
    if importers()["mapped"].recognises(source, options):  # somebody has said how this file is to be read
        return importers()["mapped"], ""
    try:
        fitting = [importer for importer in importers().values() if importer.recognises(source, options)]
    except InputError as fault:
        if source.path.suffix.lower() == ".json":  # most .json files are no places at all
            return None, fault.problems[0].reason
        raise
    ours = importers()["register-tables"]
    if source.has_rejects and ours in fitting:  # told by every column; others go by a few
        return ours, ""
    if len(fitting) == 1:
        return fitting[0], ""
    if fitting:
        raise source.error(f"it could be {' or '.join(importer.NAME for importer in fitting)}", _REMEDY)
    return None, _unknown(source)


def _unknown(source: Source) -> str:
    formats = ", ".join(sorted(importers()))
    held = f"; its columns are {', '.join(source.table.headers)}" if source.kind == "csv" else ""
    return f"it is in none of the formats {formats}{held or described(source)}"


__all__ = [
    "GONE_REMEDY",
    "FieldChange",
    "ImportOptions",
    "ImportResult",
    "Importer",
    "Known",
    "Note",
    "Preview",
    "Readout",
    "Record",
    "check_path",
    "import_files",
    "importers",
    "read_answers",
    "write_rejects",
]
