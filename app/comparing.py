"""Runs set side by side, checked against the stored plans before anyone sees it."""

from collections.abc import Sequence

from app.pipeline import Run
from optimiser.checker import comparison
from optimiser.explain.side_by_side import Comparison, Side, compare
from optimiser.verify import VerificationError


def of_runs(runs: Sequence[Run]) -> Comparison:
    """The comparison of runs, the first being what the others are set against.

    Raises VerificationError where a figure of it does not follow from the stored plans.
    """
    found = compare([Side(run.id, run.scenario.name, run.plan, run.snapshot) for run in runs])
    wrong = comparison.mismatches(found.to_dict(), [run.plan for run in runs])
    if wrong:
        raise VerificationError(wrong)
    return found
