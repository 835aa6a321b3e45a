"""What each line of the cash flows is: cash or not, capital or revenue, once or yearly. From `data/rates/`."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import data


@dataclass(frozen=True)
class Line:
    """One cost of the plan's objective as an accountant sees it."""

    line: str  # its name in optimiser/model/costs
    name: str  # as people call it
    cash: bool  # whether a public body pays or receives it; the rest counts for society alone
    kind: Literal["capital", "revenue", "none"]
    timing: Literal["one_off", "yearly"]
    cashable: bool  # whether what is saved can be taken out of a budget
    works: bool  # whether it is building work, to which optimism bias is added
    investment: bool  # spent in order to save: the costs of the benefit-cost ratio
    description: str


@cache
def lines() -> Mapping[str, Line]:
    """Every line, in the order in which they are shown."""
    with (data.FOLDER / "rates" / "appraisal_lines.csv").open(encoding="utf-8", newline="") as file:
        return {row["line"]: _line(row) for row in csv.DictReader(file)}


def _line(row: dict[str, str]) -> Line:
    yes = {word: row[word] == "yes" for word in ("cash", "cashable", "works", "investment")}
    return Line(**{**row, **yes})  # type: ignore[arg-type]  # the rest is text; a health test holds its words
