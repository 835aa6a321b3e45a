"""Three classic location models beside spopt's: p-median, LSCP and MCLP on the same distances in the same run.

    python -m benchmarks.coverage [--zones 1000] [--sites 200] [--seconds 120] [--json]

Both state the same model; ours as arrays for the planner's bridge, spopt's through PuLP for PuLP's HiGHS. Building
is timed on the processor's clock. A line tells whether both found the same optimum, and how many times as long
spopt took to build.
"""

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pulp
import scipy.sparse as sp
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from spopt.locate import LSCP, MCLP, PMedian

from benchmarks import report
from optimiser.solve.arrays import Arrays
from optimiser.solve.bridge import Limits, solve_arrays

Floats = NDArray[np.float64]

_SAME = 1e-6


@dataclass(frozen=True)
class Place:
    """Zones and candidate sites. Minutes from every zone to every site, shape (zones, sites)."""

    minutes: Floats
    people: Floats  # (zones,)
    standard_minutes: float
    open_sites: int  # how many may open, for p-median and MCLP


@dataclass(frozen=True)
class Result:
    """One model, both ways. `ours` and `theirs` are None where no solution was found in the time."""

    model: str
    columns: int
    rows: int
    ours: float | None
    theirs: float | None
    same: bool
    build_seconds: float
    spopt_build_seconds: float
    ratio: float  # spopt's building time over ours


def synthetic(zones: int, sites: int, seed: int) -> Place:
    """Zones and sites at random in a square of 30 minutes, with a standard that every zone can keep."""
    dice = np.random.default_rng(seed)
    points, places = dice.uniform(0, 30, (zones, 2)), dice.uniform(0, 30, (sites, 2))
    minutes = np.hypot(*(points[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    people = dice.integers(100, 2000, zones).astype(float)
    standard = float(max(5.0, minutes.min(axis=1).max()))
    return Place(minutes, people, standard, max(2, sites // 20))


def p_median(place: Place) -> Arrays:
    """Fewest person-minutes to the nearest open site (Hakimi 1964, as ReVelle and Swain 1970 state it).

    min sum_zs people_z minutes_zs serve_zs;  sum_s serve_zs = 1;  serve_zs <= open_s;  sum_s open_s = p
    """
    zones, sites = place.minutes.shape
    zone, site = np.divmod(np.arange(zones * sites), sites)
    pairs, ones = np.arange(zones * sites), np.ones(zones * sites)
    served = sp.csr_matrix((ones, (zone, pairs)), shape=(zones, zones * sites))
    opens = sp.csr_matrix((ones, (pairs, site)), shape=(zones * sites, sites))
    many = sp.csr_matrix(np.ones((1, sites)))
    return _arrays(
        cost=np.concatenate([np.zeros(sites), (place.people[:, None] * place.minutes).ravel()]),
        rows=sp.bmat([[None, served], [-opens, sp.identity(zones * sites)], [many, None]]).tocsr(),
        low=np.concatenate([np.ones(zones), np.full(zones * sites, -np.inf), [place.open_sites]]),
        high=np.concatenate([np.ones(zones), np.zeros(zones * sites), [place.open_sites]]),
    )


def lscp(place: Place) -> Arrays:
    """Fewest sites so that every zone has one within the standard (Toregas and others 1971).

    min sum_s open_s;  sum_{s near z} open_s >= 1
    """
    zones, sites = place.minutes.shape
    near = sp.csr_matrix((place.minutes <= place.standard_minutes).astype(float))
    return _arrays(np.ones(sites), near, np.ones(zones), np.full(zones, np.inf))


def mclp(place: Place) -> Arrays:
    """Most people within the standard of p sites (Church and ReVelle 1974), as fewest people beyond it.

    min sum_z people_z (1 - reached_z);  reached_z <= sum_{s near z} open_s;  sum_s open_s = p
    """
    zones, sites = place.minutes.shape
    near = sp.csr_matrix((place.minutes <= place.standard_minutes).astype(float))
    many = sp.csr_matrix(np.ones((1, sites)))
    return _arrays(
        cost=np.concatenate([np.zeros(sites), -place.people]),
        rows=sp.bmat([[near, -sp.identity(zones)], [many, None]]).tocsr(),
        low=np.concatenate([np.zeros(zones), [place.open_sites]]),
        high=np.concatenate([np.full(zones, np.inf), [place.open_sites]]),
        offset=float(place.people.sum()),
    )


def _arrays(cost: Floats, rows: sp.csr_matrix, low: Floats, high: Floats, offset: float = 0.0) -> Arrays:
    count = len(cost)
    return Arrays(
        cost=cost,
        offset=offset,
        lower=np.zeros(count),
        upper=np.ones(count),
        whole=np.ones(count, dtype=bool),
        starts=rows.indptr.astype(np.int32),
        columns=rows.indices.astype(np.int32),
        values=rows.data,
        row_lower=low,
        row_upper=high,
    )


def _spopt_p_median(place: Place) -> Any:
    return PMedian.from_cost_matrix(place.minutes, place.people, place.open_sites)


def _spopt_lscp(place: Place) -> Any:
    return LSCP.from_cost_matrix(place.minutes, place.standard_minutes)


def _spopt_mclp(place: Place) -> Any:
    return MCLP.from_cost_matrix(place.minutes, place.people, place.standard_minutes, place.open_sites)


# Name: our model, spopt's, and ours from spopt's value (MCLP maximises; ours counts those beyond).
MODELS: dict[str, tuple[Callable[[Place], Arrays], Callable[[Place], Any], Callable[[Place, float], float]]] = {
    "p-median": (p_median, _spopt_p_median, lambda place, value: value),
    "LSCP": (lscp, _spopt_lscp, lambda place, value: value),
    "MCLP": (mclp, _spopt_mclp, lambda place, value: float(place.people.sum()) - value),
}


def compare(name: str, place: Place, seconds: float) -> Result:
    """Build and solve one model both ways."""
    ours, theirs, as_ours = MODELS[name]
    built, arrays = _busy(ours, place)
    with warnings.catch_warnings(), report.silence():
        warnings.simplefilter("ignore")  # spopt uses names that PuLP 4 gives up
        spopt_built, model = _busy(theirs, place)
        model.problem.solve(pulp.HiGHS(msg=False, timeLimit=seconds))
        value = model.problem.objective.value() if model.problem.sol_status == pulp.LpSolutionOptimal else None
    answer = solve_arrays(arrays, Limits(seconds, 0.0))
    found = answer.objective if answer.outcome == "optimal" else None
    other = None if value is None else as_ours(place, value)
    same = found is not None and other is not None and abs(found - other) <= _SAME * max(1.0, abs(other))
    size = (len(arrays.cost), len(arrays.row_lower))
    return Result(name, *size, found, other, same, built, spopt_built, spopt_built / max(built, 1e-9))


def _busy(work: Callable[[Place], Any], place: Place) -> tuple[float, Any]:
    began = time.process_time()
    result = work(place)
    return time.process_time() - began, result


def main(words: list[str]) -> int:
    """Compare all three; 1 where an optimum differs."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.coverage")
    asked.add_argument("--zones", type=int, default=1000)
    asked.add_argument("--sites", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--seconds", type=float, default=120.0, help="s for each solve (120)")
    asked.add_argument("--json", action="store_true", help="print plain data")
    given = asked.parse_args(words)
    place = synthetic(given.zones, given.sites, given.seed)
    found = [compare(name, place, given.seconds) for name in MODELS]
    if given.json:
        print(json.dumps([asdict(result) for result in found], indent=2))
    else:
        _print(found)
    return int(not all(result.same for result in found))


def _print(found: list[Result]) -> None:
    table = Table("model", "columns", "rows", "ours", "spopt", "same", "build s", "spopt build s", "ratio")
    for result in found:
        values = ["-" if v is None else f"{v:,.3f}" for v in (result.ours, result.theirs)]
        table.add_row(
            result.model, f"{result.columns:,}", f"{result.rows:,}", *values, "yes" if result.same else "no",
            f"{result.build_seconds:.3f}", f"{result.spopt_build_seconds:.3f}", f"{result.ratio:.0f}",
        )  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
