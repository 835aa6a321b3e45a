"""Reads off the matrix what a block is like: states it can be in, and what can be packed into it.

A property is held or left, made a hub, sold: a few columns with a few combinations, its *states*. Into it go
teams: columns that a linking row picks one of, its *items*, each with the ways it can be there (`options`: in
the last phases, in the first, in all). Rows that add items up are *resources*, whose room depends on the state.
A *bonus* is a column that may be 1 as soon as some item is there, as an open service is, in states that give it.

What is found is exact but for *loose* rows, which say something else, such as that a hub has two partners: the
combinations of a state and of options that hold every other local row, and nothing else. A block with a column of
any other form has no shape, and is priced by a small model of its own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimiser.solve.blocks import Blocks, Ints

_MOST_STATES = 512
_MOST_OPTIONS = 64
_TINY = 1e-9
_SLACK = 1e-6  # what a row may be off by

Columns = tuple[int, ...]
Terms = tuple[dict[int, float], float]  # sum of these times their columns, and the most that it may be


@dataclass(frozen=True)
class Option:
    """One way an item can be there: columns that are 1, and what it takes of each resource."""

    columns: Columns
    takes: dict[int, float]
    bonuses: tuple[int, ...]


@dataclass(frozen=True)
class State:
    """Columns that are 1, the room of each resource, which options (by number) of each item it allows.

    `gives` says of each bonus whether it could be earned.
    """

    columns: Columns
    room: tuple[float, ...]
    allows: tuple[tuple[bool, ...], ...]
    gives: tuple[bool, ...]


@dataclass(frozen=True)
class Shape:
    """What a block is like. `forced` items must be there in some way; `loose` rows are `sum of terms <= limit`."""

    states: tuple[State, ...]
    items: tuple[tuple[Option, ...], ...]
    forced: tuple[bool, ...]
    bonuses: Columns
    loose: tuple[Terms, ...] = ()

    def is_held(self, columns: Iterable[int]) -> bool:
        """Whether a pattern holds the loose rows."""
        ones = set(columns)
        return all(sum(terms[j] for j in ones & terms.keys()) <= limit + _SLACK for terms, limit in self.loose)


@dataclass
class _Row:
    """A local row as `sum items + sum states <= limit`."""

    items: dict[int, float]
    states: dict[int, float]
    limit: float


@dataclass
class _Parts:
    """The rows of a block sorted by what they say."""

    bonuses: dict[int, set[int]]  # the items that earn each
    of_bonuses: dict[int, list[_Row]]  # rows of states that keep a bonus down
    of_states: list[_Row] = field(default_factory=list)
    of_options: list[_Row] = field(default_factory=list)
    of_room: list[_Row] = field(default_factory=list)
    loose: list[Terms] = field(default_factory=list)


def shapes(blocks: Blocks) -> list[Shape | None]:
    """The shape of each block; None where it has none."""
    picked = _picked(blocks)
    return [_shape(blocks, number, picked) for number in range(len(blocks.columns))]


def _picked(blocks: Blocks) -> NDArray[np.bool_]:
    """Columns of which a linking row picks exactly one, and those that bounds have picked already."""
    arrays, link = blocks.arrays, blocks.link
    picked: NDArray[np.bool_] = arrays.whole & (blocks.lower == 1) & (np.diff(blocks.link_by_column.indptr) == 0)
    even = _every(link, np.isclose(link.data, 1.0)) & _every(link, arrays.whole[link.indices])
    rows = np.flatnonzero(even & (blocks.link_lower == 1) & (blocks.link_upper == 1))
    picked[link[rows].indices] = True
    return picked


def _every(matrix: sp.csr_matrix, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether all entries of each row hold."""
    faults = np.concatenate([[0], np.cumsum(~holds)])
    result: NDArray[np.bool_] = faults[matrix.indptr[1:]] == faults[matrix.indptr[:-1]]
    return result


def _shape(blocks: Blocks, number: int, picked: NDArray[np.bool_]) -> Shape | None:
    columns, local = blocks.columns[number], blocks.matrix[blocks.rows[number]]
    bounds = {int(j): (blocks.lower[j], blocks.upper[j]) for j in columns}
    if any(pair not in {(0.0, 1.0), (0.0, 0.0), (1.0, 1.0)} for pair in bounds.values()):
        return None
    rows = list(_rows(blocks, number, local))
    items = {int(j) for j in columns if picked[j]}
    items |= _like_items(rows, items, {j for j, (low, _) in bounds.items() if low == 1 and blocks.arrays.whole[j]})
    parts = _sorted(rows, items, _could_be_bonuses(blocks, items, columns))
    states = [int(j) for j in columns if j not in items and j not in parts.bonuses]
    loose = {j for terms, _ in parts.loose for j in terms}
    if not all(blocks.arrays.whole[j] or bounds[j] == (1.0, 1.0) for j in states if j in loose):
        return None
    if not _vertices_are_whole(blocks, parts.of_states, states):
        return None
    combinations = _combinations(states, parts.of_states, bounds, _MOST_STATES)
    groups = _groups(sorted(items), parts.of_options)
    if combinations is None or groups is None:
        return None
    ways = [_combinations(group, rows_of, bounds, _MOST_OPTIONS) for group, rows_of in groups]
    return _assembled(combinations, ways, parts)


def _rows(blocks: Blocks, number: int, local: sp.csr_matrix) -> list[Terms]:
    """Each local row as `sum <= limit`, an equality as two."""
    found = []
    for index, row in enumerate(blocks.rows[number]):
        span = slice(local.indptr[index], local.indptr[index + 1])
        terms = dict(zip(local.indices[span].tolist(), local.data[span].tolist(), strict=True))
        if np.isfinite(blocks.arrays.row_upper[row]):
            found.append((terms, float(blocks.arrays.row_upper[row])))
        if np.isfinite(blocks.arrays.row_lower[row]):
            found.append(({j: -value for j, value in terms.items()}, -float(blocks.arrays.row_lower[row])))
    return found


def _like_items(rows: list[Terms], items: set[int], fixed: set[int]) -> set[int]:
    """Columns fixed at 1 that stand in rows as items do, such as a team that has no choice.

    On the side of the items wherever there are any, and somewhere beside them or below a bonus.
    """
    beside, against = set(), set()
    for terms, limit in rows:
        here = fixed & terms.keys()
        signs = {np.sign(terms[j]) for j in items & terms.keys()}
        against |= {j for j in here if signs - {np.sign(terms[j])}}
        rest = [value for j, value in terms.items() if j not in fixed and j not in items]
        below = rest == [1.0] and limit == 0 and all(terms[j] == -1.0 for j in here)
        beside |= here if signs or below else set()
    return beside - against


def _could_be_bonuses(blocks: Blocks, items: set[int], columns: Ints) -> set[int]:
    whole, free = blocks.arrays.whole, blocks.upper - blocks.lower >= 1
    return {int(j) for j in columns if int(j) not in items and free[j] and not whole[j]}


def _earners(rows: list[Terms], items: set[int], could_be: set[int]) -> dict[int, set[int]]:
    """Columns of which one row says `column <= sum of items`, with those items."""
    found: dict[int, list[set[int]]] = defaultdict(list)
    for terms, limit in rows:
        tops = [j for j, value in terms.items() if value == 1.0 and j in could_be]
        others = {j for j, value in terms.items() if value == -1.0 and j in items}
        if len(tops) == 1 and others and len(others) == len(terms) - 1 and limit == 0:
            found[tops[0]].append(others)
    return {j: members[0] for j, members in found.items() if len(members) == 1}


def _sorted(rows: list[Terms], items: set[int], could_be: set[int]) -> _Parts:
    """The rows by what they say."""
    bonuses = _earners(rows, items, could_be)
    parts = _Parts(bonuses, defaultdict(list))
    for terms, limit in rows:
        held = [j for j in terms if j in bonuses]
        row = _Row(
            {j: value for j, value in terms.items() if j in items},
            {j: value for j, value in terms.items() if j not in items and j not in bonuses},
            limit,
        )
        alone = len(held) == 1 and terms[held[0]] == 1.0
        if alone and not row.items:
            parts.of_bonuses[held[0]].append(row)
        elif alone and row.items.keys() == bonuses[held[0]] and not row.states and limit == 0:
            continue  # who earns it
        elif held:
            parts.loose.append((terms, limit))
        elif not row.items:
            parts.of_states.append(row)
        elif min(row.items.values()) >= 0:
            parts.of_room.append(row)
        elif not row.states and len(row.items) == 2:
            parts.of_options.append(row)
        else:
            parts.loose.append((terms, limit))
    return parts


def _vertices_are_whole(blocks: Blocks, rows: list[_Row], states: list[int]) -> bool:
    """Whether states that need not be whole are so in every vertex: differences and whole limits alone."""
    free = {j for j in states if not blocks.arrays.whole[j]}
    for row in rows:
        signs = sorted(value for j, value in row.states.items() if j in free)
        whole = all(float(value).is_integer() for value in (*row.states.values(), row.limit))
        if signs and not (whole and signs in ([1.0], [-1.0], [-1.0, 1.0])):
            return False
    return True


def _groups(items: list[int], rows: list[_Row]) -> list[tuple[list[int], list[_Row]]] | None:
    """Items that rows tie together, such as one team in several phases, with those rows."""
    head = {j: j for j in items}

    def top(j: int) -> int:
        while head[j] != j:
            j = head[j]
        return j

    for row in rows:
        one, other = row.items
        head[top(max(one, other))] = top(min(one, other))
    members: dict[int, list[int]] = defaultdict(list)
    for j in items:
        members[top(j)].append(j)
    tied: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        tied[top(min(row.items))].append(row)
    if any(len(group) > 12 for group in members.values()):
        return None
    return [(group, tied[first]) for first, group in members.items()]


def _combinations(
    columns: list[int], rows: list[_Row], bounds: dict[int, tuple[float, float]], most: int
) -> list[Columns] | None:
    """Every way to set the columns to 0 or 1 that holds the rows, as the columns that are 1; None past `most`."""
    spare: list[float] = []  # what each row has left, were all that is still to choose as little as it can be
    takes: dict[int, tuple[list[tuple[int, float]], list[tuple[int, float]]]] = {j: ([], []) for j in columns}
    for r, row in enumerate(rows):
        terms = [(j, value) for j, value in {**row.items, **row.states}.items() if j in takes]
        spare.append(row.limit + _TINY - sum(min(value, 0.0) for _, value in terms))
        for j, value in terms:
            takes[j][int(value > 0)].append((r, abs(value)))
    found: list[Columns] = []
    chosen: list[int] = []

    def choose(depth: int) -> bool:
        if depth == len(columns):
            found.append(tuple(chosen))
            return len(found) <= most
        j = columns[depth]
        low, high = bounds[j]
        return all(follow(j, value, depth + 1) for value in (0, 1) if low <= value <= high)

    def follow(j: int, value: int, depth: int) -> bool:
        taken = takes[j][value]
        for r, amount in taken:
            spare[r] -= amount
        chosen.extend([j] * value)
        goes_on = choose(depth) if all(spare[r] >= 0 for r, _ in taken) else True
        del chosen[len(chosen) - value :]
        for r, amount in taken:
            spare[r] += amount
        return goes_on

    held = all(left >= 0 for left in spare)
    return found if not held or choose(0) else None


def _assembled(
    combinations: list[Columns],
    ways: list[list[Columns] | None],
    parts: _Parts,
) -> Shape | None:
    rows, bonuses = parts.of_room, parts.bonuses
    if any(found is None for found in ways):
        return None
    entries: dict[int, list[tuple[int, float]]] = defaultdict(list)  # by item: rows and values
    for r, row in enumerate(rows):
        for j, value in row.items.items():
            entries[j].append((r, value))
    earned: dict[int, list[int]] = defaultdict(list)  # by item
    for number, members in enumerate(bonuses.values()):
        for j in members:
            earned[j].append(number)
    rooms = _rooms(rows, combinations)
    place = {r: k for k, r in enumerate(r for r, row in enumerate(rows) if len(row.items) > 1)}
    items, forced = [], []
    allows: dict[tuple[float, ...], list[tuple[bool, ...]]] = {room: [] for room in rooms}  # many have the same
    for found in ways:
        options = [columns for columns in found or [] if columns]
        takes = [_takes(columns, entries) for columns in options]
        items.append(
            tuple(
                Option(
                    columns,
                    {place[r]: amount for r, amount in taken.items() if r in place and amount > 0},
                    tuple(sorted({number for j in columns for number in earned.get(j, ())})),
                )
                for columns, taken in zip(options, takes, strict=True)
            )
        )
        forced.append(() not in (found or []))
        for room, allowed in allows.items():
            allowed.append(tuple(all(v <= room[r] + _TINY for r, v in taken.items()) for taken in takes))
    states = tuple(
        State(columns, tuple(room[r] for r in place), tuple(allows[room]), _gives(parts, columns))
        for columns, room in zip(combinations, rooms, strict=True)
    )
    return Shape(states, tuple(items), tuple(forced), tuple(bonuses), tuple(parts.loose))


def _rooms(rows: list[_Row], states: list[Columns]) -> list[tuple[float, ...]]:
    """What each state leaves of the limit of every row."""
    uses: dict[int, list[tuple[int, float]]] = defaultdict(list)  # by column: rows and values
    for r, row in enumerate(rows):
        for j, value in row.states.items():
            uses[j].append((r, value))
    limits = [row.limit for row in rows]
    found = []
    for columns in states:
        room = limits.copy()
        for j in columns:
            for r, value in uses[j]:
                room[r] -= value
        found.append(tuple(room))
    return found


def _gives(parts: _Parts, state: Columns) -> tuple[bool, ...]:
    """Of each bonus whether it could be 1 in a state."""
    return tuple(all(_room(row, state) >= 1 - _TINY for row in parts.of_bonuses.get(j, ())) for j in parts.bonuses)


def _takes(columns: Columns, entries: dict[int, list[tuple[int, float]]]) -> dict[int, float]:
    """What an option takes of each row of room."""
    taken: dict[int, float] = defaultdict(float)
    for j in columns:
        for r, value in entries.get(j, ()):
            taken[r] += value
    return taken


def _room(row: _Row, state: Columns) -> float:
    return row.limit - sum(row.states.get(j, 0.0) for j in state)
