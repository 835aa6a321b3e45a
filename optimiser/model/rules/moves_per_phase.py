"""No more people move in a phase than can be delivered in its years.

    sum_{u,p} fte[u] arrives[u,p,t]  <=  most_per_year years[t]          for every phase t

arrives[u,p,t] is 1 in the phase at whose start team u moves to p. Counted in shares of the limit.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a phase, where the scenario sets a limit."""
    most = inputs.moves.most_people_per_year
    if most is None:
        return
    for phase in inputs.phases:
        limit = most * phase.years
        share = 1 / max(limit, 1.0)
        arrivals = decide.arrivals(phase.number)
        moved = combined((share * inputs.teams[u].fte, arrives) for u, _, arrives in arrivals)
        yield (phase.number,), moved <= share * limit


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks."""
    return f"moves: no more than {inputs.moves.most_people_per_year:,g} people (FTE) a year"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The people whom the solution moves a year in its busiest phase, rounded up."""
    asked, allowed = found.inputs.moves.most_people_per_year, found.scenario.moves.most_people_per_year
    years = next(phase.years for phase in found.inputs.phases if phase.number == key[0])
    if asked is None or allowed is None:
        return None
    people = math.ceil(asked + short * max(asked * years, 1.0) / years - 1e-6)
    if people <= allowed:
        return None
    words = f"moves: {people:,} people (FTE) a year instead of {asked:,g}"
    return Give(("moves", "most_people_per_year"), people, words)
