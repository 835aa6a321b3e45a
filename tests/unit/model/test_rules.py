"""What each rule that a scenario can ask for does to a plan of the tiny place, and what is said if it cannot."""

from typing import Any

import pytest

from estate.problems import InputError
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from tests.support.tiny_place import ROWS, asked, tiny

# Reach that asks nothing of everybody: what a rule does shows by itself.
LOOSE = {"services": {"advice": {"share_of_population": 0.0, "worst_case_minutes": 600}}}


def _where(plan: Plan) -> dict[str, str]:
    return {move.team_id: move.to_property_id for move in plan.moves}


def test_a_protected_group_keeps_its_reach_where_everybody_may_lose_it() -> None:
    """Seven minutes are 3.5 km: porters who leave the depot at km 10 leave the 50 households without a car."""
    free = make_plan(tiny(), asked(**LOOSE, pins={"leave": ["depot"]}))
    assert "porters" in _where(free)
    tight = make_plan(
        tiny(), asked(**LOOSE, pins={"leave": ["depot"]}, protected={"groups": ["no_car"], "tolerance": 0.1})
    )
    assert tight.status == "infeasible_confirmed"
    assert tight.conflicts == (
        "Advice desk: 90.0% of households without a car within 7 minutes by car (today 100.0%)",
        "pin: leave Depot (depot)",
    )


def test_the_plan_tells_the_reach_of_each_protected_group() -> None:
    plan = make_plan(tiny(), asked(**LOOSE, protected={"groups": ["over_65s"], "tolerance": 0.3}))
    assert plan.figures is not None
    (group,) = plan.figures.reach["advice"].groups
    assert (group.group, group.today, group.required) == ("over_65s", 1.0, 560 / 800)
    assert group.after >= group.required


def test_zones_that_do_not_record_a_group_count_for_nothing_and_none_at_all_is_refused() -> None:
    zones: list[dict[str, Any]] = [{**row, "population_65_plus": None} for row in ROWS["zone"]]
    wanted = asked(protected={"groups": ["over_65s"]})
    with pytest.raises(InputError, match="no zone records it"):
        prepare(tiny(zone=zones), wanted)
    some = tiny(zone=[zones[0], *ROWS["zone"][1:]])
    (group,) = prepare(some, wanted).reach["advice"].protected
    assert (group.total, group.reached_today) == (700, 700)
    assert "1 zones do not record population 65 plus" in " ".join(make_plan(some, wanted).notes)
