"""Better prices by subgradients, before any choice among patterns: many cheap steps in place of few dear ones.

    prices <- prices + step (target - L(prices)) / sum(d^2 / scale)  d / scale

d is the smoothed subgradient: what the cheapest patterns lack of each row's limit (Polyak, 1969; Held, Wolfe and
Crowder, 1974). Rows differ in unit and in how often they pull, so each has a scale of its own (as in AdaGrad:
Duchi, Hazan and Singer, 2011). The patterns met on the way are those that a choice among them begins with.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.blocks import Blocks, Floats
from optimiser.solve.bound import cheaper_ends, signed, value_beside
from optimiser.solve.patterns import Pattern, Pricer

_NODES = 1_000  # of pricing: a direction need not be exact
_FAR = 1.0  # between the ends of a column
_LEAST_STEPS = 100  # where there is no time for these, none is taken
_AHEAD_FIRST, _AHEAD = 0.03, 0.01  # shares by which the target lies above the first value, and the best
_FIRST_STEP, _LAST_STEP, _SHORTER, _PATIENCE = 0.5, 0.02, 0.7, 15
_FELL = 2.0  # times what is hoped for: back to the best
_GAIN = 1e-5  # a smaller share is none
_MEMORY, _SCALE_MEMORY, _LEAST_SCALE = 0.7, 0.98, 1e-2
_KEPT_FROM, _EVERY = 0.3, 3  # steps so short, of which every third keeps its patterns


@dataclass(frozen=True)
class Climbed:
    """Prices, one a linking row, and patterns that were cheapest near them."""

    prices: Floats
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class _Look:
    """What is cheapest at some prices: the bound, what it lacks of each row's limit, and its patterns."""

    prices: Floats
    value: float
    slope: Floats
    patterns: Callable[[], list[Pattern]]


def climb(
    blocks: Blocks,
    pricer: Pricer,
    prices: Floats,
    seconds: float,
    on_better: Callable[[float, Floats], None] | None = None,
) -> Climbed:
    """Better prices than these, shape (linking rows,), within `seconds` or once steps have become short.

    `on_better` hears of each better bound and its prices. These alone where a block has no shape, or a step takes
    too long to take many. Prices of rows with a shared column that reaches far, such as money, stay as they are:
    a step too far there, and the bound is nothing.
    """
    prices = signed(blocks, prices)
    moving = ~_of_far_reaching(blocks)
    if not np.any(moving) or not pricer.whole:
        return Climbed(prices, ())
    now = best = _look(blocks, pricer, prices, moving)
    began = time.monotonic()  # the first look has kernels to load
    _look(blocks, pricer, prices, moving)
    if _LEAST_STEPS * (time.monotonic() - began) > seconds or not np.isfinite(best.value):
        return Climbed(prices, ())
    first_target, kept = best.value + _AHEAD_FIRST * abs(best.value), dict.fromkeys(best.patterns())
    unit, pull, direction = _unit(blocks), now.slope**2, now.slope
    step, still, count = _FIRST_STEP, 0, 0
    while step > _LAST_STEP and time.monotonic() - began < seconds:
        target = max(first_target, best.value + _AHEAD * abs(best.value))
        pull = _SCALE_MEMORY * pull + (1 - _SCALE_MEMORY) * now.slope**2
        direction = _MEMORY * direction + (1 - _MEMORY) * now.slope
        if not np.any(direction):
            break  # nothing lacks anywhere: no prices prove more
        scale = np.sqrt(unit * (pull + _LEAST_SCALE * unit * (pull / unit).mean()))
        length = float((direction**2 / scale).sum())
        stride = step * (target - now.value) / length * direction / scale
        now = _look(blocks, pricer, now.prices + stride, moving)
        count += 1
        if step <= _KEPT_FROM and count % _EVERY == 0:
            kept.update(dict.fromkeys(now.patterns()))
        still = 0 if now.value > best.value + _GAIN * abs(best.value) else still + 1
        if now.value > best.value:
            best = now
            if on_better:
                on_better(best.value, best.prices)
        if still >= _PATIENCE or now.value < best.value - _FELL * (target - best.value):
            step, still, now, direction = _SHORTER * step, 0, best, best.slope
    return Climbed(best.prices, tuple(kept))


def _of_far_reaching(blocks: Blocks) -> NDArray[np.bool_]:
    """Linking rows with a shared column that is more than a choice of 0 and 1."""
    far = blocks.upper[blocks.shared] - blocks.lower[blocks.shared] > _FAR
    found = np.zeros(len(blocks.linking), dtype=bool)
    found[np.unique(blocks.link_by_column[blocks.shared[far]].indices)] = True
    return found


def _look(blocks: Blocks, pricer: Pricer, prices: Floats, moving: NDArray[np.bool_]) -> _Look:
    prices = signed(blocks, prices)
    reduced = blocks.arrays.cost - blocks.link_by_column @ prices
    value, x, patterns = pricer.look(reduced, _NODES)
    x[blocks.shared] = np.nan_to_num(cheaper_ends(blocks, reduced), posinf=0.0, neginf=0.0)
    activity = blocks.link @ x
    short = np.where(np.isfinite(blocks.link_lower), blocks.link_lower - activity, 0.0)
    over = np.where(np.isfinite(blocks.link_upper), blocks.link_upper - activity, 0.0)
    at_rest = np.maximum(short, 0.0) + np.minimum(over, 0.0)
    slope = np.where(prices > 0, short, np.where(prices < 0, over, at_rest))
    return _Look(prices, value + value_beside(blocks, prices, reduced), np.where(moving, slope, 0.0), patterns)


def _unit(blocks: Blocks) -> Floats:
    """The mean square of each row's entries."""
    squares = blocks.link.copy()
    squares.data = squares.data**2
    mean: Floats = np.asarray(squares.sum(axis=1)).ravel() / np.maximum(np.diff(blocks.link.indptr), 1)
    return np.where(mean > 0, mean, 1.0)
