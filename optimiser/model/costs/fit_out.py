"""Fitting out the space that a team moves into.

start_factor[t] gbp_per_m2 sum_{u, p /= home} m2[u] (newly assigned)[u,p,t]
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.spending import fit_outs
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs

PAID_BY = "team"


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for phase in inputs.phases:
        t, factor = phase.number, phase.start_factor
        yield t, combined((factor * gbp_k, moved) for _, gbp_k, moved in fit_outs(inputs, decide, t))
