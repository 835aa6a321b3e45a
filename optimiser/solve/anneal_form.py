"""The form of a one-phase model that annealing knows, read off its matrix.

Teams each pick one of their candidates; a candidate is in a block and takes room there; a block is in one of its
states; a bonus is 1 where a candidate that earns it is there. Every other linking row is a *limit* on a sum of
these. A shared column is *read* where only limits hold it down and more of it never hurts, as with the people that
a service reaches or the sale of a site of several properties: it takes the most that its limits leave. Any other
shared column is *open*: limits are eased by all that it could give, and a small model completes it at the end.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimiser.solve import anneal_board as kinds
from optimiser.solve.anneal_board import EVERYONE, NO_ONE, OUTSIDE, SOME, Board, Records
from optimiser.solve.blocks import Blocks, Floats
from optimiser.solve.shapes import Shape, State

_TINY = 1e-9
_SLACK = 1e-7  # what a row may be off by, well inside the 1e-6 that solvers allow
_MOST_TRAIL = 1 << 18
_MOST_MATES = 20


@dataclass(frozen=True)
class Form:
    """A fresh board of the model, and what the moves need to know of it beside."""

    board: Board
    worth_by_block: bool  # whether states or candidates hold down a shared column of some worth
    worth_by_bonus: bool
    unit: Floats  # by limit: its usual coefficient


@dataclass(frozen=True)
class _Limits:
    """The linking rows other than picks, and the shared columns that can be read off them."""

    matrix: sp.csr_matrix
    lower: Floats
    upper: Floats
    read: dict[int, list[int]]  # column: the limits that hold it down


def form(blocks: Blocks, shapes: list[Shape | None]) -> Form | None:
    """Read the model; None where it has another form."""
    known = [shape for shape in shapes if shape is not None]
    if not blocks.feasible or len(known) < len(shapes) or any(not shape.states for shape in known):
        return None
    if any(shape.loose or not all(all(state.gives) for state in shape.states) for shape in known):
        return None
    if any(len(item) > 1 or (item and len(item[0].columns) > 1) for shape in known for item in shape.items):
        return None
    teams = _teams(blocks, known)
    if teams is None:
        return None
    picks, candidates = teams
    limits = _limits(blocks, picks)
    parts = _of_blocks(blocks, known, candidates, limits) | _of_limits(blocks, limits)
    worth = [j for j in limits.read if blocks.arrays.cost[j] < 0]
    held = sorted({r for j in worth for r in limits.read[j]})
    bonuses = [j for shape in known for j in shape.bonuses]
    by_bonus = limits.matrix[held][:, bonuses].nnz
    own = limits.matrix[held].nnz - limits.matrix[held][:, blocks.shared].nnz
    return Form(
        board=Board(**parts, **_scratch(parts)),
        worth_by_block=own > by_bonus,
        worth_by_bonus=by_bonus > 0 or bool(np.any(blocks.arrays.cost[bonuses] < 0)),
        unit=_usual_coefficient(limits.matrix),
    )


def _teams(blocks: Blocks, shapes: list[Shape]) -> tuple[NDArray[np.bool_], list[list[int]]] | None:
    """Which linking rows are picks, and the candidates (columns) of each team."""
    link = blocks.link
    items = [pair for shape in shapes for pair in zip(shape.items, shape.forced, strict=True)]
    forced = {item[0].columns[0] for item, must in items if must and item}
    free = {item[0].columns[0] for shape in shapes for item in shape.items if item}
    if any(must and not item for item, must in items):
        return None
    picks = np.zeros(len(blocks.linking), dtype=np.bool_)
    candidates: list[list[int]] = []
    for row in np.flatnonzero((blocks.link_lower == 1) & (blocks.link_upper == 1)):
        span = slice(link.indptr[row], link.indptr[row + 1])
        columns = [int(j) for j in link.indices[span] if blocks.upper[j] > 0]
        if np.all(link.data[span] == 1.0) and free.issuperset(columns):
            picks[row] = True
            free.difference_update(columns)
            candidates.append([j for j in columns if j in forced] or columns)
    candidates += [[j] for j in sorted(free & forced)]
    if free - forced or not all(candidates):
        return None
    return picks, candidates


def _limits(blocks: Blocks, picks: NDArray[np.bool_]) -> _Limits:
    matrix = blocks.link[~picks]
    lower, upper = blocks.link_lower[~picks], blocks.link_upper[~picks]
    is_shared = np.zeros(matrix.shape[1], dtype=np.bool_)
    is_shared[blocks.shared] = True
    tally = np.concatenate([[0], np.cumsum(is_shared[matrix.indices])])
    alone = tally[matrix.indptr[1:]] - tally[matrix.indptr[:-1]] == 1
    by_column = matrix.tocsc()
    read = {}
    for j in blocks.shared:
        if blocks.arrays.cost[j] > 0 or not np.isfinite(blocks.lower[j] + blocks.upper[j]):
            continue
        span = slice(by_column.indptr[j], by_column.indptr[j + 1])
        rows, values = by_column.indices[span], by_column.data[span]
        tight = np.isfinite(np.where(values > 0, upper[rows], lower[rows]))
        loose = np.isfinite(np.where(values > 0, lower[rows], upper[rows]))
        if not np.any(tight & (loose | ~alone[rows])):
            read[int(j)] = rows[tight].tolist()
    return _Limits(matrix, lower, upper, read)


def _usual_coefficient(matrix: sp.csr_matrix) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(np.abs(matrix.data))])
    sizes = np.maximum(np.diff(matrix.indptr), 1)
    usual: Floats = np.maximum(sums[matrix.indptr[1:]] - sums[matrix.indptr[:-1]], _TINY) / sizes
    return usual


def _of_limits(blocks: Blocks, limits: _Limits) -> dict[str, Any]:
    """The limits, the entries of the columns in them, and the shared columns."""
    cost, by_column = blocks.arrays.cost, limits.matrix.tocsc()
    low, high, hold_of = limits.lower.copy(), limits.upper.copy(), np.full(len(limits.lower), -1)
    shared: list[tuple[object, ...]] = []
    holds: list[tuple[object, ...]] = []
    gains: list[tuple[object, ...]] = []
    for j in blocks.shared.tolist():
        least, most = float(blocks.lower[j]), float(blocks.upper[j])
        first = len(holds), len(gains)
        span = slice(by_column.indptr[j], by_column.indptr[j + 1])
        for r, value in zip(by_column.indices[span].tolist(), by_column.data[span].tolist(), strict=True):
            if r in limits.read.get(j, ()):
                hold_of[r] = len(shared)
                holds.append((r, limits.upper[r] if value > 0 else limits.lower[r], value))
                low[r], high[r] = low[r] - value * least, high[r] - value * least
            elif j in limits.read:
                gains.append((r, value))
            else:
                ends = sorted((value * least, value * most))
                low[r], high[r] = low[r] - ends[1], high[r] - ends[0]
        if j in limits.read:
            runs = (first[0], len(holds), first[1], len(gains))
            shared.append((j, cost[j], least, most, blocks.arrays.whole[j], least, *runs))
    rows = np.zeros(len(low), dtype=kinds.LIMIT)
    rows["low"], rows["high"], rows["holds"] = low - _SLACK, high + _SLACK, hold_of
    return {
        "entries": by_column.indptr.astype(np.int64),
        "entry_limit": by_column.indices.astype(np.int32),
        "entry_value": by_column.data.astype(float),
        "limits": rows,
        "shared": np.array(shared, dtype=kinds.SHARED),
        "holds": np.array(holds, dtype=kinds.HOLD),
        "gains": np.array(gains, dtype=kinds.GAIN),
    }


def _merit_of_columns(blocks: Blocks, limits: _Limits) -> Floats:
    """The cost of each column, and a share of what it keeps shared columns from giving."""
    merit, by_row = blocks.arrays.cost.copy(), limits.matrix
    for j, rows in limits.read.items():
        worth = -blocks.arrays.cost[j] * (blocks.upper[j] - blocks.lower[j])
        for r in rows if worth > 0 else ():
            span = slice(by_row.indptr[r], by_row.indptr[r + 1])
            columns, values = by_row.indices[span], by_row.data[span]
            sign = np.sign(values[columns == j])
            merit[columns] += np.where((values * sign > 0) & (columns != j), worth / len(rows), 0.0)
    return merit


def _mates(blocks: Blocks, limits: _Limits) -> list[list[int]]:
    """For each block the others that must change too before a shared column gives what it is worth."""
    owner = np.full(limits.matrix.shape[1], -1)
    for n, columns in enumerate(blocks.columns):
        owner[columns] = n
    found: list[set[int]] = [set() for _ in blocks.columns]
    for j, rows in limits.read.items():
        if blocks.arrays.cost[j] < 0 and len(rows) <= _MOST_MATES:
            here = {int(n) for n in owner[limits.matrix[rows].indices] if n >= 0}
            for n in here if len(here) <= _MOST_MATES else ():
                found[n] |= here - {n}
    return [sorted(others) for others in found]


def _of_blocks(blocks: Blocks, shapes: list[Shape], teams: list[list[int]], limits: _Limits) -> dict[str, Any]:
    """Teams and their candidates, blocks and their states."""
    cost, merit, mates = blocks.arrays.cost, _merit_of_columns(blocks, limits), _mates(blocks, limits)
    columns = [j for team in teams for j in team]
    candidate_of = {j: c for c, j in enumerate(columns)}
    candidates = np.zeros(len(columns), dtype=kinds.CANDIDATE)
    ends = np.cumsum([len(team) for team in teams])
    candidates["team"] = np.repeat(np.arange(len(teams)), [len(team) for team in teams])
    candidates["column"], candidates["cost"] = columns, cost[columns]
    takes: list[tuple[object, ...]] = []
    earns: list[int] = []
    offers: list[tuple[int, int]] = []
    rooms: list[tuple[float, float]] = []
    bonuses: list[int] = []
    rows: list[tuple[int, ...]] = []
    states = _States(cost)
    for n, shape in enumerate(shapes):
        items = [i for i, item in enumerate(shape.items) if item and item[0].columns[0] in candidate_of]
        first = len(offers), len(rooms), len(states.records)
        for number, i in enumerate(items):
            option = shape.items[i][0]
            c = candidate_of[option.columns[0]]
            starts = len(takes), len(earns)
            takes += [(len(rooms) + r, amount) for r, amount in option.takes.items()]
            earns += [len(bonuses) + v for v in option.bonuses]
            fields = ["block", "number", "takes", "takes_end", "earns", "earns_end"]
            candidates[fields][c] = n, number, starts[0], len(takes), starts[1], len(earns)
            offers.append((c, c))
        order = sorted(shape.states, key=lambda state: (round(_sum(merit, state), 9), len(state.columns)))
        for state in order:
            states.add(state, [state.allows[i][0] for i in items])
        used = [state for state in order if any(state.allows[i][0] for i in items)] or order
        rooms += [(max(state.room[r] for state in used), 0.0) for r in range(len(order[0].room))]
        bonuses += shape.bonuses
        mate = rows[-1][7] if rows else 0
        runs = (first[0], len(offers), first[1], len(rooms), first[2], len(states.records))
        rows.append((*runs, mate, mate + len(mates[n]), 0, OUTSIDE, OUTSIDE, 0, 0))
    bonus = np.zeros(len(bonuses), dtype=kinds.BONUS)
    bonus["column"], bonus["cost"] = bonuses, cost[bonuses]
    team = np.zeros(len(teams), dtype=kinds.TEAM)
    team["first"], team["end"], team["at"], team["best"] = np.concatenate([[0], ends[:-1]]), ends, OUTSIDE, OUTSIDE
    return {
        "teams": team,
        "candidates": candidates,
        "takes": np.array(takes, dtype=kinds.TAKE),
        "earns": np.array(earns, dtype=np.int64),
        "blocks": np.array(rows, dtype=kinds.BLOCK),
        "offers": np.array(offers, dtype=kinds.OFFER),
        "rooms": np.array(rooms, dtype=kinds.ROOM),
        "mates": np.array([other for others in mates for other in others], dtype=np.int64),
        "bonuses": bonus,
        **states.fields(),
    }


def _sum(values: Floats, state: State) -> float:
    return float(values[list(state.columns)].sum())


class _States:
    """The states of all blocks."""

    def __init__(self, cost: Floats) -> None:
        self._cost = cost
        self.records: list[tuple[object, ...]] = []
        self._rooms: list[float] = []
        self._allows: list[bool] = []
        self._columns: list[int] = []

    def add(self, state: State, allows: list[bool]) -> None:
        admits = EVERYONE if all(allows) else SOME if any(allows) else NO_ONE
        starts = len(self._rooms), len(self._allows), len(self._columns)
        self._rooms += state.room
        self._allows += allows
        self._columns += state.columns
        self.records.append((_sum(self._cost, state), admits, *starts, len(self._columns)))

    def fields(self) -> dict[str, Any]:
        return {
            "states": np.array(self.records, dtype=kinds.STATE),
            "state_rooms": np.array(self._rooms, dtype=float),
            "allows": np.array(self._allows, dtype=np.bool_),
            "state_columns": np.array(self._columns, dtype=np.int64),
        }


def _scratch(parts: dict[str, Any]) -> dict[str, Any]:
    """Room for a proposal and for what it changes."""
    teams, offers = len(parts["teams"]), np.diff(np.append(parts["blocks"]["offers"], len(parts["offers"])))
    trail = min(_MOST_TRAIL, 1_000 + 4 * len(parts["entry_limit"]))
    columns = 12 * teams + 128 + len(parts["bonuses"]) + 2 * len(parts["state_columns"])
    total: Records = np.zeros(1, dtype=kinds.TOTAL)
    costs = np.concatenate([np.abs(parts["candidates"]["cost"]), np.abs(parts["states"]["cost"])])
    total["best"], total["waiting"] = np.inf, 8 * costs.max(initial=1.0)
    return {
        "moves": np.zeros(6 * teams + 64, dtype=kinds.MOVE),
        "changes": np.zeros(len(parts["blocks"]), dtype=kinds.CHANGE),
        "columns": np.zeros(columns, dtype=kinds.WAS),
        "toggles": np.zeros(len(parts["bonuses"]), dtype=np.int64),
        "trail": np.zeros(trail, dtype=kinds.WAS),
        "shared_trail": np.zeros(trail, dtype=kinds.WAS),
        "queue": np.zeros(int(offers.max(initial=0)), dtype=np.int64),
        "total": total,
    }
