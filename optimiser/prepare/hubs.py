"""Which properties could be fitted out as shared hubs, how many more desks that makes, and what it costs."""

from collections import defaultdict
from dataclasses import dataclass

from estate.benchmarks import m2_per_unit
from estate.problems import InputError, Problem
from estate.snapshot import Snapshot, records
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario

Room = dict[tuple[str, str], float]  # by property and kind of space


@dataclass(frozen=True)
class Hub:
    """What fitting a property out as a shared hub changes, and who could be there."""

    cost_gbp: float
    teams: dict[str, tuple[str, ...]]  # organisation: its teams that could be there
    counters: tuple[str, ...]  # public-facing teams from elsewhere that could join


def hub_room(snapshot: Snapshot, scenario: Scenario, scope: Scope, space: Room) -> Room:
    """Room that a hub has beside today's, in desks, by property that may be a hub and kind.

    The same office floor holds floor / (hub m2 a desk) desks, of which the usable share may be filled.
    """
    asked, floor = scenario.hubs, office_floor_m2(snapshot, scope)
    named = {*asked.properties, *scenario.pins.hub}
    _check_floor(scenario, {place: floor.get(place, 0.0) for place in sorted(named)})
    may = {place for place in floor if asked.anywhere or place in named} - {*scenario.pins.leave}
    found = {}
    for place in sorted(may):
        if floor[place] >= asked.smallest_m2:
            desks = scenario.rates.usable_share_of_space * floor[place] / asked.m2_per_desk
            found[place, "desks"] = max(0.0, desks - space[place, "desks"])
    return found


def _check_floor(scenario: Scenario, floor_m2: dict[str, float]) -> None:
    least = scenario.hubs.smallest_m2
    problems = [
        Problem(
            scenario.name,
            f"it cannot be a hub: in scope it has {area:,.0f} m2 of office floor and {least:,.0f} are needed",
            "Take it out of hubs.properties and pins.hub, record its desks, or lower hubs.smallest_m2",
            "hubs",
            place,
        )
        for place, area in floor_m2.items()
        if area < least or not area
    ]
    if problems:
        raise InputError(problems)


def office_floor_m2(snapshot: Snapshot, scope: Scope) -> dict[str, float]:
    """Floor area that a property's desks stand on today, m2."""
    floor: dict[str, float] = defaultdict(float)
    inside = set(scope.properties)
    for row in records(snapshot.spaces):
        if row["kind"] == "desks" and row["property_id"] in inside:
            floor[row["property_id"]] += row["amount"] * m2_per_unit()["desks"]
    return floor


def hubs(
    snapshot: Snapshot, scenario: Scenario, scope: Scope, more_room: Room, occupants: dict[str, list[str]]
) -> dict[str, Hub]:
    """Each property that may be a hub, in order of id."""
    floor = office_floor_m2(snapshot, scope)
    teams = {team["id"]: team for team in records(snapshot.teams)}
    result = {}
    for place, _ in sorted(more_room):
        sharers: dict[str, list[str]] = defaultdict(list)
        for name in occupants.get(place, ()):
            sharers[teams[name]["organisation_id"]].append(name)
        result[place] = Hub(
            cost_gbp=floor[place] * scenario.hubs.fit_out_gbp_per_m2,
            teams={body: tuple(names) for body, names in sorted(sharers.items())},
            counters=tuple(
                name
                for name in occupants.get(place, ())
                if teams[name]["public_facing"] and teams[name]["property_id"] != place
            ),
        )
    return result
