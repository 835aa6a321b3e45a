"""Agents, auction and legal work of each sale or transfer.

receipt_factor[t] ( sum_s (fixed + share value[s]) (newly sold)[s,t]
                   + sum_p (fixed + share price[p]) (newly transferred)[p,t] )
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    rates = inputs.rates
    costs = {s: inputs.sale_cost_gbp(s) / 1000 for s in inputs.sites}
    given = {
        p: (rates.sale_cost_fixed_gbp + rates.sale_cost_share * price) / 1000
        for p, price in inputs.transfers.items()
    }
    for phase in inputs.phases:
        t = phase.number
        sales = [(phase.receipt_factor * cost, decide.sells(s, t)) for s, cost in costs.items()]
        transfers = [(phase.receipt_factor * cost, decide.transfers(p, t)) for p, cost in given.items()]
        yield t, combined([*sales, *transfers])
