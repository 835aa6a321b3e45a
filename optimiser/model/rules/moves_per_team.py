"""A team moves no more often than the scenario allows: once, unless it may go by a temporary place (decant).

Once: it never comes back home, and where it has gone it stays

    assign[u,home,t]  <=  assign[u,home,t-1]
    assign[u,p,t-1]   <=  assign[u,p,t]                for every team u, other candidate p and phase t > 1

More than once: every arrival counts, also that back home

    assign[u,p,t]  <=  assign[u,p,t-1] + arrive[u,p,t]           for every team u, candidate p and phase t > 1
    sum_{p /= home} assign[u,p,1]  +  sum_{p, t > 1} arrive[u,p,t]  <=  most_per_team          for every team u
"""

from collections import defaultdict
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import at_most, combined
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a team, candidate and later phase, and one a team that may move more often; none with one phase."""
    for u, p, t in decide.assign:
        if t > 1:
            now, before = decide.assign[u, p, t], decide.assign[u, p, t - 1]
            if (u, p, t) in decide.arrive:
                yield (u, p, t), at_most(now, [before, decide.arrive[u, p, t]])
            elif p == inputs.teams[u].home:
                yield (u, p, t), at_most(now, [before])
            else:
                yield (u, p, t), at_most(before, [now])
    moves = defaultdict(list)
    for t in decide.phases if decide.arrive else ():
        for u, _, arrives in decide.arrivals(t):
            moves[u].append((1.0, arrives))
    for u, found in moves.items():
        yield (u,), combined(found) <= inputs.moves.most_per_team
