"""The benchmark of maps: its plan changes what it says, and a small run prints a row a size."""

import pytest

from benchmarks import maps
from optimiser.plan import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return maps.place(400, 8, 60)[0]


def test_about_a_quarter_is_left_and_all_of_its_teams_go_to_what_is_kept(plan: Plan) -> None:
    left = {action.property_id for action in plan.properties if action.action == "leave"}
    hosts = {action.property_id for action in plan.properties if action.action == "host"}
    assert 0.15 < len(left) / len(plan.properties) < 0.35
    assert {move.from_property_id for move in plan.moves} <= left
    assert {move.to_property_id for move in plan.moves} <= hosts


def test_people_reach_no_service_sooner_when_places_go_away(plan: Plan) -> None:
    assert {zone.service_id for zone in plan.zones} == set(plan.figures.reach)  # type: ignore[union-attr]
    assert any(zone.minutes_after != zone.minutes_today for zone in plan.zones)


@pytest.mark.browser
@pytest.mark.usefixtures("chromium")
def test_it_prints_a_row_a_size(capsys: pytest.CaptureFixture[str]) -> None:
    maps.main(["--scale", "0.01"])
    said = capsys.readouterr().out
    assert "30 properties" in said
    assert "200 properties" in said
