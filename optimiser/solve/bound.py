"""How cheap any plan could be: a bound that holds, and the prices of the linking rows that prove it.

    L(prices) = prices.rows' limits + sum over blocks of its cheapest pattern + shared columns at their cheaper end

holds for any prices of the right sign (Lagrangian relaxation; Geoffrion, 1974). From those of the ordinary
relaxation a choice among patterns leads to prices as good as any can be for its rows.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.blocks import Blocks, Floats, Ints
from optimiser.solve.dive import Picks
from optimiser.solve.master import Master, Relaxed, Rows
from optimiser.solve.patterns import QUICK, Pattern, Pricer, Prices, pattern_matrix

_BREAKS = 1e-4  # by how much a row must be broken to take part
_LEAST_NEW_ROWS, _NEW_ROWS_SHARE = 500, 0.05  # at a time the worst so many, or such a share of all linking rows
# Nodes of pricing's search: more of them once what it leaves open is such a share of what the bound lacks.
_GROWTH, _MOST_NODES, _DOUBTFUL = 4, 200_000, 0.3
# A bound so near the choice, as a share, while rows are broken: the box holds it back, and is made so much wider.
_NEAR, _WIDER = 1e-2, 3.0
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

    def at(self, prices: Floats, most_nodes: int = QUICK) -> tuple[Bound, Prices]:
        """The bound at these prices (made of the right sign), and the cheapest patterns."""
        blocks = self.blocks
        prices = signed(blocks, prices)
        reduced = blocks.arrays.cost - blocks.link_by_column @ prices
        found = self.pricer.price(reduced, self.pricer.all, most_nodes)
        return Bound(float(found.value.sum()) + value_beside(blocks, prices, reduced), prices), found


def value_beside(blocks: Blocks, prices: Floats, reduced: Floats) -> float:
    """L(prices) without the blocks: the rows' limits, and shared columns at their cheaper ends."""
    limits = np.where(prices > 0, blocks.link_lower, blocks.link_upper)
    used = prices != 0
    ends = _times(reduced[blocks.shared], cheaper_ends(blocks, reduced))
    return float(blocks.arrays.offset + prices[used] @ limits[used] + ends)


def cheaper_ends(blocks: Blocks, reduced: Floats) -> Floats:
    """The end of each shared column that costs less."""
    shared = blocks.shared
    ends: Floats = np.where(reduced[shared] > 0, blocks.lower[shared], blocks.upper[shared])
    return ends


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

    Most linking rows never bind (that every zone keeps a service near, in a dense place): a row takes part once it
    has a price or the choice among patterns breaks it.
    """

    def __init__(self, blocks: Blocks, pricer: Pricer, prices: Floats, seeds: list[Pattern]) -> None:
        self.blocks, self.lagrangian = blocks, Lagrangian(blocks, pricer)
        self._nodes, self._spread = QUICK, 1.0
        self.best, found = self.lagrangian.at(prices, self._nodes)
        self.relaxed: Relaxed | None = None
        self.closed = False
        size = np.abs(self.best.prices[self.best.prices != 0])
        self._least_width = 0.02 * float(size.mean()) if len(size) else 1.0
        self._in = (self.best.prices != 0) | Picks(blocks).is_row | _rows_of_shared_alone(blocks)
        self.master = self._with_rows([*seeds, *found.patterns])

    @property
    def gap(self) -> float:
        """What the bound lacks of the relaxation over the patterns so far, as a share.

        inf where there is none yet, or where it breaks rows at the price of the box: it says too little then.
        """
        return float("inf") if self.relaxed is None or self._strained(self.relaxed) else self._lack(self.relaxed)

    @property
    def choice(self) -> float:
        """Value of the choice among the patterns so far, inf where there is none yet; no bound."""
        return float("inf") if self.relaxed is None else self.blocks.arrays.offset + self.relaxed.value

    def _lack(self, relaxed: Relaxed) -> float:
        value = self.blocks.arrays.offset + relaxed.value
        return abs(value - self.best.value) / max(abs(self.best.value), 1e-9)

    def _strained(self, relaxed: Relaxed) -> bool:
        return relaxed.broken > _BREAKS

    def round(self, seconds: float, smoothing: float = 0.5) -> None:
        """Solve the choice, price at prices between the best known and its own, add what is found."""
        relaxed = self._choice(time.monotonic() + seconds)
        if relaxed is None:
            return
        self.relaxed = relaxed
        if self._strained(relaxed) and self._lack(relaxed) <= _NEAR:
            self._spread *= _WIDER
            self.master.centre(self.best.prices[self._rows], self._width())
        elif self.gap <= _CLOSED:
            self.closed = True
            return
        if self._try(relaxed, smoothing) == 0 and self._try(relaxed, 0.0) == 0:
            self.closed = self._nodes == _MOST_NODES
            self._nodes = _MOST_NODES

    def _choice(self, ends: float) -> Relaxed | None:
        """The relaxation over the patterns so far, in which no row of the model is broken; None out of time."""
        while (relaxed := self.master.solve(ends - time.monotonic())) is not None:
            broken = self._broken(relaxed)
            if not len(broken):
                return relaxed
            self._in[broken] = True
            self.master = self._with_rows(self.master.patterns)
        return None

    def _try(self, relaxed: Relaxed, smoothing: float) -> int:
        """Evaluate the bound at prices between the best and the relaxation's; how many patterns are new."""
        prices = smoothing * self.best.prices
        prices[self._rows] += (1 - smoothing) * relaxed.prices
        bound, found = self.lagrangian.at(prices, self._nodes)
        if found.doubt > _DOUBTFUL * abs(self.blocks.arrays.offset + relaxed.value - bound.value):
            self._nodes = min(_GROWTH * self._nodes, _MOST_NODES)
        if bound.value > self.best.value:
            self.best = bound
            self.master.centre(bound.prices[self._rows], self._width())
        return self.master.add(found.patterns)

    def _with_rows(self, patterns: Sequence[Pattern]) -> Master:
        """The choice among patterns with the rows that take part now."""
        blocks, shared = self.blocks, self.blocks.shared
        self._rows = np.flatnonzero(self._in)
        master = Master(
            Rows(blocks.link[self._rows], blocks.link_lower[self._rows], blocks.link_upper[self._rows]),
            blocks.arrays.cost, range(len(blocks.columns)), shared, (blocks.lower[shared], blocks.upper[shared]),
            blocks.arrays.whole[shared], self.best.prices[self._rows], self._width(), interior=True,
        )  # fmt: skip
        master.add(patterns)
        return master

    def _width(self) -> Floats:
        """How far the price of each row may go from the best known."""
        width: Floats = self._spread * np.maximum(0.1 * np.abs(self.best.prices[self._rows]), self._least_width)
        return width

    def _broken(self, relaxed: Relaxed) -> Ints:
        """Rows not in the choice that it breaks, the worst of them."""
        blocks = self.blocks
        x = pattern_matrix(self.master.patterns, len(blocks.lower)) @ relaxed.weights
        x[blocks.shared] = relaxed.shared
        activity = blocks.link @ x
        over = np.maximum(blocks.link_lower - activity, activity - blocks.link_upper)
        over[self._in] = 0.0
        broken = np.flatnonzero(over > _BREAKS)
        most = max(_LEAST_NEW_ROWS, int(_NEW_ROWS_SHARE * len(self._in)))
        return broken[np.argsort(-over[broken], kind="stable")][:most]


def _rows_of_shared_alone(blocks: Blocks) -> NDArray[np.bool_]:
    """Linking rows of shared columns alone."""
    shared = np.zeros(len(blocks.lower), dtype=bool)
    shared[blocks.shared] = True
    faults = np.concatenate([[0], np.cumsum(~shared[blocks.link.indices])])
    alone: NDArray[np.bool_] = faults[blocks.link.indptr[1:]] == faults[blocks.link.indptr[:-1]]
    return alone
