"""Up to every phase no more is spent once than new funding and receipts that have arrived pay for.

    sum_{r <= t} (moves + fit_outs + hubs + exits)[r]
        <=  sum_{r <= t} funding[r]  +  sum_s recycled[s] sold[s,paid(t)]  +  sum_p recycled[p] transfer[p,paid(t)]

for every phase t. What a phase does not spend is carried over to the next. paid(t) is the last phase whose sales
have been paid by the start of t, where spending falls. recycled[s] is the scenario's share of a price after its
costs of sale or transfer. The scenario says which kinds of spending it pays for. Real terms, not discounted.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint, lpSum

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.spending import KINDS
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a phase, GBP k; none where the scenario sets no budget."""
    if budget := inputs.budget:
        spent = lpSum([])
        for t in decide.phases:
            spent += lpSum(
                gbp_k * happens for kind in budget.pays_for for _, gbp_k, happens in KINDS[kind](inputs, decide, t)
            )
            paid = budget.paid_up.get(t)
            arrived = [gbp_k * decide.sold[s, paid] for s, gbp_k in budget.receipts_gbp_k.items() if paid]
            arrived += [gbp_k * decide.transfer[p, paid] for p, gbp_k in budget.transfers_gbp_k.items() if paid]
            so_far = lpSum(gbp_k * variable for variable, gbp_k in spent.items() if gbp_k) + spent.constant
            yield (t,), so_far - lpSum(arrived) <= sum(budget.funding_gbp_k[:t])


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario allows."""
    gbp_k = sum(inputs.budget.funding_gbp_k[: key[0]]) if inputs.budget else 0.0
    return f"budget: GBP {gbp_k:,.0f}k of new money up to phase {key[0]}, and receipts that are in by then"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The new money that the solution needs by the phase, to the thousand pounds above."""
    if found.inputs.budget is None:
        return None
    t, sums = key[0], list(found.scenario.capital.new_funding_gbp)
    asked = 1000 * sum(found.inputs.budget.funding_gbp_k[:t])
    more = math.ceil(asked / 1000 + short - 1e-6) * 1000 - sum(sums[:t])
    if more <= 0:
        return None
    sums[t - 1] += more
    needed = f"GBP {sum(sums[:t]) / 1000:,.0f}k of new money up to phase {t}"
    words = f"budget: {needed} instead of GBP {asked / 1000:,.0f}k"
    return Give(("capital", "new_funding_gbp"), sums, words)
