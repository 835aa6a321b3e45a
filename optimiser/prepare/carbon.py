"""What energy each property uses, and what a MWh emits and is worth in each phase."""

import csv
from dataclasses import dataclass

import numpy as np

import data
from estate import rates
from estate.snapshot import Snapshot, records
from optimiser.prepare.money import discount_factor
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario


@dataclass(frozen=True)
class Carbon:
    """Energy in MWh a year by property that uses some; tonnes of CO2e and GBP for a MWh a year, by phase."""

    mwh: dict[str, float]
    unrecorded: int  # properties whose energy is floor area times a benchmark
    tonnes_per_mwh: tuple[float, ...]  # all through the phase
    gbp_per_mwh: tuple[float, ...]  # present value of those tonnes; 0 where carbon is not valued
    tonnes_per_mwh_by_year: tuple[float, ...]  # of each year of the horizon
    gbp_per_mwh_by_year: tuple[float, ...]  # what those are worth, real terms, not discounted, valued or not

    @property
    def tonnes_per_mwh_last_year(self) -> float:
        """In the last year of the horizon."""
        return self.tonnes_per_mwh_by_year[-1]

    def tonnes(self, place: str, phase: int) -> float:
        """What a property emits all through a phase."""
        return self.mwh[place] * self.tonnes_per_mwh[phase - 1]


def carbon_of(snapshot: Snapshot, scenario: Scenario, scope: Scope) -> Carbon:
    """Recorded energy, or the benchmark for each m2 of floor."""
    mwh, unrecorded = {}, 0
    for row in records(snapshot.properties.loc[list(scope.properties)]):
        kwh = row["energy_kwh_per_year"]
        if kwh != kwh and row["floor_area_m2"] > 0 and row["holding"] != "land":
            kwh = row["floor_area_m2"] * scenario.carbon.kwh_per_m2
            unrecorded += 1
        if kwh > 0:
            mwh[row["id"]] = kwh / 1000
    years = scenario.phases.years
    every = range(scenario.phases.base_year, scenario.phases.base_year + sum(years))
    tonnes, worth = _factors(scenario, list(every))
    rate, counted = scenario.rates.discount_rate_per_year, float(scenario.carbon.valued)
    present = [counted * discount_factor(rate, index) * gbp for index, gbp in enumerate(worth)]
    firsts = [sum(years[:index]) for index in range(len(years))]
    return Carbon(
        mwh,
        unrecorded,
        tuple(sum(tonnes[first : first + length]) for first, length in zip(firsts, years, strict=True)),
        tuple(sum(present[first : first + length]) for first, length in zip(firsts, years, strict=True)),
        tuple(tonnes),
        tuple(worth),
    )


def _factors(scenario: Scenario, years: list[int]) -> tuple[list[float], list[float]]:
    """Tonnes for each MWh in each year, and what those are worth in it, GBP in real terms."""
    with (data.FOLDER / "rates" / "carbon.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = [int(row["year"]) for row in rows]

    def dated(column: str) -> list[float]:
        return [float(value) for value in np.interp(years, known, [float(row[column]) for row in rows])]

    share = scenario.carbon.electricity_share
    tonnes = [
        share * power + (1 - share) * fuel
        for power, fuel in zip(dated("electricity_kg_per_kwh"), dated("fuel_kg_per_kwh"), strict=True)
    ]
    uprate = rates.value("uprate_2020_to_2026")
    worth = [uprate * gbp * each for gbp, each in zip(dated("gbp_2020_per_tonne"), tonnes, strict=True)]
    return tonnes, worth
