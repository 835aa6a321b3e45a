"""What a rule gives up where a scenario asks more than can be had.

A rule whose file has `give(found, key, short)` says by which key of the scenario, to which value, and in which
words its demand is met after all, for a solution that falls short by `short` in the unit of the rule's constraint.
"""

import math
from dataclasses import dataclass
from typing import Any

from estate.snapshot import Snapshot
from optimiser.prepare.inputs import Inputs
from optimiser.scenario import Scenario


@dataclass(frozen=True)
class Found:
    """A solution that keeps every other rule, and the scenario with what has been given up so far."""

    snapshot: Snapshot
    scenario: Scenario
    inputs: Inputs  # of the scenario as it was asked
    place: dict[tuple[str, int], str]  # (team, phase): property

    def offering(self, service: str, phase: int) -> set[str]:
        """Every property that offers the service in the phase, in scope or outside."""
        teams = self.snapshot.teams.loc[self.snapshot.teams["service_id"] == service, "property_id"]
        return {self.place.get((str(team), phase), home) for team, home in teams.items()}

    def reached(self, service: str, phase: int) -> list[bool]:
        """Whether each of the service's groups of zones is within its standard in the phase."""
        offering = self.offering(service, phase)
        return [not offering.isdisjoint(near) for _, near in self.inputs.reach[service].groups]


@dataclass(frozen=True)
class Give:
    """One key of the scenario, its new value, and what that means."""

    path: tuple[str, ...]
    value: Any
    words: str


def new_money(found: Found, phase: int, short_gbp_k: float) -> Give | None:
    """So much more new money up to the phase than the scenario asked, to the thousand pounds above."""
    budget = found.inputs.budget
    if budget is None:
        return None
    asked = sum(budget.new_gbp_k[:phase])
    sums = list(found.scenario.capital.new_funding_gbp) or [0.0] * len(budget.new_gbp_k)
    more = math.ceil(asked + short_gbp_k - 1e-6) * 1000 - sum(sums[:phase])
    if more <= 0:
        return None
    sums[phase - 1] += more
    needed = f"GBP {sum(sums[:phase]) / 1000:,.0f}k of new money up to phase {phase}"
    return Give(("capital", "new_funding_gbp"), sums, f"budget: {needed} instead of GBP {asked:,.0f}k")
