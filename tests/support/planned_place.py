"""A made-up place with a plan, of any size, for pages and files: not a plan that any planner would find."""

import math
import random
from collections.abc import Mapping
from typing import Any

import shapely

from estate import estimates
from estate.dictionary import REGISTER_TABLES
from estate.frames import frame_of
from estate.snapshot import Snapshot
from optimiser.plan import CostLine, Figures, Move, Plan, PropertyAction, Reach, ZoneReach
from optimiser.scenario import Scenario, parse

Rows = dict[str, list[dict[str, Any]]]
WEST, SOUTH, ZONE_M = 372_000.0, 386_000.0, 1_200.0
SERVICES = ("Library", "GP practice", "Children’s centre", "Leisure centre", "Customer services",
            "Citizens’ advice", "Jobcentre", "Police counter", "Adult learning", "Housing office")  # fmt: skip
USES = ("office", "library", "clinic", "depot", "community_centre")
STREETS = ("High Street", "Station Road", "Church Lane", "Mill Road", "The Parade")
FIELDS = {table: f"{table}s" for table in REGISTER_TABLES} | {"property": "properties"}


def place(
    properties: int = 24, zones: int = 9, services: int = 3, organisations: int = 4, seed: int = 1
) -> tuple[Plan, Snapshot, Scenario]:
    """A plan with its snapshot and scenario. The last property has no known place."""
    rows = register_rows(properties, zones, services, organisations, random.Random(seed))
    snapshot, scenario = snapshot_of(rows), parse({"name": "Fewer, better buildings"})
    return plan_of(snapshot, scenario), snapshot, scenario


def snapshot_of(rows: Mapping[str, list[dict[str, Any]]]) -> Snapshot:
    """Rows of the register as a snapshot."""
    frames = {table: frame_of(table, rows.get(table, [])) for table in REGISTER_TABLES}
    filled, fills = estimates.fill(frames)
    return Snapshot(
        **{FIELDS[table]: filled[table] for table in REGISTER_TABLES}, estimates=fills, digest="d1gest"
    )


def register_rows(properties: int, zones: int, services: int, organisations: int, dice: random.Random) -> Rows:
    """Zones on a square grid, properties thicker towards its middle, one team in each."""
    side = math.ceil(math.sqrt(zones))
    rows: Rows = {
        "organisation": [{"id": f"o{n}", "name": f"Partner body {n + 1}"} for n in range(organisations)],
        "service": [
            {"id": f"s{n}", "name": SERVICES[n], "minutes": 15.0, "mode": "foot", "share_of_population": 0.9}
            for n in range(services)
        ],
        "zone": [_zone(n, side, dice) for n in range(zones)],
    }
    rows["property"] = [_property(n, organisations, side * ZONE_M, dice) for n in range(properties)]
    rows["property"][-1]["geometry"] = None
    rows["team"] = [
        {"id": f"t{n}", "organisation_id": f"o{n % organisations}", "property_id": f"p{n}",
         "name": f"Team {n + 1}",
         "service_id": f"s{n % services}" if services else None, "fte": 2.0 + n % 37,
         "space_kind": "desks", "space_amount": 4.0}
        for n in range(properties)
    ]  # fmt: skip
    rows["running_cost"] = [
        {"id": f"c{n}", "property_id": f"p{n}", "category": "energy", "gbp_per_year": 9_000.0 + 1_370 * (n % 61)}
        for n in range(properties)
    ]
    rows["valuation"] = [
        {"id": f"v{n}", "property_id": f"p{n}", "basis": "market", "value_gbp": 120_000.0 * (1 + n % 29)}
        for n in range(properties)
    ]
    return rows


def _zone(number: int, side: int, dice: random.Random) -> dict[str, Any]:
    """A square whose edges wind as those of real zones do, and meet its neighbours' exactly."""
    column, row = number % side, number // side

    def corner(x: float, y: float) -> tuple[float, float]:
        return (WEST + ZONE_M * x + 170 * math.sin(4 * y), SOUTH + ZONE_M * y + 170 * math.sin(5 * x))

    steps = [part / 20 for part in range(20)]
    ring = [corner(column + s, row) for s in steps] + [corner(column + 1, row + s) for s in steps]
    ring += [corner(column + 1 - s, row + 1) for s in steps] + [corner(column, row + 1 - s) for s in steps]
    return {"id": f"E{number:08d}", "name": f"Ward {number + 1}", "geometry": shapely.Polygon(ring),
            "population": dice.randrange(1_200, 2_400)}  # fmt: skip


def _property(number: int, organisations: int, width_m: float, dice: random.Random) -> dict[str, Any]:
    middle = width_m / 2
    spot = (
        WEST + min(max(dice.gauss(middle, width_m / 5), 0), width_m),
        SOUTH + min(max(dice.gauss(middle, width_m / 5), 0), width_m),
    )
    use = USES[number % len(USES)]
    return {
        "id": f"p{number}", "organisation_id": f"o{number * 7 % organisations}",
        "name": f"{SERVICES[number % len(SERVICES)]} {number + 1}",
        "address": f"{dice.randrange(1, 140)} {dice.choice(STREETS)}",
        "postcode": f"M{30 + number % 6} {number % 9}AB", "uprn": str(100_012_000_000 + number * 17),
        "geometry": shapely.Point(spot), "located_by": "source", "use": use, "tenure": "freehold",
        "floor_area_m2": 200.0 + 35 * (number % 40),
    }  # fmt: skip


def plan_of(snapshot: Snapshot, scenario: Scenario) -> Plan:
    """Of every seven properties one is left, one takes its team in, one is not decided and four are kept."""
    keys = list(snapshot.properties.index)
    actions = tuple(_action(n, key) for n, key in enumerate(keys) if n % 7 != 6)
    moves = tuple(
        Move(f"t{n}", key, keys[n + 1], 2026, 2.0 + n % 37, 1.4, 8_000.0)
        for n, key in enumerate(keys[:-1])
        if n % 7 == 0
    )
    zones = tuple(
        _zone_reach(n + 3 * s, service, zone, float(population))
        for s, service in enumerate(snapshot.services.index)
        for n, (zone, population) in enumerate(snapshot.zones["population"].items())
    )
    return Plan(
        status="within_gap", snapshot_digest=snapshot.digest, scenario_digest=scenario.digest, base_year=2026,
        seconds=41.0, solver="HiGHS 1.15", seed=0, objective_gbp_k=51_234.5, bound_gbp_k=50_829.0,
        bound_method="branch and bound", gap=0.0079, properties=actions, moves=moves, zones=zones,
        costs=(CostLine("running_cost", 1, 61_000.0), CostLine("receipts", 1, -9_765.5)),
        figures=_figures(snapshot, actions, moves), notes=("Travel is by straight line with a circuity of 1.3.",),
    )  # fmt: skip


def _action(number: int, key: str) -> PropertyAction:
    today = 9_000.0 + 1_370 * (number % 61)
    leaves = number % 7 == 0
    return PropertyAction(
        key, "leave" if leaves else "host" if number % 7 == 1 else "keep", year=2026 if leaves else None,
        sold=leaves, receipt_gbp=120_000.0 * (1 + number % 29) if leaves else 0.0,
        one_off_cost_gbp=12_000.0 if leaves else 0.0, running_cost_today_gbp_per_year=today,
        running_cost_after_gbp_per_year=0.0 if leaves else today, estimated=number % 3 == 0,
    )  # fmt: skip


def _zone_reach(number: int, service: Any, zone: Any, population: float) -> ZoneReach:
    today = 3.0 + 1.5 * (number % 12)
    after = (
        None if number % 29 == 28 else today + (8.0 if number % 10 == 5 else -6.0 if number % 11 == 10 else 0.0)
    )
    return ZoneReach(
        str(service), str(zone), population, today, after, today <= 15, after is not None and after <= 15
    )


def _figures(snapshot: Snapshot, actions: tuple[PropertyAction, ...], moves: tuple[Move, ...]) -> Figures:
    today = sum(action.running_cost_today_gbp_per_year for action in actions)
    after = sum(action.running_cost_after_gbp_per_year for action in actions)
    return Figures(
        running_cost_today_gbp_per_year=today, running_cost_after_gbp_per_year=after,
        saving_gbp_per_year=today - after, capital_receipts_gbp=sum(action.receipt_gbp for action in actions),
        one_off_cost_gbp=sum(action.one_off_cost_gbp for action in actions) + sum(m.cost_gbp for m in moves),
        npsv_gbp=12_345_678.0, properties_today=len(actions),
        properties_left=sum(action.action == "leave" for action in actions),
        people_moved=sum(move.fte for move in moves),
        reach={str(key): Reach(0.913, 0.902, 0.9, 0.9, 15.0, "foot") for key in snapshot.services.index},
        estimated_share=0.418,
    )  # fmt: skip
