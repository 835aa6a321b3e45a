"""How far each driver of the risk analysis may go: the table of `data/rates/`, or what the settings say."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import data
from optimiser.appraise.settings import MIDDLE, Risk


@dataclass(frozen=True)
class Driver:
    """One thing that may turn out otherwise. `lines` of the cash flows are taken so many times."""

    driver: str
    name: str
    lines: tuple[str, ...]
    low: float
    high: float
    unit: str
    status: str
    source: str

    @property
    def middle(self) -> float:
        """What the appraisal itself has."""
        return MIDDLE.get(self.driver, 1.0)


def drivers(asked: Risk) -> dict[str, Driver]:
    """Every driver with its range, in the order of the table."""
    ranges = {str(driver): pair for driver, pair in asked.ranges.items()}
    return {
        name: replace(
            one, low=ranges[name][0], high=ranges[name][1], status="set", source="Set for this appraisal"
        )
        if name in ranges
        else one
        for name, one in _table().items()
    }


@cache
def _table() -> Mapping[str, Driver]:
    with (data.FOLDER / "rates" / "appraisal_ranges.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["driver"]: Driver(
                row["driver"], row["name"], tuple(row["lines"].split()), float(row["low"]), float(row["high"]),
                row["unit"], row["status"], row["source"],
            )
            for row in csv.DictReader(file)
        }  # fmt: skip
