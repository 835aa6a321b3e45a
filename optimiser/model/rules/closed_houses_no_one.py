"""Nobody works in a property that has been left.

    assign[u,p,t]  <=  keep[p,t]                       for every team u, candidate p and phase t

`space_not_exceeded` says so too where space is needed; kept beside it because it makes the relaxation tight.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import at_most
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a team, candidate and phase."""
    for u, p, t in decide.assign:
        yield (u, p, t), at_most(decide.assign[u, p, t], [decide.keep[p, t]])
