"""What is sold by the end brings at least so much, in real terms and before the costs of sale.

    sum_s value[s] sold[s,n]  +  sum_p price[p] transfer[p,n]  >=  least_receipts          at the last phase n

Counted in shares of the floor.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One, where the scenario sets a floor."""
    floor, last = inputs.goals.least_receipts_gbp, decide.phases[-1]
    if floor:
        sales = [(inputs.site_value_gbp(s) / floor, decide.sold[s, last]) for s in inputs.sites]
        given = [(price / floor, decide.transfer[p, last]) for p, price in inputs.transfers.items()]
        yield ("receipts",), weighted([*sales, *given]) >= 1


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks."""
    return f"receipts of at least GBP {inputs.goals.least_receipts_gbp:,.0f}"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The receipts of the solution, to the thousand pounds below."""
    floor = found.inputs.goals.least_receipts_gbp or 0.0
    gbp = max(0.0, math.floor(floor * (1 - short) / 1000) * 1000)
    words = f"receipts of GBP {gbp:,.0f} instead of GBP {floor:,.0f}"
    return Give(("goals", "least_receipts_gbp"), gbp, words)
