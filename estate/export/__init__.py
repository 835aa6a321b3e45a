"""Writes the register to files that `estate import` reads back: GeoPackage, Excel, or CSV a table.

A module of a format offers `SUFFIX` (blank: it writes a folder), `DESCRIPTION` and `write(path, rows_by_table,
as_of)`. A new format is one such module and its test. Nothing is lost on the way out and back in: every table,
every column of `data/columns`, every value. Where a row came from stays behind; the import tells it anew.
"""

import pkgutil
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import sqlalchemy as sa

from estate import seals
from estate.database import Register, Row, rows_of
from estate.dictionary import REGISTER_TABLES
from estate.problems import InputError
from estate.tables import metadata

Tables = dict[str, list[Row]]


class Exporter(Protocol):
    """What a module of this folder offers."""

    SUFFIX: str
    DESCRIPTION: str

    def write(self, path: Path, rows_by_table: Tables, as_of: datetime) -> None: ...


@cache
def exporters() -> dict[str, Exporter]:
    """Every exporter by the name of its module, the name for `--format`."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return {name: cast(Exporter, import_module(f"{__name__}.{name}")) for name in names}


def write(register: Register, out: Path, format: str = "auto") -> dict[str, int]:
    """Write one moment of the register to a file, or to a folder of CSV files, and count its rows by table.

    `auto` goes by the name: .gpkg, .xlsx, or else a folder. What stands there is replaced once the new file is
    whole. The same register gives the same file. Raises InputError for a format or a place that will not do.
    """
    exporter = _exporter(out, format)
    tables, as_of = _read(register)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        exporter.write(out, tables, as_of)
    except OSError as fault:
        reason = f"it cannot be written ({fault.strerror})"
        raise InputError.of(str(out), reason, "Choose a folder that you may write to") from fault
    return {table: len(rows) for table, rows in tables.items()}


def _exporter(out: Path, format: str) -> Exporter:
    if format != "auto":
        if format not in exporters():
            remedy = f"Choose one of auto, {', '.join(sorted(exporters()))}"
            raise InputError.of("--format", "there is no such format", remedy, "", format)
        return exporters()[format]
    fitting = [exporter for exporter in exporters().values() if out.suffix.lower() == exporter.SUFFIX]
    if not fitting:
        suffixes = ", ".join(sorted(filter(None, (exporter.SUFFIX for exporter in exporters().values()))))
        remedy = f"Let the name end in {suffixes}, or give a folder, or the format with --format"
        raise InputError.of("--out", "its ending names no format", remedy, "", out.name)
    return fitting[0]


def _read(register: Register) -> tuple[Tables, datetime]:
    """The rows of every table, and when the last of them came in."""
    latest = sa.select(sa.func.max(metadata.tables["import_batch"].c.imported_at))
    with register.reading() as connection:
        seals.check(connection)
        tables = {table: rows_of(connection, table) for table in REGISTER_TABLES}
        as_of = connection.execute(latest).scalar()
    return tables, as_of or datetime(1970, 1, 1)


__all__ = ["Exporter", "exporters", "write"]
