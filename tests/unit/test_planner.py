"""Plans of the tiny place: their statuses, their money, and what the pins and phases do to them."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from estate.snapshot import Snapshot
from optimiser import plan as plans
from optimiser import planner
from optimiser.assemble import cost_lines
from optimiser.model.build import build
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import Scenario
from optimiser.solve import bridge, strategy
from optimiser.solve.greedy import greedy
from optimiser.solve.solution import start_values, today
from tests.support.tiny_place import ROWS, asked, tiny


@pytest.fixture(scope="module")
def made() -> Plan:
    return make_plan(tiny(), asked())


def test_the_plan_is_proven_with_its_bound(made: Plan) -> None:
    assert made.status == "proven"
    assert made.gap == pytest.approx(0, abs=2e-6)
    assert made.bound_gbp_k == pytest.approx(made.objective_gbp_k, rel=2e-6)
    assert made.bound_method


def test_two_sites_go_and_their_money_adds_up(made: Plan) -> None:
    actions = {action.property_id: action for action in made.properties}
    assert {key for key, action in actions.items() if action.sold} == {"annexe", "hall", "library"}
    assert actions["hall"].receipt_gbp == 1_500_000
    assert made.figures is not None
    assert made.figures.capital_receipts_gbp == 2_600_000
    # Fees of 2 % and GBP 500 a site; three moves of ten people; 400 m2 fitted out.
    assert made.figures.one_off_cost_gbp == pytest.approx(53_000 + 3 * 9_000 + 400 * 350)


def test_no_other_plan_of_the_tiny_place_costs_less(made: Plan) -> None:
    """Every set of closures is tried through pins: the planner's choice must be the cheapest of them all."""
    names = [row["id"] for row in ROWS["property"]]
    values = []
    for closed in product((False, True), repeat=len(names)):
        pins = {"leave": [n for n, c in zip(names, closed, strict=True) if c],
                "keep": [n for n, c in zip(names, closed, strict=True) if not c]}  # fmt: skip
        plan = make_plan_quickly(tiny(), asked(pins=pins))
        if plan.objective_gbp_k is not None:
            values.append(plan.objective_gbp_k)
    assert len(values) > 3
    assert made.objective_gbp_k == pytest.approx(min(values))


@pytest.mark.parametrize(
    ("said_gbp_k", "bound_gbp_k", "status"),
    [(5.0, -9.0, "best_found"), (0.0, -9.0, "best_found"), (-5.0, -9.0, "failed"), (5.0, 1.0, "failed")],
)
def test_a_plan_may_cost_less_than_its_solver_says_but_not_more_and_not_less_than_its_bound(
    made: Plan, said_gbp_k: float, bound_gbp_k: float, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = strategy.solve

    def stopped(*words: Any, **options: Any) -> bridge.Answer:
        answer = solve(*words, **options)
        value = answer.objective or 0.0
        return replace(answer, outcome="stopped", objective=value + said_gbp_k, bound=value + bound_gbp_k)

    monkeypatch.setattr(strategy, "solve", stopped)
    found = make_plan(tiny(), asked())
    assert found.status == status
    if status != "failed":
        assert found.objective_gbp_k == pytest.approx(made.objective_gbp_k)
        assert found.gap == pytest.approx(-bound_gbp_k / (found.objective_gbp_k or 0.0), rel=0.01)


def make_plan_quickly(snapshot: Snapshot, scenario: Scenario) -> Plan:
    """As make_plan, in this process and without the search for conflicts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "_infeasible", lambda empty, *_: replace(empty, status="infeasible_confirmed"))
        patch.setattr(bridge, "_in_child", _in_this_process)
        return make_plan(snapshot, scenario)


def _in_this_process(arrays: Any, limits: Any, first: Any, *_: Any) -> dict[str, Any]:
    highs = bridge._loaded(arrays, limits)
    highs.run()
    return bridge._answer(highs)


def test_phases_change_nothing_that_is_best_done_at_once(made: Plan) -> None:
    phased = make_plan(tiny(), asked(phases={"years": [1, 2, 7]}))
    assert phased.status == "proven"
    assert phased.objective_gbp_k == pytest.approx(made.objective_gbp_k)


def test_a_lease_is_left_when_leaving_is_cheap() -> None:
    """The depot costs rent alone, owed to 2030 whoever is there: it is left then and not before."""
    cheap_room = {"rates": {"fit_out_gbp_per_m2": 0.0, "move_gbp_per_fte": 0.0}, "moves": {"max_km": 12}}
    services = {"advice": {"share_of_population": 0.5, "worst_case_minutes": 60}}
    lease = [{**ROWS["lease"][0], "break_dates": "", "rent_gbp_per_year": 200_000.0}]
    costs = [
        {**row, "gbp_per_year": 0.0} if row["property_id"] == "depot" else row for row in ROWS["running_cost"]
    ]
    scenario = asked(phases={"years": [4, 6]}, services=services, reach_tolerance=0.5, **cheap_room)
    action = {a.property_id: a for a in make_plan(tiny(lease=lease, running_cost=costs), scenario).properties}[
        "depot"
    ]
    assert (action.action, action.year) == ("leave", 2030)


def test_pins_are_kept() -> None:
    pinned = make_plan(tiny(), asked(pins={"keep": ["hall"], "leave": ["library"], "team_stays": ["desk"]}))
    actions = {action.property_id: action.action for action in pinned.properties}
    assert (actions["hall"], actions["library"], actions["annexe"]) == ("host", "leave", "keep")
    went = {move.team_id: move.to_property_id for move in pinned.moves}
    assert {went["readers"], went["nurses"]} == {"hall", "depot"}  # which goes where costs the same
    assert "desk" not in went


def test_reach_binds() -> None:
    loose = {"services": {"advice": {"share_of_population": 0.0, "worst_case_minutes": 600}}}
    free = make_plan(tiny(), asked(**loose))
    tight = make_plan(tiny(), asked(services={"advice": {"share_of_population": 1.0}}))
    assert free.figures is not None
    assert tight.figures is not None
    assert free.objective_gbp_k is not None
    assert tight.objective_gbp_k is not None
    assert free.objective_gbp_k <= tight.objective_gbp_k
    assert tight.figures.reach["advice"].after == 1.0


def test_infeasible_is_confirmed_and_names_the_smallest_conflict() -> None:
    made = make_plan(tiny(), asked(pins={"leave": ["depot"], "keep": ["hall"], "team_stays": ["readers"]}))
    assert made.status == "infeasible_confirmed"
    assert made.conflicts == (
        "pin: leave Depot (depot)",
        "Advice desk: 90.0% of people within 7 minutes by car (today 100.0%; target of the register)",
    )
    assert made.objective_gbp_k is None


def test_an_unmeetable_standard_is_named_with_todays_reach() -> None:
    made = make_plan(tiny(), asked(services={"advice": {"minutes": 0.5, "must_meet_target": True}}))
    assert made.status == "infeasible_confirmed"
    assert made.conflicts == (
        "Advice desk: 90.0% of people within 0.5 minutes by car (today 14.3%; target of the register)",
    )


def test_no_time_is_the_plan_made_by_hand_and_claims_nothing() -> None:
    made = make_plan(tiny(), asked(solver={"seconds": 1e-6, "gap": 0.0}))
    # Presolve may solve so small a place before it looks at the clock.
    assert made.status in {"best_found", "proven"}
    assert (made.status == "proven") == (made.gap is not None and made.gap < 1e-4)


def test_a_solver_that_fails_publishes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", lambda *_: bridge._nothing("failed", "it broke"))
    made = make_plan(tiny(), asked())
    assert (made.status, made.figures, made.notes) == ("failed", None, ("The solver said: it broke.",))


def test_a_solver_that_has_to_be_ended_leaves_what_the_search_began_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_GRACE_SECONDS", -1000.0)  # no time to answer
    made = make_plan(tiny(), asked())
    assert (made.status, made.bound_gbp_k, made.gap) == ("best_found", None, None)
    assert made.figures is not None
    assert made.figures.npsv_gbp > 0


def test_a_plan_survives_storage(made: Plan) -> None:
    assert plans.from_dict(made.to_dict()) == made


def test_same_seed_and_one_thread_give_the_same_plan(made: Plan) -> None:
    again = make_plan(tiny(), asked())
    assert replace(again, seconds=0.0) == replace(made, seconds=0.0)


def test_notes_say_what_is_left_out_and_how_minutes_are_found() -> None:
    rows = [{**row, "geometry": None} if row["id"] == "clinic" else row for row in ROWS["property"]]
    made = make_plan(tiny(property=rows), asked(scope={"exclude_properties": ["library"]}))
    text = " ".join(made.notes)
    assert "1 properties are outside this decision" in text
    assert "1 properties have no known place" in text
    assert "straight line" in text


def test_notes_say_where_households_without_a_car_are_counted_by_car() -> None:
    by_car, on_foot = ([{**row, "mode": mode} for row in ROWS["service"]] for mode in ("car", "foot"))
    said = [" ".join(make_plan(tiny(service=rows), asked()).notes) for rows in (by_car, on_foot)]
    assert "Households without a car are counted by the minutes of each standard" in said[0]
    assert ROWS["service"][0]["name"] in said[0]
    assert "Households without a car" not in said[1]
    unrecorded = [{**row, "households_no_car": None} for row in ROWS["zone"]]
    assert "without a car" not in " ".join(make_plan(tiny(service=by_car, zone=unrecorded), asked()).notes)


def test_a_search_that_is_stopped_at_once_has_the_plan_made_by_hand() -> None:
    scenario = asked(solver={"seconds": 60.0, "gap": 0.0})
    inputs = prepare(tiny(), scenario)
    model = build(inputs)
    by_hand, kept = (
        sum(line.gbp_k for line in cost_lines(model, inputs, start_values(first, model, inputs)))
        for first in (greedy(inputs), today(inputs))
    )
    assert by_hand < kept
    made = make_plan(tiny(), scenario, stop=lambda: True)
    assert made.objective_gbp_k is not None
    assert made.objective_gbp_k <= by_hand + 1e-6
