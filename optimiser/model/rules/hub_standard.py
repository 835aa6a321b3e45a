"""A hub is kept, and at least so many partners work in it.

    hub[p,t]        <=  keep[p,t]
    partner[o,p,t]  <=  sum_{u of o} assign[u,p,t]
    sum_o partner[o,p,t]  >=  partners hub[p,t]

for every organisation o, property p that may be a hub and phase t. Its standard size is in the data: only a
property with as much office floor as the scenario asks may be a hub.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import at_most, total
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """Two a property that may be a hub and phase, and one an organisation that could be there."""
    for p, hub in inputs.hubs.items():
        for t in decide.phases:
            yield (p, t), decide.hub[p, t] <= decide.keep[p, t]
            for o, teams in hub.teams.items():
                yield (o, p, t), at_most(decide.partner[o, p, t], (decide.assign[u, p, t] for u in teams))
            there = total(decide.partner[o, p, t] for o in hub.teams)
            yield ("partners", p, t), there >= inputs.hub_partners * decide.hub[p, t]


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks of a hub; the other lines only say what a hub is."""
    return f"hubs: at least {inputs.hub_partners} partners in each" if key[0] == "partners" else None


def give(found: Found, key: Key, short: float) -> Give | None:
    """Fewer partners are enough."""
    enough = max(1, found.inputs.hub_partners - math.ceil(short - 1e-6))
    if enough >= found.scenario.hubs.partners:
        return None
    words = f"hubs: at least {enough} partners in each instead of {found.inputs.hub_partners}"
    return Give(("hubs", "partners"), enough, words)
