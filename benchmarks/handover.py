"""Hand-over of a model to HiGHS: our bridge beside PuLP's own, on the same models in the same run.

    python -m benchmarks.handover [PROPERTIES ...]

Both are given no time to search: what is timed is the way in and out. Ours pays about a second for a process of
its own, which can be stopped.
"""

import resource
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

from pulp import HiGHS
from rich.console import Console
from rich.table import Table

from estate import snapshot
from estate.synthetic import generate
from optimiser import scenario
from optimiser.model.build import Model, build
from optimiser.prepare.inputs import prepare
from optimiser.solve.arrays import to_arrays
from optimiser.solve.bridge import Limits, solve

NO_TIME = 0.01  # s: the solver starts and stops


def main(sizes: list[int]) -> None:
    """Print one row a size."""
    table = Table(
        "properties", "columns", "rows", "prepare s", "build s", "arrays s", "bridge s", "pulp.HiGHS s", "ratio"
    )
    for size in sizes:
        place = generate(size, max(2, size // 150), max(4, size // 3), seed=1, profile="free")
        rows = {name: sorted(found, key=lambda row: str(row["id"])) for name, found in place.tables.items()}
        frozen, asked = snapshot.freeze(rows), scenario.parse(place.scenario)
        prepared, inputs = _timed(prepare, frozen, asked)
        built, model = _timed(build, inputs)
        arrays, _ = _timed(to_arrays, model.problem)
        ours, _ = _timed(solve, model.problem, Limits(NO_TIME, 0.0))
        theirs, _ = _timed(_pulp, model)
        counts = (size, len(model.problem.variables()), len(model.rows))
        times = (prepared, built, arrays, ours, theirs)
        table.add_row(*(f"{n:,}" for n in counts), *(f"{s:.2f}" for s in times), f"{theirs / ours:.1f}")
    out = Console()
    out.print(table)
    out.print(f"Most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


def _pulp(model: Model) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.problem.solve(HiGHS(msg=False, timeLimit=NO_TIME))


def _timed(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work(*given)
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100, 300, 1000])
