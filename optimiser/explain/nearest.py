"""The nearest scenario that can be met: every demand may fall short, at a price; the cheapest shortfall is found.

    min  sum_i short_i / scale_i       over the rows i of demands that their rules can give up

(elastic programming: Chinneck, Feasibility and Infeasibility in Optimization, 2008, chapter 6).

scale_i is the demand itself where it is not 0, so that 4 of 95 points of reach weigh 4/95, and a pin weighs 1.
"""

import importlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from estate.snapshot import Snapshot
from optimiser.model.build import Model, build
from optimiser.model.giving import Found, Give
from optimiser.model.terms import id_of
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.scenario import Scenario
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.bridge import Limits, solve_arrays
from optimiser.solve.solution import read, start_values, today

# A shortfall below this share of the demand is the solver's own tolerance.
_TINY = 1e-6
_GAP = 1e-4  # of the least shortfall: no scenario needs it closer
_NAME_LENGTH = 180


@dataclass(frozen=True)
class Nearest:
    """A scenario that has been found to have a plan, and what had to give for it, in words."""

    scenario: Scenario
    gives: tuple[str, ...]


def nearest(
    snapshot: Snapshot, scenario: Scenario, model: Model, inputs: Inputs, seconds: float = 30.0
) -> Nearest | None:
    """What has to give, found in twice `seconds` at the most. None where no such scenario was found in time."""
    rules = {rule: importlib.import_module(f"optimiser.model.rules.{rule}") for rule, _ in model.rows}
    giving = {rule: module for rule, module in rules.items() if hasattr(module, "give")}
    asking = [n for n, (rule, key) in enumerate(model.rows) if rule in giving and giving[rule].demand(inputs, key)]
    rows = np.array(asking, dtype=int)
    shortfall = _least_shortfall(model, inputs, rows, seconds)
    if shortfall is None:
        return None
    place, short = shortfall
    gives: dict[tuple[str, ...], Give] = {}
    eased = scenario
    for row in rows[short > 0]:
        rule, key = model.rows[row]
        give = giving[rule].give(Found(snapshot, eased, inputs, place), key, float(short[rows == row][0]))
        if give is not None:
            gives[give.path] = give
            eased = eased.with_value(give.path, give.value)
    if not gives or not _has_a_plan(snapshot, eased, seconds):
        return None
    named = eased.with_value(("name",), f"{scenario.name[:_NAME_LENGTH]}, as near as can be")
    return Nearest(named, tuple(give.words for give in gives.values()))


def _least_shortfall(
    model: Model, inputs: Inputs, rows: NDArray[Any], seconds: float
) -> tuple[dict[tuple[str, int], str], NDArray[np.float64]] | None:
    """Who works where in the solution that falls least short, and its shortfall in each of `rows`; None: none."""
    arrays = to_arrays(model.problem, model.decide.variables)
    scales = _scales(arrays, rows)
    first = start_values(today(inputs), model, inputs)
    point = np.array([first[id_of(variable)] for variable in model.decide.variables])
    elastic, start = _elastic(arrays, rows, scales, point)
    answer = solve_arrays(elastic, Limits(seconds, _GAP), start=start)
    if not answer.values:
        return None
    solution = np.array(list(answer.values.values()))
    keyed = dict(zip(map(id_of, model.decide.variables), solution.tolist(), strict=False))
    short = solution[len(arrays.cost) :].reshape(2, -1).max(axis=0)
    return read(replace(answer, values=keyed), model, inputs).place, np.where(short > _TINY * scales, short, 0.0)


def _scales(arrays: Arrays, rows: NDArray[Any]) -> NDArray[np.float64]:
    """What a whole demand is, row by row: its limit, or its largest coefficient where that is 0."""
    limits = np.where(np.isfinite(arrays.row_lower), arrays.row_lower, arrays.row_upper)[rows]
    largest = np.array(
        [np.abs(arrays.values[arrays.starts[r] : arrays.starts[r + 1]]).max(initial=0.0) for r in rows]
    )
    scales: NDArray[np.float64] = np.where(limits != 0, np.abs(limits), largest)
    return np.where(scales > 0, scales, 1.0)


def _elastic(
    arrays: Arrays, rows: NDArray[Any], scales: NDArray[np.float64], point: NDArray[np.float64]
) -> tuple[Arrays, NDArray[np.float64]]:
    """The model with a shortfall below and above for each of `rows`, and `point` with its own shortfalls."""
    shape = (len(arrays.row_lower), len(arrays.cost))
    matrix = sp.csr_matrix((arrays.values, arrays.columns, arrays.starts), shape=shape)
    picked = sp.csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(shape[0], len(rows)))
    whole = sp.hstack([matrix, picked, -picked]).tocsr()
    value = (matrix @ point)[rows]
    below = np.maximum(0.0, arrays.row_lower[rows] - value)
    above = np.maximum(0.0, value - arrays.row_upper[rows])
    extra = 2 * len(rows)
    elastic = replace(
        arrays,
        cost=np.concatenate([np.zeros(shape[1]), np.tile(1 / scales, 2)]),
        offset=0.0,
        lower=np.concatenate([arrays.lower, np.zeros(extra)]),
        upper=np.concatenate([arrays.upper, np.full(extra, np.inf)]),
        whole=np.concatenate([arrays.whole, np.zeros(extra, dtype=bool)]),
        starts=whole.indptr.astype(np.int32),
        columns=whole.indices.astype(np.int32),
        values=whole.data,
    )
    return elastic, np.concatenate([point, below, above])


def _has_a_plan(snapshot: Snapshot, scenario: Scenario, seconds: float) -> bool:
    """Whether the solver finds any plan of it."""
    model = build(prepare(snapshot, scenario))
    arrays = to_arrays(model.problem, model.decide.variables)
    free = replace(arrays, cost=np.zeros_like(arrays.cost), offset=0.0)
    return solve_arrays(free, Limits(seconds, 1.0)).outcome == "optimal"
