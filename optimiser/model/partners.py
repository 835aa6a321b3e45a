"""What the estate costs each partner: its own costs, charges between hosts and guests, its share of receipts."""

import sys
from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.build import Cost, cost_book
from optimiser.model.decisions import Decisions
from optimiser.model.terms import combined, weighted
from optimiser.prepare.inputs import Inputs

_RECEIPTS = ("receipts", "disposal_cost")  # what a pooled share is pooled of


def net_cost(inputs: Inputs, decide: Decisions, organisation: str) -> LpAffineExpression:
    """GBP k of present value over the horizon, of what it holds and of its teams.

    A cost is borne by the owner of the property, or where its file says by the team's organisation ("team")
    or by no partner ("public"). Guests pay their host the occupation charge. The pooled share of each receipt,
    less its costs, is given out as the partners have agreed.
    """
    partners, share = inputs.partners, inputs.partners.pooled_share
    own = [(1.0, charges(inputs, decide, organisation))]
    for name, cost in cost_book().items():
        if _paid_by(cost) == "public":
            continue
        pooled = share if name in _RECEIPTS else 0.0
        own += [(1 - pooled, term) for _, term in cost(_borne_by(inputs, cost, organisation), decide)]
        if pooled:
            given = pooled * partners.receipt_shares.get(organisation, 0.0)
            own += [(given, term) for _, term in cost(inputs, decide)]
    return combined(own)


def charges(inputs: Inputs, decide: Decisions, organisation: str) -> LpAffineExpression:
    """GBP k of present value that an organisation pays its hosts, less what its guests pay it.

    annuity[t] sum_{u,p} charge[p] m2[u] assign[u,p,t]        over teams u in a property p of another organisation
    """
    annuities = [(phase.number, phase.annuity / 1000) for phase in inputs.phases]
    return weighted(
        (sign * annuity * gbp_per_year, decide.assign[u, p, t])
        for u, p, sign, gbp_per_year in _lettings(inputs, organisation)
        for t, annuity in annuities
    )


def _lettings(inputs: Inputs, organisation: str) -> Iterator[tuple[str, str, int, float]]:
    """Team, property, 1 where the organisation pays and -1 where it is paid, and GBP a year."""
    for u, team in inputs.teams.items():
        for p in team.candidates:
            if (team.organisation == organisation) != (inputs.owners[p] == organisation):
                sign = 1 if team.organisation == organisation else -1
                yield u, p, sign, inputs.partners.charge_gbp_per_m2[p] * team.need_m2


def _borne_by(inputs: Inputs, cost: Cost, organisation: str) -> Inputs:
    by_team = _paid_by(cost) == "team"
    return inputs.with_teams_of(organisation) if by_team else inputs.with_properties_of(organisation)


def _paid_by(cost: Cost) -> str:
    return str(getattr(sys.modules[cost.__module__], "PAID_BY", "owner"))
