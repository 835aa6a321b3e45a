"""funding_streams and receipts_stay_home: who may pay for what, worked out by hand for the tiny place."""

from dataclasses import replace
from typing import Any

import pytest

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.plan import FundUse, Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import Scenario
from optimiser.verify import mismatches
from tests.support.tiny_place import ROWS, asked, point, tiny

# Only the council's readers may move, from the library to the NHS's clinic: 9,000 to move and 52,500 to fit out.
READERS: dict[str, Any] = {
    "pins": {"team_stays": ["benefits", "desk", "nurses", "porters"], "keep": ["clinic"]},
    "moves": {"max_km": 1.5},
    "phases": {"years": [2, 3, 5]},
}


def _asked(capital: dict[str, Any], **more: Any) -> Scenario:
    return asked(**READERS, capital=capital, **more)


def _stream(**changes: Any) -> Snapshot:
    row = {"id": "f1", "organisation_id": "A", "name": "Estates fund", "year": 2026, "gbp": 70_000.0}
    return tiny(funding_stream=[{**row, "eligible_spend": "move fit_out", **changes}])


def _moves(plan: Plan) -> dict[str, int]:
    return {move.team_id: move.year for move in plan.moves}


def test_money_without_strings_needs_no_pots() -> None:
    agreed = {"pooled_share_of_receipts": 1.0, "receipt_shares": {"A": 1.0}}
    budget = prepare(tiny(), _asked({"new_funding_gbp": [1.0, 0.0, 0.0]}, partners=agreed)).budget
    assert budget is not None
    assert budget.funds == {}
    assert prepare(tiny(), asked()).budget is None


def test_a_stream_pays_for_its_own_organisation() -> None:
    plan = make_plan(_stream(), _asked({"funding_streams": True}))
    assert _moves(plan) == {"readers": 2026}
    assert {(use.fund_id, use.kind): use.gbp for use in plan.funds} == pytest.approx(
        {("stream:f1", "move"): 9_000, ("stream:f1", "fit_out"): 52_500}
    )
    assert [use.new_gbp for use in plan.budget] == [70_000, 0, 0]


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({"organisation_id": None}, {"readers": 2026}),  # the place's own
        ({"organisation_id": "N"}, {}),
        ({"eligible_spend": "move exit"}, {}),  # nobody pays for the fit-out
        ({"eligible_spend": ""}, {"readers": 2026}),
        ({"year": 2029}, {"readers": 2028}),  # in the second phase, April 2028 to March 2031
        ({"year": 2025}, {}),
        ({"gbp": 61_499.0}, {}),
    ],
)
def test_a_stream_has_its_strings(changes: dict[str, Any], moves: dict[str, int]) -> None:
    assert _moves(make_plan(_stream(**changes), _asked({"funding_streams": True}))) == moves


def test_what_a_stream_may_not_pay_for_new_funding_may() -> None:
    capital = {"funding_streams": True, "new_funding_gbp": [52_500.0, 0.0, 0.0]}
    plan = make_plan(_stream(eligible_spend="move"), _asked(capital))
    assert {(use.fund_id, use.kind) for use in plan.funds} == {("stream:f1", "move"), ("new", "fit_out")}


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(InputError, match="f1, eligible_spend has 'paint': there is no such kind of spending"):
        prepare(_stream(eligible_spend="move paint"), _asked({"funding_streams": True}))


def _with_a_store(owner: str) -> Snapshot:
    """An empty store, 20 km away, that its owner can sell at once for GBP 100,000."""
    store = {**ROWS["property"][3], "id": "store", "organisation_id": owner, "geometry": point(20)}
    store |= {"site_id": None, "status": "vacant"}
    value = {"id": "store-value", "property_id": "store", "basis": "market", "value_gbp": 100_000.0}
    return tiny(property=[*ROWS["property"], store], valuation=[*ROWS["valuation"], value])


NOTHING_NEW = {"new_funding_gbp": [0.0, 0.0, 0.0]}


def test_receipts_pay_for_the_owner_s_own_spending() -> None:
    plan = make_plan(_with_a_store("A"), _asked(NOTHING_NEW))
    assert _moves(plan) == {"readers": 2028}  # sold in 2026, paid in 2027
    assert {use.fund_id for use in plan.funds} == {"receipts:A"}
    assert _moves(make_plan(_with_a_store("N"), _asked(NOTHING_NEW))) == {}


@pytest.mark.parametrize(("pooled", "moves"), [(0.6, {}), (0.7, {"readers": 2028}), (1.0, {"readers": 2028})])
def test_pooled_receipts_pay_for_anybody(pooled: float, moves: dict[str, int]) -> None:
    # 97,500 after the costs of sale; 61,500 are needed, and 0.6 of it are 58,500
    agreed = {"pooled_share_of_receipts": pooled, "receipt_shares": {"A": 0.5, "N": 0.5}}
    assert _moves(make_plan(_with_a_store("N"), _asked(NOTHING_NEW, partners=agreed))) == moves


BREAKS: dict[str, Any] = {
    "a bill that nobody pays": lambda uses: uses[1:],
    "a bill paid in part": lambda uses: (replace(uses[0], gbp=uses[0].gbp - 2.0), *uses[1:]),
    "paid by a pot that is empty": lambda uses: (replace(uses[0], fund_id="new"), *uses[1:]),
    "paid by no pot": lambda uses: (replace(uses[0], fund_id="luck"), *uses[1:]),
    "paid in another year": lambda uses: (replace(uses[0], year=2028), *uses[1:]),
    "paid for another body": lambda uses: (replace(uses[0], organisation_id="N"), *uses[1:]),
    "paid for what it may not": lambda uses: (*uses, FundUse("stream:f1", "Estates fund", "A", "exit", 2026, 0.5)),
    "money back": lambda uses: (*uses, replace(uses[0], gbp=-0.5)),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_strings_are_found(name: str) -> None:
    snapshot, scenario = _stream(), _asked({"funding_streams": True})
    plan = make_plan(snapshot, scenario)
    assert mismatches(replace(plan, funds=BREAKS[name](plan.funds)), snapshot, scenario)
