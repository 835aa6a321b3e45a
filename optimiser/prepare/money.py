"""The economics of each property: what it costs a year, what it is worth, what it costs to leave. Pounds."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import isnan
from typing import Any

import pandas as pd

from estate.snapshot import Snapshot, records
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario

_DAYS_PER_YEAR = 365.25
# Share of a building's space that is in use at the least when its use costs are spread over the people there:
# a single desk in an empty town hall does not carry the whole cleaning bill.
_LEAST_OCCUPATION = 0.5


@dataclass(frozen=True)
class Backlog:
    """Repairs that must be done in a phase, if the property is still held then."""

    phase: int
    gbp: float
    factor: float  # to the present value, from the year in which they fall due
    year: int  # in which they fall due: the base year for what is overdue


@dataclass(frozen=True)
class PropertyMoney:
    """One property's figures, GBP in real terms; `a year` where it says so."""

    holding_gbp_per_year: float  # while held, whoever is in it
    use_gbp_per_m2_per_year: float  # for each m2 in use
    void_gbp_per_year: float  # when emptied and not yet sold, or its lease not yet ended
    rent_gbp_per_year: float
    value_gbp: float  # what a sale would bring; 0 where it is not the body's to sell
    exit_gbp: tuple[float, ...]  # cost of ending its lease at the start of each phase; 0 where it is owned
    backlog: Backlog | None  # repairs that fall due by the horizon
    overlap_gbp: float  # what running it beside the new place costs, once, when it is left
    may_stand_empty: bool  # leased, and its lease may end in a later phase than it is left


def property_money(snapshot: Snapshot, scenario: Scenario, scope: Scope) -> dict[str, PropertyMoney]:
    """The figures of every property in scope."""
    costs = _sums(snapshot.running_costs, scope, "gbp_per_year")
    use_costs = _sums(snapshot.running_costs[snapshot.running_costs["part"] == "use"], scope, "gbp_per_year")
    rents = _sums(snapshot.leases[snapshot.leases["direction"] == "in"], scope, "rent_gbp_per_year")
    values = sale_values(snapshot.valuations)
    exits = _exit_costs(snapshot, scenario, scope)
    backlogs = _backlogs(snapshot, scenario)
    never = (0.0,) * len(scenario.phases.years)
    result = {}
    for property_id in scope.properties:
        occupied_m2 = scope.occupied_m2.get(property_id, 0.0)
        spread_m2 = max(occupied_m2, _LEAST_OCCUPATION * scope.space_m2.get(property_id, 0.0))
        rate = use_costs.get(property_id, 0.0) / spread_m2 if spread_m2 else 0.0
        holding = costs.get(property_id, 0.0) - rate * occupied_m2
        empty_today = property_id not in scope.occupied_m2
        owned = scope.tenure[property_id] == "freehold"
        waits = scenario.leases.may_stand_empty and len(never) > 1 and not owned and any(exits[property_id])
        # What stands empty already costs no less by being called left.
        void = holding if empty_today else holding * scenario.rates.void_cost_share
        void = void if owned or waits else 0.0
        overlap = (holding - void) * scenario.rates.double_running_months / 12
        result[property_id] = PropertyMoney(
            holding_gbp_per_year=holding,
            use_gbp_per_m2_per_year=rate,
            void_gbp_per_year=void,
            rent_gbp_per_year=rents.get(property_id, 0.0),
            value_gbp=values.get(property_id, 0.0) if owned else 0.0,
            exit_gbp=never if owned else exits[property_id],
            backlog=backlogs.get(property_id),
            overlap_gbp=0.0 if empty_today else overlap,
            may_stand_empty=waits,
        )
    return result


def discount_factor(rate_per_year: float, years: float) -> float:
    """Present value of GBP 1 after so many years; year 0 is not discounted (HM Treasury Green Book).

    >>> round(discount_factor(0.035, 10), 4)
    0.7089
    """
    return float((1 + rate_per_year) ** -years)


def _backlogs(snapshot: Snapshot, scenario: Scenario) -> dict[str, Backlog]:
    """Repairs that fall due by the horizon, by property; what is overdue falls due in the base year."""
    ends, rate = list(accumulate(scenario.phases.years)), scenario.rates.discount_rate_per_year
    found = {}
    for row in records(snapshot.properties[snapshot.properties["backlog_gbp"] > 0]):
        due = row["backlog_due_year"]
        waits = 0 if isnan(due) else max(0, int(due) - scenario.phases.base_year)
        if waits < ends[-1]:
            found[row["id"]] = Backlog(
                phase=bisect_right(ends, waits) + 1,
                gbp=row["backlog_gbp"],
                factor=discount_factor(rate, waits),
                year=scenario.phases.base_year + waits,
            )
    return found


@dataclass(frozen=True)
class Opinion:
    """The valuation that a price rests on. GBP; the range and the confidence are blank where none is recorded."""

    value_gbp: float
    low_gbp: float | None
    high_gbp: float | None
    confidence: str
    estimated: bool


def sale_values(valuations: pd.DataFrame) -> dict[str, float]:
    """Price by property: the higher of the latest valuations on each basis (Green Book: current or best use)."""
    return {property_id: opinion.value_gbp for property_id, opinion in sale_opinions(valuations).items()}


def sale_opinions(valuations: pd.DataFrame) -> dict[str, Opinion]:
    """The valuation behind each price of `sale_values`; of equal ones the later, then by id."""
    latest: dict[tuple[str, str], tuple[str, str, dict[str, Any]]] = {}
    for row in records(valuations):
        key = (row["property_id"], row["basis"])
        when = (str(row["valued_on"] or ""), str(row["id"]))
        if key not in latest or when > latest[key][:2]:
            latest[key] = (*when, row)
    found: dict[str, dict[str, Any]] = {}
    for (property_id, _), (_, _, row) in latest.items():
        if property_id not in found or row["value_gbp"] > found[property_id]["value_gbp"]:
            found[property_id] = row
    return {
        property_id: Opinion(
            float(row["value_gbp"]),
            _or_none(row["low_gbp"]),
            _or_none(row["high_gbp"]),
            str(row["confidence"] or ""),
            bool(row["estimated"]),
        )
        for property_id, row in found.items()
    }


def _or_none(value: float) -> float | None:
    return None if value != value else float(value)


def _sums(rows: pd.DataFrame, scope: Scope, column: str) -> dict[str, float]:
    rows = rows[rows["property_id"].isin(scope.properties)]
    totals = rows.groupby("property_id")[column].sum()
    return dict(zip(totals.index.astype(str), totals.astype(float), strict=True))


def _exit_costs(snapshot: Snapshot, scenario: Scenario, scope: Scope) -> dict[str, tuple[float, ...]]:
    """Rent to the next event and dilapidations, for every property that is not owned, by phase."""
    leases: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for lease in records(snapshot.leases):
        if lease["direction"] == "in":
            leases[lease["property_id"]].append(lease)
    areas = snapshot.properties["floor_area_m2"].fillna(0.0).to_dict()
    starts = phase_starts(scenario)
    result = {}
    for property_id in scope.properties:
        area = areas[property_id]
        repair = scenario.rates.dilapidations_gbp_per_m2 * area
        held = leases.get(property_id)
        result[property_id] = tuple(
            sum(_lease_exit(lease, day, area, scenario) for lease in held) if held else repair for day in starts
        )
    return result


def _lease_exit(lease: dict[str, Any], day: date, floor_area_m2: float, scenario: Scenario) -> float:
    """GBP to give a lease back on `day`: rent to the next event, and repairs as agreed or by the benchmark."""
    rates, share = scenario.rates, scenario.leases.surrender_share_of_rent
    repair_share = {"full": 1.0, "": 1.0, "internal": rates.internal_repair_share, "none": 0.0}
    repairs = rates.dilapidations_gbp_per_m2 * floor_area_m2 * repair_share[lease["repair_liability"]]
    agreed = lease["exit_cost_gbp"]
    return share * _or_zero(lease["rent_gbp_per_year"]) * _years_to_event(lease, day) + (
        repairs if agreed != agreed else agreed
    )


def _years_to_event(lease: dict[str, Any], day: date) -> float:
    """Years from `day` to expiry or the first break that notice allows; a lease past both rolls on notice."""
    notice_years = _or_zero(lease["notice_months"]) / 12
    breaks = [date.fromisoformat(text) for text in lease["break_dates"].split()]
    waits = [years for event in breaks if (years := (event - day).days / _DAYS_PER_YEAR) >= notice_years]
    expiry = lease["expiry_date"]
    if expiry is not None and expiry >= day:
        waits.append((expiry - day).days / _DAYS_PER_YEAR)
    return min(waits) if waits else notice_years


def phase_starts(scenario: Scenario) -> list[date]:
    """First day of each phase: 1 April, when the financial year begins."""
    years = scenario.phases.years
    return [date(scenario.phases.base_year + sum(years[:index]), 4, 1) for index in range(len(years))]


def _or_zero(value: float) -> float:
    return 0.0 if value != value else float(value)
