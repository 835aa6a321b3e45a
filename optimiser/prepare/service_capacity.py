"""How many people the counters of each service can serve, and who could go to which of them."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

from estate.benchmarks import m2_per_unit
from estate.snapshot import Snapshot, records
from optimiser.prepare.access import access
from optimiser.prepare.reach import PropertySet, required_people
from optimiser.prepare.scope import Scope
from optimiser.prepare.standards import standards
from optimiser.scenario import Scenario

# A team's people are whole; two ways to reckon them must agree where the product is whole but for rounding.
_EDGE_PEOPLE = 1e-6


@dataclass(frozen=True)
class ServiceCapacity:
    """One service whose counters can be full. People are whole numbers."""

    name: str
    within: str  # the standard's minutes in words
    people: int  # of the place
    groups: tuple[tuple[int, PropertySet], ...]  # people, and all places within the minutes that could serve them
    team_people: dict[str, int]  # whom each team of the service can serve, wherever it is
    fixed_people: dict[str, int]  # whom the teams outside the decision serve, by place
    served_today: int
    required: int  # people who must be served

    def served(self, places: Mapping[str, str]) -> dict[tuple[int, str], int]:
        """The most people that can be served, with each team at its place: by number of group and place."""
        return _most_served(self.groups, self.room(places))

    def room(self, places: Mapping[str, str]) -> dict[str, int]:
        """How many people there is room for at each place, with each team at its place."""
        room = dict(self.fixed_people)
        for team, people in self.team_people.items():
            if team in places:
                room[places[team]] = room.get(places[team], 0) + people
        return room


def service_capacity(
    snapshot: Snapshot, scenario: Scenario, scope: Scope, candidates: dict[str, tuple[str, ...]]
) -> dict[str, ServiceCapacity]:
    """Every service that somebody offers and for which the scenario gives `people_per_m2`."""
    zones = snapshot.zones[snapshot.zones["population"] > 0]
    people = zones["population"].to_numpy(dtype=float).astype(int)
    found = {}
    for service, standard in standards(snapshot, scenario).items():
        teams = records(snapshot.teams[snapshot.teams["service_id"] == service])
        if standard.people_per_m2 is None or not teams or zones.empty:
            continue
        homes = {team["id"]: team["property_id"] for team in teams}
        room = {
            team["id"]: math.floor(
                standard.people_per_m2 * team["space_amount"] * m2_per_unit()[team["space_kind"]] + _EDGE_PEOPLE
            )
            for team in teams
        }
        fixed: dict[str, int] = defaultdict(int)
        for team, home in homes.items():
            if team not in candidates:
                fixed[home] += room[team]
        places = sorted({*homes.values(), *(place for team in homes for place in candidates.get(team, ()))})
        near = access(snapshot, scenario, standard, list(zones.index), places).counted
        counts: dict[PropertySet, int] = defaultdict(int)
        for number, row in zip(people.tolist(), near <= standard.minutes, strict=True):
            if row.any():
                counts[tuple(places[index] for index in np.flatnonzero(row))] += number
        capacity = ServiceCapacity(
            name=standard.name,
            within=standard.within,
            people=int(people.sum()),
            groups=tuple((counts[names], names) for names in sorted(counts)),
            team_people={team: room[team] for team in homes if team in candidates},
            fixed_people=dict(fixed),
            served_today=0,
            required=0,
        )
        served = sum(capacity.served(homes).values())
        asked = standard if standard.share_served is None else replace(standard, share=standard.share_served)
        required = required_people(served, capacity.people, asked, scenario.reach_tolerance)
        found[service] = replace(capacity, served_today=served, required=required)
    return found


def _most_served(
    groups: tuple[tuple[int, PropertySet], ...], room: Mapping[str, int]
) -> dict[tuple[int, str], int]:
    """A greatest flow from groups of people to places with room for them."""
    places = {place: len(groups) + 1 + number for number, place in enumerate(sorted(room))}
    sink = len(groups) + len(places) + 1
    total = sum(people for people, _ in groups)
    ways = [(0, 1 + g, people) for g, (people, _) in enumerate(groups)]
    ways += [(1 + g, places[p], people) for g, (people, near) in enumerate(groups) for p in near if p in places]
    ways += [(node, sink, min(room[place], total)) for place, node in places.items()]
    start, end, most = np.array(ways, dtype=np.int32).reshape(-1, 3).T
    network = sp.csr_matrix((most, (start, end)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(network, 0, sink).flow.tocoo()
    names = {node: place for place, node in places.items()}
    arcs = zip(flow.row.tolist(), flow.col.tolist(), flow.data.tolist(), strict=True)
    return {
        (start - 1, names[end]): people for start, end, people in arcs if people > 0 and start > 0 and end in names
    }
