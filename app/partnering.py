"""What partners need to agree: the ledger, shares of the gain, the price of fairness. Checked before shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app import pipeline, studies
from app.pipeline import Run
from estate.database import Register
from estate.problems import InputError
from optimiser.appraise import coalitions
from optimiser.appraise.coalitions import MOST_EXACT, Coalition
from optimiser.appraise.fairness import Fairness, price_of_fairness
from optimiser.appraise.gain_sharing import GainSharing, gain_sharing
from optimiser.appraise.ledger import Ledger, ledger
from optimiser.checker.ledger import ledger_mismatches
from optimiser.checker.sharing import sharing_mismatches
from optimiser.many import plans
from optimiser.verify import VerificationError

KIND = "partners"
Told = Callable[[int, int], None]


def ledger_of(run: Run) -> Ledger:
    """The ledger of a run's plan.

    Raises InputError for a run without a plan, VerificationError for a figure that the raw rows do not bear out.
    """
    _check_plan(run)
    found = ledger(run.plan, run.snapshot, run.scenario)
    wrong = ledger_mismatches(found.to_dict(), run.plan, run.snapshot, run.scenario)
    if wrong:
        raise VerificationError(wrong)
    return found


@dataclass(frozen=True)
class Shared:
    """The ways to share, and the run of a better plan of the whole that came up, if one did."""

    sharing: GainSharing
    better_run: str | None
    better_by_gbp: float  # of present value


def share_gains(
    register: Register,
    run: Run,
    *,
    seconds: float,
    gap: float,
    orders: int,
    workers: int = 2,
    on_progress: Told | None = None,
    stop: Callable[[], bool] | None = None,
) -> Shared | None:
    """The ways to share the gain of a run; None where it was stopped before every group was planned.

    What each group saves is kept with the run, also of a search that was stopped, and used again. Where groups
    apart save more than the plan, the whole is planned again from there, and a better plan is kept as a run of its
    own. Raises as `ledger_of`, and InputError for a plan of one partner alone.
    """
    _check_plan(run)
    everybody = coalitions.players(run.plan, run.scenario)
    if len(everybody) < 2:
        raise InputError.of(f"run {run.id}", "one partner alone has nothing to share", "Plan with several")
    sample = None
    if len(everybody) > MOST_EXACT:
        sample = coalitions.random_orders(everybody, orders, run.scenario.solver.seed)
    kept = studies.load(register, run.id, KIND) or {}
    known = [coalitions.from_dict(one) for one in kept.get("groups", ())]
    groups = coalitions.wanted(everybody, sample)

    def keep(found: list[Coalition]) -> None:
        _keep(register, run, {"groups": [one.to_dict() for one in found]})

    found = coalitions.values(
        groups, run.plan, run.snapshot, run.scenario, seconds=seconds, gap=gap, known=known, workers=workers,
        on_size=keep, on_progress=on_progress, stop=stop,
    )  # fmt: skip
    needed = set(groups)
    listed = [one for one in found if one.group in needed]
    if len(listed) < len(needed):
        return None
    better = _plan_again(register, run, found, seconds, gap, kept, stop)
    shared = gain_sharing(run.plan, run.snapshot, run.scenario, listed, sample)
    wrong = sharing_mismatches(shared.to_dict(), sample, run.plan, run.snapshot, run.scenario)
    if wrong:
        raise VerificationError(wrong)
    _keep(register, run, {"sharing": shared.to_dict()})
    return Shared(shared, *better)


def _plan_again(
    register: Register,
    run: Run,
    found: list[Coalition],
    seconds: float,
    gap: float,
    kept: dict[str, Any],
    stop: Callable[[], bool] | None,
) -> tuple[str | None, float]:
    """The run of a better plan and by how much, where one is found; a search that failed is not made twice."""
    if kept.get("whole_again_seconds", 0.0) >= seconds:
        return kept.get("better_run"), kept.get("better_by_gbp", 0.0)
    ask = coalitions.whole_again(found, run.plan, run.scenario, seconds=seconds, gap=gap)
    made = plans(run.snapshot, [ask], stop=stop) if ask is not None else {}
    run_id, better_by = None, 0.0
    for plan in made.values():
        gained = 1000 * ((run.plan.objective_gbp_k or 0.0) - (plan.objective_gbp_k or 0.0))
        if ask is not None and plan.figures is not None and gained > 1.0:
            better = pipeline.keep(register, plan, ask.scenario, run.snapshot)
            _keep(register, better, {"groups": [one.to_dict() for one in found]})
            run_id, better_by = better.id, gained
    if made:
        _keep(
            register,
            run,
            {"whole_again_seconds": seconds, "better_run": run_id, "better_by_gbp": better_by},
        )
    return run_id, better_by


def fairness_of(
    register: Register,
    run: Run,
    *,
    seconds: float,
    on_progress: Told | None = None,
    stop: Callable[[], bool] | None = None,
) -> Fairness | None:
    """The price of fairness of a run, kept with it; None where it was stopped. Raises as `ledger_of`."""
    _check_plan(run)
    found = price_of_fairness(
        run.plan, run.snapshot, run.scenario, seconds=seconds, on_progress=on_progress, stop=stop
    )
    if found is not None:
        _keep(register, run, {"fairness": found.to_dict()})
    return found


def _keep(register: Register, run: Run, more: dict[str, Any]) -> None:
    studies.keep(register, run.id, KIND, {**(studies.load(register, run.id, KIND) or {}), **more})


def _check_plan(run: Run) -> None:
    if run.plan.figures is None:
        raise InputError.of(f"run {run.id}", f"it has no plan ({run.plan.status})", "Choose a run that has one")
