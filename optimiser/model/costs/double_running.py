"""A property that people move out of is still paid for during the months of overlap, as if it were in use.

    start_factor[t] sum_p months/12 (holding[p] - void[p]) (newly left)[p,t]        over properties p in use today

void[p] is what an emptied property costs in any case: the overlap costs the rest. Rent is not in it: what is owed
to the next event of a lease is in `exit_cost`.
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    overlaps = [(p, money.overlap_gbp / 1000) for p, money in inputs.properties.items() if money.overlap_gbp]
    for phase in inputs.phases:
        t, factor = phase.number, phase.start_factor
        yield t, combined((factor * gbp_k, decide.leaves(p, t)) for p, gbp_k in overlaps)
