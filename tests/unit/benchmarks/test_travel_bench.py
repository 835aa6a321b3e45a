"""The benchmark of travel: its places are what it says, and its counts are right on a small one."""

import numpy as np
import pytest

from benchmarks import travel
from optimiser.prepare.network.graphs import graph_of


def test_a_town_is_a_mesh_whose_one_way_streets_are_walked_both_ways() -> None:
    car, foot = (graph_of(travel.town(30), mode) for mode in ("car", "foot"))
    assert len(foot.points) == travel._points(30) == 900 + 2 * 30 * 29
    assert foot.minutes.nnz == 2 * 2 * 2 * 30 * 29
    assert car.minutes.nnz < foot.minutes.nnz


def test_every_step_counts_the_pairs_within_the_limit() -> None:
    for number, step in enumerate(travel.steps(0.02)):
        seconds, mib, pairs = travel.measure(number, 0.02)
        assert seconds > 0
        assert mib > 0
        assert pairs > 0, step.name


def test_pairs_by_line_are_those_of_the_whole_table() -> None:
    zones, sites = travel.country(200, 100)
    metres = np.hypot(*(zones[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    within = int((metres * travel.STRAIGHT_MINUTES_PER_M <= travel.LIMIT_MINUTES).sum())
    assert travel.by_line(zones, sites) == within


def test_it_prints_a_row_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    travel.main(["--scale", "0.02"])
    said = capsys.readouterr().out
    assert "65 points" in said
    assert "straight" in said
