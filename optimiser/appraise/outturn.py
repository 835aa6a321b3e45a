"""What really happened beside what the plan forecast: by property, by year and in all.

Forecasts are in real terms of the base year; what was paid is in the money of its day and is also given in real
terms, at the inflation of the appraisal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from optimiser.plan import Plan

State = Literal["done", "under way", "overdue", "to come", "not planned"]


@dataclass(frozen=True)
class Recorded:
    """What is known of one property. None: not known, or not yet."""

    property_id: str
    left_on: date | None = None
    sold_on: date | None = None
    price_gbp: float | None = None
    cost_gbp: float | None = None
    note: str = ""


@dataclass(frozen=True)
class PropertyOutturn:
    """One property that the plan acts on, or of which something is recorded. Years are financial years."""

    property_id: str
    state: State
    left_year_planned: int | None
    left_year: int | None
    sold_year_planned: int | None  # in which the money comes
    sold_year: int | None
    price_planned_gbp: float
    price_gbp: float | None
    price_real_gbp: float | None
    cost_planned_gbp: float  # moves out of it and fit-out for them, overlap, leaving its lease, hub, costs of sale
    cost_gbp: float | None
    cost_real_gbp: float | None
    note: str


@dataclass(frozen=True)
class YearOutturn:
    """One financial year: forecasts against what came in and went out, both in real terms. GBP."""

    year: int
    price_planned_gbp: float
    price_real_gbp: float
    cost_planned_gbp: float
    cost_real_gbp: float


@dataclass(frozen=True)
class Outturn:
    """The comparison. The `of_known` sums set side by side only what is recorded and its own forecast."""

    on: date
    inflation_per_year: float
    properties: tuple[PropertyOutturn, ...]
    years: tuple[YearOutturn, ...]
    price_planned_gbp: float  # of the whole plan
    price_planned_of_known_gbp: float
    price_real_gbp: float
    cost_planned_gbp: float
    cost_planned_of_known_gbp: float
    cost_real_gbp: float
    late_years: float | None  # mean of how much later sales came in than planned; None: none came in

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "on": self.on.isoformat()}


def outturn(
    plan: Plan, recorded: Mapping[str, Recorded], sale_lag_years: int, inflation_per_year: float, on: date
) -> Outturn:
    """The comparison as it stands on a day. `recorded` is by property."""
    moves: dict[str, float] = {}
    for move in plan.moves:
        moves[move.from_property_id] = moves.get(move.from_property_id, 0.0) + move.cost_gbp

    def real(gbp: float | None, year: int | None) -> float | None:
        """In the prices of the base year; what has no day is taken to be of the day of the comparison."""
        if gbp is None:
            return None
        of_year = financial_year_of(on) if year is None else year
        return gbp / (1 + inflation_per_year) ** (of_year - plan.base_year)

    found = []
    for action in plan.properties:
        known = recorded.get(action.property_id, Recorded(action.property_id))
        changed = action.action == "leave" or action.hub_year is not None
        if not changed and known == Recorded(action.property_id):
            continue
        begins = action.sold_year if action.sold_year is not None else action.transferred_year
        sold_planned = None if begins is None else begins + sale_lag_years
        left, sold = (None if day is None else financial_year_of(day) for day in (known.left_on, known.sold_on))
        left_planned = action.year if action.year is not None else action.hub_year
        found.append(
            PropertyOutturn(
                property_id=action.property_id,
                state=_state(known, changed, begins is not None, left_planned, sold_planned, on),
                left_year_planned=left_planned,
                left_year=left,
                sold_year_planned=sold_planned,
                sold_year=sold,
                price_planned_gbp=action.receipt_gbp,
                price_gbp=known.price_gbp,
                price_real_gbp=real(known.price_gbp, sold),
                cost_planned_gbp=action.one_off_cost_gbp + moves.get(action.property_id, 0.0),
                cost_gbp=known.cost_gbp,
                cost_real_gbp=real(known.cost_gbp, left if left is not None else sold),
                note=known.note,
            )
        )
    late = [one.sold_year - one.sold_year_planned for one in found if one.sold_year and one.sold_year_planned]
    return Outturn(
        on=on,
        inflation_per_year=inflation_per_year,
        properties=tuple(found),
        years=_years(found, financial_year_of(on)),
        price_planned_gbp=sum(one.price_planned_gbp for one in found),
        price_planned_of_known_gbp=sum(one.price_planned_gbp for one in found if one.price_gbp is not None),
        price_real_gbp=sum(one.price_real_gbp or 0.0 for one in found),
        cost_planned_gbp=sum(one.cost_planned_gbp for one in found),
        cost_planned_of_known_gbp=sum(one.cost_planned_gbp for one in found if one.cost_gbp is not None),
        cost_real_gbp=sum(one.cost_real_gbp or 0.0 for one in found),
        late_years=sum(late) / len(late) if late else None,
    )


def financial_year_of(day: date) -> int:
    """The financial year, from April, that a day is in.

    >>> financial_year_of(date(2027, 3, 31)), financial_year_of(date(2027, 4, 1))
    (2026, 2027)
    """
    return day.year if day.month >= 4 else day.year - 1


def _state(
    known: Recorded, changed: bool, to_be_sold: bool, left_planned: int | None, sold_planned: int | None, on: date
) -> State:
    if not changed:
        return "not planned"
    if known.sold_on is not None if to_be_sold else known.left_on is not None:
        return "done"
    due = [year for year in (sold_planned if known.left_on else left_planned, sold_planned) if year is not None]
    if due and min(due) < financial_year_of(on):
        return "overdue"
    return "under way" if known.left_on is not None else "to come"


def _years(found: Sequence[PropertyOutturn], now: int) -> tuple[YearOutturn, ...]:
    """Every year in which anything was planned or happened; what has no day is put into that of the comparison."""
    sums: dict[int, list[float]] = {}

    def add(year: int, place: int, gbp: float) -> None:
        sums.setdefault(year, [0.0] * 4)[place] += gbp

    for one in found:
        if one.sold_year_planned is not None:
            add(one.sold_year_planned, 0, one.price_planned_gbp)
        if one.price_real_gbp is not None:
            add(now if one.sold_year is None else one.sold_year, 1, one.price_real_gbp)
        if one.left_year_planned is not None:
            add(one.left_year_planned, 2, one.cost_planned_gbp)
        if one.cost_real_gbp is not None:
            happened = one.left_year if one.left_year is not None else one.sold_year
            add(now if happened is None else happened, 3, one.cost_real_gbp)
    return tuple(YearOutturn(year, *sums[year]) for year in sorted(sums))
