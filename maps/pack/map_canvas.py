"""The few marks that a still map is made of, and the two ways to draw them: SVG for pages, PNG for slides."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont

from maps.charts._draw import joined, mark, text
from maps.colours import INK

_FINER = 3  # PNG is drawn so many times finer than it is kept, for smooth edges
_FONTS = {False: ("LiberationSans-Regular.ttf", "DejaVuSans.ttf", "arial.ttf"),
          True: ("LiberationSans-Bold.ttf", "DejaVuSans-Bold.ttf", "arialbd.ttf")}  # fmt: skip
_HEXAGON = ((1.0, 0.0), (0.5, 0.87), (-0.5, 0.87), (-1.0, 0.0), (-0.5, -0.87), (0.5, -0.87))

Spot = tuple[float, float]


@dataclass(frozen=True)
class Area:
    """An area by its rings, outer ones and holes alike; `fill` none leaves it open."""

    rings: Sequence[Sequence[Spot]]
    fill: str
    stroke: str
    width: float
    dashed: bool = False


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: Sequence[Spot]
    colour: str
    width: float
    opacity: float = 1.0


@dataclass(frozen=True)
class Dot:
    """A mark at a place: circle, square, diamond or hexagon."""

    shape: str
    at: Spot
    radius: float
    fill: str
    stroke: str


@dataclass(frozen=True)
class Label:
    """A line of text; `anchor` start, middle or end. A halo keeps it readable over lines."""

    at: Spot
    said: str
    anchor: str = "start"
    size: float = 13
    bold: bool = False
    halo: bool = False


Mark = Area | Line | Dot | Label


@dataclass(frozen=True)
class Picture:
    """Marks on white, the later above, and what they show in words. Without marks there is no map."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    described: str

    def svg(self) -> Markup:
        """As an SVG element for a page; the words alone where there is no map."""
        if not self.marks:
            return Markup("<p>{}</p>").format(self.described)
        return Markup(
            '<svg class="plan-map" viewBox="0 0 {width:g} {height:.0f}" role="img" aria-labelledby="map-name">'
            '<title id="map-name">{described}</title>{marks}</svg>'
        ).format(
            width=self.width, height=self.height, described=self.described, marks=joined(map(_svg, self.marks))
        )

    def png(self, across: int = 1800) -> bytes:
        """As PNG, `across` pixels wide."""
        scale = across * _FINER / self.width
        size = (across * _FINER, round(self.height * scale))
        image = Image.new("RGB", size, "#ffffff")
        for one in self.marks:
            image = _paint(image, one, scale)
        held = io.BytesIO()
        image.resize((across, size[1] // _FINER), Image.Resampling.LANCZOS).save(held, "PNG", optimize=True)
        return held.getvalue()


def _svg(one: Mark) -> Markup:
    if isinstance(one, Area):
        path = " ".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in one.rings)
        dashes = {"stroke_dasharray": "8 5"} if one.dashed else {}
        edge = {"stroke": one.stroke, "stroke_width": one.width, **dashes}
        return mark("path", d=path, fill=one.fill, fill_rule="evenodd", **edge)
    if isinstance(one, Line):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in one.points)
        pen = {"stroke": one.colour, "stroke_width": one.width, "stroke_opacity": one.opacity}
        return mark("polyline", points=points, fill="none", stroke_linecap="round", **pen)
    if isinstance(one, Dot):
        look = {"fill": one.fill, "stroke": one.stroke, "stroke_width": 1.0}
        if one.shape == "circle":
            return mark("circle", cx=one.at[0], cy=one.at[1], r=one.radius, **look)
        return mark("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in _corners(one)), **look)
    halo: dict[str, Any] = {"paint_order": "stroke", "stroke": "#ffffff", "stroke_width": 3.5} if one.halo else {}
    weight = "bold" if one.bold else "normal"
    return text(*one.at, one.said, one.anchor, font_size=one.size, font_weight=weight, **halo)


def _corners(dot: Dot) -> list[Spot]:
    (x, y), r = dot.at, dot.radius
    if dot.shape == "square":
        return [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
    if dot.shape == "hexagon":
        return [(x + r * dx, y + r * dy) for dx, dy in _HEXAGON]
    return [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]


def _paint(image: Image.Image, one: Mark, scale: float) -> Image.Image:
    def at(spot: Spot) -> Spot:
        return spot[0] * scale, spot[1] * scale

    pen = ImageDraw.Draw(image, "RGBA")
    if isinstance(one, Area):
        _paint_area(pen, one, at, scale)
    elif isinstance(one, Line):
        colour = (*_rgb(one.colour), round(255 * one.opacity))
        pen.line(
            [at(spot) for spot in one.points], fill=colour, width=max(1, round(one.width * scale)), joint="curve"
        )
    elif isinstance(one, Dot):
        edge: dict[str, Any] = {"fill": one.fill, "outline": one.stroke, "width": max(1, round(scale))}
        if one.shape == "circle":
            (x, y), r = at(one.at), one.radius * scale
            pen.ellipse((x - r, y - r, x + r, y + r), **edge)
        else:
            pen.polygon([at(corner) for corner in _corners(one)], **edge)
    else:
        ring: dict[str, Any] = {"stroke_width": round(1.8 * scale), "stroke_fill": "#ffffff"} if one.halo else {}
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[one.anchor]
        pen.text(
            at(one.at), one.said, fill=INK, font=_font(one.bold, round(one.size * scale)), anchor=anchor, **ring
        )
    return image


def _paint_area(pen: ImageDraw.ImageDraw, one: Area, at: Callable[[Spot], Spot], scale: float) -> None:
    """Holes are drawn over in white: a zone's hole holds another zone, which is drawn as well."""
    width = max(1, round(one.width * scale))
    for ring in one.rings:
        points = [at(spot) for spot in (*ring, ring[0])]
        if one.fill != "none":
            pen.polygon(points, fill=one.fill)
        pen.line(points, fill=one.stroke, width=width, joint="curve")


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def _font(bold: bool, size: int) -> Any:
    """A font of the machine, else the one that Pillow brings."""
    for name in _FONTS[bold]:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
