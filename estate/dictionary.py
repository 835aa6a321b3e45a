"""The column dictionary: `data/columns/*.csv` describes every column once, for tables, checks and docs."""

import csv
import math
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import data
from estate.problems import Problem

# Tables that the user fills, parents before children.
REGISTER_TABLES = (
    "organisation", "site", "property", "space", "lease", "running_cost", "valuation",
    "service", "team", "zone", "travel_build", "travel_time", "funding_stream",
)  # fmt: skip
# Tables that the product writes.
LEDGER_TABLES = (
    "import_batch", "rejected_row", "import_note", "change", "snapshot", "scenario", "run", "action", "study",
    "outturn", "member",
)  # fmt: skip

TRUE_WORDS, FALSE_WORDS = {"yes", "y", "true", "t", "1"}, {"no", "n", "false", "f", "0"}


@dataclass(frozen=True)
class Column:
    """One column of one table. `minimum` and `maximum` are in `unit`; outside them a value is refused."""

    name: str
    type: str
    unit: str
    required: bool
    default: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    references: str
    description: str
    standard: str

    def parse(self, raw: object, record: str) -> Any:
        """Turn a cell as read into a value of this column's type.

        Blank means missing and gives the default or None. Raises `ColumnError` for a value that does not fit.
        """
        text = "" if raw is None else str(raw)
        text = (text if text.isascii() else text.replace("\xa0", " ")).strip()
        if not text:
            if self.default:
                return self._convert(self.default, record)
            if self.required:
                raise ColumnError(self._problem(record, "", "it is blank and this column must be filled"))
            return None
        return self._convert(text, record)

    def _convert(self, text: str, record: str) -> Any:
        try:
            value = _CONVERTERS[self.type](text)
        except ValueError:
            raise ColumnError(self._problem(record, text, f"it is not {_ARTICLES[self.type]}")) from None
        if self.choices and value not in self.choices:
            raise ColumnError(self._problem(record, text, f"it is none of {', '.join(self.choices)}"))
        if isinstance(value, int | float) and not isinstance(value, bool):
            low, high = self.minimum, self.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                raise ColumnError(self._problem(record, text, f"it is outside {self.limits}"))
        return value

    @property
    def limits(self) -> str:
        """The least and the most that a value may be, in words."""
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        if self.unit == "year":
            return f"the years {low:.0f} to {high:.0f}"
        return f"{low:,.0f} to {high:,.0f} {self.unit}".strip()

    def _problem(self, record: str, value: str, reason: str) -> Problem:
        return Problem(
            record, reason, f"Give {self.description[0].lower()}{self.description[1:]}", self.name, value
        )


class ColumnError(ValueError):
    """A value that does not fit its column."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    if not text.isascii():
        text.encode()  # raises for half of a surrogate pair, which no store can hold
    return text


def _number(text: str) -> float:
    digits = text.removeprefix("£")
    if "," in digits and not _THOUSANDS.fullmatch(digits):
        raise ValueError(text)  # "12,5" is not 125
    value = float(digits.replace(",", ""))
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _integer(text: str) -> int:
    value = _number(text)
    if value != int(value):
        raise ValueError(text)
    return int(value)


def _boolean(text: str) -> bool:
    if text.lower() in TRUE_WORDS:
        return True
    if text.lower() in FALSE_WORDS:
        return False
    raise ValueError(text)


_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_CONVERTERS: dict[str, Any] = {
    "text": _text,
    "choice": str,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": date.fromisoformat,
}
_ARTICLES = {
    "text": "text that can be stored",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no",
    "date": "a date such as 2026-03-31",
}


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, in order, as `data/columns/TABLE.csv` gives them."""
    with (data.FOLDER / "columns" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Column(
                name=row["column"],
                type=row["type"],
                unit=row["unit"],
                required=row["required"] == "yes",
                default=row["default"],
                minimum=float(row["minimum"]) if row["minimum"] else None,
                maximum=float(row["maximum"]) if row["maximum"] else None,
                choices=tuple(row["choices"].split("|")) if row["choices"] else (),
                references=row["references"],
                description=row["description"],
                standard=row["standard"],
            )
            for row in csv.DictReader(file)
        )
