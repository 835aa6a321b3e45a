"""What is spent once, at the start of a phase, by kind: the same sums for the costs, the budget and the funds."""

from collections.abc import Callable, Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.prepare.inputs import Inputs

# Who pays, GBP k in real terms (not discounted), and what is 1 in the phase at whose start it is spent.
Spending = tuple[str, float, LpAffineExpression]


def moves(inputs: Inputs, decide: Decisions, phase: int) -> Iterator[Spending]:
    """Moving each team each time it moves, also back home; its organisation pays."""
    gbp_per_fte = inputs.rates.move_gbp_per_fte / 1000
    for u, _, arrives in decide.arrivals(phase, inputs.teams):
        team = inputs.teams[u]
        yield team.organisation, gbp_per_fte * team.fte, arrives


def fit_outs(inputs: Inputs, decide: Decisions, phase: int) -> Iterator[Spending]:
    """Fitting out what each team moves into, for a while or for good, but not its home; its organisation pays."""
    gbp_per_m2 = inputs.rates.fit_out_gbp_per_m2 / 1000
    for u, p, arrives in decide.arrivals(phase, inputs.teams):
        team = inputs.teams[u]
        if p != team.home:
            yield team.organisation, gbp_per_m2 * team.need_m2, arrives


def exits(inputs: Inputs, decide: Decisions, phase: int) -> Iterator[Spending]:
    """Giving back each lease; the body that holds it pays."""
    for p, money in inputs.properties.items():
        if any(money.exit_gbp):
            yield inputs.owners[p], money.exit_gbp[phase - 1] / 1000, decide.ends_lease(p, phase)


def hubs(inputs: Inputs, decide: Decisions, phase: int) -> Iterator[Spending]:
    """Fitting out each hub; the body that holds the property pays."""
    for p, hub in inputs.hubs.items():
        yield inputs.owners[p], hub.cost_gbp / 1000, decide.fits_out(p, phase)


KINDS: dict[str, Callable[[Inputs, Decisions, int], Iterator[Spending]]] = {
    "move": moves,
    "fit_out": fit_outs,
    "hub": hubs,
    "exit": exits,
}
