"""What groups of partners save alone: the others stay as today, and a larger group can do what a smaller can."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from estate.snapshot import Snapshot
from optimiser.appraise import coalitions
from optimiser.appraise.coalitions import Coalition, alone, players, values, wanted
from optimiser.many import Ask
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.scenario import Scenario, parse
from optimiser.solve import bridge
from tests.support.random_place import in_this_process
from tests.support.tiny_place import ROWS, asked, tiny


@pytest.fixture(autouse=True)
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)


THREE = ("A", "F", "N")
SCENARIO = asked(reach_tolerance=0.3, moves={"max_km": 12, "candidates_per_team": 1}, solver={"gap": 0.0})


def of_three() -> Snapshot:
    """The place with a third partner: the fire service (F) holds the annexe, and its desk works there."""
    return tiny(
        organisation=[*ROWS["organisation"], {"id": "F", "name": "Fire service"}],
        property=_given("property", "annexe", organisation_id="F", site_id=None),
        team=_given("team", "desk", organisation_id="F"),
        space=_given("space", "annexe-space", amount=500.0),
    )


def _given(table: str, key: str, **changes: Any) -> list[dict[str, Any]]:
    return [{**row, **changes} if row["id"] == key else row for row in ROWS[table]]


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Plans are made one after another, here; gives the names of those asked for."""
    names: list[str] = []

    def one_by_one(snapshot: Snapshot, asks: Sequence[Ask], *, on_plan: Any, stop: Any, **_: Any) -> None:
        for ask in asks:
            if stop is None or not stop():
                names.append(ask.key)
                on_plan(ask.key, make_plan(snapshot, ask.scenario, earlier=ask.earlier))

    monkeypatch.setattr(coalitions, "plans", one_by_one)
    return names


def _all(plan: Plan, **more: Any) -> dict[frozenset[str], Coalition]:
    found = values(wanted(THREE, None), plan, of_three(), SCENARIO, seconds=20, gap=0.0, **more)
    return {one.group: one for one in found}


def test_a_larger_group_saves_at_least_what_its_parts_do(asked_for: list[str]) -> None:
    plan = make_plan(of_three(), SCENARIO)
    found = _all(plan)
    found[frozenset(THREE)] = coalitions.of_whole(plan, SCENARIO)
    assert asked_for == ["A", "F", "N", "A, F", "A, N", "F, N"]
    assert found[frozenset(THREE)].value_gbp > sum(found[frozenset({i})].value_gbp for i in THREE) > 0
    for group, one in found.items():
        assert one.most_gbp is not None
        assert -0.01 <= one.most_gbp - one.value_gbp <= 1e-4 * 1e7
        for first in _parts(group):
            second = group - first
            # Nearest first, with one candidate: without those of its parts the whole would find less.
            assert one.value_gbp >= found[first].value_gbp + found[second].value_gbp - 0.01 or group == set(THREE)
            assert one.value_gbp >= found[first].value_gbp - 0.01 or group == set(THREE)


def _parts(group: frozenset[str]) -> Iterator[frozenset[str]]:
    for size in range(1, len(group)):
        yield from map(frozenset, combinations(group, size))


def test_a_group_s_value_is_what_its_members_save_while_everybody_else_stays_as_today(
    asked_for: list[str],
) -> None:
    plan = make_plan(of_three(), SCENARIO)
    found = _all(plan)
    council = make_plan(of_three(), alone(SCENARIO, of_three(), frozenset("A"), 1.0))
    assert council.figures is not None
    assert found[frozenset("A")].value_gbp == pytest.approx(council.figures.npsv_gbp)
    for position in council.partners:
        if position.organisation_id != "A":
            assert position.cost_after_gbp == pytest.approx(position.cost_today_gbp)
    owners = of_three().properties["organisation_id"]
    for group, one in found.items():
        touched = {action.property_id for action in one.properties} | {m.to_property_id for m in one.moves}
        assert {owners[place] for place in touched} <= group


def test_services_of_those_who_stay_still_count_for_reach() -> None:
    """The porters' desk (NHS, 10 km) serves its zone whoever plans: no row is left out."""
    whole = make_plan(of_three(), SCENARIO).figures
    part = make_plan(of_three(), alone(SCENARIO, of_three(), frozenset("F"), 1.0)).figures
    assert whole is not None
    assert part is not None
    assert part.reach["advice"].today == whole.reach["advice"].today > 0.9


def test_a_group_that_owns_nothing_saves_nothing_and_is_not_planned(asked_for: list[str]) -> None:
    guest = tiny(
        organisation=[*ROWS["organisation"], {"id": "F", "name": "Fire service"}],
        team=_given("team", "desk", organisation_id="F"),
    )
    plan = make_plan(guest, SCENARIO)
    assert players(plan, SCENARIO) == THREE
    found = values([frozenset("F")], plan, guest, SCENARIO, seconds=5, gap=0.0)
    assert [(one.value_gbp, one.most_gbp, one.status) for one in found] == [(0.0, 0.0, "nothing_to_decide")]
    assert asked_for == []


def test_who_takes_no_part_is_no_player() -> None:
    scenario = SCENARIO.with_value(("scope", "organisations"), ["A", "N"])
    assert players(make_plan(of_three(), scenario), scenario) == ("A", "N")


def test_what_is_asked_of_the_whole_is_not_asked_of_a_part() -> None:
    whole = parse(
        {
            **SCENARIO.model_dump(mode="json"),
            "goals": {"least_receipts_gbp": 1.0, "least_saving_gbp_per_year": 1.0},
            "carbon": {"most_tonnes": 1.0, "most_tonnes_per_year": 1.0, "valued": True},
            "partners": {"none_worse_off": True, "pooled_share_of_receipts": 0.5, "receipt_shares": {"A": 1.0}},
            "capital": {"new_funding_gbp": [100.0], "funding_streams": True},
            "services": {"advice": {"must_meet_target": True, "minutes": 9.0}},
            "teams": {"together": [["nurses", "porters"], ["benefits", "readers", "porters"]]},
            "pins": {"keep": ["clinic"]},
        }
    )
    part = alone(whole, of_three(), frozenset({"N", "F"}), 0.25)
    assert part.scope.organisations == ("F", "N")
    assert part.goals == Scenario().goals
    assert part.partners == Scenario().partners
    assert (part.carbon.most_tonnes, part.carbon.most_tonnes_per_year, part.carbon.valued) == (None, None, True)
    assert (part.capital.new_funding_gbp, part.capital.funding_streams) == ((25.0,), True)
    assert (part.services["advice"].must_meet_target, part.services["advice"].minutes) == (False, 9.0)
    assert part.teams.together == (("nurses", "porters"),)
    assert part.pins == whole.pins


def test_values_kept_are_used_again_and_a_stop_gives_what_was_done(asked_for: list[str]) -> None:
    plan = make_plan(of_three(), SCENARIO)
    kept: list[list[Coalition]] = []
    part = _all(plan, on_size=kept.append, stop=lambda: len(asked_for) >= 3)
    assert sorted(part) == sorted(frozenset(i) for i in THREE)
    assert kept == [list(part.values())]
    stored = [coalitions.from_dict(one.to_dict()) for one in part.values()]
    assert stored == list(part.values())
    asked_for.clear()
    whole = _all(plan, known=stored)
    assert asked_for == ["A, F", "A, N", "F, N"]
    assert len(whole) == 6


def test_what_ran_out_of_time_is_planned_again_with_more_of_it_from_where_it_was(
    asked_for: list[str],
) -> None:
    plan = make_plan(of_three(), SCENARIO)
    short = [
        Coalition(("N",), 0.0, None, "best_found", 1.0, 0.1),
        Coalition(("A",), 1.0, 2.0, "within_gap", 1.0, 0.1),
    ]
    groups = [frozenset("A"), frozenset("N")]
    values(groups, plan, of_three(), SCENARIO, seconds=1.0, gap=0.1, known=short)
    assert asked_for == []
    values(groups, plan, of_three(), SCENARIO, seconds=2.0, gap=0.1, known=short)
    assert asked_for == ["N"]
    values(groups, plan, of_three(), SCENARIO, seconds=1.0, gap=0.0, known=short)
    assert asked_for == ["N", "A"]


def test_a_group_that_can_keep_no_rule_alone_stays_as_today(asked_for: list[str]) -> None:
    """The clinic is to be left, and the nurses have room in no other place of the NHS."""
    pinned = SCENARIO.with_value(("pins", "leave"), ["clinic"]).with_value(("moves", "max_km"), 3.0)
    plan = make_plan(of_three(), pinned)
    assert plan.objective_gbp_k is not None
    (one,) = values([frozenset("N")], plan, of_three(), pinned, seconds=5, gap=0.0)
    assert (one.value_gbp, one.most_gbp, one.status) == (0.0, 0.0, "infeasible_confirmed")


def test_a_search_that_finds_nothing_leaves_a_group_what_its_best_part_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = make_plan(of_three(), SCENARIO)
    nothing = replace(plan, status="no_plan_found", partners=(), properties=(), moves=(), objective_gbp_k=None)

    def in_no_time(_: Snapshot, asks: Sequence[Ask], *, on_plan: Any, **__: Any) -> None:
        for ask in asks:
            on_plan(ask.key, nothing)

    monkeypatch.setattr(coalitions, "plans", in_no_time)
    parts = [
        Coalition(("A",), 900.0, 900.0, "proven", 1.0, 0.0, plan.properties[:1], plan.moves[:1]),
        Coalition(("N",), 5.0, 5.0, "proven", 1.0, 0.0),
    ]
    found = values([frozenset({"A", "N"})], plan, of_three(), SCENARIO, seconds=1, gap=0.0, known=parts)
    (one,) = (one for one in found if one.members == ("A", "N"))
    assert (one.value_gbp, one.most_gbp, one.status) == (900.0, None, "no_plan_found")
    assert (one.properties, one.moves) == (plan.properties[:1], plan.moves[:1])


def test_beginnings_of_orders_are_wanted_where_there_are_too_many_partners_for_all() -> None:
    everybody = tuple("abcdefghij")
    orders = coalitions.random_orders(everybody, 3, seed=1)
    groups = wanted(everybody, orders)
    assert orders == coalitions.random_orders(everybody, 3, seed=1)
    assert {len(order) for order in orders} == {10}
    assert all(frozenset(order[:size]) in groups for order in orders for size in range(1, 10))
    assert all(frozenset(everybody) - {i} in groups and frozenset({i}) in groups for i in everybody)
    assert frozenset(everybody) not in groups
    assert len(wanted(everybody[:8], None)) == 2**8 - 2
