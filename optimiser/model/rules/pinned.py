"""What the asset manager has decided already.

keep[p,t] = 1 for every phase t        keep[p,n] = 0 at the end        hub[p,n] = 1 at the end
assign[u,home,t] = 1 for every phase t
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a pin in scope and phase."""
    pins, last = inputs.pins, decide.phases[-1]
    yield from (
        ((p, t), decide.keep[p, t] == 1) for p in pins.keep for t in decide.phases if (p, t) in decide.keep
    )
    yield from (((p, last), decide.keep[p, last] == 0) for p in pins.leave if (p, last) in decide.keep)
    yield from (((p, "hub"), decide.hub[p, last] == 1) for p in pins.hub if (p, last) in decide.hub)
    for u in pins.team_stays:
        if u in inputs.teams:
            yield from (((u, t), decide.assign[u, inputs.teams[u].home, t] == 1) for t in decide.phases)


def demand(inputs: Inputs, key: Key) -> str | None:
    """The pin in words."""
    name = f"{inputs.names[key[0]]} ({key[0]})"
    if key[1] == "hub":
        return f"pin: a hub in {name}"
    if key[0] in inputs.teams:
        return f"pin: team {name} stays where it is"
    return f"pin: {'leave' if key[0] in inputs.pins.leave else 'keep'} {name}"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The pin is taken out."""
    kind = "leave" if key[0] in found.inputs.pins.leave else "keep"
    kind = "hub" if key[1] == "hub" else "team_stays" if key[0] in found.inputs.teams else kind
    pins = getattr(found.scenario.pins, kind)
    words = f"given up: {demand(found.inputs, key)}"
    return Give(("pins", kind), [name for name in pins if name != key[0]], words) if key[0] in pins else None
