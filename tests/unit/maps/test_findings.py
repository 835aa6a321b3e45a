"""Titles say what the plan's figures say: for none, one and many, for bad news as for good."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from maps.pack import findings
from maps.pack.case import Option
from optimiser.plan import PartnerPosition, Plan, PropertyAction, ZoneReach
from tests.support import planned_place


def option(**changes: Any) -> Option:
    """The planned place with other plain data in its plan; `figures` are changes to its figures."""
    plan, snapshot, scenario = planned_place.place(properties=15)
    assert plan.figures
    changes["figures"] = replace(plan.figures, **changes.get("figures", {}))
    return Option("run1", date(2026, 11, 30), replace(plan, **changes), snapshot, scenario)


def leaving(*keys: str) -> tuple[PropertyAction, ...]:
    return tuple(PropertyAction(key, "leave", year=2026) for key in keys)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ((), "no buildings go"),
        (("p0",), "one building goes"),
        (("p0", "p1", "p2"), "three buildings go"),
    ],
)
def test_what_goes(keys: tuple[str, ...], said: str) -> None:
    assert findings.what_goes(option(properties=leaving(*keys))) == said


def test_land_among_it_makes_it_properties() -> None:
    shown = option(properties=leaving("p0", "p1"))
    held = shown.snapshot.properties.assign(holding=["land"] + ["building"] * 14)

    assert (
        findings.what_goes(replace(shown, snapshot=replace(shown.snapshot, properties=held)))
        == "two properties go"
    )


@pytest.mark.parametrize(
    ("saving", "said"),
    [
        (2_683_000.0, "£2.68 million a year is saved"),
        (0.2, "running costs stay as they are"),
        (-40_000.0, "the estate costs £40,000 a year more to run"),
    ],
)
def test_what_is_saved(saving: float, said: str) -> None:
    assert findings.what_is_saved(option(figures={"saving_gbp_per_year": saving})) == said


def zone(number: int, today: bool, after: bool, people: float = 1000.0, minutes: float | None = 9.2) -> ZoneReach:
    return ZoneReach("s0", f"z{number}", people, 5.0, minutes, today, after)


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ((), ""),
        ((zone(1, True, True),), "nobody loses the reach of a service"),
        ((zone(1, True, False, 1.0),), "one person loses the reach of a service"),
        (
            (zone(1, True, False), zone(2, True, False), zone(3, False, True)),
            "2,000 people lose the reach of a service",
        ),
    ],
)
def test_who_loses_and_those_who_gain_do_not_make_up_for_them(zones: tuple[ZoneReach, ...], said: str) -> None:
    assert findings.who_loses(option(zones=zones)) == said


def test_a_zone_that_loses_two_services_is_counted_once() -> None:
    both = (zone(1, True, False), replace(zone(1, True, False), service_id="s1"))

    assert findings.losing(option(zones=both).plan) == 1000


def test_the_longest_way_is_said_only_where_everybody_has_one() -> None:
    assert (
        findings.farthest(option(zones=(zone(1, True, True),))) == "nobody is more than 10 minutes from ‘Library’"
    )
    two = (zone(1, True, True), replace(zone(1, True, True, minutes=19.0), service_id="s1"))
    assert findings.farthest(option(zones=two)) == "nobody is more than 19 minutes from any service"
    assert findings.farthest(option(zones=(zone(1, True, False, minutes=None),))) == ""
    nobody_there = (zone(1, True, True), zone(2, False, False, people=0.0, minutes=None))
    assert findings.farthest(option(zones=nobody_there)) == "nobody is more than 10 minutes from ‘Library’"


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ((), ""),
        ((5.0,), "the one partner is better off"),
        ((5.0, 6.0), "every partner is better off"),
        ((-5.0, -6.0), "every partner is worse off"),
        ((0.0, 0.1), "no partner gains or loses"),
        ((5.0, -6.0), "one partner is better off and one is worse off"),
        ((5.0, 7.0, -6.0, 0.0), "two partners are better off, one is worse off and one is as before"),
        ((0.0, -6.0), "one partner is worse off and one is as before"),
    ],
)
def test_who_gains(gains: tuple[float, ...], said: str) -> None:
    positions = tuple(PartnerPosition(f"o{n}", 100.0, 100.0 - gain, 0.0, 0.0) for n, gain in enumerate(gains))

    assert findings.who_gains(option(partners=positions).plan) == said


def test_a_run_without_a_plan_has_no_figures_to_say() -> None:
    plan, snapshot, scenario = planned_place.place()
    empty: Plan = replace(plan, figures=None)

    with pytest.raises(ValueError, match="has no plan"):
        findings.figures(Option("run1", date(2026, 11, 30), empty, snapshot, scenario))
