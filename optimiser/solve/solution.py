"""What the solver's numbers mean: who works where, what is kept, what is sold."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimiser.model.build import Model
from optimiser.model.decisions import Key
from optimiser.prepare.inputs import Inputs
from optimiser.solve.bridge import Answer, start_of


@dataclass(frozen=True)
class Solution:
    """Decisions as plain facts, by phase."""

    place: dict[tuple[str, int], str]  # (team, phase): property
    keep: dict[tuple[str, int], bool]  # (property, phase)
    sold: dict[tuple[str, int], bool]  # (site, phase)
    hub: dict[tuple[str, int], bool] = field(default_factory=dict)  # (property that may be a hub, phase)
    transfer: dict[tuple[str, int], bool] = field(default_factory=dict)  # (property that may go, phase)
    lease_out: dict[tuple[str, int], bool] = field(default_factory=dict)  # (property that may stand empty, phase)
    spend: dict[Key, float] = field(default_factory=dict)  # GBP k by (pot, organisation, kind, phase)


def today(inputs: Inputs) -> Solution:
    """Nobody moves and everything is kept: a solution wherever the pins allow it."""
    phases = [phase.number for phase in inputs.phases]
    return Solution(
        place={(u, t): team.home for u, team in inputs.teams.items() for t in phases},
        keep={(p, t): True for p in inputs.properties for t in phases},
        sold={(s, t): False for s in inputs.sites for t in phases},
    )


def read(answer: Answer, model: Model, inputs: Inputs) -> Solution:
    """The solver's solution, each 0/1 taken at its nearest whole value."""
    decide = model.decide
    place: dict[tuple[str, int], str] = {}
    for u, team in inputs.teams.items():
        for t in decide.phases:
            place[u, t] = max(team.candidates, key=lambda p: answer.value(decide.assign[u, p, t]))
    found = Solution(
        place=place,
        keep={(p, t): answer.value(variable) > 0.5 for (p, t), variable in decide.keep.items()},
        sold={(s, t): answer.value(variable) > 0.5 for (s, t), variable in decide.sold.items()},
        hub={(p, t): answer.value(variable) > 0.5 for (p, t), variable in decide.hub.items()},
        transfer={(p, t): answer.value(variable) > 0.5 for (p, t), variable in decide.transfer.items()},
        lease_out={(p, t): answer.value(variable) > 0.5 for (p, t), variable in decide.lease_out.items()},
        spend={key: max(0.0, answer.value(variable)) for key, variable in decide.spend.items()},
    )
    return replace(found, keep=_empty_until_it_goes(found, inputs))


def _empty_until_it_goes(found: Solution, inputs: Inputs) -> dict[tuple[str, int], bool]:
    """What is held, where owned buildings that stand empty today are left when they go and no sooner.

    To leave them alone brings nothing, so that a solver leaves them or not as it comes: a plan must not list that.
    Where repairs, the value of carbon or a cap on it, or a pin say more, the solver's word stands.
    """
    carbon, caps = inputs.carbon, inputs.caps
    carbon_counts = (
        any(carbon.gbp_per_mwh) or caps.most_tonnes is not None or caps.most_tonnes_per_year is not None
    )
    keep = dict(found.keep)
    for p, money in inputs.properties.items():
        empty_today = inputs.scope.tenure[p] == "freehold" and p not in inputs.scope.occupied_m2
        matters = money.backlog is not None or p in inputs.pins.leave or (carbon_counts and p in carbon.mwh)
        if not empty_today or matters:
            continue
        site = inputs.sold_with.get(p)
        for phase in inputs.phases:
            t = phase.number
            gone = found.sold.get((site, t), False) if site is not None else False
            keep[p, t] = not (gone or found.transfer.get((p, t), False))
    return keep


def start_values(solution: Solution, model: Model, inputs: Inputs) -> Mapping[Any, float]:
    """The solution as a value for every variable of the model, for a warm start."""
    decide = model.decide
    values = {decide.assign[u, p, t]: 1.0 for (u, t), p in solution.place.items()}
    values |= {
        variable: 1.0
        for (u, p, t), variable in decide.arrive.items()
        if solution.place[u, t] == p != solution.place[u, t - 1]
    }
    values |= {decide.keep[key]: float(kept) for key, kept in solution.keep.items()}
    values |= {decide.sold[key]: float(sold) for key, sold in solution.sold.items()}
    values |= {decide.hub[key]: float(fitted_out) for key, fitted_out in solution.hub.items()}
    values |= {decide.spend[key]: gbp_k for key, gbp_k in solution.spend.items()}
    values |= {decide.transfer[key]: float(given) for key, given in solution.transfer.items()}
    values |= {decide.lease_out[key]: float(ended) for key, ended in solution.lease_out.items()}
    partners = {(inputs.teams[u].organisation, p, t) for (u, t), p in solution.place.items()}
    values |= {decide.partner[key]: 1.0 for key in decide.partner if key in partners}
    values |= {
        decide.joins[u, p, t]: 1.0
        for u, p, t in decide.joins
        if solution.place[u, t] == p and solution.hub.get((p, t), False)
    }
    offering: dict[tuple[str, int], set[str]] = defaultdict(set)
    for (u, t), p in solution.place.items():
        offering[inputs.teams[u].service or "", t].add(p)
    services = {(team.service, solution.place[u, t], t) for u, team in inputs.teams.items() for t in decide.phases}
    values |= {decide.open[key]: 1.0 for key in decide.open if key in services}
    for v, service in inputs.reach.items():
        for t in decide.phases:
            for g, (_, near) in enumerate(service.groups):
                if any((v, p, t) in services for p in near):
                    values[decide.reached[v, g, t]] = 1.0
    for v, capacity in inputs.capacity.items():
        for t in decide.phases:
            served = capacity.served({u: solution.place[u, t] for u in capacity.team_people})
            values |= {decide.served[v, g, p, t]: people / 1000 for (g, p), people in served.items()}
    values |= {
        decide.farther[v, z, m, t]: float(trips.minutes(offering[v, t]) > m)
        for (v, z), trips in inputs.trips.items()
        for m, _ in trips.rings
        for t in decide.phases
    }
    return start_of(values, model.decide.variables)
