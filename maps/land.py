"""Sites: their outlines, and of those that a plan gives up whole, their land and the homes it could take."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely

from estate import rates
from estate.snapshot import Snapshot, records
from maps import geometry
from maps.geometry import Geometry, LonLat
from optimiser.plan import Plan, PropertyAction

M2_PER_HA = 10_000


@dataclass(frozen=True)
class Site:
    """Land that is sold as one. `numbers` are the rows of its properties in the register's frame.

    `year` is that in which the last of its properties has been sold, or left where it is not sold: None where the
    plan keeps any part, leases it, or gives it to the community. The area is None where nobody knows it.
    """

    name: str
    numbers: tuple[int, ...]
    at: LonLat | None
    outline: Geometry | None
    year: int | None = None
    sold: bool = False
    area_ha: float | None = None
    area_estimated: bool = False
    homes: float | None = None
    homes_recorded: bool = False  # else reckoned at `homes_per_ha` of data/rates


def sites(plan: Plan, snapshot: Snapshot, spots: Sequence[LonLat | None]) -> tuple[Site, ...]:
    """Every site with a property, whose places are `spots`; a property without a site is one of its own."""
    held = snapshot.properties
    actions = {action.property_id: action for action in plan.properties}
    members: dict[str, list[int]] = defaultdict(list)
    for number, (key, site) in enumerate(zip(held.index, held["site_id"], strict=True)):
        members[str(site or key)].append(number)
    outlines = geometry.simplified(
        {str(key): shape for key, shape in snapshot.sites["geometry"].items() if _is_area(shape)}
    )
    rows, known = records(held), {row["id"]: row for row in records(snapshot.sites)}
    found = []
    for key, numbers in members.items():
        recorded = known.get(key)
        name = str(rows[numbers[0]]["name"] if recorded is None else recorded["name"])
        at = next((spots[number] for number in numbers if spots[number]), None)
        own = [rows[number] for number in numbers]
        acts = [actions.get(str(held.index[number])) for number in numbers]
        freed = _freed(acts, own, recorded)
        found.append(Site(name, tuple(numbers), at, outlines.get(key), **freed))
    return tuple(found)


def _is_area(shape: Any) -> bool:
    return isinstance(shape, shapely.Polygon | shapely.MultiPolygon)


def _freed(acts: list[PropertyAction | None], held: list[dict[str, Any]], recorded: Any) -> dict[str, Any]:
    """When a site is free of the public estate, its area and homes; nothing where it is not."""
    left = [act for act in acts if act and act.year is not None and act.transferred_year is None]
    if len(left) < len(acts) or any(row["tenure"] != "freehold" for row in held):
        return {}
    area_ha, estimated = _area(held, recorded)
    capacity = None if recorded is None else recorded["homes_capacity"]
    known = bool(pd.notna(capacity))
    reckoned = None if area_ha is None else area_ha * rates.value("homes_per_ha")
    return {
        "year": max(act.sold_year or act.year or 0 for act in left),
        "sold": all(act.sold for act in left),
        "area_ha": area_ha,
        "area_estimated": estimated,
        "homes": float(capacity or 0) if known else reckoned,
        "homes_recorded": known,
    }


def _area(held: list[dict[str, Any]], recorded: Any) -> tuple[float | None, bool]:
    """Hectares inside the site's outline, or of its properties' land together; and whether that is an estimate."""
    if recorded is not None and _is_area(recorded["geometry"]):
        return recorded["geometry"].area / M2_PER_HA, False
    areas = [row["land_area_ha"] for row in held]
    total = sum(areas)  # NaN where any is missing: part of a site is not its area
    known = total == total and total > 0
    return (total if known else None), known and any(row["land_area_estimated"] for row in held)
