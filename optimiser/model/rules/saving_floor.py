"""At the end the estate costs less a year than today by at least so much, with rent and with what stands empty.

    sum_p (holding[p] + rent[p]) keep[p,n]  +  sum_{u,p} use[p] m2[u] assign[u,p,n]
        +  sum_p void[p] (1 - keep[p,n] - sold[s(p),n])  -  reception sum_{u,p} joins[u,p,n]
        <=   today  -  least_saving                                                          at the last phase n

Counted in shares of the floor, or in thousands of pounds where that is more.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import combined, weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One, where the scenario sets a floor."""
    floor, n = inputs.goals.least_saving_gbp_per_year, decide.phases[-1]
    if floor is None:
        return
    scale, today = max(floor, 1000.0), sum(map(inputs.cost_today_gbp_per_year, inputs.properties))
    held, empty, used = [], [], []
    for p, money in inputs.properties.items():
        held.append(((money.holding_gbp_per_year + money.rent_gbp_per_year) / scale, decide.keep[p, n]))
        empty.append((money.void_gbp_per_year / scale, decide.empty(p, n)))
        rate = money.use_gbp_per_m2_per_year / scale
        used += [(rate * inputs.teams[u].need_m2, decide.assign[u, p, n]) for u in inputs.occupants.get(p, ())]
    reception = inputs.reception_gbp_per_year / scale
    joined = weighted((reception, variable) for (_, _, t), variable in decide.joins.items() if t == n)
    yield ("saving",), weighted([*held, *used]) + combined(empty) - joined <= (today - floor) / scale


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks."""
    return f"saving of at least GBP {inputs.goals.least_saving_gbp_per_year:,.0f} a year by the end"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The saving of the solution, to the thousand pounds below; no floor where it saves nothing."""
    floor = found.inputs.goals.least_saving_gbp_per_year or 0.0
    gbp = math.floor((floor - short * max(floor, 1000.0)) / 1000) * 1000
    words = f"a saving of GBP {gbp:,.0f} a year by the end instead of GBP {floor:,.0f}"
    return Give(("goals", "least_saving_gbp_per_year"), float(gbp) if gbp >= 0 else None, words)
