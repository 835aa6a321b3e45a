"""How cheap any plan could be: a bound that holds, and the prices of the linking rows that prove it.

    L(prices) = prices.rows' limits + sum over blocks of its cheapest pattern + shared columns at their cheaper end

holds for any prices of the right sign (Lagrangian relaxation; Geoffrion, 1974). From those of the ordinary
relaxation a choice among patterns leads to prices as good as any can be for its rows.
"""

from dataclasses import dataclass

import numpy as np

from optimiser.solve.blocks import Blocks, Floats
from optimiser.solve.master import Master, Relaxed, Rows
from optimiser.solve.patterns import Pattern, Pricer, Prices
from optimiser.solve.relaxation import rows_of_both

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


class Generation:
    """Column generation over every block: better prices, and the patterns that good plans are made of.

    Rows that tie shared columns to blocks keep their prices; all others are in the choice among patterns.
    """

    def __init__(self, blocks: Blocks, pricer: Pricer, prices: Floats, seeds: list[Pattern]) -> None:
        self.blocks, self.lagrangian = blocks, Lagrangian(blocks, pricer)
        self.best, found = self.lagrangian.at(prices)
        priced = self._rows_of_shared()
        priced[rows_of_both(blocks)] = True
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

    @property
    def gap(self) -> float:
        """What the bound lacks of the relaxation over the patterns so far, as a share; inf before any."""
        if self.relaxed is None:
            return float("inf")
        return abs(self._constant + self.relaxed.value - self.best.value) / max(abs(self.best.value), 1e-9)

    def round(self, seconds: float, smoothing: float = 0.5) -> None:
        """Solve the choice, price at prices between the best known and its own, add what is found."""
        relaxed = self.master.solve(seconds)
        if relaxed is None:
            return
        self.relaxed = relaxed
        if self.gap <= _CLOSED:
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
