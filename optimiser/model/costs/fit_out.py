"""Fitting out the space that a team moves into.

start_factor[t] gbp_per_m2 sum_{u, p /= home} m2[u] (newly assigned)[u,p,t]
"""

from collections.abc import Iterator

from pulp import LpAffineExpression, lpSum

from optimiser.model.decisions import Decisions
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    for phase in inputs.phases:
        factor = phase.start_factor * inputs.rates.fit_out_gbp_per_m2 / 1000
        yield (
            phase.number,
            lpSum(
                factor * team.need_m2 * decide.arrives(u, p, phase.number)
                for u, team in inputs.teams.items()
                for p in team.candidates[1:]
            ),
        )
