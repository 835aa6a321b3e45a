"""The steps of the decomposition against HiGHS on whole models and brute force on single blocks."""

import time
from collections import deque
from dataclasses import replace
from itertools import product
from multiprocessing import Pipe

import numpy as np
import pytest

from optimiser.solve import engine, highs, workers
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import NO_BLOCK, Blocks, cut
from optimiser.solve.bound import Generation, Lagrangian
from optimiser.solve.bridge import Answer, Limits, Progress, solver_name
from optimiser.solve.dive import dive
from optimiser.solve.neighbourhood import Neighbourhoods, holds, without_doubles
from optimiser.solve.patterns import Pricer, patterns_of
from optimiser.solve.relaxation import first_prices
from optimiser.solve.workers import News
from tests.support.packing import packing

SEEDS = range(12)
MODELS = [(seed, phases) for seed in SEEDS for phases in (1, 2)]


def _blocks(seed: int, phases: int, hubs: bool = False) -> tuple[Arrays, Blocks, np.ndarray]:
    arrays, block_of_column, start = packing(seed, phases=phases, hubs=hubs)
    return arrays, cut(arrays, block_of_column), start


def _best(arrays: Arrays) -> float:
    found = highs.solve(arrays, seconds=20)
    assert found.objective is not None
    return found.objective


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
    pricer, best = Pricer(blocks), _best(arrays)
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
    assert lagrangian.at(np.zeros(len(blocks.linking)))[0].value < bound <= _best(arrays) + 1e-6


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
    pricer, best = Pricer(blocks), _best(arrays)
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
@pytest.mark.parametrize("phases", [1, 2])
def test_the_engine_closes_in_on_the_best_plan(phases: int) -> None:
    arrays, block_of_column, start = packing(7, places=6, teams=8, phases=phases)
    heard: list[Progress] = []
    answer = engine.solve(
        arrays, block_of_column, Limits(seconds=25, gap=0.002), start=start, on_progress=heard.append, look=False
    )
    best = _best(arrays)
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound <= best + 1e-6 <= answer.objective + 2e-6
    x = np.array(list(answer.values.values()))
    assert holds(arrays, x)
    assert arrays.cost @ x + arrays.offset == pytest.approx(answer.objective)
    assert heard
    assert answer.method == engine.METHOD


def test_the_engine_stops_when_asked_and_keeps_its_start() -> None:
    arrays, block_of_column, start = packing(1, places=5, teams=6)
    answer = engine.solve(arrays, block_of_column, Limits(60, 0.0), start=start, stop=lambda: True, look=False)
    assert answer.outcome == "stopped"
    assert answer.seconds < 30
    assert answer.objective == pytest.approx(arrays.cost @ start + arrays.offset)


def test_workers_that_fail_are_told_of_and_the_start_stays() -> None:
    arrays, block_of_column, start = packing(1, places=5, teams=6)
    wrong = block_of_column[:-1]  # a column too few
    answer = engine.solve(arrays, wrong, Limits(20, 0.0), start=start, look=False)
    assert answer.faults
    assert answer.objective == pytest.approx(arrays.cost @ start + arrays.offset)
    assert answer.bound is None


def test_plain_branch_and_bound_beside_it_proves_what_is_small() -> None:
    arrays, block_of_column, start = packing(1, places=5, teams=6)
    answer = engine.solve(arrays, block_of_column, Limits(60, 0.0), start=start)
    assert answer.outcome == "optimal"
    assert answer.seconds < 30
    assert answer.bound == pytest.approx(answer.objective) == pytest.approx(_best(arrays))
    assert holds(arrays, np.array(list(answer.values.values())))


def test_the_solver_named_is_the_one_whose_plan_and_bound_they_are() -> None:
    arrays, _, start = packing(1, places=5, teams=6)
    post = engine._Post(arrays, None)
    value = float(arrays.cost @ start + arrays.offset)
    values: dict[object, float] = dict(enumerate(start.tolist()))
    post.take_plain(Answer("stopped", value, value - 1, 1.0, solver_name(), values))
    assert post.answer(1.0, 0.0).solver == solver_name()
    post.take(News(bound=value - 0.5))
    ours = post.answer(1.0, 0.0)
    assert ours.solver == f"own decomposition with {solver_name()}"
    assert ours.method == engine.METHOD


def test_that_there_is_no_plan_is_said_by_plain_branch_and_bound() -> None:
    arrays, block_of_column, _ = packing(1, places=5, teams=6)
    nowhere = replace(arrays, upper=np.where(arrays.whole, 0.0, arrays.upper))
    answer = engine.solve(nowhere, block_of_column, Limits(60, 0.0))
    assert (answer.outcome, answer.objective, answer.values) == ("infeasible", None, {})


def test_columns_of_no_block_are_shared() -> None:
    arrays, block_of_column, _ = packing(2)
    blocks = cut(arrays, block_of_column)
    assert set(blocks.shared) == set(np.flatnonzero(block_of_column == NO_BLOCK))


def test_prices_are_handed_over_once_the_choice_has_settled() -> None:
    assert not workers._settled(deque([100.0, 100.1]))
    assert not workers._settled(deque([110.0, 100.0, 100.1]))
    assert not workers._settled(deque([np.inf, 100.0, 100.0]))
    assert workers._settled(deque([100.4, 100.0, 100.2]))


@pytest.mark.parametrize(
    ("seconds", "bound", "small", "stopped"),
    [
        (1.0, 0.0, False, False),
        (engine._LEAST_LOOK_SECONDS + 1, 0.0, False, True),
        (engine._LEAST_LOOK_SECONDS + 1, 0.0, True, False),
        (50.0, 2.0, False, False),
        (50.0, 0.5, False, True),
    ],
)
def test_plain_branch_and_bound_goes_on_at_first_or_while_its_bound_is_ahead_or_where_it_is_small(
    seconds: float, bound: float, small: bool, stopped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SMALL_COLUMNS", 10_000 if small else 0)
    arrays, _, start = packing(1, places=5, teams=6)

    class Far:
        answer = None
        progress = Progress(seconds, 1e9, bound, "far off")
        is_stopped = False

        def stop(self) -> None:
            self.is_stopped = True

    plain, limits = Far(), Limits(60, 0.0)
    post = engine._Post(arrays, start)
    post.take(News(bound=1.0, prices=np.zeros(1)))
    exchange = engine._Exchange(post, [], None, time.monotonic() + limits.seconds - seconds, limits, None, None)
    exchange._priced = True
    exchange._look_at(plain)  # type: ignore[arg-type]  # as much of one as is asked
    assert plain.is_stopped == stopped


def test_each_better_bound_is_told_and_its_prices_once_it_has_gained_enough() -> None:
    hears, tells = Pipe(duplex=False)
    tell = workers._told_on_the_way(workers.Line(hears, tells), np.zeros(1))
    for value in (100.0, 100.5, 100.4, 102.0):
        tell(value, np.full(1, value))
    tells.close()
    heard = [hears.recv() for _ in range(4)]
    assert [news.bound for news in heard] == [None, 100.0, 100.5, 102.0]
    assert [news.rough is not None and news.rough[0] for news in heard] == [0.0, 100.0, False, 102.0]
    with pytest.raises(EOFError):
        hears.recv()


@pytest.mark.parametrize("news", [News(rough=np.ones(1)), News(prices=np.ones(1)), News(bound=1.0)])
def test_prices_and_those_on_the_way_reach_the_search_for_plans(news: News) -> None:
    arrays, _, start = packing(1, places=5, teams=6)
    (near, far), (hears, tells) = Pipe(duplex=False), Pipe(duplex=False)
    (other, _), (listens, told) = Pipe(duplex=False), Pipe(duplex=False)
    limits, lines = Limits(60, 0.0), [workers.Line(near, tells), workers.Line(other, told)]
    ends = time.monotonic() + limits.seconds
    exchange = engine._Exchange(engine._Post(arrays, start), lines, None, ends, limits, None, None)
    far.send(news)
    exchange._hear()
    assert listens.poll() == (news.bound is None)
    assert not hears.poll()
