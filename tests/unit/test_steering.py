"""Looking for another plan than the cheapest: as far as a rule goes, and as unlike as can be within a limit."""

from itertools import combinations

import pytest

from optimiser.choices.base import fates
from optimiser.model.build import build
from optimiser.model.steering import Steer, steered
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.solve import bridge
from tests.support.random_place import in_this_process
from tests.support.tiny_place import asked, tiny


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)


def test_a_floor_is_pushed_as_high_as_any_plan_goes() -> None:
    scenario = asked(goals={"least_receipts_gbp": 1_000.0})

    far = make_plan(tiny(), scenario, steer=Steer(rule="receipts_floor"))

    assert far.figures is not None
    most = far.figures.capital_receipts_gbp
    higher = make_plan(tiny(), scenario.with_value(("goals", "least_receipts_gbp"), most + 1_000.0))
    assert higher.status == "infeasible_confirmed"
    there = make_plan(tiny(), scenario.with_value(("goals", "least_receipts_gbp"), most))
    assert there.figures is not None
    assert there.figures.capital_receipts_gbp == pytest.approx(most)
    assert (there.objective_gbp_k or 0) <= (far.objective_gbp_k or 0) + 1e-6
    assert far.bound_gbp_k is None


def test_a_cap_is_pushed_as_low() -> None:
    free = make_plan(tiny(), asked())
    assert free.figures is not None
    cap = free.figures.carbon_tonnes_last_year_after + 1.0

    far = make_plan(tiny(), asked(carbon={"most_tonnes_per_year": cap}), steer=Steer(rule="carbon_cap"))

    assert far.figures is not None
    least = far.figures.carbon_tonnes_last_year_after
    assert least <= free.figures.carbon_tonnes_last_year_after
    lower = make_plan(tiny(), asked(carbon={"most_tonnes_per_year": 0.99 * least}))
    assert lower.status == "infeasible_confirmed"


def test_the_most_unlike_plan_is_as_unlike_as_any_within_the_limit() -> None:
    place, scenario = tiny(), asked()
    best = make_plan(place, scenario)
    limit = 1.5 * (best.objective_gbp_k or 0)
    mine = fates(best)

    other = make_plan(place, scenario, steer=Steer(unlike=(mine,), most_gbp_k=limit, bound_gbp_k=best.bound_gbp_k))

    apart = sum(mine[key] != left for key, left in fates(other).items())
    assert apart > 0
    assert best.objective_gbp_k is not None
    assert best.objective_gbp_k <= (other.objective_gbp_k or 0) <= limit + 1e-6
    assert other.bound_gbp_k == pytest.approx(best.bound_gbp_k)
    # No plan that differs on one property more is as cheap: each such set is pinned and planned.
    for turned in combinations(mine, apart + 1):
        pins = {
            "keep": [key for key in mine if mine[key] == (key in turned)],
            "leave": [key for key in mine if mine[key] != (key in turned)],
        }
        cost = make_plan(place, asked(pins=pins)).objective_gbp_k
        assert cost is None or cost > limit


def test_a_rule_that_is_not_asked_for_cannot_be_pushed() -> None:
    inputs = prepare(tiny(), asked())
    with pytest.raises(ValueError, match="does not ask for receipts_floor"):
        steered(build(inputs), inputs, Steer(rule="receipts_floor"))
