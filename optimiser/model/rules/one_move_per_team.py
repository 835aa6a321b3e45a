"""A team moves once at the most: it never comes back home, and where it has gone it stays.

assign[u,home,t]  <=  assign[u,home,t-1]
assign[u,p,t]     >=  assign[u,p,t-1]              for every other candidate p, for every team u and phase t > 1
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a team, candidate and later phase; none in a scenario of one phase."""
    for u, p, t in decide.assign:
        if t > 1:
            now, before = decide.assign[u, p, t], decide.assign[u, p, t - 1]
            yield (u, p, t), now <= before if p == inputs.teams[u].home else now >= before
