"""What a sheet of the workbook is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column: its header with the unit, how its values are shown (see workbook.FORMATS), and its width."""

    header: str
    kind: str = "text"
    width: float = 14


@dataclass(frozen=True)
class Formula:
    """A cell that is worked out from others: the formula, and its value for those who turn formulas off.

    The text is put together from constants and addresses of cells, never from a register's words.
    """

    text: str
    value: float | None


@dataclass(frozen=True)
class Sheet:
    """A sheet. A value may be a pair of kind and value, for a cell unlike its column; None is a blank cell."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    frozen_columns: int = 1
