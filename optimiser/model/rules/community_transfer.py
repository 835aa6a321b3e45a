"""A property goes to the community only once it is left, for good, and never if its site is sold.

    keep[p,t]  +  transfer[p,t]  +  sold[s(p),t]  <=  1
    transfer[p,t]  >=  transfer[p,t-1]

for every property p whose transfer the scenario allows and phase t.
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import total
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a property that may be transferred and phase, and one a later phase."""
    for (p, t), transferred in decide.transfer.items():
        sale = [decide.sold[inputs.sold_with[p], t]] if p in inputs.sold_with else []
        yield ("way out", p, t), total([decide.keep[p, t], transferred, *sale]) <= 1
        if t > 1:
            yield ("for good", p, t), transferred >= decide.transfer[p, t - 1]
