"""A zone that reaches a service today keeps it within the worst-case minutes.

sum_{p in worst(z)} open[v,p,t]  >=  1             for every service v, zone z reached today and phase t
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import total
from optimiser.prepare.inputs import Inputs
from optimiser.prepare.reach import farthest_minutes


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a service, distinct set of properties and phase; zones with the same set share one."""
    for v, service in inputs.reach.items():
        for number, properties in enumerate(service.lifelines):
            for t in decide.phases:
                yield (v, number, t), total(decide.open_among(v, properties, t)) >= 1


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks of a service."""
    service = inputs.reach[key[0]]
    return (
        f"{service.name}: nobody who reaches it today ends more than {service.worst_case_minutes:g} minutes away"
    )


def give(found: Found, key: Key, short: float) -> Give | None:
    """The minutes that the farthest zone has in the solution, rounded up; none where it has no way at all."""
    v, _, t = key
    service = found.inputs.reach[v]
    farthest = farthest_minutes(found.snapshot, found.scenario, v, found.offering(v, t))
    if not math.isfinite(farthest):
        return None
    return Give(
        ("services", v, "worst_case_minutes"),
        math.ceil(farthest),
        f"{service.name}: nobody who reaches it today ends more than {math.ceil(farthest)} minutes away instead of"
        f" {service.worst_case_minutes:g}",
    )
