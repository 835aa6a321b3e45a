"""Who reaches which service from where: the standards, and zones gathered by the properties near them."""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from estate.snapshot import Snapshot, records
from optimiser.prepare import travel
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario

PropertySet = tuple[str, ...]


@dataclass(frozen=True)
class Standard:
    """The access standard of one service in this scenario."""

    name: str
    minutes: float
    mode: str
    share: float
    worst_case_minutes: float | None
    must_meet_target: bool


@dataclass(frozen=True)
class ServiceReach:
    """One service's demand. Zones with the same properties near are one group; people are whole numbers."""

    name: str
    minutes: float
    mode: str
    worst_case_minutes: float | None
    people: int  # of the place
    always_reached: int  # people near a point outside the scope, which stays
    groups: tuple[tuple[int, PropertySet], ...]  # people, and the properties that would reach them
    reached_today: int
    required: int  # people who must be reached
    lifelines: tuple[PropertySet, ...]  # in each set one must stay open: zones reached today, worst-case minutes


def standards(snapshot: Snapshot, scenario: Scenario) -> dict[str, Standard]:
    """Each service's standard: the scenario's word first, then the register's."""
    result = {}
    for service in records(snapshot.services):
        asked = scenario.services.get(service["id"])
        own = {} if asked is None else asked.model_dump(exclude_none=True)
        worst = own.get("worst_case_minutes", service["worst_case_minutes"])
        result[service["id"]] = Standard(
            name=service["name"],
            minutes=own.get("minutes", service["minutes"]),
            mode=own.get("mode", service["mode"]),
            share=own.get("share_of_population", service["share_of_population"]),
            worst_case_minutes=None if math.isnan(worst) else worst,
            must_meet_target=own.get("must_meet_target", False),
        )
    return result


def service_reach(
    snapshot: Snapshot, scenario: Scenario, scope: Scope, candidates: dict[str, tuple[str, ...]]
) -> dict[str, ServiceReach]:
    """The reach of every service that somebody offers, over the zones with people in them."""
    zones = snapshot.zones[snapshot.zones["population"] > 0]
    people = zones["population"].to_numpy(dtype=float).astype(int)
    method = travel.find(scenario.travel.method)
    result = {}
    for service, standard in standards(snapshot, scenario).items():
        teams = snapshot.teams[snapshot.teams["service_id"] == service]
        if teams.empty or zones.empty:
            continue
        homes = set(teams["property_id"])
        places = sorted(homes.union(*(candidates.get(team, ()) for team in teams.index)))
        minutes = method.minutes(snapshot, scenario.travel, standard.mode, list(zones.index), places)
        result[service] = _demand(
            people,
            minutes,
            places,
            fixed=np.array([place in scope.outside for place in places]),
            today=np.array([place in homes for place in places]),
            standard=standard,
            tolerance=scenario.reach_tolerance,
        )
    return result


def _demand(
    people: NDArray[np.int64],
    minutes: NDArray[np.float64],
    places: list[str],
    *,
    fixed: NDArray[np.bool_],
    today: NDArray[np.bool_],
    standard: Standard,
    tolerance: float,
) -> ServiceReach:
    near = minutes <= standard.minutes
    always = (near & fixed).any(axis=1)
    reached_today = (near & today).any(axis=1)
    groups: dict[PropertySet, int] = defaultdict(int)
    for zone in np.flatnonzero(~always & near.any(axis=1)):
        groups[_names(places, near[zone])] += int(people[zone])
    lifelines: set[PropertySet] = set()
    if standard.worst_case_minutes is not None:
        worst = minutes <= standard.worst_case_minutes
        for zone in np.flatnonzero(reached_today & ~(worst & fixed).any(axis=1)):
            lifelines.add(_names(places, worst[zone]))
    total, reached = int(people.sum()), int(people[reached_today].sum())
    return ServiceReach(
        name=standard.name,
        minutes=standard.minutes,
        mode=standard.mode,
        worst_case_minutes=standard.worst_case_minutes,
        people=total,
        always_reached=int(people[always].sum()),
        groups=tuple(sorted((count, names) for names, count in groups.items())),
        reached_today=reached,
        required=required_people(reached, total, standard, tolerance),
        lifelines=tuple(sorted(lifelines)),
    )


def required_people(reached_today: int, total: int, standard: Standard, tolerance: float) -> int:
    """People who must be reached: the smaller of the target and today's less the tolerance, rounded up."""
    target = standard.share * total
    if not standard.must_meet_target:
        target = min(target, reached_today - tolerance * total)
    return max(0, math.ceil(target - 1e-6))


def _names(places: list[str], chosen: NDArray[np.bool_]) -> PropertySet:
    return tuple(places[index] for index in np.flatnonzero(chosen))
