"""How often each property goes: draws that can be drawn again, verdicts that follow from counts."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from optimiser.appraise.ranges import drivers
from optimiser.appraise.settings import Risk
from optimiser.choices import base, robustness
from optimiser.choices.base import Question, fates
from optimiser.choices.robustness import DRAWN, drawn, wilson
from optimiser.many import Ask
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows
from tests.support.tiny_place import ROWS, asked, tiny

AS_PLANNED = Risk(ranges=dict.fromkeys(DRAWN, (1.0, 1.0)))
WIDE = Risk(ranges=dict.fromkeys(DRAWN, (0.1, 4.0)))


def plans_here(snapshot: Any, asks: Sequence[Ask], *, on_plan: Any = None, **_: Any) -> dict[str, Plan]:
    """Stands in for `many.plans`: a process for each of many small places would take most of the time."""
    made = {}
    for ask in asks:
        made[ask.key] = make_plan(ask.snapshot or snapshot, ask.scenario, earlier=ask.earlier)
        if on_plan is not None:
            on_plan(ask.key, made[ask.key])
    return made


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    for module in (base, robustness):
        monkeypatch.setattr(module, "plans", plans_here)


@pytest.fixture
def question() -> Question:
    place, scenario = tiny(**random_rows(random.Random(1))), asked(reach_tolerance=0.3)
    return Question(place, scenario, make_plan(place, scenario))


def test_where_nothing_turns_out_otherwise_every_draw_is_the_plan(question: Question) -> None:
    found = robustness.robustness(question, question.plan, 3, risk=AS_PLANNED)

    mine = fates(question.plan)
    assert {one.property_id: one.left_in for one in found.properties} == {
        key: 3 * left for key, left in mine.items()
    }
    assert {one.verdict for one in found.properties} == {"no_regret", "stays"}


def test_wide_ranges_make_close_calls_and_the_same_seed_the_same(question: Question) -> None:
    first = robustness.robustness(question, question.plan, 12, seed=5, risk=WIDE)
    heard: dict[int, Any] = {}
    robustness.robustness(question, question.plan, 4, seed=5, risk=WIDE, on_draw=heard.__setitem__)
    more: dict[int, Any] = {}
    second = robustness.robustness(
        question, question.plan, 12, seed=5, risk=WIDE, known=heard, on_draw=more.__setitem__
    )

    assert second.properties == first.properties
    assert sorted(more) == list(range(4, 12))
    assert {one.verdict for one in first.properties} - {"no_regret", "stays"}
    for one in first.properties:
        assert one.low <= one.left_in / 12 <= one.high
    other = robustness.robustness(question, question.plan, 12, seed=6, risk=WIDE)
    assert other.properties != first.properties


def test_plans_that_cost_nearly_as_little_count_beside_the_draws(question: Question) -> None:
    mine = fates(question.plan)
    key = next(key for key, left in mine.items() if left)
    kept = {**mine, key: False}

    found = robustness.robustness(question, question.plan, 2, risk=AS_PLANNED, near_best=[kept])

    one = next(one for one in found.properties if one.property_id == key)
    assert (one.left_in, one.near_best, one.verdict) == (2, 0, "close_call")


def test_a_draw_keeps_within_each_range_and_moves_nothing_else() -> None:
    rows = [{**row, "low_gbp": 0.9 * row["value_gbp"], "high_gbp": None} for row in ROWS["valuation"]]
    place, each = tiny(valuation=rows), drivers(Risk())["each_price"]
    times = dict.fromkeys(DRAWN, 1.0) | {"running_cost": 1.5, "repairs": 2.0}
    dice = np.random.default_rng(0)

    ratios = np.array([
        (drawn(place, times, each, dice, n).valuations["value_gbp"] / place.valuations["value_gbp"]).to_numpy()
        for n in range(300)
    ])  # fmt: skip

    recorded = ~place.valuations["estimated"].to_numpy()
    assert 0.9 <= ratios[:, recorded].min() < 0.92
    assert 1.12 < ratios[:, recorded].max() <= each.high
    one = drawn(place, times, each, dice, 7)
    assert np.allclose(one.running_costs["gbp_per_year"], 1.5 * place.running_costs["gbp_per_year"])
    assert one.digest != place.digest
    assert one.teams is place.teams
    assert one.leases["rent_gbp_per_year"].equals(place.leases["rent_gbp_per_year"])


def test_the_range_of_a_share_is_that_of_wilson() -> None:
    # Agresti and Coull, The American Statistician 52 (1998): 95 % score intervals.
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-3)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-3)
