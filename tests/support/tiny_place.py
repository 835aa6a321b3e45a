"""A place small enough to reckon by hand: four buildings, four teams, three zones, everything recorded.

    km   0            1            2            3            4            10
         hall (A)     annexe (A)   library (A)  clinic (N)                depot (N, leased)

The council (A) and the NHS body (N) take part. Every zone is one kilometre wide and centred on a building.
"""

from copy import deepcopy
from datetime import date
from typing import Any

import shapely

from estate import snapshot
from estate.dictionary import columns
from estate.snapshot import Snapshot
from optimiser import scenario
from optimiser.scenario import Scenario

EASTING, NORTHING = 400_000, 300_000


def point(km: float) -> shapely.Point:
    """A point so many km east of the hall."""
    return shapely.Point(EASTING + 1000 * km, NORTHING)


def _property(key: str, organisation: str, km: float, **more: Any) -> dict[str, Any]:
    common = {"name": key.title(), "organisation_id": organisation, "geometry": point(km), "tenure": "freehold"}
    return {"id": key, **common, "use": "office", "floor_area_m2": 1000.0, **more}


def _team(key: str, home: str, organisation: str, amount: float, **more: Any) -> dict[str, Any]:
    common = {"name": key.title(), "organisation_id": organisation, "property_id": home, "fte": 10.0}
    return {"id": key, **common, "space_kind": "counter", "space_amount": amount, **more}


ROWS: dict[str, list[dict[str, Any]]] = {
    "organisation": [{"id": "A", "name": "Ashby Council"}, {"id": "N", "name": "Nene NHS Trust"}],
    "site": [{"id": "civic", "name": "Civic quarter"}],
    "property": [
        _property("annexe", "A", 1, site_id="civic"),
        _property("clinic", "N", 3, use="clinic"),
        _property("depot", "N", 10, tenure="leasehold"),
        _property("hall", "A", 0, site_id="civic"),
        _property("library", "A", 2, use="library"),
    ],
    "space": [
        {"id": f"{key}-space", "property_id": key, "kind": "counter", "amount": amount}
        for key, amount in {
            "annexe": 200.0,
            "clinic": 400.0,
            "depot": 300.0,
            "hall": 400.0,
            "library": 300.0,
        }.items()
    ],
    "lease": [
        {
            "id": "depot-lease",
            "property_id": "depot",
            "direction": "in",
            "start_date": date(2020, 4, 1),
            "expiry_date": date(2030, 4, 1),
            "break_dates": "2028-04-01",
            "rent_gbp_per_year": 20_000.0,
            "exit_cost_gbp": 5_000.0,
        }
    ],
    "running_cost": [
        {"id": f"{key}-{part}", "property_id": key, "category": "other", "gbp_per_year": gbp, "part": part}
        for key, costs in {
            "annexe": (40_000.0, 10_000.0),
            "clinic": (60_000.0, 20_000.0),
            "depot": (30_000.0, 6_000.0),
            "hall": (90_000.0, 40_000.0),
            "library": (50_000.0, 15_000.0),
        }.items()
        for part, gbp in zip(("holding", "use"), costs, strict=True)
    ],
    "valuation": [
        {"id": f"{key}-value", "property_id": key, "basis": "market", "value_gbp": gbp}
        for key, gbp in {
            "annexe": 500_000.0,
            "clinic": 900_000.0,
            "hall": 1_500_000.0,
            "library": 600_000.0,
        }.items()
    ],
    "service": [
        {
            "id": "advice",
            "name": "Advice desk",
            "minutes": 7.0,
            "mode": "car",
            "share_of_population": 0.9,
            "worst_case_minutes": 12.0,
        }
    ],
    "team": [
        _team("benefits", "hall", "A", 200.0),
        _team("desk", "annexe", "A", 50.0, service_id="advice", public_facing=True),
        _team("nurses", "clinic", "N", 150.0),
        _team("porters", "depot", "N", 40.0, service_id="advice", public_facing=True),
        _team("readers", "library", "A", 150.0),
    ],
    "zone": [
        {
            "id": f"z{number}",
            "name": f"Zone {number}",
            "geometry": point(km).buffer(500),
            "population": people,
            "population_65_plus": over_65s,
            "deprivation_decile": decile,
            "households_no_car": no_car,
        }
        for number, (km, people, over_65s, decile, no_car) in enumerate(
            ((0, 1000, 100, 1, 200), (2, 2000, 500, 5, 100), (10, 500, 200, 2, 50))
        )
    ],
}


def with_backlog() -> list[dict[str, Any]]:
    """The properties with repairs outstanding: the hall's overdue, the library's due in 2028."""
    due = {"hall": {"backlog_gbp": 250_000.0}, "library": {"backlog_gbp": 40_000.0, "backlog_due_year": 2028}}
    return [{**row, **due.get(row["id"], {})} for row in ROWS["property"]]


def tiny(**changes: list[dict[str, Any]]) -> Snapshot:
    """The place as a snapshot, with whole tables replaced by those given."""
    rows = {**deepcopy(ROWS), **changes}
    complete = {
        table: sorted(
            ({**{c.name: c.parse(None, "") for c in columns(table) if c.default}, **row} for row in found),
            key=lambda row: str(row["id"]),
        )
        for table, found in rows.items()
    }
    return snapshot.freeze(complete)


def asked(**settings: Any) -> Scenario:
    """A scenario for the place: 12 km moves, a straight line at 30 km/h without detours, a gap of nothing."""
    common: dict[str, Any] = {
        "travel": {"circuity": 1.0, "car_km_per_hour": 30.0},
        "moves": {"max_km": 12.0},
        "solver": {"gap": 0.0, "seconds": 30.0, "threads": 1},
        "reach_tolerance": 0.0,
    }
    return scenario.parse({**common, **settings})
