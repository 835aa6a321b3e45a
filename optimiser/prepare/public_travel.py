"""Where the people of each zone could go for a service, and what a minute further costs them a year."""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from estate.problems import InputError, Problem
from estate.snapshot import Snapshot
from optimiser.prepare.access import fastest
from optimiser.prepare.reach import PropertySet
from optimiser.prepare.scope import Scope
from optimiser.prepare.standards import Standard, standards
from optimiser.scenario import Scenario

# A journey this little longer than whole minutes counts as those: two ways to reckon it must agree.
_EDGE_MINUTES = 1e-6


@dataclass(frozen=True)
class Trips:
    """The visits of one zone's people to one service. Minutes are whole: one that has begun counts."""

    gbp_per_minute: float  # a year, for all of its people's visits, there and back
    minutes_today: int
    rings: tuple[tuple[int, PropertySet], ...]  # properties in scope so many minutes away, nearest first
    most_minutes: int  # to what stays, or where a journey ends to be counted

    def minutes(self, places: set[str]) -> int:
        """To the nearest of the places."""
        return next((minutes for minutes, ring in self.rings if not places.isdisjoint(ring)), self.most_minutes)


def public_travel(
    snapshot: Snapshot, scenario: Scenario, scope: Scope, candidates: dict[str, tuple[str, ...]]
) -> dict[tuple[str, str], Trips]:
    """By service and zone, for each service of which the scenario gives `visits_per_person_per_year`.

    A zone of which nothing in scope could change the minutes is left out. Raises InputError for a service that
    has no worst-case minutes, where travel ends to be counted.
    """
    zones = snapshot.zones[snapshot.zones["population"] > 0]
    asked = standards(snapshot, scenario)
    visits = {v: asked[v].visits_per_person_per_year for v in asked if asked[v].visits_per_person_per_year}
    problems = [
        Problem(
            scenario.name,
            "travel is counted up to the worst-case minutes, and it has none",
            f"Give services.{service}.worst_case_minutes",
            f"services.{service}.visits_per_person_per_year",
            str(number),
        )
        for service, number in visits.items()
        if asked[service].worst_case_minutes is None
    ]
    if problems:
        raise InputError(problems)
    hour = scenario.rates.public_time_gbp_per_hour
    found: dict[tuple[str, str], Trips] = {}
    for service, number in visits.items():
        teams = snapshot.teams[snapshot.teams["service_id"] == service]
        homes = set(teams["property_id"])
        places = sorted(homes.union(*(candidates.get(team, ()) for team in teams.index)))
        if teams.empty or zones.empty:
            continue
        exact = fastest(snapshot, scenario, asked[service], list(zones.index), places)
        whole = _whole(exact, asked[service])
        fixed = np.array([place in scope.outside for place in places])
        today = whole[:, [place in homes for place in places]].min(axis=1)
        for zone, people, near, now in zip(zones.index, zones["population"], whole, today, strict=True):
            rate = 2 * number * int(people) * hour / 60
            trips = _trips(places, near, fixed, rate, int(now), int(_whole(np.array(np.inf), asked[service])))
            if trips.rings and rate:
                found[service, str(zone)] = trips
    return found


def _trips(
    places: list[str], near: NDArray[np.int64], fixed: NDArray[np.bool_], rate: float, now: int, most: int
) -> Trips:
    most = int(near[fixed].min(initial=most))
    rings: dict[int, list[str]] = defaultdict(list)
    for index in np.flatnonzero(near < most):
        rings[int(near[index])].append(places[index])
    return Trips(rate, now, tuple((minutes, tuple(rings[minutes])) for minutes in sorted(rings)), most)


def _whole(minutes: NDArray[np.float64], standard: Standard) -> NDArray[np.int64]:
    limit = math.ceil(standard.worst_case_minutes or 0.0)
    return np.ceil(np.minimum(minutes, limit) - _EDGE_MINUTES).astype(np.int64)
