"""The steps of the decomposition against HiGHS on whole models and brute force on single blocks."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from benchmarks.facility import Instance, to_arrays
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import NO_BLOCK, Blocks, cut
from optimiser.solve.bound import Generation, Lagrangian
from optimiser.solve.dive import dive
from optimiser.solve.neighbourhood import Neighbourhoods, holds, without_doubles
from optimiser.solve.patterns import Pricer, nearest, patterns_of
from optimiser.solve.relaxation import first_plan, first_prices
from tests.support.packing import best_value, packing

SEEDS = range(12)
MODELS = [(seed, phases) for seed in SEEDS for phases in (1, 2)]


def _blocks(seed: int, phases: int, hubs: bool = False) -> tuple[Arrays, Blocks, np.ndarray]:
    arrays, block_of_column, start = packing(seed, phases=phases, hubs=hubs)
    return arrays, cut(arrays, block_of_column), start


@pytest.mark.parametrize(("seed", "phases"), MODELS)
def test_rows_are_local_or_linking_and_none_is_lost(seed: int, phases: int) -> None:
    arrays, blocks, _ = _blocks(seed, phases)
    sizes = np.diff(blocks.matrix.indptr)
    kept = np.concatenate([*blocks.rows, blocks.linking])
    assert sorted(kept) == np.flatnonzero(sizes > 1).tolist()
    for columns, rows in zip(blocks.columns, blocks.rows, strict=True):
        assert set(blocks.matrix[rows].indices) <= set(columns)
    assert sum(map(len, blocks.columns)) + len(blocks.shared) == len(arrays.cost)


@pytest.mark.parametrize("hubs", [False, True])
@pytest.mark.parametrize(("seed", "phases"), MODELS)
def test_the_cheapest_pattern_is_that_of_brute_force(seed: int, phases: int, hubs: bool) -> None:
    _, blocks, _ = _blocks(seed, phases, hubs)
    pricer, dice = Pricer(blocks), np.random.default_rng(seed)
    assert all(shape is not None for shape in pricer.shapes)
    reduced = dice.uniform(-60, 40, len(blocks.lower))
    found = pricer.price(reduced, pricer.all)
    for b, columns in enumerate(blocks.columns):
        least = _cheapest(blocks, b, reduced[columns])
        assert least - 3e-5 * max(abs(least), 100) <= found.value[b] <= least + 1e-6
    assert len(found.patterns) == len(blocks.columns)
    for pattern in found.patterns:
        x = np.zeros(len(reduced))
        x[list(pattern.columns)] = 1
        rows = blocks.rows[pattern.block]
        activity = blocks.matrix[rows] @ x
        assert np.all(activity <= blocks.arrays.row_upper[rows] + 1e-6)
        assert np.all(activity >= blocks.arrays.row_lower[rows] - 1e-6)
        assert reduced @ x == pytest.approx(found.cost[pattern.block], abs=1e-6)


def _cheapest(blocks: Blocks, b: int, cost: np.ndarray) -> float:
    """Every way to set a block's columns to 0 or 1, by their rows."""
    columns, rows = blocks.columns[b], blocks.rows[b]
    matrix = blocks.matrix[rows][:, columns].toarray()
    ranges = [range(int(blocks.lower[j]), int(blocks.upper[j]) + 1) for j in columns]
    if np.prod([len(r) for r in ranges]) > 70_000:
        return _cheapest_by_solver(blocks, b, cost)
    every = np.array(list(product(*ranges)), dtype=float)
    activity = every @ matrix.T
    fits = np.all(activity <= blocks.arrays.row_upper[rows] + 1e-9, axis=1)
    fits &= np.all(activity >= blocks.arrays.row_lower[rows] - 1e-9, axis=1)
    return float((every[fits] @ cost).min())


def _cheapest_by_solver(blocks: Blocks, b: int, cost: np.ndarray) -> float:
    pricer = Pricer(blocks)
    pricer._shaped.clear()  # priced by a model of its own
    reduced = np.zeros(len(blocks.lower))
    reduced[blocks.columns[b]] = cost
    return float(pricer.price(reduced, np.array([b])).value[0])


@pytest.mark.parametrize(("seed", "phases"), MODELS)
def test_a_block_without_a_shape_is_priced_the_same(seed: int, phases: int) -> None:
    _, blocks, _ = _blocks(seed, phases)
    shaped, plain = Pricer(blocks), Pricer(blocks)
    plain._shaped.clear()
    reduced = np.random.default_rng(seed).uniform(-60, 40, len(blocks.lower))
    np.testing.assert_allclose(
        plain.price(reduced, plain.all).value, shaped.price(reduced, shaped.all).value, atol=1e-2
    )


@pytest.mark.parametrize("hubs", [False, True])
@pytest.mark.parametrize(("seed", "phases"), MODELS)
def test_no_prices_claim_more_than_the_best_plan_costs(seed: int, phases: int, hubs: bool) -> None:
    arrays, blocks, start = _blocks(seed, phases, hubs)
    pricer, best = Pricer(blocks), best_value(arrays)
    dice = np.random.default_rng(seed)
    lagrangian = Lagrangian(blocks, pricer)
    for _ in range(5):
        assert lagrangian.at(dice.normal(0, 30, len(blocks.linking)))[0].value <= best + 1e-6
    prices = first_prices(blocks, 20)
    generation = Generation(blocks, pricer, prices, patterns_of(blocks, start, pricer.all.tolist()))
    first = generation.best.value
    for _ in range(40):
        if not generation.closed:
            generation.round(5)
    assert generation.closed
    assert first - 1e-9 <= generation.best.value <= best + 1e-6


@pytest.mark.parametrize("most_entries", [0, 10**6])
def test_first_prices_prove_more_than_none(most_entries: int) -> None:
    """Those of all of the relaxation, and where there is no time for that those of its beginning."""
    arrays, blocks, _ = _blocks(4, 1)
    lagrangian = Lagrangian(blocks, Pricer(blocks))
    bound = lagrangian.at(first_prices(blocks, 20, most_entries))[0].value
    assert lagrangian.at(np.zeros(len(blocks.linking)))[0].value < bound <= best_value(arrays) + 1e-6


def test_the_first_plan_of_split_demand_leaves_what_the_relaxation_leaves() -> None:
    """Each facility serves 4 of 8 at the most: two of the three cheap ones are enough, the dear one is idle."""
    fixed, cost = np.array([3.0, 3.1, 3.2, 900.0]), np.ones((4, 8))
    arrays, _ = to_arrays(Instance("split", np.full(4, 4.0), fixed, np.ones(8), cost, False))
    found = first_plan(arrays, 20)
    assert found is not None
    assert holds(arrays, np.round(found))
    assert found[3] == 0
    assert arrays.cost @ found == pytest.approx(8 + 3.0 + 3.1, rel=2e-3)


def test_there_is_no_first_plan_where_nothing_holds() -> None:
    arrays, _ = to_arrays(Instance("split", np.full(2, 4.0), np.ones(2), np.ones(8), np.ones((2, 8)), False))
    assert first_plan(arrays, 20) is not None
    assert first_plan(replace(arrays, upper=np.where(arrays.whole, 0.0, 1.0)), 20) is None


@pytest.mark.parametrize("phases", [1, 2])
def test_a_service_that_must_stay_open_leaves_its_place_a_shape(phases: int) -> None:
    """Its column is fixed at 1, as nobody else is in reach: no bonus any more, but who offers it must be there."""
    arrays, block_of_column, _ = packing(5, phases=phases)
    blocks = cut(arrays, block_of_column)
    of_bonus = [(b, bonus) for b, shape in enumerate(Pricer(blocks).shapes) if shape for bonus in shape.bonuses]
    dice = np.random.default_rng(5)
    reduced = dice.uniform(-60, 40, len(blocks.lower))
    tried = 0
    for b, bonus in of_bonus:
        lower = arrays.lower.copy()
        lower[bonus] = 1.0
        fixed = cut(replace(arrays, lower=lower), block_of_column)
        pricer = Pricer(fixed)
        assert pricer.whole
        least = _cheapest(fixed, b, reduced[fixed.columns[b]])
        found = pricer.price(reduced, np.array([b]))
        assert found.value[0] == pytest.approx(least, abs=1e-2)
        assert all(bonus in pattern.columns for pattern in found.patterns)
        tried += 1
    assert tried > 2


@pytest.mark.parametrize(("seed", "phases"), MODELS)
def test_a_dive_and_neighbourhoods_give_plans_that_hold(seed: int, phases: int) -> None:
    arrays, blocks, start = _blocks(seed, phases)
    pricer, best = Pricer(blocks), best_value(arrays)
    prices = first_prices(blocks, 20)
    assert holds(arrays, start)
    search = Neighbourhoods(blocks, pricer, prices, seed)
    generation = Generation(blocks, pricer, prices, patterns_of(blocks, start, pricer.all.tolist()))
    generation.round(5)
    assert generation.relaxed is not None
    dice = np.random.default_rng(seed)
    fixed = dive(generation.master, pricer, search.picks, generation.relaxed, dice, np.inf)
    x = search.settle(fixed, generation.master.patterns, 5)
    x = start if not holds(arrays, x) else x
    for _ in range(6):
        better = search.step(x, 4, 5)
        if better is not None:
            assert search.value(better) < search.value(x)
            assert holds(arrays, better)
            x = better
    assert arrays.cost @ x >= best - arrays.offset - 1e-6
    if phases == 1:
        assert arrays.cost @ x <= 1.15 * best + 15  # a part is the whole here: near the best


def test_what_is_picked_twice_is_taken_out_with_what_rested_on_it() -> None:
    arrays, blocks, start = _blocks(3, 1)
    search = Neighbourhoods(blocks, Pricer(blocks), np.zeros(len(blocks.linking)), 0)
    row = search.picks.matrix[0].indices
    doubled = start.copy()
    doubled[row] = 1
    single = without_doubles(blocks, doubled, search.picks.rows)
    assert single[row].sum() == 1
    local = np.concatenate(blocks.rows)
    assert np.all((blocks.matrix @ single)[local] <= arrays.row_upper[local] + 1e-6) or np.any(
        (blocks.matrix @ doubled)[local] > arrays.row_upper[local] + 1e-6
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_team_in_two_places_leaves_one_of_them_phase_by_phase(seed: int) -> None:
    arrays, blocks, start = _blocks(seed, 3)
    search = Neighbourhoods(blocks, Pricer(blocks), np.zeros(len(blocks.linking)), 0)
    dice, local = np.random.default_rng(seed), np.concatenate(blocks.rows)
    doubled = start.copy()
    for b in dice.permutation(len(blocks.columns))[:2]:
        doubled[[j for j in blocks.columns[b] if search.picks.is_pick[j]]] = 1
    single = without_doubles(blocks, doubled, search.picks.rows)
    assert np.all(search.picks.matrix @ single == 1)
    kept = (blocks.matrix @ single)[local] <= arrays.row_upper[local] + 1e-6
    assert np.all(kept | ((blocks.matrix @ doubled)[local] > arrays.row_upper[local] + 1e-6))


@pytest.mark.parametrize("seed", range(8))
def test_a_hub_keeps_the_partners_that_it_needs_when_a_team_is_in_two_places(seed: int) -> None:
    arrays, block_of_column, start = packing(seed, hubs=True)
    blocks = cut(arrays, block_of_column)
    pricer = Pricer(blocks)
    search = Neighbourhoods(blocks, pricer, np.zeros(len(blocks.linking)), 0)
    doubled = start.copy()
    hubs = pricer.price(np.where(arrays.whole & ~search.picks.is_pick, -99.0, 0.0), pricer.all).patterns
    for pattern in hubs:
        doubled[blocks.columns[pattern.block]] = 0.0
        doubled[list(pattern.columns)] = 1.0
    single = without_doubles(blocks, doubled, search.picks.rows)
    local = np.concatenate(blocks.rows)
    activity = (blocks.matrix @ single)[local]
    assert np.all(activity <= arrays.row_upper[local] + 1e-6)
    assert np.all(activity >= arrays.row_lower[local] - 1e-6)


@pytest.mark.parametrize(("seed", "phases"), list(product(range(4), (1, 2))))
def test_a_start_that_breaks_what_was_decided_takes_the_nearest_pattern_there(seed: int, phases: int) -> None:
    arrays, block_of_column, start = packing(seed, phases=phases)
    first = cut(arrays, block_of_column)
    home = next(j for j in np.flatnonzero(start) if arrays.whole[j] and block_of_column[j] == 0)
    upper = arrays.upper.copy()
    upper[home] = 0.0
    blocks = cut(replace(arrays, upper=upper), block_of_column)
    x = nearest(blocks, Pricer(blocks), start)
    assert np.all(x <= blocks.upper)
    for b, rows in enumerate(blocks.rows):
        activity = blocks.matrix[rows] @ x
        assert np.all((activity <= arrays.row_upper[rows] + 1e-6) & (activity >= arrays.row_lower[rows] - 1e-6))
        assert b == 0 or np.array_equal(x[blocks.columns[b]], start[blocks.columns[b]])
    assert np.array_equal(nearest(first, Pricer(first), start), start)


@pytest.mark.parametrize("seed", range(6))
def test_shared_columns_are_filled_in_all_of_them_or_those_that_a_part_touches(seed: int) -> None:
    arrays, blocks, start = _blocks(seed, 2)
    search = Neighbourhoods(blocks, Pricer(blocks), np.zeros(len(blocks.linking)), 0)
    empty = start.copy()
    empty[blocks.shared] = 0.0
    assert not holds(arrays, empty)  # nobody is reached
    whole = search.complete(empty)
    assert holds(arrays, whole)
    of_a_part = blocks.shared[:3]
    partly = whole.copy()
    partly[of_a_part] = 0.0
    again = search.complete(partly, of_a_part)
    others = np.setdiff1d(np.arange(len(empty)), of_a_part)
    assert holds(arrays, again)
    assert again[others].tolist() == partly[others].tolist()


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_that_breaks_a_row_is_mended_there(seed: int) -> None:
    arrays, blocks, start = _blocks(seed, 2)
    prices = first_prices(blocks, 20)
    search = Neighbourhoods(blocks, Pricer(blocks), prices, seed)
    x = start.copy()
    x[search.picks.matrix[0].indices] = 0.0  # somebody is nowhere
    assert search.broken(x) > 0
    for _ in range(10):
        better = search.step(x, 4, 5)
        x = x if better is None else better
    assert holds(arrays, x)


def test_a_plan_that_breaks_a_row_or_halves_a_team_does_not_hold() -> None:
    arrays, _, start = _blocks(0, 1)
    assert holds(arrays, start)
    for j in np.flatnonzero(arrays.whole & (start == 1)):
        broken = start.copy()
        broken[j] = 0.5
        assert not holds(arrays, broken)


@pytest.mark.slow
def test_columns_of_no_block_are_shared() -> None:
    arrays, block_of_column, _ = packing(2)
    blocks = cut(arrays, block_of_column)
    assert set(blocks.shared) == set(np.flatnonzero(block_of_column == NO_BLOCK))
