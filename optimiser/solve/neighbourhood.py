"""Better plans by parts: a few properties near each other are planned anew, everything else staying as it is.

Large neighbourhood search (Shaw, 1998) whose sub-problem is a choice among patterns: priced for a few rounds
from the bound's prices, then solved whole. Every linking row is in it, so every rule holds after each step.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from optimiser.solve import highs
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints
from optimiser.solve.dive import Picks, dive
from optimiser.solve.master import Master, Relaxed, Rows
from optimiser.solve.patterns import Pattern, Pricer, patterns_of

_TINY = 1e-7
_SLACK = 1e-6  # what a row may be off by
_ROUNDS = 20
_AT_RANDOM = 0.3  # share of parts that begin anywhere
_GAP = 1e-3  # share to which a part is solved: finer is a waste, as its neighbours change


@dataclass(frozen=True)
class _Part:
    """One part: its blocks, and what the rest leaves of the rows and shared columns that it can touch."""

    which: Ints
    columns: Ints
    shared: Ints
    rows: Ints
    lower: Floats
    upper: Floats
    barred: Ints  # columns that cannot be 1 as things stand


class Neighbourhoods:
    """Improves whole solutions part by part."""

    def __init__(self, blocks: Blocks, pricer: Pricer, prices: Floats, seed: int) -> None:
        """`prices`: one of each linking row, the better the bound they give, the better the patterns."""
        self.blocks, self.pricer, self.prices = blocks, pricer, prices
        # What breaking a row by one costs: more than any price that a row could have.
        self.penalty = 20.0 * max(1.0, float(np.abs(prices).max(initial=0.0)))
        self._dice = np.random.default_rng(seed)
        self._block_of = np.full(len(blocks.arrays.cost), -1)
        for b, columns in enumerate(blocks.columns):
            self._block_of[columns] = b
        self.picks = Picks(blocks)
        self._picks = self.picks.rows
        link = blocks.link[self._picks].tocoo()
        inside = self._block_of[link.col] >= 0
        seats = sp.csr_matrix(
            (np.ones(inside.sum()), (self._block_of[link.col[inside]], link.row[inside])),
            shape=(len(blocks.columns), len(self._picks)),
        )
        seats.data[:] = 1.0
        self._seats = seats  # (blocks, pick rows): who could be where
        self._reduced = blocks.arrays.cost - blocks.link_by_column @ prices
        self._least = pricer.price(self._reduced, pricer.all).value
        self._positive = blocks.link.maximum(0)
        self._negative = blocks.link.minimum(0)

    def step(self, x: Floats, size: int, seconds: float) -> Floats | None:
        """Plan one part anew, with about `size` properties in use; a better whole solution, or None."""
        ends = time.monotonic() + seconds
        part = self._part(x, self._pick(x, size))
        cost = self.blocks.arrays.cost
        now = float(cost[part.columns] @ x[part.columns] + cost[part.shared] @ x[part.shared])
        now += self.penalty * self.broken(x)
        master = self._master(part, cost)
        master.add(patterns_of(self.blocks, x, part.which))
        relaxed = self._grow(master, part, time.monotonic() + 0.3 * seconds)
        if relaxed is None or relaxed.value >= now - _TINY * abs(now):
            return None
        until = time.monotonic() + 0.4 * seconds
        dive(master, self.pricer, self.picks, relaxed, self._dice, until, free=part.which, barred=part.barred)
        better = self._choose(x, part, master, relaxed, now - relaxed.value, ends - time.monotonic())
        saved = 0.0 if better is None else self.value(x) - self.value(better)
        return better if saved > _TINY * max(1.0, abs(self.value(x))) else None

    def settle(self, chosen: list[Pattern], pool: list[Pattern], seconds: float) -> Floats:
        """A whole solution with the patterns `chosen`, the other blocks as is best; rows may be broken."""
        x = np.zeros(len(self.blocks.lower))
        for pattern in chosen:
            x[list(pattern.columns)] = 1.0
        free = np.setdiff1d(self.pricer.all, [pattern.block for pattern in chosen])
        part = self._part(self.complete(x), free)
        master = self._master(part, self.blocks.arrays.cost)
        inside, barred = set(free.tolist()), set(part.barred.tolist())
        master.add(m for m in pool if m.block in inside and barred.isdisjoint(m.columns))
        relaxed = self._grow(master, part, time.monotonic() + 0.3 * seconds)
        found = None if relaxed is None else self._choose(x, part, master, relaxed, np.inf, 0.7 * seconds)
        if found is not None:
            return found
        idle = {m.block: m for m in reversed(master.patterns)}  # no time: each as it is with nobody new in it
        for b in free.tolist():
            x[list(idle[b].columns)] = 1.0
        return self.complete(x)

    def _master(self, part: _Part, cost: Floats) -> Master:
        """A relaxation of the part with what each block is when nobody new is in it, and its cheapest pattern."""
        prices = self.prices[part.rows]
        width = np.maximum(0.5 * np.abs(prices), np.abs(prices).mean() if len(prices) else 1.0)
        shared = part.shared
        master = Master(
            Rows(self.blocks.link[part.rows], part.lower, part.upper),
            cost,
            part.which.tolist(),
            shared,
            (self.blocks.lower[shared], self.blocks.upper[shared]),
            self.blocks.arrays.whole[shared],
            prices,
            width,
        )
        self._price(master, part, np.zeros(len(prices)), bar_all=True)
        self._price(master, part, prices)
        return master

    def _choose(
        self, x: Floats, part: _Part, master: Master, relaxed: Relaxed, spare: float, seconds: float
    ) -> Floats | None:
        """x with the best whole choice in the part, of the patterns that could pay: reduced cost up to `spare`."""
        reduced = master.reduced(relaxed.prices)
        patterns = [
            m for m in master.patterns
            if reduced[list(m.columns)].sum() - relaxed.block_prices[master.place(m)] <= spare
        ]  # fmt: skip
        twice = np.flatnonzero(np.isin(part.rows, self._picks))
        now = set(patterns_of(self.blocks, x, part.which))
        start = (now, x[part.shared]) if now <= set(patterns) else None
        found = master.choose(patterns, max(0.1, seconds), _GAP, twice, self.penalty, start)
        if found is None:
            return None
        chosen, shared = found
        better = x.copy()
        better[part.columns] = 0.0
        for pattern in chosen:
            better[list(pattern.columns)] = 1.0
        better[part.shared] = shared
        return self.complete(without_doubles(self.blocks, better, self._picks), part.shared)

    def _pick(self, x: Floats, size: int) -> Ints:
        """Blocks for a part: `size` of those in use, near each other, and those that would take most from them."""
        dice = self._dice
        placed = self._seats.multiply(self._placed(x))  # (blocks, picks) of today
        in_use = np.flatnonzero(np.asarray(placed.sum(axis=1)).ravel() > 0)
        broken = np.flatnonzero(self._breaks(x) > 0)
        homeless = np.flatnonzero(np.isin(self._picks, broken))
        at_fault = self._block_of[self.blocks.link[dice.permutation(broken)[:1]].indices]
        at_fault = at_fault[at_fault >= 0]
        seed = int(dice.choice(at_fault)) if len(at_fault) else self._seed(x, in_use)
        near = np.asarray((self._seats @ self._seats[seed].T).todense()).ravel()
        noise = dice.uniform(0.6, 1.4, len(near))
        using = in_use[np.argsort(-(near * noise)[in_use], kind="stable")][:size]
        teams = np.asarray(placed[using].sum(axis=0)).ravel() > 0
        teams[homeless] = True
        takers = np.asarray(self._seats[:, teams].sum(axis=1)).ravel() * dice.uniform(0.6, 1.4, len(near))
        takers[in_use] = 0
        others = np.argsort(-takers, kind="stable")[: 3 * size]
        return np.unique(np.concatenate([using, others[takers[others] > 0], [seed]]))

    def _seed(self, x: Floats, in_use: Ints) -> int:
        """A block to begin with: any, or more likely one that loses most against the bound's prices."""
        if not len(in_use):
            return int(self._dice.integers(len(self.blocks.columns)))
        if self._dice.random() < _AT_RANDOM:
            return int(self._dice.choice(in_use))
        loss = [self._reduced[self.blocks.columns[b]] @ x[self.blocks.columns[b]] - self._least[b] for b in in_use]
        weights = np.maximum(loss, _TINY)
        return int(self._dice.choice(in_use, p=weights / weights.sum()))

    def _placed(self, x: Floats) -> sp.csr_matrix:
        """Which pick row each block serves in x, shape (blocks, picks)."""
        link = self.blocks.link[self._picks].tocoo()
        on = (x[link.col] > 0.5) & (self._block_of[link.col] >= 0)
        return sp.csr_matrix(
            (np.ones(on.sum()), (self._block_of[link.col[on]], link.row[on])), shape=self._seats.shape
        )

    def _part(self, x: Floats, which: Ints) -> _Part:
        blocks = self.blocks
        columns = np.concatenate([blocks.columns[b] for b in which])
        rest = x.copy()
        rest[columns] = 0.0
        rest[blocks.shared] = 0.0
        fixed = blocks.link @ rest
        loose = np.concatenate([columns, blocks.shared])
        most, least = self._range(fixed, loose)
        live = (most > blocks.link_upper + _TINY) | (least < blocks.link_lower - _TINY)
        touched = np.zeros(len(live), dtype=bool)
        touched[np.unique(blocks.link[:, columns].tocoo().row)] = True
        reached = np.unique(blocks.link[np.flatnonzero(live & touched)].indices)
        shared = np.intersect1d(reached, blocks.shared)
        settled = np.setdiff1d(blocks.shared, shared)
        fixed = fixed + blocks.link[:, settled] @ x[settled]
        touched[np.unique(blocks.link[:, shared].tocoo().row)] = True
        rows = np.flatnonzero(live & touched)
        full = np.intersect1d(np.flatnonzero(blocks.link_upper - fixed <= _TINY), self._picks)
        barred = np.intersect1d(np.unique(blocks.link[full].indices), columns)
        return _Part(
            which, columns, shared, rows,
            blocks.link_lower[rows] - fixed[rows], blocks.link_upper[rows] - fixed[rows],
            barred,
        )  # fmt: skip

    def _range(self, fixed: Floats, loose: Ints) -> tuple[Floats, Floats]:
        """The most and the least that each linking row could come to."""
        lower, upper = np.zeros(len(self.blocks.lower)), np.zeros(len(self.blocks.lower))
        lower[loose], upper[loose] = self.blocks.lower[loose], self.blocks.upper[loose]
        most = fixed + self._positive @ upper + self._negative @ lower
        return most, fixed + self._positive @ lower + self._negative @ upper

    def _price(self, master: Master, part: _Part, prices: Floats, bar_all: bool = False) -> Floats:
        """Add the cheapest pattern of each block at these prices; their least reduced costs."""
        reduced = master.reduced(prices)
        reduced[part.barred] = np.inf
        if bar_all:
            reduced[part.columns[self.picks.is_pick[part.columns] & (self.blocks.lower[part.columns] < 1)]] = (
                np.inf
            )
        found = self.pricer.price(reduced, part.which)
        master.add(found.patterns)
        return found.value

    def _grow(self, master: Master, part: _Part, until: float) -> Relaxed | None:
        """Rounds of pricing until no pattern is missing, or time is up."""
        relaxed = master.solve(until - time.monotonic())
        for _ in range(_ROUNDS):
            if relaxed is None or time.monotonic() > until:
                break
            before = len(master.patterns)
            value = self._price(master, part, relaxed.prices)
            missing = np.maximum(0.0, relaxed.block_prices - value).sum()
            if len(master.patterns) == before or missing < _GAP * 0.1 * max(1.0, abs(relaxed.value)):
                break
            relaxed = master.solve(until - time.monotonic()) or relaxed
        if relaxed is not None and len(relaxed.weights) < len(master.patterns):
            missing_weights = np.zeros(len(master.patterns) - len(relaxed.weights))
            relaxed = replace(relaxed, weights=np.concatenate([relaxed.weights, missing_weights]))
        return relaxed

    def complete(self, x: Floats, shared: Ints | None = None) -> Floats:
        """x with shared columns (all, where not said) as good as the rest allows; rows break at the penalty."""
        blocks = self.blocks
        shared = blocks.shared if shared is None else shared
        if not len(shared):
            return x
        rest = x.copy()
        rest[shared] = 0.0
        rows = np.unique(blocks.link_by_column[shared].indices)
        activity = blocks.link[rows] @ rest
        matrix = blocks.link_by_column[shared][:, rows].T
        slack = sp.hstack([sp.identity(len(rows)), -sp.identity(len(rows))])
        whole = sp.hstack([matrix, slack]).tocsr()
        cost = blocks.arrays.cost[shared]
        eager = cost - 1e-6 * max(1.0, self.penalty / 20)  # of what costs nothing there cannot be too much
        slacks = 2 * len(rows)
        found = highs.solve(
            Arrays(
                cost=np.concatenate([eager, np.full(slacks, self.penalty)]), offset=0.0,
                lower=np.concatenate([blocks.lower[shared], np.zeros(slacks)]),
                upper=np.concatenate([blocks.upper[shared], np.full(slacks, np.inf)]),
                whole=np.concatenate([blocks.arrays.whole[shared], np.zeros(slacks, dtype=bool)]),
                starts=whole.indptr.astype(np.int32), columns=whole.indices.astype(np.int32), values=whole.data,
                row_lower=blocks.link_lower[rows] - activity, row_upper=blocks.link_upper[rows] - activity,
            ),
            seconds=10.0,
        )  # fmt: skip
        if found.values is None:
            return x
        rest[shared] = found.values[: len(shared)]
        return rest

    def value(self, x: Floats) -> float:
        """Cost of a whole solution, with the penalty for rows that it breaks."""
        return float(self.blocks.arrays.cost @ x) + self.penalty * self.broken(x)

    def broken(self, x: Floats) -> float:
        """By how much the linking rows are broken, in all."""
        return float(self._breaks(x).sum())

    def _breaks(self, x: Floats) -> Floats:
        activity = self.blocks.link @ x
        over = np.maximum(self.blocks.link_lower - activity, activity - self.blocks.link_upper)
        return np.where(over > 1e-6, over, 0.0)


def without_doubles(blocks: Blocks, x: Floats, picks: Ints) -> Floats:
    """Of columns picked twice one stays, the cheapest that may; what rested on the others goes with them.

    One by one, and only what the rows of its block can do without: a team that leaves a place after another has
    come does so from its last phase backwards. What no column may leave stays picked twice.
    """
    link = blocks.link[picks]
    while True:
        given = x
        for row in np.flatnonzero(link @ x > 1.5):
            there = link.indices[link.indptr[row] : link.indptr[row + 1]]
            for j in sorted(there[x[there] > 0.5].tolist(), key=lambda j: -blocks.arrays.cost[j]):
                less = _without(blocks, x, j)
                if less is not None:
                    x = less
                    break
        if x is given:
            return x


def _without(blocks: Blocks, x: Floats, column: int) -> Floats | None:
    """x without a column that is 1, and without what rested on it (an open service); None where it must stay."""
    less = x.copy()
    less[column] = 0.0
    rows, high, _ = _local_rows(blocks, x, [column])
    over = rows[np.flatnonzero(rows @ less > high)]
    rested = [int(j) for j in over.indices if not blocks.arrays.whole[j]]
    less[rested] = 0.0
    rows, high, low = _local_rows(blocks, x, [column, *rested])
    activity = rows @ less
    return less if np.all((activity <= high) & (activity >= low)) else None


def _local_rows(blocks: Blocks, x: Floats, columns: list[int]) -> tuple[sp.csr_matrix, Floats, Floats]:
    """The rows inside blocks that some columns are in, the most and the least of each: what x is, where broken."""
    which = np.unique(blocks.local_by_column[:, columns].indices)
    rows = blocks.matrix[which]
    before = rows @ x
    high = np.maximum(before, blocks.arrays.row_upper[which]) + _SLACK
    return rows, high, np.minimum(before, blocks.arrays.row_lower[which]) - _SLACK


def holds(arrays: Arrays, x: Floats, tolerance: float = _SLACK) -> bool:
    """Whether every row and bound holds, and what must be whole is."""
    shape = (len(arrays.row_lower), len(arrays.cost))
    activity = sp.csr_matrix((arrays.values, arrays.columns, arrays.starts), shape=shape) @ x
    whole = x[arrays.whole]
    return bool(
        np.all(activity >= arrays.row_lower - tolerance)
        and np.all(activity <= arrays.row_upper + tolerance)
        and np.all(x >= arrays.lower - tolerance)
        and np.all(x <= arrays.upper + tolerance)
        and np.all(np.abs(whole - np.round(whole)) <= tolerance)
    )
