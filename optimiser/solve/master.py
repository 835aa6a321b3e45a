"""The choice among patterns (Dantzig and Wolfe, 1960): one for each block, so that the linking rows hold.

    min  sum_m cost[m] y[m] + cost.g
    s.t. lower <= sum_m (rows of pattern m) y[m] + rows.g <= upper,   sum_{m of b} y[m] = 1,   y >= 0

g are the shared columns. The prices of the rows tell which patterns to add. Between two rounds prices may not
leave a box round the best prices known (Marsten, Hogan and Blankenship, The boxstep method, 1975): without it
they leap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimiser.solve import highs
from optimiser.solve.blocks import Floats, Ints
from optimiser.solve.patterns import Pattern, pattern_matrix

_TOLERANCE = 1e-5  # of interior points: the bound is worked out anew at their prices


@dataclass(frozen=True)
class Rows:
    """Linking rows over every column of the model, with their limits."""

    matrix: sp.csr_matrix
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Relaxed:
    """A solved relaxation: its value, the price of each row and block, how much of each pattern it takes."""

    value: float
    prices: Floats
    block_prices: Floats
    weights: Floats
    shared: Floats  # the values of the shared columns
    broken: float = 0.0  # by how much rows are broken, in all, at the price of the box


class Master:
    """A growing relaxation over the patterns of some blocks.

    `cost` is that of every column of the model; `shared` the shared columns that take part, with their bounds and
    whether they must be whole. Rows may be broken at the price of the box, so there is always an answer.
    A large relaxation is solved by interior points (`interior`): prices in the middle of the best ones lead to
    good patterns sooner, and a simplex takes ten times as long at a thousand blocks.
    """

    def __init__(
        self,
        rows: Rows,
        cost: Floats,
        which: Sequence[int],
        shared: Ints,
        bounds: tuple[Floats, Floats],
        whole: NDArray[np.bool_],
        centre: Floats,
        width: Floats,
        interior: bool = False,
    ) -> None:
        self.rows, self.cost, self.shared, self.bounds, self.whole = rows, cost, shared, bounds, whole
        self.row_of_block = {b: len(rows.lower) + k for k, b in enumerate(which)}
        self.patterns: list[Pattern] = []
        self._known: set[Pattern] = set()
        self._fixed = 2 * len(rows.lower) + len(shared)  # columns before the patterns
        self._interior = interior
        self._solver = highs.quiet(ipm_optimality_tolerance=_TOLERANCE)
        self._solver.passModel(self._first_model(centre, width))

    def add(self, patterns: Iterable[Pattern]) -> int:
        """Add patterns not there yet; how many."""
        new = [pattern for pattern in dict.fromkeys(patterns) if pattern not in self._known]
        if not new:
            return 0
        self._known.update(new)
        self.patterns += new
        chosen = pattern_matrix(new, len(self.cost))
        own = sp.csc_matrix(
            (np.ones(len(new)), ([self.row_of_block[m.block] for m in new], np.arange(len(new)))),
            shape=(len(self.rows.lower) + len(self.row_of_block), len(new)),
        )
        links = sp.vstack([self.rows.matrix @ chosen, sp.csr_matrix((len(self.row_of_block), len(new)))])
        entries = (links + own).tocsc()
        entries.eliminate_zeros()
        self._solver.addCols(
            len(new), chosen.T @ self.cost, np.zeros(len(new)), np.full(len(new), highs.INFINITY), entries.nnz,
            entries.indptr[:-1].astype(np.int32), entries.indices.astype(np.int32), entries.data,
        )  # fmt: skip
        return len(new)

    def fix(self, numbers: Sequence[int]) -> None:
        """Have these patterns (by their place in `patterns`) whole from now on."""
        columns = np.array(numbers, dtype=np.int32) + self._fixed
        ones = np.ones(len(columns))
        self._solver.changeColsBounds(len(columns), columns.astype(np.int32), ones, ones)

    def reduced(self, prices: Floats) -> Floats:
        """The reduced cost of every column of the model at prices of the rows."""
        found: Floats = self.cost - self.rows.matrix.T @ prices
        return found

    def place(self, pattern: Pattern) -> int:
        """Where the price of a pattern's block stands among the blocks' prices."""
        return self.row_of_block[pattern.block] - len(self.rows.lower)

    def centre(self, prices: Floats, width: Floats) -> None:
        """Lay the box round new prices."""
        count = len(prices)
        cost = np.concatenate([prices + width, width - prices])
        self._solver.changeColsCost(2 * count, np.arange(2 * count, dtype=np.int32), cost)

    def solve(self, seconds: float) -> Relaxed | None:
        """Solve the relaxation; None where time ran out."""
        if not self._run(seconds, interior=self._interior) and not (self._interior and self._run(seconds)):
            return None
        solution, count = self._solver.getSolution(), len(self.rows.lower)
        prices = np.array(solution.row_dual)
        finite_lower, finite_upper = np.isfinite(self.rows.lower), np.isfinite(self.rows.upper)
        own = prices[:count]
        own = np.where(finite_upper, own, np.maximum(own, 0.0))
        own = np.where(finite_lower, own, np.minimum(own, 0.0))
        return Relaxed(
            value=float(self._solver.getInfo().objective_function_value),
            prices=own,
            block_prices=prices[count:],
            weights=np.array(solution.col_value)[self._fixed :],
            shared=np.array(solution.col_value)[2 * count : self._fixed],
            broken=float(np.array(solution.col_value)[: 2 * count].sum()),
        )

    def _run(self, seconds: float, interior: bool = False) -> bool:
        """Run the solver one way; whether it got to the end."""
        self._solver.setOptionValue("solver", "ipm" if interior else "simplex")
        self._solver.setOptionValue("run_crossover", "off" if interior else "on")
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(seconds, 0.05))
        self._solver.run()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def choose(
        self,
        patterns: list[Pattern],
        seconds: float,
        gap: float,
        at_least: Ints,
        penalty: float,
        start: tuple[set[Pattern], Floats] | None = None,
    ) -> tuple[list[Pattern], Floats] | None:
        """The best whole choice among `patterns`, with the values of the shared columns; `start` is one to better.

        A row may be broken at `penalty` a unit. Rows `at_least` may be exceeded freely: what is there twice is for
        the caller to take out.
        """
        solver = highs.quiet(time_limit=seconds, mip_rel_gap=gap)
        lp = self._whole_model(patterns, at_least, penalty)
        solver.passModel(lp)
        if start is not None:
            known = np.concatenate([[float(m in start[0]) for m in patterns], start[1]])
            solver.setSolution(len(known), np.arange(len(known), dtype=np.int32), known)
        highs.run(solver, np.array(lp.col_cost_))
        values = highs.found(solver).values
        if values is None:
            return None
        chosen = [m for m, value in zip(patterns, values, strict=False) if value > 0.5]
        return chosen, values[len(patterns) : len(patterns) + len(self.shared)]

    def _whole_model(self, patterns: list[Pattern], at_least: Ints, penalty: float) -> highspy.HighsLp:
        """Patterns, shared columns, and what may be missing from or over each row."""
        rows, blocks = len(self.rows.lower), len(self.row_of_block)
        chosen = pattern_matrix(patterns, len(self.cost))
        owner = [self.place(m) for m in patterns]
        convex = sp.csr_matrix(
            (np.ones(len(patterns)), (owner, np.arange(len(patterns)))), shape=(blocks, len(patterns))
        )
        links = sp.hstack(
            [self.rows.matrix @ chosen, self.rows.matrix[:, self.shared], sp.identity(rows), -sp.identity(rows)]
        )
        matrix = sp.vstack(
            [links, sp.hstack([convex, sp.csr_matrix((blocks, len(self.shared) + 2 * rows))])]
        ).tocsr()
        upper = self.rows.upper.copy()
        upper[at_least] = np.inf
        slack = np.full(2 * rows, penalty)
        most = np.where(np.isfinite(np.concatenate([self.rows.lower, upper])), highs.INFINITY, 0.0)
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_ = np.concatenate([chosen.T @ self.cost, self.cost[self.shared], slack])
        lp.col_lower_ = np.concatenate([np.zeros(len(patterns)), self.bounds[0], np.zeros(2 * rows)])
        lp.col_upper_ = np.concatenate([np.ones(len(patterns)), self.bounds[1], most])
        lp.row_lower_ = np.concatenate([self.rows.lower, np.ones(blocks)])
        lp.row_upper_ = np.concatenate([upper, np.ones(blocks)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        whole = [True] * len(patterns) + self.whole.tolist() + [False] * (2 * rows)
        lp.integrality_ = [kinds[int(flag)] for flag in whole]
        return lp

    def _first_model(self, centre: Floats, width: Floats) -> highspy.HighsLp:
        """Box columns (over and under each row), then the shared columns."""
        count, blocks = len(self.rows.lower), len(self.row_of_block)
        box = sp.hstack([sp.identity(count), -sp.identity(count)])
        matrix = sp.vstack(
            [sp.hstack([box, self.rows.matrix[:, self.shared]]), sp.csr_matrix((blocks, self._fixed))]
        ).tocsc()
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_ = np.concatenate([centre + width, width - centre, self.cost[self.shared]])
        lp.col_lower_ = np.concatenate([np.zeros(2 * count), self.bounds[0]])
        lp.col_upper_ = np.concatenate([np.full(2 * count, highs.INFINITY), self.bounds[1]])
        lp.row_lower_ = np.concatenate([self.rows.lower, np.ones(blocks)])
        lp.row_upper_ = np.concatenate([self.rows.upper, np.ones(blocks)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        return lp
