"""The engine, its two workers and what they tell each other."""

import time
from collections import deque
from dataclasses import replace
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.facility import Instance, to_arrays
from optimiser.solve import bridge, engine, workers
from optimiser.solve.blocks import cut
from optimiser.solve.bridge import Answer, Limits, Progress, solver_name
from optimiser.solve.neighbourhood import Neighbourhoods, holds
from optimiser.solve.patterns import Pricer
from optimiser.solve.relaxation import first_prices
from optimiser.solve.workers import News
from tests.support.packing import best_value, packing


@pytest.mark.parametrize("phases", [1, 2])
def test_the_engine_closes_in_on_the_best_plan(phases: int) -> None:
    arrays, block_of_column, start = packing(7, places=6, teams=8, phases=phases)
    heard: list[Progress] = []
    answer = engine.solve(
        arrays, block_of_column, Limits(seconds=25, gap=0.002), start=start, on_progress=heard.append, look=False
    )
    best = best_value(arrays)
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound <= best + 1e-6 <= answer.objective + 2e-6
    x = np.array(list(answer.values.values()))
    assert holds(arrays, x)
    assert arrays.cost @ x + arrays.offset == pytest.approx(answer.objective)
    assert heard
    assert answer.method == engine.METHOD


@pytest.mark.parametrize("phases", [1, 2])
def test_a_plan_is_found_though_the_start_breaks_what_was_decided(phases: int) -> None:
    arrays, block_of_column, start = packing(7, places=6, teams=8, phases=phases)
    last_kept = [j for j in np.flatnonzero(start) if arrays.whole[j] and block_of_column[j] == 0][phases - 1]
    upper = arrays.upper.copy()
    upper[last_kept] = 0.0  # it is left by the end
    pinned = replace(arrays, upper=upper)
    assert not holds(pinned, start)
    answer = engine.solve(pinned, block_of_column, Limits(25, 0.01), start=start, look=False)
    assert answer.objective is not None
    assert not answer.faults
    assert answer.objective == pytest.approx(best_value(pinned), rel=0.05)
    assert holds(pinned, np.array(list(answer.values.values())))


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
    assert answer.bound == pytest.approx(answer.objective) == pytest.approx(best_value(arrays))
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
        answer = plan = None
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


@pytest.mark.parametrize(("bound", "goes_on"), [(95.0, True), (85.0, False), (None, True)])
def test_its_first_look_ends_early_where_its_bound_is_far_behind(
    bound: float | None, goes_on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SMALL_COLUMNS", 0)
    arrays, _, start = packing(1, places=5, teams=6)
    limits, seconds = Limits(60, 0.0), engine._LEAST_LOOK_SECONDS + 1
    began = time.monotonic() - seconds
    exchange = engine._Exchange(engine._Post(arrays, start), [], None, began + 60, limits, None, None)
    exchange.post.take(News(bound=100.0))
    assert exchange._may_go_on(Progress(seconds, 1e9, bound)) == goes_on


def test_plain_branch_and_bound_goes_on_where_patterns_say_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_SMALL_COLUMNS", 0)
    arrays, blocks = to_arrays(Instance("split", np.full(3, 9.0), np.ones(3), np.ones(8), np.ones((3, 8)), False))
    assert not Pricer(cut(arrays, blocks)).mostly_shaped
    assert Pricer(cut(*packing(1, places=5, teams=6)[:2])).mostly_shaped
    limits = Limits(60, 0.0)
    exchange = engine._Exchange(engine._Post(arrays, None), [], None, time.monotonic(), limits, None, None)
    exchange._priced = True
    assert not exchange._may_go_on(None)
    exchange._unfit = True
    assert exchange._may_go_on(None)


def test_plans_of_branch_and_bound_and_of_the_workers_reach_each_other() -> None:
    arrays, _, start = packing(1, places=5, teams=6)
    best = bridge.solve_arrays(arrays, Limits(20, 0.0))
    found = np.array(list(best.values.values()))
    offered: list[np.ndarray] = []
    kept: list[float] = []
    plain: Any = SimpleNamespace(answer=None, plan=found, progress=None, stop=lambda: None, offer=offered.append)
    ours, theirs = Pipe(duplex=False), Pipe(duplex=False)
    ends = time.monotonic() + 60
    exchange = engine._Exchange(
        engine._Post(arrays, start), [workers.Line(theirs[0], ours[1])], plain, ends, Limits(60, 0.0), None,
        lambda x, _: kept.append(0.0 if x is None else float(arrays.cost @ x)),
    )  # fmt: skip
    for _ in range(2):
        exchange._look_at(plain)
    news = ours[0].recv()
    assert news.value == pytest.approx(best.objective)
    assert not ours[0].poll()  # told once
    assert kept == [pytest.approx(best.objective)]
    assert exchange.post.gap() == np.inf  # a plan proves nothing
    exchange.post.best = None
    theirs[1].send(News(x=start, value=1e9, doing="plan"))
    exchange._hear()
    assert np.array_equal(offered[0], start)


def test_parts_are_planned_anew_for_as_long_as_a_turn_gains_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = iter([900.0, 890.0, 889.0, 800.0])

    def a_turn(*_: object) -> tuple[np.ndarray, float]:
        return np.array([next(costs)]), 12.0

    monkeypatch.setattr(workers, "_neighbours", a_turn)
    worker = SimpleNamespace(value=lambda x: x[0], left=60.0, total=60.0)
    search = SimpleNamespace(value=lambda x: x[0])
    x, _ = workers._while_they_gain(worker, search, np.array([1000.0]), 12.0)  # type: ignore[arg-type]
    assert x.tolist() == [889.0]  # a thousandth is too little


@pytest.mark.parametrize(
    ("seconds", "anneals", "has_plan", "dives"),
    [(0.0, False, True, True), (9.0, False, True, False), (9.0, True, True, True), (9.0, False, False, True)],
)
def test_there_is_no_dive_over_phases_without_time_for_its_rounds(
    seconds: float, anneals: bool, has_plan: bool, dives: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays, block_of_column, start = packing(1, phases=2)
    blocks = cut(arrays, block_of_column)
    pricer, prices = Pricer(blocks), first_prices(blocks, 5)
    search, told = Neighbourhoods(blocks, pricer, prices, 1), list[str]()
    worker = SimpleNamespace(
        blocks=blocks, pricer=pricer, x=start if has_plan else None, patterns=(),
        total=60.0, left=60.0, may_dive=True,
        annealer=SimpleNamespace(run=lambda x, **_: x) if anneals else None,
        tell=lambda x, doing: told.append(doing),
    )  # fmt: skip
    monkeypatch.setattr(workers, "_seconds_of_a_round", lambda generation, most: seconds)
    found = workers._dived(worker, prices, search, np.random.default_rng(1))  # type: ignore[arg-type]
    assert worker.may_dive == dives == (found is not None) == ("plan: dive" in told)
    assert found is None or len(found) == len(arrays.cost)


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
