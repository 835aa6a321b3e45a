"""The price of fairness: a place whose cheapest plan harms the council, and what sparing it costs the whole."""

from collections.abc import Sequence
from typing import Any

import pytest

from estate.problems import InputError
from optimiser.appraise import fairness
from optimiser.appraise.fairness import price_of_fairness
from optimiser.many import Ask
from optimiser.planner import make_plan
from optimiser.solve import bridge
from tests.support.random_place import in_this_process
from tests.support.tiny_place import ROWS, asked, tiny

# Only the readers (150 m2, council) may move; the clinic (NHS) is the one place with room within 2 km.
SCENARIO = asked(
    pins={"team_stays": ["benefits", "desk", "nurses", "porters"], "keep": ["clinic"]}, moves={"max_km": 1.5}
)
# The clinic costs GBP 600,000 a year to hold: a guest's share is more than the council's whole library.
DEAR = tiny(
    running_cost=[
        {**row, "gbp_per_year": 600_000.0} if row["id"] == "clinic-holding" else row
        for row in ROWS["running_cost"]
    ]
)


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Plans are made here, and their names given."""
    names: list[str] = []

    def here(snapshot: Any, asks: Sequence[Ask], *, stop: Any = None, **_: Any) -> dict[str, Any]:
        names.extend(ask.key for ask in asks)
        if stop is not None and stop():
            return {}
        return {ask.key: make_plan(snapshot, ask.scenario, earlier=ask.earlier) for ask in asks}

    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    monkeypatch.setattr(fairness, "plans", here)
    return names


@pytest.mark.parametrize("none_worse_off", [False, True])
def test_the_price_is_the_same_from_either_plan(none_worse_off: bool) -> None:
    scenario = SCENARIO.with_value(("partners", "none_worse_off"), none_worse_off)
    plan = make_plan(DEAR, scenario)
    found = price_of_fairness(plan, DEAR, scenario, seconds=20)
    assert found is not None
    assert found.worse_off == ("A",)
    assert min(found.fair.better_off_gbp.values()) >= 0 > found.cheapest.better_off_gbp["A"]
    # Nobody moves in the fair plan, so the price is all that the cheapest gains.
    assert found.price_gbp == pytest.approx(sum(found.cheapest.better_off_gbp.values()))
    assert found.price_gbp > 100_000
    assert found.most_gbp is not None
    assert found.least_gbp <= found.price_gbp <= found.most_gbp
    assert found.most_gbp - found.least_gbp < 0.01 * found.price_gbp
    assert found.payments is not None
    assert [(one.payer, one.receiver) for one in found.payments] == [("N", "A")]
    assert sum(one.gbp for one in found.payments) == pytest.approx(-found.cheapest.better_off_gbp["A"], abs=0.01)


def test_where_the_cheapest_plan_harms_nobody_nothing_is_planned(asked_for: list[str]) -> None:
    plan = make_plan(tiny(), SCENARIO)
    found = price_of_fairness(plan, tiny(), SCENARIO, seconds=20)
    assert found is not None
    assert asked_for == []
    assert found.price_gbp == 0.0
    assert found.worse_off == ()
    assert found.fair == found.cheapest


def test_a_search_that_was_stopped_gives_no_price() -> None:
    assert price_of_fairness(make_plan(DEAR, SCENARIO), DEAR, SCENARIO, seconds=20, stop=lambda: True) is None


def test_where_the_other_plan_cannot_be_found_that_is_said() -> None:
    """The library must be left, and only the clinic could take the readers: fair there is none."""
    pinned = SCENARIO.with_value(("pins", "leave"), ["library"])
    plan = make_plan(DEAR, pinned)
    with pytest.raises(InputError, match=r"no plan was found with this rule \(infeasible_confirmed\)"):
        price_of_fairness(plan, DEAR, pinned, seconds=20)
