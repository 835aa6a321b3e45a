"""Newport from its OpenStreetMap extract: 100 zones, its libraries, police and fire stations, as a register."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import osmium
import shapely

from estate.locate import to_national_grid

DATA = Path("newport_roads") / "newport-2023-06-13.osm.pbf"
ZONES = Path("england_wales") / "lsoa21_demand_derived.csv"
_NEWPORT = "W06000022"
_MINUTES = {"library": (20, "foot"), "police": (20, "car"), "fire_station": (10, "car")}
Row = dict[str, Any]


def rows(shared: Path) -> dict[str, list[Row]]:
    """Rows of the register's tables."""
    amenities = _amenities(shared / DATA)
    return {
        "organisation": [{"id": "newport", "name": "Newport City Council", "kind": "unitary"}],
        "service": [
            {
                "id": service,
                "name": service.replace("_", " ").title(),
                "minutes": float(minutes),
                "mode": mode,
                "share_of_population": 0.5,
                "worst_case_minutes": 60.0,
            }
            for service, (minutes, mode) in _MINUTES.items()
        ],
        "property": [
            {
                "id": f"osm/{kind}/{number}",
                "organisation_id": "newport",
                "name": name,
                "geometry": place,
                "use": "library" if kind == "library" else "office",
                "tenure": "freehold",
                "floor_area_m2": 600.0,
            }
            for kind, number, name, place in amenities
        ],
        "space": [
            {
                "id": f"osm/{kind}/{number} space",
                "property_id": f"osm/{kind}/{number}",
                "kind": "counter",
                "amount": 400.0,
            }
            for kind, number, _, _ in amenities
        ],
        "team": [
            {
                "id": f"team/{kind}/{number}",
                "organisation_id": "newport",
                "property_id": f"osm/{kind}/{number}",
                "name": name,
                "service_id": kind,
                "fte": 6.0,
                "space_kind": "counter",
                "space_amount": 90.0,
                "public_facing": True,
                "may_move": True,
            }
            for kind, number, name, _ in amenities
        ],
        "zone": _zones(shared / ZONES),
    }


def _zones(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["ltla24_code"] == _NEWPORT]
    degrees = [float(row["longitude"]) for row in found], [float(row["latitude"]) for row in found]
    return [
        {
            "id": row["lsoa21_code"],
            "name": row["lsoa21_name"],
            "geometry": shapely.Point(round(x, 2), round(y, 2)),
            "population": int(row["pop_2021"]),
            "population_65_plus": int(row["pop_65_over"]),
            "deprivation_decile": int(row["wimd2019_decile"]),
        }
        for row, x, y in zip(found, *to_national_grid().transform(*degrees), strict=True)
    ]


def _amenities(path: Path) -> list[tuple[str, int, str, shapely.Point]]:
    """Kind, number, name and place; of a building the middle of its outline."""
    found: list[tuple[str, int, str, shapely.Point]] = []
    items: Iterable[Any] = (
        osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter("amenity"))
    )
    for item in items:
        kind = item.tags.get("amenity", "")
        if kind not in _MINUTES or not (item.is_node() or item.is_way()):
            continue
        corners = [item.location] if item.is_node() else [n.location for n in item.nodes if n.location.valid()]
        if corners:
            east, north = to_national_grid().transform([c.lon for c in corners], [c.lat for c in corners])
            place = shapely.MultiPoint(list(zip(east, north, strict=True))).centroid
            name = item.tags.get("name", kind.replace("_", " "))
            found.append((kind, item.id, name, shapely.Point(round(place.x, 2), round(place.y, 2))))
    return sorted(found, key=lambda one: one[:2])
