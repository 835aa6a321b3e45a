"""Simulated annealing of one-phase models, on their matrix: finds good plans where a solver's own search is slow.

Kirkpatrick, Gelatt and Vecchi, Optimization by simulated annealing, Science 220 (1983). Proposals that keep every
team placed (`anneal_moves`); the temperature falls by a constant factor, broken limits cost a weight that grows
while they stay broken, and blocks seem to cost what is used of them (`anneal_weigh`). What is returned is checked
against every row of the matrix.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimiser.solve.anneal_board import OUTSIDE, Board
from optimiser.solve.anneal_form import Form, form
from optimiser.solve.anneal_moves import anneal
from optimiser.solve.anneal_weigh import reset
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints
from optimiser.solve.bridge import Limits, _answer, _loaded
from optimiser.solve.shapes import Shape

HOT, COLD, PULL = 3.0, 0.1, 3.0
_TOLERANCE = 1e-6
_BURST_SECONDS = 0.06
_FIRST_BURST, _BURST_STEPS = 500, 1_000
_RAISE, _LOWER, _RANGE = 1.2, 0.9, (0.01, 1e4)
_COMPLETION_SECONDS = 10.0
# What the moves change; the rest of a board is the model.
_CHANGING = (
    "teams",
    "candidates",
    "blocks",
    "offers",
    "rooms",
    "bonuses",
    "limits",
    "shared",
    "total",
    "moves",
    "changes",
    "columns",
    "toggles",
    "trail",
    "shared_trail",
    "queue",
)


@dataclass(frozen=True)
class Annealer:
    """A model ready to be annealed. `scale` is the mean cost of placing a team, by its size."""

    blocks: Blocks
    form: Form
    scale: float

    @classmethod
    def of(cls, blocks: Blocks, shapes: list[Shape | None]) -> "Annealer | None":
        """None where the model is not of the form that annealing knows, such as one of several phases."""
        read = form(blocks, shapes)
        if read is None or not len(read.board.teams):
            return None
        costs = np.abs(np.concatenate([read.board.candidates["cost"], read.board.states["cost"]]))
        return cls(blocks, read, float(costs[costs > 0].mean()) if costs.any() else 1.0)

    def run(
        self,
        x: Floats,
        *,
        seconds: float,
        seed: int = 0,
        hot: float = HOT,
        cold: float = COLD,
        pull: float = PULL,
        steps: int | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Floats | None:
        """The best solution met that holds every row, from `x` (shape (columns,), which may hold them or not).

        `hot` and `cold` are the first and last temperature as shares of `scale`; `pull` is how strongly teams are
        drawn at first to where more are: it falls to nothing, and is no part of what is best. `seconds` are of the
        clock; with `steps` it is proposals that are limited, and the same seed gives the same answer. `stop` ends
        it at once with the best so far. None where none was met; never worse than an `x` that holds every row.
        """
        board = self._board(x)
        cools = _Cooling(hot * self.scale, cold * self.scale)
        began, done, burst, number = time.monotonic(), 0.0, _FIRST_BURST, 0
        while done < 1 and not (stop and stop()):
            if steps is not None:
                burst = min(_BURST_STEPS, steps - number * _BURST_STEPS)
                after = min(1.0, (number + 1) * _BURST_STEPS / steps)
            else:
                after = min(1.0, done + _BURST_SECONDS / seconds)
            start = time.monotonic()
            board.total["pull"] = pull * (1.0 - done)
            self._burst(board, burst, cools.at(done), cools.at(after), seed * 1_000_003 + number)
            number += 1
            self._weigh_limits(board)
            now = time.monotonic()
            done = after if steps is not None else (now - began) / seconds
            burst = max(100, int(burst * min(4.0, _BURST_SECONDS / max(now - start, 1e-6))))
        return self._best_of(x, self._solution(board))

    def holds(self, x: Floats) -> bool:
        """Whether x holds every row, every bound and is whole where it must be."""
        arrays, activity = self.blocks.arrays, self.blocks.matrix @ x
        within = np.all(activity >= arrays.row_lower - _TOLERANCE) and np.all(
            activity <= arrays.row_upper + _TOLERANCE
        )
        inside = np.all(x >= self.blocks.lower - _TOLERANCE) and np.all(x <= self.blocks.upper + _TOLERANCE)
        whole = x[arrays.whole]
        return bool(within and inside and np.all(np.abs(whole - np.round(whole)) <= _TOLERANCE))

    def _burst(self, board: Board, steps: int, hot: float, cold: float, seed: int) -> None:
        anneal(board, steps, hot, cold, seed % 2**32, self.form.worth_by_block, self.form.worth_by_bonus)

    def _board(self, x: Floats) -> Board:
        """Each team at the candidate that x likes best (unless it likes none), each block in its state in x."""
        fresh = self.form.board
        board = fresh._replace(**{name: getattr(fresh, name).copy() for name in _CHANGING})
        candidates = board.candidates
        order = np.lexsort((candidates["cost"], -x[candidates["column"]], candidates["team"]))
        at = order[board.teams["first"]]
        at[x[candidates["column"][at]] <= _TOLERANCE] = OUTSIDE
        board.teams["at"], board.blocks["state"] = at, self._states(x)
        board.limits["weight"] = self.scale / self.form.unit
        return board

    def _states(self, x: Floats) -> Ints:
        """The state of each block whose columns are those that are 1 in x; -1 where none is."""
        board = self.form.board
        ones = np.zeros(len(x), dtype=np.bool_)
        ones[board.state_columns] = x[board.state_columns] > 0.5
        found = np.full(len(board.blocks), OUTSIDE)
        for n, (first, end) in enumerate(zip(board.blocks["states"], board.blocks["states_end"], strict=True)):
            wanted = set(self.blocks.columns[n][ones[self.blocks.columns[n]]].tolist())
            for s in range(first, end):
                if wanted == set(self._columns_of(s).tolist()):
                    found[n] = s
        return found

    def _columns_of(self, state: int) -> Ints:
        row = self.form.board.states[state]
        columns: Ints = self.form.board.state_columns[row["columns"] : row["columns_end"]]
        return columns

    def _weigh_limits(self, board: Board) -> None:
        """Limits that are broken now weigh more, those that hold a little less."""
        limits, usual = board.limits, self.scale / self.form.unit
        broken = (limits["activity"] < limits["low"]) | (limits["activity"] > limits["high"])
        weight = limits["weight"] * np.where(broken, _RAISE, _LOWER)
        limits["weight"] = np.clip(weight, _RANGE[0] * usual, _RANGE[1] * usual)

    def _solution(self, board: Board) -> Floats | None:
        """The best plan as a solution, with its shared columns; None where it breaks a row after all."""
        if np.isinf(board.total["best"][0]):
            return None
        board.teams["at"], board.blocks["state"] = board.teams["best"], board.blocks["best"]
        reset(board)
        x = np.where(self.blocks.lower > 0, self.blocks.lower, np.minimum(self.blocks.upper, 0.0))
        x[board.candidates["column"]], x[board.state_columns] = 0.0, 0.0
        x[board.candidates["column"][board.teams["at"]]] = 1.0
        for state in board.blocks["state"]:
            x[self._columns_of(state)] = 1.0
        x[board.bonuses["column"]] = board.bonuses["earned"] > 0
        x[board.shared["column"]] = board.shared["value"]
        if len(board.shared) < len(self.blocks.shared) or np.any(board.bonuses["cost"] > 0):
            completed = self._completed(x)
            if completed is None:
                return None
            x = completed
        return x if self.holds(x) else None

    def _completed(self, x: Floats) -> Floats | None:
        """x with the best bonuses and shared columns for its teams and states; None where there are none."""
        blocks = self.blocks
        free = np.concatenate([blocks.shared, self.form.board.bonuses["column"]])
        fixed = x.copy()
        fixed[free] = 0.0
        part, activity = blocks.matrix[:, free].tocsr(), blocks.matrix @ fixed
        arrays = Arrays(
            cost=blocks.arrays.cost[free],
            offset=0.0,
            lower=blocks.lower[free],
            upper=blocks.upper[free],
            whole=blocks.arrays.whole[free],
            starts=part.indptr.astype(np.int32),
            columns=part.indices.astype(np.int32),
            values=part.data,
            row_lower=blocks.arrays.row_lower - activity,
            row_upper=blocks.arrays.row_upper - activity,
        )
        highs = _loaded(arrays, Limits(seconds=_COMPLETION_SECONDS, gap=0.0, threads=1))
        highs.run()
        found = _answer(highs)["solution"]
        if found is None:
            return None
        fixed[free] = found
        return fixed

    def _best_of(self, given: Floats, found: Floats | None) -> Floats | None:
        cost = self.blocks.arrays.cost
        if not self.holds(given):
            return found
        return found if found is not None and cost @ found < cost @ given else given


@dataclass(frozen=True)
class _Cooling:
    """The temperature by the share of the run that is done."""

    hot: float
    cold: float

    def at(self, done: float) -> float:
        return float(self.hot * (self.cold / self.hot) ** min(done, 1.0))
