"""The pack's charts: one file each, found here. A chart is a module with `ORDER`, `PAGE` and `build(case)`.

`build` gives a `Chart`, which is data and no picture, or None where there is nothing to show. Of one chart are
made the drawing for paper and browser (`_draw.svg`), the table beside it and the editable chart of the slides, so
that the three cannot disagree.
"""

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Literal

from maps import words
from maps.pack.case import Case

Kind = Literal["columns", "stacked", "bars", "tornado", "points"]
Unit = Literal["gbp", "share", "whole", "minutes"]


@dataclass(frozen=True)
class Series:
    """One colour of a chart: a value for each category, None where there is none."""

    name: str
    values: tuple[float | None, ...]
    colour: str  # #rrggbb
    unit: Unit = "gbp"


@dataclass(frozen=True)
class Chart:
    """A chart. `heading` says what the categories are; `title` is the sentence that it shows.

    `columns` stand side by side and `stacked` ones on each other, categories from left to right; `bars` lie, one
    under another; those of a `tornado` share a line, one to each side of nothing. `points` have two series, across
    and up, and the categories are their labels.
    """

    key: str
    title: str
    kind: Kind
    heading: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""
    beside: tuple[Series, ...] = ()  # further columns of the table, not drawn

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads of the table beside it."""
        return self.heading, *(column.name for column in (*self.series, *self.beside))

    @property
    def numbers(self) -> frozenset[int]:
        """Which columns of the table hold numbers: all but the first."""
        return frozenset(range(1, len(self.heads)))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The rows of the table beside it: a category, then each series as it is said."""
        columns = (*self.series, *self.beside)
        return [
            (category, *(shown(column.values[number], column.unit) for column in columns))
            for number, category in enumerate(self.categories)
        ]


def build_all(case: Case, page: str) -> tuple[Chart, ...]:
    """The charts of one page of the pack, in the order of their `ORDER`."""
    names = [found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    made = [
        module.build(case)
        for module in sorted(modules, key=lambda module: (module.ORDER, module.__name__))
        if page == module.PAGE
    ]
    return tuple(chart for chart in made if chart is not None)


def shown(value: float | None, unit: Unit) -> str:
    """A value as the table says it."""
    if value is None:
        return "–"
    if unit == "gbp":
        return words.pounds(value)
    if unit == "share":
        return words.share(value)
    return f"{value:,.1f}" if unit == "minutes" else f"{value:,.0f}"
