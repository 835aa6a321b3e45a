"""Which demands of a scenario cannot hold together, in the words of the rules that make them.

A rule whose file has `demand(inputs, key)` asks something that a scenario could give up; constraints with the same
words are one demand. Demands are dropped one by one: what cannot be dropped without a plan becoming possible is a
smallest set in conflict (the deletion filter of Chinneck, Feasibility and Infeasibility in Optimization, 2008).
"""

import importlib
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from optimiser.model.build import Model
from optimiser.prepare.inputs import Inputs
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.bridge import Limits, Outcome, solve_arrays
from optimiser.solve.second import second_opinion

# s for one question at the most. Unanswered counts as 'could be possible', so nothing is claimed too much.
_SECONDS_EACH = 20.0
_DOUBTS = {
    "feasible": "a second solver found one, so one of them is wrong and nothing is claimed",
    "no answer": "a second solver did not answer in the time, so it is not confirmed: give more seconds",
    "not installed": "no second solver is installed to confirm it: pip install cbcbox",
}


def doubt(model: Model, seconds: float) -> str:
    """Why a model found infeasible may have a plan after all; empty where two solvers agree that it has none.

    The first is asked again without presolve and without an objective, then the second; `seconds` for each.
    """
    arrays = to_arrays(model.problem, model.decide.variables)
    again = _ask(arrays, seconds, presolve=False)
    if again != "infeasible":
        return f"The solver found no plan possible, and asked again without presolve it said: {again}."
    other = second_opinion(arrays, seconds)
    return "" if other == "infeasible" else f"The solver found no plan possible; {_DOUBTS[other]}."


def conflicts(model: Model, inputs: Inputs, seconds: float = 300.0) -> tuple[str, ...]:
    """The demands of a smallest set in conflict. Within `seconds`; what time left untested is still in it."""
    arrays = to_arrays(model.problem, model.decide.variables)
    rows_of = _rows_of_demands(model, inputs)
    kept = dict(rows_of)
    ends = time.monotonic() + seconds
    for demand in rows_of:
        left = ends - time.monotonic()
        if left <= 0:
            break
        trial = {name: rows for name, rows in kept.items() if name != demand}
        dropped = [row for name, rows in rows_of.items() if name not in trial for row in rows]
        if _ask(_without(arrays, np.array(dropped)), min(left, _SECONDS_EACH)) == "infeasible":
            kept = trial
    return tuple(kept)


def _rows_of_demands(model: Model, inputs: Inputs) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, (rule, key) in enumerate(model.rows):
        module = importlib.import_module(f"optimiser.model.rules.{rule}")
        demand = module.demand(inputs, key) if hasattr(module, "demand") else None
        if demand:
            found.setdefault(demand, []).append(row)
    return found


def _without(arrays: Arrays, rows: NDArray[np.int64]) -> Arrays:
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    lower[rows], upper[rows] = -np.inf, np.inf
    return replace(arrays, row_lower=lower, row_upper=upper)


def _ask(arrays: Arrays, seconds: float, presolve: bool = True) -> Outcome:
    """Whether any solution exists: no objective, so that the first one found ends the search."""
    empty = replace(arrays, cost=np.zeros_like(arrays.cost), offset=0.0)
    return solve_arrays(empty, Limits(seconds=seconds, gap=1.0, presolve=presolve)).outcome
