"""How a model is solved: plain branch and bound first, and our own decomposition where it stalls.

Small and easy models are proven by the solver alone in seconds, and only it proves that there is no plan. What it
has after a part of the time, plan and bound, is where the decomposition starts; the better bound counts.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from optimiser.model.build import Model
from optimiser.model.terms import id_of
from optimiser.solve import bridge, engine
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.blocks import NO_BLOCK, Floats, Ints
from optimiser.solve.bridge import Answer, Limits, Progress

_LOOK_SHARE = 0.25  # of the time, for plain branch and bound
_LEAST_SECONDS = 5.0  # with less than this the decomposition gets nowhere


def solve(
    model: Model,
    limits: Limits,
    *,
    start: Mapping[Any, float],
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Answer:
    """The best plan in the time, with `start` (a value by variable id, see `start_of`) as a first one."""
    variables = model.decide.variables
    ids = [id_of(variable) for variable in variables]
    first = np.array([start[key] for key in ids])
    arrays = to_arrays(model.problem, variables)
    answer = solve_arrays(arrays, blocks_of(model), limits, start=first, on_progress=on_progress, stop=stop)
    return replace(answer, values=dict(zip(ids, answer.values.values(), strict=False)))


def solve_arrays(
    arrays: Arrays,
    block_of_column: Ints,
    limits: Limits,
    *,
    start: Floats | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Answer:
    """As `solve`, for arrays and the block of each column (NO_BLOCK for none); values are keyed by column.

    With one thread only branch and bound runs: the decomposition works in two processes.
    """
    began = time.monotonic()
    alone = limits.threads == 1 or limits.seconds < _LEAST_SECONDS
    look = replace(limits, seconds=limits.seconds * (1.0 if alone else _LOOK_SHARE))
    answer = bridge.solve_arrays(arrays, look, start=start, on_progress=on_progress, stop=stop)
    left = limits.seconds - (time.monotonic() - began)
    if not alone and answer.outcome == "stopped" and left > 0 and not (stop and stop()):
        if answer.values:
            found = np.array([answer.values[j] for j in range(len(arrays.cost))])
            start = np.where(arrays.whole, np.round(found), found)
        second = engine.solve(
            arrays, block_of_column, replace(limits, seconds=left), start=start,
            on_progress=_from(on_progress, answer, began), stop=stop, known_bound=answer.bound,
        )  # fmt: skip
        answer = _better(answer, second)
    return replace(answer, seconds=time.monotonic() - began)


def blocks_of(model: Model) -> Ints:
    """The property, by number, that each column of the model belongs to; NO_BLOCK for none."""
    numbers: dict[str, int] = {}
    found = [
        NO_BLOCK if place is None else numbers.setdefault(place, len(numbers)) for _, place in model.decide.owners
    ]
    return np.array(found, dtype=np.int64)


def _better(first: Answer, second: Answer) -> Answer:
    """The better plan and the better bound of two."""
    plan = second if second.objective is not None else first
    if first.objective is not None and second.objective is not None and first.objective < second.objective:
        plan = first
    bounds = [answer for answer in (first, second) if answer.bound is not None]
    bound = max(bounds, key=lambda answer: answer.bound or 0.0, default=first)
    solver = second.solver if plan is second or bound is second else first.solver
    outcome = second.outcome if second.outcome != "failed" else first.outcome
    return replace(
        plan,
        outcome=outcome,
        bound=bound.bound,
        method=bound.method,
        solver=solver,
        message=second.message,
        faults=second.faults,
    )


def _from(
    on_progress: Callable[[Progress], None] | None, first: Answer, began: float
) -> Callable[[Progress], None] | None:
    """Progress of what follows, told as if it were one search."""
    if on_progress is None:
        return None

    def tell(progress: Progress) -> None:
        bests = [value for value in (progress.best, first.objective) if value is not None]
        bounds = [value for value in (progress.bound, first.bound) if value is not None]
        on_progress(
            replace(
                progress,
                seconds=time.monotonic() - began,
                best=min(bests, default=None),
                bound=max(bounds, default=None),
            )
        )

    return tell
