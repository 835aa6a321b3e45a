"""Minutes from zones to places along the graph of a mode.

    minutes = from the zone's point to its nearest road + along the roads + from there to the place

Dijkstra's search runs from each zone, or against the direction of the roads from each place where those are
fewer, and no further than the limit. A large network is cut into squares of zones, each with a margin as wide as
anybody gets within the limit, so that no way that counts is cut off.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra

from optimiser.prepare.network.graphs import Graph
from optimiser.prepare.network.roads import Flags

_WHOLE_UP_TO_POINTS = 600_000  # a graph so large is searched as one
_SQUARE_M = 40_000.0
_CELLS_AT_ONCE = 8_000_000  # of 8 bytes: what a search from several places holds
Floats = NDArray[np.float64]
Between = Callable[[int, int], None]  # told how many searches of how many are done; may raise to stop


@dataclass(frozen=True)
class Ends:
    """Where zones, or places, meet the network: points (n, 2), on it or not, and minutes to the nearest road."""

    points: Floats
    on_network: Flags
    to_road_minutes: Floats
    metres: Floats  # to the nearest road that the mode may use; inf off the network
    node: NDArray[np.int64]  # of the graph; -1 off the network


def ends(graph: Graph, points: Floats, on_network: Flags, limit_m: float, minutes_per_m: float) -> Ends:
    """Join points to the graph of a mode. `on_network` says which may be; `limit_m` how far its road may be."""
    node, metres = graph.snap(points, limit_m)
    joined = on_network & (node >= 0)
    metres = np.where(joined, metres, np.inf)
    return Ends(points, joined, np.where(joined, metres, 0.0) * minutes_per_m, metres, np.where(joined, node, -1))


def minutes_by_road(
    graph: Graph,
    zones: Ends,
    places: Ends,
    limit_minutes: float = np.inf,
    on_done: Between = lambda done, whole: None,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Floats]]:
    """Rows of zones, rows of places and the minutes (zones, places) between them, area by area.

    inf where there is no way within the limit. Zones and places off the network are left out.
    """
    areas = list(_areas(graph, zones, limit_minutes))
    for number, (rows, part, row_of) in enumerate(areas):
        near = np.flatnonzero(places.on_network & (row_of[places.node] >= 0))
        targets, starts = row_of[places.node[near]], row_of[zones.node[rows]]
        if len(near) <= len(rows):
            found = _search(part.minutes.T.tocsr(), targets, starts, limit_minutes, on_done).T
        else:
            found = _search(part.minutes, starts, targets, limit_minutes, on_done)
        found = found + zones.to_road_minutes[rows][:, None] + places.to_road_minutes[near]
        found[found > limit_minutes] = np.inf
        on_done(number + 1, len(areas))
        yield rows, near, found


def _search(
    ways: sp.csr_matrix, begin: NDArray[np.int64], end: NDArray[np.int64], limit_minutes: float, on_done: Between
) -> Floats:
    """Minutes along the ways, shape (begin, end); several at once, as many as memory should hold."""
    found = np.empty((len(begin), len(end)))
    chunk = max(1, _CELLS_AT_ONCE // max(1, ways.shape[0]))
    for first in range(0, len(begin), chunk):
        some = slice(first, first + chunk)
        found[some] = dijkstra(ways, indices=begin[some], limit=limit_minutes)[:, end]
        on_done(first, len(begin))
    return found


def _areas(
    graph: Graph, zones: Ends, limit_minutes: float
) -> Iterator[tuple[NDArray[np.int64], Graph, NDArray[np.int64]]]:
    """Rows of zones, the part of the graph that they need, and the row in it of each point of the whole."""
    held = np.flatnonzero(zones.on_network)
    if len(graph.points) <= _WHOLE_UP_TO_POINTS or np.isinf(limit_minutes):
        if len(held):
            yield held, graph, np.append(np.arange(len(graph.points)), -1)
        return
    margin = limit_minutes / 60 * graph.fastest_km_per_hour * 1000
    squares = np.floor(graph.points[zones.node[held]] / _SQUARE_M).astype(np.int64)
    for square in np.unique(squares, axis=0):
        rows = held[(squares == square).all(axis=1)]
        low, high = square * _SQUARE_M - margin, (square + 1) * _SQUARE_M + margin
        part, row_of = graph.inside((*low, *high))
        yield rows, part, np.append(row_of, -1)  # of -1, a place off the network
