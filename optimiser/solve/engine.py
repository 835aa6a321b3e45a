"""The planner's own way to a plan and its proof, where plain branch and bound stalls.

Three pieces of work on two cores. Plain branch and bound of the whole model begins, and goes on while it is
nearly there. One process raises the bound: prices of the ordinary relaxation, then column generation. One lowers
the plan: annealing (over phases, parts planned anew) until the prices are there, then a dive, annealing or mending
of what it finds, then neighbourhoods; the other joins it when its bound is as good as it gets. Each hears of the
others' best plan. Every step works on blocks and rows of the matrix, so whatever rule a model has, its plans keep
it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait

import numpy as np

from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Floats, Ints
from optimiser.solve.bridge import Answer, Limits, Outcome, Progress, clean_process, solver_name
from optimiser.solve.neighbourhood import holds
from optimiser.solve.plain import Plain
from optimiser.solve.workers import Line, News, Task, lower_plan, raise_bound, run_worker

METHOD = "Lagrangian relaxation over patterns of each property"
_SOLVER = f"own decomposition with {solver_name()}"
# Shares of the time for plain branch and bound: where it is far off, and where it is nearly there. It goes on to
# the end while its bound is ahead of ours.
_LOOK_SHARE, _LONG_LOOK_SHARE = 0.25, 0.6
_LEAST_LOOK_SECONDS = 5.0  # small models are proven in these, whatever their first seconds look like
# A model of no more columns keeps plain branch and bound to the end, on a core that the workers leave to it.
_SMALL_COLUMNS = 8_000
_NEARLY = 0.02  # share of the value that plain branch and bound lacks
_FAR = 0.1  # share of ours by which its bound lags


def solve(
    arrays: Arrays,
    block_of_column: Ints,
    limits: Limits,
    *,
    start: Floats | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    look: bool = True,
    prices: Floats | None = None,
    keep: Callable[[Floats | None, Floats | None], None] | None = None,
) -> Answer:
    """Solve a model whose columns belong to blocks (`block_of_column`, shape (columns,); NO_BLOCK for none).

    As `bridge.solve_arrays`; `values` are keyed by column. `start` is a whole solution, holding or not. Without
    `look` there is no plain branch and bound beside it. `prices` of the linking rows, from an earlier run, take
    the place of the first ones; `keep` hears of each better solution and of prices, to go on from later.
    """
    began = time.monotonic()
    post = _Post(arrays, start)
    plain = Plain(arrays, limits, start) if look else None
    context = clean_process()
    ends = began + limits.seconds
    small = look and _is_small(arrays)
    task = Task(arrays, block_of_column, start, prices, ends, limits.seed, polite=small)
    workers = []
    for work in (raise_bound, lower_plan):
        hear, told = context.Pipe(duplex=False)  # one way each: what was told before an end is not lost
        heard, tell = context.Pipe(duplex=False)
        child = context.Process(target=run_worker, args=(Line(heard, told), work, task), daemon=True)
        child.start()
        heard.close()
        told.close()
        workers.append((child, Line(hear, tell)))
    try:
        lines = [line for _, line in workers]
        _Exchange(post, lines, plain, ends, limits, on_progress, keep).run(stop)
    finally:
        for child, line in workers:
            child.kill()
            child.join()
            child.close()
            line.close()
        last = plain.end() if plain else None
    if last is not None:
        post.take_plain(last)
    return post.answer(time.monotonic() - began, limits.gap)


def _is_small(arrays: Arrays) -> bool:
    return len(arrays.cost) <= _SMALL_COLUMNS


class _Post:
    """The best plan and bound that anybody has told of."""

    def __init__(self, arrays: Arrays, start: Floats | None) -> None:
        self.arrays = arrays
        self.best: News | None = None
        self.bound: float | None = None
        self.method = METHOD
        self._own_plan = False  # whether the best plan is a worker's
        self.faults: list[str] = []
        self.plain: Answer | None = None
        if start is not None and holds(arrays, start):
            self.best = News(x=start, value=float(arrays.cost @ start + arrays.offset))

    def take(self, news: News) -> bool:
        """Note what is new; whether it is a better plan. A plan is believed only after a look at every row."""
        if news.bound is not None and (self.bound is None or news.bound > self.bound):
            self.bound, self.method = news.bound, METHOD
        if news.x is None or not holds(self.arrays, news.x):
            return False
        if self.best is not None and self.best.value is not None and (news.value or 0.0) >= self.best.value:
            return False
        self.best, self._own_plan = news, True
        return True

    def take_plain(self, answer: Answer) -> News | None:
        """Note what plain branch and bound has found; news of its plan, where it is the best."""
        self.plain = answer
        if answer.bound is not None and (self.bound is None or answer.bound > self.bound):
            self.bound, self.method = answer.bound, answer.method
        if not answer.values:
            return None
        return self.take_found(np.array([answer.values[j] for j in range(len(self.arrays.cost))]))

    def take_found(self, found: Floats) -> News | None:
        """Note a plan of plain branch and bound's; news of it, where it is the best."""
        x = np.where(self.arrays.whole, np.round(found), found)
        news = News(x=x, value=float(self.arrays.cost @ x + self.arrays.offset), doing="plan: branch and bound")
        if not self.take(news):
            return None
        self._own_plan = False
        return news

    def gap(self, value: float | None = None) -> float:
        """Share of the best plan's value, or of another, that is not proven; inf without a plan or a bound."""
        value = value if value is not None or self.best is None else self.best.value
        if value is None or self.bound is None:
            return float("inf")
        return (value - self.bound) / max(abs(value), 1e-9)

    def answer(self, seconds: float, gap: float) -> Answer:
        """What is known now. Only plain branch and bound ever proves that there is no plan."""
        plain, best = self.plain, self.best
        outcome: Outcome = "optimal" if self.gap() <= gap else "stopped"
        if best is None and plain is not None and plain.outcome in {"infeasible", "failed"}:
            outcome = plain.outcome
        elif best is not None and best.value is not None and plain is not None and plain.outcome == "optimal":
            outcome = "optimal"
        x = None if best is None else best.x
        own_bound = self.bound is not None and self.method == METHOD
        return Answer(
            outcome=outcome,
            objective=None if best is None else best.value,
            bound=self.bound,
            seconds=seconds,
            solver=_SOLVER if self._own_plan or own_bound else solver_name(),
            values={} if x is None else dict(enumerate(x.tolist())),
            message="; ".join(self.faults) or ("" if plain is None else plain.message),
            faults=tuple(self.faults),
            method=self.method,
        )


class _Exchange:
    """Passes news between all that work, and ends it."""

    def __init__(
        self,
        post: _Post,
        lines: list[Line],
        plain: Plain | None,
        ends: float,
        limits: Limits,
        on_progress: Callable[[Progress], None] | None,
        keep: Callable[[Floats | None, Floats | None], None] | None,
    ) -> None:
        self.keep = keep
        self.post, self.plain, self.limits = post, plain, limits
        self.open = {line.hear: line.tell for line in lines}
        self.began, self.on_progress = ends - limits.seconds, on_progress
        self._priced, self._looking = False, plain is not None
        self._unfit = False
        self._told: Progress | None = None
        self._shown: Floats | None = None

    @property
    def used(self) -> float:
        """Share of the time."""
        return (time.monotonic() - self.began) / self.limits.seconds

    def run(self, stop: Callable[[], bool] | None) -> None:
        """Until the gap is small enough, time is up, somebody stops it or nobody works any more."""
        if self.plain is None:
            self._send(News(free=True))
        while (self.open or self._looking) and self.post.gap() > self.limits.gap:
            if self.used >= 1 or (stop and stop()):
                return
            if self.plain is not None and self._looking and not self._look_at(self.plain):
                return
            self._hear()

    def _look_at(self, plain: Plain) -> bool:
        """Plain branch and bound: stopped when far off, its plan passed on; False where it has proven all."""
        answer, progress, plan = plain.answer, plain.progress, plain.plan
        if answer is None:
            if plan is not None and plan is not self._shown:
                self._shown = plan
                self._pass_on(self.post.take_found(plan))
            if not self._may_go_on(progress):
                plain.stop()
            if progress is not None and progress is not self._told:
                self._told = progress
                self._tell("branch and bound")
            return True
        self._looking = False
        self._pass_on(self.post.take_plain(answer))
        self._send(News(free=True))
        return answer.outcome not in {"optimal", "infeasible"}

    def _may_go_on(self, progress: Progress | None) -> bool:
        """Plain branch and bound has its first look; then it must be ahead of our bound, or nearly there.

        It goes on to the end where the model is small, or of a kind that patterns say little of.
        """
        first_look = not self._priced and self.used <= _LOOK_SHARE and not self._lags(progress)
        if (
            self._unfit
            or _is_small(self.post.arrays)
            or first_look
            or self.used * self.limits.seconds <= _LEAST_LOOK_SECONDS
        ):
            return True
        if progress is None:
            return False
        bounds = progress.bound, self.post.bound
        ahead = bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]
        near = self.used <= _LONG_LOOK_SHARE and self.post.gap(progress.best or np.inf) <= _NEARLY
        return ahead or near

    def _lags(self, progress: Progress | None) -> bool:
        """Whether plain branch and bound has a bound that ours is far ahead of."""
        if progress is None or progress.bound is None or self.post.bound is None:
            return False
        return self.post.bound - progress.bound > _FAR * abs(self.post.bound)

    def _hear(self) -> None:
        for pipe in [pipe for pipe in wait(list(self.open), timeout=0.1) if isinstance(pipe, Connection)]:
            try:
                news: News | str = pipe.recv()
            except EOFError:
                del self.open[pipe]
                continue
            if isinstance(news, str):
                self.post.faults.append(news)
                continue
            self._priced = self._priced or news.prices is not None
            self._unfit = self._unfit or news.unfit
            better = self.post.take(news)
            if better and news.x is not None and self.plain is not None and self._looking:
                self.plain.offer(news.x)
            if better or news.prices is not None or news.rough is not None:
                self._send(news, but=pipe)
            if self.keep is not None and (better or news.prices is not None):
                self.keep(news.x if better else None, news.prices)
            self._tell(news.doing)

    def _pass_on(self, news: News | None) -> None:
        """Tell the workers of a plan of plain branch and bound's, and keep it."""
        if news is None:
            return
        self._send(news)
        if self.keep is not None:
            self.keep(news.x, None)
        self._tell(news.doing)

    def _send(self, news: News, but: Connection | None = None) -> None:
        for hear, tell in self.open.items():
            if hear is not but:
                with suppress(BrokenPipeError):  # it has ended: `hear` tells so in the next round
                    tell.send(news)

    def _tell(self, doing: str) -> None:
        if self.on_progress is None:
            return
        plain, best = self._told, self.post.best
        values = [plain.best if plain else None, best.value if best else None]
        bounds = [plain.bound if plain else None, self.post.bound]
        self.on_progress(
            Progress(
                time.monotonic() - self.began,
                min((v for v in values if v is not None), default=None),
                max((v for v in bounds if v is not None), default=None),
                doing,
            )
        )
