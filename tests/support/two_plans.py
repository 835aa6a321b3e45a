"""Two made-up plans of the eventful place, as sides of a comparison."""

from dataclasses import replace
from typing import Any

from estate.snapshot import Snapshot
from maps import view
from maps.view import View
from optimiser.explain.side_by_side import Comparison, Side, compare
from optimiser.plan import Plan
from optimiser.scenario import Scenario
from tests.support import eventful_place


def pair(change: Any = None, **size: int) -> tuple[Comparison, tuple[View, View]]:
    """Plan A and a plan B that keeps p0 (which A leaves and sells), leaves p2, and leaves p14 three years later.

    In B zone E00000000 is no longer reached by service s0. `change` is made to the snapshot first.
    """
    plan, snapshot, scenario = eventful_place.place(**size)
    snapshot = change(snapshot) if change else snapshot
    other = second(plan)
    sides = [Side("aaaa1111", "Fewer, better", plan, snapshot), Side("bbbb2222", "Fewer still", other, snapshot)]
    return compare(sides), (_gather(plan, snapshot, scenario), _gather(other, snapshot, scenario))


def _gather(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> View:
    return view.gather(plan, snapshot, scenario)


def second(plan: Plan) -> Plan:
    """Plan B."""
    assert plan.figures is not None
    actions = {action.property_id: action for action in plan.properties}
    kept, left, later = actions["p0"], actions["p2"], actions["p14"]
    actions["p0"] = replace(
        kept, action="keep", year=None, sold=False, sold_year=None, receipt_gbp=0.0,
        running_cost_after_gbp_per_year=kept.running_cost_today_gbp_per_year,
    )  # fmt: skip
    actions["p2"] = replace(left, action="leave", year=2026, running_cost_after_gbp_per_year=0.0)
    actions["p14"] = replace(later, year=2029, sold_year=2029)
    moves = tuple(move for move in plan.moves if move.from_property_id != "p0")
    zones = tuple(
        replace(zone, minutes_after=40.0, reached_after=False)
        if (zone.service_id, zone.zone_id) == ("s0", "E00000000")
        else zone
        for zone in plan.zones
    )
    return replace(
        plan, properties=tuple(actions.values()), moves=moves, zones=zones, objective_gbp_k=50_000.0,
        bound_gbp_k=49_500.0, figures=replace(plan.figures, saving_gbp_per_year=200_000.0),
    )  # fmt: skip
