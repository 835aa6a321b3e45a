"""Who loses and who gains, counted by hand on three zones; and that the checker counts the same."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from maps.pack import people_sheets
from optimiser import plan as plans
from optimiser import planner, verify
from optimiser.explain.equality import impacts
from optimiser.plan import Impact, ZoneReach
from tests.support.tiny_place import ROWS, asked, tiny


def _zone(key: str, people: float, today: float | None, after: float | None) -> ZoneReach:
    within = (today is not None and today <= 10, after is not None and after <= 10)
    return ZoneReach("advice", key, people, today, after, *within)


PEOPLE = {
    # zone: population, over 65, deprivation decile, households without a car
    "z0": (1000, 100, 1, None),
    "z1": (2000, 300, 5, None),
    "z2": (500, 50, 2, None),
}


def _snapshot(people: Mapping[str, tuple[int, int, int, int | None]] = PEOPLE) -> Any:
    return tiny(
        zone=[
            {
                **row,
                "population": people[row["id"]][0],
                "population_65_plus": people[row["id"]][1],
                "deprivation_decile": people[row["id"]][2],
                "households_no_car": people[row["id"]][3],
            }
            for row in ROWS["zone"]
        ]
    )


def _by_group(zones: list[ZoneReach]) -> dict[str, Impact]:
    return {one.group: one for one in impacts(_snapshot(), zones)}


def test_everybody_and_each_group_that_zones_record() -> None:
    found = _by_group([_zone("z0", 1000, 4.0, 14.0), _zone("z1", 2000, 12.0, 8.0), _zone("z2", 500, 6.0, 7.5)])

    assert set(found) == {"everybody", "most_deprived_fifth", "over_65s"}  # no zone records households
    everybody = found["everybody"]
    assert (everybody.people, everybody.within_today, everybody.within_after) == (3500, 1500, 2500)
    assert (everybody.lose, everybody.lose_zones, everybody.lose_more_minutes) == (1000, 1, 10.0)
    assert (everybody.gain, everybody.gain_zones, everybody.gain_fewer_minutes) == (2000, 1, 4.0)
    assert everybody.mean_minutes_today == pytest.approx((4 * 1000 + 12 * 2000 + 6 * 500) / 3500)
    assert everybody.mean_minutes_after == pytest.approx((14 * 1000 + 8 * 2000 + 7.5 * 500) / 3500)
    assert (everybody.p90_minutes_today, everybody.p90_minutes_after) == (12.0, 14.0)
    assert (everybody.longer, everybody.longest_minutes) == (1500, 10.0)
    assert everybody.longer_minutes == pytest.approx((10 * 1000 + 1.5 * 500) / 1500)
    assert (everybody.shorter, everybody.shorter_minutes) == (2000, 4.0)
    poorest = found["most_deprived_fifth"]
    assert (poorest.people, poorest.lose, poorest.gain, poorest.longer) == (1500, 1000, 0, 1500)
    old = found["over_65s"]
    assert (old.people, old.within_today, old.within_after, old.lose, old.gain) == (450, 150, 350, 100, 300)


def test_who_has_no_way_is_in_no_mean_and_is_told() -> None:
    found = _by_group([_zone("z0", 1000, 4.0, None), _zone("z1", 2000, 5.0, 5.0), _zone("z2", 500, None, 9.0)])
    everybody = found["everybody"]
    assert (everybody.no_way_today, everybody.no_way_after) == (500, 1000)
    assert everybody.mean_minutes_after == pytest.approx((5 * 2000 + 9 * 500) / 2500)
    assert (everybody.p90_minutes_today, everybody.p90_minutes_after) == (None, None)  # more than one in ten
    assert (everybody.lose, everybody.lose_more_minutes) == (1000, None)
    assert (everybody.gain, everybody.gain_fewer_minutes) == (500, None)
    assert (everybody.longer, everybody.longest_minutes) == (0, 0.0)


def test_zones_that_do_not_record_a_group_are_told() -> None:
    snapshot = _snapshot({**PEOPLE, "z0": (1000, 100, 1, 80)})
    (cars,) = [one for one in impacts(snapshot, [_zone("z0", 1000, 4.0, 14.0), _zone("z1", 2000, 5.0, 5.0)])
               if one.group == "no_car"]  # fmt: skip
    assert (cars.people, cars.zones_unrecorded, cars.lose) == (80, 1, 80)


@pytest.fixture(scope="module")
def made() -> Any:
    snapshot, scenario = _snapshot(), asked()
    return snapshot, scenario, planner.make_plan(snapshot, scenario)


def test_a_plan_publishes_them_and_the_checker_counts_the_same(made: Any) -> None:
    snapshot, scenario, plan = made
    assert plan.impacts
    assert verify.mismatches(plan, snapshot, scenario) == []
    assert plans.from_dict(plan.to_dict()).impacts == plan.impacts


_FIELDS = [name for name in Impact.__dataclass_fields__ if name not in {"service_id", "group"}]


@pytest.mark.parametrize("name", _FIELDS)
def test_no_figure_of_them_can_be_wrong_unseen(made: Any, name: str) -> None:
    snapshot, scenario, plan = made
    first = plan.impacts[0]
    wrong = replace(first, **{name: (getattr(first, name) or 0) + 1})
    found = verify.mismatches(replace(plan, impacts=(wrong, *plan.impacts[1:])), snapshot, scenario)
    assert [one.what for one in found] == [f"advice, everybody, {name}"]


def test_no_group_can_be_left_out(made: Any) -> None:
    snapshot, scenario, plan = made
    (found,) = verify.mismatches(replace(plan, impacts=plan.impacts[:-1]), snapshot, scenario)
    assert found.what == "services and groups of impacts"


def test_the_sheet_for_the_committee_has_a_row_each_and_no_header_twice(made: Any) -> None:
    snapshot, _, plan = made
    sheet = people_sheets.equality(plan, snapshot)
    headers = [column.header for column in sheet.columns]
    assert len(set(headers)) == len(headers)
    assert {len(row) for row in sheet.rows} == {len(headers)}
    assert [row[headers.index("Lose it")] for row in sheet.rows] == [one.lose for one in plan.impacts]
    assert sheet.rows[0][:3] == ("Advice desk", "Everybody", "people")
