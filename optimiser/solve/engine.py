"""The planner's own way to a plan and its proof, where plain branch and bound stalls.

Two processes. One raises the bound: prices of the ordinary relaxation, then column generation. The other lowers
the plan: annealing until the prices are there, then a dive, then neighbourhoods; the first joins it when its
bound is as good as it gets. Each hears of the other's best plan. Every step works on blocks and rows of the
matrix, so whatever rule a model has, its plans keep it.
"""

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np

from optimiser.solve.anneal import Annealer
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints, cut
from optimiser.solve.bound import Generation
from optimiser.solve.bridge import Answer, Limits, Progress, clean_process, solver_name
from optimiser.solve.dive import dive
from optimiser.solve.highs import silence
from optimiser.solve.neighbourhood import Neighbourhoods, holds
from optimiser.solve.patterns import Pattern, Pricer, patterns_of
from optimiser.solve.relaxation import first_prices

METHOD = "Lagrangian relaxation over patterns of each property"
_STEP_SECONDS = 6.0  # for one neighbourhood
_SIZES = (6, 10, 8, 14)  # properties in use in a neighbourhood, in turn
_BURST_SECONDS = 3.0  # of annealing between two looks at the post
_LP_SHARE, _BOUND_SHARE, _DIVE_SHARE = 0.3, 0.6, 0.4  # of the time: the most that these may take
_GOOD_ENOUGH = 0.005  # share that prices may still lack when the search for plans gets them


@dataclass(frozen=True)
class _News:
    """What a worker tells: a plan that holds and its value, a bound, or prices with the patterns behind them."""

    x: Floats | None = None
    value: float | None = None
    bound: float | None = None
    prices: Floats | None = None
    patterns: tuple[Pattern, ...] = ()
    doing: str = ""


def solve(
    arrays: Arrays,
    block_of_column: Ints,
    limits: Limits,
    *,
    start: Floats | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    known_bound: float | None = None,
) -> Answer:
    """Solve a model whose columns belong to blocks (`block_of_column`, shape (columns,); NO_BLOCK for none).

    As `bridge.solve_arrays`; `values` are keyed by column. `start` is a whole solution, holding or not;
    `known_bound` one that is proven already: it ends the search, but is not in the answer.
    """
    began = time.monotonic()
    post = _Post(arrays, start, known_bound)
    context = clean_process()
    workers = []
    for work in (_raise_bound, _lower_plan):
        ours, theirs = context.Pipe()
        given = (theirs, work, arrays, block_of_column, start, began + limits.seconds, limits.seed)
        child = context.Process(target=_child, args=given, daemon=True)
        child.start()
        theirs.close()
        workers.append((child, ours))
    try:
        _listen(post, workers, began, limits, on_progress, stop)
    finally:
        for child, pipe in workers:
            child.kill()
            child.join()
            child.close()
            pipe.close()
    return post.answer(time.monotonic() - began, limits.gap)


class _Post:
    """The best plan and bound that anybody has told of."""

    def __init__(self, arrays: Arrays, start: Floats | None, known_bound: float | None) -> None:
        self.arrays, self.known_bound = arrays, known_bound
        self.best: _News | None = None
        self.bound: float | None = None
        self.faults: list[str] = []
        if start is not None and holds(arrays, start):
            self.best = _News(x=start, value=float(arrays.cost @ start + arrays.offset))

    def take(self, news: _News) -> bool:
        """Note what is new; whether it is a better plan. A plan is believed only after a look at every row."""
        if news.bound is not None and (self.bound is None or news.bound > self.bound):
            self.bound = news.bound
        if news.x is None or not holds(self.arrays, news.x):
            return False
        if self.best is not None and self.best.value is not None and (news.value or 0.0) >= self.best.value:
            return False
        self.best = news
        return True

    @property
    def gap(self) -> float:
        """Share of the value that is not proven; inf without a plan or a bound."""
        bounds = [bound for bound in (self.bound, self.known_bound) if bound is not None]
        if self.best is None or self.best.value is None or not bounds:
            return float("inf")
        return (self.best.value - max(bounds)) / max(abs(self.best.value), 1e-9)

    def answer(self, seconds: float, gap: float) -> Answer:
        """What is known now. Nothing here ever proves that there is no plan."""
        found = self.best is not None and self.best.x is not None
        return Answer(
            outcome="optimal" if self.gap <= gap else "failed" if self.faults and not found else "stopped",
            objective=self.best.value if self.best is not None else None,
            bound=self.bound,
            seconds=seconds,
            solver=f"own decomposition with {solver_name()}",
            values=dict(enumerate(self.best.x.tolist()))
            if self.best is not None and self.best.x is not None
            else {},
            message="; ".join(self.faults),
            faults=tuple(self.faults),
            method=METHOD,
        )


def _listen(
    post: _Post,
    workers: list[tuple[Any, Connection]],
    began: float,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
) -> None:
    """Pass news on until the gap is small enough, time is up, somebody stops it or nobody works any more."""
    open_pipes = {pipe for _, pipe in workers}
    while open_pipes and post.gap > limits.gap and time.monotonic() < began + limits.seconds:
        if stop and stop():
            return
        for pipe in [pipe for pipe in wait(list(open_pipes), timeout=0.1) if isinstance(pipe, Connection)]:
            try:
                news: _News | str = pipe.recv()
            except EOFError:
                open_pipes.discard(pipe)
                continue
            if isinstance(news, str):
                post.faults.append(news)
                continue
            better = post.take(news)
            if better or news.prices is not None:
                for other in open_pipes - {pipe}:
                    with suppress(BrokenPipeError):  # it has ended: its own pipe tells so in the next round
                        other.send(news)
            if on_progress:
                best = None if post.best is None else post.best.value
                on_progress(Progress(time.monotonic() - began, best, post.bound, news.doing))


def _child(
    pipe: Connection,
    work: Callable[["_Worker"], None],
    arrays: Arrays,
    block_of_column: Ints,
    start: Floats | None,
    ends: float,
    seed: int,
) -> None:
    """Runs in a worker: what goes wrong is told, not lost."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    silence()
    try:
        work(_Worker(pipe, arrays, block_of_column, start, ends, seed))
    except Exception as fault:  # told to the parent, which goes on with the other worker
        pipe.send(f"{work.__name__.strip('_').replace('_', ' ')}: {type(fault).__name__}: {fault}")
    pipe.close()


class _Worker:
    """What both workers share: the model in blocks, the clock and the post."""

    def __init__(
        self, pipe: Connection, arrays: Arrays, block_of_column: Ints, start: Floats | None, ends: float, seed: int
    ) -> None:
        self.pipe, self.ends, self.seed, self.start = pipe, ends, seed, start
        self.blocks: Blocks = cut(arrays, block_of_column)
        self.pricer = Pricer(self.blocks)
        self.x: Floats | None = None  # the best plan heard of or found
        self.prices: Floats | None = None
        self.patterns: tuple[Pattern, ...] = ()
        self.total = self.left
        if start is not None and holds(arrays, start):
            self.x = start

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.ends - time.monotonic()

    def value(self, x: Floats) -> float:
        """Value of a plan."""
        return float(self.blocks.arrays.cost @ x + self.blocks.arrays.offset)

    def hear(self) -> None:
        """Read what the other has told."""
        while self.pipe.poll():
            news: _News = self.pipe.recv()
            if news.prices is not None:
                self.prices, self.patterns = news.prices, news.patterns
            if news.x is not None and (self.x is None or self.value(news.x) < self.value(self.x)):
                self.x = news.x

    def tell(self, x: Floats, doing: str) -> None:
        """Tell of a plan, if it holds and is the best."""
        better = self.x is None or self.value(x) < self.value(self.x)
        if better and holds(self.blocks.arrays, x):
            self.x = x
            self.pipe.send(_News(x=x, value=self.value(x), doing=doing))


def _raise_bound(worker: _Worker) -> None:
    """Prices of the ordinary relaxation, column generation from there, then neighbourhoods like the other."""
    blocks, pricer = worker.blocks, worker.pricer
    prices = first_prices(blocks, _LP_SHARE * worker.total)
    seeds = [] if worker.x is None else patterns_of(blocks, worker.x, pricer.all.tolist())
    generation = Generation(blocks, pricer, prices, seeds)
    worker.pipe.send(_News(bound=generation.best.value, doing="bound: the ordinary relaxation"))
    until = time.monotonic() + max(1.0, _BOUND_SHARE * worker.total - (worker.total - worker.left))
    while not generation.closed and time.monotonic() < until:
        before = generation.best.value
        generation.round(until - time.monotonic())
        if generation.best.value > before:
            worker.pipe.send(_News(bound=generation.best.value, doing="bound: patterns"))
        if worker.prices is None and generation.gap < _GOOD_ENOUGH:
            _hand_over(worker, generation)
    if worker.prices is None:
        _hand_over(worker, generation)
    worker.prices = generation.best.prices
    _search(worker, worker.seed + 1, None)


def _hand_over(worker: _Worker, generation: Generation) -> None:
    """Let the other worker have the prices, and the patterns behind them."""
    worker.prices = generation.best.prices
    patterns = tuple(generation.master.patterns)
    worker.pipe.send(_News(bound=generation.best.value, prices=worker.prices, patterns=patterns, doing="bound"))


def _lower_plan(worker: _Worker) -> None:
    """Annealing until the prices are there, a dive from them, then neighbourhoods."""
    annealer = Annealer.of(worker.blocks, worker.pricer.shapes)
    bursts = 0
    while worker.prices is None and worker.left > 0:
        x = worker.start if worker.x is None else worker.x
        if annealer is None or x is None:
            time.sleep(0.05)
        else:
            seconds = min(_BURST_SECONDS * 2 ** min(bursts, 2), worker.left)
            found = annealer.run(x, seconds=seconds, seed=worker.seed + bursts)
            if found is not None:
                worker.tell(found, "plan: annealing")
            bursts += 1
        worker.hear()
    if worker.prices is None:
        return
    neighbourhoods = Neighbourhoods(worker.blocks, worker.pricer, worker.prices, worker.seed)
    generation = Generation(worker.blocks, worker.pricer, worker.prices, list(worker.patterns))
    generation.round(0.1 * worker.total)
    dived = None
    if generation.relaxed is not None:
        none = np.zeros(0, dtype=np.int64)
        until = time.monotonic() + _DIVE_SHARE * worker.left
        fixed = dive(
            generation.master,
            worker.pricer,
            neighbourhoods.picks,
            generation.relaxed,
            worker.pricer.all,
            none,
            until,
        )
        dived = neighbourhoods.settle(fixed, generation.master.patterns, max(2.0, 0.1 * worker.left))
        worker.tell(dived, "plan: dive")
    _search(worker, worker.seed, dived)


def _search(worker: _Worker, seed: int, dived: Floats | None) -> None:
    """Neighbourhoods until time is up, from the best plan there is, or from a dive that may still break rows."""
    if worker.prices is None:
        return
    neighbourhoods = Neighbourhoods(worker.blocks, worker.pricer, worker.prices, seed)
    x, steps = dived, 0
    while worker.left > 0.2:
        worker.hear()
        if worker.x is not None and (x is None or neighbourhoods.value(worker.x) < neighbourhoods.value(x)):
            x = worker.x
        if x is None:
            time.sleep(0.05)
            continue
        better = neighbourhoods.step(x, _SIZES[steps % len(_SIZES)], min(_STEP_SECONDS, worker.left))
        steps += 1
        if better is not None:
            x = better
            worker.tell(x, "plan: neighbourhoods")
