"""What a killed run leaves: a file that is whole, believed in nothing, and taken up by the next run."""

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimiser.solve import strategy
from optimiser.solve.arrays import Arrays
from optimiser.solve.bridge import Limits, clean_process
from optimiser.solve.checkpoint import Checkpoint
from optimiser.solve.neighbourhood import holds
from tests.support.packing import packing

KILLS = int(os.environ.get("ESTATE_KILLS", "3"))


def _begun(folder: Path, arrays: Arrays) -> Checkpoint:
    kept = Checkpoint(folder)
    kept.load(arrays)
    return kept


def _file_of(folder: Path, arrays: Arrays, start: np.ndarray) -> Path:
    _begun(folder, arrays).save(x=start)
    (file,) = folder.iterdir()
    return file


def test_what_is_kept_comes_back_and_goes_when_done(tmp_path: Path) -> None:
    arrays, _, start = packing(0)
    one = Checkpoint(tmp_path / "plans")
    assert one.load(arrays) == (None, None)
    one.save(x=start)
    one.save(prices=np.array([1.0, -2.0]))
    x, prices = Checkpoint(tmp_path / "plans").load(arrays)
    assert x is not None
    assert prices is not None
    assert np.array_equal(x, start)
    assert prices.tolist() == [1, -2]
    one.done()
    assert list((tmp_path / "plans").iterdir()) == []


def test_another_model_has_another_file(tmp_path: Path) -> None:
    arrays, _, start = packing(0)
    _begun(tmp_path, arrays).save(x=start)
    dearer = replace(arrays, cost=arrays.cost * 2)
    assert Checkpoint(tmp_path).load(dearer) == (None, None)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", os.urandom(200)])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: bytes) -> None:
    arrays, _, start = packing(0)
    _file_of(tmp_path, arrays, start).write_bytes(content)
    assert Checkpoint(tmp_path).load(arrays) == (None, None)


def test_numbers_of_another_shape_or_none_at_all_are_left(tmp_path: Path) -> None:
    arrays, _, start = packing(0)
    np.savez(_file_of(tmp_path, arrays, start), x=start[:-1], prices=np.array([np.nan]))
    assert Checkpoint(tmp_path).load(arrays) == (None, None)


def test_a_file_that_nobody_took_up_for_a_month_goes_when_another_run_begins(tmp_path: Path) -> None:
    arrays, _, start = packing(0)
    month_ago = time.time() - 31 * 24 * 3600
    for number, made in enumerate((tmp_path / "left.npz", tmp_path / "left.77.new"), start=1):
        made.touch()
        os.utime(made, (month_ago, month_ago))
        assert len(list(tmp_path.iterdir())) == number
    file = _file_of(tmp_path, replace(arrays, cost=arrays.cost * 2), start)
    Checkpoint(tmp_path).load(arrays)
    assert list(tmp_path.iterdir()) == [file]


def test_the_plan_of_a_search_that_ended_stays_until_it_is_kept_elsewhere(tmp_path: Path) -> None:
    arrays, block_of_column, start = packing(1, places=5, teams=6)
    kept = Checkpoint(tmp_path)
    answer = strategy.solve_arrays(arrays, block_of_column, Limits(20, 0.0), start=start, checkpoint=kept)
    x = Checkpoint(tmp_path).load(arrays).x
    assert x is not None
    assert float(arrays.cost @ x + arrays.offset) == answer.objective
    kept.done()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_does_not_end_the_run(tmp_path: Path) -> None:
    arrays, _, start = packing(0)
    (tmp_path / "taken").write_text("a file where the folder should be")
    _begun(tmp_path / "taken", arrays).save(x=start)
    assert (tmp_path / "taken").read_text() == "a file where the folder should be"


def test_a_forged_plan_is_not_believed(tmp_path: Path) -> None:
    arrays, block_of_column, start = packing(1, places=5, teams=6)
    kept = _begun(tmp_path, arrays)
    kept.save(x=np.zeros(len(start)), prices=np.zeros(3))
    answer = strategy.solve_arrays(arrays, block_of_column, Limits(20, 0.0), start=start, checkpoint=kept)
    assert answer.outcome == "optimal"
    assert holds(arrays, np.array(list(answer.values.values())))


def _solve(arrays: Arrays, block_of_column: np.ndarray, start: np.ndarray, folder: Path, seconds: float) -> float:
    kept = Checkpoint(folder)
    answer = strategy.solve_arrays(arrays, block_of_column, Limits(seconds, 0.0), start=start, checkpoint=kept)
    assert answer.objective is not None
    assert answer.bound is None or answer.bound <= answer.objective + 1e-6 * abs(answer.objective)
    assert holds(arrays, np.array(list(answer.values.values())))
    return answer.objective


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again_the_plan_is_never_worse(tmp_path: Path) -> None:
    arrays, block_of_column, start = packing(11, places=40, teams=70)
    dice, before = random.Random(5), float(arrays.cost @ start + arrays.offset)
    for _ in range(KILLS):
        child = clean_process().Process(target=_solve, args=(arrays, block_of_column, start, tmp_path, 60.0))
        child.start()
        time.sleep(dice.uniform(0.5, 8.0))
        assert child.pid is not None
        with suppress(ProcessLookupError):  # it was done sooner
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        x = Checkpoint(tmp_path).load(arrays).x
        if x is not None:
            assert holds(arrays, x)
            now = float(arrays.cost @ x + arrays.offset)
            assert now <= before + 1e-6
            before = now
    assert _solve(arrays, block_of_column, start, tmp_path, 6.0) <= before + 1e-6
