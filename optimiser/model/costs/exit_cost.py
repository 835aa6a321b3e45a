"""Giving back what is leased: rent to the next break or expiry, and dilapidations.

start_factor[t] sum_p exit[p,t] (newly left)[p,t]
"""

from collections.abc import Iterator

from pulp import LpAffineExpression, lpSum

from optimiser.model.decisions import Decisions
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for index, phase in enumerate(inputs.phases):
        factor = phase.start_factor / 1000
        yield (
            phase.number,
            lpSum(
                factor * money.exit_gbp[index] * decide.leaves(p, phase.number)
                for p, money in inputs.properties.items()
                if any(money.exit_gbp)
            ),
        )
