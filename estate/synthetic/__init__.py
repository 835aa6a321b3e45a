"""A synthetic place: an invented county of public bodies and buildings, the same bytes for the same seed.

Profile `realistic` is calibrated on the founding papers; `free` makes the planning problem hard. The settings of
both are in `data/demo/`.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml

import data
from estate.dictionary import columns
from estate.problems import InputError
from estate.services import definitions
from estate.synthetic import free, realistic, repairs
from estate.synthetic.ground import Row, make_ground, zone_rows
from estate.synthetic.realistic import Estate, Settings, Tables, make_bodies

PROFILES = ("realistic", "free")
# Tables that are written, parents before children.
TABLES = (
    "organisation", "site", "property", "space", "lease", "running_cost", "valuation", "service", "team", "zone",
)  # fmt: skip
_LIMITS = {"properties": (10, 100_000), "organisations": (1, 200), "zones": (4, 40_000), "seed": (0, 2**31 - 1)}


@dataclass(frozen=True)
class SyntheticPlace:
    """The rows of each register table, typed as the dictionary says, and the scenario as plain data."""

    tables: Tables
    scenario: dict[str, Any]

    def write(self, out_dir: Path) -> list[Path]:
        """Write a CSV for each table that has rows (places as WKT in EPSG:27700), and scenario.yaml."""
        out_dir.mkdir(parents=True, exist_ok=True)
        filled = [table for table in TABLES if self.tables[table]]
        files = {f"{table}.csv": _csv(table, self.tables[table]) for table in filled}
        files["scenario.yaml"] = yaml.safe_dump(self.scenario, sort_keys=False, allow_unicode=True)
        for table in TABLES:  # no table of another place may be left among ours
            (out_dir / f"{table}.csv").unlink(missing_ok=True)
        for name, text in files.items():
            (out_dir / name).write_bytes(text.encode())
        return [out_dir / name for name in files]


def generate(
    properties: int, organisations: int, zones: int, seed: int, profile: str = "realistic"
) -> SyntheticPlace:
    """Make a place of so many properties, organisations and demand zones. Raises InputError for other sizes."""
    _check(profile, {"properties": properties, "organisations": organisations, "zones": zones, "seed": seed})
    settings = _settings(profile)
    dice = np.random.default_rng([seed, PROFILES.index(profile)])
    ground = make_ground(dice, properties)
    estate = Estate(dice, settings, ground, make_bodies(ground, organisations))
    for body in estate.bodies:
        estate.add("organisation", **body.row)
    for service in settings["services"]:
        own = settings.get("every_service_standard") or settings["service_standards"].get(service, {})
        estate.add("service", **{**definitions()[service].row(), **own})
    (free if profile == "free" else realistic).fill_estate(estate, properties)
    people = settings["people_per_property"] * properties
    for table in TABLES:
        estate.tables.setdefault(table, [])
    estate.tables["zone"] = zone_rows(dice, ground, zones, people)
    _calibrate(estate.tables, settings, properties)
    repairs.add(
        estate.tables, settings, np.random.default_rng([seed, PROFILES.index(profile), 1])
    )  # all else as it was
    _forget(estate, settings)
    return SyntheticPlace(estate.tables, settings["scenario"])


def _check(profile: str, sizes: Mapping[str, int]) -> None:
    if profile not in PROFILES:
        raise InputError.of(
            "--profile", f"it is none of {', '.join(PROFILES)}", "Choose one of them", value=profile
        )
    for name, (least, most) in _LIMITS.items():
        if not least <= sizes[name] <= most:
            reason = f"it is outside {least:,} to {most:,}"
            raise InputError.of(f"--{name}", reason, "Give a number between them", value=str(sizes[name]))


def _settings(profile: str) -> Settings:
    content: Settings = yaml.safe_load((data.FOLDER / "demo" / f"{profile}.yaml").read_text(encoding="utf-8"))
    return content


def _calibrate(tables: Tables, settings: Settings, properties: int) -> None:
    """Scale values, and costs with rents, to the totals of the settings, before any figure is lost."""
    rents = [(row, "rent_gbp_per_year") for row in tables["lease"] if row["direction"] == "in"]
    costs = [(row, "gbp_per_year") for row in tables["running_cost"]]
    _scale(costs + rents, settings["cost_gbp_per_property"] * properties, decimals=0)
    values = [(row, "value_gbp") for row in tables["valuation"]]
    _scale(values, settings["value_gbp_per_property"] * properties, decimals=-2)


def _scale(figures: list[tuple[Row, str]], wanted: float, decimals: int) -> None:
    """Multiply figures so that they sum to `wanted`."""
    total = sum(row[column] for row, column in figures)
    # A very small place keeps its own prices: one hospital would otherwise make everything else cheap.
    factor = min(max(wanted / total, 0.5), 3.0) if total else 1.0
    for row, column in figures:
        row[column] = round(row[column] * factor, decimals)


def _forget(estate: Estate, settings: Settings) -> None:
    """Lose figures of the smaller properties, as real registers have, so that the estimates are put to use."""
    if "missing" not in settings:
        return
    dice, tables, shares = estate.dice, estate.tables, settings["missing"]
    small = [row for row in tables["property"] if (row["floor_area_m2"] or 0.0) <= settings["missing_up_to_m2"]]
    for table in ("running_cost", "valuation"):
        lost = {row["id"] for row in small if float(dice.random()) < shares[table]}
        tables[table] = [row for row in tables[table] if row["property_id"] not in lost]
    unseen = {row["id"] for row in small if float(dice.random()) < shares["inside"]}
    for table in ("space", "team"):
        tables[table] = [row for row in tables[table] if row["property_id"] not in unseen]
    for row in small:
        if row["holding"] != "land" and float(dice.random()) < shares["floor_area_m2"]:
            row["floor_area_m2"] = None


def _csv(table: str, rows: list[dict[str, Any]]) -> str:
    names = [column.name for column in columns(table)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(
        [_cell(row.get(name)) for name in names] for row in sorted(rows, key=lambda row: str(row["id"]))
    )
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, shapely.Geometry):
        return str(shapely.to_wkt(value, rounding_precision=0))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
