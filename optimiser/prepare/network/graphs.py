"""The graph of one mode: junctions and points between them, and the minutes from each to the next.

    minutes = length_m / 1000 / km_per_hour x 60        the lesser of class speed and signposted limit

Between two junctions there is a point every 50 m or so, that who lives on a long road need not begin at its end.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from optimiser.prepare.network.roads import Flags, Roads
from optimiser.prepare.network.speeds import built_up_junctions_per_km2, road_speeds

POINT_EVERY_M = 50.0
_ROUNDING = 1e-6  # of a piece of road: 100 m are two of 50 and not three
_LEAST_MINUTES = 1e-6  # two points in one spot are still two: a sparse matrix has no entry of 0
_NOT_FROM = {"motorway", "slip_road", "ferry"}  # nobody sets out from the carriageway of one
_JUNCTION = 3  # roads that meet there, at the least


@dataclass(frozen=True)
class Graph:
    """The largest part of a mode's roads from each point of which every other can be reached.

    `minutes[a, b]` is the way from a to b. `start_from`: points where a journey may begin or end.
    """

    points: NDArray[np.float64]  # (points, 2), m
    minutes: sp.csr_matrix
    start_from: Flags
    left_out: int  # points of other parts: islands, yards behind a gate, the edge of the extract
    fastest_km_per_hour: float

    @cached_property
    def tree(self) -> cKDTree:
        """Of the points to start from, by their rows among those."""
        return cKDTree(self.points[self.start_from])

    def snap(self, places: NDArray[np.float64], limit_m: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The nearest point to start from of each place (places, 2) and how far it is; -1 and inf beyond."""
        if not self.start_from.any() or not len(places):
            return np.full(len(places), -1), np.full(len(places), np.inf)
        known = ~np.isnan(places[:, 0])
        metres, rows = self.tree.query(np.where(known[:, None], places, 0.0), distance_upper_bound=limit_m)
        near = known & np.isfinite(metres)
        starts = np.flatnonzero(self.start_from)
        return np.where(near, starts[np.where(near, rows, 0)], -1), np.where(near, metres, np.inf)

    def inside(self, box: tuple[float, float, float, float]) -> tuple["Graph", NDArray[np.int64]]:
        """The points inside a box (west, south, east, north, m) with the ways between them, and the row among
        them of each point of the whole; -1 outside."""
        x, y = self.points.T
        held = np.flatnonzero((x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3]))
        row_of = np.full(len(self.points), -1)
        row_of[held] = np.arange(len(held))
        minutes = self.minutes[held][:, held].tocsr()
        part = Graph(self.points[held], minutes, self.start_from[held], 0, self.fastest_km_per_hour)
        return part, row_of


@dataclass(frozen=True)
class _Stretches:
    """The ways of one mode cut at the points that are kept. `start` and `end` are rows of `points`."""

    points: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    metres: NDArray[np.float64]
    way: NDArray[np.int64]  # of the roads
    way_metres: NDArray[np.float64]  # (ways of the roads,)


def graph_of(roads: Roads, mode: str) -> Graph:
    """The graph of a mode; empty where it can go nowhere."""
    cut = _stretches(roads, roads.forward[mode] | roads.backward[mode], roads.blocked[mode])
    minutes, fastest = _minutes(roads, cut, mode)
    ahead, back = roads.forward[mode][cut.way], roads.backward[mode][cut.way]
    start = np.concatenate([cut.start[ahead], cut.end[back]])
    end = np.concatenate([cut.end[ahead], cut.start[back]])
    count = len(cut.points)
    matrix = _least(start, end, np.concatenate([minutes[ahead], minutes[back]]), count)
    if not count:
        return Graph(cut.points, matrix, np.zeros(0, dtype=bool), 0, 0.0)
    _, part = connected_components(matrix, directed=True, connection="strong")
    held = np.flatnonzero(part == np.bincount(part).argmax())
    starts = np.zeros(count, dtype=bool)
    plain = ~np.isin(roads.road_class[cut.way].astype(str), list(_NOT_FROM))
    starts[cut.start[plain]] = starts[cut.end[plain]] = True
    return Graph(cut.points[held], matrix[held][:, held].tocsr(), starts[held], count - len(held), fastest)


def _stretches(roads: Roads, open_ways: Flags, blocked: Flags) -> _Stretches:
    """Cut the open ways at junctions, at their ends, at barriers and every `POINT_EVERY_M`."""
    way = np.repeat(np.arange(roads.ways), np.diff(roads.starts))
    used = open_ways[way]
    apart = _apart_at_barriers(roads.points, roads.refs[used], way[used], blocked)
    points, refs, way, first = _filled(*apart)
    step = _steps(points, refs, first)
    total = np.cumsum(step)
    along = total - np.maximum.accumulate(np.where(first, total, 0.0))  # m from where the stretch begins
    kept = first | np.append(first[1:], True)[: len(first)]
    kept |= np.bincount(refs, minlength=len(points))[refs] > 1
    passed = np.floor(along / POINT_EVERY_M)
    kept[1:] |= (passed[1:] != passed[:-1]) & ~first[1:]
    rows = np.flatnonzero(kept)
    stretch = np.cumsum(first)[rows]
    joined = stretch[1:] == stretch[:-1]
    start, end = rows[:-1][joined], rows[1:][joined]
    held = np.unique(refs[rows])
    number = np.full(len(points), -1)
    number[held] = np.arange(len(held))
    whole = np.bincount(way, weights=step, minlength=roads.ways).astype(float)
    return _Stretches(
        points[held], number[refs[start]], number[refs[end]], along[end] - along[start], way[start], whole
    )


def _apart_at_barriers(
    points: NDArray[np.float64], refs: NDArray[np.int64], way: NDArray[np.int64], blocked: Flags
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], Flags]:
    """Points, refs and ways with a point of its own for each end that comes to a barrier, and where each begins.

    A way that runs on through a barrier ends before it and begins again behind it.
    """
    halves = 1 + blocked[refs]
    again = np.zeros(int(halves.sum()), dtype=bool)
    again[np.cumsum(halves)[halves == 2] - 1] = True
    refs, way = np.repeat(refs, halves), np.repeat(way, halves)
    first = again | np.append([True], way[1:] != way[:-1])[: len(way)]
    stopped = np.flatnonzero(blocked[refs])
    at_barriers = points[refs[stopped]]
    refs[stopped] = len(points) + np.arange(len(stopped))
    return np.vstack([points, at_barriers]), refs, way, first


def _steps(points: NDArray[np.float64], refs: NDArray[np.int64], first: Flags) -> NDArray[np.float64]:
    """Metres to each point from the one before; 0 where a stretch begins."""
    step = np.zeros(len(refs))
    step[1:] = np.hypot(*(points[refs[1:]] - points[refs[:-1]]).T)
    step[first] = 0.0
    return step


def _filled(
    points: NDArray[np.float64], refs: NDArray[np.int64], way: NDArray[np.int64], first: Flags
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], Flags]:
    """The same with points between two that are drawn far apart on a straight road."""
    pieces = np.ceil(_steps(points, refs, first) / POINT_EVERY_M - _ROUNDING).astype(np.int64)
    between = np.maximum(pieces - 1, 0)
    row = np.repeat(np.arange(len(refs)), 1 + between)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(1 + between) - 1 - between, 1 + between)
    made = np.flatnonzero(nth < between[row])
    end = row[made]
    share = ((nth[made] + 1) / (between[end] + 1))[:, None]
    new_points = points[refs[end - 1]] * (1 - share) + points[refs[end]] * share
    new_refs = refs[row]
    new_refs[made] = len(points) + np.arange(len(made))
    return np.vstack([points, new_points]), new_refs, way[row], first[row]


def _minutes(roads: Roads, cut: _Stretches, mode: str) -> tuple[NDArray[np.float64], float]:
    """Minutes of each stretch, and the fastest speed of any, km/h."""
    classes = roads.road_class[cut.way]
    built_up = _built_up(cut)
    speed = np.full(len(cut.way), np.nan)
    for name, known in road_speeds().items():
        for area in (True, False):
            speed[(classes == name) & (built_up == area)] = known.km_per_hour(mode, area)
    if mode == "car":
        speed = np.fmin(speed, roads.limit_km_per_hour[cut.way])
    minutes = cut.metres / 1000 / speed * 60
    share = cut.metres / np.maximum(cut.way_metres[cut.way], _LEAST_MINUTES)
    minutes = np.where(np.isnan(roads.whole_minutes[cut.way]), minutes, roads.whole_minutes[cut.way] * share)
    moving = cut.metres > 1.0  # of a shorter one rounding decides
    fastest = float((cut.metres[moving] / 1000 / minutes[moving] * 60).max(initial=0.0))
    return np.maximum(minutes, _LEAST_MINUTES), fastest


def _built_up(cut: _Stretches) -> Flags:
    """Whether the middle of each stretch lies in a square kilometre with many junctions."""
    roads_there = np.bincount(np.concatenate([cut.start, cut.end]), minlength=len(cut.points))
    squares, counts = np.unique(_square(cut.points[roads_there >= _JUNCTION]), return_counts=True)
    busy = squares[counts >= built_up_junctions_per_km2()]
    return np.isin(_square((cut.points[cut.start] + cut.points[cut.end]) / 2), busy)


def _square(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """A number for the square kilometre of the grid that each point lies in."""
    km: NDArray[np.int64] = np.floor(points / 1000).astype(np.int64) @ np.array([100_000, 1])
    return km


def _least(
    start: NDArray[np.int64], end: NDArray[np.int64], minutes: NDArray[np.float64], count: int
) -> sp.csr_matrix:
    """The minutes from point to point, of several ways the shortest."""
    order = np.lexsort((minutes, end, start))
    start, end, minutes = start[order], end[order], minutes[order]
    again = np.zeros(len(start), dtype=bool)
    again[1:] = (start[1:] == start[:-1]) & (end[1:] == end[:-1])
    held = ~again & (start != end)
    return sp.csr_matrix((minutes[held], (start[held], end[held])), shape=(count, count))
