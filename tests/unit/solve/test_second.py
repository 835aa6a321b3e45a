"""The second solver: its words are taken for what they say, and its model is the model."""

from pathlib import Path

import numpy as np
import pytest
from pulp import LpBinary, LpMinimize, LpProblem, lpSum

from optimiser.solve import second
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.second import mps, opinion, second_opinion


def _cover(least: int) -> Arrays:
    """Three binaries, one number in -2..5 and one without limits: is a cover of `least` possible?"""
    problem = LpProblem("cover", LpMinimize)
    xs = [problem.add_variable(f"x{i}", 0, 1, LpBinary) for i in range(3)]
    whole = problem.add_variable("whole", -2, 5, "Integer")
    free = problem.add_variable("free")
    problem.setObjective(lpSum(xs))
    problem.addConstraint(lpSum(xs) + whole >= least)
    problem.addConstraint(free - whole == 0.5)
    problem.addConstraint(xs[0] + xs[1] <= 1)
    return to_arrays(problem)


@pytest.mark.skipif(second.cbc() is None, reason="CBC is not on this machine")
@pytest.mark.parametrize(("least", "told"), [(7, "feasible"), (8, "infeasible")])
def test_possible_and_impossible_are_told_apart(least: int, told: str) -> None:
    assert second_opinion(_cover(least), 20) == told


def test_a_row_with_two_limits_and_one_with_none() -> None:
    arrays = Arrays(
        cost=np.ones(1), offset=0.0, lower=np.array([-np.inf]), upper=np.array([np.inf]), whole=np.zeros(1, bool),
        starts=np.array([0, 1, 2], np.int32), columns=np.array([0, 0], np.int32), values=np.array([1.0, 2.0]),
        row_lower=np.array([1.0, -np.inf]), row_upper=np.array([3.0, np.inf]),
    )  # fmt: skip
    lines = list(mps(arrays))
    for line in (" L r0", " N r1", " rhs r0 3.0", " range r0 2.0", " MI bound c0", " PL bound c0"):
        assert line in lines


@pytest.mark.parametrize(
    ("first_line", "told"),
    [
        ("Infeasible - objective value 0.00000000", "infeasible"),
        ("Integer infeasible - objective value 0.00000000", "infeasible"),
        ("Optimal - objective value 0.00000000", "feasible"),
        ("Stopped on time (no integer solution - continuous used) - objective value 0.0", "no answer"),
        ("Stopped on time - objective value 0.0", "no answer"),
        ("Unbounded - objective value 0.0", "no answer"),
        ("", "no answer"),
    ],
)
def test_only_a_proof_counts(first_line: str, told: str) -> None:
    assert opinion(f"{first_line}\n   0 c0 1 0\n") == told


def test_a_solver_that_hangs_gives_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "cbc"
    program.write_text("#!/bin/sh\nexec sleep 60\n", encoding="ascii")
    program.chmod(0o700)
    monkeypatch.setattr(second, "cbc", lambda: str(program))
    monkeypatch.setattr(second, "_GRACE_SECONDS", 0.2)
    assert second_opinion(_cover(7), 0.1) == "no answer"
    monkeypatch.setattr(second, "cbc", lambda: None)
    assert second_opinion(_cover(7), 0.1) == "not installed"
