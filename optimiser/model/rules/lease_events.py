"""A lease ends when its property is left or, where the scenario allows it to stand empty, in a later phase.

    lease_out[p,t]  +  keep[p,t]    <=  1
    lease_out[p,t]  -  lease_out[p,t-1]  >=  0
    lease_out[p,n]  +  keep[p,n]     =  1                    at the last phase n

for every leased property p that may stand empty and phase t. Ending it at the start of t costs exit[p,t]: rent to
the first break that notice allows or to expiry, at the surrender share, and repairs. Until then rent and void cost
run on.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """Two a leased property and phase; none where a lease ends as the property is left."""
    last = decide.phases[-1]
    for (p, t), ended in decide.lease_out.items():
        held = ended + decide.keep[p, t]
        yield ("held", p, t), held == 1 if t == last else held <= 1
        if t > 1:
            yield ("ended", p, t), ended >= decide.lease_out[p, t - 1]
