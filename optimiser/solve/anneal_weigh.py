"""What a proposal of annealing costs, limits and shared columns with it; it is taken, or all is put back."""

import numpy as np

from optimiser.solve.anneal_board import NO_ONE, OUTSIDE, SOME, TINY, Board
from optimiser.solve.compiled import lean, lean_kernel


@lean_kernel
def reset(b: Board) -> None:
    """Work out everything from `at` and `state` (-1: the cheapest); teams that find no room go outside."""
    total = b.total[0]
    b.rooms["used"][:], b.blocks["teams"][:], b.bonuses["earned"][:], b.limits["activity"][:] = 0.0, 0, 0, 0.0
    total.outside, total.cost, total.penalty, total.broken = 0, 0.0, 0.0, 0
    for few in (True, False):  # those who have no choice come first
        for i in range(len(b.teams)):
            if (b.teams[i].end - b.teams[i].first == 1) == few:
                _seat_again(b, i)
    for n in range(len(b.blocks)):
        block = b.blocks[n]
        if not can_be(b, n, block.state):
            block.state = _cheapest(b, n)
        block.lure = _lure(b, n, block.state)
        state = b.states[block.state]
        total.cost += state.cost
        for e in range(state.columns, state.columns_end):
            _add(b, b.state_columns[e])
    for v in range(len(b.bonuses)):
        if b.bonuses[v].earned > 0:
            total.cost += b.bonuses[v].cost
            _add(b, b.bonuses[v].column)
    for g in range(len(b.shared)):
        shared = b.shared[g]
        shared.value = _most(b, g)
        total.cost += shared.cost * shared.value
        for e in range(shared.gains, shared.gains_end):
            b.limits[b.gains[e].limit].activity += b.gains[e].value * shared.value
    for r in range(len(b.limits)):
        limit = b.limits[r]
        over = max(0.0, limit.low - limit.activity, limit.activity - limit.high)
        if over > 0:
            total.penalty += limit.weight * over
            total.broken += 1


@lean
def _seat_again(b: Board, i: int) -> None:
    c, total = b.teams[i].at, b.total[0]
    if c != OUTSIDE:
        n = b.candidates[c].block
        put_in(b, c, i)
        if not can_be(b, n, b.blocks[n].state) and _cheapest(b, n) < 0:
            take_out(b, c)
            c = OUTSIDE
    b.teams[i].at = c
    if c == OUTSIDE:
        total.outside += 1
        total.cost += total.waiting
        return
    total.cost += b.candidates[c].cost
    _add(b, b.candidates[c].column)
    for e in range(b.candidates[c].earns, b.candidates[c].earns_end):
        b.bonuses[b.earns[e]].earned += 1


@lean
def _add(b: Board, column: int) -> None:
    for e in range(b.entries[column], b.entries[column + 1]):
        b.limits[b.entry_limit[e]].activity += b.entry_value[e]


@lean
def put_in(b: Board, c: int, i: int) -> None:
    """Team i to candidate c, or OUTSIDE."""
    b.teams[i].at = c
    if c == OUTSIDE:
        return
    candidate = b.candidates[c]
    block = b.blocks[candidate.block]
    candidate.seat = block.offers + block.teams
    b.offers[candidate.seat].inside = c
    block.teams += 1
    for e in range(candidate.takes, candidate.takes_end):
        b.rooms[b.takes[e].room].used += b.takes[e].amount


@lean
def take_out(b: Board, c: int) -> None:
    """The team out of candidate c."""
    candidate = b.candidates[c]
    block = b.blocks[candidate.block]
    block.teams -= 1
    last = b.offers[block.offers + block.teams].inside
    b.offers[candidate.seat].inside = last
    b.candidates[last].seat = candidate.seat
    for e in range(candidate.takes, candidate.takes_end):
        b.rooms[b.takes[e].room].used -= b.takes[e].amount


@lean
def _cheapest(b: Board, n: int) -> int:
    """The first state that a block can be in as it is; -1 where there is none."""
    for s in range(b.blocks[n].states, b.blocks[n].states_end):
        if can_be(b, n, s):
            return s
    return -1


@lean
def can_be(b: Board, n: int, s: int) -> bool:
    """Whether block n can be in state s with those that are in it."""
    block = b.blocks[n]
    if s < 0 or (b.states[s].admits == NO_ONE and block.teams > 0):
        return False
    state = b.states[s]
    for k in range(block.rooms_end - block.rooms):
        if b.rooms[block.rooms + k].used > b.state_rooms[state.rooms + k] + TINY:
            return False
    if state.admits == SOME:
        for k in range(block.offers, block.offers + block.teams):
            if not b.allows[state.allows + b.candidates[b.offers[k].inside].number]:
                return False
    return True


@lean
def weigh(b: Board, limit: float, worth_by_block: bool, worth_by_bonus: bool) -> bool:
    """Take the proposal if all that it costs, and seems to, is within `limit`, else put limits and states back.

    `worth_by_block`, `worth_by_bonus`: whether these could earn more than has been counted at that step.
    """
    total = b.total[0]
    cost, penalty, broken, outside = total.cost, total.penalty, total.broken, total.outside
    total.trail, total.shared_trail, total.toggles = 0, 0, 0
    fine = _choose_states(b)
    limit -= _lured(b) if fine else 0.0
    fine = fine and (total.cost <= limit or worth_by_block or worth_by_bonus)
    for stage in range(2):  # bonuses last: they are in many limits
        if not fine:
            break
        total.columns = 0
        if stage == 0:
            _list_columns(b)
        else:
            _list_bonuses(b)
        for k in range(total.columns):
            fine = fine and _change(b, b.columns[k].number, b.columns[k].value)
        fine = fine and (total.cost <= limit or (stage == 0 and worth_by_bonus))
    fine = fine and total.cost + total.penalty <= limit
    if fine:
        for k in range(total.changes):
            block = b.blocks[b.changes[k].block]
            block.state, block.lure = b.changes[k].state, b.changes[k].lure
        if total.broken == 0:
            total.penalty = 0.0
        return True
    for k in range(total.trail - 1, -1, -1):
        b.limits[b.trail[k].number].activity = b.trail[k].value
    for k in range(total.shared_trail - 1, -1, -1):
        b.shared[b.shared_trail[k].number].value = b.shared_trail[k].value
    for k in range(total.toggles):
        b.bonuses[b.toggles[k]].earned = b.bonuses[b.toggles[k]].before
    total.cost, total.penalty, total.broken, total.outside = cost, penalty, broken, outside
    return False


@lean
def _choose_states(b: Board) -> bool:
    """The cost of teams and states; False where a block has no state for those in it."""
    total = b.total[0]
    for k in range(total.moves):
        old, new = b.moves[k].old, b.moves[k].new
        total.cost += b.candidates[new].cost
        if old == OUTSIDE:
            total.cost -= total.waiting
            total.outside -= 1
        else:
            total.cost -= b.candidates[old].cost
    for k in range(total.changes):
        change = b.changes[k]
        if change.state < 0:
            change.state = _cheapest(b, change.block)
        if change.state < 0:
            return False
        total.cost += b.states[change.state].cost - b.states[b.blocks[change.block].state].cost
    return True


@lean
def _lured(b: Board) -> float:
    """By how much more the blocks that change seem to cost beside what they do."""
    more = 0.0
    for k in range(b.total[0].changes):
        change = b.changes[k]
        change.lure = _lure(b, change.block, change.state)
        more += change.lure - b.blocks[change.block].lure
    return more


@lean
def _lure(b: Board, n: int, s: int) -> float:
    """What block n seems to cost beside its state s: pull x charge x (sqrt(share in use) - 1), 0 if it is empty.

    A charge that grows with use, the less the fuller, draws teams from blocks with few to blocks with many: those
    that are left can be closed. With a charge for being in use at all a half-empty block costs as much as a full
    one, and nothing tells which to empty (as in slope scaling; Kim and Pardalos, 1999).
    """
    block, pull = b.blocks[n], b.total[0].pull
    if block.teams == 0 or pull == 0.0:
        return 0.0
    used = 0.0
    for r in range(block.rooms, block.rooms_end):
        used = max(used, b.rooms[r].used / max(b.rooms[r].most, TINY))
    charge = b.states[s].cost - b.states[block.states].cost
    return float(pull * charge * (np.sqrt(used) - 1.0))


@lean
def _list_columns(b: Board) -> None:
    """The columns of teams and states that change, and by how much."""
    for k in range(b.total[0].moves):
        if b.moves[k].old != OUTSIDE:
            _list(b, b.candidates[b.moves[k].old].column, -1.0)
        _list(b, b.candidates[b.moves[k].new].column, 1.0)
    for k in range(b.total[0].changes):
        old, new = b.blocks[b.changes[k].block].state, b.changes[k].state
        for sign, s in ((-1.0, old), (1.0, new)):
            if old != new:
                for e in range(b.states[s].columns, b.states[s].columns_end):
                    _list(b, b.state_columns[e], sign)


@lean
def _list(b: Board, column: int, sign: float) -> None:
    if b.entries[column] == b.entries[column + 1]:
        return
    b.columns[b.total[0].columns].number, b.columns[b.total[0].columns].value = column, sign
    b.total[0].columns += 1


@lean
def _list_bonuses(b: Board) -> None:
    """Bonuses that are earned now, or no longer."""
    _count_bonuses(b)
    for k in range(b.total[0].toggles):
        bonus = b.bonuses[b.toggles[k]]
        if (bonus.earned > 0) != (bonus.before > 0):
            sign = 1.0 if bonus.earned > 0 else -1.0
            b.total[0].cost += sign * bonus.cost
            _list(b, bonus.column, sign)


@lean
def _count_bonuses(b: Board) -> None:
    total = b.total[0]
    for k in range(total.moves):
        for sign in (-1, 1):
            c = b.moves[k].new if sign > 0 else b.moves[k].old
            if c == OUTSIDE:
                continue
            for e in range(b.candidates[c].earns, b.candidates[c].earns_end):
                bonus = b.bonuses[b.earns[e]]
                if bonus.touched != total.stamp:
                    bonus.touched, bonus.before = total.stamp, bonus.earned
                    b.toggles[total.toggles] = b.earns[e]
                    total.toggles += 1
                bonus.earned += sign


@lean
def _change(b: Board, column: int, sign: float) -> bool:
    """A column by 1 up or down in all its limits, and the shared columns with it."""
    total = b.total[0]
    for e in range(b.entries[column], b.entries[column + 1]):
        if total.trail == len(b.trail):
            return False
        r = b.entry_limit[e]
        _set(b, r, b.limits[r].activity + sign * b.entry_value[e])
        g = b.limits[r].holds
        if g < 0:
            continue
        shared, most = b.shared[g], _most(b, g)
        change = most - shared.value
        if change == 0:
            continue
        if total.shared_trail == len(b.shared_trail) or total.trail + shared.gains_end - shared.gains > len(
            b.trail
        ):
            return False
        b.shared_trail[total.shared_trail].number, b.shared_trail[total.shared_trail].value = g, shared.value
        total.shared_trail += 1
        shared.value = most
        total.cost += shared.cost * change
        for k in range(shared.gains, shared.gains_end):
            r = b.gains[k].limit
            _set(b, r, b.limits[r].activity + b.gains[k].value * change)
    return True


@lean
def _set(b: Board, r: int, new: float) -> None:
    """The activity of a limit, with its penalty."""
    limit, total = b.limits[r], b.total[0]
    old = limit.activity
    b.trail[total.trail].number, b.trail[total.trail].value = r, old
    total.trail += 1
    limit.activity = new
    before = max(0.0, limit.low - old, old - limit.high)
    after = max(0.0, limit.low - new, new - limit.high)
    if before != after:
        total.penalty += limit.weight * (after - before)
        total.broken += (1 if after > 0 else 0) - (1 if before > 0 else 0)


@lean
def _most(b: Board, g: int) -> float:
    """The most that a shared column can be."""
    shared = b.shared[g]
    most = shared.high
    for e in range(shared.holds, shared.holds_end):
        hold = b.holds[e]
        most = min(most, (hold.bound - b.limits[hold.limit].activity) / hold.value)
    if shared.whole:
        most = np.floor(most + 1e-6)
    return float(max(most, shared.low))
