"""Many plans of one place at once, each in a process of its own: what asks "and if not?" asks often.

A worker plans one thing after another; snapshots are sent to it once. Where a scenario leaves the solver's threads
to the solver (0), each worker has its share of the cores: with as many workers as cores one thread each, and so
plain branch and bound, which finds the same plan again whatever else runs wherever it gets to its end.
"""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from estate.problems import InputError, Problem
from estate.snapshot import Snapshot
from optimiser.model.steering import Steer
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.scenario import Scenario
from optimiser.solve.bridge import clean_process

_PATIENCE_SECONDS = 10.0  # for a solver that is asked to stop; after that it is ended


@dataclass(frozen=True)
class Ask:
    """One plan that is wanted. `key` names it to people; the search begins at `earlier` as `make_plan` does.

    `snapshot` takes the place of that of all, where this plan is of other figures.
    """

    key: str
    scenario: Scenario
    earlier: Plan | tuple[Plan, ...] | None = None
    steer: Steer | None = None
    snapshot: Snapshot | None = None


class AskError(Exception):
    """A plan that could not be made for a reason that is not the user's input. Names the ask."""


def plans(
    snapshot: Snapshot,
    asks: Sequence[Ask],
    *,
    workers: int = 2,
    on_progress: Callable[[int, int], None] | None = None,
    on_plan: Callable[[str, Plan], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, Plan]:
    """The plan of each ask by its key, in the order of the asks, each made and checked by `make_plan`.

    `on_progress` hears how many are done and of how many; `on_plan` of each plan as it is done. Once `stop` says
    so no more are made, those under way are ended, and those that were done are given.
    Raises InputError or AskError at the first fault, naming its ask; no process outlives the call.
    """
    keys = [ask.key for ask in asks]
    if len(set(keys)) < len(keys):
        raise ValueError("two asks have the same key")
    crew = max(1, min(workers, len(asks)))
    waiting = deque(replace(ask, scenario=with_its_threads(ask.scenario, crew)) for ask in asks)
    done: dict[str, Plan] = {}
    hands = [_Hand(snapshot) for _ in range(crew if asks else 0)]
    try:
        _give_out(hands, waiting)
        while busy := {hand.pipe: hand for hand in hands if hand.doing}:
            if stop is not None and stop():
                break
            for pipe in wait(list(busy), timeout=0.1):
                hand = busy[pipe]
                key, made = hand.result()
                done[key] = made
                _give_out([hand], waiting)
                if on_plan is not None:
                    on_plan(key, made)
                if on_progress is not None:
                    on_progress(len(done), len(asks))
    finally:
        for hand in hands:
            hand.dismiss()
        for hand in hands:
            hand.end()
    return {key: done[key] for key in keys if key in done}


def with_its_threads(scenario: Scenario, workers: int) -> Scenario:
    """The scenario as each of so many workers solves it: what the plan's `scenario_digest` names."""
    if workers == 1 or scenario.solver.threads:
        return scenario
    return scenario.with_solver({"threads": max(1, (os.cpu_count() or 1) // workers)})


def _give_out(hands: "Sequence[_Hand]", waiting: deque[Ask]) -> None:
    for hand in hands:
        if waiting:
            hand.give(waiting.popleft())


class _Hand:
    """One worker's process, and what it is doing."""

    def __init__(self, snapshot: Snapshot) -> None:
        context = clean_process()
        self.pipe, theirs = context.Pipe()
        # Not a daemon: those may have no processes of their own, and the solver is one.
        self._process = context.Process(target=_work, args=(theirs, snapshot))
        self._process.start()
        theirs.close()
        self.doing: Ask | None = None

    def give(self, ask: Ask) -> None:
        """Begin with an ask."""
        self.doing = ask
        self.pipe.send(ask)

    def result(self) -> tuple[str, Plan]:
        """What came of it. Raises what went wrong, with the ask's name."""
        assert self.doing is not None  # noqa: S101 - asked only of a hand that is busy
        key, self.doing = self.doing.key, None
        try:
            found = self.pipe.recv()
        except EOFError:
            self._process.join(_PATIENCE_SECONDS)
            raise AskError(f"{key}: its process ended with exit code {self._process.exitcode}") from None
        if isinstance(found, Plan):
            return key, found
        if isinstance(found, str):
            raise AskError(f"{key}: {found}")
        problems = [Problem(f"{key}: {p.record}", p.reason, p.remedy, p.column, p.value) for p in found]
        raise InputError(problems)

    def dismiss(self) -> None:
        """Close our end, which asks the worker to stop."""
        self.pipe.close()

    def end(self) -> None:
        """Wait until it has, and end it where it does not."""
        self._process.join(_PATIENCE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()


def _work(pipe: Connection, snapshot: Snapshot) -> None:
    """Runs in a worker, until nobody listens any more: the end of the pipe stops the solver."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which tells us
    unheard = threading.Event()
    asks: Any = deque()
    there = threading.Semaphore(0)

    def listen() -> None:
        with suppress(EOFError, OSError):
            while True:
                asks.append(pipe.recv())
                there.release()
        unheard.set()
        there.release()

    threading.Thread(target=listen, daemon=True).start()
    while True:
        there.acquire()
        if unheard.is_set():
            return
        ask: Ask = asks.popleft()
        with suppress(OSError):
            pipe.send(_made(snapshot, ask, unheard.is_set))


def _made(snapshot: Snapshot, ask: Ask, stop: Callable[[], bool]) -> Plan | tuple[Problem, ...] | str:
    """The plan; or what is wrong with what the user gave; or what else went wrong, in words."""
    try:
        return make_plan(ask.snapshot or snapshot, ask.scenario, earlier=ask.earlier, stop=stop, steer=ask.steer)
    except InputError as fault:
        return fault.problems
    except Exception as fault:  # told to the parent, which raises it
        return f"{type(fault).__name__}: {fault}"
