"""How a model is solved: plain branch and bound, beside our own decomposition where it stalls."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from optimiser.model.build import Model
from optimiser.model.terms import id_of
from optimiser.solve import bridge, engine
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.blocks import NO_BLOCK, Floats, Ints
from optimiser.solve.bridge import Answer, Limits, Progress
from optimiser.solve.checkpoint import Checkpoint, Kept
from optimiser.solve.neighbourhood import holds

_LEAST_SECONDS = 5.0  # with less than this the decomposition gets nowhere


def solve(
    model: Model,
    limits: Limits,
    *,
    starts: Sequence[Mapping[Any, float]],
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Answer:
    """The best plan in the time, with one of `starts` (values by variable id, see `start_of`) as a first one.

    That is the cheapest of those that keep every row, or the first of them where none does.
    The best so far stands in `checkpoint`, which is the caller's to end once the plan is kept: a run that is
    killed goes on from there when it is run again.
    """
    variables = model.decide.variables
    ids = [id_of(variable) for variable in variables]
    arrays = to_arrays(model.problem, variables)
    firsts = [np.array([start[key] for key in ids]) for start in starts]
    answer = solve_arrays(
        arrays,
        blocks_of(model),
        limits,
        start=firsts[0] if len(firsts) == 1 else _first(arrays, firsts),
        on_progress=on_progress,
        stop=stop,
        checkpoint=checkpoint,
    )
    return replace(answer, values=dict(zip(ids, answer.values.values(), strict=False)))


def solve_arrays(
    arrays: Arrays,
    block_of_column: Ints,
    limits: Limits,
    *,
    start: Floats | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Answer:
    """As `solve`, for arrays and the block of each column (NO_BLOCK for none); values are keyed by column.

    With one thread only branch and bound runs: the decomposition works in two processes.
    """
    if limits.threads == 1 or limits.seconds < _LEAST_SECONDS:
        answer = bridge.solve_arrays(arrays, limits, start=start, on_progress=on_progress, stop=stop)
        return answer if start is None else _no_worse(arrays, answer, start)
    kept = Kept() if checkpoint is None else checkpoint.load(arrays)
    if kept.x is not None and holds(arrays, kept.x) and (start is None or not _is_better(arrays, start, kept.x)):
        start = kept.x
        if on_progress is not None:
            best = float(arrays.cost @ start + arrays.offset)
            on_progress(Progress(0.0, best, None, "going on from a run that did not end"))
    answer = engine.solve(
        arrays,
        block_of_column,
        limits,
        start=start,
        on_progress=on_progress,
        stop=stop,
        prices=kept.prices,
        keep=None if checkpoint is None else checkpoint.save,
    )
    if checkpoint is not None and answer.values:
        checkpoint.save(x=np.array(list(answer.values.values())))
    return answer


def _first(arrays: Arrays, firsts: Sequence[Floats]) -> Floats:
    holding = [x for x in firsts if holds(arrays, x)]
    return min(holding, key=lambda x: float(arrays.cost @ x), default=firsts[0])


def _no_worse(arrays: Arrays, answer: Answer, start: Floats) -> Answer:
    """The answer, or the start that it had where that holds and the time ran out before anything better."""
    value = float(arrays.cost @ start + arrays.offset)
    better = answer.objective is None or value < answer.objective
    if answer.outcome != "stopped" or not better or not holds(arrays, start):
        return answer
    return replace(answer, objective=value, values=dict(enumerate(start.tolist())))


def _is_better(arrays: Arrays, x: Floats, than: Floats) -> bool:
    return holds(arrays, x) and float(arrays.cost @ x) < float(arrays.cost @ than)


def blocks_of(model: Model) -> Ints:
    """The property, by number, that each column of the model belongs to; NO_BLOCK for none."""
    numbers: dict[str, int] = {}
    found = [
        NO_BLOCK if place is None else numbers.setdefault(place, len(numbers)) for _, place in model.decide.owners
    ]
    return np.array(found, dtype=np.int64)
