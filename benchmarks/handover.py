"""Building a model and handing it to HiGHS: our way beside PuLP's own, on the same models in the same run.

    python -m benchmarks.handover [PROPERTIES ...]

First 300,000 binaries with 600,000 nonzeros, written by hand in two shapes: long sums, and pairs (x <= y). Each is
built as PuLP's manual does (`lpSum`, comparisons) and with `optimiser.model.terms`. Then synthetic places.
Building is timed on the processor's clock, so that a busy machine counts for less. Ours and PuLP's hand-over are
both given no time to search: what is timed, by the wall clock, is the way in and out. Ours pays about a second for
a process of its own, which can be stopped.
"""

import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from pulp import HiGHS, LpBinary, LpConstraint, LpMinimize, LpProblem, LpVariable, lpSum
from rich.console import Console
from rich.table import Table

from benchmarks import report
from estate import snapshot
from estate.garbage import no_search
from estate.synthetic import generate
from optimiser import scenario
from optimiser.model.build import build
from optimiser.model.terms import at_most, total, weighted
from optimiser.prepare.inputs import prepare
from optimiser.solve.arrays import to_arrays
from optimiser.solve.bridge import Limits, solve

NO_TIME = 0.01  # s: the solver starts and stops
TEAMS, CANDIDATES, PLACES = 25_000, 12, 2_500  # 300,000 binaries

Variables = list[LpVariable]


def main(sizes: list[int]) -> None:
    """Print one row a shape, and one row a size of place."""
    out = Console(width=140)
    shapes = Table("shape", "columns", "rows", "nonzeros", "lpSum build s", *_HANDED)
    for name, manual, ours in (("sums", _sums_by_hand, _sums), ("pairs", _pairs_by_hand, _pairs)):
        manual_s, _ = _busy(_assignment, manual)
        built, (problem, columns) = _busy(no_search()(_assignment), ours)
        shapes.add_row(name, *_counts(problem), f"{manual_s:.2f}", *_handed(problem, columns, built))
    out.print(shapes)
    places = Table("properties", "columns", "rows", "nonzeros", "prepare s", *_HANDED)
    for size in sizes:
        place = generate(size, max(2, size // 150), max(4, size // 3), seed=1, profile="free")
        rows = {name: sorted(found, key=lambda row: str(row["id"])) for name, found in place.tables.items()}
        prepared, inputs = _busy(prepare, snapshot.freeze(rows), scenario.parse(place.scenario))
        built, model = _busy(build, inputs)
        columns = model.decide.variables
        places.add_row(
            f"{size:,}",
            *_counts(model.problem),
            f"{prepared:.2f}",
            *_handed(model.problem, columns, built),
        )
    out.print(places)
    out.print(f"Most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


_HANDED = ("build s", "arrays s", "build + arrays s", "bridge s", "pulp.HiGHS s", "ratio")


def _handed(problem: LpProblem, columns: Variables, built: float) -> list[str]:
    arrays, _ = _busy(to_arrays, problem, columns)
    ours, _ = _timed(solve, problem, Limits(NO_TIME, 0.0))
    theirs, _ = _timed(_pulp, problem)
    return [f"{s:.2f}" for s in (built, arrays, built + arrays, ours, theirs)] + [f"{theirs / ours:.1f}"]


def _counts(problem: LpProblem) -> list[str]:
    arrays = to_arrays(problem)
    return [f"{n:,}" for n in (len(arrays.cost), len(arrays.row_lower), len(arrays.values))]


def _assignment(rows: Callable[[Variables], Iterator[LpConstraint]]) -> tuple[LpProblem, Variables]:
    """Teams to candidate places, GBP 1 to 12 each: the objective, and what `rows` gives."""
    problem = LpProblem("assignment", LpMinimize)
    columns = [problem.add_variable(f"assign_{i}", 0, 1, LpBinary) for i in range(TEAMS * CANDIDATES)]
    if rows in (_sums, _pairs):
        problem.setObjective(weighted((i % CANDIDATES + 1, x) for i, x in enumerate(columns)))
    else:
        problem.setObjective(lpSum((i % CANDIDATES + 1) * x for i, x in enumerate(columns)))
    for number, row in enumerate(rows(columns)):
        problem.addConstraint(row, f"row_{number}")
    return problem, columns


def _sums(columns: Variables) -> Iterator[LpConstraint]:
    for team in range(TEAMS):
        yield total(columns[team * CANDIDATES : (team + 1) * CANDIDATES]) == 1
    for place in range(PLACES):
        yield weighted((1 + i % 7, x) for i, x in enumerate(columns[place::PLACES])) <= 100


def _sums_by_hand(columns: Variables) -> Iterator[LpConstraint]:
    for team in range(TEAMS):
        yield lpSum(columns[team * CANDIDATES : (team + 1) * CANDIDATES]) == 1
    for place in range(PLACES):
        yield lpSum((1 + i % 7) * x for i, x in enumerate(columns[place::PLACES])) <= 100


def _pairs(columns: Variables) -> Iterator[LpConstraint]:
    for i, x in enumerate(columns):
        yield at_most(x, [columns[i - i % CANDIDATES - 1]])


def _pairs_by_hand(columns: Variables) -> Iterator[LpConstraint]:
    for i, x in enumerate(columns):
        yield x <= columns[i - i % CANDIDATES - 1]


def _pulp(problem: LpProblem) -> None:
    with warnings.catch_warnings(), report.silence():
        warnings.simplefilter("ignore")
        problem.solve(HiGHS(msg=False, timeLimit=NO_TIME))


def _busy(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """Seconds that this process was at work."""
    began = time.process_time()
    result = work(*given)
    return time.process_time() - began, result


def _timed(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work(*given)
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [100, 300, 1000])
