"""capital_budget: what is spent once waits for the money that pays for it."""

from dataclasses import replace

import pytest

from estate.problems import InputError
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.verify import mismatches
from tests.support.tiny_place import asked, tiny

# Left to itself the plan moves benefits (200 m2) and the desk (50 m2) at once: 10 x 900 + 350 m2 each.
PHASES = {"years": [1, 2, 7]}
NO_EXITS = {"pins": {"keep": ["depot"]}}


def test_without_a_budget_there_is_none() -> None:
    assert prepare(tiny(), asked()).budget is None
    assert make_plan(tiny(), asked()).budget == ()


def test_receipts_count_once_their_price_is_in_after_the_costs_of_sale() -> None:
    scenario = asked(phases=PHASES, capital={"new_funding_gbp": [1e5, 0, 0], "recycled_share_of_receipts": 0.5})
    budget = prepare(tiny(), scenario).budget
    assert budget is not None
    assert budget.paid_up == {2: 1, 3: 2}  # a year from the sale to the money
    assert budget.receipts_gbp_k["civic", "A"] == pytest.approx(0.5 * (2000 - 0.5 - 0.02 * 2000))


def test_a_small_sum_is_no_capital_receipt() -> None:
    values = [{"id": "v", "property_id": "library", "basis": "market", "value_gbp": 10_000.0}]
    scenario = asked(capital={"new_funding_gbp": [0.0]}, rates={"sale_cost_fixed_gbp": 0.0})
    budget = prepare(tiny(valuation=values), scenario).budget
    assert budget is not None
    assert ("library", "A") not in budget.receipts_gbp_k
    assert ("clinic", "N") in budget.receipts_gbp_k


def test_moves_wait_for_the_money() -> None:
    money = {"new_funding_gbp": [26_500.0, 0.0, 79_000.0]}  # the desk's move at once, that of benefits in 2029
    plan = make_plan(tiny(), asked(phases=PHASES, capital=money, **NO_EXITS))
    assert {move.team_id: move.year for move in plan.moves} == {"desk": 2026, "benefits": 2029}
    assert [use.spent_gbp for use in plan.budget] == pytest.approx([26_500, 0, 79_000])
    assert [use.carried_over_gbp for use in plan.budget] == pytest.approx([0, 0, 0])


def test_a_plan_that_overspends_is_found() -> None:
    free = make_plan(tiny(), asked(phases=PHASES, **NO_EXITS))
    poor = asked(phases=PHASES, capital={"new_funding_gbp": [1_000.0, 0.0, 0.0]}, **NO_EXITS)
    forged = replace(free, scenario_digest=poor.digest, budget=make_plan(tiny(), poor).budget)
    assert any("too much" in str(fault) for fault in mismatches(forged, tiny(), poor))


def test_what_the_budget_need_not_pay_for_is_free() -> None:
    money = {"new_funding_gbp": [0.0, 0.0, 0.0], "pays_for": ["exit"]}
    plan = make_plan(tiny(), asked(phases=PHASES, capital=money))
    assert plan.moves
    assert sum(use.spent_gbp for use in plan.budget) == 0


def test_one_sum_a_phase() -> None:
    with pytest.raises(InputError, match="gives 1 sums of money for 3 phases"):
        asked(phases=PHASES, capital={"new_funding_gbp": [1.0]})
