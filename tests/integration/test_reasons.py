"""Reasons are true: the other way costs what every plan there is says, and a rule that decides is named."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from optimiser import planner
from optimiser.checker.facts import Facts
from optimiser.choices import base, rule_prices, why
from optimiser.choices.base import Question
from optimiser.choices.why import explain
from optimiser.many import Ask
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.scenario import Scenario
from optimiser.solve import bridge
from tests.integration.test_brute_force import _cost_gbp_k, _every_plan
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import ROWS, asked, tiny

SEEDS = (0, 2, 5, 7, 8, 10)  # places where something can be planned


def plans_here(snapshot: Any, asks: Sequence[Ask], **_: Any) -> dict[str, Plan]:
    """Stands in for `many.plans`: a process for each of many small places would take most of the time."""
    return {ask.key: make_plan(snapshot, ask.scenario, earlier=ask.earlier) for ask in asks}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    for module in (base, rule_prices, why):
        monkeypatch.setattr(module, "plans", plans_here)


def question_of(snapshot: Any, scenario: Scenario) -> Question:
    return Question(snapshot, scenario, make_plan(snapshot, scenario))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_other_way_costs_what_every_plan_there_is_says(
    seed: int, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    rows = random_rows(dice)
    snapshot, scenario = (
        tiny(**rows),
        random_scenario(dice, rows).with_value(("moves", "candidates_per_team"), 200),
    )
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: replace(empty, status="infeasible_confirmed"))
    question = question_of(snapshot, scenario)
    facts = Facts(question.plan, snapshot, scenario)
    costed = ((plan, _cost_gbp_k(facts.of(plan))) for plan in _every_plan(facts))
    every = [(base.fates(plan), cost) for plan, cost in costed if cost is not None]
    keys = [action.property_id for action in question.plan.properties]
    free = [key for key in keys if key not in (*scenario.pins.keep, *scenario.pins.leave)]

    found = explain(question, question.plan, rule_prices.RulePrices({}, (), True), free)

    assert [one.property_id for one in found] == free
    for one in found:
        costs = {
            left: min((cost for fates, cost in every if fates[one.property_id] == left), default=None)
            for left in (True, False)
        }
        mine = costs[one.action == "leave"]
        other = costs[one.other_way == "leave"]
        assert mine is not None
        if other is None:
            assert one.outcome == "impossible"
            continue
        assert one.outcome == "possible"
        low, high = one.other_way_costs.low_gbp, one.other_way_costs.high_gbp
        assert low is not None
        assert high is not None
        true = 1000 * (other - mine)
        assert low - 1 <= true <= high + 1, one.property_id
        assert high - low < 2 * base.GAP * 1000 * abs(other) + 1


def test_a_property_that_a_rule_keeps_names_that_rule(here: None) -> None:
    scenario = asked(services={"advice": {"minutes": 3.0, "share_of_population": 1.0}})
    question = question_of(tiny(), scenario)
    prices = rule_prices.rule_prices(question)
    price = next(price for price in prices.prices if price.key == "reach advice")
    assert "library" in price.leave
    key = "library"

    (one,) = explain(question, question.plan, prices, [key])

    assert one.action != "leave"
    assert one.rules == (price.rule,)
    assert any(price.rule in sentence for sentence in one.sentences)
    # And the rule is why: without it the property is left.
    free = make_plan(tiny(), scenario.with_value(("services", "advice", "share_of_population"), 0.0))
    assert base.fates(free)[key]
    saved = 1000 * ((question.plan.objective_gbp_k or 0) - (free.objective_gbp_k or 0))
    assert price.without.found_gbp == pytest.approx(saved, abs=1)


def test_a_rule_costs_what_a_plan_without_it_saves(here: None) -> None:
    scenario = asked(
        pins={"keep": ["annexe"]},
        goals={"least_saving_gbp_per_year": 1_000.0},
    )
    question = question_of(tiny(), scenario)
    found = {price.key: price for price in rule_prices.rule_prices(question).prices}
    free = make_plan(tiny(), scenario.with_value(("pins", "keep"), []))

    saved = 1000 * ((question.plan.objective_gbp_k or 0) - (free.objective_gbp_k or 0))
    assert found["pin keep annexe"].without.found_gbp == pytest.approx(saved, abs=1)
    assert saved > 0
    assert "annexe" in found["pin keep annexe"].leave
    assert next(iter(found)) == max(found, key=lambda key: found[key].without.low_gbp or 0.0)
    assert rule_prices.from_dict(
        rule_prices.RulePrices({}, tuple(found.values()), True).to_dict()
    ).prices == tuple(found.values())


def test_what_nobody_can_leave_says_why(here: None) -> None:
    question = question_of(tiny(team=[{**row, "may_move": False} for row in ROWS["team"]]), asked())
    key = next(iter(question.snapshot.teams["property_id"]))

    (one,) = explain(question, question.plan, rule_prices.RulePrices({}, (), True), [key], with_moves=True)

    assert (one.outcome, one.verdict) == ("impossible", "impossible")
    turned = make_plan(question.snapshot, why.pinned(question.scenario, key, keep=False))
    assert turned.status == "infeasible_confirmed"
    assert any("may not move" in conflict for conflict in one.conflicts)
    assert any(sentence.startswith("No plan leaves it") for sentence in one.sentences)


def test_a_team_that_is_pinned_holds_its_property_by_that_pin(here: None) -> None:
    free = question_of(tiny(), asked())
    team, home = next(
        (str(u), str(row["property_id"]))
        for u, row in free.snapshot.teams.iterrows()
        if base.fates(free.plan)[str(row["property_id"])]
    )
    held = question_of(tiny(), asked(pins={"team_stays": [team]}))

    (one,) = explain(held, held.plan, rule_prices.RulePrices({}, (), True), [home])

    name = free.snapshot.teams["name"][team]
    assert one.conflicts == (f"the scenario pins team {name} to where it is",)


def test_a_move_is_worth_what_the_plan_costs_more_without_it(here: None) -> None:
    question = question_of(tiny(), asked())
    move = question.plan.moves[0]

    (one,) = explain(
        question, question.plan, rule_prices.RulePrices({}, (), True), [move.from_property_id], with_moves=True
    )

    worth = next(worth for worth in one.moves if worth.team_id == move.team_id)
    stays = make_plan(tiny(), question.scenario.with_value(("pins", "team_stays"), [move.team_id]))
    if stays.objective_gbp_k is None:
        assert worth.conflicts
    else:
        saved = 1000 * (stays.objective_gbp_k - (question.plan.objective_gbp_k or 0))
        assert worth.without.found_gbp == pytest.approx(saved, abs=1)
