"""The pack's pages: one file each, found here. A page is a module with `ORDER` and `build(case)`.

`build` gives a `Page`, or None where there is nothing to show. A page is plain content, as text that is not yet
escaped. The board's paper, its web page and its slides are made of the same pages, so that they cannot disagree.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from maps.charts import Chart
from maps.headline import Headline
from maps.pack.case import Case

LONGEST_NAME = 36  # letters of a name in a table of a page: the whole of it is in the workbook


@dataclass(frozen=True)
class Table:
    """A table of a page: column heads, and rows of text whose first cell heads its row.

    `numbers` says which columns hold numbers, from the first column as 0. `note` is the line under it, which says
    what was left out.
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Page:
    """One page of the pack.

    `name` is the short name in contents and at the page's head, `title` the sentence that says what the page says.
    `asks` are what a board is asked to agree, in order; `points` a plain list.
    """

    key: str
    name: str
    title: str
    lead: tuple[str, ...] = ()
    figures: tuple[Headline, ...] = ()
    asks: tuple[str, ...] = ()
    picture: Literal["", "map"] = ""
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    points: tuple[str, ...] = ()
    shows: tuple[tuple[str, str], ...] = ()  # of the first page: the others by name, and what each says


def build_all(case: Case) -> tuple[Page, ...]:
    """Every page of this package that has something to show, in the order of their `ORDER`."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    made = [module.build(case) for module in sorted(modules, key=lambda module: (module.ORDER, module.__name__))]
    first, *rest = (page for page in made if page is not None)
    return replace(first, shows=tuple((page.name, page.title) for page in rest)), *rest
