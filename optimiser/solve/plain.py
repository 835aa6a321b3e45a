"""Plain branch and bound of the whole model beside other work: small and easy models are proven by it in seconds.

It alone proves that there is no plan.
"""

import queue
import threading
from dataclasses import replace

from optimiser.solve import bridge
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Floats
from optimiser.solve.bridge import Answer, Limits, Progress

_PATIENCE_SECONDS = 2.0  # others wait for the core


class Plain:
    """Starts at once; `progress`, its best `plan` and, once it has ended, `answer` can be read at any time."""

    def __init__(self, arrays: Arrays, limits: Limits, start: Floats | None) -> None:
        self.progress: Progress | None = None
        self.plan: Floats | None = None
        self.answer: Answer | None = None
        self._asked = (arrays, limits, start)
        self._stopping = threading.Event()
        self._offers: queue.SimpleQueue[Floats] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; its answer comes soon after."""
        self._stopping.set()

    def offer(self, x: Floats) -> None:
        """Let it know of a plan found elsewhere."""
        self._offers.put(x)

    def end(self) -> Answer | None:
        """Ask it to end and wait for its answer; None where it failed to give one."""
        self.stop()
        self._thread.join()
        return self.answer

    def _run(self) -> None:
        arrays, limits, start = self._asked
        answer = bridge.solve_arrays(
            arrays,
            limits,
            start=start,
            on_progress=self._hear,
            stop=self._stopping.is_set,
            patience=_PATIENCE_SECONDS,
            on_plan=self._keep,
            offers=self._offers,
        )
        # Ended from outside: what it told last still holds.
        if answer.bound is None and answer.outcome in {"failed", "stopped"} and self.progress is not None:
            answer = replace(answer, bound=self.progress.bound)
        self.answer = answer

    def _hear(self, progress: Progress) -> None:
        self.progress = progress

    def _keep(self, x: Floats) -> None:
        self.plan = x
