"""Times minutes of travel, each step in a process of its own: `make bench-travel`.

Along roads: a synthetic town of streets 100 m apart, a fifth of them one-way, at four speeds, of 200,000 points;
then a country of three million, square by square. By straight line: as many zones as England and Wales have, in
towns of very different sizes. All within 30 minutes. The limits are those of the design for two cores.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import report
from optimiser.prepare.network.graphs import Graph, graph_of
from optimiser.prepare.network.roads import MODES, Roads
from optimiser.prepare.network.routes import ends, minutes_by_road
from optimiser.prepare.travel.straight_line import pairs_within

LIMIT_MINUTES = 30.0
APART_M = 100.0
STRAIGHT_MINUTES_PER_M = 1.3 / 30 * 60 / 1000
PACKAGES = ("numpy", "scipy")
_CLASSES = ("local_street", "unclassified", "b_road", "a_road")
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """What is timed, and its limits; `make` gives it ready to run, before the clock starts."""

    name: str
    most_seconds: float | None
    most_mib: float | None
    make: Callable[[], Callable[[], int]]


def town(side: int, seed: int = 1) -> Roads:
    """Streets in a mesh of side x side points, drawn corner by corner; every street is a way of its own."""
    dice = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    refs = np.concatenate([number.ravel(), number.T.ravel()])
    ways = 2 * side
    both = np.ones(ways, dtype=bool)
    one_way = dice.random(ways) < 0.2
    back = {mode: both if mode == "foot" else ~one_way for mode in MODES}
    nothing = np.full(ways, np.nan)
    east, north = np.meshgrid(np.arange(side), np.arange(side))
    return Roads(
        points=(np.column_stack([east.ravel(), north.ravel()]) * APART_M).astype(float),
        refs=refs,
        starts=np.arange(ways + 1) * side,
        road_class=np.array(_CLASSES, dtype=object)[dice.integers(0, len(_CLASSES), ways)],
        limit_km_per_hour=nothing,
        whole_minutes=nothing,
        forward=dict.fromkeys(MODES, both),
        backward=back,
        blocked={mode: np.zeros(side * side, dtype=bool) for mode in MODES},
    )


def country(zones: int, sites: int, seed: int = 1) -> tuple[Points, Points]:
    """Zones and sites in 300 towns, the largest with a fifteenth of both, on 300 x 500 km."""
    dice = np.random.default_rng(seed)
    weights = 1 / np.arange(1, 301) ** 0.8
    weights /= weights.sum()
    centres = dice.uniform((0, 0), (300_000, 500_000), (300, 2))
    spread = 1_500 + 90_000 * weights

    def scatter(count: int) -> Points:
        where = dice.choice(300, count, p=weights)
        points: Points = centres[where] + dice.normal(0, 1, (count, 2)) * spread[where][:, None]
        return points

    return scatter(zones), scatter(sites)


def by_road(graph: Graph, zones: Points, sites: Points) -> int:
    """Search from every zone to every site of a graph; gives how many pairs are within the limit."""
    every = (np.ones(len(points), dtype=bool) for points in (zones, sites))
    starts, targets = (ends(graph, xy, on, 500.0, 0.0) for xy, on in zip((zones, sites), every, strict=True))
    found = minutes_by_road(graph, starts, targets, LIMIT_MINUTES)
    return sum(int(np.isfinite(minutes).sum()) for *_, minutes in found)


def by_line(zones: Points, sites: Points) -> int:
    """Every pair within the limit, kept as whole numbers and minutes of 4 bytes each."""
    kept = [
        (rows.astype(np.int32), columns.astype(np.int32), minutes.astype(np.float32))
        for rows, columns, minutes in pairs_within(zones, sites, STRAIGHT_MINUTES_PER_M, LIMIT_MINUTES)
    ]
    return sum(len(rows) for rows, *_ in kept)


def _in_town(side: int, zones: int, sites: int) -> Callable[[], int]:
    dice = np.random.default_rng(2)
    graph = graph_of(town(side), "car")
    places = [dice.uniform(0, side * APART_M, (count, 2)) for count in (zones, sites)]
    return partial(by_road, graph, *places)


def _in_country(zones: int, sites: int) -> Callable[[], int]:
    return partial(by_line, *country(zones, sites))


def _points(side: int) -> int:
    """Of the graph of a town: its corners, and one in the middle of each street between two."""
    return side**2 + 2 * side * (side - 1)


def steps(scale: float = 1.0) -> list[Step]:
    """Every step; a scale below 1 makes all of them smaller."""

    def sized(count: int) -> int:
        return max(4, round(count * scale))

    return [
        Step(
            f"{_points(sized(258)):,} points, {sized(2_000):,} zones x {sized(300):,} sites along roads",
            5.0, 600, partial(_in_town, sized(258), sized(2_000), sized(300)),
        ),
        Step(
            f"{_points(sized(1_000)):,} points, {sized(2_000):,} zones x {sized(300):,} sites, square by square",
            None, None, partial(_in_town, sized(1_000), sized(2_000), sized(300)),
        ),
        Step(
            f"{sized(35_672):,} zones x {sized(30_000):,} sites by straight line",
            60.0, 2_048, partial(_in_country, sized(35_672), sized(30_000)),
        ),
    ]  # fmt: skip


def measure(number: int, scale: float) -> tuple[float, float, int]:
    """Seconds, most MiB of the process so far, and pairs within the limit, of one step."""
    run = steps(scale)[number].make()
    began = time.perf_counter()
    pairs = run()
    seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, pairs


def main(words: Sequence[str]) -> None:
    """Print one table: a row a step."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", type=float, default=1.0, help="share of the size of everything")
    asked.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    given = asked.parse_args(words)
    load = os.getloadavg()[0]
    columns = ["Step, within 30 minutes", "At most", "Time", "MiB, with the network", "At most", "Pairs"]
    rows = []
    for number, step in enumerate(steps(given.scale)):
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            seconds, mib, pairs = alone.apply(measure, (number, given.scale))
        most = "" if step.most_seconds is None else f"{step.most_seconds:g} s"
        room = "" if step.most_mib is None else f"{step.most_mib:,.0f}"
        rows.append([step.name, most, f"{seconds:.2f} s", f"{mib:,.0f}", room, f"{pairs:,}"])
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    if given.write:
        report.write(report.DOCUMENT, "travel", "Minutes of travel", columns, rows, load, PACKAGES)


if __name__ == "__main__":
    main(sys.argv[1:])
