"""What is sold by the end brings at least so much, in real terms and before the costs of sale.

    sum_s value[s] sold[s,n]  +  sum_p price[p] transfer[p,n]  >=  least_receipts          at the last phase n

Counted in shares of the floor.
"""

from collections.abc import Iterator

from pulp import LpConstraint, lpSum

from optimiser.model.decisions import Decisions, Key
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One, where the scenario sets a floor."""
    floor, last = inputs.goals.least_receipts_gbp, decide.phases[-1]
    if floor:
        sales = [inputs.site_value_gbp(s) / floor * decide.sold[s, last] for s in inputs.sites]
        given = [price / floor * decide.transfer[p, last] for p, price in inputs.transfers.items()]
        yield ("receipts",), lpSum([*sales, *given]) >= 1


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks."""
    return f"receipts of at least GBP {inputs.goals.least_receipts_gbp:,.0f}"
