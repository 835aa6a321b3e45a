"""The checker finds every figure and rule that is broken on purpose."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from estate.snapshot import Snapshot
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.scenario import Scenario
from optimiser.verify import VerificationError, mismatches, verify
from tests.support.tiny_place import ROWS, asked, tiny, with_backlog

PHASED = {
    "carbon": {"valued": True},
    "rates": {"double_running_months": 2.0, "staff_travel_gbp_per_fte_km_per_year": 10.0},
    "phases": {"years": [1, 2, 7]},
    "pins": {"keep": ["library"], "team_stays": ["nurses"], "hub": ["library"]},
    "teams": {"apart": [["desk", "nurses"]]},  # the library and the clinic cost the desk the same
    "transfers": {"properties": ["clinic"]},
    "hubs": {"partners": 1, "fit_out_gbp_per_m2": 10.0},
    "capital": {"new_funding_gbp": [110_000.0, 10_000.0, 0.0]},
    "services": {"advice": {"people_per_m2": 20.0, "visits_per_person_per_year": 0.1}},
}


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return _place()


def _place(**changes: Any) -> Snapshot:
    desks = {"id": "library-desks", "property_id": "library", "kind": "desks", "amount": 40.0}
    return tiny(property=with_backlog(), space=[*ROWS["space"], desks], **changes)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return asked(**PHASED)


@pytest.fixture(scope="module")
def made(snapshot: Snapshot, scenario: Scenario) -> Plan:
    return make_plan(snapshot, scenario)


def _action(plan: Plan, key: str, **changes: Any) -> Plan:
    return replace(plan, properties=tuple(
        replace(action, **changes) if action.property_id == key else action for action in plan.properties
    ))  # fmt: skip


def _move(plan: Plan, key: str, **changes: Any) -> Plan:
    return replace(plan, moves=tuple(replace(m, **changes) if m.team_id == key else m for m in plan.moves))


def _figures(plan: Plan, **changes: Any) -> Plan:
    assert plan.figures is not None
    return replace(plan, figures=replace(plan.figures, **changes))


def _zone(plan: Plan, number: int, **changes: Any) -> Plan:
    zones = list(plan.zones)
    zones[number] = replace(zones[number], **changes)
    return replace(plan, zones=tuple(zones))


def _reach(plan: Plan, **changes: Any) -> Plan:
    assert plan.figures is not None
    return _figures(plan, reach={"advice": replace(plan.figures.reach["advice"], **changes)})


def _counter(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, counters=(replace(plan.counters[0], **changes), *plan.counters[1:]))


def _cost(plan: Plan, cost: str, by_gbp_k: float) -> Plan:
    lines = tuple(replace(li, gbp_k=li.gbp_k + by_gbp_k) if li.cost == cost else li for li in plan.costs)
    return replace(plan, costs=lines)


def _budget(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, budget=(replace(plan.budget[0], **changes), *plan.budget[1:]))


BREAKS: dict[str, Callable[[Plan], Plan]] = {
    "another snapshot": lambda p: replace(p, snapshot_digest="0"),
    "another scenario": lambda p: replace(p, scenario_digest="0"),
    "another base year": lambda p: replace(p, base_year=2020),
    "a bound above the value": lambda p: replace(p, bound_gbp_k=(p.objective_gbp_k or 0) + 1),
    "a gap that flatters": lambda p: replace(p, bound_gbp_k=(p.objective_gbp_k or 0) / 2),
    "proven without a bound": lambda p: replace(p, bound_gbp_k=None, gap=None),
    "proven with a gap": lambda p: replace(p, bound_gbp_k=(p.objective_gbp_k or 0) * 0.9, gap=0.1),
    "a property forgotten": lambda p: replace(p, properties=p.properties[1:]),
    "a property twice": lambda p: replace(p, properties=(*p.properties, p.properties[0])),
    "a host called kept": lambda p: _action(p, "library", action="keep"),
    "left but called kept": lambda p: _action(p, "hall", action="keep"),
    "a year between phases": lambda p: _action(p, "hall", year=2028),
    "sold without a year": lambda p: _action(p, "hall", sold_year=None),
    "half a site sold": lambda p: _action(p, "annexe", sold=False, sold_year=None),
    "a leased building sold": lambda p: _action(p, "depot", action="leave", year=2026, sold=True, sold_year=2026),
    "a pinned building left": lambda p: _action(p, "library", action="leave", year=2026),
    "people left behind in a closed building": lambda p: replace(p, moves=p.moves[1:]),
    "a pinned team moved": lambda p: replace(
        p, moves=(*p.moves, replace(p.moves[0], team_id="nurses", from_property_id="clinic"))
    ),
    "a team moved from where it is not": lambda p: _move(p, "desk", from_property_id="clinic"),
    "a team moved twice": lambda p: replace(
        p, moves=(*p.moves, replace(p.moves[1], from_property_id="library", to_property_id="depot", year=2027))
    ),
    "a distance that flatters": lambda p: _move(p, "desk", km=0.1),
    "a move's cost": lambda p: _move(p, "desk", cost_gbp=p.moves[0].cost_gbp + 0.02),
    "a move's people": lambda p: _move(p, "desk", fte=9.0),
    "an overfull building": lambda p: _move(p, "benefits", to_property_id="annexe"),
    "a receipt": lambda p: _action(p, "hall", receipt_gbp=1_500_000.02),
    "an exit cost": lambda p: _action(p, "hall", one_off_cost_gbp=0.0),
    "a running cost today": lambda p: _action(p, "clinic", running_cost_today_gbp_per_year=1.0),
    "a running cost after": lambda p: _action(p, "clinic", running_cost_after_gbp_per_year=1.0),
    "an actual called an estimate": lambda p: _action(p, "clinic", estimated=True),
    "a cost line": lambda p: _cost(p, "running_cost", 0.001),
    "a cost that no rule knows": lambda p: replace(
        p, costs=(*p.costs, replace(p.costs[0], cost="luck", gbp_k=-1.0))
    ),
    "the objective": lambda p: replace(p, objective_gbp_k=(p.objective_gbp_k or 0) + 0.001, gap=None),
    "the saving": lambda p: _figures(p, saving_gbp_per_year=1.0),
    "the receipts": lambda p: _figures(p, capital_receipts_gbp=3e6),
    "the one-off cost": lambda p: _figures(p, one_off_cost_gbp=0.0),
    "the net present value": lambda p: _figures(p, npsv_gbp=9e9),
    "the count of closures": lambda p: _figures(p, properties_left=1),
    "the count of properties": lambda p: _figures(p, properties_today=9),
    "the people moved": lambda p: _figures(p, people_moved=1.0),
    "the share of estimates": lambda p: _figures(p, estimated_share=0.5),
    "no figures": lambda p: replace(p, figures=None),
    "minutes that flatter": lambda p: _zone(p, 0, minutes_after=0.01),
    "a zone said to be reached": lambda p: _zone(p, 0, reached_after=not p.zones[0].reached_after),
    "a zone forgotten": lambda p: replace(p, zones=p.zones[1:]),
    "people of a zone": lambda p: _zone(p, 0, population=1.0),
    "reach after": lambda p: _reach(p, after=0.99),
    "reach required": lambda p: _reach(p, required=0.1),
    "a service forgotten": lambda p: _figures(p, reach={}),
    "a transfer that nobody allowed": lambda p: _action(
        p, "hall", sold=False, sold_year=None, transferred_year=2026, receipt_gbp=0.0
    ),
    "transferred while in use": lambda p: _action(p, "clinic", transferred_year=2026),
    "a lease that never ends": lambda p: _action(p, "depot", action="leave", year=2026),
    "the lease of what is owned": lambda p: _action(p, "hall", lease_ends_year=2026),
    "a hub that nobody asked for": lambda p: _action(p, "clinic", hub_year=2026, partners=("N",)),
    "no hub where one is pinned": lambda p: _action(p, "library", hub_year=None, partners=()),
    "a hub between phases": lambda p: _action(p, "library", hub_year=2028),
    "a hub's partners": lambda p: _action(p, "library", partners=("A", "N")),
    "a hub for nothing": lambda p: _cost(p, "hub_cost", -4.0),
    "a partner forgotten": lambda p: replace(p, partners=p.partners[1:]),
    "a partner's cost": lambda p: replace(
        p, partners=(replace(p.partners[0], cost_after_gbp=1.0), *p.partners[1:])
    ),
    "a partner's charges": lambda p: replace(
        p, partners=(replace(p.partners[0], charges_after_gbp=1.0), *p.partners[1:])
    ),
    "carbon that flatters": lambda p: _figures(p, carbon_tonnes_after=1.0),
    "carbon of the last year": lambda p: _figures(p, carbon_tonnes_last_year_after=1.0),
    "carbon of today": lambda p: _figures(p, carbon_tonnes_today=1.0),
    "carbon at no cost": lambda p: _cost(p, "carbon_value", -1.0),
    "repairs that are not done": lambda p: _action(p, "library", backlog_gbp=0.0),
    "repairs of what is left": lambda p: _figures(p, backlog_gbp=290_000.0),
    "an overlap left out": lambda p: _cost(p, "double_running", -1.0),
    "staff who do not travel": lambda p: _cost(p, "travel_of_staff", -1.0),
    "a public that does not travel": lambda p: _cost(p, "travel_of_public", -1.0),
    "people served today": lambda p: _reach(p, served_today=1.0),
    "people served after": lambda p: _reach(p, served_after=1.0),
    "room at a counter": lambda p: _counter(p, room_after=1),
    "room at a counter today": lambda p: _counter(p, room_today=10**6),
    "people at a counter": lambda p: _counter(p, served_after=p.counters[0].served_after + 1),
    "people at a counter today": lambda p: _counter(p, served_today=0),
    "a counter": lambda p: replace(p, counters=p.counters[1:]),
    "people who must be served": lambda p: _reach(p, served_required=None),
    "repairs that cost less": lambda p: _cost(p, "backlog_maintenance", -1.0),
    "bills that nobody pays": lambda p: replace(p, funds=()),
    "a bill paid twice": lambda p: replace(p, funds=(*p.funds, p.funds[0])),
    "no budget": lambda p: replace(p, budget=()),
    "a budget that grew": lambda p: _budget(p, new_gbp=200_000.0),
    "spending left out of the budget": lambda p: _budget(p, spent_gbp=0.0),
    "a receipt before it is in": lambda p: _budget(p, receipts_gbp=1.0),
    "a budget's year": lambda p: _budget(p, year=2027),
}  # fmt: skip


def test_a_true_plan_passes(made: Plan, snapshot: Snapshot, scenario: Scenario) -> None:
    assert mismatches(made, snapshot, scenario) == []
    assert {move.team_id for move in made.moves} == {"benefits", "desk"}  # what the breaks below rest on


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_found(name: str, made: Plan, snapshot: Snapshot, scenario: Scenario) -> None:
    with pytest.raises(VerificationError):
        verify(BREAKS[name](made), snapshot, scenario)


def test_a_changed_register_is_found(made: Plan, scenario: Scenario) -> None:
    costs = [{**row, "gbp_per_year": row["gbp_per_year"] + 0.5} for row in ROWS["running_cost"]]
    changed = replace(_place(running_cost=costs), digest=made.snapshot_digest)
    assert any("running cost today" in str(fault) for fault in mismatches(made, changed, scenario))


@pytest.mark.parametrize(
    "settings",
    [
        {"rates": {"move_gbp_per_fte": 1.0}},
        {"rates": {"discount_rate_per_year": 0.03}},
        {"rates": {"void_cost_share": 0.9}, "pins": {"leave": ["hall"], "keep": ["annexe"]}},
        {"moves": {"max_km": 1.5}},
        {"moves": {"max_km": 12, "across_organisations": False}},
        {"services": {"advice": {"share_of_population": 1.0, "must_meet_target": True, "minutes": 0.5}}},
        {"services": {"advice": {"worst_case_minutes": 1.0}}},
        {"scope": {"exclude_properties": ["clinic"]}},
        {"travel": {"circuity": 2.0}},
        {"hubs": {"partners": 2, "fit_out_gbp_per_m2": 10.0}},
        {"hubs": {"partners": 1, "fit_out_gbp_per_m2": 10.0, "smallest_m2": 401.0}},
        {"capital": {"new_funding_gbp": [100_000.0, 10_000.0, 0.0]}},
        {"capital": {"new_funding_gbp": [110_000.0, 10_000.0, 0.0], "recycled_share_of_receipts": 0.5}},
    ],
)
def test_a_plan_of_another_scenario_is_found(made: Plan, snapshot: Snapshot, settings: dict[str, Any]) -> None:
    other = asked(**{**PHASED, **settings})
    forged = replace(made, scenario_digest=other.digest)
    assert mismatches(forged, snapshot, other)


# A scenario that asks more than the plan gives, and what the checker finds.
ASKS: dict[str, tuple[dict[str, Any], str]] = {
    "a group left behind": (
        {"services": {"advice": {"minutes": 3.0}}, "protected": {"groups": ["most_deprived_fifth"]}},
        "advice, most_deprived_fifth in 2026: the plan says 500, the raw rows give 1,470 required",
    ),
    "more people moved than can be": (
        {"moves": {"max_km": 12, "most_people_per_year": 15.0}},
        "people moved from 2026: the plan says 20.0, the raw rows give 15.0 at the most",
    ),
    "teams put together that must not meet": (
        {"teams": {"apart": [["desk", "readers"]]}},
        "desk and readers in 2026: the plan says library, the raw rows give apart",
    ),
    "teams parted that belong together": (
        {"teams": {"together": [["desk", "nurses"]]}},
        "desk, nurses in 2029: the plan says ['clinic', 'library'], the raw rows give together",
    ),
    "receipts short of their goal": (
        {"goals": {"least_receipts_gbp": 3_000_000.0}},
        "goal, receipts: the plan says 2,000,000.00, the raw rows give 3,000,000.00 at the least",
    ),
    "a saving short of its goal": ({"goals": {"least_saving_gbp_per_year": 1e6}}, "goal, saving a year"),
    "more carbon than the cap of a year": (
        {"carbon": {"most_tonnes_per_year": 10.0}},
        "carbon in the last year: the plan says",
    ),
    "more carbon than the cap of all years": (
        {"carbon": {"most_tonnes": 100.0}},
        "carbon over all years: the plan says",
    ),
    "counters too full": (
        {"services": {"advice": {"people_per_m2": 1.0, "share_served": 1.0, "must_meet_target": True}}},
        "advice, served in 2026: the plan says 90, the raw rows give 3,500 required",
    ),
    "room at counters that nobody asked for": (
        {"services": {"advice": {"visits_per_person_per_year": 0.1}}},
        "advice, served: the plan says (",
    ),
    "a group whose reach is not told": ({"protected": {"groups": ["no_car"]}}, "advice, protected groups"),
}


@pytest.mark.parametrize("name", ASKS)
def test_a_rule_that_the_plan_breaks_is_named(name: str, made: Plan, snapshot: Snapshot) -> None:
    settings, words = ASKS[name]
    other = asked(**{**PHASED, **settings})
    forged = replace(made, scenario_digest=other.digest)
    assert any(words in str(fault) for fault in mismatches(forged, snapshot, other))


def test_the_message_counts_and_shows_what_does_not_hold(
    made: Plan, snapshot: Snapshot, scenario: Scenario
) -> None:
    with pytest.raises(
        VerificationError, match=r"1 figures or rules do not hold; nothing was published\.\nsaving"
    ):
        verify(_figures(made, saving_gbp_per_year=0.0), snapshot, scenario)
