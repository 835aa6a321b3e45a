"""What the ordinary relaxation leads to: first prices of the linking rows, and a first plan.

For prices it is solved where it is small, else only begun.
"""

import time
from dataclasses import replace
from typing import NamedTuple

import highspy
import numpy as np

from optimiser.solve import highs
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints

# With more entries interior points take as long as all that follows (3,000 properties over five phases: a minute).
_MOST_ENTRIES = 1_000_000
# Interior points without crossover: at five phases of 300 properties 5 s in place of 89, and any prices will do.
_TOLERANCE = 1e-4
_LEAST_SECONDS, _MOST_DUAL_SECONDS = 0.05, 10.0  # more of these gain less than better prices from there
# What a column must be above its lower end to count as used: interior points leave a little everywhere.
_USED = 1e-3
_NEAR = 1e-3  # share of its value that a first plan may lack of the best of its kind


def first_prices(blocks: Blocks, seconds: float, most_entries: int = _MOST_ENTRIES) -> Floats:
    """Prices to start from, one a linking row.

    Those of the ordinary relaxation, in whose middle better prices are soon found; where it is too large for that
    or takes more than `seconds`, what a dual simplex method has after half as long, or ten seconds.

    Rows that tie shared columns to blocks or ask for one of many are left out: they are many, dense and mostly
    slack. Their prices start at 0 and come with the patterns.
    """
    late = np.zeros(blocks.matrix.shape[0], dtype=bool)
    late[blocks.linking[_wide(blocks)]] = True
    rows = np.flatnonzero(~late)
    relaxation = _with_rows(blocks, rows)
    found = _interior(relaxation, seconds) if len(relaxation.values) <= most_entries else None
    priced = _dual(relaxation, min(seconds / 2, _MOST_DUAL_SECONDS)) if found is None else found.prices
    prices = np.zeros(len(late))
    if priced is not None:
        prices[rows] = priced
    return prices[blocks.linking]


def first_plan(arrays: Arrays, seconds: float) -> Floats | None:
    """A plan in which every whole column that the relaxation leaves at its lower end stays there.

    The best of those, nearly, by branch and bound (relaxation enforced neighbourhood search; Berthold, 2014); None
    where there is none or no time for it.
    """
    ends = time.monotonic() + seconds
    relaxed = _interior(arrays, seconds)
    if relaxed is None:
        return None
    unused = arrays.whole & (relaxed.values < arrays.lower + _USED)
    kept = replace(arrays, upper=np.where(unused, arrays.lower, arrays.upper))
    found = highs.solve(kept, max(_LEAST_SECONDS, ends - time.monotonic()), gap=_NEAR).values
    return None if found is None else np.where(arrays.whole, np.round(found), found)


class _Relaxed(NamedTuple):
    """An optimum of a relaxation: a price of each row, a value of each column."""

    prices: Floats
    values: Floats


def _interior(relaxation: Arrays, seconds: float) -> _Relaxed | None:
    """By interior points; None where there was no time for it."""
    solver = highs.quiet(
        solver="ipm",
        run_crossover="off",
        ipm_optimality_tolerance=_TOLERANCE,
        time_limit=max(_LEAST_SECONDS, seconds),
    )
    solver.passModel(highs.linear_program(relaxation, whole=False))
    solver.run()
    solution = solver.getSolution()
    if not solution.dual_valid or solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        return None
    return _Relaxed(np.array(solution.row_dual), np.array(solution.col_value))


def _dual(relaxation: Arrays, seconds: float) -> Floats | None:
    """A price of each row by the dual simplex method, which has prices that prove something at every step.

    Without presolve: of a model made smaller the steps on the way tell nothing of the whole.
    """
    solver = highs.quiet(solver="simplex", presolve="off", time_limit=max(_LEAST_SECONDS, seconds))
    solver.passModel(highs.linear_program(relaxation, whole=False))
    solver.run()
    solution = solver.getSolution()
    return np.array(solution.row_dual) if solution.dual_valid else None


def _wide(blocks: Blocks) -> Ints:
    """Linking rows (by place among them) that ask for one of many, or tie shared columns to blocks."""
    shared = np.zeros(len(blocks.lower), dtype=bool)
    shared[blocks.shared] = True
    link = blocks.link
    if not link.nnz:
        return np.zeros(0, dtype=np.int64)
    counts = np.add.reduceat(shared[link.indices].astype(int), link.indptr[:-1])
    both = (counts > 0) & (counts < np.diff(link.indptr))
    ones = np.minimum.reduceat(link.data == 1, link.indptr[:-1])
    one_of_many = ones & (blocks.link_lower == 1) & np.isinf(blocks.link_upper)
    return np.flatnonzero(both | one_of_many)


def _with_rows(blocks: Blocks, rows: Ints) -> Arrays:
    """The model with these rows alone."""
    matrix = blocks.matrix[rows]
    return replace(
        blocks.arrays,
        lower=blocks.lower,
        upper=blocks.upper,
        starts=matrix.indptr.astype(np.int32),
        columns=matrix.indices.astype(np.int32),
        values=matrix.data,
        row_lower=blocks.arrays.row_lower[rows],
        row_upper=blocks.arrays.row_upper[rows],
    )
