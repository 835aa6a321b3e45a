"""Prices by subgradients: they prove at least what they began with, and lead to patterns that hold."""

from dataclasses import replace

import numpy as np
import pytest

from optimiser.solve import highs
from optimiser.solve.blocks import Blocks, cut
from optimiser.solve.bound import Lagrangian, signed
from optimiser.solve.patterns import Pricer
from optimiser.solve.relaxation import first_prices
from optimiser.solve.subgradient import climb
from tests.support.packing import packing


def _blocks(seed: int, phases: int = 1) -> Blocks:
    arrays, block_of_column, _ = packing(seed, phases=phases)
    return cut(arrays, block_of_column)


@pytest.mark.parametrize("phases", [1, 2])
@pytest.mark.parametrize("seed", range(8))
def test_prices_get_better_and_still_prove_no_more_than_is_true(seed: int, phases: int) -> None:
    blocks = _blocks(seed, phases)
    pricer = Pricer(blocks)
    lagrangian = Lagrangian(blocks, pricer)
    nothing = np.zeros(len(blocks.linking))
    climbed = climb(blocks, pricer, nothing, 5.0)
    bound = lagrangian.at(climbed.prices)[0]
    assert bound.prices == pytest.approx(climbed.prices)  # of the right sign
    assert bound.value > lagrangian.at(nothing)[0].value
    best = highs.solve(blocks.arrays, seconds=20).objective
    assert best is not None
    assert bound.value <= best + 1e-6 * abs(best)


@pytest.mark.parametrize("seed", range(8))
def test_prices_prove_no_less_than_those_of_the_relaxation_that_they_came_from(seed: int) -> None:
    blocks = _blocks(seed)
    pricer, exact = Pricer(blocks), Lagrangian(blocks, Pricer(blocks))
    first = first_prices(blocks, 5.0)
    climbed = climb(blocks, pricer, first, 5.0)
    best = highs.solve(blocks.arrays, seconds=20).objective
    assert best is not None
    lacked, lacks = (best - exact.at(prices)[0].value for prices in (first, climbed.prices))
    assert lacks <= lacked + 1e-6 * abs(best)


def test_its_patterns_hold_the_rows_of_their_block() -> None:
    blocks = _blocks(3)
    climbed = climb(blocks, Pricer(blocks), np.zeros(len(blocks.linking)), 5.0)
    assert len({pattern.block for pattern in climbed.patterns}) == len(blocks.columns)
    for pattern in climbed.patterns:
        x = np.zeros(len(blocks.lower))
        x[list(pattern.columns)] = 1.0
        rows = blocks.rows[pattern.block]
        activity = blocks.matrix[rows] @ x
        assert np.all(activity <= blocks.arrays.row_upper[rows] + 1e-6)
        assert np.all(activity >= blocks.arrays.row_lower[rows] - 1e-6)


def test_a_look_is_what_pricing_finds() -> None:
    blocks = _blocks(5, phases=2)
    pricer = Pricer(blocks)
    reduced = np.random.default_rng(5).uniform(-60, 40, len(blocks.lower))
    found = pricer.price(reduced, pricer.all)
    value, x, patterns = pricer.look(reduced, 20_000)
    assert value == pytest.approx(found.value.sum())
    assert patterns() == list(found.patterns)
    marked = np.zeros(len(x))
    for pattern in found.patterns:
        marked[list(pattern.columns)] = 1.0
    assert x.tolist() == marked.tolist()


def test_where_there_is_no_time_prices_stay() -> None:
    blocks = _blocks(2)
    pricer, given = Pricer(blocks), first_prices(blocks, 5.0)
    climbed = climb(blocks, pricer, given, 0.0)
    assert climbed.patterns == ()
    assert climbed.prices.tolist() == signed(blocks, given).tolist()


@pytest.mark.parametrize("end", [1e6, np.inf])
@pytest.mark.parametrize("seed", range(4))
def test_prices_of_rows_with_money_stay_and_the_others_get_better(seed: int, end: float) -> None:
    blocks = _blocks(seed)
    upper = blocks.upper.copy()
    upper[blocks.shared[0]] = end
    blocks = replace(blocks, upper=upper)
    nothing = np.zeros(len(blocks.linking))
    heard: list[tuple[float, np.ndarray]] = []
    pricer = Pricer(blocks)
    climbed = climb(blocks, pricer, nothing, 5.0, lambda value, prices: heard.append((value, prices)))
    rows = np.unique(blocks.link_by_column[blocks.shared[:1]].indices)
    assert len(rows)
    assert not climbed.prices[rows].any()
    values = [value for value, _ in heard]
    assert len(values) > 1
    assert values == sorted(values)
    assert climbed.prices.tolist() == heard[-1][1].tolist()
    proven = Lagrangian(blocks, pricer).at(climbed.prices)[0].value
    assert Lagrangian(blocks, pricer).at(nothing)[0].value < values[-1] <= proven + 1e-6
