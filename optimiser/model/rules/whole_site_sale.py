"""A site is sold only when every property on it has been left.

sold[s,t]  <=  1 - keep[p,t]                       for every site s, property p on it and phase t
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a property that could be sold and phase."""
    for p, s in inputs.sold_with.items():
        for t in decide.phases:
            yield (s, p, t), decide.sold[s, t] + decide.keep[p, t] <= 1
