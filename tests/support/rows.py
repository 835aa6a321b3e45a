"""A very small place: rows of each register table, as `estate.database.write` takes them."""

from datetime import date
from typing import Any

import shapely
import sqlalchemy as sa

from estate.database import Changes, write
from estate.dictionary import REGISTER_TABLES

TOWN_HALL = shapely.Point(380_000.25, 390_000.75)
SQUARE = shapely.box(380_100, 390_000, 380_200, 390_100)

ROWS: dict[str, list[dict[str, Any]]] = {
    "organisation": [{"id": "ac", "name": "Ambridge Council", "kind": "district"}],
    "site": [{"id": "centre", "name": "Town centre", "geometry": SQUARE, "homes_capacity": 40}],
    "property": [
        {"id": "ac-1", "organisation_id": "ac", "name": "Town Hall", "geometry": TOWN_HALL, "use": "office",
         "tenure": "freehold", "floor_area_m2": 1234.5, "effective_date": date(2026, 3, 31), "uprn": "100012"},
        {"id": "ac-2", "organisation_id": "ac", "name": "Library £ – “café”", "geometry": SQUARE,
         "use": "library", "site_id": "centre"},
        {"id": "AC-3", "organisation_id": "ac", "name": "Depot, place unknown", "year_built": 1971},
    ],
    "space": [{"id": "ac-1-desks", "property_id": "ac-1", "kind": "desks", "amount": 80.0}],
    "lease": [{"id": "l1", "property_id": "ac-2", "rent_gbp_per_year": 25_000.0, "expiry_date": date(2031, 6, 1)}],
    "running_cost": [{"id": "c1", "property_id": "ac-1", "category": "energy", "gbp_per_year": 10_000.1}],
    "valuation": [
        {"id": "v1", "property_id": "ac-1", "basis": "market", "value_gbp": 2_000_000.0, "confidential": True}
    ],
    "service": [{"id": "library", "name": "Library", "minutes": 20.0, "mode": "foot", "share_of_population": 0.9}],
    "team": [
        {"id": "t1", "organisation_id": "ac", "property_id": "ac-1", "name": "Planning", "fte": 12.5,
         "space_kind": "desks", "space_amount": 9.0}
    ],
    "zone": [{"id": "E01", "name": "Ambridge 1", "geometry": SQUARE, "population": 1_500}],
    "travel_build": [
        {"id": "table foot", "method": "table", "mode": "foot", "built_on": date(2026, 4, 1)}
    ],
    "travel_time": [
        {"id": "E01-ac-2-foot", "zone_id": "E01", "property_id": "ac-2", "mode": "foot", "minutes": 1.5}
    ],
    "funding_stream": [{"id": "f1", "name": "Growth fund", "year": 2027, "gbp": 500_000.0}],
}  # fmt: skip


def fill(connection: sa.Connection) -> Changes:
    """Write every row, parents first."""
    return sum((write(connection, table, ROWS[table]) for table in REGISTER_TABLES), Changes())
