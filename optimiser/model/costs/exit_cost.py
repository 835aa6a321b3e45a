"""Giving back what is leased: rent to the next break or expiry, and dilapidations.

start_factor[t] sum_p exit[p,t] (lease newly ended)[p,t]

A lease ends as its property is left, unless the scenario lets it stand empty (rule lease_events).
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.spending import exits
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for phase in inputs.phases:
        t, factor = phase.number, phase.start_factor
        yield t, combined((factor * gbp_k, ended) for _, gbp_k, ended in exits(inputs, decide, t))
