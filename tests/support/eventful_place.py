"""The made-up place of `planned_place` with everything that a map can show: grades, sites, hubs, several years."""

import random
from dataclasses import replace
from typing import Any

from estate.snapshot import Snapshot
from optimiser.plan import Move, Plan, PropertyAction
from optimiser.scenario import Scenario, parse
from tests.support import planned_place

GRADES = ("A", "B", "C", "D", "")
HUB_YEAR, LATER = 2027, 2029


def place(
    properties: int = 28, zones: int = 9, services: int = 3, organisations: int = 4, seed: int = 1
) -> tuple[Plan, Snapshot, Scenario]:
    """As `planned_place.place`; every second property that is left is so in 2029, every second host is a hub."""
    rows = planned_place.register_rows(properties, zones, services, organisations, random.Random(seed))
    for number, row in enumerate(rows["property"]):
        row["condition_grade"] = GRADES[number % len(GRADES)]
    for number, row in enumerate(rows["zone"]):
        row["deprivation_decile"] = None if number == 4 else 1 + number % 10
    rows["site"] = [_site(row) for row in rows["property"][:-1:14]]
    for site in rows["site"]:
        rows["property"][int(site["id"][1:])]["site_id"] = site["id"]
    for row in rows["property"][7::14]:
        row["land_area_ha"] = 0.5
    snapshot, scenario = planned_place.snapshot_of(rows), parse({"name": "Fewer, better buildings"})
    plan = planned_place.plan_of(snapshot, scenario)
    bodies = tuple(snapshot.organisations.index)
    actions = tuple(_action(number, action, bodies) for number, action in enumerate(plan.properties))
    moves = tuple(_move(number, move) for number, move in enumerate(plan.moves))
    return replace(plan, properties=actions, moves=moves), snapshot, scenario


def _site(row: dict[str, Any]) -> dict[str, Any]:
    """A square of one hectare round a property; the first says how many homes it could take."""
    number = int(row["id"][1:])
    square = row["geometry"].buffer(50, cap_style="square")
    return {"id": f"s{number}", "name": f"Site of {row['name']}", "geometry": square,
            "homes_capacity": None if number else 40}  # fmt: skip


def _action(number: int, action: PropertyAction, bodies: tuple[str, ...]) -> PropertyAction:
    if action.action == "leave":
        year = LATER if (number // 6) % 2 else 2026
        return replace(action, year=year, sold_year=year)
    if action.action == "host" and (number // 6) % 2 == 0:
        return replace(action, hub_year=HUB_YEAR, partners=bodies[:3], backlog_gbp=45_000.0)
    return action


def _move(number: int, move: Move) -> Move:
    return replace(move, year=LATER if number % 2 else 2026)
