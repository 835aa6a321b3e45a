"""Every team works somewhere, in each phase in one place.

sum_p assign[u,p,t]  =  1                          for every team u and phase t
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import total
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a team and phase."""
    for u, team in inputs.teams.items():
        for t in decide.phases:
            yield (u, t), total(decide.assign[u, p, t] for p in team.candidates) == 1
