"""What the estate costs to run: holding costs while a property is kept, use costs for the space in use.

annuity[t] ( sum_p holding[p] keep[p,t]  +  sum_{u,p} use[p] m2[u] assign[u,p,t] )
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for phase in inputs.phases:
        t, factor = phase.number, phase.annuity / 1000
        held = weighted(
            (factor * money.holding_gbp_per_year, decide.keep[p, t]) for p, money in inputs.properties.items()
        )
        rate = {p: factor * money.use_gbp_per_m2_per_year for p, money in inputs.properties.items()}
        used = weighted(
            (rate[p] * team.need_m2, decide.assign[u, p, t])
            for u, team in inputs.teams.items()
            for p in team.candidates
            if p in rate
        )
        yield t, held + used
