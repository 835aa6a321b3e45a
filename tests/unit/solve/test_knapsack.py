"""The search for what to pack into a block, against every way there is."""

from itertools import product

import numpy as np
import pytest

from optimiser.solve.packing import pack
from optimiser.solve.pricing import price
from optimiser.solve.shapes import Option, Shape, State


def _shape(seed: int) -> Shape:
    """Seven items that may come in any of three phases and stay, or must be there; room by phase; four bonuses."""
    dice = np.random.default_rng(seed)
    items, column = [], 0
    for _ in range(7):
        amount = float(dice.uniform(0.1, 0.6))
        options = []
        for first in range(3):
            columns = tuple(range(column + first, column + 3))
            bonuses = tuple(sorted(dice.choice(4, size=dice.integers(0, 3), replace=False).tolist()))
            options.append(Option(columns, dict.fromkeys(range(first, 3), amount), bonuses))
        items.append(tuple(options))
        column += 3
    forced = tuple(bool(dice.random() < 0.15) for _ in items)
    everything = tuple((True, True, True) for _ in items)
    early = tuple((True, False, False) for _ in items)
    gives = tuple(bool(dice.random() < 0.7) for _ in range(4))
    states = (
        State((column + 4,), (1.0, 1.2, 1.4), everything, (True,) * 4),
        State((column + 5,), (0.0, 0.0, 1.0), early, gives),
    )
    return Shape(states, tuple(items), forced, tuple(range(column, column + 4)))


def _least(shape: Shape, reduced: np.ndarray) -> float:
    """The cheapest of all states and ways."""
    least = np.inf
    for state in shape.states:
        for ways in product(range(-1, 3), repeat=len(shape.items)):
            chosen = [(i, item[w]) for i, (item, w) in enumerate(zip(shape.items, ways, strict=True)) if w >= 0]
            allowed = all(state.allows[i][w] for i, w in enumerate(ways) if w >= 0)
            if not allowed or any(must and w < 0 for must, w in zip(shape.forced, ways, strict=True)):
                continue
            used = np.zeros(3)
            for _, option in chosen:
                for t, amount in option.takes.items():
                    used[t] += amount
            if np.any(used > np.array(state.room) + 1e-9):
                continue
            earned = {v for _, option in chosen for v in option.bonuses if state.gives[v]}
            cost = reduced[list(state.columns)].sum() + sum(
                reduced[list(option.columns)].sum() for _, option in chosen
            )
            least = min(least, cost + sum(min(0.0, reduced[shape.bonuses[v]]) for v in earned))
    return float(least)


@pytest.mark.parametrize("most_nodes", [1, 20, 10_000])
@pytest.mark.parametrize("seed", range(8))
def test_the_bound_is_never_above_the_cheapest_and_the_pattern_never_below(seed: int, most_nodes: int) -> None:
    shape = _shape(seed)
    reduced = np.random.default_rng(100 + seed).uniform(-20, 8, 21 + 4 + 2)
    least = _least(shape, reduced)
    found = price(pack([shape]), reduced, np.array([0]), most_nodes)
    assert found.value[0] <= least + 1e-6
    assert found.cost[0] >= least - 1e-6
    if most_nodes == 10_000:
        assert found.value[0] == pytest.approx(least, abs=5e-3)
        assert found.cost[0] == pytest.approx(least, abs=5e-3)
