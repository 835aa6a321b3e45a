"""Fitting out office floor as a shared hub, beside the light refit that every team moving in pays for.

start_factor[t] sum_p floor_m2[p] gbp_per_m2 (newly a hub)[p,t]
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.spending import hubs
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase; none where there can be no hub."""
    for phase in inputs.phases if inputs.hubs else ():
        t, factor = phase.number, phase.start_factor
        yield t, combined((factor * gbp_k, fitted_out) for _, gbp_k, fitted_out in hubs(inputs, decide, t))
