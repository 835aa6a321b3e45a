"""How cheap any plan could be: a bound that holds, and the prices of the linking rows that prove it.

    L(prices) = prices.rows' limits + sum over blocks of its cheapest pattern + shared columns at their cheaper end

holds for any prices of the right sign (Lagrangian relaxation; Geoffrion, 1974). Good prices are sought in three
steps: those of the ordinary relaxation, with the rows of shared columns (who is reached from where) added as they
are broken; then a choice among patterns, which gives prices as good as any can be for its rows.
"""

import time
from dataclasses import dataclass, replace

import highspy
import numpy as np

from optimiser.solve import highs
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints
from optimiser.solve.master import Master, Relaxed, Rows
from optimiser.solve.patterns import Pattern, Pricer, Prices

_TINY = 1e-9
_MOST_ROWS_A_ROUND = 3_000
_CLOSED = 1e-4  # share: the relaxation over patterns is as good as solved


@dataclass(frozen=True)
class Bound:
    """A valid bound and its prices, one a linking row."""

    value: float
    prices: Floats


class Lagrangian:
    """Evaluates the bound at any prices."""

    def __init__(self, blocks: Blocks, pricer: Pricer) -> None:
        self.blocks, self.pricer = blocks, pricer

    def at(self, prices: Floats, most_nodes: int = 20_000) -> tuple[Bound, Prices]:
        """The bound at these prices (made of the right sign), and the cheapest patterns."""
        blocks = self.blocks
        prices = signed(blocks, prices)
        reduced = blocks.arrays.cost - blocks.link_by_column @ prices
        found = self.pricer.price(reduced, self.pricer.all, most_nodes)
        limits = np.where(prices > 0, blocks.link_lower, blocks.link_upper)
        used = prices != 0
        shared = reduced[blocks.shared]
        ends = np.where(shared > 0, blocks.lower[blocks.shared], blocks.upper[blocks.shared])
        value = blocks.arrays.offset + prices[used] @ limits[used] + found.value.sum() + _times(shared, ends)
        return Bound(float(value), prices), found


def _times(reduced: Floats, ends: Floats) -> float:
    """Reduced costs times the ends of their columns; -inf where a column without an end pays."""
    used = reduced != 0
    return float(reduced[used] @ ends[used])


def signed(blocks: Blocks, prices: Floats) -> Floats:
    """Prices with those of the wrong sign at 0: a row without an upper limit costs nothing when exceeded."""
    prices = np.where(np.isfinite(blocks.link_upper), prices, np.maximum(prices, 0.0))
    return np.where(np.isfinite(blocks.link_lower), prices, np.minimum(prices, 0.0))


def relaxed_prices(blocks: Blocks, seconds: float) -> Floats | None:
    """Prices of the ordinary relaxation; None where there was no time for it.

    Rows that tie shared columns to blocks are many, dense and mostly slack: they come in as they are broken.
    """
    ends = time.monotonic() + seconds
    matrix, arrays = blocks.matrix, blocks.arrays
    late = np.zeros(matrix.shape[0], dtype=bool)
    late[_rows_of_both(blocks)] = True
    solver = highs.quiet(solver="simplex")
    order = np.flatnonzero(~late)
    first = _with_rows(blocks, order)
    solver.passModel(highs.linear_program(first, whole=False))
    while True:
        solver.setOptionValue("time_limit", solver.getRunTime() + max(0.05, ends - time.monotonic()))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = solver.getSolution()
        activity = matrix @ np.array(solution.col_value)
        broken = np.maximum(arrays.row_lower - activity, activity - arrays.row_upper)
        new = np.flatnonzero((broken > 1e-6) & late)
        if not len(new):
            prices = np.zeros(matrix.shape[0])
            prices[order] = np.array(solution.row_dual)
            return prices[blocks.linking]
        new = new[np.argsort(-broken[new])][:_MOST_ROWS_A_ROUND]
        late[new] = False
        order = np.concatenate([order, new])
        rows = matrix[new]
        solver.addRows(
            len(new), arrays.row_lower[new], arrays.row_upper[new], rows.nnz, rows.indptr[:-1].astype(np.int32),
            rows.indices.astype(np.int32), rows.data,
        )  # fmt: skip


def _rows_of_both(blocks: Blocks) -> Ints:
    """Linking rows that tie shared columns to blocks."""
    shared = np.zeros(len(blocks.lower), dtype=bool)
    shared[blocks.shared] = True
    link = blocks.link
    counts = np.add.reduceat(shared[link.indices].astype(int), link.indptr[:-1]) if link.nnz else np.zeros(0)
    found: Ints = blocks.linking[(counts > 0) & (counts < np.diff(link.indptr))]
    return found


def _with_rows(blocks: Blocks, rows: Ints) -> Arrays:
    """The model with these rows alone."""
    matrix = blocks.matrix[rows]
    return replace(
        blocks.arrays,
        lower=blocks.lower,
        upper=blocks.upper,
        starts=matrix.indptr.astype(np.int32),
        columns=matrix.indices.astype(np.int32),
        values=matrix.data,
        row_lower=blocks.arrays.row_lower[rows],
        row_upper=blocks.arrays.row_upper[rows],
    )


class Generation:
    """Column generation over every block: better prices, and the patterns that good plans are made of.

    Rows that tie shared columns to blocks keep their prices; all others are in the choice among patterns.
    """

    def __init__(self, blocks: Blocks, pricer: Pricer, prices: Floats, seeds: list[Pattern]) -> None:
        self.blocks, self.lagrangian = blocks, Lagrangian(blocks, pricer)
        self.best, found = self.lagrangian.at(prices)
        priced = np.isin(blocks.linking, _rows_of_both(blocks)) | self._rows_of_shared()
        self._rows = np.flatnonzero(~priced)
        self._kept = np.where(priced, self.best.prices, 0.0)
        self._reduced = blocks.arrays.cost - blocks.link_by_column @ self._kept
        self._matrix = blocks.link[self._rows]
        self._constant = self._value_of_kept()
        centre = self.best.prices[self._rows]
        self._width = np.maximum(0.1 * np.abs(centre), 0.02 * np.abs(centre).mean())
        empty = np.zeros(0, dtype=np.int64)
        self.master = Master(
            Rows(self._matrix, blocks.link_lower[self._rows], blocks.link_upper[self._rows]),
            self._reduced, range(len(blocks.columns)), empty, (np.zeros(0), np.zeros(0)),
            np.zeros(0, dtype=bool), centre, self._width,
        )  # fmt: skip
        self.master.add([*seeds, *found.patterns])
        self.relaxed: Relaxed | None = None
        self.closed = False

    def round(self, seconds: float, smoothing: float = 0.5) -> None:
        """Solve the choice, price at prices between the best known and its own, add what is found."""
        relaxed = self.master.solve(seconds)
        if relaxed is None:
            return
        self.relaxed = relaxed
        if self._constant + relaxed.value - self.best.value <= _CLOSED * abs(self.best.value):
            self.closed = True
            return
        own = relaxed.prices
        if self._try(smoothing * self.best.prices[self._rows] + (1 - smoothing) * own) == 0:
            self.closed = self._try(own) == 0

    def _try(self, prices: Floats) -> int:
        """Evaluate the bound at prices of the rows; how many patterns are new."""
        every = self._kept.copy()
        every[self._rows] = prices
        bound, found = self.lagrangian.at(every)
        if bound.value > self.best.value:
            self.best = bound
            self.master.centre(bound.prices[self._rows], self._width)
        return self.master.add(found.patterns)

    def _rows_of_shared(self) -> np.ndarray:
        """Linking rows of shared columns alone."""
        shared = np.zeros(len(self.blocks.lower), dtype=bool)
        shared[self.blocks.shared] = True
        link = self.blocks.link
        faults = np.concatenate([[0], np.cumsum(~shared[link.indices])])
        alone: np.ndarray = faults[link.indptr[1:]] == faults[link.indptr[:-1]]
        return alone

    def _value_of_kept(self) -> float:
        blocks, kept = self.blocks, self._kept
        used = kept != 0
        limits = np.where(kept > 0, blocks.link_lower, blocks.link_upper)
        shared = self._reduced[blocks.shared]
        ends = np.where(shared > 0, blocks.lower[blocks.shared], blocks.upper[blocks.shared])
        return float(blocks.arrays.offset + kept[used] @ limits[used] + _times(shared, ends))
