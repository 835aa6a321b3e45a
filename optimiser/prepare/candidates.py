"""Where each team may go: the right kind of space, room for it, near enough, and an owner who takes part."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from estate.snapshot import Snapshot, records
from optimiser.prepare.places import centres
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario


def candidates(
    snapshot: Snapshot, scenario: Scenario, scope: Scope, space: dict[tuple[str, str], float]
) -> dict[str, tuple[str, ...]]:
    """Properties that each team in scope may work in: its home first, then the nearest that would take it.

    `space` is the room that may be filled, by property and kind, in the kind's own unit.
    """
    points = dict(zip(scope.properties, centres(snapshot.properties.loc[list(scope.properties)]), strict=True))
    hosts = _hosts(scenario, scope, space, points)
    owners = snapshot.properties["organisation_id"].to_dict()
    result = {}
    for team in records(snapshot.teams.loc[list(scope.teams)]):
        home, kind = team["property_id"], team["space_kind"]
        found: list[str] = []
        if _may_move(team, scenario) and kind in hosts and not np.isnan(points[home]).any():
            limit_km = scenario.moves.max_km if np.isnan(team["max_move_km"]) else team["max_move_km"]
            found = [
                host
                for host in _near(*hosts[kind], points[home], limit_km * 1000)
                if host != home
                and space[host, kind] >= team["space_amount"]
                and (scenario.moves.across_organisations or owners[host] == owners[home])
            ]
        nearest, also = found[: scenario.moves.candidates_per_team], scenario.moves.also.get(team["id"], ())
        result[team["id"]] = (home, *nearest, *(host for host in found[len(nearest) :] if host in also))
    return result


def _may_move(team: dict[str, object], scenario: Scenario) -> bool:
    takes_part = not scenario.scope.organisations or team["organisation_id"] in scenario.scope.organisations
    return bool(team["may_move"]) and team["id"] not in scenario.pins.team_stays and takes_part


def _hosts(
    scenario: Scenario,
    scope: Scope,
    space: dict[tuple[str, str], float],
    points: dict[str, NDArray[np.float64]],
) -> dict[str, tuple[list[str], KDTree]]:
    """By kind of space: the properties that have some, and a tree of where they are."""
    leaving = set(scenario.pins.leave)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for (place, kind), amount in space.items():
        if amount > 0 and place not in leaving and not np.isnan(points[place]).any():
            by_kind[kind].append(place)
    return {kind: (found, KDTree(np.array([points[place] for place in found]))) for kind, found in by_kind.items()}


def _near(names: list[str], tree: KDTree, point: NDArray[np.float64], metres: float) -> list[str]:
    """Names within `metres` of the point, nearest first; equal distances in order of name."""
    found = tree.query_ball_point(point, metres)
    distances = np.hypot(*(tree.data[found] - point).T) if found else []
    return [name for _, name in sorted(zip(np.round(distances, 3), (names[i] for i in found), strict=True))]
