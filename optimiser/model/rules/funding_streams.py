"""Every pound that is spent once comes from a pot that may pay for it, and that has it.

    sum_f spend[f,o,k,t]  =  spending[o,k,t]
    sum_{r <= t} sum_{o,k} spend[f,o,k,r]  <=  sum_{r <= t} money[f,r]

for every organisation o, kind k, pot f and phase t. There is a spend[f,o,k,t] only where the strings of f let it
pay for kind k of organisation o. The money of a year may be spent from the phase on that the year is in. Pots of
receipts have their limit in receipts_stay_home. GBP k, real terms.
"""

from collections import defaultdict
from collections.abc import Iterator

from pulp import LpAffineExpression, LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give, new_money
from optimiser.model.spending import KINDS
from optimiser.model.terms import combined, total
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One an organisation, kind of spending and phase, one a pot and phase; none where money has no strings."""
    if inputs.budget is None or not inputs.budget.funds:
        return
    for t in decide.phases:
        for kind in inputs.budget.pays_for:
            spent: dict[str, list[tuple[float, LpAffineExpression]]] = defaultdict(list)
            for body, gbp_k, happens in KINDS[kind](inputs, decide, t):
                spent[body].append((gbp_k, happens))
            for body in inputs.partners.organisations:
                paid = total(decide.payments(t, item=(body, kind)))
                yield (body, kind, t), paid - combined(spent[body]) == 0
        for f, fund in inputs.budget.funds.items():
            if not fund.receipts_share:
                so_far = total(one for r in decide.phases[:t] for one in decide.payments(r, fund=f))
                yield (f, t), so_far <= sum(fund.gbp_k[:t])


def demand(inputs: Inputs, key: Key) -> str | None:
    """The new money that the scenario gives; what the register's streams hold, nobody asks."""
    if key[0] != "new" or inputs.budget is None:
        return None
    return f"budget: GBP {sum(inputs.budget.new_gbp_k[: key[1]]):,.0f}k of new money up to phase {key[1]}"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The new money that the solution needs by the phase."""
    return new_money(found, key[1], short)
