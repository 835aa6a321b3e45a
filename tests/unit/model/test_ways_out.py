"""lease_events and community_transfer: other ways out of a property than sale, worked out by hand."""

from typing import Any

import pytest

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.plan import Plan, PropertyAction
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from tests.support.tiny_place import ROWS, asked, tiny

# The depot's lease: a break in April 2028, expiry in April 2030, then it rolls on six months' notice; GBP 20,000 a
# year and 5,000 for repairs. Moving its porters costs 9,000 + 14,000.
PHASES = {"years": [2, 3, 5]}
ANYWHERE = {"advice": {"share_of_population": 0.0, "worst_case_minutes": 600.0}}
POOR: dict[str, Any] = {
    "phases": PHASES,
    "services": ANYWHERE,
    "pins": {"leave": ["depot"], "team_stays": ["benefits", "desk", "readers", "nurses"]},
    "capital": {"new_funding_gbp": [23_000.0, 0.0, 20_000.0], "recycled_share_of_receipts": 0.0},
}


def _action(plan: Plan, key: str) -> PropertyAction:
    return next(action for action in plan.properties if action.property_id == key)


def _cost(plan: Plan, cost: str, phase: int) -> float:
    return next(line.gbp_k for line in plan.costs if (line.cost, line.phase) == (cost, phase))


def test_by_default_and_in_one_phase_a_lease_ends_as_its_property_is_left() -> None:
    assert prepare(tiny(), asked(phases=PHASES)).may_stand_empty == ()
    assert prepare(tiny(), asked(leases={"may_stand_empty": True})).may_stand_empty == ()
    assert prepare(tiny(), asked(phases=PHASES, leases={"may_stand_empty": True})).may_stand_empty == ("depot",)


def test_a_lease_that_cannot_be_paid_out_keeps_its_team_waiting() -> None:
    depot = _action(make_plan(tiny(), asked(**POOR)), "depot")
    assert (depot.year, depot.lease_ends_year) == (2031, 2031)


def test_a_leased_property_stands_empty_until_its_lease_can_be_ended() -> None:
    plan = make_plan(tiny(), asked(**POOR, leases={"may_stand_empty": True}))
    depot = _action(plan, "depot")
    assert (depot.year, depot.lease_ends_year) == (2026, 2031)
    assert depot.one_off_cost_gbp == pytest.approx(15_000)
    first, second = 1 + 1 / 1.035, sum(1.035**-year for year in (2, 3, 4))
    assert [_cost(plan, "rent", t) for t in (1, 2, 3)] == pytest.approx([20 * first, 20 * second, 0])
    # 30,000 a year for holding and, of 6,000 for use, what the porters on 40 m2 of 150 m2 do not carry
    void = 0.35 * (30 + 6 - 6 * 40 / 150)
    assert [_cost(plan, "void_cost", t) for t in (1, 2, 3)] == pytest.approx([void * first, void * second, 0])
    assert _cost(plan, "exit_cost", 3) == pytest.approx(15 * 1.035**-5)


def test_a_landlord_may_take_less_than_the_rent_owed() -> None:
    scenario = asked(leases={"surrender_share_of_rent": 0.5})
    assert prepare(tiny(), scenario).properties["depot"].exit_gbp[0] == pytest.approx(
        0.5 * 20_000 * 731 / 365.25 + 5_000
    )


def _unsaleable(value_gbp: float) -> Snapshot:
    """The library on one site with the leased depot, so that it cannot be sold."""
    rows = [{**row, "site_id": "s"} if row["id"] in {"library", "depot"} else row for row in ROWS["property"]]
    values = [
        {**row, "value_gbp": value_gbp} if row["property_id"] == "library" else row for row in ROWS["valuation"]
    ]
    return tiny(property=rows, valuation=values, site=[*ROWS["site"], {"id": "s", "name": "S"}])


def test_what_nobody_can_sell_may_go_to_the_community() -> None:
    given: dict[str, Any] = {"transfers": {"properties": ["library"], "price_share": 0.5}}
    leave: dict[str, Any] = {"pins": {"leave": ["library"]}}
    kept = _action(make_plan(_unsaleable(50_000.0), asked(**leave)), "library")
    assert (kept.transferred_year, kept.running_cost_after_gbp_per_year > 0) == (None, True)
    plan = make_plan(_unsaleable(50_000.0), asked(**leave, **given))
    gone = _action(plan, "library")
    assert (gone.transferred_year, gone.sold, gone.running_cost_after_gbp_per_year) == (2026, False, 0)
    assert gone.receipt_gbp == pytest.approx(25_000)
    assert gone.one_off_cost_gbp == pytest.approx(500 + 500)
    assert plan.figures is not None
    assert plan.figures.capital_receipts_gbp >= 25_000


def test_what_is_worth_more_than_its_void_costs_is_not_given_away() -> None:
    scenario = asked(pins={"leave": ["library"]}, transfers={"properties": ["library"]})
    assert _action(make_plan(_unsaleable(600_000.0), scenario), "library").transferred_year is None


@pytest.mark.parametrize(
    ("transfers", "reason"),
    [
        ({"properties": ["depot"]}, "not a freehold in scope"),
        ({"properties": ["hall"], "undervalue_limit_gbp": 1e6}, "more than GBP 1,000,000 below its value"),
        ({"properties": ["nowhere"]}, "no such id"),
    ],
)
def test_a_transfer_that_may_not_be_is_refused(transfers: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        prepare(tiny(), asked(transfers=transfers))
