"""Energy and carbon of each property, today's estate kept against the plan."""

from dataclasses import asdict, dataclass
from typing import Any

from optimiser.plan import Plan
from optimiser.prepare.inputs import Inputs


@dataclass(frozen=True)
class PropertyCarbon:
    """One property over the horizon. Tonnes of CO2e; GBP in real terms, not discounted."""

    property_id: str
    kwh_per_year: float
    tonnes_first_year: float
    tonnes_today: float  # over all years, were it kept
    tonnes_after: float  # while the plan keeps it
    value_today_gbp: float  # of those tonnes to society
    value_after_gbp: float


@dataclass(frozen=True)
class CarbonYear:
    """One financial year of the whole estate in scope."""

    year: int
    tonnes_today: float
    tonnes_after: float
    gbp_per_tonne: float | None  # the dated carbon value; None where no energy emits anything
    value_saved_gbp: float


@dataclass(frozen=True)
class Carbon:
    """The carbon of a plan. Properties in order of what leaving them saves, then of what they emit."""

    properties: tuple[PropertyCarbon, ...]
    years: tuple[CarbonYear, ...]
    unrecorded: int  # properties whose energy is floor area times a benchmark

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def carbon(plan: Plan, inputs: Inputs) -> Carbon:
    """The carbon of energy in use. What people emit on their way, and building work, are not in it."""
    known, first = inputs.carbon, inputs.phases[0].first_year
    tonnes, worth = known.tonnes_per_mwh_by_year, known.gbp_per_mwh_by_year
    end = first + len(tonnes)
    left = {action.property_id: action.year for action in plan.properties if action.year is not None}
    held = {p: left.get(p, end) - first for p in known.mwh}  # years
    properties = [
        PropertyCarbon(
            property_id=p,
            kwh_per_year=1000 * mwh,
            tonnes_first_year=mwh * tonnes[0],
            tonnes_today=mwh * sum(tonnes),
            tonnes_after=mwh * sum(tonnes[: held[p]]),
            value_today_gbp=mwh * sum(worth),
            value_after_gbp=mwh * sum(worth[: held[p]]),
        )
        for p, mwh in known.mwh.items()
    ]
    properties.sort(key=lambda one: (one.tonnes_after - one.tonnes_today, -one.tonnes_today, one.property_id))
    every = sum(known.mwh.values())
    years = []
    for number, (each, gbp) in enumerate(zip(tonnes, worth, strict=True)):
        kept = sum(mwh for p, mwh in known.mwh.items() if held[p] > number)
        price = gbp / each if each else None
        years.append(CarbonYear(first + number, every * each, kept * each, price, (every - kept) * gbp))
    return Carbon(tuple(properties), tuple(years), known.unrecorded)
