"""Single sheets of an Excel workbook, read as the CSV files that they might as well be."""

import csv
import io
from dataclasses import dataclass
from functools import cached_property

from estate.importers._excel import Grid
from estate.importers._source import REJECT_COLUMNS, Source, key


@dataclass(frozen=True)
class RejectSheet(Source):
    """One sheet of a workbook of refused rows, read as the CSV file that its name stands for (see `_rejects`)."""

    book: Source
    sheet_name: str

    @classmethod
    def all_of(cls, book: Source) -> list["RejectSheet"]:
        """The sheets of a workbook that hold refused rows; none for any other file."""
        if book.kind != "xlsx" or not book.path.is_file():
            return []
        wanted = set(map(key, REJECT_COLUMNS))
        names = [name for name, grid in book.sheets.items() if grid and wanted <= set(map(key, grid[0]))]
        return [cls(book.path.with_name(f"{name}.csv"), book, name) for name in names]

    @property
    def name(self) -> str:
        return f"{self.book.name}, sheet {self.sheet_name}"

    @cached_property
    def content(self) -> bytes:
        return _as_csv(self.book.sheets[self.sheet_name])


@dataclass(frozen=True)
class ListSheet(Source):
    """A sheet of a workbook read as a CSV file of the workbook's name: published lists come as either.

    Lines above its headers, such as a title, are not read; `row` counts as Excel does.
    """

    book: Source
    sheet_name: str
    only: bool

    @classmethod
    def all_of(cls, book: Source) -> list["ListSheet"]:
        """The sheets of a workbook that hold anything; none for any other file."""
        held = [name for name, grid in book.sheets.items() if grid] if book.kind == "xlsx" else []
        return [cls(book.path, book, name, len(held) == 1) for name in held]

    @property
    def kind(self) -> str:
        return "csv"

    @property
    def name(self) -> str:
        return self.book.name if self.only else f"{self.book.name}, sheet {self.sheet_name}"

    @cached_property
    def header_row(self) -> int:
        """The first row that is at least half as wide as the widest."""
        widths = [sum(bool(cell.strip()) for cell in cells) for cells in self.book.sheets[self.sheet_name]]
        return next(number for number, width in enumerate(widths, start=1) if 2 * width >= max(widths))

    @cached_property
    def content(self) -> bytes:
        return _as_csv(self.book.sheets[self.sheet_name])


def _as_csv(grid: Grid) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(grid)
    return text.getvalue().encode("utf-8", "replace")
