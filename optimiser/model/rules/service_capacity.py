"""The counters of a service have room for enough of the people within its minutes.

    sum_{g,p} served[v,g,p,t]  >=  required[v]
    sum_{p in near(g)} served[v,g,p,t]  <=  people[v,g]
    sum_g served[v,g,p,t]  <=  fixed[v,p]  +  sum_{u of v} room[u] assign[u,p,t]

for every service v whose counters can be full, group of zones g, property p near it, in the decision or outside,
and phase t. room[u] is the whole people whom team u can serve: its m2 x people_per_m2; fixed[v,p] the same of the
teams outside the decision. required[v] is the smaller of the target and, less the tolerance, the most people that
today's counters can serve. People are whole, so half a person of slack is exact; they are counted in thousands.
"""

import math
from collections import defaultdict
from collections.abc import Iterator

from pulp import LpConstraint, LpVariable

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import total, weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a service and phase, one a group of zones, one a place, where counters can be full."""
    of_service: dict[Key, list[LpVariable]] = defaultdict(list)
    of_group: dict[Key, list[LpVariable]] = defaultdict(list)
    of_place: dict[Key, list[LpVariable]] = defaultdict(list)
    for (v, g, p, t), variable in decide.served.items():
        of_service[v, t].append(variable)
        of_group[v, g, t].append(variable)
        of_place[v, p, t].append(variable)
    for (v, p, t), people in of_place.items():
        capacity = inputs.capacity[v]
        room = [(-capacity.team_people[u] / 1000, decide.assign[u, p, t]) for u in inputs.offers.get((v, p), ())]
        yield (v, p, t), weighted([*((1.0, x) for x in people), *room]) <= capacity.fixed_people.get(p, 0) / 1000
    for (v, g, t), people in of_group.items():
        yield (v, g, t), total(people) <= inputs.capacity[v].groups[g][0] / 1000
    for v, capacity in inputs.capacity.items():
        for t in decide.phases:
            yield (v, t), total(of_service[v, t]) >= (capacity.required - 0.5) / 1000


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks of a service; the lines that only count people ask nothing."""
    if len(key) != 2:
        return None
    capacity = inputs.capacity[key[0]]
    share, today = capacity.required / capacity.people, capacity.served_today / capacity.people
    return (
        f"{capacity.name}: room at open counters for {share:.1%} of people within {capacity.within}"
        f" (today {today:.1%})"
    )


def give(found: Found, key: Key, short: float) -> Give | None:
    """The share of people who are served in the solution, to the tenth of a per cent below."""
    v, t = key
    capacity = found.inputs.capacity[v]
    served = sum(capacity.served({u: found.place[u, t] for u in capacity.team_people}).values())
    share = math.floor(served / capacity.people * 1000) / 1000
    asked = found.scenario.services[v].share_served
    if asked is not None and share >= asked:
        return None
    return Give(
        ("services", v, "share_served"),
        share,
        f"{capacity.name}: room at open counters for {share:.1%} of people instead of"
        f" {capacity.required / capacity.people:.1%} (today {capacity.served_today / capacity.people:.1%})",
    )
