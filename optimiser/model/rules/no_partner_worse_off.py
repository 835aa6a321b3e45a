"""No partner's estate costs it more than today's would: no cost is shunted to another body.

    net_cost[o]  <=  net_cost[o] of today's estate kept as it is          for every organisation o

net_cost[o] is a present value: every cost of what o holds and of its teams, plus what its teams pay their hosts,
less what its guests pay it, with its agreed share of receipts. A guest pays charge[p] a year for each m2 it needs:

    charge[p]  =  use[p]  +  (holding[p] + rent[p]) / space_m2[p]
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.partners import net_cost
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One an organisation, GBP k; none unless the scenario asks for it."""
    for organisation in inputs.partners.organisations if inputs.partners.none_worse_off else ():
        terms = [(variable, gbp_k) for variable, gbp_k in net_cost(inputs, decide, organisation).items() if gbp_k]
        today = sum(gbp_k for variable, gbp_k in terms if variable.name in decide.names_today)
        yield (organisation,), weighted((gbp_k, variable) for variable, gbp_k in terms) <= today


def demand(inputs: Inputs, key: Key) -> str | None:
    """What the scenario asks."""
    return f"partners: {inputs.partners.names[key[0]]} ({key[0]}) is no worse off than today"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The promise is given up for all: what one partner loses by it is said."""
    if not found.scenario.partners.none_worse_off:
        return None
    lost = f"{found.inputs.partners.names[key[0]]} ({key[0]}) would be GBP {short:,.0f}k worse off"
    return Give(("partners", "none_worse_off"), False, f"given up: no partner is worse off; {lost}")
