"""What the public's way to a service costs them more than today's, where the scenario counts their visits.

    annuity[t] sum_{v,z} rate[v,z] ( first[v,z] - today[v,z] + sum_m (next[v,z,m] - m) farther[v,z,m,t] )

rate[v,z] is people x visits a year x both ways x the value of time, in GBP a minute. today, first, m and next are
whole minutes: to the nearest place today, to the nearest that there could be, to each further one, and to the one
after it or, at last, to the nearest outside the decision or the worst case, where travel ends to be counted. A
nearer place brings money in. No partner bears it.
"""

from collections.abc import Iterator
from itertools import pairwise

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs

PAID_BY = "public"


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    steps, unavoidable_gbp_per_year = [], 0.0
    for (v, z), trips in inputs.trips.items():
        ends = [*(minutes for minutes, _ in trips.rings), trips.most_minutes]
        unavoidable_gbp_per_year += trips.gbp_per_minute * (ends[0] - trips.minutes_today)
        steps += [(v, z, m, trips.gbp_per_minute * (after - m) / 1000) for m, after in pairwise(ends)]
    for phase in inputs.phases:
        t, annuity = phase.number, phase.annuity
        further = weighted((annuity * gbp_k, decide.farther[v, z, m, t]) for v, z, m, gbp_k in steps)
        yield t, further + annuity * unavoidable_gbp_per_year / 1000
