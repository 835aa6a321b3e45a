"""A counter has joined a hub only where it works in a property that is one.

joins[u,p,t]  <=  assign[u,p,t]        joins[u,p,t]  <=  hub[p,t]

for every public-facing team u, property p that is not its home and may be a hub, and phase t.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """Two a counter, property and phase."""
    for u, p, t in decide.joins:
        yield ("works there", u, p, t), decide.joins[u, p, t] <= decide.assign[u, p, t]
        yield ("is a hub", u, p, t), decide.joins[u, p, t] <= decide.hub[p, t]
