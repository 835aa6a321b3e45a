"""The frontier: what more of one thing costs. Floors and caps tightened step by step, the cheapest plan for each.

The epsilon-constraint method (Haimes, Lasdon and Wismer, 1971): present cost is what is least, and each axis is a
rule of the scenario, from where the cheapest plan leaves it, or one that goes farthest on another axis if that is
worse, to as far as any plan found goes.

    saving    goals.least_saving_gbp_per_year, GBP a year
    receipts  goals.least_receipts_gbp, GBP
    carbon    carbon.most_tonnes_per_year, tonnes of CO2e in the last year
    reach     the most that any service's reach falls, share of people: each keeps today's reach less that

A point asks at least as much as another where none of its rules is looser. Its plan then is one for the other too,
and the other's bound is one for it: both are handed on, so that no point that asks more costs less.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

from optimiser.choices.base import GAP, Question, StoppedError, planned_on, steering, summary_of
from optimiser.explain.ranges import pounds
from optimiser.many import Ask, plans
from optimiser.model.steering import Steer
from optimiser.plan import Plan
from optimiser.scenario import Scenario

_TINY = 1e-9


@dataclass(frozen=True)
class Axis:
    """One thing that a plan has more or less of. `sign` is 1 where more is better, -1 where less is."""

    name: str
    unit: str
    sign: int
    rule: str  # whose row is pushed to find how far it goes; blank where zero is as far as it goes
    value: Callable[[Plan], float]
    asked: Callable[[Scenario, float, Plan], Scenario]
    grain: float  # levels are rounded to it, towards what can be met


def _reach_lost(plan: Plan) -> float:
    """The most that any service's reach falls, share of people."""
    reach = plan.figures.reach if plan.figures else {}
    return max((max(0.0, one.today - one.after) for one in reach.values()), default=0.0)


def _no_more_reach_lost(scenario: Scenario, lost: float, plan: Plan) -> Scenario:
    """Each service keeps today's reach less `lost`, or what it had to keep where that is more."""
    for service, one in (plan.figures.reach if plan.figures else {}).items():
        share = min(1.0, max(one.required, math.floor(1e6 * (one.today - lost)) / 1e6, 0.0))
        scenario = scenario.with_value(("services", service, "share_of_population"), share)
        scenario = scenario.with_value(("services", service, "must_meet_target"), True)
    return scenario


def _key(*path: str) -> Callable[[Scenario, float, Plan], Scenario]:
    return lambda scenario, level, _: scenario.with_value(path, level)


def _figure(name: str) -> Callable[[Plan], float]:
    return lambda plan: float(getattr(plan.figures, name))


AXES = {
    axis.name: axis
    for axis in (
        Axis("saving", "GBP a year", 1, "saving_floor", _figure("saving_gbp_per_year"),
             _key("goals", "least_saving_gbp_per_year"), 1_000.0),
        Axis("receipts", "GBP", 1, "receipts_floor", _figure("capital_receipts_gbp"),
             _key("goals", "least_receipts_gbp"), 1_000.0),
        Axis("carbon", "tonnes of CO2e in the last year", -1, "carbon_cap",
             _figure("carbon_tonnes_last_year_after"), _key("carbon", "most_tonnes_per_year"), 0.1),
        Axis("reach", "most that any service's reach falls, share of people", -1, "", _reach_lost,
             _no_more_reach_lost, 1e-4),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """The cheapest plan found that reaches the levels asked for; None where nothing more is asked on an axis.

    `values` are what that plan reaches. `dominated_by`: another point is no dearer and no worse on any axis, and
    better on one. `same_as`: the point whose plan this is too.
    """

    key: str
    levels: dict[str, float | None]
    status: str
    values: dict[str, float]
    cost_gbp: float | None = None
    no_less_than_gbp: float | None = None
    gap: float | None = None
    npsv_gbp: float | None = None
    one_off_cost_gbp: float | None = None
    properties_left: int | None = None
    people_moved_fte: float | None = None
    left: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    seconds: float = 0.0
    dominated_by: str = ""
    same_as: str = ""


@dataclass(frozen=True)
class Frontier:
    """Every point, cheapest first. `wanted`: how many there are to be; fewer where it was stopped."""

    base: dict[str, Any]
    axes: tuple[str, ...]
    units: dict[str, str]
    points: tuple[Point, ...]
    wanted: int
    notes: tuple[str, ...] = ()

    @property
    def efficient(self) -> tuple[Point, ...]:
        """The points that none dominates and that are not another's plan again."""
        return tuple(p for p in self.points if p.cost_gbp is not None and not p.dominated_by and not p.same_as)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Begun:
    """What a frontier begins with: the cheapest plan, plans to search from, the levels of each point by key."""

    names: tuple[str, ...]
    base: Plan
    starts: tuple[Plan, ...]
    grid: dict[str, tuple[float | None, ...]]
    notes: tuple[str, ...] = ()  # of axes on which nothing more can be asked


def begin(question: Question, names: Sequence[str], number: int, base: Plan | None = None) -> Begun:
    """The levels of up to so many points between the cheapest plan and as far as each axis goes.

    ValueError for an axis that is none of AXES. StoppedError where it was stopped before the levels were known.
    """
    if unknown := sorted(set(names) - set(AXES)):
        raise ValueError(f"{', '.join(unknown)}: an axis is one of {', '.join(AXES)}")
    axes = [AXES[name] for name in names]
    base = base or planned_on(question)
    ends = _ends(question, base, axes)
    if question.stop is not None and question.stop():
        raise StoppedError
    grid = _grid(base, axes, ends, number)
    return Begun(tuple(names), base, (base, *ends.values()), grid, tuple(_notes(base, axes, ends)))


def _notes(base: Plan, axes: Sequence[Axis], ends: dict[str, Plan]) -> Iterator[str]:
    """Why an axis has a single level."""
    for axis in axes:
        if axis.rule and axis.name not in ends:
            yield f"{axis.name}: how far it goes was not found in the time, so nothing more is asked of it."
        elif _levels(axis, _start(axis, base, ends), _end(axis, ends), 2) == [None]:
            yield f"{axis.name}: the cheapest plan goes as far as any that was found."


def _start(axis: Axis, base: Plan, ends: dict[str, Plan]) -> float:
    """The worst of the cheapest plan and of those that go farthest on the other axes (a table of payoffs)."""
    return axis.sign * min(axis.sign * axis.value(plan) for plan in (base, *ends.values()))


def _end(axis: Axis, ends: dict[str, Plan]) -> float:
    return axis.value(ends[axis.name]) if axis.rule else 0.0


def frontier(
    question: Question,
    begun: Begun,
    known: Sequence[dict[str, Any]] = (),
    on_point: Callable[[dict[str, Any]], None] | None = None,
) -> Frontier:
    """The cheapest plan at each of the levels. Fewer points where it was stopped.

    `known` are points as `on_point` heard of them before: they are not planned again.
    """
    axes, names = [AXES[name] for name in begun.names], begun.names
    first = _key_of([None] * len(axes))
    done = {one["key"]: _stored(one) for one in known}
    done[first] = _point(first, dict.fromkeys(names), axes, begun.base)
    asks = [
        Ask(key, _scenario(question.scenario, axes, levels, begun.base), earlier=begun.starts)
        for key, levels in begun.grid.items()
        if key not in done
    ]

    def keep(key: str, plan: Plan) -> None:
        done[key] = _point(key, dict(zip(names, begun.grid[key], strict=True)), axes, plan)
        if on_point is not None:
            on_point(asdict(done[key]))

    plans(
        question.snapshot,
        asks,
        workers=question.workers,
        on_progress=question.told("Planning the points of the frontier"),
        on_plan=keep,
        stop=question.stop,
    )
    points = _compared([done[key] for key in begun.grid if key in done], axes)
    return Frontier(
        summary_of(begun.base), names, {a.name: a.unit for a in axes}, points, len(begun.grid), begun.notes
    )


def _ends(question: Question, base: Plan, axes: Sequence[Axis]) -> dict[str, Plan]:
    """For each axis with a rule the plan found that goes farthest; it need not be cheap."""
    asks = []
    for axis in axes:
        if axis.rule:
            today = axis.value(base)
            level = math.floor(today / axis.grain) * axis.grain if axis.sign > 0 else today
            scenario = axis.asked(question.scenario, max(level, axis.grain), base)
            asks.append(Ask(axis.name, steering(scenario), earlier=base, steer=Steer(rule=axis.rule)))
    told = question.told("Looking how far each axis goes")
    found = plans(question.snapshot, asks, workers=question.workers, on_progress=told, stop=question.stop)
    return {name: plan for name, plan in found.items() if plan.figures is not None}


def _grid(
    base: Plan, axes: Sequence[Axis], ends: dict[str, Plan], number: int
) -> dict[str, tuple[float | None, ...]]:
    """Levels by key: None, where nothing is asked, to as far as the axis goes, evenly spaced on each axis."""
    levels = [
        _levels(axis, _start(axis, base, ends), _end(axis, ends), count)
        if not axis.rule or axis.name in ends
        else [None]
        for axis, count in zip(axes, _counts(number, len(axes)), strict=True)
    ]
    return {_key_of(combined): combined for combined in product(*levels)}


def _counts(number: int, axes: int) -> list[int]:
    """How many levels each axis has, so that all together make no more than so many points.

    >>> _counts(12, 1), _counts(12, 2), _counts(12, 3), _counts(3, 2)
    ([12], [4, 3], [3, 2, 2], [3, 1])
    """
    counts = [1] * axes
    while True:
        least = min(range(axes), key=lambda axis: (counts[axis], axis))
        for axis in (least, *range(axes)):
            grown = [count + (place == axis) for place, count in enumerate(counts)]
            if math.prod(grown) <= number:
                counts = grown
                break
        else:
            return sorted(counts, reverse=True)


def _levels(axis: Axis, start: float, end: float, count: int) -> list[float | None]:
    """Nothing asked, then evenly on to the end, each rounded to what can be met."""
    if axis.sign * (end - start) <= axis.grain:
        return [None]
    steps = [start + (end - start) * step / max(1, count - 1) for step in range(1, count)]
    rounding = math.floor if axis.sign > 0 else math.ceil
    return [None, *(max(0.0, round(rounding(level / axis.grain) * axis.grain, 6)) for level in steps)]


def _key_of(levels: Sequence[float | None]) -> str:
    return " ".join("-" if level is None else f"{level:.10g}" for level in levels)


def _scenario(scenario: Scenario, axes: Sequence[Axis], levels: Sequence[float | None], base: Plan) -> Scenario:
    for axis, level in zip(axes, levels, strict=True):
        if level is not None:
            scenario = axis.asked(scenario, level, base)
    return scenario


def _point(key: str, levels: dict[str, float | None], axes: Sequence[Axis], plan: Plan) -> Point:
    figures = plan.figures
    if figures is None or plan.objective_gbp_k is None:
        return Point(key, levels, plan.status, {}, conflicts=plan.conflicts, seconds=plan.seconds)
    return Point(
        key=key,
        levels=levels,
        status=plan.status,
        values={axis.name: axis.value(plan) for axis in axes},
        cost_gbp=1000 * plan.objective_gbp_k,
        no_less_than_gbp=None if plan.bound_gbp_k is None else 1000 * plan.bound_gbp_k,
        gap=plan.gap,
        npsv_gbp=figures.npsv_gbp,
        one_off_cost_gbp=figures.one_off_cost_gbp,
        properties_left=figures.properties_left,
        people_moved_fte=figures.people_moved,
        left=tuple(action.property_id for action in plan.properties if action.action == "leave"),
        seconds=plan.seconds,
    )


def _stored(content: dict[str, Any]) -> Point:
    lists = {name: tuple(content[name]) for name in ("left", "conflicts")}
    return Point(**{**content, **lists})


def _compared(points: Sequence[Point], axes: Sequence[Axis]) -> tuple[Point, ...]:
    """Plans and bounds handed on between points, dominated ones marked, cheapest first."""
    handed = [_handed_on(point, points, axes) for point in points]
    ordered = sorted(handed, key=lambda p: (p.cost_gbp is None, p.cost_gbp or 0.0))  # stable: the looser first
    return tuple(
        replace(
            p,
            same_as=next((o.key for o in ordered[:number] if _alike(o, p)), ""),
            dominated_by=next((o.key for o in ordered if _dominates(o, p, axes)), ""),
        )
        for number, p in enumerate(ordered)
    )


def _alike(one: Point, other: Point) -> bool:
    """Whether two points have one plan, as far as its cost, its values and what it leaves tell."""
    return one.cost_gbp is not None and (one.cost_gbp, one.values, one.left) == (
        other.cost_gbp,
        other.values,
        other.left,
    )


def _handed_on(point: Point, points: Sequence[Point], axes: Sequence[Axis]) -> Point:
    """The cheapest plan of the points that ask as much or more, the best bound of those that ask no more."""
    costs = [p for p in points if p.cost_gbp is not None and _asks_as_much(p, point, axes)]
    bounds = [
        p.no_less_than_gbp for p in points if p.no_less_than_gbp is not None and _asks_as_much(point, p, axes)
    ]
    if not costs:
        return point
    best = min(costs, key=lambda p: (p.cost_gbp or 0.0, p.key != point.key))
    bound = min(max(bounds), best.cost_gbp or 0.0) if bounds else None
    gap = None if bound is None else ((best.cost_gbp or 0.0) - bound) / max(abs(best.cost_gbp or 0.0), _TINY)
    return replace(
        best,
        key=point.key,
        levels=point.levels,
        seconds=point.seconds,
        no_less_than_gbp=bound,
        gap=gap,
        status="proven" if gap is not None and gap <= GAP else best.status,
        conflicts=(),
    )


def _asks_as_much(point: Point, other: Point, axes: Sequence[Axis]) -> bool:
    for axis in axes:
        mine, theirs = point.levels[axis.name], other.levels[axis.name]
        if theirs is not None and (mine is None or axis.sign * (mine - theirs) < 0):
            return False
    return True


def _dominates(one: Point, other: Point, axes: Sequence[Axis]) -> bool:
    """Whether one is no dearer and no worse on any axis than the other, and better somewhere."""
    if one.cost_gbp is None or other.cost_gbp is None:
        return False
    ahead = [(other.cost_gbp - one.cost_gbp) / max(1.0, abs(other.cost_gbp))]
    ahead += [
        axis.sign * (one.values[axis.name] - other.values[axis.name]) / max(1.0, abs(other.values[axis.name]))
        for axis in axes
    ]
    return all(better >= -_TINY for better in ahead) and any(better > _TINY for better in ahead)


def shown(axis: str, value: float | None) -> str:
    """A value of an axis as people say it.

    >>> shown("saving", 2_683_229.0), shown("reach", 0.0123), shown("carbon", 2294.6), shown("receipts", None)
    ('£2.68 million', '1.23%', '2,295 t', '-')
    """
    if value is None:
        return "-"
    if axis == "reach":
        return f"{value:.2%}"
    return f"{value:,.0f} t" if axis == "carbon" else pounds(value)
