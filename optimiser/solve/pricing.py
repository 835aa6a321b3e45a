"""The cheapest pattern of each block at given prices: a state, and what is packed into it.

    min over patterns of  sum of reduced cost of its columns

Items that share no resource, such as teams that need desks and teams that need a clinic, are packed apart
(`knapsack.py`). A bonus that several of these parts earn is then given to each in turn. Where the search meets a
limit the value returned is its bound, so that it never claims too much.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.blocks import Floats, Ints
from optimiser.solve.compiled import inner, kernel, lean_kernel
from optimiser.solve.knapsack import NO_OPTION, TINY, pack_part, ready, worth_a_look, worth_of_room
from optimiser.solve.packing import Packed

# Of bonuses that several parts earn so many are tried in every split; those beyond count in each part.
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


def price(packed: Packed, reduced: Floats, which: Ints, most_nodes: int) -> Priced:
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


@lean_kernel
def mark(packed: Packed, priced: Priced, which: Ints, reduced: Floats, x: Floats) -> None:
    """Set the columns of the patterns found to 1 in x, shape (columns,)."""
    for k in range(len(which)):
        b, s = which[k], priced.state[k]
        if s < 0:
            continue
        for c in range(packed.state_column_start[s], packed.state_column_start[s + 1]):
            x[packed.state_column[c]] = 1.0
        first = packed.item_start[packed.part_start[b]]
        for i in range(packed.item_start[packed.part_start[b + 1]] - first):
            o = priced.option[k, i]
            if o == NO_OPTION:
                continue
            for c in range(packed.column_start[o], packed.column_start[o + 1]):
                x[packed.column[c]] = 1.0
            for e in range(packed.earn_start[o], packed.earn_start[o + 1]):
                v = packed.earn_bonus[e]
                bonus = packed.bonus_column[packed.bonus_start[b] + v]
                if reduced[bonus] <= TINY and packed.give[packed.give_start[s] + v]:
                    x[bonus] = 1.0


@kernel
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
        base, quick = _quick_bounds(packed, reduced, b, profit, bonus)
        for n in np.argsort(base - quick):  # the most promising first: it rules others out
            needed = base[n] - priced.cost[k]  # no pattern of the state would be better
            if quick[n] == -np.inf or quick[n] <= needed:
                priced.value[k] = min(priced.value[k], base[n] - quick[n])
                continue
            s = packed.state_start[b] + n
            given = bonus * packed.give[packed.give_start[s] : packed.give_start[s + 1]]
            packing, bound, chosen = _fill(packed, b, s, profit, given, most_nodes, needed)
            priced.value[k] = min(priced.value[k], base[n] - bound)
            if base[n] - packing < priced.cost[k]:
                priced.cost[k], priced.state[k] = base[n] - packing, s
                priced.option[k, : len(chosen)] = chosen


@inner
def _quick_bounds(packed: Packed, reduced: Floats, b: int, profit: Floats, bonus: Floats) -> tuple[Floats, Floats]:
    """Of each state its own reduced cost, and what could be packed if there were room for all.

    -inf where an item that must be there has no place in it.
    """
    first, last = packed.item_start[packed.part_start[b]], packed.item_start[packed.part_start[b + 1]]
    first_option, first_state = packed.option_start[first], packed.state_start[b]
    count = packed.state_start[b + 1] - first_state
    base, quick = np.zeros(count), np.zeros(count)
    for n in range(count):
        s = first_state + n
        for c in range(packed.state_column_start[s], packed.state_column_start[s + 1]):
            base[n] += reduced[packed.state_column[c]]
        any_place = False
        for i in range(first, last):
            most = -np.inf if packed.forced[i] else 0.0
            for o in range(packed.option_start[i], packed.option_start[i + 1]):
                if packed.allow[packed.allow_start[s] + o - first_option]:
                    most = max(most, profit[o - first_option])
                    any_place = True
            quick[n] += most
        if any_place:
            quick[n] += (bonus * packed.give[packed.give_start[s] : packed.give_start[s + 1]]).sum()
    return base, quick


@inner
def _fill(
    packed: Packed, b: int, s: int, profit: Floats, bonus: Floats, most_nodes: int, needed: float
) -> tuple[float, float, Ints]:
    """The best packing of one state: its profit, a bound on it, and the option of each item.

    A state whose bound is no more than `needed` is given up with that bound and a packing of -inf.
    """
    first, last = packed.part_start[b], packed.part_start[b + 1]
    first_item = packed.item_start[first]
    first_option = packed.option_start[first_item]
    allow = packed.allow[packed.allow_start[s] : packed.allow_start[s + 1]]
    room = packed.room[packed.room_start[s] : packed.room_start[s + 1]] + TINY
    worth, scratch, relaxed = np.zeros((last - first, len(room))), np.zeros((2, len(room))), bonus.sum()
    for part in range(first, last):
        item = worth_a_look(packed, part, first_option, profit, bonus, allow)
        relaxed += worth_of_room(packed, item, first_option, profit, allow, room, worth[part - first], scratch)
    if relaxed <= needed:
        return -np.inf, relaxed, np.zeros(0, dtype=np.int64)
    best, top = -np.inf, np.inf
    chosen = np.zeros(0, dtype=np.int64)
    shared = np.zeros(0, dtype=np.int64)
    while True:
        found, bound = _combined(packed, b, allow, room, worth, profit, bonus, most_nodes, shared)
        value, twice = _profit(packed, b, found, profit, bonus)
        top = min(top, bound)
        if value > best:
            best, chosen = value, found
        missed = twice[~_among(twice, shared)][: _MOST_SPLIT - len(shared)]
        if not len(missed):
            return best, top, chosen
        shared = np.concatenate((shared, missed))


@inner
def _among(values: Ints, others: Ints) -> NDArray[np.bool_]:
    return np.array([np.any(others == value) for value in values], dtype=np.bool_)


@inner
def _profit(packed: Packed, b: int, chosen: Ints, profit: Floats, bonus: Floats) -> tuple[float, Ints]:
    """What a packing gives, each bonus once, and the bonuses of some worth that several parts earn."""
    first, last = packed.part_start[b], packed.part_start[b + 1]
    first_item = packed.item_start[first]
    first_option = packed.option_start[first_item]
    parts, total = np.zeros(len(bonus), dtype=np.int64), 0.0
    for part in range(first, last):
        here = np.zeros(len(bonus), dtype=np.bool_)
        for i in range(packed.item_start[part], packed.item_start[part + 1]):
            o = chosen[i - first_item]
            if o != NO_OPTION:
                total += profit[o - first_option]
                for e in range(packed.earn_start[o], packed.earn_start[o + 1]):
                    here[packed.earn_bonus[e]] = True
            elif packed.forced[i]:
                total = -np.inf
        parts += here
    return total + bonus[parts > 0].sum(), np.flatnonzero((parts > 1) & (bonus > TINY))


@inner
def _combined(
    packed: Packed,
    b: int,
    allow: NDArray[np.bool_],
    room: Floats,
    worth: Floats,
    profit: Floats,
    bonus: Floats,
    most_nodes: int,
    shared: Ints,
) -> tuple[Ints, float]:
    """Every part packed, each of the bonuses `shared` earned in one of them at the most: options, and a bound.

    Any other bonus counts in each part that earns it.
    """
    first, last = packed.part_start[b], packed.part_start[b + 1]
    first_item = packed.item_start[first]
    first_option = packed.option_start[first_item]
    splits = 1 << len(shared)
    # best[m], top[m]: of the parts so far, where they have earned the shared bonuses m at the most
    best, top = np.zeros(splits), np.zeros(splits)
    picks = np.full((splits, packed.item_start[last] - first_item), NO_OPTION, dtype=np.int64)
    for part in range(first, last):
        item = worth_a_look(packed, part, first_option, profit, bonus, allow)
        search = ready(packed, item, first_option, profit, allow, room, worth[part - first], len(bonus))
        reach = _reachable(packed, part, shared)
        new_best, new_top = np.full(splits, -np.inf), np.full(splits, -np.inf)
        new_picks = picks.copy()
        for mine in range(splits):
            if mine & ~reach:
                continue
            ours = bonus.copy()
            for v in range(len(shared)):
                if not mine & (1 << v):
                    ours[shared[v]] = 0.0
            value, bound, found = pack_part(packed, search, ours, most_nodes)
            for before in range(splits):
                if before & mine:
                    continue
                together = before | mine
                new_top[together] = max(new_top[together], top[before] + bound)
                if best[before] + value > new_best[together]:
                    new_best[together] = best[before] + value
                    new_picks[together] = picks[before]
                    for q in range(len(found)):
                        new_picks[together, search.item[q] - first_item] = found[q]
        best, top, picks = new_best, new_top, new_picks
    return picks[np.argmax(best)], top.max()


@inner
def _reachable(packed: Packed, part: int, shared: Ints) -> int:
    """The shared bonuses that a part could earn, as bits."""
    bits = 0
    options = packed.option_start[packed.item_start[part]], packed.option_start[packed.item_start[part + 1]]
    for e in range(packed.earn_start[options[0]], packed.earn_start[options[1]]):
        for v in range(len(shared)):
            if packed.earn_bonus[e] == shared[v]:
                bits |= 1 << v
    return bits
