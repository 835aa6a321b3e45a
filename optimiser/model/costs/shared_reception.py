"""The reception that a counter no longer needs once it has joined a hub; a cost below zero.

- annuity[t] gbp_per_year sum_{u,p} joins[u,p,t]        over public-facing teams u that come from elsewhere

The hub's own reception is in the cost of its fit-out and in its running cost.
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs

PAID_BY = "team"


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase; none where there can be no hub."""
    for phase in inputs.phases if inputs.hubs else ():
        t, gbp_k = phase.number, -phase.annuity * inputs.reception_gbp_per_year / 1000
        joins = decide.joins.items()
        yield t, weighted((gbp_k, joined) for (u, _, when), joined in joins if when == t and u in inputs.teams)
