"""Up to every phase no more is spent once than new funding and receipts that have arrived pay for.

    sum_{r <= t} (moves + fit_outs + hubs + exits)[r]
        <=  sum_{r <= t} funding[r]  +  sum_s recycled[s] sold[s,paid(t)]  +  sum_p recycled[p] transfer[p,paid(t)]

for every phase t. What a phase does not spend is carried over to the next. paid(t) is the last phase whose sales
have been paid by the start of t, where spending falls. recycled[s] is the scenario's share of a price after its
costs of sale or transfer. The scenario says which kinds of spending it pays for. Real terms, not discounted.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give, new_money
from optimiser.model.spending import KINDS
from optimiser.model.terms import combined, total, weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a phase, GBP k; none where the scenario sets no budget."""
    if budget := inputs.budget:
        spent = total([])
        for t in decide.phases:
            bills = (bill for kind in budget.pays_for for bill in KINDS[kind](inputs, decide, t))
            spent = combined([(1.0, spent), *((gbp_k, happens) for _, gbp_k, happens in bills)])
            arrived = weighted((gbp_k, changed_hands) for _, gbp_k, changed_hands in decide.receipts_by(t))
            yield (t,), spent - arrived <= sum(budget.funding_gbp_k[:t])


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario allows."""
    gbp_k = sum(inputs.budget.funding_gbp_k[: key[0]]) if inputs.budget else 0.0
    return f"budget: GBP {gbp_k:,.0f}k of new money up to phase {key[0]}, and receipts that are in by then"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The new money that the solution needs by the phase; where money has strings, funding_streams says so."""
    strings = found.inputs.budget is None or found.inputs.budget.funds
    return None if strings else new_money(found, key[0], short)
