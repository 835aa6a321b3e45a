"""Reads off the matrix what a block is like: states it can be in, and what can be packed into it.

A property is held or left, made a hub, sold: a few columns with a few combinations, its *states*. Into it go
teams: columns that a linking row picks one of, its *items*, each with the ways it can be there (`options`: in
the last phases, in the first, in all). Rows that add items up are *resources*, whose room depends on the state.
A *bonus* is a column that may be 1 as soon as some item is there, as an open service is.

What is found is exact: the combinations of a state and of options that hold every local row, and nothing else. A
block with a row or column of any other form has no shape, and is priced by a small model of its own.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimiser.solve.blocks import Blocks, Ints

_MOST_STATES = 512
_MOST_OPTIONS = 64
_TINY = 1e-9

Columns = tuple[int, ...]


@dataclass(frozen=True)
class Option:
    """One way an item can be there: columns that are 1, and what it takes of each resource."""

    columns: Columns
    takes: dict[int, float]
    bonuses: tuple[int, ...]


@dataclass(frozen=True)
class State:
    """Columns that are 1, the room of each resource, and for each item which options (by number) it allows."""

    columns: Columns
    room: tuple[float, ...]
    allows: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class Shape:
    """What a block is like. `forced` items must be there in some way."""

    states: tuple[State, ...]
    items: tuple[tuple[Option, ...], ...]
    forced: tuple[bool, ...]
    bonuses: Columns


@dataclass
class _Row:
    """A local row as `sum items + sum states <= limit`."""

    items: dict[int, float]
    states: dict[int, float]
    limit: float


@dataclass
class _Parts:
    """The rows of a block sorted by what they say."""

    of_states: list[_Row] = field(default_factory=list)
    of_options: list[_Row] = field(default_factory=list)
    of_room: list[_Row] = field(default_factory=list)


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
    items = {int(j) for j in columns if picked[j]}
    rows = list(_rows(blocks, number, local))
    bonuses, rest = _bonuses(blocks, rows, items, columns)
    states = [int(j) for j in columns if j not in items and j not in bonuses]
    parts = _sorted(rest, items)
    if parts is None or not _vertices_are_whole(blocks, parts.of_states, states):
        return None
    combinations = _combinations(states, parts.of_states, bounds, _MOST_STATES)
    groups = _groups(sorted(items), parts.of_options)
    if combinations is None or groups is None:
        return None
    ways = [_combinations(group, rows_of, bounds, _MOST_OPTIONS) for group, rows_of in groups]
    return _assembled(combinations, ways, parts.of_room, bonuses)


def _rows(blocks: Blocks, number: int, local: sp.csr_matrix) -> list[tuple[dict[int, float], float]]:
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


def _bonuses(
    blocks: Blocks, rows: list[tuple[dict[int, float], float]], items: set[int], columns: Ints
) -> tuple[dict[int, set[int]], list[tuple[dict[int, float], float]]]:
    """Columns whose one row says `column <= sum of items`, with those items; and the other rows."""
    seen: dict[int, int] = defaultdict(int)
    for terms, _ in rows:
        for j in terms:
            seen[j] += 1
    whole, fixed = blocks.arrays.whole, blocks.upper - blocks.lower < 1
    bonuses: dict[int, set[int]] = {}
    rest = []
    for terms, limit in rows:
        tops = [j for j, value in terms.items() if value == 1.0 and j not in items]
        others = {j for j, value in terms.items() if value == -1.0 and j in items}
        is_bonus = len(tops) == 1 and len(others) == len(terms) - 1 and limit == 0 and seen[tops[0]] == 1
        if is_bonus and others and not whole[tops[0]] and not fixed[tops[0]]:
            bonuses[tops[0]] = others
        else:
            rest.append((terms, limit))
    return bonuses, rest


def _sorted(rows: list[tuple[dict[int, float], float]], items: set[int]) -> _Parts | None:
    """The rows by what they say; None where one says something else."""
    parts = _Parts()
    for terms, limit in rows:
        row = _Row(
            {j: value for j, value in terms.items() if j in items},
            {j: value for j, value in terms.items() if j not in items},
            limit,
        )
        if not row.items:
            parts.of_states.append(row)
        elif min(row.items.values()) >= 0:
            parts.of_room.append(row)
        elif not row.states and len(row.items) == 2:
            parts.of_options.append(row)
        else:
            return None
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
    terms = [{**row.items, **row.states} for row in rows]
    found: list[Columns] = []
    chosen: list[int] = []

    def holds(depth: int) -> bool:
        """Whether what is left to choose could still hold each row."""
        rest = columns[depth:]
        for row, given in zip(rows, terms, strict=True):
            least = sum(given.get(j, 0.0) for j in chosen) + sum(min(given.get(j, 0.0), 0.0) for j in rest)
            if least > row.limit + _TINY:
                return False
        return True

    def choose(depth: int) -> bool:
        if not holds(depth):
            return True
        if depth == len(columns):
            found.append(tuple(chosen))
            return len(found) <= most
        j = columns[depth]
        low, high = bounds[j]
        if low <= 0 and not choose(depth + 1):
            return False
        if high >= 1:
            chosen.append(j)
            goes_on = choose(depth + 1)
            chosen.pop()
            return goes_on
        return True

    return found if choose(0) else None


def _assembled(
    combinations: list[Columns],
    ways: list[list[Columns] | None],
    rows: list[_Row],
    bonuses: dict[int, set[int]],
) -> Shape | None:
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
    rooms = [[_room(row, columns) for row in rows] for columns in combinations]
    place = {r: k for k, r in enumerate(r for r, row in enumerate(rows) if len(row.items) > 1)}
    items, forced = [], []
    allows: list[list[tuple[bool, ...]]] = [[] for _ in combinations]
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
        for room, allowed in zip(rooms, allows, strict=True):
            allowed.append(tuple(all(v <= room[r] + _TINY for r, v in taken.items()) for taken in takes))
    states = tuple(
        State(columns, tuple(room[r] for r in place), tuple(allowed))
        for columns, room, allowed in zip(combinations, rooms, allows, strict=True)
    )
    return Shape(states, tuple(items), tuple(forced), tuple(bonuses))


def _takes(columns: Columns, entries: dict[int, list[tuple[int, float]]]) -> dict[int, float]:
    """What an option takes of each row of room."""
    taken: dict[int, float] = defaultdict(float)
    for j in columns:
        for r, value in entries.get(j, ()):
            taken[r] += value
    return taken


def _room(row: _Row, state: Columns) -> float:
    return row.limit - sum(row.states.get(j, 0.0) for j in state)
