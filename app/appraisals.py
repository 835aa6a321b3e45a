"""A run's appraisal: worked out when asked, checked from raw rows, and only then shown."""

from app.pipeline import Run
from estate.problems import InputError
from optimiser.appraise.business_case import PLAN, BusinessCase, business_case
from optimiser.appraise.options import beside
from optimiser.appraise.settings import Appraisal
from optimiser.checker.appraisal import case_mismatches
from optimiser.prepare.inputs import prepare
from optimiser.verify import VerificationError


def appraise(run: Run, settings: Appraisal | None = None) -> BusinessCase:
    """The business case of a run's plan. Raises InputError for a run without one, VerificationError for a figure
    that the raw rows do not bear out.
    """
    if run.plan.figures is None:
        raise InputError.of(f"run {run.id}", f"it has no plan ({run.plan.status})", "Choose a run that has one")
    inputs = prepare(run.snapshot, run.scenario)
    others = beside(run.plan, run.snapshot, run.scenario, inputs)
    case = business_case(run.plan, run.snapshot, run.scenario, settings, others)
    plans = {**{one.key: one.plan for one in others}, PLAN: run.plan}
    found = case_mismatches(case.to_dict(), plans, run.snapshot, run.scenario)
    if found:
        raise VerificationError(found)
    return case
