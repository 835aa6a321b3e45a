"""The register as an Excel workbook: the filled template, as the importer `workbook` reads it."""

from datetime import datetime
from pathlib import Path

from estate import template
from estate.database import Row
from estate.export._files import replacing

SUFFIX = ".xlsx"
DESCRIPTION = "An Excel workbook with a sheet a table"


def write(path: Path, rows_by_table: dict[str, list[Row]], as_of: datetime) -> None:
    """Write every table to the workbook `path`."""
    with replacing(path) as new:
        template.write(new, rows_by_table)
