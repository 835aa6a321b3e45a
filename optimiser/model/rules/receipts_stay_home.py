"""Receipts pay for the owner's own spending, but for the share of them that the partners have pooled.

    sum_{r <= t} sum_k spend[o's receipts,o,k,r]  <=  (1 - pooled) receipts[o,t]
    sum_{r <= t} sum_{o,k} spend[pool,o,k,r]      <=  pooled sum_o receipts[o,t]

    receipts[o,t]  =  sum_s recycled[s,o] sold[s,paid(t)]  +  sum_{p of o} recycled[p] transfer[p,paid(t)]

for every owner o and phase t. paid(t) is the last phase whose sales have been paid by the start of t.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import total, weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a pot of receipts and phase, GBP k; none where money has no strings."""
    budget = inputs.budget
    for f, fund in budget.funds.items() if budget else ():
        for t in decide.phases if budget and fund.receipts_share else ():
            paid = total(one for r in decide.phases[:t] for one in decide.payments(r, fund=f))
            arrived = weighted(
                (fund.receipts_share * gbp_k, changed_hands)
                for owner, gbp_k, changed_hands in decide.receipts_by(t)
                if fund.receipts_of in (None, owner)
            )
            yield (f, t), paid - arrived <= 0
