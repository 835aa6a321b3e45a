"""Standards that are met by any of several ways of travelling."""

import math

import numpy as np
import pytest

from estate.problems import InputError
from optimiser import planner, verify
from optimiser.prepare.access import access, fastest
from optimiser.prepare.inputs import prepare
from optimiser.prepare.standards import standards
from tests.support.tiny_place import ROWS, asked, tiny

EITHER = {"services": {"advice": {"or_minutes": {"foot": 45.0}}}}


def test_a_minute_of_another_mode_counts_in_proportion_to_its_limit() -> None:
    snapshot, scenario = tiny(), asked(**EITHER)
    standard = standards(snapshot, scenario)["advice"]
    assert standard.limits == {standard.mode: standard.minutes, "foot": 45.0}
    ways = access(snapshot, scenario, standard, ["z0"], ["hall", "library"])
    by_car, on_foot = (2 * scenario.travel.circuity / speed * 60 for speed in (30.0, 4.8))
    wanted = min(by_car, on_foot * standard.minutes / 45)
    assert ways.counted[0, 1] == pytest.approx(wanted, rel=1e-3)
    assert ways.minutes[0, 1] == pytest.approx(by_car if wanted == by_car else on_foot, rel=1e-3)
    assert fastest(snapshot, scenario, standard, ["z0"], ["library"])[0, 0] == pytest.approx(by_car, rel=1e-3)


def test_minutes_at_the_limit_of_another_mode_are_within_it() -> None:
    times = [
        {"id": "1", "zone_id": "z0", "property_id": "hall", "mode": "foot", "minutes": 49.0},
        {"id": "2", "zone_id": "z2", "property_id": "depot", "mode": "car", "minutes": 5.0},
    ]
    scenario = asked(
        travel={"method": "table"}, services={"advice": {"minutes": 7.0, "or_minutes": {"foot": 49.0}}}
    )
    snapshot = tiny(travel_time=times)
    ways = access(snapshot, scenario, standards(snapshot, scenario)["advice"], ["z0", "z1"], ["hall"])
    assert ways.counted[:, 0].tolist() == [7.0, math.inf]
    assert ways.modes[ways.mode[0, 0]] == "foot"


def test_the_register_keeps_limits_of_other_modes_and_the_scenario_may_change_them() -> None:
    services = [{**row, "or_bicycle_minutes": 12.0} for row in ROWS["service"]]
    snapshot = tiny(service=services)
    assert standards(snapshot, asked())["advice"].or_minutes == {"bicycle": 12.0}
    assert standards(snapshot, asked(**EITHER))["advice"].or_minutes == {"foot": 45.0}
    none = asked(services={"advice": {"or_minutes": {}}})
    assert standards(snapshot, none)["advice"].or_minutes == {}


def test_a_second_limit_of_its_own_mode_is_refused() -> None:
    with pytest.raises(InputError, match="minutes by car already"):
        prepare(tiny(), asked(services={"advice": {"or_minutes": {"car": 3.0}}}))


def test_more_people_are_within_reach_by_either_than_by_one() -> None:
    one, either = (
        prepare(tiny(), asked(services={"advice": {"minutes": 1.0, **more}})).reach["advice"].reached_today
        for more in ({}, {"or_minutes": {"foot": 40.0}})
    )
    assert one < either


def test_a_plan_by_either_mode_holds_on_the_raw_rows_and_says_which_way_people_go() -> None:
    snapshot = tiny()
    scenario = asked(
        services={"advice": {"minutes": 2.0, "or_minutes": {"foot": 40.0}, "visits_per_person_per_year": 0.1}},
    )
    plan = planner.make_plan(snapshot, scenario)
    assert plan.figures is not None
    assert verify.mismatches(plan, snapshot, scenario) == []
    assert {zone.mode_today for zone in plan.zones} <= {"car", "foot"}
    assert "foot" in {zone.mode_after for zone in plan.zones}
    assert plan.figures.reach["advice"].or_minutes == {"foot": 40.0}


def test_kept_minutes_that_end_before_the_standard_are_refused() -> None:
    built = {
        "id": "table car", "method": "table", "mode": "car", "built_on": None, "limit_minutes": 5.0,
    }  # fmt: skip
    times = [{"id": "1", "zone_id": "z0", "property_id": "hall", "mode": "car", "minutes": 4.0}]
    with pytest.raises(InputError, match=r"minutes by car are kept up to 5 and .* asks for up to 12"):
        prepare(tiny(travel_time=times, travel_build=[built]), asked(travel={"method": "table"}))


def test_where_there_is_no_way_there_is_no_mode() -> None:
    times = [
        {"id": mode, "zone_id": "z2", "property_id": "depot", "mode": mode, "minutes": 5.0}
        for mode in ("car", "foot")
    ]
    snapshot, scenario = tiny(travel_time=times), asked(travel={"method": "table"}, **EITHER)
    ways = access(snapshot, scenario, standards(snapshot, scenario)["advice"], ["z0"], ["hall"])
    assert np.isinf(ways.counted).all()
    assert np.isinf(ways.minutes).all()
