"""Staff of a team that works away from its home of today travel further.

    annuity[t] rate sum_{u, p /= home} fte[u] km[u,p] assign[u,p,t]

km[u,p] is the straight line from home to p times the circuity: what the journey is longer by at the most. The rate
is in GBP a year for one full-time equivalent and km; the scenario sets it.
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs

PAID_BY = "team"


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    travel = [(u, p, gbp / 1000) for (u, p), gbp in inputs.staff_travel_gbp.items() if u in inputs.teams]
    for phase in inputs.phases:
        t, annuity = phase.number, phase.annuity
        yield t, weighted((annuity * gbp_k, decide.assign[u, p, t]) for u, p, gbp_k in travel)
