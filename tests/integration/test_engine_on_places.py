"""The planner's solver on small places whose counters can be full and whose public travels.

What a share of people or the way of a zone rests on belongs to no single property, so these rows link many.
"""

from functools import partial
from typing import Any

import numpy as np
import pytest

from estate import snapshot
from estate.synthetic import generate
from optimiser import scenario
from optimiser.model.build import Model, build
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.solve import engine, highs, strategy
from optimiser.solve.arrays import to_arrays
from optimiser.solve.blocks import cut
from optimiser.solve.bridge import Limits
from optimiser.solve.neighbourhood import holds
from optimiser.solve.solution import start_values, today


def _place(properties: int, seed: int) -> tuple[Inputs, Model]:
    """Every service has room for a third more people than there are, so that no two counters may join freely."""
    place = generate(properties, 2, 5, seed=seed, profile="free")
    rows = {name: sorted(found, key=lambda row: str(row["id"])) for name, found in place.tables.items()}
    frozen = snapshot.freeze(rows)
    people = float(frozen.zones["population"].sum())
    m2 = frozen.teams.groupby("service_id")["space_amount"].sum()
    services: dict[str, Any] = {
        str(name): {
            "people_per_m2": 1.3 * people / m2[name],
            "share_served": 0.95,
            "visits_per_person_per_year": 2.0,
        }
        for name in frozen.services.index
        if m2.get(name)
    }
    inputs = prepare(frozen, scenario.parse({**place.scenario, "services": services}))
    return inputs, build(inputs)


def test_people_and_ways_link_properties_and_today_is_a_start() -> None:
    inputs, model = _place(14, seed=5)
    arrays = to_arrays(model.problem, model.decide.variables)
    blocks = cut(arrays, strategy.blocks_of(model))
    assert len(blocks.shared) >= len(model.decide.served) + len(model.decide.farther) > 0
    rules = [rule for rule, _ in model.rows]
    linking = {rules[row] for row in blocks.linking}
    assert {"service_capacity", "nearest_place"} <= linking
    start = start_values(today(inputs), model, inputs)
    assert holds(arrays, np.array(list(start.values())))


@pytest.mark.slow
@pytest.mark.parametrize(("properties", "seed"), [(12, 2), (14, 5)])
def test_the_decomposition_finds_the_best_plan_and_claims_no_more(
    properties: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, model = _place(properties, seed)
    arrays = to_arrays(model.problem, model.decide.variables)
    best = highs.solve(arrays, seconds=60).objective
    assert best is not None
    monkeypatch.setattr(engine, "solve", partial(engine.solve, look=False))  # no branch and bound beside it
    answer = strategy.solve(
        model, Limits(seconds=60, gap=0.02, threads=2), starts=[start_values(today(inputs), model, inputs)]
    )
    assert answer.faults == ()
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound <= best + 1e-6 * abs(best)
    assert best * (1 - 1e-6) <= answer.objective <= best * 1.02
    assert holds(arrays, np.array(list(answer.values.values())))
