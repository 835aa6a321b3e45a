"""Runs set side by side, checked against the stored plans before anyone sees it."""

from collections.abc import Sequence
from pathlib import Path

import maps.comparison
from app.pipeline import Run
from estate.problems import InputError
from maps import view
from maps.brand import Brand
from maps.view import View
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


def publish(first: Run, second: Run, out: Path, roads: Path | None = None, looks: Brand | None = None) -> Path:
    """Write the page with two runs on maps side by side, and where they differ, to a file.

    Raises InputError when a run has no plan to show; VerificationError as `of_runs` does.
    """
    views = (_view(first, roads, looks), _view(second, roads, looks))
    return maps.comparison.write(of_runs([first, second]), views, out, looks)


def _view(run: Run, roads: Path | None, looks: Brand | None) -> View:
    if run.plan.figures is None:
        raise InputError.of(f"run {run.id}", f"it has no plan ({run.plan.status})", "Choose a run that has one")
    return view.gather(run.plan, run.snapshot, run.scenario, roads, looks.boundary if looks else None)
