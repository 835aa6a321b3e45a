"""hub_standard, joins_hub, hub_cost and shared_reception: the hall as a hub, worked out by hand."""

from typing import Any

import pytest

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import Scenario
from tests.support.tiny_place import ROWS, asked, tiny

# 600 m2 of office floor at the hall: 60 desks today, 100 at 6 m2 a desk.
SPACES = [
    {"id": f"{place}-{kind}", "property_id": place, "kind": kind, "amount": amount}
    for place, kind, amount in (
        ("hall", "desks", 60.0), ("depot", "desks", 20.0),
        ("annexe", "storage", 1.0), ("clinic", "storage", 1.0), ("library", "storage", 1.0),
    )
]  # fmt: skip


PLANNERS, TYPISTS = (
    {"id": key, "name": key.title(), "organisation_id": body, "property_id": home, "space_kind": "desks",
     "space_amount": desks, "fte": 10.0}
    for key, body, home, desks in (("planners", "A", "hall", 50.0), ("typists", "N", "depot", 20.0))
)  # fmt: skip


def _place(**more: list[dict[str, Any]]) -> Snapshot:
    """The teams given, and nobody elsewhere."""
    rows = {"team": [PLANNERS, TYPISTS], "space": SPACES, **more}
    homes = {team["property_id"] for team in rows["team"]}
    vacant = [row if row["id"] in homes else {**row, "status": "vacant"} for row in ROWS["property"]]
    return tiny(property=vacant, **rows)


def _asked(**hubs: Any) -> Scenario:
    return asked(hubs={"properties": ["hall"], "fit_out_gbp_per_m2": 100.0, **hubs}, pins={"keep": ["hall"]})


def _hall(plan: Plan) -> Any:
    return next(action for action in plan.properties if action.property_id == "hall")


def test_without_a_scenario_that_allows_it_there_is_no_hub() -> None:
    inputs = prepare(_place(), asked())
    assert (inputs.hubs, inputs.hub_space) == ({}, {})


def test_the_hub_standard_makes_more_desks_of_the_same_floor() -> None:
    inputs = prepare(_place(), _asked())
    assert inputs.space["hall", "desks"] == pytest.approx(57)
    assert inputs.hub_space["hall", "desks"] == pytest.approx(0.95 * 100 - 57)
    assert inputs.hubs["hall"].cost_gbp == pytest.approx(60_000)
    assert inputs.hubs["hall"].teams == {"A": ("planners",), "N": ("typists",)}


def test_a_hub_takes_in_whom_the_hall_could_not() -> None:
    assert make_plan(_place(), asked(pins={"keep": ["hall"]})).moves == ()
    plan = make_plan(_place(), _asked())
    assert [(move.team_id, move.to_property_id) for move in plan.moves] == [("typists", "hall")]
    assert (_hall(plan).hub_year, _hall(plan).partners, _hall(plan).action) == (2026, ("A", "N"), "host")
    assert _hall(plan).one_off_cost_gbp == pytest.approx(60_000)


def test_a_hub_needs_its_partners() -> None:
    plan = make_plan(_place(), _asked(partners=3))
    assert (plan.moves, _hall(plan).hub_year) == ((), None)


def test_a_hub_costs_what_its_floor_costs() -> None:
    assert _hall(make_plan(_place(), _asked(fit_out_gbp_per_m2=2_000.0))).hub_year is None


def test_a_counter_that_joins_a_hub_gives_up_its_reception() -> None:
    desk = {**ROWS["team"][1], "property_id": "library", "organisation_id": "N", "space_amount": 50.0}
    spaces = [*SPACES, *(row for row in ROWS["space"] if row["property_id"] in {"hall", "library"})]
    plan = make_plan(_place(team=[PLANNERS, desk], space=spaces), _asked(reception_gbp_per_year=40_000.0))
    assert [(move.team_id, move.to_property_id) for move in plan.moves] == [("desk", "hall")]
    saved = sum(line.gbp_k for line in plan.costs if line.cost == "shared_reception")
    assert saved == pytest.approx(-40 * (1 - 1.035**-10) / (1 - 1 / 1.035))
    # 90,000 held, 40,000 of use over 500 m2 of planners, 50 m2 of the desk at that rate, less one reception
    assert _hall(plan).running_cost_after_gbp_per_year == pytest.approx(130_000 + 50 * 40_000 / 500 - 40_000)


def test_a_hub_stays_one_in_later_phases() -> None:
    scenario = asked(
        hubs={"properties": ["hall"], "fit_out_gbp_per_m2": 100.0}, phases={"years": [1, 3, 6]},
        capital={"new_funding_gbp": [0.0, 1e6, 0.0]},
    )  # fmt: skip
    plan = make_plan(_place(), scenario)
    assert _hall(plan).hub_year == 2027  # in the first year there is no money
    assert [use.spent_gbp > 60_000 for use in plan.budget] == [False, True, False]


def test_a_pinned_hub_is_made() -> None:
    plan = make_plan(_place(), asked(hubs={"fit_out_gbp_per_m2": 5_000.0}, pins={"hub": ["hall"]}))
    assert _hall(plan).hub_year == 2026


@pytest.mark.parametrize("settings", [{"pins": {"hub": ["library"]}}, {"hubs": {"properties": ["depot"]}}])
def test_a_hub_without_its_floor_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="m2 of office floor and 300 are needed"):
        prepare(_place(), asked(**settings))
