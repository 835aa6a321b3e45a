"""The frontier: every point the cheapest for what it asks, none dearer that asks less, dominated ones said so."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from optimiser.choices import alternatives as others
from optimiser.choices import base, frontier
from optimiser.choices.alternatives import alternatives
from optimiser.choices.base import GAP, Question, fates
from optimiser.choices.frontier import AXES, Point, begin
from optimiser.many import Ask
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows
from tests.support.tiny_place import asked, tiny


def plans_here(snapshot: Any, asks: Sequence[Ask], *, on_plan: Any = None, **_: Any) -> dict[str, Plan]:
    """Stands in for `many.plans`: a process for each of many small places would take most of the time."""
    made = {}
    for ask in asks:
        made[ask.key] = make_plan(snapshot, ask.scenario, earlier=ask.earlier, steer=ask.steer)
        if on_plan is not None:
            on_plan(ask.key, made[ask.key])
    return made


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    for module in (base, frontier, others):
        monkeypatch.setattr(module, "plans", plans_here)


def question(names: Sequence[str] = ()) -> Question:
    """A place where saving more costs more; for reach the tiny one, where nearness does."""
    if "reach" in names:
        place, scenario = tiny(), asked(services={"advice": {"minutes": 3.0, "share_of_population": 0.3}})
    else:
        place, scenario = tiny(**random_rows(random.Random(1))), asked(reach_tolerance=0.3)
    return Question(place, scenario, make_plan(place, scenario))


@pytest.mark.parametrize("names", [("saving",), ("carbon",), ("reach",), ("saving", "receipts")])
def test_each_point_is_the_cheapest_for_what_it_asks(names: tuple[str, ...]) -> None:
    one = question(names)
    begun = begin(one, names, 6)

    found = frontier.frontier(one, begun)

    assert len(found.points) == found.wanted <= 6
    assert len(found.efficient) >= 2
    for point in found.points:
        if point.cost_gbp is None:
            assert point.conflicts
            continue
        scenario = one.scenario
        for name, level in point.levels.items():
            if level is not None:
                axis = AXES[name]
                assert axis.sign * (point.values[name] - level) >= -1e-6 * abs(level) - 1e-9
                scenario = axis.asked(scenario, level, begun.base)
        alone = make_plan(one.snapshot, scenario)
        assert alone.objective_gbp_k is not None
        assert abs(point.cost_gbp - 1000 * alone.objective_gbp_k) <= GAP * point.cost_gbp
        assert point.gap is not None
        assert point.gap <= GAP
        assert point.no_less_than_gbp is not None
        assert point.no_less_than_gbp <= point.cost_gbp


def test_no_point_that_asks_more_costs_less() -> None:
    one = question()
    found = frontier.frontier(one, begin(one, ["saving"], 8))
    levels = sorted(found.points, key=lambda point: point.levels["saving"] or -1.0)

    for looser, tighter in pairwise(levels):
        assert looser.cost_gbp is not None
        assert tighter.cost_gbp is not None
        assert looser.cost_gbp <= tighter.cost_gbp + 1e-6
    efficient = sorted(found.efficient, key=lambda point: point.cost_gbp or 0.0)
    for cheap, dear in pairwise(efficient):
        assert cheap.values["saving"] < dear.values["saving"]


def test_dominated_points_are_found_by_looking_at_every_pair() -> None:
    dice = random.Random(4)
    axes = [AXES["saving"], AXES["carbon"]]

    def point(number: int) -> Point:
        values = {"saving": float(dice.randrange(5)), "carbon": float(dice.randrange(5))}
        levels: dict[str, float | None] = {**values}
        return Point(
            str(number), levels, "proven", values, cost_gbp=float(dice.randrange(5)), no_less_than_gbp=0.0
        )

    points = [point(number) for number in range(30)]
    compared = frontier._compared(points, axes)

    def row(p: Point) -> tuple[float, float, float]:
        return -(p.cost_gbp or 0.0), p.values["saving"], -p.values["carbon"]

    for p in compared:
        better = [
            o for o in compared if row(o) != row(p) and all(a >= b for a, b in zip(row(o), row(p), strict=True))
        ]
        assert bool(p.dominated_by) == bool(better)


def test_a_plan_that_does_more_for_less_is_handed_on() -> None:
    axes = [AXES["saving"]]
    loose = Point("-", {"saving": None}, "best_found", {"saving": 1.0}, cost_gbp=100.0, no_less_than_gbp=80.0)
    tight = Point("5", {"saving": 5.0}, "best_found", {"saving": 6.0}, cost_gbp=90.0, no_less_than_gbp=70.0)

    found = {point.key: point for point in frontier._compared([loose, tight], axes)}

    assert found["-"].cost_gbp == found["5"].cost_gbp == 90.0
    assert (found["-"].same_as, found["5"].same_as) == ("", "-")
    assert found["5"].no_less_than_gbp == 80.0


def test_it_goes_on_where_it_stopped() -> None:
    one = question()
    begun = begin(one, ["carbon"], 5)
    heard: list[dict[str, Any]] = []
    whole = frontier.frontier(one, begun, on_point=heard.append)
    again: list[dict[str, Any]] = []

    found = frontier.frontier(one, begun, json.loads(json.dumps(heard[:2])), again.append)

    assert [replace(point, seconds=0.0) for point in found.points] == [
        replace(point, seconds=0.0) for point in whole.points
    ]
    assert {point["key"] for point in again} == {point["key"] for point in heard[2:]}


def test_an_axis_on_which_nothing_more_can_be_had_says_so() -> None:
    place, scenario = tiny(), asked()
    one = Question(place, scenario, make_plan(place, scenario))

    found = frontier.frontier(one, begin(one, ["receipts"], 4))

    assert len(found.points) == found.wanted == 1
    assert found.notes == ("receipts: the cheapest plan goes as far as any that was found.",)


def test_an_unknown_axis_is_refused() -> None:
    with pytest.raises(ValueError, match="beauty: an axis is one of saving, receipts, carbon, reach"):
        begin(question(), ["beauty"], 3)


def test_alternatives_cost_little_more_and_differ_from_each_other() -> None:
    one = Question(tiny(), asked(), make_plan(tiny(), asked()))

    found, made = alternatives(one, one.plan, within=0.5, count=3)

    assert len(found.alternatives) == len(made) >= 2
    every = [one.plan, *made]
    for number, (plan, said) in enumerate(zip(made, found.alternatives, strict=True), start=1):
        assert (plan.objective_gbp_k or 0) <= 1.5 * (one.plan.objective_gbp_k or 0) + 1e-6
        apart = [sum(fates(plan)[key] != left for key, left in fates(other).items()) for other in every[:number]]
        assert said.unlike == tuple(apart)
        assert min(apart) > 0
        assert said.dearer_share <= 0.5 + 1e-6
        assert {*said.leaves, *said.keeps} == {
            key for key, left in fates(plan).items() if left != fates(one.plan)[key]
        }
    assert found.left_in == {key: sum(fates(plan)[key] for plan in every) for key in fates(one.plan)}
    nothing, none = alternatives(one, one.plan, within=0.0, count=2)
    assert (nothing.alternatives, none, nothing.wanted) == ((), [], 2)
