"""A property holds no more than its room of each kind, and nothing once left.

    sum_u need[u] assign[u,p,t]  <=  room[p,k] keep[p,t] + hub_room[p,k] hub[p,t]

over teams u that need kind k, for every p, k, t. Room is the usable share of the space, or what is in use today
where that is more; hub_room is what the same floor holds more at the hub standard of m2 a desk.
"""

from collections import defaultdict
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a property, kind of space and phase; in units of the room itself, so that figures stay near 1."""
    users = defaultdict(list)
    for p, teams in inputs.occupants.items():
        for u in teams:
            users[p, inputs.teams[u].kind].append(u)
    for (p, k), sharers in users.items():
        share = {u: inputs.teams[u].need / inputs.space[p, k] if inputs.teams[u].need else 0.0 for u in sharers}
        more = inputs.hub_space.get((p, k), 0.0)
        for t in decide.phases:
            room = decide.keep[p, t] + more / inputs.space[p, k] * decide.hub[p, t] if more else decide.keep[p, t]
            yield (p, k, t), weighted((share[u], decide.assign[u, p, t]) for u in sharers) <= room
