"""How fast people go by class of road: `data/rates/road_speeds.csv`, dated and sourced like every rate."""

import csv
import math
from dataclasses import dataclass
from datetime import date
from functools import cache

import data
from estate import rates


@dataclass(frozen=True)
class RoadSpeed:
    """One class of road. Speeds in km/h, NaN where a mode does not go; a car's in built-up areas and outside."""

    road_class: str
    openstreetmap: tuple[str, ...]  # values of `highway`, or of `route` for a ferry
    open_roads: tuple[str, ...]  # words of OS Open Roads' road_function or form_of_way
    car_built_up_km_per_hour: float
    car_open_country_km_per_hour: float
    bicycle_km_per_hour: float
    foot_km_per_hour: float
    from_date: date
    source: str
    status: str

    def km_per_hour(self, mode: str, built_up: bool) -> float:
        """Speed of a mode, km/h; NaN where it does not go."""
        area = "" if mode != "car" else "_built_up" if built_up else "_open_country"
        return float(getattr(self, f"{mode}{area}_km_per_hour"))


@cache
def road_speeds() -> dict[str, RoadSpeed]:
    """Every class of road by its name, in the order of the table."""
    with (data.FOLDER / "rates" / "road_speeds.csv").open(encoding="utf-8", newline="") as file:
        return {row["road_class"]: _speed(row) for row in csv.DictReader(file)}


@cache
def built_up_junctions_per_km2() -> float:
    """From how many junctions a km2 an area counts as built up."""
    return rates.value("built_up_junctions_per_km2")


def _speed(row: dict[str, str]) -> RoadSpeed:
    speeds = {name: float(text) if text else math.nan for name, text in row.items() if name.endswith("_per_hour")}
    return RoadSpeed(
        road_class=row["road_class"],
        openstreetmap=_listed(row["openstreetmap"]),
        open_roads=_listed(row["open_roads"]),
        from_date=date.fromisoformat(row["from_date"]),
        source=row["source"],
        status=row["status"],
        **speeds,
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(";"))))
