"""Each protected group keeps its own reach of each service: it falls by no more than the tolerance.

    always[v,h] + sum_g count[v,h,g] reached[v,g,t]  >=  required[v,h]

for every service v, protected group h (most deprived fifth, over-65s, households without a car) and phase t.
required[v,h] is the group's reach today less the tolerance times the group. Counts are whole and in thousands,
with half of one as slack, as in `service_reach`, which also says what reached means.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs

WORDS = {
    "most_deprived_fifth": "people of the most deprived fifth of zones",
    "over_65s": "people of 65 and over",
    "no_car": "households without a car",
}


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a service, protected group and phase, where closures could matter to the group."""
    for v, service in inputs.reach.items():
        for group in service.protected:
            needed = (group.required - group.always_reached - 0.5) / 1000
            for t in decide.phases if needed > 0 else ():
                reached = weighted((n / 1000, decide.reached[v, g, t]) for g, n in enumerate(group.counts) if n)
                yield (v, group.group, t), reached >= needed


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks for the group."""
    service = inputs.reach[key[0]]
    group = next(found for found in service.protected if found.group == key[1])
    return (
        f"{service.name}: {group.required / group.total:.1%} of {WORDS[group.group]} within {service.within}"
        f" (today {group.reached_today / group.total:.1%})"
    )


def give(found: Found, key: Key, short: float) -> Give | None:
    """The tolerance that the solution needs, to the tenth of a per cent above."""
    v, name, t = key
    service = found.inputs.reach[v]
    group = next(of for of in service.protected if of.group == name)
    near = found.reached(v, t)
    reached = group.always_reached + sum(n for n, is_near in zip(group.counts, near, strict=True) if is_near)
    tolerance = math.ceil((group.reached_today - reached) / group.total * 1000) / 1000
    asked = found.scenario.protected.tolerance
    if tolerance <= asked:
        return None
    return Give(
        ("protected", "tolerance"),
        tolerance,
        f"{service.name}: the reach of {WORDS[name]} may fall by {tolerance:.1%} instead of {asked:.1%}",
    )
