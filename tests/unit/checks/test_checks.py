"""What the checks find, and what they leave alone."""

from typing import Any

import pytest
import shapely

from estate.checks import Finding, checks, run_checks
from estate.database import Register, write
from tests.support.rows import fill

EMPTY: dict[str, list[dict[str, Any]]] = {name: [] for name in ("property", "team", "zone", "service")}
ZONE = {"id": "E1", "geometry": shapely.box(0, 0, 10_000, 10_000)}


def house(key: str, **values: Any) -> dict[str, Any]:
    row = {"id": key, "name": f"House {key}", "organisation_id": "ac", "geometry": shapely.Point(500, 500),
           "holding": "building", "uprn": None, "floor_area_m2": 1_000.0}  # fmt: skip
    return {**row, **values}


def find(name: str, **tables: list[dict[str, Any]]) -> list[Finding]:
    return list(checks()[name].find({**EMPTY, **tables}))


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("outside-the-place", house("a", geometry=shapely.Point(50_000, 500)), house("a", geometry=None)),
        ("no-place", house("a", geometry=None), house("a")),
        ("not-a-building", house("a", name="Portrait of the Mayor"), house("a", name="Portland House")),
        ("floor-area-unlikely", house("a", floor_area_m2=2.0), house("a", floor_area_m2=None)),
        ("floor-area-unlikely", house("a", floor_area_m2=200_000.0), house("a", floor_area_m2=900.0)),
    ],
)
def test_a_property_at_fault_is_named(name: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    [found] = find(name, property=[bad, house("b", floor_area_m2=5_000.0)], zone=[ZONE])

    assert (found.check, found.record_id, found.organisation_id) == (name, "a", "ac")
    assert found.reason
    assert found.remedy
    assert find(name, property=[good, house("b", floor_area_m2=5_000.0)], zone=[ZONE]) == []


def test_two_checks_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks()["no-place"], "NAME", "shared-uprn")

    with pytest.raises(ValueError, match="two checks are called shared-uprn"):
        checks.__wrapped__()


def test_without_zones_nothing_is_outside() -> None:
    assert find("outside-the-place", property=[house("a", geometry=shapely.Point(50_000, 500))]) == []


def test_land_without_a_place_is_only_noted() -> None:
    assert find("no-place", property=[house("a", geometry=None, holding="land")])[0].severity == "note"


def test_a_shared_uprn_names_all_that_share_it() -> None:
    rows = [house("a", uprn="1"), house("b", uprn="1"), house("c", uprn="2"), house("d"), house("e")]

    assert [found.record_id for found in find("shared-uprn", property=rows)] == ["a", "b"]


def test_an_area_that_stands_at_each_part_of_a_whole_is_named() -> None:
    rows = [house("a", name="Longford Park, Barn"), house("b", name="Longford Park, Shelter"), house("c")]

    assert [found.record_id for found in find("floor-area-unlikely", property=rows)] == ["a", "b"]


def test_teams_that_do_not_fit_their_building_are_an_error() -> None:
    team = {"property_id": "a", "space_kind": "desks", "space_amount": 101.0}  # at 10 m2 a desk
    unknown = {"property_id": "a", "space_kind": "desks", "space_amount": None}

    [found] = find("team-larger-than-property", property=[house("a")], team=[team, unknown])
    assert (found.severity, found.reason) == ("error", "its teams record 1,010 m2 of space")
    assert find("team-larger-than-property", property=[house("a")], team=[{**team, "space_amount": 100.0}]) == []
    assert find("team-larger-than-property", property=[house("a", floor_area_m2=None)], team=[team]) == []


def test_a_service_that_nobody_offers_is_named() -> None:
    service = {"id": "library", "name": "Libraries"}

    assert [found.record for found in find("service-without-points", service=[service])] == ["Libraries"]
    assert find("service-without-points", service=[service], team=[{"service_id": "library"}]) == []


def test_the_register_is_checked_gravest_first(register: Register) -> None:
    assert run_checks(register) == []
    with register.transaction() as connection:
        fill(connection)
        write(connection, "team", [{"id": "t1", "space_amount": 900.0}])

    found = [(f.severity, f.check, f.record_id) for f in run_checks(register)]

    assert found == [
        ("error", "team-larger-than-property", "ac-1"),
        ("warning", "no-place", "AC-3"),
        ("warning", "service-without-points", "library"),
    ]
