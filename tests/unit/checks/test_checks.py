"""What the checks find, and what they leave alone."""

import time
from datetime import date
from typing import Any

import pytest
import shapely

from estate.checks import Finding, checks, run_checks
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from tests.support.rows import fill

EMPTY: dict[str, list[dict[str, Any]]] = {name: [] for name in REGISTER_TABLES}
ZONE = {"id": "E1", "geometry": shapely.box(0, 0, 10_000, 10_000)}


def house(key: str, **values: Any) -> dict[str, Any]:
    row = {"id": key, "name": f"House {key}", "organisation_id": "ac", "geometry": shapely.Point(500, 500),
           "holding": "building", "uprn": None, "floor_area_m2": 1_000.0, "status": "operational", "use": "other",
           "postcode": None, "address": None, "located_by": "source", "tenure": "freehold"}  # fmt: skip
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


def test_the_register_is_checked_gravest_first_and_then_by_worth(register: Register) -> None:
    assert run_checks(register) == []
    with register.transaction() as connection:
        fill(connection)
        write(connection, "team", [{"id": "t1", "space_amount": 900.0}])

    found = run_checks(register)

    assert [(f.severity, f.check, f.record_id) for f in found][:3] == [
        ("error", "team-larger-than-property", "ac-1"),
        ("error", "team-larger-than-space", "ac-1"),
        ("warning", "cost-unusual", "ac-1"),
    ]
    assert {f.check for f in found} >= {"no-place", "service-without-points", "service-without-standard"}
    assert (found[0].worth_gbp, found[0].worth_basis) == (2_000_000.0, "value")
    warnings = [f.worth_gbp for f in found if f.severity == "warning"]
    assert warnings == sorted(warnings, reverse=True)


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(x, y)


def test_degrees_that_stand_for_metres_are_an_error() -> None:
    [found] = find("degrees-as-metres", property=[house("a", geometry=point(-2.3, 53.4)), house("b")])

    assert (found.severity, found.record_id, found.value) == ("error", "a", "-2.3, 53.4")


def test_coordinates_are_swapped_where_only_that_fits() -> None:
    zone = {"id": "E1", "geometry": shapely.box(380_000, 390_000, 390_000, 400_000)}
    rows = [house("a", geometry=point(395_000, 385_000)), house("b", geometry=point(385_000, 395_000)),
            house("c", geometry=point(500_000, 500_000))]  # fmt: skip

    assert [f.record_id for f in find("swapped-coordinates", property=rows, zone=[zone])] == ["a"]
    assert find("swapped-coordinates", property=rows) == []


def test_many_properties_of_a_postcode_on_one_point_are_named() -> None:
    crowd = [house(key, postcode="M1 1AA") for key in "abcd"]
    alone = house("e", geometry=point(9, 9), located_by="postcode")
    apart = house("f", geometry=point(8, 8), postcode="M1 1AA", located_by="source")

    found = find("shared-point", property=[*({**row, "located_by": "source"} for row in crowd), alone, apart])
    assert [(f.record_id, f.severity) for f in found] == [*((key, "warning") for key in "abcd"), ("e", "note")]


NHS = {"organisation_id": "nhs", "status": "operational", "use": "clinic", "address": None, "postcode": "M16 9NW"}
COUNCIL = {**NHS, "organisation_id": "ac", "use": "library"}


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        ({"name": "Limelight Hub"}, {"name": "Old Trafford Library at Limelight"}, "both are called Limelight"),
        ({"address": "1 St Brides Way, Hulme"}, {"address": "1 St Brides Way"}, "the same address"),
        ({"uprn": "12"}, {"uprn": "12"}, "the same UPRN"),
        ({"name": "Delamere Toy Library"}, {"name": "Delamere Toy Library (hub)"}, "like names"),
        ({"name": "Limelight Hub"}, {"name": "Limelight", "geometry": point(5_000, 5_000)}, ""),
        ({"name": "Limelight Hub"}, {"name": "Limelight", "organisation_id": "nhs"}, ""),
        ({"name": "Riddings Clinic"}, {"name": "Riddings Park", "use": "park"}, ""),
        ({"geometry": None, "uprn": "12"}, {"uprn": "12"}, "the same UPRN"),
    ],
)
def test_one_building_on_the_lists_of_two_bodies(left: dict[str, Any], right: dict[str, Any], why: str) -> None:
    rows = [house("a", **{**NHS, **left}), house("b", **{**COUNCIL, "geometry": point(510, 510), **right})]

    found = find("same-building", property=rows)

    assert [f.record_id for f in found] == (["a"] if why else [])
    assert all(why in f.reason for f in found)


def test_a_crowd_on_one_point_is_not_compared_pair_by_pair() -> None:
    rows = [house(f"{n}", **{**NHS, "organisation_id": f"o{n}", "postcode": None}, uprn="1") for n in range(3_000)]

    assert find("same-building", property=rows) == []


LEASE = {"id": "l", "property_id": "a", "direction": "in", "start_date": date(2010, 1, 1), "expiry_date": None}


@pytest.mark.parametrize(
    ("tenure", "leases", "reason"),
    [
        ("freehold", [LEASE], "it is recorded as freehold, and a lease in is recorded too"),
        ("leasehold", [], "it is leasehold and no lease is recorded"),
        ("leasehold", [{**LEASE, "expiry_date": date(2015, 1, 1)}], "lease l is over"),
        ("leasehold", [{**LEASE, "expiry_date": date(2009, 1, 1)}], "lease l ends before it begins"),
        ("leasehold", [LEASE], ""),
        ("freehold", [{**LEASE, "direction": "out"}], ""),
    ],
)
def test_tenure_goes_with_the_leases(tenure: str, leases: list[dict[str, Any]], reason: str) -> None:
    found = find("tenure-and-leases", property=[house("a", tenure=tenure, status="operational")], lease=leases)

    assert len(found) == bool(reason)
    assert all(f.reason.startswith(reason) for f in found)


def test_a_floor_area_must_fit_its_outline() -> None:
    outline = shapely.box(0, 0, 10, 10)
    rows = [
        house("a", geometry=outline, floor_area_m2=1_201.0),
        house("b", geometry=outline, floor_area_m2=1_200.0),
    ]

    assert [f.record_id for f in find("floor-area-and-footprint", property=[*rows, house("c")])] == ["a"]


@pytest.mark.parametrize(("fte", "severity"), [(400.0, "warning"), (100.0, ""), (10.0, "note"), (None, "")])
def test_a_floor_area_must_fit_the_people_there(fte: float | None, severity: str) -> None:
    teams = [{"property_id": "a", "fte": fte}]  # 1,000 m2, and 14 m2 a person are usual

    found = find("floor-area-and-staff", property=[house("a", use="office")], team=teams)

    assert [f.severity for f in found] == ([severity] if severity else [])


@pytest.mark.parametrize(("gbp", "named"), [(1_000.0, True), (124_000.0, False), (2_000_000.0, True)])
def test_a_cost_far_from_the_benchmark_is_named(gbp: float, named: bool) -> None:
    costs = [{"property_id": "a", "gbp_per_year": gbp}]
    rows = [house("a", use="office", status="operational"), house("b", use="office", status="operational")]

    assert [f.record_id for f in find("cost-unusual", property=rows, running_cost=costs)] == ["a"] * named


def test_teams_that_need_more_of_a_kind_than_there_is_are_an_error() -> None:
    spaces = [{"property_id": "a", "kind": "desks", "amount": 10.0}]
    team = {"property_id": "a", "space_kind": "desks", "space_amount": 6.0}

    [found] = find("team-larger-than-space", property=[house("a")], space=spaces, team=[team, team])
    assert (found.severity, found.reason) == ("error", "its teams record 12 desks and the building 10")
    assert find("team-larger-than-space", property=[house("a")], space=spaces, team=[team]) == []


def test_a_standard_says_where_it_comes_from() -> None:
    service = {"id": "library", "name": "Libraries", "minutes": 20.0, "share_of_population": 0.9}

    [found] = find("service-without-standard", service=[{**service, "standard_source": None}])
    assert (found.record, found.column) == ("Libraries", "standard_source")
    [found] = find("service-without-standard", service=[{**service, "share_of_population": 0.0}])
    assert found.column == "share_of_population"
    assert find("service-without-standard", service=[{**service, "standard_source": "local"}]) == []


def test_a_building_let_out_in_which_the_public_are_served_is_named() -> None:
    team = {"property_id": "a", "name": "Library", "public_facing": False, "service_id": "library"}
    back_office = {**team, "service_id": None}
    rows = [house("a", status="let_out")]

    assert [f.record_id for f in find("let-out-and-public", property=rows, team=[team])] == ["a"]
    assert find("let-out-and-public", property=rows, team=[back_office]) == []
    assert find("let-out-and-public", property=[house("a", status="operational")], team=[team]) == []


def test_a_zone_without_people_is_named() -> None:
    zones = [
        {"id": key, "name": None, "population": people} for key, people in zip("abc", (None, 0, 7), strict=True)
    ]

    found = find("zone-without-people", zone=zones)
    assert [(f.record_id, f.severity) for f in found] == [("a", "warning"), ("b", "note")]


def test_twenty_thousand_properties_are_checked_in_seconds() -> None:
    rows = [
        house(f"{n}", **{**NHS, "organisation_id": f"o{n % 20}", "name": f"House {n}"}, located_by="source",
              tenure="freehold", geometry=point(100.0 * (n % 150), 100.0 * (n // 150)))
        for n in range(20_000)
    ]  # fmt: skip
    started = time.monotonic()

    for name in checks():
        find(name, property=rows, zone=[{**ZONE, "name": "Zone", "population": 1}])

    assert time.monotonic() - started < 10
