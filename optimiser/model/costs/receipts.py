"""The price of what is sold, when it arrives; a cost below zero.

- receipt_factor[t] ( sum_s value[s] (newly sold)[s,t]  +  sum_p price[p] (newly transferred)[p,t] )
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    values = {s: inputs.site_value_gbp(s) / 1000 for s in inputs.sites}
    for phase in inputs.phases:
        t = phase.number
        sales = combined((-phase.receipt_factor * value, decide.sells(s, t)) for s, value in values.items())
        prices = [(p, gbp / 1000) for p, gbp in inputs.transfers.items()]
        yield t, sales - combined((phase.receipt_factor * price, decide.transfers(p, t)) for p, price in prices)
