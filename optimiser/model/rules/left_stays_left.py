"""What has been left is not taken back, what has been sold stays sold, and a hub stays a hub.

    keep[p,t]  <=  keep[p,t-1]        sold[s,t]  >=  sold[s,t-1]        hub[p,t]  >=  hub[p,t-1]

for every property p, site s and phase t > 1.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a property or site and later phase."""
    for t in decide.phases[1:]:
        for p in inputs.properties:
            yield ("keep", p, t), decide.keep[p, t] <= decide.keep[p, t - 1]
        for s in inputs.sites:
            yield ("sold", s, t), decide.sold[s, t] >= decide.sold[s, t - 1]
        for p in inputs.hubs:
            yield ("hub", p, t), decide.hub[p, t] >= decide.hub[p, t - 1]
