"""Sums of variables for rules and costs: what `lpSum` gives, several times as fast.

`lpSum(c * x for ...)` makes an expression of every term and merges them one by one, and a county's model has
millions. PuLP 3.3 and 4 both take the terms of an expression whole, each in a way of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from pulp import LpAffineExpression, LpConstraint, LpVariable, lpSum

# What tells variables apart: PuLP 4 gives new wrappers of one variable each time, 3.3 has no `id`.
id_of: Callable[[LpVariable], object] = attrgetter("id") if hasattr(LpVariable, "id") else id
_from_pairs = getattr(LpAffineExpression, "from_list", LpAffineExpression)  # in PuLP 4, in 3.3


def weighted(terms: Iterable[tuple[float, LpVariable]]) -> LpAffineExpression:
    """sum of factor x variable."""
    pairs = list(terms)
    return _expression([variable for _, variable in pairs], [factor for factor, _ in pairs])


def total(variables: Iterable[LpVariable]) -> LpAffineExpression:
    """sum of variables."""
    listed = list(variables)
    return _expression(listed, [1] * len(listed))


def combined(terms: Iterable[tuple[float, LpAffineExpression]]) -> LpAffineExpression:
    """sum of factor x expression, without what cancels out. The expressions may be many and small."""
    factors: dict[object, float] = {}
    variables: list[LpVariable] = []
    constant = 0.0
    for factor, expression in terms:
        constant += factor * expression.constant
        for variable, coefficient in expression.items():
            key = id_of(variable)
            if key in factors:
                factors[key] += factor * coefficient
            else:
                factors[key] = factor * coefficient
                variables.append(variable)
    found = weighted((factor, x) for factor, x in zip(factors.values(), variables, strict=True) if factor)
    found += constant
    return found


def change(now: LpVariable, before: LpVariable) -> LpAffineExpression:
    """now - before."""
    return _expression((now, before), (1, -1))


def at_most(variable: LpVariable, others: Iterable[LpVariable]) -> LpConstraint:
    """variable <= sum of others."""
    listed = [variable, *others]
    return _expression(listed, [1] + [-1] * (len(listed) - 1)) <= 0


def _expression(variables: Sequence[LpVariable], factors: Sequence[float]) -> LpAffineExpression:
    expression = _from_pairs(zip(variables, factors, strict=True))
    if len(expression) < len(variables):  # 3.3 keeps the last of several terms in one variable: let it add them up
        return lpSum(factor * variable for variable, factor in zip(variables, factors, strict=True))
    return expression
