"""Minutes of every zone to every building by each mode: the rows of `travel_time` and `travel_build`.

A zone or place is on the network where a road of any kind lies within the snap limit. From there each mode starts
at the nearest road that it may use, up to twice as far: no zone should go by road on foot and by straight line by
car. All others go by straight line to and from everywhere, and their rows say so (`fallback`).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import data
from estate import rates
from optimiser.prepare.network.files import NetworkFile, box_round
from optimiser.prepare.network.graphs import Graph, graph_of
from optimiser.prepare.network.roads import MODES, Flags
from optimiser.prepare.network.routes import Ends, ends, minutes_by_road
from optimiser.prepare.places import centres, zone_centres
from optimiser.prepare.travel.straight_line import pairs_within

METHOD = "road_network"
_FARTHER = 2  # times the snap limit that a mode's own road may be away
_MARGIN_M = 10_000.0  # of road beyond the outermost zone or place: the way round
_FORM = 2  # raised when the same files would give other minutes
_DECIMALS = 3  # of a minute
Row = dict[str, Any]
Floats = NDArray[np.float64]
OnProgress = Callable[[str], None]  # told in words what is being done; may raise StoppedError


class StoppedError(Exception):
    """The user asked to stop; nothing has been kept."""


@dataclass(frozen=True)
class Settings:
    """How minutes are found, besides the roads. `limit_minutes` inf: all pairs that have a way."""

    limit_minutes: float = np.inf
    snap_limit_m: float = rates.value("snap_limit_m")

    @property
    def version(self) -> str:
        """A digest of all that the minutes depend on besides file, zones and places: rates and speeds too."""
        used = (
            "circuity",
            "car_km_per_hour",
            "bicycle_km_per_hour",
            "foot_km_per_hour",
            "built_up_junctions_per_km2",
        )
        speeds = (data.FOLDER / "rates" / "road_speeds.csv").read_text(encoding="utf-8")
        told = [
            _FORM,
            float(self.limit_minutes),
            float(self.snap_limit_m),
            {name: rates.value(name) for name in used},
            speeds,
        ]
        return _digest(json.dumps(told))


@dataclass(frozen=True)
class Points:
    """Zones and buildings that minutes are found between, and where they are (n, 2); NaN without a place."""

    zones: Sequence[str]
    zone_points: Floats
    weighted: Flags  # of zones, whether people start from a population-weighted point; else from the middle
    places: Sequence[str]
    place_points: Floats

    @cached_property
    def version(self) -> str:
        """A digest of all of them: as long as it is the same, kept minutes are still of this register."""
        lists = (self.zones, self.zone_points), (self.places, self.place_points)
        told = [[list(names), np.round(points, 2).tolist()] for names, points in lists]
        return _digest(json.dumps(told))


@dataclass(frozen=True)
class Minutes:
    """The minutes of one mode. `pairs` gives rows of zones, rows of places, minutes and fallback, in parts."""

    mode: str
    points: Points
    zones: Ends
    places: Ends
    graph: Graph
    version: str  # of the network
    pairs: Callable[[], Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Floats, bool]]]

    def rows(self) -> Iterator[Row]:
        """Rows of the table travel_time."""
        for zones, places, minutes, fallback in self.pairs():
            for zone, place, value in zip(zones.tolist(), places.tolist(), minutes.tolist(), strict=True):
                z, p = self.points.zones[zone], self.points.places[place]
                yield {
                    "id": f"{z} {p} {self.mode} {METHOD}",
                    "zone_id": z,
                    "property_id": p,
                    "mode": self.mode,
                    "minutes": round(value, _DECIMALS),
                    "method": METHOD,
                    "network_version": self.version,
                    "fallback": fallback or None,
                }


def points_of(zones: pd.DataFrame, properties: pd.DataFrame, teams: pd.DataFrame) -> Points:
    """Every zone, and every building or place of work, of frames of the register, in their order."""
    homes = list(set(teams["property_id"]))
    buildings = properties[(properties["holding"] != "land") | properties.index.isin(homes)]
    weighted = (zones["centre_kind"] == "population_weighted").to_numpy()
    return Points(
        zones.index.tolist(), zone_centres(zones), weighted, buildings.index.tolist(), centres(buildings)
    )


def build(
    points: Points, file: NetworkFile, modes: Sequence[str], settings: Settings, on_progress: OnProgress
) -> Iterator[Minutes]:
    """The minutes of each mode in turn. Raises InputError for a file that cannot be used."""
    on_progress(f"Reading {file.path.name}")
    margin = _MARGIN_M if np.isinf(settings.limit_minutes) else settings.limit_minutes / 60 * 120_000 + _MARGIN_M
    roads = file.read(box_round([points.zone_points, points.place_points], margin))
    on_progress("Making the graphs")
    graphs = {mode: graph_of(roads, mode) for mode in MODES}
    on_zones, on_places = (
        np.any([graph.snap(xy, settings.snap_limit_m)[0] >= 0 for graph in graphs.values()], axis=0)
        for xy in (points.zone_points, points.place_points)
    )
    for mode in modes:
        graph = graphs[mode]
        farthest, leg = _FARTHER * settings.snap_limit_m, _straight_minutes_per_m(mode)
        zones = ends(graph, points.zone_points, on_zones, farthest, leg)
        places = ends(graph, points.place_points, on_places, farthest, leg)
        pairs = _pairs(mode, graph, zones, places, settings, on_progress)
        yield Minutes(mode, points, zones, places, graph, file.digest, pairs)


def build_row(found: Minutes, file: NetworkFile, settings: Settings, on: date) -> Row:
    """The row of the table travel_build that tells how the minutes of a mode came about."""
    return {
        "id": f"{METHOD} {found.mode}",
        "method": METHOD,
        "mode": found.mode,
        "network_file": file.path.name,
        "network_version": file.digest,
        "network_date": file.drawn_on,
        "built_on": on,
        "points_version": found.points.version,
        "settings_version": settings.version,
        "limit_minutes": None if np.isinf(settings.limit_minutes) else settings.limit_minutes,
        "snap_limit_m": settings.snap_limit_m,
        "zones": len(found.points.zones),
        "zones_off_network": int((~found.zones.on_network).sum()),
        "zones_from_given_point": int(found.points.weighted.sum()),
        "places": len(found.points.places),
        "places_off_network": int((~found.places.on_network).sum()),
        "network_points": len(found.graph.points),
        "network_points_left_out": found.graph.left_out,
    }


def _pairs(
    mode: str, graph: Graph, zones: Ends, places: Ends, settings: Settings, on_progress: OnProgress
) -> Callable[[], Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Floats, bool]]]:
    limit = settings.limit_minutes

    def pairs() -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Floats, bool]]:
        def done(number: int, whole: int) -> None:
            on_progress(f"{mode}: {number:,} of {whole:,} searches")

        for rows, near, minutes in minutes_by_road(graph, zones, places, limit, done):
            z, p = np.nonzero(np.isfinite(minutes))
            yield rows[z], near[p], minutes[z, p], False
        off_zones, on_zones = np.flatnonzero(~zones.on_network), np.flatnonzero(zones.on_network)
        off_places = np.flatnonzero(~places.on_network)
        every = np.arange(len(places.points))
        for rows, targets in ((off_zones, every), (on_zones, off_places)):
            ends_of = zones.points[rows], places.points[targets]
            for z, p, minutes in pairs_within(*ends_of, _straight_minutes_per_m(mode), limit):
                yield rows[z], targets[p], minutes, True

    return pairs


def _straight_minutes_per_m(mode: str) -> float:
    return rates.value("circuity") / rates.value(f"{mode}_km_per_hour") * 60 / 1000


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
