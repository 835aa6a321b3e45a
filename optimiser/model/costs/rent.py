"""Rent of what is leased, while it is kept; a lease that ends is taken to be renewed at the same real rent.

annuity[t] sum_p rent[p] keep[p,t]        and  rent[p] (1 - lease_out[p,t])  for p that may stand empty
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for phase in inputs.phases:
        t, factor = phase.number, phase.annuity / 1000
        rents = [(p, factor * money.rent_gbp_per_year) for p, money in inputs.properties.items()]
        yield t, combined((rent, decide.rented(p, t)) for p, rent in rents if rent)
