"""Solution -> frozen Plan: who still reaches what, and how far they have to go."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from estate.snapshot import Snapshot
from optimiser.plan import CounterUse, GroupReach, Reach, ZoneReach
from optimiser.prepare.access import access
from optimiser.prepare.inputs import Inputs
from optimiser.prepare.reach import protected_groups
from optimiser.prepare.service_capacity import ServiceCapacity
from optimiser.prepare.standards import Standard, standards
from optimiser.scenario import Scenario
from optimiser.solve.solution import Solution


def zone_reaches(
    snapshot: Snapshot, scenario: Scenario, inputs: Inputs, solution: Solution
) -> tuple[ZoneReach, ...]:
    """Minutes from every zone to the nearest point of every service, today and at the end."""
    zones = snapshot.zones[snapshot.zones["population"] > 0]
    people, last = zones["population"].tolist(), inputs.phases[-1].number
    after = {u: solution.place[u, last] for u in inputs.teams}
    by_line = _pairs_by_line(snapshot, scenario)
    found: list[ZoneReach] = []
    for service, standard in standards(snapshot, scenario).items():
        if service not in inputs.reach:
            continue
        teams = snapshot.teams.loc[snapshot.teams["service_id"] == service, "property_id"].to_dict()
        nearest = [
            _nearest(snapshot, scenario, standard, list(zones.index), sorted(places), by_line)
            for places in (set(teams.values()), {after.get(str(u), home) for u, home in teams.items()})
        ]
        for zone, population, now, then in zip(zones.index, people, *nearest, strict=True):
            found.append(
                ZoneReach(
                    service_id=service,
                    zone_id=zone,
                    population=population,
                    minutes_today=now.minutes,
                    minutes_after=then.minutes,
                    reached_today=now.within,
                    reached_after=then.within,
                    mode_today=now.mode,
                    mode_after=then.mode,
                    by_line_today=now.by_line,
                    by_line_after=then.by_line,
                )
            )
    return tuple(found)


@dataclass(frozen=True)
class _Nearest:
    """A zone's way to the nearest place: minutes, None where there is none, and the mode."""

    minutes: float | None
    within: bool
    mode: str
    by_line: bool


def _nearest(
    snapshot: Snapshot,
    scenario: Scenario,
    standard: Standard,
    zones: list[str],
    places: list[str],
    by_line: set[tuple[str, str, str]],
) -> list[_Nearest]:
    """Of each zone, by the mode that comes closest to its own limit."""
    ways = access(snapshot, scenario, standard, zones, places)
    chosen = ways.counted.argmin(axis=1)
    every = np.arange(len(zones))
    found = []
    for zone, place, counted, minutes, mode in zip(
        zones,
        chosen.tolist(),
        ways.counted[every, chosen].tolist(),
        ways.minutes[every, chosen].tolist(),
        ways.mode[every, chosen].tolist(),
        strict=True,
    ):
        name = ways.modes[mode]
        if np.isfinite(minutes):
            straight = (zone, places[place], name) in by_line
            found.append(_Nearest(round(minutes, 2), counted <= standard.minutes, name, straight))
        else:
            found.append(_Nearest(None, False, "", False))
    return found


def _pairs_by_line(snapshot: Snapshot, scenario: Scenario) -> set[tuple[str, str, str]]:
    """Zone, property and mode of kept minutes by straight line for want of a road."""
    times = snapshot.travel_times
    off = times[times["fallback"] & (scenario.travel.method == "road_network")]
    return set(zip(off["zone_id"], off["property_id"], off["mode"], strict=True))


def counters(inputs: Inputs, solution: Solution) -> tuple[CounterUse, ...]:
    """Where people go for each service whose counters can be full, today and at the end."""
    last = inputs.phases[-1].number
    teams = {u: (team.home, solution.place[u, last]) for u, team in inputs.teams.items()}
    found = []
    for service, capacity in inputs.capacity.items():
        rooms, served = [], []
        for when in (0, 1):
            places = {u: at[when] for u, at in teams.items()}
            rooms.append(capacity.room(places))
            people: dict[str, int] = defaultdict(int)
            for (_, place), number in capacity.served(places).items():
                people[place] += number
            served.append(people)
        found += [
            CounterUse(
                service, place, rooms[0].get(place, 0), served[0][place], rooms[1].get(place, 0), served[1][place]
            )
            for place in sorted({*rooms[0], *rooms[1]})
        ]
    return tuple(found)


def reaches(
    snapshot: Snapshot, scenario: Scenario, inputs: Inputs, solution: Solution, zones: tuple[ZoneReach, ...]
) -> dict[str, Reach]:
    """Share of people, and of each protected group, within each service's standard, and served by its counters."""
    now: dict[str, float] = defaultdict(float)
    then: dict[str, float] = defaultdict(float)
    for zone in zones:
        now[zone.service_id] += zone.population * zone.reached_today
        then[zone.service_id] += zone.population * zone.reached_after
    asked = standards(snapshot, scenario)
    groups = _group_reaches(snapshot, scenario, inputs, zones)
    last = inputs.phases[-1].number
    return {
        service: Reach(
            today=now[service] / demand.people,
            after=then[service] / demand.people,
            target=asked[service].share,
            required=demand.required / demand.people,
            minutes=demand.minutes,
            mode=demand.mode,
            or_minutes=demand.or_minutes,
            groups=groups[service],
            **_served(inputs.capacity.get(service), {u: solution.place[u, last] for u in inputs.teams}),
        )
        for service, demand in inputs.reach.items()
    }


def _served(capacity: ServiceCapacity | None, places: dict[str, str]) -> dict[str, float]:
    """Shares of people whom the counters have room for, where they can be full."""
    if capacity is None:
        return {}
    people = {
        "served_today": capacity.served_today,
        "served_after": sum(capacity.served(places).values()),
        "served_required": capacity.required,
    }
    return {name: number / capacity.people for name, number in people.items()}


def _group_reaches(
    snapshot: Snapshot, scenario: Scenario, inputs: Inputs, zones: tuple[ZoneReach, ...]
) -> dict[str, tuple[GroupReach, ...]]:
    inhabited = snapshot.zones.index[snapshot.zones["population"] > 0]
    counts = {
        group: dict(zip(inhabited, numbers.tolist(), strict=True))
        for group, numbers in protected_groups(snapshot, scenario).items()
    }
    then: dict[tuple[str, str], int] = defaultdict(int)
    for zone in zones:
        for group, numbers in counts.items():
            then[zone.service_id, group] += numbers[zone.zone_id] * zone.reached_after
    return {
        service: tuple(
            GroupReach(
                group=group.group,
                today=group.reached_today / group.total,
                after=then[service, group.group] / group.total,
                required=group.required / group.total,
            )
            for group in demand.protected
            if group.total
        )
        for service, demand in inputs.reach.items()
    }
