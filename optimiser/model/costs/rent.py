"""Rent of what is leased, while it is kept; a lease that ends is taken to be renewed at the same real rent.

annuity[t] sum_p rent[p] keep[p,t]
"""

from collections.abc import Iterator

from pulp import LpAffineExpression, lpSum

from optimiser.model.decisions import Decisions
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for phase in inputs.phases:
        t, factor = phase.number, phase.annuity / 1000
        yield (
            t,
            lpSum(factor * money.rent_gbp_per_year * decide.keep[p, t] for p, money in inputs.properties.items()),
        )
