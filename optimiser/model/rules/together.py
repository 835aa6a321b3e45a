"""Teams that belong together share a property: in every phase if they do today, and otherwise at the end.

    assign[u,p,t]  =  assign[w,p,t]             for every such pair of teams u, w, every property p and phase t

Where only one of the two could be in p, the other's place is taken as 0.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a pair, property where either could be and phase."""
    for company in inputs.together:
        first, *others = company.teams
        for other in others:
            places = (*inputs.teams[first].candidates, *inputs.teams[other].candidates)
            for p in dict.fromkeys(places):
                for t in company.phases:
                    one, two = decide.assign.get((first, p, t), 0), decide.assign.get((other, p, t), 0)
                    yield (first, other, p, t), one - two == 0


def demand(inputs: Inputs, key: Key) -> str | None:
    """The pair in words."""
    one, two = (f"{inputs.names[team]} ({team})" for team in key[:2])
    return f"teams: {one} and {two} together"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The teams are let part."""
    lists = found.scenario.teams.together
    kept = [list(teams) for teams in lists if not set(key[:-2]) <= set(teams)]
    words = f"given up: {demand(found.inputs, key)}"
    return Give(("teams", "together"), kept, words) if len(kept) < len(lists) else None
