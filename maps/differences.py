"""Where two plans of a place differ: property by property, zone by zone, and in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maps import words
from maps.layers import NONE, Swatch
from maps.layers.reach import EDGE
from maps.view import Place, View
from optimiser.explain import two_plans
from optimiser.explain.ranges import Range
from optimiser.explain.side_by_side import Comparison, Option

# Of a property that the plans do not agree on: colour and shape both tell.
KINDS = (
    Swatch("Left in A only", "diamond", "#e66101", radius=8, weight=1.5),
    Swatch("Left in B only", "square", "#5e3c99", radius=6.5, weight=1.5),
    Swatch("Left in both, in another year or way", "triangle", "#ffffff", radius=7, weight=2),
    Swatch("Kept in both, a shared hub in one or from another year", "hexagon", "#ffb81c", radius=8, weight=1.5),
    Swatch("Decided in one plan only", "circle", "#b1b4b6", "#505a5f", radius=5),
)
ZONES = (
    Swatch("Within the standard in both", "area", "#eef3f8", EDGE),
    Swatch("Within the standard in A only", "area", "#fdb863", "#7f3b08", weight=2.5),
    Swatch("Within the standard in B only", "area", "#b2abd2", "#2d004b", weight=2.5, dashes="5 4"),
    Swatch("In neither", "area", "#d3d3d3", EDGE),
)


@dataclass(frozen=True)
class Line:
    """One figure of both plans in words, and B less A."""

    name: str
    first: str
    second: str
    difference: str


@dataclass(frozen=True)
class Differing:
    """A property that the plans do not agree on. `places`: of the two views, None where one has it not."""

    place: Place
    places: tuple[Place | None, Place | None]
    kind: int  # of KINDS

    @property
    def saving_gbp_per_year(self) -> float | None:
        """What B saves a year more than A; None where one does not know."""
        first, second = (place.saving_gbp_per_year if place else None for place in self.places)
        return _less(first, second)

    @property
    def receipt_gbp(self) -> float:
        """What B takes for it more than A."""
        first, second = ((place and place.receipt_gbp) or 0.0 for place in self.places)
        return second - first


def properties(found: Comparison, views: tuple[View, View]) -> tuple[Differing, ...]:
    """The properties that differ, those with a place of their own on the map or not, in the comparison's order."""
    held = [{place.id: place for place in view.places} for view in views]
    made = []
    for line in found.differing:
        first, second = (of.get(line.property_id) for of in held)
        place = first or second
        if place:
            made.append(Differing(place, (first, second), _kind(*line.actions[:2])))
    return tuple(made)


def _kind(first: Any, second: Any) -> int:
    if first is None or second is None:
        return 4
    left = (first.action == "leave", second.action == "leave")
    return {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[left]


def reach(views: tuple[View, View], service_id: str) -> list[int]:
    """For each zone of the first view its place in ZONES, or NONE where a plan does not say."""
    held = [next((s.zones for s in view.services if s.id == service_id), {}) for view in views]
    classes = []
    for zone in views[0].zones:
        first, second = (of.get(zone.id) for of in held)
        if first is None or second is None:
            classes.append(NONE)
        else:
            classes.append({(1, 1): 0, (1, 0): 1, (0, 1): 2, (0, 0): 3}[first.reached_after, second.reached_after])
    return classes


def figures(found: Comparison) -> list[Line]:
    """The plans as wholes. What one costs more than the other is the range that is proven."""
    first, second = found.options[:2]
    return [
        Line(
            "Present cost of the estate",
            words.pounds(first.cost_gbp),
            words.pounds(second.cost_gbp),
            _range(second.dearer),
        ),
        _money("Saving a year", first.saving_gbp_per_year, second.saving_gbp_per_year),
        _money("Receipts from sales", first.capital_receipts_gbp, second.capital_receipts_gbp),
        _money("One-off cost", first.one_off_cost_gbp, second.one_off_cost_gbp),
        _money("Net present social value", first.npsv_gbp, second.npsv_gbp),
        _count("Properties that go", first.properties_left, second.properties_left),
        _count("People who move", first.people_moved_fte, second.people_moved_fte),
    ]


def people(found: Comparison, views: tuple[View, View]) -> list[Line]:
    """By service: the share of people within its standard after each plan, and how many only one reaches."""
    names = {service.id: service.name for view in reversed(views) for service in view.services}
    apart = two_plans.apart(two_plans.pairs(views[0].plan, views[1].plan))
    first, second = found.options[:2]
    return [
        Line(
            names.get(row.service_id, row.service_id),
            _share(first, row.service_id),
            _share(second, row.service_id),
            f"{row.only_second:,} people in B only, {row.only_first:,} in A only"
            if row.only_first or row.only_second
            else "the same people",
        )
        for row in apart
    ]


def _share(option: Option, service: str) -> str:
    return words.share(option.reach[service]) if service in option.reach else "not in this plan"


def _range(dearer: Range | None) -> str:
    """How much less or more B costs than A: the best plans are known no more precisely."""
    if dearer is None or dearer.low_gbp is None or dearer.high_gbp is None:
        return "not known"
    if dearer.proven:
        return signed(dearer.high_gbp)
    low, high = sorted((abs(dearer.low_gbp), abs(dearer.high_gbp)))
    if dearer.low_gbp * dearer.high_gbp > 0:
        word = "more" if dearer.low_gbp > 0 else "less"
        return f"{words.pounds(low)} to {words.pounds(high)} {word}"
    return f"{words.pounds(-dearer.low_gbp)} less to {words.pounds(dearer.high_gbp)} more"


def signed(gbp: float | None) -> str:
    """Pounds with their sign: +£1.20 million."""
    if gbp is None:
        return "not known"
    said = words.pounds(gbp)
    return f"+{said}" if round(gbp) > 0 else said


def _money(name: str, first: float | None, second: float | None) -> Line:
    return Line(name, words.pounds(first), words.pounds(second), signed(_less(first, second)))


def _count(name: str, first: float | None, second: float | None) -> Line:
    less = _less(first, second)
    said = ["not known" if value is None else f"{value:,.0f}" for value in (first, second)]
    return Line(name, said[0], said[1], "not known" if less is None else f"{less:+,.0f}" if round(less) else "0")


def _less(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else second - first


def legend(kinds: Sequence[Swatch]) -> list[dict[str, Any]]:
    """Lines of a key as plain data."""
    return [vars(swatch) for swatch in kinds]
