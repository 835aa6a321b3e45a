"""Hands a PuLP problem to HiGHS in a child process: progress, stop, time limit, warm start, honest status.

HiGHS answers no signals while it runs, and on PuLP 3.3 `pulp.HiGHS` calls a time-out Optimal and ignores a warm
start; so the arrays go to a process of our own, which can be stopped, and status, bound and gap are read from
the solver itself.
"""

import importlib.metadata
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from types import ModuleType
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import NDArray
from pulp import LpProblem, LpVariable

from optimiser.model.terms import id_of
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.highs import linear_program, run, silence

Outcome = Literal["optimal", "infeasible", "stopped", "failed"]
# A plain fork would copy threads' locks. A fork server is a clean process that is forked for each solve, so that
# only the first pays for the imports; where there is none (Windows) each solve starts from nothing.
_START = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
# After the time limit HiGHS may still finish a step; past this it is ended from outside.
_GRACE_SECONDS = 30.0


@dataclass(frozen=True)
class Limits:
    """When to stop: seconds, or once proven within `gap` (share of the value). 0 threads: the solver's choice."""

    seconds: float
    gap: float
    threads: int = 0
    seed: int = 0
    presolve: bool = True


@dataclass(frozen=True)
class Progress:
    """Where the solver stands. Values in the objective's unit; None while there is none."""

    seconds: float
    best: float | None
    bound: float | None
    doing: str = ""


@dataclass(frozen=True)
class Answer:
    """What the solver found. `values` only where there is a solution; `bound` holds whatever the outcome."""

    outcome: Outcome
    objective: float | None
    bound: float | None
    seconds: float
    solver: str
    values: dict[object, float]
    message: str = ""
    method: str = "branch and bound of the whole model"  # that gave the bound
    faults: tuple[str, ...] = ()  # what went wrong in a part of the search, which went on without it

    def value(self, variable: LpVariable) -> float:
        """The variable's value in the solution. KeyError where there is no solution."""
        return self.values[id_of(variable)]


def solve(
    problem: LpProblem,
    limits: Limits,
    *,
    start: Mapping[Any, float] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Answer:
    """Solve, with `start` (value by variable id, see `start_of`) as a first solution.

    `on_progress` hears of each step; `stop` is asked several times a second and ends it with the best so far.
    """
    variables = problem.variables()
    ids = [id_of(variable) for variable in variables]
    first = None if start is None else np.array([start[key] for key in ids])
    answer = solve_arrays(to_arrays(problem, variables), limits, start=first, on_progress=on_progress, stop=stop)
    named = dict(zip(ids, answer.values.values(), strict=False))
    return replace(answer, values=named)


def solve_arrays(
    arrays: Arrays,
    limits: Limits,
    *,
    start: NDArray[np.float64] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    patience: float = _GRACE_SECONDS,
    on_plan: Callable[[NDArray[np.float64]], None] | None = None,
    offers: "queue.SimpleQueue[NDArray[np.float64]] | None" = None,
) -> Answer:
    """As `solve`, for a problem that is arrays already; values are keyed by column.

    Once asked to stop it has `patience` seconds to hand over what it has: in presolve it cannot be interrupted.
    `on_plan` hears of each better solution, shape (columns,), as it is found; `offers` are solutions found
    elsewhere, which it takes up while it runs.
    """
    began = time.monotonic()
    talk = _Talk(on_progress or _unheard, on_plan or _unheard, stop or _never, offers or queue.SimpleQueue())
    outcome = _in_child(arrays, limits, start, talk, patience)
    solution = outcome.pop("solution")
    return Answer(
        seconds=time.monotonic() - began,
        solver=solver_name(),
        values={} if solution is None else dict(enumerate(solution.tolist())),
        **outcome,
    )


def solver_name() -> str:
    """The solver and its version."""
    return f"HiGHS {importlib.metadata.version('highspy')}"


def start_of(values: Mapping[LpVariable, float], variables: Iterable[LpVariable]) -> dict[object, float]:
    """A warm start: the given values, and 0 for the rest of a problem's variables."""
    given = {id_of(variable): value for variable, value in values.items()}
    return {key: given.get(key, 0.0) for key in map(id_of, variables)}


def clean_process() -> Any:
    """The way processes are started here: forked from a server that has imported what each of them would import.

    A process imports the main module first, and so all that it imports: seconds for the command line, each time.
    """
    context: Any = multiprocessing.get_context(_START)
    if _START == "forkserver":
        held = vars(sys.modules["__main__"]).values()
        names = {v.__name__ if isinstance(v, ModuleType) else getattr(v, "__module__", None) for v in held}
        context.set_forkserver_preload(sorted({*filter(None, names), __name__} - {"__main__"}))
    return context


@dataclass(frozen=True)
class _Talk:
    """What is said and heard while a solver runs."""

    on_progress: Callable[[Progress], None]
    on_plan: Callable[[NDArray[np.float64]], None]
    stop: Callable[[], bool]
    offers: "queue.SimpleQueue[NDArray[np.float64]]"


def _unheard(_told: object) -> None:
    pass


def _never() -> bool:
    return False


def _in_child(
    arrays: Arrays, limits: Limits, first: NDArray[np.float64] | None, talk: _Talk, patience: float
) -> dict[str, Any]:
    context = clean_process()
    ours, theirs = context.Pipe(duplex=False)
    heard, tell = context.Pipe(duplex=False)
    stopping = context.Event()
    child = context.Process(target=_child, args=(theirs, heard, stopping, arrays, limits, first), daemon=True)
    child.start()
    theirs.close()
    heard.close()
    deadline = time.monotonic() + limits.seconds + _GRACE_SECONDS
    try:
        while True:
            if ours.poll(0.1):
                message = ours.recv()
                if isinstance(message, dict):
                    return message
                (talk.on_progress if isinstance(message, Progress) else talk.on_plan)(message)
            while not talk.offers.empty():
                with suppress(BrokenPipeError):  # it has ended: its answer is on the way
                    tell.send(talk.offers.get())
            if not stopping.is_set() and talk.stop():
                stopping.set()
                deadline = min(deadline, time.monotonic() + patience)
            if time.monotonic() > deadline:
                return _nothing("stopped", "the solver did not stop in time and was ended")
    except EOFError:
        child.join(_GRACE_SECONDS)
        return _nothing("failed", f"the solver's process ended without an answer (exit code {child.exitcode})")
    finally:
        if child.is_alive():
            child.join(1.0)
        if child.is_alive():
            child.kill()
        child.join()
        child.close()
        ours.close()
        tell.close()


def _nothing(outcome: Outcome, message: str) -> dict[str, Any]:
    return {"outcome": outcome, "objective": None, "bound": None, "solution": None, "message": message}


def _child(
    pipe: Connection,
    offered: Connection,
    stopping: Event,
    arrays: Arrays,
    limits: Limits,
    first: NDArray[np.float64] | None,
) -> None:
    """Runs in the child: loads HiGHS, tells each step and plan, takes what is offered, sends one dictionary."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which asks us to stop
    silence()
    offers: queue.SimpleQueue[NDArray[np.float64]] = queue.SimpleQueue()
    threading.Thread(target=read_at_once, args=(offered, offers), daemon=True).start()
    highs = _loaded(arrays, limits)
    if first is not None:
        highs.setSolution(len(first), np.arange(len(first), dtype=np.int32), first)

    def interrupt(event: Any) -> None:
        if stopping.is_set():
            event.interrupt()

    def report(event: Any) -> None:
        data = event.data_out
        pipe.send(Progress(data.running_time, _finite(data.mip_primal_bound), _finite(data.mip_dual_bound)))

    def show(event: Any) -> None:
        pipe.send(np.array(event.data_out.mip_solution))

    def take(event: Any) -> None:
        if not offers.empty():
            event.data_in.setSolution(offers.get())

    highs.cbMipInterrupt.subscribe(interrupt)
    highs.cbSimplexInterrupt.subscribe(interrupt)
    highs.cbMipLogging.subscribe(report)
    highs.cbMipImprovingSolution.subscribe(show)
    highs.cbMipUserSolution.subscribe(take)
    run(highs, arrays.cost, arrays.offset)
    pipe.send(_answer(highs))
    pipe.close()


def read_at_once(pipe: Connection, into: "queue.SimpleQueue[Any]") -> None:
    """Reads all that comes, for a thread: whoever sends waits until it is read, and two who wait wait for ever.

    Ends this process once nobody can send any more: the parent was killed, and nobody hears what is found here.
    """
    with suppress(EOFError, OSError):
        while True:
            into.put(pipe.recv())
    os._exit(1)


def _loaded(arrays: Arrays, limits: Limits) -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    options = {
        "log_to_console": False,  # not output_flag, which would silence the callbacks too
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 0.0,
        "time_limit": limits.seconds,
        "threads": limits.threads,
        "random_seed": limits.seed,
        "presolve": "choose" if limits.presolve else "off",
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(linear_program(arrays))
    return highs


def _answer(highs: highspy.Highs) -> dict[str, Any]:
    info, status = highs.getInfo(), highs.getModelStatus()
    outcomes: dict[Any, Outcome] = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kTimeLimit: "stopped",
        highspy.HighsModelStatus.kInterrupt: "stopped",
    }
    solved = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return {
        "outcome": outcomes.get(status, "failed"),
        "objective": float(info.objective_function_value) if solved else None,
        "bound": _finite(info.mip_dual_bound),
        "solution": np.array(highs.getSolution().col_value) if solved else None,
        "message": str(highs.modelStatusToString(status)),
    }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
