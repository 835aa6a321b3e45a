"""Roads from an OpenStreetMap extract (.osm.pbf), with its one-way streets, access limits and barriers.

Who may go where follows the OpenStreetMap wiki's access restrictions for the United Kingdom: the most particular
tag counts (motorcar before motor_vehicle before vehicle before access), and what no tag says the class of road
does. Restrictions of single turns are not read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from estate.locate import to_national_grid
from estate.problems import InputError
from optimiser.prepare.network.roads import MODES, Roads
from optimiser.prepare.network.speeds import road_speeds

Tags = Mapping[str, str]

# From the most particular tag to the most general.
_ACCESS = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "bicycle": ("bicycle", "vehicle", "access"),
    "foot": ("foot", "access"),
}
_MAY = {"yes", "permissive", "designated", "destination", "customers", "official", "public"}
_MAY_NOT = {
    "no", "private", "agricultural", "forestry", "military", "permit", "delivery", "emergency", "dismount",
    "use_sidepath", "psv", "bus", "restricted", "staff", "residents",
}  # fmt: skip
# Classes on which a mode goes though no tag of its own says so.
_GOES = {
    "car": {
        "motorway", "slip_road", "trunk", "a_road", "b_road", "minor_road", "unclassified", "local_street",
        "access_road", "living_street", "ferry",
    },
    "bicycle": {
        "slip_road", "trunk", "a_road", "b_road", "minor_road", "unclassified", "local_street", "access_road",
        "living_street", "track", "cycleway", "ferry",
    },
    "foot": {
        "trunk", "a_road", "b_road", "minor_road", "unclassified", "local_street", "access_road", "living_street",
        "pedestrian", "track", "cycleway", "path", "footway", "steps", "ferry",
    },
}  # fmt: skip
_NOT_BUILT = {"construction", "proposed", "abandoned", "razed"}
_STOPS_CARS = {
    "bollard", "block", "cycle_barrier", "motorcycle_barrier", "kissing_gate", "stile", "turnstile", "horse_stile",
    "jersey_barrier", "planter", "log", "full-height_turnstile", "bus_trap", "sump_buster", "debris", "spikes",
}  # fmt: skip
_STOPS_CYCLES = {"kissing_gate", "stile", "turnstile", "full-height_turnstile"}
_YES, _BACK = {"yes", "true", "1"}, {"-1", "reverse"}
_MILE_KM = 1.609344


@dataclass
class _Found:
    """Ways as they are read."""

    refs: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    classes: list[str] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    forward: dict[str, list[bool]] = field(default_factory=lambda: {mode: [] for mode in MODES})
    backward: dict[str, list[bool]] = field(default_factory=lambda: {mode: [] for mode in MODES})
    places: dict[int, tuple[float, float]] = field(default_factory=dict)  # degrees, by the point's number
    barriers: dict[int, dict[str, bool]] = field(default_factory=dict)  # whether each mode is stopped

    def add(self, tags: Tags, points: Sequence[tuple[int, float, float]]) -> None:
        """Take in one way, if anybody may go along it."""
        road_class = class_of(tags)
        ways = {mode: directions(tags, road_class, mode) for mode in MODES} if road_class else {}
        if len(points) < 2 or not any(ahead or back for ahead, back in ways.values()):
            return
        for number, longitude, latitude in points:
            self.refs.append(number)
            self.places[number] = (longitude, latitude)
        self.starts.append(len(self.refs))
        self.classes.append(road_class)
        self.limits.append(limit_km_per_hour(tags.get("maxspeed", "")))
        self.whole.append(duration_minutes(tags.get("duration", "")) if road_class == "ferry" else np.nan)
        for mode, (ahead, back) in ways.items():
            self.forward[mode].append(ahead)
            self.backward[mode].append(back)

    def roads(self) -> Roads:
        """All of it on the British National Grid."""
        numbers = np.fromiter(self.places, np.int64, len(self.places))
        order = np.argsort(numbers)
        degrees = np.array(list(self.places.values()), dtype=float).reshape(-1, 2)[order]
        points = np.column_stack(to_national_grid().transform(degrees[:, 0], degrees[:, 1]))
        sorted_numbers = numbers[order].tolist()
        return Roads(
            points=points,
            refs=np.searchsorted(numbers[order], np.array(self.refs, dtype=np.int64)),
            starts=np.array(self.starts, dtype=np.int64),
            road_class=np.array(self.classes, dtype=object),
            limit_km_per_hour=np.array(self.limits, dtype=float),
            whole_minutes=np.array(self.whole, dtype=float),
            forward={mode: np.array(flags, dtype=bool) for mode, flags in self.forward.items()},
            backward={mode: np.array(flags, dtype=bool) for mode, flags in self.backward.items()},
            blocked={
                mode: np.array([self.barriers.get(n, {}).get(mode, False) for n in sorted_numbers], dtype=bool)
                for mode in MODES
            },
        )


def read(path: Path, box: tuple[float, float, float, float] | None = None) -> Roads:
    """The roads of an extract; with a box (west, south, east, north in degrees) those with a point in it.

    Raises RuntimeError, as libosmium does, for a file that is damaged.
    """
    import osmium  # here, so that a place planned by straight line does not load it

    found = _Found()
    kinds = osmium.osm.NODE | osmium.osm.WAY
    file = osmium.io.File(str(path), "pbf")  # said, so that no name of a file can ask for anything else
    wanted = osmium.filter.KeyFilter("highway", "route", "barrier")
    items: Iterable[Any] = osmium.FileProcessor(file, kinds).with_locations().with_filter(wanted)
    for item in items:
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_node():
            if "barrier" in tags:
                found.barriers[item.id] = {mode: stops(tags, mode) for mode in MODES}
            continue
        if box is None or _in_box(item.nodes, box):
            for part in _parts(item.nodes):
                found.add(tags, part)
    return found.roads()


def drawn_on(path: Path) -> date | None:
    """The day of the data, where the extract says it. Raises InputError for a file that is damaged."""
    import osmium

    try:
        with osmium.io.Reader(osmium.io.File(str(path), "pbf"), osmium.osm.NOTHING) as reader:
            said = reader.header().get("osmosis_replication_timestamp") or reader.header().get("timestamp")
    except RuntimeError as fault:
        raise InputError.of(path.name, f"it cannot be read ({fault})", "Download it again") from fault
    return date.fromisoformat(said[:10]) if said else None


def degrees(box_m: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The box in longitude and latitude that holds a box on the British National Grid."""
    west, south, east, north = box_m
    x, y = to_national_grid().transform(
        [west, west, east, east], [south, north, south, north], direction="INVERSE"
    )
    return min(x), min(y), max(x), max(y)


def _in_box(nodes: Iterable[Any], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return any(
        node.location.valid() and west <= node.location.lon <= east and south <= node.location.lat <= north
        for node in nodes
    )


def _parts(nodes: Iterable[Any]) -> Iterable[list[tuple[int, float, float]]]:
    """The stretches of a way whose points the extract holds: at its edge some are cut off."""
    part: list[tuple[int, float, float]] = []
    for node in nodes:
        if node.location.valid():
            part.append((node.ref, node.location.lon, node.location.lat))
        elif part:
            yield part
            part = []
    yield part


def class_of(tags: Tags) -> str:
    """The class of road, blank for what is none."""
    highway = tags.get("highway", "")
    if not highway and tags.get("route") == "ferry":
        return "ferry"
    if highway in _NOT_BUILT or tags.get("area") == "yes":
        return ""
    return _CLASSES.get(highway, "")


def directions(tags: Tags, road_class: str, mode: str) -> tuple[bool, bool]:
    """Whether a mode may go along a way as it is drawn, and against it."""
    if not may_go(tags, road_class, mode):
        return False, False
    oneway = tags.get("oneway", "")
    if mode == "foot":
        oneway = tags.get("oneway:foot", "")
    elif not oneway and (tags.get("junction") in {"roundabout", "circular"} or road_class == "motorway"):
        oneway = "yes"
    if mode == "bicycle":
        oneway = tags.get("oneway:bicycle", "no" if _cycles_both_ways(tags) else oneway)
    return oneway not in _BACK, oneway not in _YES


def _cycles_both_ways(tags: Tags) -> bool:
    lanes = (tags.get(key, "") for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both"))
    return any(lane.startswith("opposite") for lane in lanes)


def may_go(tags: Tags, road_class: str, mode: str) -> bool:
    """Whether a mode may go along a way at all."""
    for key in _ACCESS[mode]:
        value = tags.get(key, "")
        if value in _MAY_NOT:
            # A cyclist who must get off pushes: on foot that is another way of going, and counted as such.
            return False
        if value in _MAY and key != "access":
            return not _no_surface(road_class, mode)
    return road_class in _GOES[mode]


def _no_surface(road_class: str, mode: str) -> bool:
    """Whether no tag can let a mode go there: there is no speed for it."""
    speed = road_speeds()[road_class].km_per_hour(mode, built_up=True)
    return speed != speed


def stops(tags: Tags, mode: str) -> bool:
    """Whether a barrier stops a mode."""
    for key in _ACCESS[mode]:
        if tags.get(key, "") in _MAY_NOT:
            return True
        if tags.get(key, "") in _MAY:
            return False
    if mode == "foot":
        return False
    return tags["barrier"] in (_STOPS_CARS if mode == "car" else _STOPS_CYCLES)


def limit_km_per_hour(maxspeed: str) -> float:
    """A signposted limit in km/h; NaN for what is none (`national`, `signals` ...).

    >>> round(limit_km_per_hour("30 mph"), 1), limit_km_per_hour("50"), limit_km_per_hour("national")
    (48.3, 50.0, nan)
    """
    number, _, unit = maxspeed.strip().partition(" ")
    try:
        value = float(number)
    except ValueError:
        return float("nan")
    known = 0 < value < 200
    return value * (_MILE_KM if unit == "mph" else 1.0) if known and unit in {"", "mph", "km/h"} else float("nan")


def duration_minutes(duration: str) -> float:
    """Minutes of a ferry's crossing as tagged; NaN where it is not.

    >>> duration_minutes("00:12"), duration_minutes("35"), duration_minutes("soon")
    (12.0, 35.0, nan)
    """
    hours, _, minutes = duration.rpartition(":")
    try:
        return 60 * float(hours or 0) + float(minutes)
    except ValueError:
        return float("nan")


_CLASSES = {value: name for name, speed in road_speeds().items() for value in speed.openstreetmap}
