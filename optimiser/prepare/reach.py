"""Who reaches which service from where: the standards, and zones gathered by the properties near them."""

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from estate.problems import InputError, Problem
from estate.snapshot import Snapshot
from optimiser.prepare.access import access
from optimiser.prepare.scope import Scope
from optimiser.prepare.standards import Standard, standards
from optimiser.scenario import Scenario

PropertySet = tuple[str, ...]
# The zone column that says how many of a protected group live there, or whether its people are of the group.
RECORDED_IN = {
    "most_deprived_fifth": "deprivation_decile",
    "over_65s": "population_65_plus",
    "no_car": "households_no_car",
}


@dataclass(frozen=True)
class GroupReach:
    """One protected group's demand of a service, in whole people or households of the zones that record it."""

    group: str
    total: int
    always_reached: int
    counts: tuple[int, ...]  # of the group in each of the service's groups of zones, in their order
    reached_today: int
    required: int


@dataclass(frozen=True)
class ServiceReach:
    """One service's demand. Zones with the same properties near are one group; people are whole numbers."""

    name: str
    minutes: float
    mode: str
    or_minutes: dict[str, float]  # limits of other modes that are as good
    within: str  # all of them in words
    worst_case_minutes: float | None
    people: int  # of the place
    always_reached: int  # people near a point outside the scope, which stays
    groups: tuple[tuple[int, PropertySet], ...]  # people, and the properties that would reach them
    reached_today: int
    required: int  # people who must be reached
    required_by: str  # who asks for them
    # In each set one must stay open: zones reached today, worst-case minutes. What a smaller set asks is left out.
    lifelines: tuple[PropertySet, ...]
    protected: tuple[GroupReach, ...] = ()


def service_reach(
    snapshot: Snapshot, scenario: Scenario, scope: Scope, candidates: dict[str, tuple[str, ...]]
) -> dict[str, ServiceReach]:
    """The reach of every service that somebody offers, over the zones with people in them."""
    zones = snapshot.zones[snapshot.zones["population"] > 0]
    people = zones["population"].to_numpy(dtype=float).astype(int)
    groups = protected_groups(snapshot, scenario)
    result = {}
    for service, standard in standards(snapshot, scenario).items():
        teams = snapshot.teams[snapshot.teams["service_id"] == service]
        if teams.empty or zones.empty:
            continue
        homes = set(teams["property_id"])
        places = sorted(homes.union(*(candidates.get(team, ()) for team in teams.index)))
        minutes = access(snapshot, scenario, standard, list(zones.index), places).counted
        result[service] = _demand(
            people,
            groups,
            minutes,
            places,
            fixed=np.array([place in scope.outside for place in places]),
            today=np.array([place in homes for place in places]),
            standard=standard,
            scenario=scenario,
        )
    return result


def farthest_minutes(snapshot: Snapshot, scenario: Scenario, service: str, places: set[str]) -> float:
    """Counted minutes to the nearest of `places` from the farthest zone reached today; inf: no way."""
    zones = snapshot.zones[snapshot.zones["population"] > 0]
    homes = set(snapshot.teams.loc[snapshot.teams["service_id"] == service, "property_id"])
    standard = standards(snapshot, scenario)[service]
    today, then = (
        access(snapshot, scenario, standard, list(zones.index), sorted(points)).counted.min(axis=1)
        for points in (homes, places)
    )
    return float(then[today <= standard.minutes].max(initial=0.0))


def protected_groups(snapshot: Snapshot, scenario: Scenario) -> dict[str, NDArray[np.int64]]:
    """How many of each protected group live in each zone with people; a zone that does not record them has none.

    Raises InputError for a group that no zone records.
    """
    zones = snapshot.zones[snapshot.zones["population"] > 0]
    columns = {group: zones[column] for group, column in RECORDED_IN.items()}
    columns["most_deprived_fifth"] = zones["population"].where(zones["deprivation_decile"] <= 2, 0.0)
    problems = [
        Problem(
            scenario.name,
            "no zone records it",
            "Import it by zone, or take it out",
            "protected.groups",
            group,
        )
        for group in scenario.protected.groups
        if len(zones) and zones[RECORDED_IN[group]].isna().all()
    ]
    if problems:
        raise InputError(problems)
    return {
        group: columns[group].fillna(0.0).to_numpy(dtype=float).astype(int)
        for group in dict.fromkeys(scenario.protected.groups)
    }


def _demand(
    people: NDArray[np.int64],
    protected: dict[str, NDArray[np.int64]],
    minutes: NDArray[np.float64],
    places: list[str],
    *,
    fixed: NDArray[np.bool_],
    today: NDArray[np.bool_],
    standard: Standard,
    scenario: Scenario,
) -> ServiceReach:
    near = minutes <= standard.minutes
    always = (near & fixed).any(axis=1)
    reached_today = (near & today).any(axis=1)
    zones_of: dict[PropertySet, list[int]] = defaultdict(list)
    for zone in np.flatnonzero(~always & near.any(axis=1)):
        zones_of[_names(places, near[zone])].append(int(zone))
    groups = sorted((int(people[zones].sum()), names, zones) for names, zones in zones_of.items())
    worst = minutes <= (standard.worst_case_minutes or math.inf)
    cut_off = reached_today & ~(worst & fixed).any(axis=1) & (standard.worst_case_minutes is not None)
    total, reached = int(people.sum()), int(people[reached_today].sum())
    required = required_people(reached, total, standard, scenario.reach_tolerance)
    return ServiceReach(
        name=standard.name,
        minutes=standard.minutes,
        mode=standard.mode,
        or_minutes=standard.or_minutes,
        within=standard.within,
        worst_case_minutes=standard.worst_case_minutes,
        people=total,
        always_reached=int(people[always].sum()),
        groups=tuple((count, names) for count, names, _ in groups),
        reached_today=reached,
        required=required,
        required_by=(
            f"target of {standard.share_source}"
            if required == required_people(reached, total, replace(standard, must_meet_target=True), 0.0)
            else f"less the scenario's tolerance of {scenario.reach_tolerance:.1%}"
        ),
        lifelines=tuple(sorted(_names(places, line) for line in _smallest(worst[cut_off]))),
        protected=tuple(
            _group(name, numbers, always, reached_today, tuple(zones for *_, zones in groups), scenario)
            for name, numbers in protected.items()
        ),
    )


def _smallest(sets: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The rows that are a superset of no other row: whoever is in one of these is in one of the others too."""
    found: list[tuple[int, NDArray[np.bool_]]] = []
    for row in sets[np.argsort(sets.sum(axis=1), kind="stable")]:
        mask = int.from_bytes(np.packbits(row).tobytes(), "big")
        if all(mask & smaller != smaller for smaller, _ in found):
            found.append((mask, row))
    return [row for _, row in found]


def _group(
    name: str,
    numbers: NDArray[np.int64],
    always: Any,
    reached_today: Any,
    zones_of_groups: tuple[list[int], ...],
    scenario: Scenario,
) -> GroupReach:
    total, reached = int(numbers.sum()), int(numbers[reached_today].sum())
    return GroupReach(
        group=name,
        total=total,
        always_reached=int(numbers[always].sum()),
        counts=tuple(int(numbers[zones].sum()) for zones in zones_of_groups),
        reached_today=reached,
        required=_whole_people(reached - scenario.protected.tolerance * total),
    )


def required_people(reached_today: int, total: int, standard: Standard, tolerance: float) -> int:
    """People who must be reached: the smaller of the target and today's less the tolerance, rounded up."""
    target = standard.share * total
    if not standard.must_meet_target:
        target = min(target, reached_today - tolerance * total)
    return _whole_people(target)


def _whole_people(wanted: float) -> int:
    return max(0, math.ceil(wanted - 1e-6))


def _names(places: list[str], chosen: NDArray[np.bool_]) -> PropertySet:
    return tuple(places[index] for index in np.flatnonzero(chosen))
