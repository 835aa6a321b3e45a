"""The cash flows add up to the plan's own figures, and every figure of the business case is checked."""

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser import planner
from optimiser.appraise import business_case as cases
from optimiser.appraise.business_case import Option, business_case, today_option
from optimiser.appraise.cash_flows import CashFlows, Flow, of_plan, of_today
from optimiser.appraise.settings import Appraisal, read
from optimiser.checker.appraisal import case_mismatches
from optimiser.checker.facts import Facts
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.prepare.money import discount_factor
from optimiser.scenario import Scenario
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import ROWS, asked, tiny, with_backlog

SEEDS = (701, 702, 703, 704, 705, 707, 709, 710, 711)  # draws that have a plan
PHASED = {
    "carbon": {"valued": True},
    "rates": {"double_running_months": 2.0, "staff_travel_gbp_per_fte_km_per_year": 10.0},
    "phases": {"years": [1, 2, 7]},
    "pins": {"keep": ["library"], "hub": ["library"]},
    "transfers": {"properties": ["clinic"]},
    "hubs": {"partners": 1, "fit_out_gbp_per_m2": 10.0},
    "services": {"advice": {"visits_per_person_per_year": 0.1}},
}


def _place() -> Snapshot:
    desks = {"id": "library-desks", "property_id": "library", "kind": "desks", "amount": 40.0}
    listed = [{**row, "listed": "II" if row["id"] == "library" else "none"} for row in with_backlog()]
    return tiny(property=listed, space=[*ROWS["space"], desks])


@pytest.fixture(scope="module")
def place() -> tuple[Plan, Snapshot, Scenario]:
    snapshot, scenario = _place(), asked(**PHASED)
    return make_plan(snapshot, scenario), snapshot, scenario


def _present(flows: CashFlows, scenario: Scenario) -> dict[str, float]:
    rate = scenario.rates.discount_rate_per_year
    return {
        line: sum(gbp * discount_factor(rate, year - flows.base_year) for year, gbp in years.items())
        for line, years in flows.by_line().items()
        if line != "carbon_value" or scenario.carbon.valued
    }


def _ties(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> None:
    """Every line, and the net present social value, to the penny."""
    inputs = prepare(snapshot, scenario)
    found, usual = (_present(flows, scenario) for flows in (of_plan(plan, inputs), of_today(inputs)))
    for line in {cost.cost for cost in plan.costs}:
        said = sum(1000 * cost.gbp_k for cost in plan.costs if cost.cost == line)
        assert found.get(line, 0.0) == pytest.approx(said, abs=0.01), line
    assert plan.figures is not None
    assert sum(usual.values()) - sum(found.values()) == pytest.approx(plan.figures.npsv_gbp, abs=0.01)


def test_the_flows_of_the_small_place_add_up_to_the_plan(place: tuple[Plan, Snapshot, Scenario]) -> None:
    _ties(*place)
    lines = of_plan(place[0], prepare(*place[1:])).by_line()
    assert {"hub_cost", "shared_reception", "travel_of_staff", "backlog_maintenance", "void_cost"} <= set(lines)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_flows_of_random_places_add_up_and_the_checker_agrees(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: replace(empty, status="infeasible_confirmed"))
    dice = random.Random(seed)
    rows = random_rows(dice)
    snapshot, scenario = tiny(**rows), random_scenario(dice, rows)
    plan = make_plan(snapshot, scenario)
    _ties(plan, snapshot, scenario)
    settings = Appraisal.model_validate({"optimism_bias": {"mitigation": {"fit_out": 0.3}}})
    case = business_case(plan, snapshot, scenario, settings)
    assert plan.figures is not None
    assert case_mismatches(case.to_dict(), {"plan": plan}, Facts(plan, snapshot, scenario)) == []
    assert case.bridge[0].gbp == pytest.approx(plan.figures.npsv_gbp, abs=0.01)


def _figures(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every number of the plain data, but for what was asked."""
    if isinstance(content, dict | list | tuple):
        items = content.items() if isinstance(content, dict) else enumerate(content)
        for key, value in items:
            if key != "settings":
                yield from _figures(value, (*path, key))
    elif isinstance(content, bool | int | float):
        yield path


def _bent(content: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    bent = _lists(deepcopy(content))
    held = bent
    for key in path[:-1]:
        held = held[key]
    value = held[path[-1]]
    held[path[-1]] = not value if isinstance(value, bool) else value + 1
    return bent  # type: ignore[no-any-return]  # a dictionary as it was


def _lists(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _lists(value) for key, value in content.items()}
    return [_lists(value) for value in content] if isinstance(content, list | tuple) else content


def test_no_figure_of_a_business_case_can_be_bent_unseen(place: tuple[Plan, Snapshot, Scenario]) -> None:
    plan, snapshot, scenario = place
    case = business_case(plan, snapshot, scenario).to_dict()
    ways = list(_figures(case))
    assert case_mismatches(case, {"plan": plan}, Facts(plan, snapshot, scenario)) == []
    assert len(ways) > 500
    first_rate = ("rate_per_year", 0)  # the rate of the first year discounts nothing
    chosen = [way for way in ways if way[-1] != "gbp" and way != first_rate]
    dice = random.Random(1)
    # The years of a line are all alike: some of them stand for the rest.
    some = [way for way in chosen if not any("_by_year" in str(key) for key in way) or dice.random() < 0.2]
    unseen = [
        way
        for way in some
        if not case_mismatches(_bent(case, way), {"plan": plan}, Facts(plan, snapshot, scenario))
    ]
    assert unseen == []
    for number in range(len(case["bridge"])):
        bent = _bent(case, ("bridge", number, "gbp"))
        assert case_mismatches(bent, {"plan": plan}, Facts(plan, snapshot, scenario))


def test_a_public_worked_example_comes_out_as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """OMB Circular A-94 (revised November 2023), appendix B, section 1: ten years at 3.1 %, GBP for dollars.

    Published: present value of costs 123.37, of benefits 184.92, discounted net benefits 61.55.
    """
    costs = (10, 20, 30, 30, 20, 10, 5, 5, 5, 5)
    benefits = (0, 0, 5, 10, 30, 40, 40, 40, 40, 25)
    snapshot = tiny()
    scenario = asked(rates={"discount_rate_per_year": 0.031}, phases={"years": [11]})
    inputs = prepare(snapshot, scenario)
    usual = today_option(inputs)
    flows = [Flow("fit_out", 2026 + year, float(gbp), "A", None) for year, gbp in enumerate(costs, 1)]
    flows += [Flow("running_cost", 2026 + year, -float(gbp), "A", None) for year, gbp in enumerate(benefits, 1)]
    option = Option("omb", "OMB", "", CashFlows(2026, 11, (*usual.flows.flows, *flows)), {})
    monkeypatch.setattr(cases, "plan_option", lambda *_: option)
    settings = Appraisal.model_validate({"discount": "as_planned", "optimism_bias": {"applied": False}})
    found = business_case(make_plan(snapshot, scenario), snapshot, scenario, settings).option("omb").against

    assert found is not None
    assert (round(found.costs_gbp, 2), round(found.benefits_gbp, 2), round(found.npsv_gbp, 2)) == (
        123.37, 184.92, 61.55,
    )  # fmt: skip
    assert found.benefit_cost_ratio == pytest.approx(184.92 / 123.37, abs=1e-4)
    # Gone out and come in: -10, -30, -55, -75, -65, -35, 0: level in the seventh year, 2033.
    assert found.payback_year == 2033


def test_bias_is_added_to_works_by_kind_of_building_and_to_nothing_else(
    place: tuple[Plan, Snapshot, Scenario],
) -> None:
    plain = Appraisal.model_validate({"optimism_bias": {"applied": False}})
    raised = Appraisal.model_validate({"optimism_bias": {"mitigation": {"hub_cost": 0.5}}})
    before, after = (
        {line.line: sum(line.gbp_by_year) for line in business_case(*place, settings).option("plan").lines}
        for settings in (plain, raised)
    )

    assert after["hub_cost"] == pytest.approx(before["hub_cost"] * (1 + 0.51 / 2))  # the library is listed
    assert before["hub_cost"] > 0
    works = {"hub_cost", "fit_out", "backlog_maintenance"}
    assert {k for k in after if after[k] != before[k]} == {k for k in works if before[k]}


def test_settings_that_do_not_exist_are_named(tmp_path: Any, place: tuple[Plan, Snapshot, Scenario]) -> None:
    file = tmp_path / "appraisal.yaml"
    file.write_text("optimism_bias: {mitigtion: {}}\n")
    with pytest.raises(InputError, match="there is no such key") as caught:
        read(file)
    assert "applied, standard_building, non_standard_building, mitigation" in str(caught.value)

    with pytest.raises(InputError, match="there is no such edition"):
        business_case(*place, Appraisal(discount="2019"))
