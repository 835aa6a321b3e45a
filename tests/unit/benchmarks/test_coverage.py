"""Location models: optima worked out by trying every set of sites, and spopt's on the same data."""

import json
from itertools import combinations

import numpy as np
import pytest

from benchmarks import coverage
from benchmarks.coverage import Place, lscp, mclp, p_median
from optimiser.solve.arrays import Arrays
from optimiser.solve.bridge import Limits, solve_arrays


@pytest.fixture
def place() -> Place:
    return coverage.synthetic(zones=25, sites=8, seed=2)


def _optimum(arrays: Arrays) -> float:
    answer = solve_arrays(arrays, Limits(30, 0.0))
    assert answer.outcome == "optimal"
    assert answer.objective is not None
    return answer.objective


def test_optima_are_those_of_trying_every_set(place: Place) -> None:
    sites = range(place.minutes.shape[1])
    sets = [list(chosen) for chosen in combinations(sites, place.open_sites)]
    nearest = [place.minutes[:, chosen].min(axis=1) for chosen in sets]
    assert _optimum(p_median(place)) == pytest.approx(min(float(place.people @ near) for near in nearest))
    beyond = [float(place.people[near > place.standard_minutes].sum()) for near in nearest]
    assert _optimum(mclp(place)) == pytest.approx(min(beyond))
    covers = [
        size
        for size in range(1, len(sites) + 1)
        for chosen in combinations(sites, size)
        if (place.minutes[:, list(chosen)].min(axis=1) <= place.standard_minutes).all()
    ]
    assert _optimum(lscp(place)) == pytest.approx(min(covers))


@pytest.mark.parametrize("name", coverage.MODELS)
def test_spopt_finds_the_same(name: str) -> None:
    result = coverage.compare(name, coverage.synthetic(zones=40, sites=12, seed=3), seconds=30)
    assert result.same
    assert result.ours is not None
    assert np.isfinite(result.ratio)


def test_plain_data_is_nothing_but_data(capfd: pytest.CaptureFixture[str]) -> None:
    assert coverage.main(["--zones", "20", "--sites", "6", "--json"]) == 0
    assert [row["model"] for row in json.loads(capfd.readouterr().out)] == ["p-median", "LSCP", "MCLP"]
