"""What the engine's two workers do, each in a process of its own: raise the bound, and lower the plan.

One takes prices from the ordinary relaxation and improves them by column generation. The other anneals, or
plans parts anew where annealing does not know the model, until the prices are there; then it dives, anneals or
mends what it has found, and plans part after part anew. The first joins it when its bound is as good as it gets.
"""

import os
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np

from optimiser.solve.anneal import Annealer
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints, cut
from optimiser.solve.bound import Generation
from optimiser.solve.bridge import read_at_once
from optimiser.solve.dive import dive
from optimiser.solve.highs import silence
from optimiser.solve.neighbourhood import Neighbourhoods, holds
from optimiser.solve.patterns import Pattern, Pricer, nearest, patterns_of
from optimiser.solve.relaxation import first_plan, first_prices
from optimiser.solve.subgradient import climb

_STEP_SECONDS = 6.0  # for one neighbourhood
_FIRST_SIZE, _LEAST_SIZE = 12, 6  # properties in use in a neighbourhood; it grows and shrinks by the time taken
_BURST_SECONDS = 3.0  # of annealing between two looks at the post
_PAID_BACK = 5.0  # times what it took to begin at new prices, before still newer ones are taken
_POLITE = 5  # steps of priority
_LAST_SECONDS = 1.0  # too few for another turn
# First heat and pull of annealing after a dive, and in turn from a good plan: a pull gains most in large places,
# none in small ones. Last heat to first.
_HOT, _WARM, _COOLING = (0.5, 0.0), ((0.3, 1.0), (0.2, 0.0)), 0.1
# Shares of the time, the most that each may take.
_LP_SHARE, _CLIMB_SHARE = 0.25, 0.15  # first prices, and better ones by subgradients
_FIRST_PLAN_SHARE = 0.75  # the first plan where patterns say little of the model
_HAND_OVER_SHARE, _BOUND_SHARE = 0.4, 0.7  # until others get prices; the bound
_DIVE_SHARE, _ANNEAL_SHARE, _NEIGHBOURHOOD_SHARE = 0.2, 0.15, 0.15  # each time
# A turn of planning parts anew, as a share of the time, and the share that it must gain for another one at once.
_TURN_SHARE, _GAINS = 0.05, 5e-3
# Rounds that a dive over phases must have time for: nothing mends a hurried one, as annealing does in one phase.
_DIVE_ROUNDS = 30
_ROUGHLY = 0.01  # share that the bound gains between two times that others hear of prices on the way
# The bound is left when it lacks less than this share and gains less than that in so many rounds.
_NEARLY_CLOSED, _HARDLY, _ROUNDS_STUCK = 2e-3, 2e-4, 15
# The search for plans gets the prices once they lack no more than this share, or, sooner in a large place, once
# the choice among patterns has moved by less than that in so many rounds. Where it plans parts anew until then it
# gets them when they are as good as they get: it has those on the way, and dives from poor ones come to nothing.
_GOOD_ENOUGH, _SETTLED, _ROUNDS_SETTLED = 0.01, 0.005, 3


@dataclass(frozen=True)
class News:
    """What is told: a plan that holds and its value, a bound, prices and patterns behind them, a free core.

    `rough` are prices on the way: good enough to plan parts anew, but not for a dive. `unfit` tells that patterns
    say little of the model: plain branch and bound should go on.
    """

    x: Floats | None = None
    value: float | None = None
    bound: float | None = None
    prices: Floats | None = None
    patterns: tuple[Pattern, ...] = ()
    rough: Floats | None = None
    doing: str = ""
    free: bool = False
    unfit: bool = False


class Line(NamedTuple):
    """The two pipes to somebody."""

    hear: Connection
    tell: Connection

    def close(self) -> None:
        """Close both."""
        self.hear.close()
        self.tell.close()


class Task(NamedTuple):
    """A model to solve, as `engine.solve` is asked, until the moment `ends` (time.monotonic).

    `polite` workers leave a core to plain branch and bound.
    """

    arrays: Arrays
    block_of_column: Ints
    start: Floats | None
    prices: Floats | None
    ends: float
    seed: int
    polite: bool = False


def run_worker(line: Line, work: Callable[["Worker"], None], task: Task) -> None:
    """Runs in a worker: what goes wrong is told, not lost."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    silence()
    if task.polite:
        os.nice(_POLITE)
    try:
        work(Worker(line, task))
    except Exception as fault:  # told to the parent, which goes on with the other worker
        line.tell.send(f"{work.__name__.replace('_', ' ')}: {type(fault).__name__}: {fault}")
    line.tell.close()


class Worker:
    """What both workers share: the model in blocks, the clock and the post."""

    def __init__(self, line: Line, task: Task) -> None:
        self.line, self.ends, self.seed = line, task.ends, task.seed
        self._heard: queue.SimpleQueue[News] = queue.SimpleQueue()
        threading.Thread(target=read_at_once, args=(line.hear, self._heard), daemon=True).start()
        self.blocks: Blocks = cut(task.arrays, task.block_of_column)
        self.pricer = Pricer(self.blocks)
        self.annealer = Annealer.of(self.blocks, self.pricer.shapes)
        # Where the search begins without a plan that holds: its patterns hold, linking rows may not.
        self.start = None if task.start is None else nearest(self.blocks, self.pricer, task.start)
        self.x: Floats | None = None  # the best plan heard of or found
        fits = task.prices is not None and len(task.prices) == len(self.blocks.linking)
        self.first_prices = task.prices if fits else None  # of an earlier run
        self.prices: Floats | None = None
        self.patterns: tuple[Pattern, ...] = ()
        self.rough: Floats | None = None
        self.free = False  # whether plain branch and bound has ended
        self.may_dive = True
        self.total = self.left
        if task.start is not None and holds(task.arrays, task.start):
            self.x = task.start

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.ends - time.monotonic()

    def is_priced(self) -> bool:
        """Whether prices have come."""
        self.hear()
        return self.prices is not None

    def value(self, x: Floats) -> float:
        """Value of a plan."""
        return float(self.blocks.arrays.cost @ x + self.blocks.arrays.offset)

    def hear(self) -> None:
        """Read what the others have told."""
        while not self._heard.empty():
            news = self._heard.get()
            self.free = self.free or news.free
            if news.prices is not None:
                self.prices, self.patterns = news.prices, news.patterns or self.patterns
            if news.rough is not None:
                self.rough = news.rough
            if news.x is not None and (self.x is None or self.value(news.x) < self.value(self.x)):
                self.x = news.x

    def tell(self, x: Floats, doing: str) -> None:
        """Tell of a plan, if it holds and is the best."""
        better = self.x is None or self.value(x) < self.value(self.x)
        if better and holds(self.blocks.arrays, x):
            self.x = x
            self.line.tell.send(News(x=x, value=self.value(x), doing=doing))


def raise_bound(worker: Worker) -> None:
    """Prices of the ordinary relaxation, column generation from there, then a search for plans like the other."""
    blocks, pricer = worker.blocks, worker.pricer
    if not pricer.mostly_shaped:
        os.nice(_POLITE)
        worker.line.tell.send(News(unfit=True, doing="branch and bound goes on to the end"))
        found = first_plan(blocks.arrays, _FIRST_PLAN_SHARE * worker.total)
        if found is not None:
            worker.tell(found, "plan: ordinary relaxation")
    prices = worker.first_prices
    if prices is None:
        prices = first_prices(blocks, _LP_SHARE * worker.total)
    tell = _told_on_the_way(worker.line, prices)
    climbed = climb(blocks, pricer, prices, min(_CLIMB_SHARE * worker.total, 0.5 * worker.left), tell)
    seeds = [] if worker.x is None else patterns_of(blocks, worker.x, pricer.all.tolist())
    generation = Generation(blocks, pricer, climbed.prices, [*seeds, *climbed.patterns])
    best = generation.best
    rest = (1 - _BOUND_SHARE) * worker.total
    gained = deque([-np.inf] * _ROUNDS_STUCK, maxlen=_ROUNDS_STUCK)
    chosen: deque[float] = deque(maxlen=_ROUNDS_SETTLED)
    while not generation.closed and worker.left > rest and not _stuck(generation, gained):
        tell(best.value, best.prices)
        generation.round(worker.left - rest)
        best = generation.best
        gained.append(best.value)
        chosen.append(generation.choice)
        late = worker.left < (1 - _HAND_OVER_SHARE) * worker.total
        early = worker.annealer is not None and (generation.gap < _GOOD_ENOUGH or _settled(chosen))
        if worker.prices is None and (early or late):
            _hand_over(worker, generation)
    if worker.prices is None:
        _hand_over(worker, generation)
    worker.hear()
    worker.line.tell.send(News(bound=best.value, prices=best.prices, doing="bound"))
    _search(worker, best.prices, worker.seed + 1, worker.start)


def _told_on_the_way(line: Line, prices: Floats) -> Callable[[float, Floats], None]:
    """Tells of these prices, then of each better bound, with its prices where it has gained enough since."""
    line.tell.send(News(rough=prices, doing="bound: ordinary relaxation"))
    told = of_prices = -np.inf

    def tell(value: float, prices: Floats) -> None:
        nonlocal told, of_prices
        if value <= told:
            return
        enough = value - of_prices > _ROUGHLY * abs(value)
        told, of_prices = value, value if enough else of_prices
        line.tell.send(News(bound=value, rough=prices if enough else None, doing="bound: better prices"))

    return tell


def _stuck(generation: Generation, gained: "deque[float]") -> bool:
    """Whether the bound is nearly as good as it gets and hardly rises any more."""
    value = generation.best.value
    return generation.gap < _NEARLY_CLOSED and value - gained[0] < _HARDLY * abs(value)


def _settled(chosen: "deque[float]") -> bool:
    """Whether the last values of the choice among patterns are near each other."""
    return len(chosen) == _ROUNDS_SETTLED and max(chosen) - min(chosen) < _SETTLED * abs(chosen[-1])


def _hand_over(worker: Worker, generation: Generation) -> None:
    """Let the other worker have the prices, and the patterns behind them."""
    worker.prices = generation.best.prices
    patterns = tuple(generation.master.patterns)
    worker.patterns = patterns
    worker.line.tell.send(
        News(bound=generation.best.value, prices=worker.prices, patterns=patterns, doing="bound")
    )


def lower_plan(worker: Worker) -> None:
    """Annealing, or where that cannot planning parts anew, until prices are there; then the search."""
    bursts, size = 0, float(_FIRST_SIZE)
    neighbourhoods: Neighbourhoods | None = None
    due = 0.0  # when better prices are worth the pricing of every block that they begin with
    x = worker.start
    while worker.prices is None and worker.left > 0:
        x = x if worker.x is None else worker.x
        if worker.free and worker.annealer is not None and x is not None:
            seconds = min(_BURST_SECONDS * 2 ** min(bursts, 2), worker.left)
            found = worker.annealer.run(x, seconds=seconds, seed=worker.seed + bursts, stop=worker.is_priced)
            if found is not None:
                worker.tell(found, "plan: annealing")
            bursts += 1
        elif worker.annealer is None and worker.rough is not None and x is not None:
            began = time.monotonic()
            if neighbourhoods is None or (neighbourhoods.prices is not worker.rough and began > due):
                neighbourhoods = Neighbourhoods(worker.blocks, worker.pricer, worker.rough, worker.seed)
                ready = time.monotonic()
                due = ready + _PAID_BACK * (ready - began)
            x, size = _neighbours(worker, neighbourhoods, x, size, min(_BURST_SECONDS, worker.left))
        else:
            time.sleep(0.05)
        worker.hear()
    if worker.prices is not None:
        _search(worker, worker.prices, worker.seed, x)


def _search(worker: Worker, prices: Floats, seed: int, x: Floats | None) -> None:
    """In turn: a dive, annealing of what it finds, parts of the best plan planned anew. Until time is up.

    Where annealing does not know the model parts come first, while they gain, and no dive where it takes too long.
    `x`, which may break rows, is where it begins while nobody has a plan.
    """
    neighbourhoods = Neighbourhoods(worker.blocks, worker.pricer, prices, seed)
    dice, warmths = np.random.default_rng(seed), cycle(_WARM if seed == worker.seed else _WARM[::-1])
    x, size = x if worker.x is None else worker.x, float(_FIRST_SIZE)
    if worker.annealer is None and x is not None:
        x, size = _while_they_gain(worker, neighbourhoods, x, size)
    while worker.left > _LAST_SECONDS:
        dived = _dived(worker, prices, neighbourhoods, dice) if worker.may_dive else None
        worker.hear()
        for found in (dived, worker.x):
            if found is not None and (x is None or neighbourhoods.value(found) < neighbourhoods.value(x)):
                x = found
        if x is None:
            time.sleep(0.05)
            continue
        warm = _annealed(worker, x, next(warmths), dice)
        x = x if warm is None else warm
        x, size = _neighbours(worker, neighbourhoods, x, size, _NEIGHBOURHOOD_SHARE * worker.total)


def _dived(
    worker: Worker, prices: Floats, neighbourhoods: Neighbourhoods, dice: np.random.Generator
) -> Floats | None:
    """What a dive finds, annealed or mended; it may still break rows. None where there was no time."""
    known = [] if worker.x is None else patterns_of(worker.blocks, worker.x, worker.pricer.all.tolist())
    generation = Generation(worker.blocks, worker.pricer, prices, [*worker.patterns, *known])
    generation.round(0.1 * worker.total)
    most = min(_DIVE_SHARE * worker.total, 0.5 * worker.left)
    anyway = worker.annealer is not None or worker.x is None  # without a plan a hurried dive is a way to one
    worker.may_dive = anyway or _DIVE_ROUNDS * _seconds_of_a_round(generation, most) < most
    if generation.relaxed is None or not worker.may_dive:
        return None
    until = time.monotonic() + most
    fixed = dive(generation.master, worker.pricer, neighbourhoods.picks, generation.relaxed, dice, until)
    x = neighbourhoods.settle(fixed, generation.master.patterns, max(2.0, 0.1 * worker.left))
    worker.tell(x, "plan: dive")
    annealed = _annealed(worker, x, _HOT, dice)
    return _mended(worker, neighbourhoods, x) if annealed is None else annealed


def _seconds_of_a_round(generation: Generation, most: float) -> float:
    """How long another round takes, its rows being there."""
    began = time.monotonic()
    generation.round(most)
    return time.monotonic() - began


def _mended(worker: Worker, neighbourhoods: Neighbourhoods, x: Floats) -> Floats:
    """Parts round broken rows planned anew until none is, or time is up."""
    until = time.monotonic() + _NEIGHBOURHOOD_SHARE * worker.total
    while neighbourhoods.broken(x) > 0 and worker.left > 0.2 and time.monotonic() < until:
        better = neighbourhoods.step(x, _FIRST_SIZE, min(_STEP_SECONDS, worker.left))
        x = x if better is None else better
    worker.tell(x, "plan: dive, mended")
    return x


def _annealed(worker: Worker, x: Floats, warmth: tuple[float, float], dice: np.random.Generator) -> Floats | None:
    """What annealing from a plan finds at such a first heat and pull."""
    if worker.annealer is None:
        return None
    seconds = min(_ANNEAL_SHARE * worker.total, 0.5 * worker.left)
    (hot, pull), seed = warmth, int(dice.integers(2**31))
    found = worker.annealer.run(x, seconds=seconds, seed=seed, hot=hot, cold=_COOLING * hot, pull=pull)
    if found is not None:
        worker.tell(found, "plan: annealing")
    return found


def _while_they_gain(
    worker: Worker, neighbourhoods: Neighbourhoods, x: Floats, size: float
) -> tuple[Floats, float]:
    """Parts of a plan planned anew until a turn gains too little; the plan and the size of a part."""
    gain = np.inf
    while gain > _GAINS * abs(worker.value(x)) and worker.left > _LAST_SECONDS:
        before = neighbourhoods.value(x)
        x, size = _neighbours(worker, neighbourhoods, x, size, _TURN_SHARE * worker.total)
        gain = before - neighbourhoods.value(x)
    return x, size


def _neighbours(
    worker: Worker, neighbourhoods: Neighbourhoods, x: Floats, size: float, seconds: float
) -> tuple[Floats, float]:
    """Parts of a plan planned anew for a while, of a size that a step has time for; the plan and the size."""
    until = time.monotonic() + seconds
    while worker.left > 0.2 and time.monotonic() < until:
        began, most = time.monotonic(), min(_STEP_SECONDS, worker.left)
        better = neighbourhoods.step(x, int(size), most)
        took = time.monotonic() - began
        if took > 0.7 * most:
            size = max(size * 0.9, _LEAST_SIZE)
        elif took < 0.3 * most and better is None:
            size = min(size * 1.05, len(worker.blocks.columns))
        if better is not None:
            x = better
            worker.tell(x, "plan: neighbourhoods")
        worker.hear()
        if worker.x is not None and neighbourhoods.value(worker.x) < neighbourhoods.value(x):
            x = worker.x
    return x, size
