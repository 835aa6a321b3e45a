"""Who reaches a service today, how many must, and which travel method says so."""

import math

import numpy as np
import pytest

from estate.problems import InputError
from optimiser.plan import from_dict
from optimiser.planner import make_plan
from optimiser.prepare import travel
from optimiser.prepare.inputs import prepare
from optimiser.prepare.reach import _smallest, required_people
from optimiser.prepare.standards import Standard
from optimiser.prepare.travel import straight_line, table
from optimiser.settings import WAYS
from tests.support.tiny_place import ROWS, asked, tiny


def test_straight_line_minutes() -> None:
    settings = asked(travel={"circuity": 1.5, "foot_km_per_hour": 5.0}).travel
    minutes = straight_line.minutes(tiny(), settings, "foot", ["z0", "z1"], ["hall", "library"])
    assert minutes == pytest.approx(np.array([[0.0, 2 * 1.5 / 5 * 60], [36.0, 0.0]]), abs=0.01)


@pytest.mark.parametrize("limit", [7.0, math.inf])
def test_pairs_within_a_limit_are_those_of_the_whole_table(limit: float) -> None:
    dice = np.random.default_rng(3)
    origins, targets = dice.uniform(0, 10_000, (2_500, 2)), dice.uniform(0, 10_000, (40, 2))
    origins[7], targets[9] = np.nan, np.nan
    found = np.full((2_500, 40), np.inf)
    for rows, columns, minutes in straight_line.pairs_within(origins, targets, 0.002, limit):
        found[rows, columns] = minutes
    whole = np.hypot(*(origins[:, None, :] - targets[None, :, :]).transpose(2, 0, 1)) * 0.002
    whole[np.isnan(whole) | (whole > limit)] = np.inf
    assert found == pytest.approx(whole)
    assert np.isinf(found[7]).all()


def test_a_property_without_a_place_is_out_of_reach() -> None:
    rows = [{**row, "geometry": None} if row["id"] == "hall" else row for row in ROWS["property"]]
    assert straight_line.minutes(tiny(property=rows), asked().travel, "car", ["z0"], ["hall"])[0, 0] == math.inf


def test_table_minutes_are_the_registers_own() -> None:
    times = [{"id": "1", "zone_id": "z0", "property_id": "hall", "mode": "car", "minutes": 7.5}]
    minutes = table.minutes(tiny(travel_time=times), asked().travel, "car", ["z0", "z1"], ["hall", "library"])
    assert minutes.tolist() == [[7.5, math.inf], [math.inf, math.inf]]


@pytest.mark.parametrize("mode", ["foot", "public_transport"])
def test_a_mode_that_the_table_lacks_is_named_and_not_taken_for_out_of_reach(mode: str) -> None:
    times = [{"id": "1", "zone_id": "z0", "property_id": "library", "mode": "car", "minutes": 6.5}]
    with pytest.raises(InputError, match=f"no table of minutes {WAYS[mode]}.*--mode {mode}"):
        table.minutes(tiny(travel_time=times), asked().travel, mode, ["z0"], ["library"])


def test_the_table_gives_the_plan_its_reach() -> None:
    times = [{"id": "1", "zone_id": "z2", "property_id": "depot", "mode": "car", "minutes": 5.0}]
    scenario = asked(travel={"method": "table"})
    assert prepare(tiny(travel_time=times), scenario).reach["advice"].reached_today == 500


def test_methods_are_found_by_name() -> None:
    assert travel.names() == ["road_network", "straight_line", "table"]
    assert travel.find("straight_line").minutes is straight_line.minutes


def test_demand_of_the_tiny_place() -> None:
    # At 30 km/h seven minutes are 3.5 km: z0 and z1 reach the desk in the annexe, z2 the porters at the depot.
    advice = prepare(tiny(), asked()).reach["advice"]
    assert (advice.people, advice.reached_today, advice.required) == (3500, 3500, 3150)
    groups = {near: people for people, near in advice.groups}
    assert groups == {("annexe", "clinic", "hall", "library"): 1000 + 2000, ("depot",): 500}
    # Within the worst case of 12 minutes (6 km) z2 has the depot alone.
    assert ("depot",) in advice.lifelines


def test_a_set_that_a_smaller_one_holds_is_no_lifeline_of_its_own() -> None:
    sets = np.array([[1, 1, 0, 1], [1, 0, 0, 0], [0, 1, 1, 0], [1, 0, 0, 0], [0, 1, 1, 1]], dtype=bool)
    assert [row.tolist() for row in _smallest(sets)] == [[True, False, False, False], [False, True, True, False]]
    assert _smallest(sets[:0]) == []


def test_a_point_outside_the_scope_always_counts() -> None:
    advice = prepare(tiny(), asked(scope={"exclude_properties": ["annexe"]})).reach["advice"]
    assert advice.always_reached == 3000
    assert [near for _, near in advice.groups] == [("depot",)]


@pytest.mark.parametrize(
    ("share", "must", "today", "tolerance", "people"),
    [
        (0.9, False, 950, 0.0, 900),  # the target is below today
        (0.9, False, 800, 0.02, 780),  # today is below the target: no worse than the tolerance
        (0.9, True, 800, 0.02, 900),  # the target binds all the same
        (0.333, False, 1000, 0.0, 333),
        (0.3335, False, 1000, 0.0, 334),  # people are whole
        (0.9, False, 10, 0.02, 0),
    ],
)
def test_people_who_must_be_reached(share: float, must: bool, today: int, tolerance: float, people: int) -> None:
    standard = Standard("Advice", 6, "car", share, None, must)
    assert required_people(today, 1000, standard, tolerance) == people


def test_people_go_where_there_is_room_and_not_all_to_the_nearest() -> None:
    scenario = asked(services={"advice": {"people_per_m2": 10.0}})
    plan = make_plan(tiny(), scenario)
    assert plan.figures is not None
    reach = plan.figures.reach["advice"]
    assert plan.counters
    for when, share in (("today", reach.served_today), ("after", reach.served_after)):
        sent = [getattr(one, f"served_{when}") for one in plan.counters]
        room = [getattr(one, f"room_{when}") for one in plan.counters]
        assert all(people <= most for people, most in zip(sent, room, strict=True))
        assert sum(sent) / 3500 == share
    assert from_dict(plan.to_dict()).counters == plan.counters
