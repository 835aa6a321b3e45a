"""The bridge: honest outcomes, progress, a stop that works, a warm start that is used."""

import multiprocessing
import queue
import random
import time

import numpy as np
import pytest
from pulp import LpBinary, LpMaximize, LpMinimize, LpProblem, lpSum

from optimiser.model.terms import id_of
from optimiser.solve import bridge
from optimiser.solve.arrays import to_arrays
from optimiser.solve.bridge import Limits, Progress, solve


def _knapsack(items: int, upper: int) -> LpProblem:
    """Fewest pounds that cover `upper`; known answer for items of 1, 2, 3 ... pounds and as much cover."""
    problem = LpProblem("knapsack", LpMinimize)
    take = [problem.add_variable(f"x{i}", 0, 1, LpBinary) for i in range(items)]
    problem.setObjective(lpSum((i + 1) * x for i, x in enumerate(take)) + 100)
    problem.addConstraint(lpSum((i + 1) * x for i, x in enumerate(take)) >= upper)
    return problem


def _hard(rows: int = 40, columns: int = 60, planted: list[int] | None = None) -> LpProblem:
    """A market split: nothing proves it in minutes. A `planted` choice, 0 or 1 for each column, costs nothing."""
    problem = LpProblem("hard", LpMinimize)
    take = [problem.add_variable(f"x{i}", 0, 1, LpBinary) for i in range(columns)]
    slack = [problem.add_variable(f"s{r}", 0, None) for r in range(2 * rows)]
    dice = random.Random(1)
    for r in range(rows):
        weights = [dice.randrange(100) for _ in range(columns)]
        total = lpSum(w * x for w, x in zip(weights, take, strict=True))
        half = sum(weights) // 2 if planted is None else int(np.dot(weights, planted))
        problem.addConstraint(total + slack[2 * r] - slack[2 * r + 1] == half)
    problem.setObjective(lpSum(slack))
    return problem


def test_optimum_with_its_bound_and_constant() -> None:
    problem = _knapsack(6, 15)
    answer = solve(problem, Limits(seconds=20, gap=0.0))
    assert answer.outcome == "optimal"
    assert answer.objective == pytest.approx(115)
    assert answer.bound == pytest.approx(115)
    assert sum((i + 1) * answer.value(x) for i, x in enumerate(problem.variables())) == pytest.approx(15)
    assert answer.solver.startswith("HiGHS ")


def test_infeasible_says_so_and_has_no_values() -> None:
    answer = solve(_knapsack(3, 100), Limits(seconds=20, gap=0.0))
    assert (answer.outcome, answer.objective, answer.values) == ("infeasible", None, {})


def test_time_limit_is_kept_and_is_no_optimum() -> None:
    began = time.monotonic()
    answer = solve(_hard(), Limits(seconds=2, gap=0.0, threads=1))
    assert time.monotonic() - began < 15
    assert answer.outcome == "stopped"
    assert answer.objective is None or answer.bound is None or answer.bound < answer.objective


def test_stop_ends_it_with_the_best_so_far_and_progress_was_told() -> None:
    steps: list[Progress] = []
    problem = _hard()
    start = {id_of(variable): 0.0 for variable in problem.variables()}
    for r, constraint in enumerate(problem.constraints()):
        start[id_of(next(v for v in problem.variables() if v.name == f"s{2 * r}"))] = constraint.getLb()
    answer = solve(
        problem,
        Limits(seconds=60, gap=0.0, threads=1),
        start=start,
        on_progress=steps.append,
        stop=lambda: bool(steps),
    )
    assert answer.outcome == "stopped"
    assert answer.seconds < 40
    assert answer.objective is not None
    assert answer.objective <= sum(constraint.getLb() for constraint in problem.constraints())


def test_a_plan_found_elsewhere_is_taken_up_while_it_runs_and_each_better_one_is_shown() -> None:
    planted = [k % 2 for k in range(60)]
    problem = _hard(rows=8, planted=planted)
    arrays = to_arrays(problem, problem.variables())
    names = [variable.name for variable in problem.variables()]
    best = np.array([planted[int(name[1:])] if name[0] == "x" else 0 for name in names], dtype=float)
    offers: queue.SimpleQueue[np.ndarray] = queue.SimpleQueue()
    shown: list[float] = []

    def offer_once_one_is_shown(x: np.ndarray) -> None:
        shown.append(float(arrays.cost @ x))
        if len(shown) == 1:
            offers.put(best)

    limits = Limits(seconds=30, gap=0.0)
    answer = bridge.solve_arrays(arrays, limits, on_plan=offer_once_one_is_shown, offers=offers)
    assert answer.outcome == "optimal"
    assert answer.objective == pytest.approx(0, abs=1e-6)
    assert answer.seconds < 25
    assert shown[0] > 0
    assert shown == sorted(shown, reverse=True)


def test_a_solver_that_dies_is_a_failure_and_not_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_child", _dies)
    answer = solve(_knapsack(3, 2), Limits(seconds=20, gap=0.0))
    assert answer.outcome == "failed"
    assert "exit code 3" in answer.message


def _dies(*_: object) -> None:
    raise SystemExit(3)


def test_no_process_is_left_behind() -> None:
    solve(_knapsack(4, 3), Limits(seconds=20, gap=0.0))
    assert multiprocessing.active_children() == []


def test_arrays_hold_the_whole_problem() -> None:
    arrays = to_arrays(_knapsack(3, 4))
    assert arrays.cost.tolist() == [1, 2, 3]
    assert arrays.offset == 100
    assert arrays.values.tolist() == [1, 2, 3]
    assert arrays.row_lower.tolist() == [4]
    assert arrays.whole.all()


def test_only_minimising_problems_are_taken() -> None:
    problem = LpProblem("most", LpMaximize)
    problem.setObjective(problem.add_variable("x", 0, 1) * 1)
    with pytest.raises(ValueError, match="minimise"):
        to_arrays(problem)


def test_optimum_found_by_presolve_is_given_and_not_the_start() -> None:
    """HiGHS 1.16 answers with the value of the optimum and the values of the start."""
    problem = LpProblem("presolved", LpMinimize)
    take = [problem.add_variable(f"x{i}", 0, 1, LpBinary) for i in range(4)]
    problem.setObjective(lpSum((i + 1) * x for i, x in enumerate(take)))
    problem.addConstraint(take[0] + take[1] >= 1)
    answer = solve(problem, Limits(seconds=20, gap=0.0), start=dict.fromkeys(map(id_of, take), 1.0))
    assert answer.outcome == "optimal"
    assert answer.objective == pytest.approx(1)
    assert [answer.value(x) for x in take] == pytest.approx([1, 0, 0, 0])


def test_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    solve(_knapsack(6, 15), Limits(seconds=20, gap=0.0))
    assert capfd.readouterr() == ("", "")


def test_columns_keep_the_order_that_is_asked() -> None:
    problem = _knapsack(3, 4)
    backwards = problem.variables()[::-1]
    assert to_arrays(problem, backwards).cost.tolist() == [3.0, 2.0, 1.0]
