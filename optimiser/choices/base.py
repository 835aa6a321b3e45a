"""What every question that is answered by planning again begins with: the plan it is asked of, planned to the end.

A run may have stopped within a per cent of the best plan, which on a large estate is more than most buildings are
worth. So the run's own scenario is planned on from its plan, as far as the time goes, and answers are set against
the better of the two.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from estate.snapshot import Snapshot
from optimiser.checker.comparison import range_mismatches
from optimiser.explain.ranges import Range, dearer
from optimiser.many import Ask, plans
from optimiser.plan import Plan
from optimiser.scenario import Scenario
from optimiser.verify import VerificationError

# Planned again until proven within this share: GBP 10,000 on an estate that costs GBP 100m.
GAP = 1e-4

OnProgress = Callable[[str, int, int], None]  # what is being done, how much of it is done, and of how much
Stop = Callable[[], bool]


class StoppedError(Exception):
    """Stopped before there was anything to answer with."""


@dataclass(frozen=True)
class Question:
    """A plan and what it was made from, and how hard to look for answers."""

    snapshot: Snapshot
    scenario: Scenario
    plan: Plan
    workers: int = 2
    on_progress: OnProgress | None = None
    stop: Stop | None = None

    def told(self, doing: str) -> Callable[[int, int], None]:
        """Hears how many plans of one kind are done."""
        return lambda done, of: self.on_progress(doing, done, of) if self.on_progress else None

    def with_seconds(self, seconds: float | None) -> "Question":
        """The same with so many seconds at the most for each plan, each to be proven."""
        settings = {"gap": GAP} if seconds is None else {"gap": GAP, "seconds": seconds}
        return replace(self, scenario=self.scenario.with_solver(settings))


def steering(scenario: Scenario) -> Scenario:
    """The scenario as a steered search solves it: by plain branch and bound, no closer than need be.

    The decomposition works with prices of costs; where something else is looked for it finds less. How far an axis
    goes, or how unlike a plan is, need not be known to the last hundredth.
    """
    return scenario.with_solver({"gap": 0.01, "threads": 1})


def planned_on(question: Question) -> Plan:
    """The plan of the question, or a better one or one better proven. StoppedError where it was stopped.

    Its bound is the better of the two, since both are bounds of one scenario.
    """
    plan = question.plan
    if plan.gap is not None and plan.gap <= GAP:
        return plan
    ask = Ask("the plan itself", question.scenario, earlier=plan)
    found = plans(
        question.snapshot, [ask], on_progress=question.told("Planning on from the run"), stop=question.stop
    )
    if not found:
        raise StoppedError
    other = found[ask.key]
    bounds = [one.bound_gbp_k for one in (plan, other) if one.bound_gbp_k is not None]
    made = min((plan, other), key=lambda one: float("inf") if one.objective_gbp_k is None else one.objective_gbp_k)
    if not bounds or made.objective_gbp_k is None:
        return made
    bound = min(max(bounds), made.objective_gbp_k)
    gap = (made.objective_gbp_k - bound) / max(abs(made.objective_gbp_k), 1e-9)
    return replace(made, bound_gbp_k=bound, gap=gap)


def checked_dearer(what: str, plan: Plan, than: Plan, *, stricter: bool = False) -> Range:
    """As `dearer`, recomputed by the checker. VerificationError where the two do not agree."""
    found = dearer(plan, than, stricter=stricter)
    wrong = range_mismatches(what, asdict(found), plan, than, stricter=stricter)
    if wrong:
        raise VerificationError(wrong)
    return found


def fates(plan: Plan) -> dict[str, bool]:
    """Whether each property of the plan is left."""
    return {action.property_id: action.action == "leave" for action in plan.properties}


def summary_of(plan: Plan) -> dict[str, Any]:
    """What a reader must know of a plan that answers rest on."""
    names = ("status", "objective_gbp_k", "bound_gbp_k", "gap", "seconds", "solver", "seed", "scenario_digest")
    return {name: getattr(plan, name) for name in names}
