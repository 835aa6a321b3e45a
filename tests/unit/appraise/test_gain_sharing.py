"""The ways to share side by side, on a small place planned for real, and spoilt shares found out."""

import copy
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from optimiser.appraise.coalitions import Coalition, random_orders
from optimiser.appraise.gain_sharing import WAYS, GainSharing, gain_sharing, weights
from optimiser.checker.sharing import sharing_mismatches
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.solve import bridge
from tests.support.random_place import in_this_process
from tests.support.tiny_place import ROWS, asked, tiny

SCENARIO = asked(reach_tolerance=0.3)
THREE = ("A", "F", "N")
# The fire service (F) holds the annexe, and its desk works there.
SNAPSHOT = tiny(
    organisation=[*ROWS["organisation"], {"id": "F", "name": "Fire service"}],
    property=[
        {**row, "organisation_id": "F", "site_id": None} if row["id"] == "annexe" else row
        for row in ROWS["property"]
    ],
    team=[{**row, "organisation_id": "F"} if row["id"] == "desk" else row for row in ROWS["team"]],
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge, "_in_child", in_this_process)
        return make_plan(SNAPSHOT, SCENARIO)


def _whole(plan: Plan) -> float:
    return sum(one.cost_today_gbp - one.cost_after_gbp for one in plan.partners)


def _shared(plan: Plan, part_of_whole: dict[str, float], gap: float | None = 0.0, **more: Any) -> GainSharing:
    """With groups that save alone these parts of the whole."""
    whole = _whole(plan)
    groups = [
        Coalition(tuple(members), part * whole, None if gap is None else (part + gap) * whole, "proven", 5.0, 0.0)
        for members, part in part_of_whole.items()
    ]
    return gain_sharing(plan, SNAPSHOT, SCENARIO, groups, more.get("orders"))


STABLE = {"A": 0.2, "F": 0.1, "N": 0.1, "AF": 0.4, "AN": 0.4, "FN": 0.3}
# Any two together save nine tenths of what all three do.
TORN = {"A": 0.0, "F": 0.0, "N": 0.0, "AF": 0.9, "AN": 0.9, "FN": 0.9}


def test_every_way_shares_the_whole_gain_and_its_payments_bring_it_about(plan: Plan) -> None:
    found = _shared(plan, STABLE)
    falls = {one.organisation_id: one.cost_today_gbp - one.cost_after_gbp for one in plan.partners}
    assert [way.way for way in found.ways] == list(WAYS)
    assert found.gain_gbp == pytest.approx(_whole(plan))
    for way in found.ways:
        assert sum(way.shares_gbp.values()) == pytest.approx(found.gain_gbp)
        for i in THREE:
            got = sum(one.gbp * ((one.receiver == i) - (one.payer == i)) for one in way.payments)
            assert falls[i] + got == pytest.approx(way.shares_gbp[i], abs=0.03)
    assert sharing_mismatches(found.to_dict(), None, plan, SNAPSHOT, SCENARIO) == []


def test_shapley_is_worked_out_from_what_each_adds(plan: Plan) -> None:
    shares = next(way for way in _shared(plan, STABLE).ways if way.way == "shapley").shares_gbp
    whole = _whole(plan)
    # A: alone 0.2, to F 0.3, to N 0.3, to both 0.7; in a third, a sixth, a sixth and a third of the orders
    assert shares["A"] == pytest.approx((0.2 / 3 + 0.3 / 6 + 0.3 / 6 + 0.7 / 3) * whole)


def test_by_need_and_by_area_are_in_proportion_to_what_the_register_says(plan: Plan) -> None:
    found = weights(plan, SNAPSHOT, THREE)
    assert found["by_need"] == {"A": 200.0 + 150.0, "F": 50.0, "N": 150.0 + 40.0}
    assert found["by_area"] == {"A": 2000.0, "F": 1000.0, "N": 2000.0}
    by_area = next(way for way in _shared(plan, STABLE).ways if way.way == "by_area").shares_gbp
    assert by_area["F"] == pytest.approx(_whole(plan) / 5)


def test_what_goes_with_a_partner_is_what_it_and_the_others_save_apart(plan: Plan) -> None:
    found, whole = _shared(plan, STABLE), _whole(plan)
    council = found.leaving[0]
    assert council.organisation_id == "A"
    expected = [part * whole for part in (0.2, 0.3, 0.5, 0.7)]
    assert [council.alone_gbp, council.others_gbp, council.lost_gbp, council.adds_gbp] == pytest.approx(expected)


def test_a_share_holds_surely_or_by_the_plans_found_or_not(plan: Plan) -> None:
    sure, torn = _shared(plan, STABLE), _shared(plan, TORN)
    by_name = {way.way: way.stable for way in sure.ways}
    assert by_name["shapley"] == by_name["keeps_all_in"] == "yes"
    assert sure.advised is not None
    assert sure.advised.way == "shapley"
    assert {way.stable for way in torn.ways} == {"no"}
    assert torn.advised is None
    wide = _shared(plan, STABLE, gap=0.4)
    assert next(way for way in wide.ways if way.way == "shapley").stable == "as_found"
    assert wide.better_by_staying_gbp > 0
    assert wide.surely_better_by_staying_gbp is not None
    assert wide.surely_better_by_staying_gbp < 0
    assert wide.largest_gap_gbp == pytest.approx(0.4 * _whole(plan))


def test_where_no_share_holds_what_is_lacking_is_named(plan: Plan) -> None:
    """Three pairs want 0.9 each and so 1.35 in all: 0.35 is lacking, and any share leaves a pair 7/30 short."""
    found, whole = _shared(plan, TORN), _whole(plan)
    assert found.better_by_staying_gbp == pytest.approx(-(0.9 - 2 / 3) * whole)
    assert found.subsidy_gbp == pytest.approx(0.35 * whole)
    assert dict(found.balance) == pytest.approx(dict.fromkeys(combinations(THREE, 2), 1 / 3))
    assert sharing_mismatches(found.to_dict(), None, plan, SNAPSHOT, SCENARIO) == []


def test_without_a_bound_nothing_is_sure(plan: Plan) -> None:
    found = _shared(plan, STABLE, gap=None)
    assert found.largest_gap_gbp is None
    assert found.surely_better_by_staying_gbp is None
    assert {way.stable for way in found.ways} <= {"as_found", "no"}


def test_groups_that_save_more_apart_are_named(plan: Plan) -> None:
    (apart,) = _shared(plan, {**STABLE, "AF": 0.25}).apart
    assert (apart.first, apart.second) == (("A",), ("F",))
    assert apart.more_gbp == pytest.approx(0.05 * _whole(plan))


def test_of_many_partners_the_shapley_share_is_a_mean_with_its_error(plan: Plan) -> None:
    orders = random_orders(THREE, 7, seed=2)
    found = _shared(plan, STABLE, orders=orders)
    (way,) = (way for way in found.ways if way.way == "shapley")
    assert way.standard_errors_gbp is not None
    assert all(error is not None and error > 0 for error in way.standard_errors_gbp.values())
    assert (found.exact, found.orders) == (False, 7)
    assert sharing_mismatches(found.to_dict(), orders, plan, SNAPSHOT, SCENARIO) == []
    assert sharing_mismatches(found.to_dict(), orders[:3], plan, SNAPSHOT, SCENARIO)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda d: d["ways"][1]["shares_gbp"].update(A=0.0), "shapley, share of A"),
        (lambda d: d["ways"][2]["shares_gbp"].update(A=0.0), "keeps_all_in, in all"),
        (lambda d: d["ways"][4]["shares_gbp"].update(F=1.0), "by_area, share of F"),
        (lambda d: d["ways"][0].update(objections=()), "as_it_falls"),
        (lambda d: d["ways"][5].update(payments=()), "equal, "),
        (lambda d: d["ways"][1].update(stable="yes"), "shapley, stable"),
        (lambda d: d.update(gain_gbp=1.0), "gain"),
        (lambda d: d.update(better_by_staying_gbp=0.0), "better by staying"),
        (lambda d: d.update(balance=d["balance"][:2]), "balance"),
        (lambda d: d.update(subsidy_gbp=0.0), "subsidy"),
        (lambda d: d["leaving"][2].update(lost_gbp=0.0), "N, lost by its leaving"),
        (lambda d: d["groups"][3].update(value_gbp=5.0), "shapley"),
    ],
)
def test_spoilt_shares_are_found_out(plan: Plan, spoil: Any, what: str) -> None:
    said = copy.deepcopy(_shared(plan, TORN).to_dict())
    spoil(said)
    wrong = sharing_mismatches(said, None, plan, SNAPSHOT, SCENARIO)
    assert any(what in one.what for one in wrong), wrong


def test_a_large_group_is_called_by_those_who_are_not_in_it(plan: Plan) -> None:
    found = replace(_shared(plan, STABLE), partners={i: i.upper() for i in "abcde"})
    names = ("ab", "abc", "abcd", "abcde", "e")
    said = ["A, B", "all but D and E", "all but E", "A, B, C, D, E", "E"]
    assert [found.group_name(name) for name in names] == said
