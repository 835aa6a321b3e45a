"""A PuLP problem as plain arrays, which a process can be handed."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from pulp import LpInteger, LpMaximize, LpProblem, LpVariable

from optimiser.model.terms import many_objects

# What tells variables apart: PuLP 4 gives new wrappers of one variable each time, 3.3 has no `id`.
id_of: Callable[[LpVariable], object] = attrgetter("id") if hasattr(LpVariable, "id") else id


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


@many_objects()
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
        terms = constraint.items()
        columns.extend([column[id_of(variable)] for variable, _ in terms])
        values.extend([coefficient for _, coefficient in terms])
        starts.append(len(columns))
    return Arrays(
        cost=cost,
        offset=float(objective.constant or 0.0),
        lower=np.array([_or(variable.lowBound, -np.inf) for variable in variables]),
        upper=np.array([_or(variable.upBound, np.inf) for variable in variables]),
        whole=np.array([variable.cat == LpInteger for variable in variables], dtype=bool),
        starts=np.frombuffer(starts, dtype=np.int32),
        columns=np.frombuffer(columns, dtype=np.int32),
        values=np.frombuffer(values),
        row_lower=np.array([_or(constraint.getLb(), -np.inf) for constraint in constraints]),
        row_upper=np.array([_or(constraint.getUb(), np.inf) for constraint in constraints]),
    )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
