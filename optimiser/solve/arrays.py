"""A PuLP problem as plain arrays, which a process can be handed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pulp import LpInteger, LpMaximize, LpProblem


@dataclass(frozen=True)
class Arrays:
    """min cost.x + offset, row_lower <= A x <= row_upper, lower <= x <= upper, x whole where `whole`.

    A by rows (`starts`, `columns`, `values`); columns in the order of `problem.variables()`.
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


def to_arrays(problem: LpProblem) -> Arrays:
    """Read a minimising problem through PuLP's public API, which 3.3 and 4 share."""
    if problem.sense == LpMaximize:
        raise ValueError("the bridge takes problems that minimise")
    variables = problem.variables()
    column = {id_of(variable): index for index, variable in enumerate(variables)}
    cost = np.zeros(len(variables))
    for variable, coefficient in problem.objective.items():
        cost[column[id_of(variable)]] = coefficient
    starts, columns, values, row_lower, row_upper = [0], [], [], [], []
    for constraint in problem.constraints():
        for variable, coefficient in constraint.items():
            columns.append(column[id_of(variable)])
            values.append(coefficient)
        starts.append(len(columns))
        row_lower.append(_or(constraint.getLb(), -np.inf))
        row_upper.append(_or(constraint.getUb(), np.inf))
    return Arrays(
        cost=cost,
        offset=float(problem.objective.constant or 0.0),
        lower=np.array([_or(variable.lowBound, -np.inf) for variable in variables]),
        upper=np.array([_or(variable.upBound, np.inf) for variable in variables]),
        whole=np.array([variable.cat == LpInteger for variable in variables]),
        starts=np.array(starts, dtype=np.int32),
        columns=np.array(columns, dtype=np.int32),
        values=np.array(values, dtype=float),
        row_lower=np.array(row_lower),
        row_upper=np.array(row_upper),
    )


def id_of(variable: object) -> object:
    """What tells variables apart: PuLP 4 gives new wrappers of one variable each time, 3.3 has no `id`."""
    return getattr(variable, "id", None) or id(variable)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
