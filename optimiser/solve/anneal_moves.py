"""The moves of annealing: shift a team and eject another, swap two, close a block, open one and fill it.

A proposal moves teams at once (`_move`), then `weigh` finds what blocks and limits make of it; what is turned down
is put back. Teams that have no room anywhere wait outside, at a cost that any place beats.
"""

import numpy as np

from optimiser.solve.anneal_board import OUTSIDE, TINY, Board
from optimiser.solve.anneal_weigh import can_be, put_in, reset, take_out, weigh
from optimiser.solve.compiled import lean, lean_kernel


@lean_kernel
def anneal(b: Board, steps: int, hot: float, cold: float, seed: int, by_block: bool, by_bonus: bool) -> None:
    """So many proposals while the temperature falls from `hot` to `cold` (unit of cost) by a constant factor."""
    np.random.seed(seed)
    decay, heat, total = (cold / hot) ** (1.0 / steps), hot, b.total[0]
    reset(b)
    for _ in range(steps):
        heat *= decay
        limit = total.cost + total.penalty - heat * np.log(np.random.random() + 1e-300)
        total.moves, total.changes = 0, 0
        total.stamp += 1
        if _proposed(b, heat) and weigh(b, limit, by_block, by_bonus):
            if total.broken == 0 and total.outside == 0 and total.cost < total.best - 1e-7:
                total.best = total.cost
                for i in range(len(b.teams)):
                    b.teams[i].best = b.teams[i].at
                for n in range(len(b.blocks)):
                    b.blocks[n].best = b.blocks[n].state
        else:
            for k in range(total.moves - 1, -1, -1):
                take_out(b, b.moves[k].new)
                put_in(b, b.moves[k].old, b.candidates[b.moves[k].new].team)


@lean
def _proposed(b: Board, heat: float) -> bool:
    kind, i = np.random.random(), _below(len(b.teams))
    c, old = b.teams[i].first + _below(b.teams[i].end - b.teams[i].first), b.teams[i].at
    if kind < 0.36 or old == OUTSIDE:
        return c != old and _shift(b, old, c, heat)
    if kind < 0.5:
        return _swap(b, old, c)
    if kind < 0.8:
        return b.blocks[b.candidates[c].block].teams == 0 and _open(b, old, c, heat)
    if kind < 0.99:
        return _close(b, b.candidates[old].block, heat)
    return _restate(b, _below(len(b.blocks)))


@lean
def _shift(b: Board, old: int, c: int, heat: float) -> bool:
    """A team to another candidate; where it is too full there, others out of it."""
    n = b.candidates[c].block
    home = b.candidates[old].block if old != OUTSIDE else -1
    if b.blocks[n].teams == 0 and home >= 0 and b.blocks[home].teams > 1 and np.random.random() < 0.7:
        return False
    _move(b, old, c)
    for _ in range(5):
        if not _too_full(b, n):
            return True
        other = _anyone_in(b, n)
        if other == c:
            continue
        to = OUTSIDE
        if home >= 0 and np.random.random() < 0.5:
            to = _candidate_in(b, b.candidates[other].team, home)
            if to != OUTSIDE and not _fits(b, to):
                to = OUTSIDE
        if to == OUTSIDE:
            to = _best_place(b, b.candidates[other].team, n, 2 * heat)
        if to != OUTSIDE:
            _move(b, other, to)
    return not _too_full(b, n)


@lean
def _swap(b: Board, old: int, c: int) -> bool:
    n, home = b.candidates[c].block, b.candidates[old].block
    if n == home or b.blocks[n].teams == 0:
        return False
    other = _anyone_in(b, n)
    back = _candidate_in(b, b.candidates[other].team, home)
    if back == OUTSIDE:
        return False
    _move(b, other, back)
    _move(b, old, c)
    return not (_too_full(b, n) or _too_full(b, home))


@lean
def _open(b: Board, old: int, c: int, heat: float) -> bool:
    """Open an empty block for a team and those beside it, close the one that they leave, and fill up."""
    n, home = b.candidates[c].block, b.candidates[old].block
    _line_up(b, home)
    for k in range(b.blocks[home].teams):
        to = _candidate_in(b, b.candidates[b.queue[k]].team, n)
        if to != OUTSIDE and _fits(b, to):
            _move(b, b.queue[k], to)
    if np.random.random() < 0.9 and not _empty(b, home, heat):
        return False
    for _ in range(2):
        first, end = b.blocks[n].offers, b.blocks[n].offers_end
        to = b.offers[first + _below(end - first)].candidate
        old = b.teams[b.candidates[to].team].at
        if old == OUTSIDE or b.candidates[old].block == n or not _fits(b, to):
            continue
        if b.blocks[b.candidates[old].block].teams == 1 or b.candidates[to].cost < b.candidates[old].cost:
            _move(b, old, to)
    return True


@lean
def _close(b: Board, n: int, heat: float) -> bool:
    """Everybody out of a block, and of its mates."""
    block = b.blocks[n]
    if block.mates < block.mates_end and np.random.random() < 0.5:
        for e in range(block.mates, block.mates_end):
            if not _empty(b, b.mates[e], heat):
                return False
    return _empty(b, n, heat)


@lean
def _restate(b: Board, n: int) -> bool:
    """Another state for a block, as it is."""
    block = b.blocks[n]
    s = block.states + _below(block.states_end - block.states)
    if s == block.state or not can_be(b, n, s):
        return False
    _touch(b, n)
    b.changes[0].state = s
    return True


@lean
def _empty(b: Board, n: int, heat: float) -> bool:
    """Move everybody in a block to their best place elsewhere, the largest first, pushing others on if need be."""
    _line_up(b, n)
    for k in range(b.blocks[n].teams):
        c = b.queue[k]
        to = _best_place(b, b.candidates[c].team, n, heat)
        if to != OUTSIDE:
            _move(b, c, to)
        elif not _push_in(b, c, heat):
            return False
    return True


@lean
def _push_in(b: Board, c: int, heat: float) -> bool:
    """A team to a full block, from which another goes on to a third."""
    home, team = b.candidates[c].block, b.teams[b.candidates[c].team]
    for _ in range(2):
        to = team.first + _below(team.end - team.first)
        n = b.candidates[to].block
        if n == home or b.blocks[n].teams == 0:
            continue
        other = _anyone_in(b, n)
        third = _best_place(b, b.candidates[other].team, home, heat)
        if third == OUTSIDE or b.candidates[third].block == n:
            continue
        _move(b, other, third)
        if _fits(b, to):
            _move(b, c, to)
            return True
        _move(b, third, other)
    return False


@lean
def _best_place(b: Board, i: int, ban: int, noise: float) -> int:
    """The cheapest candidate of a team that fits into a block in use other than `ban`; OUTSIDE if none does."""
    best, least = OUTSIDE, np.inf
    for c in range(b.teams[i].first, b.teams[i].end):
        candidate = b.candidates[c]
        if candidate.block == ban or c == b.teams[i].at or b.blocks[candidate.block].teams == 0 or not _fits(b, c):
            continue
        cost = candidate.cost + noise * np.random.random()
        if cost < least:
            best, least = c, cost
    return best


@lean
def _line_up(b: Board, n: int) -> None:
    """Those in a block into `queue`, the largest first."""
    first = b.blocks[n].offers
    for k in range(b.blocks[n].teams):
        c = b.offers[first + k].inside
        size, at = _size(b, c), k
        while at > 0 and _size(b, b.queue[at - 1]) < size:
            b.queue[at] = b.queue[at - 1]
            at -= 1
        b.queue[at] = c


@lean
def _size(b: Board, c: int) -> float:
    """The largest share of a resource that a candidate takes."""
    size = 0.0
    for e in range(b.candidates[c].takes, b.candidates[c].takes_end):
        size = max(size, b.takes[e].amount / max(b.rooms[b.takes[e].room].most, TINY))
    return size


@lean
def _below(n: int) -> int:
    return int(np.random.random() * n)


@lean
def _anyone_in(b: Board, n: int) -> int:
    return int(b.offers[b.blocks[n].offers + _below(b.blocks[n].teams)].inside)


@lean
def _candidate_in(b: Board, i: int, n: int) -> int:
    for c in range(b.teams[i].first, b.teams[i].end):
        if b.candidates[c].block == n:
            return c
    return OUTSIDE


@lean
def _fits(b: Board, c: int) -> bool:
    for e in range(b.candidates[c].takes, b.candidates[c].takes_end):
        room = b.rooms[b.takes[e].room]
        if room.used + b.takes[e].amount > room.most + TINY:
            return False
    return True


@lean
def _too_full(b: Board, n: int) -> bool:
    full = False
    for r in range(b.blocks[n].rooms, b.blocks[n].rooms_end):
        full = full or b.rooms[r].used > b.rooms[r].most + TINY
    return full


@lean
def _move(b: Board, old: int, new: int) -> None:
    """Move the team of candidate `new` there from `old`, as part of the proposal."""
    if old != OUTSIDE:
        take_out(b, old)
        _touch(b, b.candidates[old].block)
    put_in(b, new, b.candidates[new].team)
    _touch(b, b.candidates[new].block)
    move = b.moves[b.total[0].moves]
    move.old, move.new = old, new
    b.total[0].moves += 1


@lean
def _touch(b: Board, n: int) -> None:
    if b.blocks[n].touched != b.total[0].stamp:
        b.blocks[n].touched = b.total[0].stamp
        change = b.changes[b.total[0].changes]
        change.block, change.state = n, -1
        b.total[0].changes += 1
