"""What each rule that a scenario can ask for does to a plan of the tiny place, and what is said if it cannot."""

from typing import Any

import pytest

from estate.problems import InputError
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import parse
from tests.support.tiny_place import ROWS, asked, tiny

# Reach that asks nothing of everybody: what a rule does shows by itself.
LOOSE = {"services": {"advice": {"share_of_population": 0.0, "worst_case_minutes": 600}}}


def _where(plan: Plan) -> dict[str, str]:
    return {move.team_id: move.to_property_id for move in plan.moves}


def test_a_protected_group_keeps_its_reach_where_everybody_may_lose_it() -> None:
    """Seven minutes are 3.5 km: porters who leave the depot at km 10 leave the 50 households without a car."""
    free = make_plan(tiny(), asked(**LOOSE, pins={"leave": ["depot"]}))
    assert "porters" in _where(free)
    tight = make_plan(
        tiny(), asked(**LOOSE, pins={"leave": ["depot"]}, protected={"groups": ["no_car"], "tolerance": 0.1})
    )
    assert tight.status == "infeasible_confirmed"
    assert tight.conflicts == (
        "Advice desk: 90.0% of households without a car within 7 minutes by car (today 100.0%)",
        "pin: leave Depot (depot)",
    )


def test_the_plan_tells_the_reach_of_each_protected_group() -> None:
    plan = make_plan(tiny(), asked(**LOOSE, protected={"groups": ["over_65s"], "tolerance": 0.3}))
    assert plan.figures is not None
    (group,) = plan.figures.reach["advice"].groups
    assert (group.group, group.today, group.required) == ("over_65s", 1.0, 560 / 800)
    assert group.after >= group.required


def test_zones_that_do_not_record_a_group_count_for_nothing_and_none_at_all_is_refused() -> None:
    zones: list[dict[str, Any]] = [{**row, "population_65_plus": None} for row in ROWS["zone"]]
    wanted = asked(protected={"groups": ["over_65s"]})
    with pytest.raises(InputError, match="no zone records it"):
        prepare(tiny(zone=zones), wanted)
    some = tiny(zone=[zones[0], *ROWS["zone"][1:]])
    (group,) = prepare(some, wanted).reach["advice"].protected
    assert (group.total, group.reached_today) == (700, 700)
    assert "1 zones do not record population 65 plus" in " ".join(make_plan(some, wanted).notes)


def test_people_move_no_faster_than_they_can_be_moved() -> None:
    """Ten a year: a phase of one year moves one team, one of two years two teams, whatever would pay at once."""
    moves = {"max_km": 12, "most_people_per_year": 10.0}
    plan = make_plan(tiny(), asked(**LOOSE, moves=moves, phases={"years": [1, 2, 7]}))
    by_year = [sum(move.fte for move in plan.moves if move.year == year) for year in (2026, 2027, 2029)]
    assert by_year == [10.0, 20.0, 0.0]


def test_nobody_moves_where_nobody_can_be_moved() -> None:
    plan = make_plan(tiny(), asked(moves={"most_people_per_year": 0.0}))
    assert plan.moves == ()
    stuck = make_plan(tiny(), asked(moves={"most_people_per_year": 0.0}, pins={"leave": ["hall"]}))
    assert stuck.conflicts == ("moves: no more than 0 people (FTE) a year", "pin: leave Hall (hall)")


def test_teams_that_belong_together_end_in_one_place() -> None:
    plan = make_plan(tiny(), asked(**LOOSE, teams={"together": [["readers", "porters", "nurses"]]}))
    places = {team["id"]: _where(plan).get(team["id"], team["property_id"]) for team in ROWS["team"]}
    assert places["readers"] == places["porters"] == places["nurses"]


def test_teams_together_from_today_are_never_parted() -> None:
    teams = [{**row, "property_id": "hall"} if row["id"] == "desk" else row for row in ROWS["team"]]
    inputs = prepare(tiny(team=teams), asked(phases={"years": [1, 2]}, teams={"together": [["desk", "benefits"]]}))
    assert [company.phases for company in inputs.together] == [(1, 2)]
    other = prepare(tiny(), asked(phases={"years": [1, 2]}, teams={"together": [["desk", "benefits"]]}))
    assert [company.phases for company in other.together] == [(2,)]


def test_teams_apart_never_meet() -> None:
    pins = {"leave": ["depot"]}
    assert _where(make_plan(tiny(), asked(**LOOSE, pins=pins)))["benefits"] == "clinic"
    kept = _where(make_plan(tiny(), asked(**LOOSE, pins=pins, teams={"apart": [["benefits", "nurses"]]})))
    assert kept.get("benefits", "hall") != kept.get("nurses", "clinic")


def test_teams_that_cannot_meet_are_told_with_what_holds_them() -> None:
    plan = make_plan(
        tiny(), asked(pins={"team_stays": ["desk", "nurses"]}, teams={"together": [["desk", "nurses"]]})
    )
    assert plan.conflicts == ("teams: Desk (desk) and Nurses (nurses) together",)


@pytest.mark.parametrize(
    ("teams", "reason"),
    [
        ({"together": [["desk", "nobody"]]}, "no such id"),
        ({"together": [["desk", "nurses"]]}, "outside the decision"),
    ],
)
def test_teams_that_are_not_decided_cannot_be_joined(teams: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        prepare(tiny(), asked(scope={"exclude_properties": ["clinic"]}, teams=teams))


def test_teams_outside_are_never_met_and_a_list_names_each_team_once() -> None:
    inputs = prepare(
        tiny(), asked(scope={"exclude_properties": ["clinic"]}, teams={"apart": [["desk", "nurses"]]})
    )
    assert inputs.apart == ()
    with pytest.raises(InputError, match="twice"):
        parse({"teams": {"apart": [["desk", "desk"]]}})


def test_receipts_reach_their_floor_and_an_impossible_one_is_told() -> None:
    dear = {"rates": {"sale_cost_share": 1.0, "void_cost_share": 0.0}}
    free, pressed = (
        make_plan(tiny(), asked(**LOOSE, **dear, goals={"least_receipts_gbp": floor}))
        for floor in (None, 600_000.0)
    )
    assert free.figures is not None
    assert pressed.figures is not None
    assert (free.figures.capital_receipts_gbp, pressed.figures.capital_receipts_gbp) == (0, 600_000)
    assert make_plan(tiny(), asked(goals={"least_receipts_gbp": 9e6})).conflicts == (
        "receipts of at least GBP 9,000,000",
    )


def test_a_saving_reaches_its_floor_though_it_costs_more_than_it_is_worth() -> None:
    dear = {"rates": {"move_gbp_per_fte": 200_000.0}}
    free, pressed = (
        make_plan(tiny(), asked(**LOOSE, **dear, goals={"least_saving_gbp_per_year": floor}))
        for floor in (None, 60_000.0)
    )
    assert free.figures is not None
    assert pressed.figures is not None
    assert free.figures.saving_gbp_per_year < 60_000 <= pressed.figures.saving_gbp_per_year
    assert (pressed.objective_gbp_k or 0) > (free.objective_gbp_k or 0)


def test_a_team_goes_by_a_temporary_place_where_that_pays_and_is_allowed() -> None:
    """Ten people move a year, so the library is full until its readers go; the hall is dear to wait in."""
    teams = [row for row in ROWS["team"] if row["id"] not in {"porters", "desk"}]
    teams = [{**row, "space_amount": 280.0} if row["id"] == "benefits" else row for row in teams]
    empty = [{**row, "status": "vacant"} if row["id"] in {"annexe", "depot"} else row for row in ROWS["property"]]
    dear = [
        {**row, "gbp_per_year": 75_000.0} if row["id"] == "depot-holding" else row for row in ROWS["running_cost"]
    ]
    lease = [{**ROWS["lease"][0], "rent_gbp_per_year": 0.0}]
    place = tiny(property=empty, team=teams, running_cost=dear, lease=lease)
    wanted: dict[str, Any] = {
        **LOOSE,
        "pins": {"keep": ["library"], "leave": ["hall", "annexe"]},
        "phases": {"years": [1, 9]},
        "rates": {"fit_out_gbp_per_m2": 1.0},
    }
    moves = {"max_km": 12, "most_people_per_year": 10.0}
    once = make_plan(place, asked(**wanted, moves=moves))
    twice = make_plan(place, asked(**wanted, moves={**moves, "most_per_team": 2}))
    assert [(move.team_id, move.to_property_id, move.year) for move in twice.moves] == [
        ("benefits", "depot", 2026),
        ("benefits", "library", 2027),
        ("readers", "clinic", 2027),
    ]
    assert twice.objective_gbp_k is not None
    assert once.objective_gbp_k is not None
    assert twice.objective_gbp_k < once.objective_gbp_k - 100
    assert twice.figures is not None
    assert twice.figures.people_moved == 20
    assert {action.property_id: action.action for action in twice.properties}["depot"] == "leave"
