"""What gives where a scenario cannot be met: in the rule's own units, and a plan is found once it has given."""

from typing import Any

import pytest

from optimiser import scenario as scenarios
from optimiser.explain import conflicts
from optimiser.plan import Plan, from_dict
from optimiser.planner import make_plan
from optimiser.solve import second
from tests.support.tiny_place import ROWS, asked, tiny

pytestmark = pytest.mark.skipif(second.cbc() is None, reason="CBC is not on this machine")


def _eased(more: dict[str, Any], **tables: Any) -> tuple[Plan, Plan, dict[str, Any]]:
    """The plan that cannot be, the plan of the nearest scenario, and the keys that changed."""
    scenario = asked(**more)
    refused = make_plan(tiny(**tables), scenario)
    assert refused.status == "infeasible_confirmed", refused.notes
    assert refused.conflicts
    near = scenarios.from_yaml(refused.nearest_scenario)
    changed = {key: after for key, (_, after) in scenario.changes(near).items()}
    assert changed.pop("name") == f"{scenario.name}, as near as can be"
    assert from_dict(refused.to_dict()) == refused
    return refused, make_plan(tiny(**tables), near), changed


def test_reach_gives_down_to_what_can_be_reached() -> None:
    """Without the depot 3,000 of 3,500 people are near an advice desk at the most."""
    services = {"advice": {"share_of_population": 0.95, "worst_case_minutes": 60}}
    refused, plan, changed = _eased({"services": services, "pins": {"leave": ["depot"]}, "moves": {"max_km": 12}})
    assert refused.conflicts[1] == (
        "Advice desk: 95.0% of people within 7 minutes by car (today 100.0%; target of the scenario)"
    )
    assert refused.gives == (
        "Advice desk: 85.7% of people within 7 minutes by car instead of 95.0% (today 100.0%)",
    )
    assert changed == {"services.advice.share_of_population": 0.857}
    assert plan.figures is not None
    assert plan.figures.reach["advice"].after == pytest.approx(3000 / 3500)


def test_a_pin_gives_where_two_demands_speak_against_it() -> None:
    """Leaving the depot breaks the advice desk's reach and cuts its zone off: the pin is the lesser loss."""
    refused, plan, changed = _eased({"pins": {"leave": ["depot"], "keep": ["hall"], "team_stays": ["readers"]}})
    assert refused.gives == ("given up: pin: leave Depot (depot)",)
    assert changed == {"pins.leave": []}
    assert plan.figures is not None


def test_a_pin_that_another_pin_forbids_gives() -> None:
    refused, plan, changed = _eased({"pins": {"leave": ["library"], "team_stays": ["readers"]}})
    assert "pin: leave Library (library)" in refused.conflicts
    assert refused.gives == ("given up: pin: leave Library (library)",)
    assert changed == {"pins.leave": []}
    assert plan.figures is not None


def test_receipts_and_saving_give_in_pounds() -> None:
    refused, plan, changed = _eased({"goals": {"least_receipts_gbp": 5_000_000}})
    assert refused.conflicts == ("receipts of at least GBP 5,000,000",)
    floor = changed["goals.least_receipts_gbp"]
    assert refused.gives == (f"receipts of GBP {floor:,.0f} instead of GBP 5,000,000",)
    assert plan.figures is not None
    assert 0 < floor <= plan.figures.capital_receipts_gbp < floor + 1000
    refused, plan, changed = _eased({"goals": {"least_saving_gbp_per_year": 250_000}})
    floor = changed["goals.least_saving_gbp_per_year"]
    assert plan.figures is not None
    assert 0 < floor <= plan.figures.saving_gbp_per_year < floor + 1000


def test_money_gives_to_the_thousand_pounds() -> None:
    """The readers' move and fit-out must be paid for, however little there is: saving has a floor, money gives."""
    goals = {"least_saving_gbp_per_year": 40_000}
    _, plan, changed = _eased({"capital": {"new_funding_gbp": [1000]}, "goals": goals})
    assert set(changed) <= {"capital.new_funding_gbp", "goals.least_saving_gbp_per_year"}
    assert plan.figures is not None


def test_new_money_gives_where_the_register_s_has_strings() -> None:
    """Leaving the library moves its readers for 61,500; the council's own stream pays for 20,000 of it."""
    stream = {"id": "f", "organisation_id": "A", "name": "Fund", "year": 2026, "gbp": 20_000.0}
    _, plan, changed = _eased(
        {"capital": {"funding_streams": True}, "pins": {"leave": ["library"], "team_stays": ["nurses"]}},
        funding_stream=[{**stream, "eligible_spend": "fit_out"}],
    )
    assert changed == {"capital.new_funding_gbp": [42_000.0]} or changed == {"pins.leave": []}
    assert plan.figures is not None


def test_a_hub_gives_partners() -> None:
    desks = {"id": "library-desks", "property_id": "library", "kind": "desks", "amount": 40.0}
    stay = ["benefits", "desk", "nurses", "porters", "readers"]
    refused, plan, changed = _eased(
        {"hubs": {"partners": 2}, "pins": {"hub": ["library"], "team_stays": stay}},
        space=[*ROWS["space"], desks],
    )
    assert set(refused.conflicts) >= {"hubs: at least 2 partners in each", "pin: a hub in Library (library)"}
    assert changed in ({"hubs.partners": 1}, {"pins.hub": []})
    assert plan.figures is not None


def test_a_promise_to_partners_gives() -> None:
    """The clinic is so dear that the council pays for moving its readers there what the place saves by it."""
    costs = [
        {**row, "gbp_per_year": 6e5} if row["id"] == "clinic-holding" else row for row in ROWS["running_cost"]
    ]
    stay = ["benefits", "desk", "nurses", "porters"]
    refused, plan, changed = _eased(
        {"partners": {"none_worse_off": True}, "pins": {"leave": ["library"], "team_stays": stay},
         "moves": {"max_km": 1.5}},
        running_cost=costs,
    )  # fmt: skip
    assert "partners: Ashby Council (A) is no worse off than today" in refused.conflicts
    assert changed in ({"partners.none_worse_off": False}, {"pins.leave": []})
    assert plan.figures is not None


def test_people_who_can_be_moved_give() -> None:
    moves = {"max_km": 12, "most_people_per_year": 0.5}
    refused, plan, changed = _eased({"moves": moves, "pins": {"leave": ["library", "annexe"]}})
    assert "moves: no more than 0.5 people (FTE) a year" in refused.conflicts
    assert changed == {"moves.most_people_per_year": 2} or "pins.leave" in changed
    assert plan.figures is not None


def test_worst_case_minutes_give_to_the_whole_minute() -> None:
    """From the zone at the depot it is 8 km to the nearest place that could take the porters: 15.6 minutes."""
    services = {"advice": {"share_of_population": 0.0, "worst_case_minutes": 0.5}}
    refused, plan, changed = _eased({"services": services, "pins": {"leave": ["depot"]}, "moves": {"max_km": 12}})
    assert refused.conflicts == ("Advice desk: nobody who reaches it today ends more than 0.5 minutes away",)
    assert changed == {"services.advice.worst_case_minutes": 16.0}
    assert plan.figures is not None


def test_teams_that_cannot_be_together_part() -> None:
    teams = {"together": [["desk", "porters"]], "apart": [["desk", "porters"]]}
    refused, plan, changed = _eased({"teams": teams, "moves": {"max_km": 12}})
    assert len(refused.conflicts) == 2
    assert changed == {"teams.together": []}
    assert plan.figures is not None


def test_protected_groups_give_tolerance() -> None:
    more = {"pins": {"leave": ["depot"]}, "protected": {"groups": ["over_65s"], "tolerance": 0.0}}
    services = {"advice": {"share_of_population": 0.1, "worst_case_minutes": 600}}
    refused, plan, changed = _eased({**more, "services": services, "moves": {"max_km": 12}})
    assert refused.gives == ("Advice desk: the reach of people of 65 and over may fall by 25.0% instead of 0.0%",)
    assert changed == {"protected.tolerance": 0.25}
    assert plan.figures is not None


@pytest.mark.parametrize("told", ["feasible", "no answer", "not installed"])
def test_without_a_second_solvers_proof_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setattr(conflicts, "second_opinion", lambda *_: told)
    made = make_plan(tiny(), asked(pins={"leave": ["library"], "team_stays": ["readers"]}))
    assert (made.status, made.conflicts, made.nearest_scenario) == ("failed", (), "")
    assert "second solver" in made.notes[0]


def test_an_older_plan_without_these_fields_is_read() -> None:
    content = make_plan(tiny(), asked()).to_dict()
    del content["gives"], content["nearest_scenario"]
    assert from_dict(content).gives == ()
