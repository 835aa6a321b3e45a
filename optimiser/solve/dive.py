"""A whole choice from a relaxation: what it is nearly sure of is fixed, the rest priced again, until all is.

A dive without backtracking (Sadykov and others, Primal heuristics for branch and price, 2019). The patterns that
it meets on the way fit together, as those of the relaxation alone do not.
"""

import time

import numpy as np

from optimiser.solve.blocks import Blocks, Floats, Ints
from optimiser.solve.master import Master, Relaxed
from optimiser.solve.patterns import Pattern, Pricer

_SURE = 0.9
_LEAST_SHARE = 0.06  # of the blocks still in use that is fixed in each round, sure or not
_ROUNDS = 2  # of pricing after each time something is fixed: more take long and gain little
_CLOSED = 1e-3  # share of the value that may still be missing from the relaxation
_TINY = 1e-6
_NOISE = 0.2  # share of a weight


class Picks:
    """The linking rows that pick exactly one of some whole columns, such as where a team works."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        link = blocks.link
        ones = np.isclose(link.data, 1.0) & blocks.arrays.whole[link.indices]
        faults = np.concatenate([[0], np.cumsum(~ones)])
        even = faults[link.indptr[1:]] == faults[link.indptr[:-1]]
        self.rows: Ints = np.flatnonzero(even & (blocks.link_lower == 1) & (blocks.link_upper == 1))
        self.matrix = link[self.rows]
        self.is_row = np.zeros(len(blocks.linking), dtype=bool)
        self.is_row[self.rows] = True
        self.is_pick = np.zeros(len(blocks.lower), dtype=bool)
        self.is_pick[self.matrix.indices] = True

    def in_use(self, pattern: Pattern) -> bool:
        """Whether somebody is in it."""
        return bool(self.is_pick[list(pattern.columns)].any())

    def barred(self, x: Floats) -> Ints:
        """Columns that these rows have no more use for, as x has picked others."""
        full = np.flatnonzero((self.matrix @ x) > 0.5)
        return np.unique(self.matrix[full].indices)


def dive(
    master: Master,
    pricer: Pricer,
    picks: Picks,
    relaxed: Relaxed,
    dice: np.random.Generator,
    until: float,
    *,
    free: Ints | None = None,
    barred: Ints | None = None,
) -> list[Pattern]:
    """Fix and price until everybody is somewhere; the patterns fixed. Uses the master up.

    `free` are its blocks (all, where not said), `barred` columns that cannot be 1; `until` is when to stop
    (time.monotonic). Which of two patterns comes first is left to `dice` a little, so that no two dives are alike.
    """
    free = pricer.all if free is None else free
    barred = np.zeros(0, dtype=np.int64) if barred is None else barred
    x = np.zeros(len(picks.is_pick))
    fixed: list[Pattern] = []
    now: Relaxed | None = relaxed
    began, rounds = time.monotonic(), 0
    while now is not None and time.monotonic() < until:
        a_round = (time.monotonic() - began) / max(rounds, 1)
        share = max(_LEAST_SHARE, a_round / (until - time.monotonic()))  # so that it ends in time
        chosen = _surest(master, picks, now, free, share, dice)
        rounds += 1
        if not chosen:
            break
        master.fix(chosen)
        fixed += [master.patterns[k] for k in chosen]
        for k in chosen:
            x[list(master.patterns[k].columns)] = 1.0
        free = np.setdiff1d(free, [pattern.block for pattern in fixed])
        now = _again(master, pricer, free, np.union1d(barred, picks.barred(x)), until)
    return fixed


def _again(master: Master, pricer: Pricer, free: Ints, barred: Ints, until: float) -> Relaxed | None:
    """The relaxation with more fixed: a few rounds of pricing for the blocks still free."""
    relaxed = master.solve(until - time.monotonic())
    for _ in range(_ROUNDS):
        if relaxed is None or time.monotonic() > until:
            break
        reduced = master.reduced(relaxed.prices)
        reduced[barred] = np.inf
        found = pricer.price(reduced, free)
        own = relaxed.block_prices[[master.row_of_block[b] - len(relaxed.prices) for b in free.tolist()]]
        missing = np.maximum(0.0, own - found.value).sum()
        if missing < _CLOSED * abs(relaxed.value) or not master.add(found.patterns):
            break
        relaxed = master.solve(until - time.monotonic()) or relaxed
    return relaxed


def _surest(
    master: Master, picks: Picks, relaxed: Relaxed, free: Ints, share: float, dice: np.random.Generator
) -> list[int]:
    """The patterns to fix: those with somebody in them that are nearly sure, or that `share` that is surest.

    Blocks that nobody uses stay free to the end: somebody may need the room.
    """
    weights, inside = relaxed.weights, set(free.tolist())
    likely = np.flatnonzero(weights > _TINY)
    likely = likely[np.argsort(-weights[likely] * dice.uniform(1 - _NOISE, 1, len(likely)), kind="stable")]
    using = [int(k) for k in likely if master.patterns[k].block in inside and picks.in_use(master.patterns[k])]
    least = max(1, int(np.ceil(share * float(weights[using].sum()))))
    found: dict[int, int] = {}
    for k in using:
        if weights[k] < _SURE and len(found) >= least:
            break
        found.setdefault(master.patterns[k].block, k)
    return list(found.values())
