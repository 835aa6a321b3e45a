"""An earlier plan as the first solution of a new search."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimiser import planner
from optimiser.earlier import of_plan
from optimiser.model.build import build
from optimiser.model.terms import id_of
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.solve import bridge
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.neighbourhood import holds
from optimiser.solve.solution import start_values, today
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import asked, tiny


def test_an_earlier_plan_is_a_solution_of_the_same_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: empty)
    tried = 0
    for seed in range(900, 960):
        dice = random.Random(seed)
        rows = random_rows(dice)
        scenario = random_scenario(dice, rows)
        snapshot = tiny(**rows)
        inputs = prepare(snapshot, scenario)
        plan = make_plan(snapshot, scenario)
        # What pots pay, and how people go to full counters, is not in a plan: the search finds it anew.
        if plan.objective_gbp_k is None or inputs.budget is not None or inputs.capacity:
            continue
        model = build(inputs)
        values = start_values(of_plan(plan, inputs), model, inputs)
        variables = model.decide.variables
        x = np.array([values[id_of(variable)] for variable in variables])
        arrays = to_arrays(model.problem, variables)
        assert holds(arrays, x), seed
        assert arrays.cost @ x + arrays.offset == pytest.approx(plan.objective_gbp_k, rel=1e-6, abs=1e-6), seed
        tried += 1
    assert tried >= 15


def test_what_no_longer_fits_stays_as_it_is_today() -> None:
    inputs = prepare(tiny(), asked())
    made = make_plan(tiny(), asked())
    home = {key: team.home for key, team in inputs.teams.items()}
    move = made.moves[0]
    odd = Plan(
        **{
            **{name: getattr(made, name) for name in made.__dataclass_fields__},
            "moves": (replace(move, team_id="gone"), replace(move, to_property_id="nowhere")),
        }
    )
    found = of_plan(odd, inputs)
    assert {u: found.place[u, 1] for u in inputs.teams} == home
    assert all(found.keep[p, 1] for p in set(home.values()))
    nothing = replace(odd, moves=(), properties=())
    assert of_plan(nothing, inputs) == replace(today(inputs), hub={}, transfer={}, lease_out={})


def test_the_search_begins_at_an_earlier_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[np.ndarray] = []

    def watch(arrays: Arrays, limits: bridge.Limits, first: np.ndarray, *_: object) -> dict[str, object]:
        begun.append(first)
        return in_this_process(arrays, limits)

    made = make_plan(tiny(), asked())
    monkeypatch.setattr(bridge, "_in_child", watch)
    again = make_plan(tiny(), asked(), earlier=made)
    make_plan(tiny(), asked())
    assert again.objective_gbp_k == pytest.approx(made.objective_gbp_k)
    assert not np.array_equal(begun[0], begun[1])


def test_of_several_plans_the_search_begins_at_the_cheapest_that_keeps_every_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[float] = []
    solve = bridge.solve_arrays

    def watched(arrays: Arrays, *args: Any, start: Any, **more: Any) -> bridge.Answer:
        begun.append(float(arrays.cost @ start + arrays.offset))
        return solve(arrays, *args, start=start, **more)

    best = make_plan(tiny(), asked())
    unchanged = replace(best, moves=(), properties=())
    monkeypatch.setattr(bridge, "solve_arrays", watched)
    make_plan(tiny(), asked(), earlier=unchanged)
    make_plan(tiny(), asked(), earlier=(unchanged, best))
    left = [one.property_id for one in best.properties if one.action == "leave"]
    make_plan(tiny(), asked(pins={"keep": left}), earlier=(best, unchanged))
    as_today, at_best, without_the_pinned = begun
    assert at_best == pytest.approx(best.objective_gbp_k)
    assert without_the_pinned == pytest.approx(as_today)
    assert as_today > at_best


@pytest.mark.parametrize("solution", [None, "today"])
def test_what_a_search_began_at_is_not_lost_where_the_time_runs_out(
    monkeypatch: pytest.MonkeyPatch, solution: str | None
) -> None:
    """A loaded machine may give the solver no time to get past its first look."""
    best = make_plan(tiny(), asked())
    unchanged = replace(best, moves=(), properties=())
    as_today = make_plan(tiny(), asked(moves={"max_km": 0.1}, pins={"keep": list(tiny().properties.index)}))

    def out_of_time(arrays: Arrays, _: Any, first: Any, *__: Any) -> dict[str, Any]:
        nothing: dict[str, Any] = {"objective": None, "solution": None}
        found = {"objective": as_today.objective_gbp_k, "solution": first * 0} if solution else nothing
        return {"outcome": "stopped", "bound": None, "message": "Time limit reached", **found}

    monkeypatch.setattr(bridge, "_in_child", out_of_time)
    again = make_plan(tiny(), asked(), earlier=(unchanged, best))
    assert again.status == "best_found"
    assert again.moves == best.moves
    assert again.objective_gbp_k == pytest.approx(best.objective_gbp_k)
