"""What the carbon of the energy in use is worth to society, where the scenario asks for it.

    sum_p mwh[p] gbp_per_mwh[t] keep[p,t]

gbp_per_mwh[t] sums over the years of phase t the dated factor times the dated carbon value, discounted.
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    used = [(p, mwh) for p, mwh in inputs.carbon.mwh.items() if p in inputs.properties]
    for t, gbp_per_mwh in zip(decide.phases, inputs.carbon.gbp_per_mwh, strict=True):
        worth = gbp_per_mwh / 1000
        yield t, weighted((worth * mwh, decide.keep[p, t]) for p, mwh in (used if worth else ()))
