"""What the public meets: counters that can be full (service_capacity), and the way to them (travel_of_public)."""

from typing import Any

import pytest

from estate.problems import InputError
from optimiser.model.build import build
from optimiser.model.partners import net_cost
from optimiser.model.terms import id_of
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import from_yaml
from tests.support.tiny_place import ROWS, asked, tiny

# Reach that asks nothing: what a rule or a cost does shows by itself. Seven minutes are 3.5 km.
LOOSE = {"share_of_population": 0.0, "worst_case_minutes": 600}


def _where(plan: Plan) -> dict[str, str]:
    return {move.team_id: move.to_property_id for move in plan.moves}


def _line(plan: Plan, cost: str) -> float:
    return sum(line.gbp_k for line in plan.costs if line.cost == cost)


def _advice(**standard: Any) -> dict[str, Any]:
    return {"advice": {**LOOSE, **standard}}


def _visits(visits: float | None) -> dict[str, Any]:
    return {"visits_per_person_per_year": visits, "worst_case_minutes": 30}


def test_room_goes_with_the_teams_and_people_go_where_there_is_some() -> None:
    """At 20 people a m2 the desk serves 1,000 of the 3,000 near it, the porters 800: all of the 500 near them."""
    capacity = prepare(tiny(), asked(services=_advice(people_per_m2=20.0))).capacity["advice"]
    assert capacity.groups == ((3000, ("annexe", "clinic", "hall", "library")), (500, ("depot",)))
    assert capacity.team_people == {"desk": 1000, "porters": 800}
    assert capacity.served_today == 1500
    assert sum(capacity.served({"desk": "hall", "porters": "hall"}).values()) == 1800
    assert sum(capacity.served({"desk": "depot", "porters": "depot"}).values()) == 500
    assert capacity.served({"desk": "hall", "porters": "depot"}) == {(0, "hall"): 1000, (1, "depot"): 500}


def test_what_must_be_served_is_the_target_or_todays_less_the_tolerance() -> None:
    def required(**standard: Any) -> int:
        wanted = asked(services=_advice(people_per_m2=20.0, **standard), reach_tolerance=0.1)
        return prepare(tiny(), wanted).capacity["advice"].required

    assert required(share_served=1.0) == 1500 - 350
    assert required(share_served=0.2) == 700
    assert required() == 0  # as share_of_population
    assert required(share_served=0.8, must_meet_target=True) == 2800


def test_teams_outside_the_decision_keep_their_room_where_they_are() -> None:
    wanted = asked(scope={"exclude_properties": ["depot"]}, services=_advice(people_per_m2=20.0))
    capacity = prepare(tiny(), wanted).capacity["advice"]
    assert (capacity.team_people, capacity.fixed_people) == ({"desk": 1000}, {"depot": 800})
    assert make_plan(tiny(), wanted).status == "proven"


def test_counters_that_would_be_full_do_not_close() -> None:
    """Both counters in the depot could serve only the 500 people near it."""
    together = {"together": [["desk", "porters"]]}
    free = make_plan(tiny(), asked(services=_advice(), teams=together, pins={"team_stays": ["porters"]}))
    assert _where(free)["desk"] == "depot"
    assert free.figures is not None
    assert free.figures.reach["advice"].served_after is None
    full = _advice(people_per_m2=20.0, share_served=1.0)
    pressed = make_plan(tiny(), asked(services=full, teams=together))
    assert pressed.status == "proven"
    assert pressed.figures is not None
    reach = pressed.figures.reach["advice"]
    assert (reach.served_today, reach.served_required) == (1500 / 3500, 1500 / 3500)
    assert reach.served_after == 1800 / 3500
    assert pressed.notes[-1] == (
        "Advice desk: open counters have room for 51.4% of people within 7 minutes by car (today 42.9%, must be"
        " 42.9%)."
    )
    assert _where(pressed)["desk"] == _where(pressed)["porters"] != "depot"


def test_counters_that_cannot_serve_enough_are_told_with_what_gives() -> None:
    wanted = asked(
        services=_advice(people_per_m2=20.0, share_served=1.0),
        teams={"together": [["desk", "porters"]]},
        pins={"team_stays": ["porters"]},
    )
    plan = make_plan(tiny(), wanted)
    assert plan.conflicts == (
        "Advice desk: room at open counters for 42.9% of people within 7 minutes by car (today 42.9%)",
        "teams: Desk (desk) and Porters (porters) together",
    )
    assert plan.gives == ("Advice desk: room at open counters for 14.2% of people instead of 42.9% (today 42.9%)",)
    eased = from_yaml(plan.nearest_scenario)
    assert eased.services["advice"].share_served == 0.142
    assert make_plan(tiny(), eased).status == "proven"


def test_people_whose_way_is_counted_draw_the_counter_to_them() -> None:
    """The library has 2,000 people at its door; the annexe and the clinic are two minutes from them."""
    pins = {"leave": ["annexe", "hall"], "team_stays": ["nurses", "porters", "readers"]}
    space = [{**row, "amount": 400.0} if row["property_id"] == "library" else row for row in ROWS["space"]]
    by_visits = {
        visits: make_plan(tiny(space=space), asked(services=_advice(**_visits(visits)), pins=pins))
        for visits in (None, 6.0)
    }
    assert _where(by_visits[6.0])["desk"] == "library"
    today = 2 * 1000 + 2 * 2000  # minutes one way of z0 and z1 to the annexe
    after = 4 * 1000 + 0 * 2000
    years = sum(1.035**-year for year in range(10))
    assert _line(by_visits[6.0], "travel_of_public") == pytest.approx((after - today) * 12 * 6 / 60 / 1000 * years)
    assert _line(by_visits[None], "travel_of_public") == 0


def test_minutes_that_have_begun_count_and_end_at_the_worst_case_or_at_what_stays() -> None:
    wanted = {"circuity": 1.1, "car_km_per_hour": 30.0}  # 2.2 minutes a kilometre
    trips = prepare(tiny(), asked(services=_advice(**_visits(1.0)), travel=wanted)).trips
    assert trips["advice", "z0"].rings == (
        (0, ("hall",)), (3, ("annexe",)), (5, ("library",)), (7, ("clinic",)), (22, ("depot",)),
    )  # fmt: skip
    assert (trips["advice", "z0"].minutes_today, trips["advice", "z0"].most_minutes) == (3, 30)
    assert trips["advice", "z0"].minutes({"clinic", "depot"}) == 7
    assert trips["advice", "z0"].gbp_per_minute == pytest.approx(2 * 1000 * 6 / 60)
    outside = {"exclude_properties": ["depot", "library"]}
    fewer = prepare(tiny(), asked(services=_advice(**_visits(1.0)), travel=wanted, scope=outside)).trips
    assert ("advice", "z2") not in fewer  # the porters stay at its door, whatever is decided
    assert fewer["advice", "z0"].most_minutes == 22


def test_travel_without_a_worst_case_is_refused() -> None:
    service = [{**ROWS["service"][0], "worst_case_minutes": None}]
    with pytest.raises(InputError, match=r"services\.advice\.worst_case_minutes"):
        prepare(tiny(service=service), asked(services={"advice": {"visits_per_person_per_year": 1.0}}))


def test_no_partner_bears_the_travel_of_the_public() -> None:
    inputs = prepare(tiny(), asked(services=_advice(**_visits(6.0))))
    model = build(inputs)
    terms = {id_of(v) for body in ("A", "N") for v in net_cost(inputs, model.decide, body)}
    assert terms
    assert terms.isdisjoint(id_of(v) for v in model.decide.farther.values())
