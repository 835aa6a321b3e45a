"""What people read on the terminal."""

from dataclasses import replace
from typing import get_args

import pytest

from app import screen
from app.pipeline import Run
from optimiser.plan import Plan, Status
from optimiser.planner import make_plan
from tests.support.tiny_place import asked, tiny


@pytest.fixture(scope="module")
def run() -> Run:
    snapshot, scenario = tiny(), asked()
    return Run("r1", make_plan(snapshot, scenario), scenario, snapshot)


def _shown(run: Run, plan: Plan, capsys: pytest.CaptureFixture[str]) -> str:
    screen.planned(replace(run, plan=plan))
    return " ".join(capsys.readouterr().out.split())


def test_every_status_has_words() -> None:
    assert set(screen.STATUS_WORDS) == set(get_args(Status))


def test_a_proven_plan_says_so_and_no_more(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    shown = _shown(run, run.plan, capsys)
    assert "Proven: no plan under this scenario costs less (" in shown
    assert "not known" not in shown


def test_a_gap_is_told(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    shown = _shown(run, replace(run.plan, status="best_found", gap=0.123), capsys)
    assert "Best plan found in the time. It is within 12.30% of the lowest cost" in shown


def test_no_bound_is_told(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    shown = _shown(run, replace(run.plan, status="best_found", gap=None, bound_gbp_k=None), capsys)
    assert "How far it is from the best is not known" in shown


def test_a_conflict_is_listed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    plan = replace(
        run.plan, status="infeasible_confirmed", figures=None, gap=None, conflicts=("pin: [leave] Hall",)
    )
    assert "This cannot be met" in _shown(run, plan, capsys)
    assert "- pin: [leave] Hall" in _shown(run, plan, capsys)


@pytest.mark.parametrize(
    ("gbp", "words"),
    [(0, "£0"), (9_499, "£9,499"), (9_500, "£10k"), (999_400, "£999k"), (999_500, "£1.0m"), (-2.5e9, "-£2.50bn")],
)
def test_pounds_as_people_say_them(gbp: float, words: str) -> None:
    assert screen.pounds(gbp) == words
