"""Teams that must not meet never share a property: in every phase if none do today, and otherwise at the end.

    sum_{u in g} assign[u,p,t]  <=  keep[p,t]          for every such group g of teams, property p and phase t

Over the teams of the group that could be in p. keep instead of 1 costs nothing and makes the relaxation tighter.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import total
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a group, property where two of them could be and phase."""
    for company in inputs.apart:
        places = dict.fromkeys(p for u in company.teams for p in inputs.teams[u].candidates)
        for p in places:
            rivals = [u for u in company.teams if p in inputs.teams[u].candidates]
            for t in company.phases if len(rivals) > 1 else ():
                yield (*company.teams, p, t), total(decide.assign[u, p, t] for u in rivals) <= decide.keep[p, t]


def demand(inputs: Inputs, key: Key) -> str | None:
    """The group in words."""
    return f"teams: {', '.join(f'{inputs.names[team]} ({team})' for team in key[:-2])} apart"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The teams are let meet."""
    lists = found.scenario.teams.apart
    kept = [list(teams) for teams in lists if not set(key[:-2]) <= set(teams)]
    words = f"given up: {demand(found.inputs, key)}"
    return Give(("teams", "apart"), kept, words) if len(kept) < len(lists) else None
