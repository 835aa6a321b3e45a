"""Moving people: removals, IT and project time.

start_factor[t] gbp_per_fte sum_{u, p /= home} fte[u] (newly assigned)[u,p,t]
"""

from collections.abc import Iterator

from pulp import LpAffineExpression, lpSum

from optimiser.model.decisions import Decisions
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for phase in inputs.phases:
        factor = phase.start_factor * inputs.rates.move_gbp_per_fte / 1000
        yield (
            phase.number,
            lpSum(
                factor * team.fte * decide.arrives(u, p, phase.number)
                for u, team in inputs.teams.items()
                for p in team.candidates[1:]
            ),
        )
