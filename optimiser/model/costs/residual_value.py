"""Value used up: what the estate is worth at the start less what of it is still owned at the horizon.

    sum_p value[p]  -  end_factor sum_p value[p] (1 - sold[s(p),n] - transfer[p,n])

Without the second part a model sells everything. The first is a constant: it makes the total the whole cost of
having the estate, so that a gap in per cent is a share of a cost and not of a difference of two large sums.
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, in the last phase."""
    last = decide.phases[-1]
    worth = sum(money.value_gbp for money in inputs.properties.values()) / 1000
    sold = weighted((inputs.site_value_gbp(s) / 1000, decide.sold[s, last]) for s in inputs.sites)
    given = weighted((inputs.properties[p].value_gbp / 1000, decide.transfer[p, last]) for p in inputs.transfers)
    yield last, worth * (1 - inputs.end_factor) + inputs.end_factor * (sold + given)
