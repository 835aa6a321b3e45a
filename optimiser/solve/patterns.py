"""Patterns: what one block could be, as the columns that are 1. Prices every block, whatever its form."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from optimiser.solve import highs
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints
from optimiser.solve.knapsack import NO_OPTION
from optimiser.solve.packing import Packed, pack
from optimiser.solve.pricing import Priced, mark, price
from optimiser.solve.shapes import Shape, shapes

_TINY = 1e-9
_BREAKS = 1e-6  # what a row or bound may be off by
QUICK = 20_000  # nodes of a search that need not prove what it finds
# A block without a shape is priced by a model of its own; s at the most, then its bound counts.
_SECONDS_A_BLOCK = 2.0


@dataclass(frozen=True)
class Pattern:
    """One block's columns that are 1, sorted. Columns that need not be whole are 1 too, or not there."""

    block: int
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Prices:
    """The cheapest pattern of some blocks: a bound on the reduced cost of each, and the patterns found."""

    value: Floats
    patterns: tuple[Pattern, ...]
    cost: Floats  # reduced, of each block's pattern; inf where none was found

    @property
    def doubt(self) -> float:
        """By how much less than their patterns the blocks could cost, in all, as the search ended early."""
        found = np.isfinite(self.cost)
        return float((self.cost - self.value)[found].sum())


class Pricer:
    """Finds the cheapest pattern of blocks at the reduced cost of every column."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.shapes: list[Shape | None] = shapes(blocks)
        self._shaped: dict[int, int] = {}
        for b, shape in enumerate(self.shapes):
            if shape is not None and shape.states:
                self._shaped[b] = len(self._shaped)
        self.packed: Packed = pack([shape for b, shape in enumerate(self.shapes) if b in self._shaped and shape])
        self.first_item: Ints = self.packed.item_start[self.packed.part_start]

    @cached_property
    def all(self) -> Ints:
        """Every block."""
        return np.arange(len(self.shapes))

    def price(self, reduced: Floats, which: Ints, most_nodes: int = QUICK) -> Prices:
        """Price the blocks `which` at `reduced`, shape (columns,); infinite cost bars a column."""
        value = np.empty(len(which))
        patterns: list[Pattern] = []
        cost = np.full(len(which), np.inf)
        shaped = np.array([int(b) in self._shaped for b in which], dtype=bool)
        numbers = np.array([self._shaped[int(b)] for b in which[shaped]], dtype=np.int64)
        priced = price(self.packed, reduced, numbers, most_nodes)
        value[shaped], cost[shaped] = priced.value, priced.cost
        unfit = ~shaped
        for k, (place, b) in enumerate(zip(np.flatnonzero(shaped), which[shaped], strict=True)):
            if priced.state[k] >= 0:
                pattern = self._pattern(int(b), numbers[k], priced, k, reduced)
                unfit[place] = not self._holds(pattern)
                if not unfit[place]:
                    patterns.append(pattern)
        for k in np.flatnonzero(unfit).tolist():
            value[k], found = self._by_model(int(which[k]), reduced)
            cost[k] = np.inf
            if found is not None:
                patterns.append(found)
                cost[k] = reduced[list(found.columns)].sum()
        return Prices(value, tuple(patterns), cost)

    @cached_property
    def whole(self) -> bool:
        """Whether every block has a shape."""
        return len(self._shaped) == len(self.shapes)

    @property
    def mostly_shaped(self) -> bool:
        """Whether most blocks have a shape; else patterns, whose columns are 0 or 1, may say little of a model."""
        return 2 * len(self._shaped) >= len(self.shapes)

    def look(self, reduced: Floats, most_nodes: int) -> tuple[float, Floats, Callable[[], list[Pattern]]]:
        """A bound on the reduced cost of all blocks, the columns of what is cheapest as x, and it as patterns.

        For models whose blocks all have a shape. Rows that their shapes leave loose may be broken in x.
        """
        priced = price(self.packed, reduced, self.all, most_nodes)
        x = np.zeros(len(reduced))
        mark(self.packed, priced, self.all, reduced, x)

        def patterns() -> list[Pattern]:
            found = np.flatnonzero(priced.state >= 0).tolist()
            return [m for m in (self._pattern(b, b, priced, b, reduced) for b in found) if self._holds(m)]

        return float(priced.value.sum()), x, patterns

    def _pattern(self, block: int, number: int, priced: Priced, k: int, reduced: Floats) -> Pattern:
        packed, s = self.packed, priced.state[k]
        columns = packed.state_column[packed.state_column_start[s] : packed.state_column_start[s + 1]].tolist()
        for o in priced.option[k, : self.first_item[number + 1] - self.first_item[number]]:
            if o != NO_OPTION:
                columns += packed.column[packed.column_start[o] : packed.column_start[o + 1]].tolist()
                for v in packed.earn_bonus[packed.earn_start[o] : packed.earn_start[o + 1]]:
                    bonus = int(packed.bonus_column[packed.bonus_start[number] + v])
                    if reduced[bonus] <= _TINY and packed.give[packed.give_start[s] + v]:
                        columns.append(bonus)
        return Pattern(block, tuple(sorted(set(columns))))

    def _holds(self, pattern: Pattern) -> bool:
        """Whether a pattern holds the rows that its shape leaves loose."""
        shape = self.shapes[pattern.block]
        return shape is None or shape.is_held(pattern.columns)

    def _by_model(self, block: int, reduced: Floats) -> tuple[float, Pattern | None]:
        """The bound and the pattern of a block without a shape, by a small model of its columns and rows."""
        columns, arrays = self.blocks.columns[block], self._model(block)
        barred = ~np.isfinite(reduced[columns])
        answer = highs.solve(
            replace(
                arrays,
                cost=np.where(barred, 0.0, reduced[columns]),
                upper=np.where(barred, np.minimum(arrays.upper, np.maximum(arrays.lower, 0.0)), arrays.upper),
            ),
            seconds=_SECONDS_A_BLOCK,
        )
        if answer.bound is None:
            return np.inf if answer.infeasible else -np.inf, None
        if answer.values is None or not np.all(np.isclose(answer.values, np.round(answer.values), atol=1e-6)):
            return answer.bound, None
        return answer.bound, Pattern(block, tuple(int(j) for j in columns[answer.values > 0.5]))

    def _model(self, block: int) -> Arrays:
        found = self._models.get(block)
        if found is None:
            found = self._models[block] = sub_model(
                self.blocks, self.blocks.columns[block], self.blocks.rows[block]
            )
        return found

    @cached_property
    def _models(self) -> dict[int, Arrays]:
        return {}


def sub_model(blocks: Blocks, columns: Ints, rows: Ints) -> Arrays:
    """The model of some columns and rows alone, with the tightened bounds."""
    matrix = blocks.matrix[rows][:, columns].tocsr()
    arrays = blocks.arrays
    return Arrays(
        cost=arrays.cost[columns],
        offset=0.0,
        lower=blocks.lower[columns],
        upper=blocks.upper[columns],
        whole=arrays.whole[columns],
        starts=matrix.indptr.astype(np.int32),
        columns=matrix.indices.astype(np.int32),
        values=matrix.data,
        row_lower=arrays.row_lower[rows],
        row_upper=arrays.row_upper[rows],
    )


def pattern_matrix(patterns: Iterable[Pattern], columns: int) -> sp.csc_matrix:
    """Patterns as the columns of a 0/1 matrix, shape (columns of the model, patterns)."""
    chosen = [pattern.columns for pattern in patterns]
    starts = np.concatenate([[0], np.cumsum([len(found) for found in chosen])])
    indices = np.fromiter((j for found in chosen for j in found), dtype=np.int64, count=int(starts[-1]))
    return sp.csc_matrix((np.ones(len(indices)), indices, starts), shape=(columns, len(chosen)))


def patterns_of(blocks: Blocks, x: Floats, which: Iterable[int]) -> list[Pattern]:
    """The patterns that a whole solution has in the blocks `which`."""
    return [Pattern(b, tuple(int(j) for j in blocks.columns[b] if x[j] > 0.5)) for b in which]


def nearest(blocks: Blocks, pricer: Pricer, x: Floats) -> Floats:
    """x with the pattern nearest to what it has in each block whose own rows and bounds x breaks.

    A start that knows nothing of what was decided since, such as today's estate, is repaired so block by block.
    """
    activity = blocks.matrix @ x
    over = np.maximum(blocks.arrays.row_lower - activity, activity - blocks.arrays.row_upper)
    outside = (x < blocks.lower - _BREAKS) | (x > blocks.upper + _BREAKS)
    broken = [
        b for b, (columns, rows) in enumerate(zip(blocks.columns, blocks.rows, strict=True))
        if outside[columns].any() or np.any(over[rows] > _BREAKS)
    ]  # fmt: skip
    if not broken:
        return x
    x = x.copy()
    for pattern in pricer.price(1.0 - 2.0 * x, np.array(broken)).patterns:
        x[blocks.columns[pattern.block]] = 0.0
        x[list(pattern.columns)] = 1.0
    return x
