"""A PuLP problem as plain arrays, which a process can be handed."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pulp import LpInteger, LpMaximize, LpProblem, LpVariable

from estate.garbage import no_search
from optimiser.model.terms import id_of


@dataclass(frozen=True)
class Arrays:
    """min cost.x + offset, row_lower <= A x <= row_upper, lower <= x <= upper, x whole where `whole`.

    A by rows (`starts`, `columns`, `values`).
    """

    cost: NDArray[np.float64]
    offset: float
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    whole: NDArray[np.bool_]
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]


@no_search()
def to_arrays(problem: LpProblem, variables: Sequence[LpVariable] | None = None) -> Arrays:
    """Read a minimising problem through PuLP's public API, which 3.3 and 4 share.

    Columns are in the order of `variables`, all that the problem has. Left out they are `problem.variables()`, for
    which PuLP 3.3 goes through every term of every constraint.
    """
    if problem.sense == LpMaximize:
        raise ValueError("the bridge takes problems that minimise")
    variables = problem.variables() if variables is None else variables
    column = {id_of(variable): index for index, variable in enumerate(variables)}
    objective = problem.objective
    cost = np.zeros(len(variables))
    for variable, coefficient in objective.items():
        cost[column[id_of(variable)]] = coefficient
    constraints = problem.constraints()
    starts, columns, values = array("i", [0]), array("i"), array("d")
    for constraint in constraints:
        columns.extend(map(column.__getitem__, map(id_of, constraint.keys())))
        values.extend(constraint.values())
        starts.append(len(columns))
    return Arrays(
        cost=cost,
        offset=float(objective.constant or 0.0),
        lower=_limits((variable.lowBound for variable in variables), -np.inf),
        upper=_limits((variable.upBound for variable in variables), np.inf),
        whole=np.array([variable.cat == LpInteger for variable in variables], dtype=bool),
        starts=np.frombuffer(starts, dtype=np.int32),
        columns=np.frombuffer(columns, dtype=np.int32),
        values=np.frombuffer(values),
        row_lower=_limits((constraint.getLb() for constraint in constraints), -np.inf),
        row_upper=_limits((constraint.getUb() for constraint in constraints), np.inf),
    )


def _limits(given: Iterable[float | None], none: float) -> NDArray[np.float64]:
    return np.array([none if limit is None else limit for limit in given], dtype=float)
