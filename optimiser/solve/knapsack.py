"""The best packing of one part of a block: items that share resources, each in one of its ways, and bonuses.

    max  sum over items of profit[way] + sum over bonuses that a way taken earns of bonus
    s.t. sum over items of takes[way]  <=  room                                  for every resource

Depth first, best first, with the fractional bound of one knapsack (Martello and Toth, Knapsack Problems, 1990,
ch. 2) that stands for all resources: each weighs what it is worth at the best prices of room (surrogate
relaxation; Glover, 1975). So the bound at the root is that of the linear relaxation, with every bonus given.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.blocks import Floats, Ints
from optimiser.solve.compiled import inner, lean
from optimiser.solve.packing import Packed

NO_OPTION = -1
TINY = 1e-9
# A search stops this close to its bound, as a share of what is packed: items much alike would hold it for ever.
_CLOSE = 1e-5
# Of looking for the worth of room: steps, the share by which the bound is hoped to fall, steps before less is.
_STEPS, _AMBITION, _PATIENCE = 120, 0.1, 4


class Part(NamedTuple):
    """A part of a block in one of its states, ready for the search."""

    item: Ints  # by place in the search
    first_option: int  # of the block: `way`, `profit` and `allow` count from it
    way: Ints  # options of each item, those that give most for their room first
    profit: Floats
    allow: NDArray[np.bool_]
    room: Floats
    worth: Floats  # by resource
    step: Floats  # see `_steps`
    open_later: NDArray[np.bool_]  # by place and bonus: whether items from there on could earn it


@inner
def worth_a_look(
    packed: Packed, part: int, first_option: int, profit: Floats, bonus: Floats, allow: NDArray[np.bool_]
) -> Ints:
    """The items of a part that could bring a profit, or must be there."""
    first, last = packed.item_start[part], packed.item_start[part + 1]
    item = np.zeros(last - first, dtype=np.int64)
    n = 0
    for i in range(first, last):
        most = np.inf if packed.forced[i] else 0.0
        for o in range(packed.option_start[i], packed.option_start[i + 1]):
            if allow[o - first_option]:
                more = profit[o - first_option]
                for e in range(packed.earn_start[o], packed.earn_start[o + 1]):
                    more += bonus[packed.earn_bonus[e]]
                most = max(most, more)
        if most > TINY:
            item[n] = i
            n += 1
    return item[:n]


@lean
def worth_of_room(
    packed: Packed,
    item: Ints,
    first_option: int,
    profit: Floats,
    allow: NDArray[np.bool_],
    room: Floats,
    best_worth: Floats,
    scratch: Floats,
) -> float:
    """What a unit of each resource is worth, w >= 0, and the bound on the profit without bonuses that it gives:

        w.room + sum over items of max over options (profit - w.takes)

    brought down by subgradients with Polyak's step (Held, Wolfe and Crowder, 1974). The worth is written to
    `best_worth`, the bound returned; `scratch` is of shape (2, resources).
    """
    worth, spare = scratch[0], scratch[1]
    worth[:], best_worth[:] = 0.0, 0.0
    best, ambition, still = np.inf, _AMBITION, 0
    for _ in range(_STEPS):
        top = _relaxed(packed, item, first_option, profit, allow, room, worth, spare)
        still = 0 if top < best - 1e-4 * max(abs(top), TINY) else still + 1
        if top < best:
            best = top
            _copy(worth, best_worth)
        if still == _PATIENCE:
            ambition, still = 0.5 * ambition, 0
            _copy(best_worth, worth)
        length = 0.0
        for r in range(len(room)):
            if worth[r] == 0 and spare[r] > 0:
                spare[r] = 0.0
            length += spare[r] ** 2
        if length <= TINY or not np.isfinite(top):
            break
        step = (top - best + ambition * abs(best)) / length
        for r in range(len(room)):
            worth[r] = max(0.0, worth[r] - step * spare[r])
    return best


@lean
def _copy(values: NDArray[Any], into: NDArray[Any]) -> None:
    for k in range(len(into)):
        into[k] = values[k]


@lean
def _relaxed(
    packed: Packed,
    item: Ints,
    first_option: int,
    profit: Floats,
    allow: NDArray[np.bool_],
    room: Floats,
    worth: Floats,
    spare: Floats,
) -> float:
    """The bound at a worth of room; the room that the ways it takes leave into `spare`."""
    top = 0.0
    for r in range(len(room)):
        spare[r] = room[r]
        top += worth[r] * room[r]
    for i in item:
        most, which = (-np.inf if packed.forced[i] else 0.0), NO_OPTION
        for o in range(packed.option_start[i], packed.option_start[i + 1]):
            if allow[o - first_option]:
                value = profit[o - first_option] - _weight(packed, o, worth)
                if value > most:
                    most, which = value, o
        top += most
        if which != NO_OPTION:
            for e in range(packed.take_start[which], packed.take_start[which + 1]):
                spare[packed.take_resource[e]] -= packed.take_amount[e]
    return top


@lean
def _weight(packed: Packed, option: int, worth: Floats) -> float:
    """What an option takes of each resource times what that is worth."""
    total = 0.0
    for e in range(packed.take_start[option], packed.take_start[option + 1]):
        total += worth[packed.take_resource[e]] * packed.take_amount[e]
    return total


@inner
def ready(
    packed: Packed,
    item: Ints,
    first_option: int,
    profit: Floats,
    allow: NDArray[np.bool_],
    room: Floats,
    worth: Floats,
    bonuses: int,
) -> Part:
    """Items and their options in the order of the search, and what its bounds need."""
    options = first_option
    for i in item:
        options = max(options, packed.option_start[i + 1])
    way = np.arange(first_option, options)
    rank = np.zeros(len(item))
    for q in range(len(item)):
        i = item[q]
        start, end = packed.option_start[i], packed.option_start[i + 1]
        value = np.full(end - start, -np.inf)
        rank[q] = np.inf if packed.forced[i] else -np.inf
        for o in range(start, end):
            if allow[o - first_option]:
                weight = _weight(packed, o, worth)
                value[o - start] = profit[o - first_option] - weight
                rank[q] = max(rank[q], profit[o - first_option] / max(weight, TINY))
        way[start - first_option : end - first_option] = start + np.argsort(-value)
    item = item[np.argsort(-rank)]
    step = _steps(packed, item, first_option, profit, allow, worth)
    open_later = _open_later(packed, item, bonuses, first_option, allow)
    return Part(item, first_option, way, profit, allow, room, worth, step, open_later)


@inner
def _steps(
    packed: Packed, item: Ints, first_option: int, profit: Floats, allow: NDArray[np.bool_], worth: Floats
) -> Floats:
    """The options on each item's upper hull, as steps from one to the next, shape (steps, 3).

    Of each the item's place, the gain, and the weight. Best gain for the weight first; first of all how an item
    that must be there weighs least.
    """
    most = 0
    for i in item:
        most += packed.option_start[i + 1] - packed.option_start[i]
    step, rank = np.zeros((most, 3)), np.zeros(most)
    n = 0
    for q in range(len(item)):
        must = packed.forced[item[q]]
        gave, weighed = 0.0, 0.0
        while True:
            which, rate = _next_on_hull(packed, item[q], first_option, profit, allow, worth, gave, weighed, must)
            if which == NO_OPTION:
                break
            gives, weighs = profit[which - first_option], _weight(packed, which, worth)
            step[n, 0], step[n, 1], step[n, 2] = q, gives - gave, weighs - weighed
            rank[n] = np.inf if must else rate
            gave, weighed, must = gives, weighs, False
            n += 1
    return step[:n][np.argsort(-rank[:n], kind="mergesort")]


@lean
def _next_on_hull(
    packed: Packed,
    i: int,
    first_option: int,
    profit: Floats,
    allow: NDArray[np.bool_],
    worth: Floats,
    gave: float,
    weighed: float,
    lightest: bool,
) -> tuple[int, float]:
    """The option with the best gain for its weight from what an item gave and weighed, or its lightest.

    NO_OPTION where none gains. Of two as good the one that gains more, so that every step is on the hull.
    """
    which, rate, best_gain = NO_OPTION, -np.inf, -np.inf
    for o in range(packed.option_start[i], packed.option_start[i + 1]):
        if not allow[o - first_option]:
            continue
        gain, more = profit[o - first_option] - gave, _weight(packed, o, worth) - weighed
        if not lightest and gain <= TINY:
            continue
        rate_here = gain / more if more > 0 else np.inf
        here = -more if lightest else rate_here
        if here > rate or (here == rate and gain > best_gain):
            which, rate, best_gain = o, here, gain
    return which, rate


@inner
def _open_later(
    packed: Packed, item: Ints, bonuses: int, first_option: int, allow: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    n = len(item)
    found = np.zeros((n + 1, bonuses), dtype=np.bool_)
    for q in range(n - 1, -1, -1):
        found[q] = found[q + 1]
        for o in range(packed.option_start[item[q]], packed.option_start[item[q] + 1]):
            if allow[o - first_option]:
                for e in range(packed.earn_start[o], packed.earn_start[o + 1]):
                    found[q, packed.earn_bonus[e]] = True
    return found


@inner
def pack_part(packed: Packed, part: Part, bonus: Floats, most_nodes: int) -> tuple[float, float, Ints]:
    """The best profit found, a bound on it, and the option of each item (by place; NO_OPTION: not there)."""
    n = len(part.item)
    left, earned, tried = part.room.copy(), np.zeros(len(bonus), dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    chosen, found = np.full(n + 1, NO_OPTION, dtype=np.int64), np.full(n, NO_OPTION, dtype=np.int64)
    best, bound = _search(packed, part, bonus, most_nodes, left, earned, chosen, tried, found)
    return best, bound, found


@lean
def _search(
    packed: Packed,
    part: Part,
    bonus: Floats,
    most_nodes: int,
    left: Floats,
    earned: Ints,
    chosen: Ints,
    tried: Ints,  # options of the item tried so far; one more means: left out
    found: Ints,
) -> tuple[float, float]:
    """Depth first from an empty part, into `found`; the best profit, and a bound on it."""
    n = len(part.item)
    best, bound, slack, now, depth, nodes = -np.inf, -np.inf, TINY, 0.0, 0, 0
    while depth >= 0:
        if tried[depth] == 0:
            top = now + _fraction(part.step, depth, _worth_of(part.worth, left))
            for v in range(len(bonus)):
                if earned[v] == 0 and part.open_later[depth, v]:
                    top += bonus[v]
            if depth == 0:
                bound, slack = top, max(TINY, _CLOSE * abs(top))
            if top <= best + slack:
                depth -= 1
                continue
            if depth == n:
                best = now
                _copy(chosen, found)
                depth -= 1
                continue
            nodes += 1
            if nodes > most_nodes:
                return best, bound
        went, change = _advance(packed, part, depth, bonus, left, earned, chosen, tried)
        now += change
        depth += 1 if went else -1
        if went:
            tried[depth] = 0
    return best, min(bound, best + slack)


@lean
def _worth_of(worth: Floats, left: Floats) -> float:
    total = 0.0
    for r in range(len(left)):
        total += worth[r] * left[r]
    return total


@lean
def _fraction(step: Floats, depth: int, room: float) -> float:
    """The most that the items from `depth` on could give in room of so much worth, the last step in part."""
    total = 0.0
    for k in range(len(step)):
        if step[k, 0] < depth:
            continue
        if step[k, 2] > room:
            return total + (step[k, 1] * room / step[k, 2] if room > 0 else 0.0)
        total += step[k, 1]
        room -= step[k, 2]
    return total


@lean
def _advance(
    packed: Packed, part: Part, depth: int, bonus: Floats, left: Floats, earned: Ints, chosen: Ints, tried: Ints
) -> tuple[bool, float]:
    """Take back what was tried last for an item and try its next way, or leaving it out.

    Whether there was one, and what it changes in the profit.
    """
    i, change = part.item[depth], 0.0
    if chosen[depth] != NO_OPTION:
        change -= _put(packed, part, chosen[depth], bonus, left, earned, -1)
        chosen[depth] = NO_OPTION
    start, end = packed.option_start[i] - part.first_option, packed.option_start[i + 1] - part.first_option
    while tried[depth] < end - start:
        o = part.way[start + tried[depth]]
        tried[depth] += 1
        if part.allow[o - part.first_option] and _fits(packed, o, left):
            chosen[depth] = o
            return True, change + _put(packed, part, o, bonus, left, earned, 1)
    if tried[depth] == end - start:
        tried[depth] += 1
        return not packed.forced[i], change
    return False, change


@lean
def _fits(packed: Packed, option: int, left: Floats) -> bool:
    for e in range(packed.take_start[option], packed.take_start[option + 1]):
        if packed.take_amount[e] > left[packed.take_resource[e]]:
            return False
    return True


@lean
def _put(packed: Packed, part: Part, option: int, bonus: Floats, left: Floats, earned: Ints, sign: int) -> float:
    """Put an option in (sign 1) or take it out (-1); the profit that it brings, bonuses with it."""
    profit = float(part.profit[option - part.first_option])
    for e in range(packed.take_start[option], packed.take_start[option + 1]):
        left[packed.take_resource[e]] -= sign * packed.take_amount[e]
    for e in range(packed.earn_start[option], packed.earn_start[option + 1]):
        v = packed.earn_bonus[e]
        if earned[v] == (0 if sign > 0 else 1):
            profit += bonus[v]
        earned[v] += sign
    return profit
