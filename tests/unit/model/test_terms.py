"""Quick sums say what `lpSum` and comparisons say, on the PuLP that is installed."""

import pytest
from pulp import LpAffineExpression, LpProblem, LpVariable, lpSum

from optimiser.model.terms import at_most, change, combined, id_of, total, weighted


@pytest.fixture
def xs() -> list[LpVariable]:
    problem = LpProblem("terms")
    return [problem.add_variable(f"x{i}", 0, 1) for i in range(4)]


def _terms(expression: LpAffineExpression) -> tuple[dict[object, float], float]:
    return {id_of(variable): factor for variable, factor in expression.items() if factor}, expression.constant


def test_sums_are_those_of_lpsum(xs: list[LpVariable]) -> None:
    assert _terms(total(xs)) == _terms(lpSum(xs))
    assert _terms(weighted((i / 2, x) for i, x in enumerate(xs))) == _terms(
        lpSum(i / 2 * x for i, x in enumerate(xs))
    )


def test_a_variable_twice_counts_twice(xs: list[LpVariable]) -> None:
    assert _terms(total([xs[0], xs[1], xs[0]])) == ({id_of(xs[0]): 2, id_of(xs[1]): 1}, 0)
    assert _terms(weighted([(3.0, xs[0]), (-1.0, xs[0])])) == ({id_of(xs[0]): 2}, 0)


def test_no_terms_are_zero() -> None:
    assert _terms(total([])) == _terms(weighted([])) == ({}, 0)


def test_changes_add_up_and_what_cancels_out_is_gone(xs: list[LpVariable]) -> None:
    steps = [(2.0, change(xs[0], xs[1])), (2.0, change(xs[1], xs[2])), (0.5, 3 - total([xs[3]]))]
    found = combined(steps)
    assert _terms(found) == ({id_of(xs[0]): 2, id_of(xs[2]): -2, id_of(xs[3]): -0.5}, 1.5)
    assert len(found) == 3
    assert _terms(steps[0][1]) == ({id_of(xs[0]): 1, id_of(xs[1]): -1}, 0)
    assert _terms(combined([])) == ({}, 0)


def test_at_most_is_the_comparison(xs: list[LpVariable]) -> None:
    ours, theirs = at_most(xs[0], xs[1:]), xs[0] <= lpSum(xs[1:])
    assert dict(_terms(ours)[0]) == dict(_terms(theirs)[0])
    assert (ours.getLb(), ours.getUb()) == (theirs.getLb(), theirs.getUb()) == (None, 0)
