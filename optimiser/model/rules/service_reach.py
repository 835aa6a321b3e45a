"""Each service keeps its share of people within the standard's minutes.

    always[v] + sum_g people[v,g] reached[v,g,t]  >=  required[v]
    reached[v,g,t]  <=  sum_{p in near(g)} open[v,p,t]
    open[v,p,t]     <=  sum_{u of v} assign[u,p,t]

for every service v, group of zones g, property p and phase t. required[v] is the smaller of the target and
today's reach less the tolerance. People are whole, so half a person of slack keeps the rule exact whatever the
solver's rounding; they are counted in thousands to keep figures near 1.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import at_most, weighted
from optimiser.prepare.inputs import Inputs
from optimiser.prepare.standards import standards


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a service and phase, one a group of zones, one a place where the service could be."""
    for (v, p), teams in inputs.offers.items():
        for t in decide.phases:
            yield (v, p, t), at_most(decide.open[v, p, t], (decide.assign[u, p, t] for u in teams))
    for v, service in inputs.reach.items():
        for t in decide.phases:
            for g, (_, near) in enumerate(service.groups):
                yield (v, g, t), at_most(decide.reached[v, g, t], decide.open_among(v, near, t))
            people = weighted((n / 1000, decide.reached[v, g, t]) for g, (n, _) in enumerate(service.groups))
            yield (v, t), people >= (service.required - service.always_reached - 0.5) / 1000


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks of a service; the lines that only count people ask nothing."""
    if len(key) != 2:
        return None
    service = inputs.reach[key[0]]
    share, today = service.required / service.people, service.reached_today / service.people
    return (
        f"{service.name}: {share:.1%} of people within {service.within} (today {today:.1%}; {service.required_by})"
    )


def give(found: Found, key: Key, short: float) -> Give | None:
    """The share of people that is reached in the solution, to the tenth of a per cent below."""
    v, t = key
    service = found.inputs.reach[v]
    reached = service.always_reached + sum(
        n for (n, _), near in zip(service.groups, found.reached(v, t), strict=True) if near
    )
    share = math.floor(reached / service.people * 1000) / 1000
    if share >= standards(found.snapshot, found.scenario)[v].share:
        return None
    return Give(
        ("services", v, "share_of_population"),
        share,
        f"{service.name}: {share:.1%} of people within {service.within} instead of"
        f" {service.required / service.people:.1%} (today {service.reached_today / service.people:.1%})",
    )
