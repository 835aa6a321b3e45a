"""From the register to a kept run: what a run leaves that does not get so far."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest

from app import pipeline
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from optimiser import planner
from optimiser.solve.bridge import Progress, clean_process
from optimiser.verify import VerificationError
from tests.support.tiny_place import ROWS, asked

WHERE = {"assembled": (planner, "assembled"), "verified": (planner, "verify"), "kept": (pipeline, "_keep")}


@pytest.fixture
def url(sqlite_url: str) -> str:
    """The address of a register of the tiny place."""
    with closing(Register.create(sqlite_url)) as register, register.transaction() as connection:
        for table in REGISTER_TABLES:
            write(connection, table, ROWS.get(table, []))
    return sqlite_url


def _plan(url: str, folder: Path) -> tuple[pipeline.Run, list[Progress]]:
    told: list[Progress] = []
    scenario = asked(solver={"seconds": 20.0, "gap": 0.0})
    with closing(Register.open(url)) as register:
        return pipeline.plan(register, scenario, on_progress=told.append, checkpoints=folder), told


def _plan_but(stage: str, instead: Callable[..., None], url: str, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*WHERE[stage], instead)
        _plan(url, folder)


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _refuse(*_: object) -> NoReturn:
    raise VerificationError([])


@pytest.mark.parametrize("stage", WHERE)
def test_killed_after_the_search_the_next_run_goes_on_from_its_plan(url: str, tmp_path: Path, stage: str) -> None:
    folder = tmp_path / "plans"
    child = clean_process().Process(target=_plan_but, args=(stage, _die, url, folder))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with closing(Register.open(url)) as register:
        assert pipeline.runs(register) == []
    assert len(list(folder.iterdir())) == 1

    run, told = _plan(url, folder)

    assert told[0].doing == "going on from a run that did not end"
    assert told[0].best == pytest.approx(run.plan.objective_gbp_k)
    assert run.plan.status == "proven"
    assert list(folder.iterdir()) == []


def test_a_plan_that_the_checker_refused_is_not_taken_up_again(url: str, tmp_path: Path) -> None:
    with pytest.raises(VerificationError):
        _plan_but("verified", _refuse, url, tmp_path / "plans")

    assert list((tmp_path / "plans").iterdir()) == []
