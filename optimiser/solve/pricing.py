"""The cheapest pattern of each block at given prices: a state, and what is packed into it.

    min over patterns of  sum of reduced cost of its columns

Items that share no resource, such as teams that need desks and teams that need a clinic, are packed apart: depth
first, best first, with the knapsack's fractional bound (Martello and Toth, Knapsack Problems, 1990, ch. 2). A
bonus that several of these parts could earn is given to each in turn. Where the search meets a limit the value
returned is its bound, so that it never claims too much.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from optimiser.solve.blocks import Floats, Ints
from optimiser.solve.packing import Packed

NO_OPTION = -1
_TINY = 1e-9
# A search stops this close to its bound, as a share of what is packed: items much alike would hold it for ever.
_CLOSE = 1e-5
# Of bonuses that several parts could earn so many are tried in every split; the least beyond count in each part.
_MOST_SPLIT = 5


class Priced(NamedTuple):
    """The best pattern of each block asked, in their order.

    `value[k]` is the least reduced cost, or a bound below it. The pattern is the state `state[k]` with
    `option[k, i]` for the block's i-th item (NO_OPTION: not there), and its reduced cost is `cost[k]`.
    """

    value: Floats
    state: Ints
    option: Ints
    cost: Floats


def price(packed: Packed, reduced: Floats, which: Ints, most_nodes: int = 20_000) -> Priced:
    """Price the blocks `which` at the reduced cost of every column, shape (columns,)."""
    items = packed.item_start[packed.part_start]
    count, widest = len(which), int(np.diff(items)[which].max(initial=0))
    priced = Priced(
        value=np.full(count, np.inf),
        state=np.full(count, -1, dtype=np.int64),
        option=np.full((count, widest), NO_OPTION, dtype=np.int64),
        cost=np.full(count, np.inf),
    )
    _price(packed, reduced, which, most_nodes, priced)
    return priced


@numba.njit(cache=True)
def _price(packed: Packed, reduced: Floats, which: Ints, most_nodes: int, priced: Priced) -> None:
    for k in range(len(which)):
        b = which[k]
        bonus = np.zeros(packed.bonus_start[b + 1] - packed.bonus_start[b])
        for v in range(len(bonus)):
            bonus[v] = max(0.0, -reduced[packed.bonus_column[packed.bonus_start[b] + v]])
        first_item = packed.item_start[packed.part_start[b]]
        last_item = packed.item_start[packed.part_start[b + 1]]
        first_option = packed.option_start[first_item]
        profit = np.zeros(packed.option_start[last_item] - first_option)
        for o in range(len(profit)):
            for c in range(packed.column_start[first_option + o], packed.column_start[first_option + o + 1]):
                profit[o] -= reduced[packed.column[c]]
        for s in range(packed.state_start[b], packed.state_start[b + 1]):
            base = 0.0
            for c in range(packed.state_column_start[s], packed.state_column_start[s + 1]):
                base += reduced[packed.state_column[c]]
            chosen = np.full(last_item - first_item, NO_OPTION, dtype=np.int64)
            packing, bound = _fill(packed, b, s, profit, bonus, most_nodes, base - priced.value[k], chosen)
            priced.value[k] = min(priced.value[k], base - bound)
            if base - packing < priced.cost[k]:
                priced.cost[k], priced.state[k] = base - packing, s
                priced.option[k, : len(chosen)] = chosen


@numba.njit(cache=True)
def _fill(
    packed: Packed,
    b: int,
    s: int,
    profit: Floats,
    bonus: Floats,
    most_nodes: int,
    needed: float,
    chosen: Ints,
) -> tuple[float, float]:
    """The best packing of one state: its profit, and a bound on it. -inf where forced items have no place.

    A state whose quick bound is no more than `needed` is given up with that bound and no packing.
    """
    first, last = packed.part_start[b], packed.part_start[b + 1]
    first_item = packed.item_start[first]
    shared = _shared_bonuses(packed, first, last, bonus)
    splits = 1 << len(shared)
    quick = _quick_bound(packed, b, s, profit, bonus)
    if quick == -np.inf or quick <= needed:
        return -np.inf, quick
    # best[m], top[m]: of the parts so far, where they have earned the shared bonuses m at the most
    best, top = np.zeros(splits), np.zeros(splits)
    picks = np.full((splits, len(chosen)), NO_OPTION, dtype=np.int64)
    for part in range(first, last):
        start, end = packed.item_start[part] - first_item, packed.item_start[part + 1] - first_item
        reach = _reachable(packed, part, shared, bonus)
        new_best, new_top = np.full(splits, -np.inf), np.full(splits, -np.inf)
        new_picks = picks.copy()
        for mine in range(splits):
            if mine & ~reach:
                continue
            ours = bonus.copy()
            for v in range(len(shared)):
                if not mine & (1 << v):
                    ours[shared[v]] = 0.0
            found = np.full(end - start, NO_OPTION, dtype=np.int64)
            value, bound = _pack_part(packed, b, s, part, profit, ours, most_nodes, found)
            for before in range(splits):
                if before & mine:
                    continue
                together = before | mine
                new_top[together] = max(new_top[together], top[before] + bound)
                if best[before] + value > new_best[together]:
                    new_best[together] = best[before] + value
                    new_picks[together] = picks[before]
                    new_picks[together, start:end] = found
        best, top, picks = new_best, new_top, new_picks
    winner = np.argmax(best)
    chosen[:] = picks[winner]
    return best[winner], top.max()


@numba.njit(cache=True)
def _shared_bonuses(packed: Packed, first: int, last: int, bonus: Floats) -> Ints:
    """Bonuses of some worth that more than one part could earn, the largest of them."""
    seen = np.zeros(len(bonus), dtype=np.int64)
    for part in range(first, last):
        here = np.zeros(len(bonus), dtype=np.bool_)
        options = packed.option_start[packed.item_start[part]], packed.option_start[packed.item_start[part + 1]]
        for e in range(packed.earn_start[options[0]], packed.earn_start[options[1]]):
            here[packed.earn_bonus[e]] = True
        seen += here
    shared = np.flatnonzero((seen > 1) & (bonus > _TINY))
    return shared[np.argsort(-bonus[shared])][:_MOST_SPLIT]


@numba.njit(cache=True)
def _reachable(packed: Packed, part: int, shared: Ints, bonus: Floats) -> int:
    """The shared bonuses that a part could earn, as bits."""
    bits = 0
    options = packed.option_start[packed.item_start[part]], packed.option_start[packed.item_start[part + 1]]
    for e in range(packed.earn_start[options[0]], packed.earn_start[options[1]]):
        for v in range(len(shared)):
            if packed.earn_bonus[e] == shared[v]:
                bits |= 1 << v
    return bits


@numba.njit(cache=True)
def _quick_bound(packed: Packed, b: int, s: int, profit: Floats, bonus: Floats) -> float:
    """What could be packed if there were room for all; -inf where a forced item has no place in this state."""
    first, last = packed.item_start[packed.part_start[b]], packed.item_start[packed.part_start[b + 1]]
    first_option = packed.option_start[first]
    total, any_place = 0.0, False
    for i in range(first, last):
        most = -np.inf if packed.forced[i] else 0.0
        for o in range(packed.option_start[i], packed.option_start[i + 1]):
            if packed.allow[packed.allow_start[s] + o - first_option]:
                most = max(most, profit[o - first_option])
                any_place = True
        total += most
    return total + bonus.sum() if any_place else total


@numba.njit(cache=True)
def _pack_part(
    packed: Packed,
    b: int,
    s: int,
    part: int,
    profit: Floats,
    bonus: Floats,
    most_nodes: int,
    found: Ints,
) -> tuple[float, float]:
    """Depth first over the items of a part: the best profit, a bound on it, and in `found` each item's option."""
    first_item = packed.item_start[packed.part_start[b]]
    first_option = packed.option_start[first_item]
    allow = packed.allow[packed.allow_start[s] : packed.allow_start[s + 1]]
    left = packed.room[packed.room_start[s] : packed.room_start[s + 1]] + _TINY
    item, sure, gain, weight = _ranked(packed, part, first_option, profit, bonus, allow)
    n = len(item)
    sure_later, open_later = _later(packed, item, sure, len(bonus), first_option, allow)
    earned = np.zeros(len(bonus), dtype=np.int64)
    chosen = np.full(n + 1, NO_OPTION, dtype=np.int64)
    tried = np.zeros(n + 1, dtype=np.int64)  # options of the item tried so far; one more means: left out
    spare = left.copy()
    best, bound, slack, now, depth, nodes = -np.inf, -np.inf, _TINY, 0.0, 0, 0
    while depth >= 0:
        if tried[depth] == 0:
            spare[:] = left
            top = now + sure_later[depth] + _fraction(packed, item, gain, weight, depth, spare)
            for v in range(len(bonus)):
                if earned[v] == 0 and open_later[depth, v]:
                    top += bonus[v]
            if depth == 0:
                bound, slack = top, max(_TINY, _CLOSE * abs(top))
            if top <= best + slack:
                depth -= 1
                continue
            if depth == n:
                best = now
                found[:] = NO_OPTION
                for q in range(n):
                    found[item[q] - packed.item_start[part]] = chosen[q]
                depth -= 1
                continue
            nodes += 1
            if nodes > most_nodes:
                return best, bound
        i = item[depth]
        went, change = _advance(packed, i, depth, first_option, profit, bonus, allow, left, earned, chosen, tried)
        now += change
        if went:
            depth += 1
            tried[depth] = 0
        else:
            tried[depth] = 0
            depth -= 1
    return best, min(bound, best + slack)


@numba.njit(cache=True)
def _advance(
    packed: Packed,
    i: int,
    depth: int,
    first_option: int,
    profit: Floats,
    bonus: Floats,
    allow: NDArray[np.bool_],
    left: Floats,
    earned: Ints,
    chosen: Ints,
    tried: Ints,
) -> tuple[bool, float]:
    """Take back what was tried last for an item and try its next way, or leaving it out.

    Whether there was one, and what it changes in the profit.
    """
    change = 0.0
    if chosen[depth] != NO_OPTION:
        change -= _put(packed, chosen[depth], profit[chosen[depth] - first_option], bonus, left, earned, -1)
        chosen[depth] = NO_OPTION
    ways = packed.option_start[i + 1] - packed.option_start[i]
    while tried[depth] < ways:
        o = packed.option_start[i] + tried[depth]
        tried[depth] += 1
        if allow[o - first_option] and _fits(packed, o, left):
            chosen[depth] = o
            return True, change + _put(packed, o, profit[o - first_option], bonus, left, earned, 1)
    if tried[depth] == ways:
        tried[depth] += 1
        return not packed.forced[i], change
    return False, change


@numba.njit(cache=True)
def _later(
    packed: Packed, item: Ints, sure: Floats, bonuses: int, first_option: int, allow: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """What the items from each place on give for sure in all, and which bonuses they could earn."""
    n = len(item)
    sure_later = np.zeros(n + 1)
    open_later = np.zeros((n + 1, bonuses), dtype=np.bool_)
    for q in range(n - 1, -1, -1):
        sure_later[q] = sure_later[q + 1] + sure[q]
        open_later[q] = open_later[q + 1]
        for o in range(packed.option_start[item[q]], packed.option_start[item[q] + 1]):
            if allow[o - first_option]:
                for e in range(packed.earn_start[o], packed.earn_start[o + 1]):
                    open_later[q, packed.earn_bonus[e]] = True
    return sure_later, open_later


@numba.njit(cache=True)
def _fraction(packed: Packed, item: Ints, gain: Floats, weight: Floats, depth: int, spare: Floats) -> float:
    """The most that the items from `depth` on could gain, the last of them in part; uses `spare` up."""
    total = 0.0
    for q in range(depth, len(item)):
        if gain[q] > 0:
            r = packed.bounded_by[item[q]]
            share = 1.0 if weight[q] <= spare[r] else max(0.0, spare[r] / weight[q])
            total += gain[q] * share
            spare[r] -= weight[q] * share
    return total


@numba.njit(cache=True)
def _ranked(
    packed: Packed, part: int, first_option: int, profit: Floats, bonus: Floats, allow: NDArray[np.bool_]
) -> tuple[Ints, Floats, Floats, Floats]:
    """The items worth a look, best for their room first.

    For each: what it gives without the resource that bounds it, what it gives more with it, and how much it takes.
    """
    first, last = packed.item_start[part], packed.item_start[part + 1]
    item = np.zeros(last - first, dtype=np.int64)
    sure, gain, weight, rank = (
        np.zeros(last - first),
        np.zeros(last - first),
        np.zeros(last - first),
        np.zeros(last - first),
    )
    n = 0
    for i in range(first, last):
        free = -np.inf if packed.forced[i] else 0.0
        taking, least, with_bonus = -np.inf, np.inf, -np.inf
        for o in range(packed.option_start[i], packed.option_start[i + 1]):
            if not allow[o - first_option]:
                continue
            amount = 0.0
            for e in range(packed.take_start[o], packed.take_start[o + 1]):
                if packed.take_resource[e] == packed.bounded_by[i]:
                    amount = packed.take_amount[e]
            p = profit[o - first_option]
            more = 0.0
            for e in range(packed.earn_start[o], packed.earn_start[o + 1]):
                more += bonus[packed.earn_bonus[e]]
            with_bonus = max(with_bonus, p + more)
            if amount > 0:
                taking, least = max(taking, p), min(least, amount)
            else:
                free = max(free, p)
        if with_bonus <= _TINY and not packed.forced[i]:
            continue
        item[n] = i
        if free == -np.inf:  # it must be there, and takes room however it is
            sure[n], gain[n], weight[n], rank[n] = taking, 0.0, 0.0, np.inf
        else:
            sure[n], gain[n] = free, max(0.0, taking - free)
            weight[n] = least if gain[n] > 0 else 0.0
            rank[n] = (taking - free) / least if least < np.inf else np.inf
        n += 1
    order = np.argsort(-rank[:n])
    return item[:n][order], sure[:n][order], gain[:n][order], weight[:n][order]


@numba.njit(cache=True)
def _fits(packed: Packed, option: int, left: Floats) -> bool:
    for e in range(packed.take_start[option], packed.take_start[option + 1]):
        if packed.take_amount[e] > left[packed.take_resource[e]]:
            return False
    return True


@numba.njit(cache=True)
def _put(
    packed: Packed, option: int, profit: float, bonus: Floats, left: Floats, earned: Ints, sign: int
) -> float:
    """Put an option in (sign 1) or take it out (-1); the profit that it brings, bonuses with it."""
    for e in range(packed.take_start[option], packed.take_start[option + 1]):
        left[packed.take_resource[e]] -= sign * packed.take_amount[e]
    for e in range(packed.earn_start[option], packed.earn_start[option + 1]):
        v = packed.earn_bonus[e]
        if earned[v] == (0 if sign > 0 else 1):
            profit += bonus[v]
        earned[v] += sign
    return profit
