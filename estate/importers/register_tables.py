"""The register's own tables as CSV: property.csv, lease.csv, zone.csv ... with the columns of `data/columns`.

How a row is read, and what a blank cell means, is said in `_rows`, which the workbook shares.
"""

from estate.dictionary import REGISTER_TABLES
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._rows import fits, read_rows, tables_of
from estate.importers._source import Source

NAME = "register-tables"
DESCRIPTION = "Tables of the register by their own names, such as property.csv (CSV)"


def order(source: Source) -> int:
    """Zones first of all, then parents before children."""
    table = _table_of(source)
    return 30 + REGISTER_TABLES.index(table) if table in set(REGISTER_TABLES) - {"zone"} else 10


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV named as a table, with that table's columns for the greater part."""
    table = _table_of(source)
    return source.kind == "csv" and table in REGISTER_TABLES and fits(table, source.headers)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read one table. A row with a cell that does not fit is refused."""
    name = _table_of(source)
    if name not in REGISTER_TABLES:
        remedy = f"Name it as one of {', '.join(REGISTER_TABLES)}"
        raise source.error("its name is not that of a table of the register", remedy)
    readout = Readout()
    read_rows(name, source.table_as_written, known, readout)
    return readout


def _table_of(source: Source) -> str:
    """The table that a file is named after; of mended rejects else the only one that their header fits."""
    name = source.path.stem.lower()
    if name in REGISTER_TABLES or not source.has_rejects:
        return name
    fitting = tables_of(source.headers)
    return fitting[0] if len(fitting) == 1 else name
