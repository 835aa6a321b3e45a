"""The plan's map as one still picture, for paper and slides: no tiles, no script, the marks of the page's map.

Drawn in metres of the British National Grid, north up; y is turned round, for pictures count downwards.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from maps.brand import Boundary
from maps.colours import INK
from maps.layers import moves
from maps.layers.plan_by_action import MARKS
from maps.pack import english
from maps.pack.case import Option
from maps.pack.map_canvas import Area, Dot, Label, Line, Mark, Picture, Spot
from maps.view import Place

WIDTH, TALLEST = 960.0, 940.0
_MARGIN, _FOOT = 16.0, 58.0  # the foot holds key and scale
_ZONE, _ZONE_LINE = "#f3f2f1", "#c8cbcd"
_DETAIL_PX = 0.6  # shapes are simplified to about this
_MOST_NAMES = 10
_MOVES = "Moves, wider for more people"


@dataclass(frozen=True)
class _Frame:
    """From metres to the picture."""

    west: float
    north: float
    px_per_m: float
    left: float
    top: float
    height: float  # of the whole picture

    def at(self, point: Spot) -> Spot:
        return (
            self.left + (point[0] - self.west) * self.px_per_m,
            self.top + (self.north - point[1]) * self.px_per_m,
        )


def draw(option: Option, boundary: Boundary | None = None) -> Picture:
    """The picture; without marks where neither a property nor a zone has a known place."""
    view = option.view
    spots = _spots(option)
    zones = _areas(option.snapshot.zones["geometry"])
    frame = _frame(zones, [spot for spot in spots if spot])
    if frame is None:
        return Picture(WIDTH, 0.0, (), "No property has a known place, so there is no map.")
    drawn = [(place, frame.at(spot)) for place, spot in zip(view.places, spots, strict=True) if spot]
    drawn.sort(key=lambda item: (-[*MARKS].index(kind(item[0])), item[0].number))  # what goes lies on top
    marks = [
        *(Area(rings, _ZONE, _ZONE_LINE, 0.8) for rings in _outlines(zones, frame)),
        *(
            Area(rings, "none", INK, 2, dashed=True)
            for rings in _outlines([boundary.area] if boundary else [], frame)
        ),
        *_arrows(option, frame),
        *(_property(place, at, len(drawn)) for place, at in drawn),
        *_names(drawn),
        *_key(option, frame.height - 26.0),
        *_scale(frame),
    ]
    described = f"{option.name}: {', '.join(_counts(view.places))}. Every property is in the workbook’s table."
    return Picture(WIDTH, frame.height, tuple(marks), described)


def kind(place: Place) -> str:
    """What becomes of a property in the end: a key of MARKS."""
    return "hub" if place.hub_year is not None and place.action != "leave" else place.action


def _spots(option: Option) -> list[Spot | None]:
    """A point inside each property, in the view's order of places."""
    inside = shapely.point_on_surface(np.array(list(option.snapshot.properties["geometry"]), dtype=object))
    pairs = zip(shapely.get_x(inside), shapely.get_y(inside), strict=True)
    return [(float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None for x, y in pairs]


def _areas(shapes: Iterable[shapely.Geometry | None]) -> list[shapely.Geometry]:
    return [shape for shape in shapes if shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"}]


def _frame(zones: Sequence[shapely.Geometry], spots: Sequence[Spot]) -> _Frame | None:
    """As large as fits: the zones, or all properties where there are none."""
    if zones:
        west, south, east, north = shapely.total_bounds(np.array(zones, dtype=object))
    elif spots:
        (west, south), (east, north) = np.min(spots, axis=0), np.max(spots, axis=0)
    else:
        return None
    wide, tall = max(float(east - west), 500.0), max(float(north - south), 500.0)
    room = WIDTH - 2 * _MARGIN
    scale = min(room / wide, (TALLEST - 2 * _MARGIN - _FOOT) / tall)
    left = _MARGIN + (room - wide * scale) / 2
    return _Frame(float(west), float(north), scale, left, _MARGIN, tall * scale + 2 * _MARGIN + _FOOT)


def _outlines(areas: Sequence[shapely.Geometry], frame: _Frame) -> Iterator[list[list[Spot]]]:
    """The rings of each area, as fine as the picture shows; shared edges stay shared."""
    if areas:
        simplify = shapely.coverage_simplify if len(areas) > 1 else shapely.simplify
        for area in simplify(np.array(areas, dtype=object), _DETAIL_PX / frame.px_per_m):
            yield [
                [frame.at((x, y)) for x, y in shapely.get_coordinates(ring)[:-1].tolist()] for ring in _rings(area)
            ]


def _rings(area: shapely.Geometry) -> Iterator[shapely.LinearRing]:
    for part in shapely.get_parts(area):
        if not part.is_empty:
            yield part.exterior
            yield from part.interiors


def _arrows(option: Option, frame: _Frame) -> Iterator[Line]:
    """Moves as curves, the wider the more people."""
    spots = {place.id: spot for place, spot in zip(option.view.places, _spots(option), strict=True)}
    most = max((flow.fte for flow in option.view.flows), default=0.0)
    for flow in option.view.flows:
        start, end = spots[flow.start.id], spots[flow.end.id]
        if start and end:
            width = max(1.0, 5.0 * math.sqrt(flow.fte / most)) if most else 1.0
            yield Line(_bowed(frame.at(start), frame.at(end)), moves.COLOUR, width, 0.55)


def _bowed(start: Spot, end: Spot, bend: float = 0.15, steps: int = 14) -> list[Spot]:
    """A line that bows to one side, so that there and back do not cover each other."""
    (x0, y0), (x1, y1) = start, end
    cx, cy = (x0 + x1) / 2 - (y1 - y0) * 2 * bend, (y0 + y1) / 2 + (x1 - x0) * 2 * bend
    parts = [step / steps for step in range(steps + 1)]
    return [
        (
            (1 - t) ** 2 * x0 + 2 * t * (1 - t) * cx + t**2 * x1,
            (1 - t) ** 2 * y0 + 2 * t * (1 - t) * cy + t**2 * y1,
        )
        for t in parts
    ]


def _property(place: Place, at: Spot, many: int) -> Dot:
    shrink = 1.0 if many <= 200 else max(0.4, math.sqrt(200 / many))
    swatch = MARKS[kind(place)]
    return Dot(swatch.shape, at, swatch.radius * shrink * 0.95, swatch.fill, swatch.stroke)


def _names(drawn: Sequence[tuple[Place, Spot]]) -> Iterator[Label]:
    """The names of what takes in most, where there is room for them."""
    hosts = [(place, at) for place, at in drawn if kind(place) in ("host", "hub")]
    taken: list[Spot] = []
    for place, (x, y) in sorted(hosts, key=lambda item: (-len(item[0].teams), item[0].number)):
        name = english.short(place.name, 30)
        right = x + len(name) * 7.4 < WIDTH - _MARGIN
        clear = all(abs(y - other_y) > 22 or abs(x - other_x) > 230 for other_x, other_y in taken)
        if len(taken) < _MOST_NAMES and clear:
            taken.append((x, y))
            side = 10 if right else -10
            yield Label((x + side, y + 4), name, "start" if right else "end", bold=True, halo=True)


def _counts(places: Iterable[Place]) -> list[str]:
    held = [kind(place) for place in places]
    return [f"{swatch.label.lower()} {held.count(what):,}" for what, swatch in MARKS.items() if what in held]


def _key(option: Option, y: float) -> Iterator[Mark]:
    x = _MARGIN + 8
    used = [kind(place) for place in option.view.places]
    for action, swatch in MARKS.items():
        if action in used:
            label = f"{swatch.label} ({used.count(action):,})"
            yield Dot(swatch.shape, (x, y), swatch.radius, swatch.fill, swatch.stroke)
            yield Label((x + 13, y + 4.5), label, size=14)
            x += len(label) * 7.3 + 40
    if option.view.flows:
        if x + 34 + len(_MOVES) * 7.3 > WIDTH - _MARGIN:  # a line above, beside the scale
            x, y = _MARGIN + 8, y - 24
        yield Line([(x, y), (x + 26, y)], moves.COLOUR, 4.0, 0.55)
        yield Label((x + 34, y + 4.5), _MOVES, size=14)


def _scale(frame: _Frame) -> Iterator[Mark]:
    """A bar of a round length, and where north is."""
    longest_m = 150 / frame.px_per_m
    power = 10 ** math.floor(math.log10(longest_m))
    metres = next(power * part for part in (5, 2, 1) if power * part <= longest_m)
    long, x, y = metres * frame.px_per_m, WIDTH - _MARGIN, frame.height - 52.0
    yield Line([(x - long, y - 5), (x - long, y), (x, y), (x, y - 5)], INK, 1.5)
    yield Label((x - long - 8, y), f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m", "end")
    x, top = x - 10, _MARGIN + 4
    yield Line([(x, top + 22), (x, top), (x - 5, top + 9)], INK, 1.5)
    yield Line([(x, top), (x + 5, top + 9)], INK, 1.5)
    yield Label((x, top + 38), "N", "middle", bold=True)
