"""What is decided: the properties and teams of the scenario, and what stays as it is."""

from collections import defaultdict
from dataclasses import dataclass
from math import isnan

from estate.benchmarks import m2_per_unit
from estate.problems import InputError, Problem
from estate.snapshot import Snapshot, records
from optimiser.scenario import Scenario


@dataclass(frozen=True)
class Scope:
    """Ids in scope and the plain facts about them. Space in m2 unless it says `amount` (the kind's own unit)."""

    properties: tuple[str, ...]
    teams: tuple[str, ...]  # those at home in a property in scope
    home: dict[str, str]
    tenure: dict[str, str]  # as the model treats it: freehold or not
    occupied_m2: dict[str, float]  # space in use today, by property; empty properties are not in it
    space_m2: dict[str, float]
    outside: dict[str, str]  # properties left out: id to the reason


def scope_of(snapshot: Snapshot, scenario: Scenario) -> Scope:
    """Apply the scenario's scope. Raises InputError for ids that the register lacks."""
    _check_names(snapshot, scenario)
    outside = _outside(snapshot, scenario)
    properties = tuple(sorted(key for key in snapshot.properties.index if key not in outside))
    if not properties:
        raise InputError.of(scenario.name, "no property is left to decide", "Widen 'scope' or import a register")
    inside = set(properties)
    teams = [team for team in records(snapshot.teams) if team["property_id"] in inside]
    occupied: dict[str, float] = defaultdict(float)
    for team in teams:
        occupied[team["property_id"]] += team["space_amount"] * m2_per_unit()[team["space_kind"]]
    space: dict[str, float] = defaultdict(float)
    for row in records(snapshot.spaces):
        space[row["property_id"]] += row["amount"] * m2_per_unit()[row["kind"]]
    tenures = snapshot.properties["tenure"].to_dict()
    return Scope(
        properties=properties,
        teams=tuple(sorted(team["id"] for team in teams)),
        home={team["id"]: team["property_id"] for team in teams},
        tenure={key: tenures[key] for key in properties},
        occupied_m2=dict(occupied),
        space_m2=dict(space),
        outside=outside,
    )


def _outside(snapshot: Snapshot, scenario: Scenario) -> dict[str, str]:
    wanted = scenario.scope
    let = set(snapshot.leases.loc[snapshot.leases["direction"] == "out", "property_id"])
    valued = set(snapshot.valuations.loc[~snapshot.valuations["estimated"], "property_id"])
    reasons: dict[str, str] = {}
    for row in records(snapshot.properties):
        tests = {
            "its owner takes no part": bool(wanted.organisations)
            and row["organisation_id"] not in wanted.organisations,
            "left out by name": row["id"] in wanted.exclude_properties,
            f"use: {row['use'].replace('_', ' ')}": row["use"] in wanted.exclude_uses,
            f"status: {row['status'].replace('_', ' ')}": row["status"] in wanted.exclude_statuses,
            "let to others": row["id"] in let,
            "land": row["holding"] == "land" and not wanted.include_land,
            "land of unknown area and value": row["holding"] == "land"
            and not wanted.include_unmeasured_land
            and (isnan(row["land_area_ha"]) or row["land_area_estimated"])
            and row["id"] not in valued,
        }
        reason = next((reason for reason, applies in tests.items() if applies), None)
        if reason:
            reasons[row["id"]] = reason
    return reasons


def _check_names(snapshot: Snapshot, scenario: Scenario) -> None:
    """Ids in a scenario are checked: a misspelt pin must not pass for a decision."""
    asked = {
        "scope.organisations": (scenario.scope.organisations, snapshot.organisations.index),
        "scope.exclude_properties": (scenario.scope.exclude_properties, snapshot.properties.index),
        "pins.keep": (scenario.pins.keep, snapshot.properties.index),
        "pins.leave": (scenario.pins.leave, snapshot.properties.index),
        "pins.hub": (scenario.pins.hub, snapshot.properties.index),
        "transfers.properties": (scenario.transfers.properties, snapshot.properties.index),
        "hubs.properties": (scenario.hubs.properties, snapshot.properties.index),
        "pins.team_stays": (scenario.pins.team_stays, snapshot.teams.index),
        "moves.also": (tuple(scenario.moves.also), snapshot.teams.index),
        "moves.also, buildings": (sum(scenario.moves.also.values(), ()), snapshot.properties.index),
        "teams.together": (sum(scenario.teams.together, ()), snapshot.teams.index),
        "teams.apart": (sum(scenario.teams.apart, ()), snapshot.teams.index),
        "services": (tuple(scenario.services), snapshot.services.index),
    }
    problems = [
        Problem(scenario.name, "the register has no such id", "Copy the id from the register", key, name)
        for key, (names, known) in asked.items()
        for name in names
        if name not in known
    ]
    both = {*scenario.pins.keep, *scenario.pins.hub} & set(scenario.pins.leave)
    problems += [
        Problem(scenario.name, "it is pinned to keep, or as a hub, and to leave", "Pin it once", "pins", name)
        for name in sorted(both)
    ]
    if problems:
        raise InputError(problems)
