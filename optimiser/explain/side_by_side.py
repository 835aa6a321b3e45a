"""Several plans of one place side by side: as wholes, property by property, partner by partner, year by year.

What differs zone by zone is in `two_plans`. The first plan is the one that the others are set against.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from estate.snapshot import Snapshot
from optimiser.explain.ranges import Range, dearer
from optimiser.plan import PartnerPosition, Plan, PropertyAction


@dataclass(frozen=True)
class Side:
    """One plan that is compared, with the name of its run and of its scenario."""

    run_id: str
    name: str
    plan: Plan
    snapshot: Snapshot


@dataclass(frozen=True)
class Option:
    """One plan as a whole. Money in GBP, real terms; `cost` and `npsv` are present values over the horizon."""

    run_id: str
    name: str
    status: str
    cost_gbp: float | None
    no_less_than_gbp: float | None  # no plan of its scenario can cost less
    dearer: Range | None  # than the first plan; None for that itself
    saving_gbp_per_year: float | None
    capital_receipts_gbp: float | None
    one_off_cost_gbp: float | None
    npsv_gbp: float | None
    carbon_tonnes_last_year: float | None
    properties_left: int | None
    people_moved_fte: float | None
    reach: dict[str, float]  # share of people within the standard after, by service
    required: dict[str, float]  # share that its scenario asked for


@dataclass(frozen=True)
class PropertyLine:
    """One property; None in the place of a plan that does not decide it."""

    property_id: str
    name: str
    organisation_id: str
    actions: tuple[PropertyAction | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the plans do not agree on what becomes of it: kept or left, when, sold, a hub."""
        return len({_fate(action) for action in self.actions}) > 1

    @property
    def left_in(self) -> int:
        """In how many of the plans it is left."""
        return sum(action is not None and action.action == "leave" for action in self.actions)


def _fate(action: PropertyAction | None) -> tuple[Any, ...] | None:
    if action is None:
        return None
    kept = action.action != "leave"
    return kept, action.year, action.sold, action.sold_year, action.transferred_year, action.hub_year


@dataclass(frozen=True)
class PartnerLine:
    """One organisation's position in each plan; None where the plan has none of it."""

    organisation_id: str
    name: str
    positions: tuple[PartnerPosition | None, ...]


@dataclass(frozen=True)
class YearOfPlan:
    """What a plan begins in one financial year, GBP in real terms, not discounted."""

    properties_left: int
    people_moved_fte: float
    moves_gbp: float  # move and fit-out
    sales_begun_gbp: float  # prices expected, before the costs of sale; the money may come in a later year


@dataclass(frozen=True)
class YearLine:
    """One financial year (from April) in each plan."""

    year: int
    plans: tuple[YearOfPlan, ...]


@dataclass(frozen=True)
class CostLine:
    """One cost over all years in each plan, GBP of present value; receipts are negative."""

    cost: str
    gbp: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """The plans in the order given; every tuple inside a line has one entry a plan."""

    options: tuple[Option, ...]
    properties: tuple[PropertyLine, ...]
    partners: tuple[PartnerLine, ...]
    years: tuple[YearLine, ...]
    costs: tuple[CostLine, ...]
    same_snapshot: bool  # else some differences are the register's

    @property
    def differing(self) -> tuple[PropertyLine, ...]:
        """The properties on which the plans do not agree."""
        return tuple(line for line in self.properties if line.differs)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        lines = [{**asdict(line), "differs": line.differs, "left_in": line.left_in} for line in self.properties]
        return {**asdict(self), "properties": lines}


def compare(sides: Sequence[Side]) -> Comparison:
    """Set plans side by side. ValueError without any."""
    if not sides:
        raise ValueError("there is nothing to compare")
    plans = [side.plan for side in sides]
    return Comparison(
        options=tuple(_option(side, plans[0] if number else None) for number, side in enumerate(sides)),
        properties=tuple(_properties(sides)),
        partners=tuple(_partners(sides)),
        years=tuple(_years(plans)),
        costs=tuple(_costs(plans)),
        same_snapshot=len({plan.snapshot_digest for plan in plans}) == 1,
    )


def _option(side: Side, first: Plan | None) -> Option:
    plan, figures = side.plan, side.plan.figures
    return Option(
        run_id=side.run_id,
        name=side.name,
        status=plan.status,
        cost_gbp=_thousands(plan.objective_gbp_k),
        no_less_than_gbp=_thousands(plan.bound_gbp_k),
        dearer=None if first is None else dearer(plan, first),
        saving_gbp_per_year=None if figures is None else figures.saving_gbp_per_year,
        capital_receipts_gbp=None if figures is None else figures.capital_receipts_gbp,
        one_off_cost_gbp=None if figures is None else figures.one_off_cost_gbp,
        npsv_gbp=None if figures is None else figures.npsv_gbp,
        carbon_tonnes_last_year=None if figures is None else figures.carbon_tonnes_last_year_after,
        properties_left=None if figures is None else figures.properties_left,
        people_moved_fte=None if figures is None else figures.people_moved,
        reach={} if figures is None else {key: one.after for key, one in figures.reach.items()},
        required={} if figures is None else {key: one.required for key, one in figures.reach.items()},
    )


def _thousands(gbp_k: float | None) -> float | None:
    return None if gbp_k is None else 1000 * gbp_k


def _properties(sides: Sequence[Side]) -> Iterable[PropertyLine]:
    found = [{action.property_id: action for action in side.plan.properties} for side in sides]
    for key in sorted(set().union(*found)):
        row = next(side.snapshot.properties.loc[key] for side in sides if key in side.snapshot.properties.index)
        actions = tuple(of.get(key) for of in found)
        yield PropertyLine(key, str(row["name"]), str(row["organisation_id"]), actions)


def _partners(sides: Sequence[Side]) -> Iterable[PartnerLine]:
    found = [{one.organisation_id: one for one in side.plan.partners} for side in sides]
    names = {str(key): str(name) for side in sides for key, name in side.snapshot.organisations["name"].items()}
    for key in sorted(set().union(*found)):
        yield PartnerLine(key, names.get(key, key), tuple(of.get(key) for of in found))


def _years(plans: Sequence[Plan]) -> Iterable[YearLine]:
    years = {action.year for plan in plans for action in plan.properties}
    years |= {_way_out(action) for plan in plans for action in plan.properties}
    years |= {move.year for plan in plans for move in plan.moves}
    for year in sorted(year for year in years if year is not None):
        yield YearLine(year, tuple(_year(plan, year) for plan in plans))


def _year(plan: Plan, year: int) -> YearOfPlan:
    moves = [move for move in plan.moves if move.year == year]
    return YearOfPlan(
        properties_left=sum(a.action == "leave" and a.year == year for a in plan.properties),
        people_moved_fte=sum(move.fte for move in moves),
        moves_gbp=sum(move.cost_gbp for move in moves),
        sales_begun_gbp=sum(a.receipt_gbp for a in plan.properties if _way_out(a) == year),
    )


def _way_out(action: PropertyAction) -> int | None:
    """Year in which it is sold or given to the community."""
    return action.sold_year if action.sold else action.transferred_year


def _costs(plans: Sequence[Plan]) -> Iterable[CostLine]:
    for cost in sorted({line.cost for plan in plans for line in plan.costs}):
        yield CostLine(cost, tuple(_cost(plan, cost) for plan in plans))


def _cost(plan: Plan, cost: str) -> float:
    return 1000 * sum(line.gbp_k for line in plan.costs if line.cost == cost)
