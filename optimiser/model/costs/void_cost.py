"""A property that has been left costs something until its site is sold and the money is in.

annuity[t] sum_p void[p] (1 - keep[p,t] - sold[s(p),t])  +  lag_annuity[t] sum_p void[p] (newly sold)[s(p),t]

Less transfer[p,t], from when on the community bears it; and lease_out[p,t] where a lease may outlast the leaving.
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    voids = {
        p: money.void_gbp_per_year / 1000 for p, money in inputs.properties.items() if money.void_gbp_per_year
    }
    for phase in inputs.phases:
        t = phase.number
        empty = combined((phase.annuity * void, decide.empty(p, t)) for p, void in voids.items())
        selling = combined(
            (phase.lag_annuity * void, decide.sells(inputs.sold_with[p], t))
            for p, void in voids.items()
            if p in inputs.sold_with
        )
        yield t, empty + selling
