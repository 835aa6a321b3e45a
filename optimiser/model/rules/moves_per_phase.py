"""No more people move in a phase than can be delivered in its years.

    sum_{u,p} fte[u] arrives[u,p,t]  <=  most_per_year years[t]          for every phase t

arrives[u,p,t] is 1 in the phase at whose start team u moves to p. Counted in shares of the limit.
"""

from collections.abc import Iterator

from pulp import LpConstraint, lpSum

from optimiser.model.decisions import Decisions, Key
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a phase, where the scenario sets a limit."""
    most = inputs.moves.most_people_per_year
    if most is None:
        return
    for phase in inputs.phases:
        limit = most * phase.years
        share = 1 / max(limit, 1.0)
        moved = lpSum(share * inputs.teams[u].fte * arrives for u, _, arrives in decide.arrivals(phase.number))
        yield (phase.number,), moved <= share * limit


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks."""
    return f"moves: no more than {inputs.moves.most_people_per_year:,g} people (FTE) a year"
