"""The register as CSV: a folder with one file a table, as the importer `register-tables` reads them.

UTF-8 with a byte order mark, so that Excel shows every letter. Places are WKT in EPSG:27700; missing is blank.
Text that a spreadsheet would compute (`=1+1`) is written with a `'` before it, which the importer takes off again.
"""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from estate.database import Row
from estate.dictionary import Column, columns
from estate.export._files import replacing
from estate.geometry_column import as_wkt
from estate.importers._source import armed
from estate.problems import InputError

SUFFIX = ""
DESCRIPTION = "A folder with one CSV file a table"


def write(path: Path, rows_by_table: dict[str, list[Row]], as_of: datetime) -> None:
    """Write each table to its own file in the folder `path`; empty tables too, with their header."""
    if path.exists() and not path.is_dir():
        raise InputError.of(str(path), "it is a file and not a folder", "Give another name for the folder")
    path.mkdir(exist_ok=True)
    for table, rows in rows_by_table.items():
        with replacing(path / f"{table}.csv") as new, new.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(column.name for column in columns(table))
            writer.writerows([as_text(row[column.name], column) for column in columns(table)] for row in rows)


def as_text(value: Any, column: Column) -> str:
    """A value as the column dictionary reads it back; missing is blank."""
    if value is None:
        return ""
    if column.type == "geometry":
        return as_wkt(value)
    if column.type == "boolean":
        return "yes" if value else "no"
    if column.type == "number":
        return repr(float(value))
    return armed(str(value)) if column.type in {"text", "choice"} else str(value)
