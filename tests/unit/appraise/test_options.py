"""The options beside the plan: as they are said to be made, checked, and never better than a proven plan."""

import random
from dataclasses import replace
from typing import Any

import pytest

from optimiser import planner
from optimiser.appraise.business_case import business_case
from optimiser.appraise.options import Beside, beside
from optimiser.appraise.settings import AS_THE_PLAN_HAS_IT
from optimiser.checker.appraisal import case_mismatches
from optimiser.checker.facts import Facts
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import Scenario
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import ROWS, asked, tiny

SEEDS = (701, 702, 703, 704, 705, 707, 709, 710, 711)  # draws that have a plan


def _options(rows: dict[str, list[dict[str, Any]]], scenario: Scenario) -> dict[str, Beside]:
    snapshot = tiny(**rows)
    plan = Plan("best_found", snapshot.digest, scenario.digest, 2026, 0.0, "none", 0)
    return {one.key: one for one in beside(plan, snapshot, scenario, prepare(snapshot, scenario))}


def _left(option: Beside) -> dict[str, int | None]:
    return {action.property_id: action.sold_year for action in option.plan.properties if action.action == "leave"}


def _with(table: str, changes: dict[str, dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {table: [{**row, **changes.get(row["id"], {})} for row in ROWS[table]]}


def test_the_least_is_to_sell_whole_sites_that_stand_empty_and_are_declared_so() -> None:
    elsewhere = {"team": [row for row in ROWS["team"] if row["property_id"] not in {"hall", "annexe", "clinic"}]}
    both = _with("property", {"hall": {"status": "surplus"}, "annexe": {"status": "vacant"}})
    half = _with("property", {"hall": {"status": "surplus"}, "clinic": {"status": "surplus"}})
    reach = {"reach_tolerance": 1.0}

    assert _left(_options({**elsewhere, **both}, asked(**reach))["do_minimum"]) == {"hall": 2026, "annexe": 2026}
    assert _left(_options({**elsewhere, **half}, asked(**reach))["do_minimum"]) == {"clinic": 2026}
    pinned = asked(pins={"keep": ["clinic"]}, **reach)
    assert _left(_options({**elsewhere, **half}, pinned)["do_minimum"]) == {}
    assert _left(_options(half, asked(**reach))["do_minimum"]) == {}  # people work there, whatever it is called


def test_by_hand_the_dearest_goes_first_and_its_people_to_the_nearest_room() -> None:
    """The hall is dearest and its 200 m2 fit nowhere but the clinic, 3 km on; then the annexe's desk goes to the
    library, 1 km on, and the whole site is sold. The clinic took people in, so that its own would have to stay.
    """
    found = _options({}, asked(pins={"keep": ["library", "clinic"]}))["greedy"]

    assert _left(found) == {"hall": 2026, "annexe": 2026}
    assert {move.team_id: move.to_property_id for move in found.plan.moves} == {
        "benefits": "clinic",
        "desk": "library",
    }
    assert found.breaks == ()


def test_by_hand_nothing_goes_that_a_service_needs() -> None:
    """Nobody else is within 7 minutes of zone 2 but the depot, and the porters there have nowhere near to go."""
    found = _options({}, asked())["greedy"]

    assert "depot" not in _left(found)
    assert found.breaks == ()


def test_by_hand_money_is_spent_while_it_lasts() -> None:
    """Moving the hall's people costs 9,000 and their fit-out 70,000, the desk's 9,000 and 17,500."""
    pins = {"keep": ["library", "clinic"]}

    def left(gbp: float) -> set[str]:
        capital = {"new_funding_gbp": [0.0, gbp]}
        return set(_left(_options({}, asked(pins=pins, phases={"years": [1, 9]}, capital=capital))["greedy"]))

    assert left(105_500.0) == {"hall", "annexe"}
    assert left(105_499.0) == {"hall"}
    assert left(78_999.0) == {"annexe"}


def test_a_rule_that_the_hand_has_no_eye_for_is_named() -> None:
    goal = asked(goals={"least_receipts_gbp": 9e6}, pins={"leave": ["library"]})
    found = _options({}, goal)

    assert any(rule.startswith("goals (goal, receipts") for rule in found["greedy"].breaks), found["greedy"].breaks
    assert any(rule.startswith("what has been decided already") for rule in found["do_minimum"].breaks)


@pytest.mark.parametrize("seed", SEEDS)
def test_options_of_random_places_are_checked_and_none_beats_a_proven_plan(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: replace(empty, status="infeasible_confirmed"))
    dice = random.Random(seed)
    rows = random_rows(dice)
    snapshot, scenario = tiny(**rows), random_scenario(dice, rows)
    plan = make_plan(snapshot, scenario)
    others = beside(plan, snapshot, scenario, prepare(snapshot, scenario))

    case = business_case(plan, snapshot, scenario, AS_THE_PLAN_HAS_IT, others)

    plans = {**{one.key: one.plan for one in others}, "plan": plan}
    assert case_mismatches(case.to_dict(), plans, Facts(plan, snapshot, scenario)) == []
    assert plan.status == "proven"
    best = case.option("plan").present_cost_gbp
    for option in case.options:
        if not option.breaks and option.key != "today":
            assert option.present_cost_gbp >= best - max(1.0, 1e-4 * abs(best)), option.key
