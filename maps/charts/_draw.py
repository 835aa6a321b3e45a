"""Draws a chart as SVG: text stays text in the page's own type, and everything from a register is escaped.

Lengths are those of the viewBox, which is as wide as a page's column; y grows downwards, as in SVG.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from maps.charts import Chart, Series, Unit, shown
from maps.colours import INK
from maps.pack import english

WIDTH, HEIGHT = 500.0, 230.0
_LEFT, _RIGHT, _BOTTOM = 66.0, 12.0, 26.0
_ROW, _LEGEND = 24.0, 24.0
_MOST_NAMES = 0.42  # of the width, for the names beside lying bars
_MOST_LETTERS = 30  # which fit there
_GRID, _MUTED = "#d5d8da", "#505a5f"
_LETTER = 6.6  # width of a letter of 12, about


def svg(chart: Chart) -> Markup:
    """The chart as an SVG element. Its title and description are for those who do not see it: see the table."""
    drawn = {"bars": _bars, "tornado": _bars, "points": _points}.get(chart.kind, _columns)(chart)
    name = f"chart-{chart.key}"
    return Markup(
        '<svg class="chart" viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="{name}">'
        '<title id="{name}">{title} The table beside it has the figures.</title>{drawn}</svg>'
    ).format(width=WIDTH, height=drawn.height, name=name, title=chart.title, drawn=drawn.marks)


@dataclass(frozen=True)
class _Drawn:
    marks: Markup
    height: float


@dataclass(frozen=True)
class Scale:
    """Values to lengths; `ticks` are round numbers from the least value to the greatest, nothing among them."""

    ticks: tuple[float, ...]
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where a value is."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.start + (self.end - self.start) * (value - low) / (high - low)


def ticks(values: Iterable[float], wanted: int = 4, from_zero: bool = True) -> tuple[float, ...]:
    """Round numbers about `wanted` steps apart that hold all the values, and zero unless not asked for."""
    held = [value for value in values if math.isfinite(value)] + ([0.0] if from_zero else [])
    low, high = (min(held), max(held)) if held else (0.0, 0.0)
    if low == high:
        low, high = (low, low + 1) if from_zero else (low - 1, high + 1)
    rough = (high - low) / wanted
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(number * step for number in range(first, last + 1))


def mark(name: str, content: Any = "", **attributes: Any) -> Markup:
    """An SVG element, everything in it escaped; `_` in an attribute's name is `-`."""
    given = (
        (key.rstrip("_").replace("_", "-"), f"{value:.2f}" if isinstance(value, float) else value)
        for key, value in attributes.items()
    )
    listed = Markup("").join(Markup(' {}="{}"').format(key, value) for key, value in given)
    return Markup("<{name}{listed}>{content}</{name}>").format(name=name, listed=listed, content=content)


def text(x: float, y: float, said: str, anchor: str = "start", **attributes: Any) -> Markup:
    """A line of text."""
    look = {"font_size": 12, "fill": INK, **attributes}
    return mark("text", said, x=x, y=y, text_anchor=anchor, **look)


def joined(parts: Iterable[Markup]) -> Markup:
    """Marks one after another, the later above."""
    return Markup("").join(parts)


def _columns(chart: Chart) -> _Drawn:
    legend, top = _legend(chart.series)
    stacked = chart.kind == "stacked"
    if stacked:
        parts = [[series.values[n] or 0.0 for series in chart.series] for n in range(len(chart.categories))]
        reached = [sum(v for v in part if sign * v > 0) for part in parts for sign in (1, -1)]
    else:
        reached = [value for series in chart.series for value in series.values if value is not None]
    scale = Scale(ticks(reached), HEIGHT - _BOTTOM, top + 6)
    slot = (WIDTH - _LEFT - _RIGHT) / max(len(chart.categories), 1)
    marks = [legend, _grid_across(scale, chart.series[0].unit)]
    for number, category in enumerate(chart.categories):
        x = _LEFT + slot * number
        marks += _stack(chart.series, number, x, slot, scale) if stacked else _group(
            chart.series, number, x, slot, scale
        )  # fmt: skip
        every = math.ceil(len(category) * _LETTER / slot)
        if number % max(every, 1) == 0:
            marks.append(text(x + slot / 2, HEIGHT - 8, category, "middle"))
    zero = scale.at(0.0)
    marks.append(mark("path", d=f"M{_LEFT:g} {zero:.2f}H{WIDTH - _RIGHT:g}", stroke=INK, stroke_width=1.2))
    return _Drawn(joined(marks), HEIGHT)


def _group(series: Sequence[Series], number: int, x: float, slot: float, scale: Scale) -> list[Markup]:
    wide = min(slot * 0.76 / len(series), 46.0)
    first = x + (slot - wide * len(series)) / 2
    return [
        _column(first + wide * place, wide - 1.5, 0.0, one.values[number] or 0.0, one.colour, scale)
        for place, one in enumerate(series)
    ]


def _stack(series: Sequence[Series], number: int, x: float, slot: float, scale: Scale) -> list[Markup]:
    wide, marks = min(slot * 0.62, 60.0), []
    ends = {True: 0.0, False: 0.0}  # of what stands above nothing, and hangs below
    for one in series:
        value = one.values[number] or 0.0
        base = ends[value > 0]
        ends[value > 0] += value
        marks.append(_column(x + (slot - wide) / 2, wide, base, base + value, one.colour, scale))
    return marks


def _column(x: float, wide: float, base: float, end: float, colour: str, scale: Scale) -> Markup:
    low, high = sorted((scale.at(base), scale.at(end)))
    return mark("rect", x=x, y=low, width=wide, height=high - low, fill=colour)


def _bars(chart: Chart) -> _Drawn:
    legend, top = _legend(chart.series)
    values = [value for series in chart.series for value in series.values if value is not None]
    lanes = 1 if chart.kind == "tornado" else len(chart.series)
    thick = {1: 15.0, 2: 12.0}.get(lanes, 11.0)
    row = max(_ROW, thick * lanes + 6)
    height = top + row * len(chart.categories) + _BOTTOM
    labelled = chart.kind == "bars"  # those of a tornado would cover each other: its table has the figures
    longest = max((len(shown(value, chart.series[0].unit)) for value in values), default=0) * _LETTER + 8
    longest = longest if labelled else 14.0
    names = [english.short(category, _MOST_LETTERS) for category in chart.categories]
    room = min(max((len(name) for name in names), default=0) * _LETTER + 12, _MOST_NAMES * WIDTH)
    scale = Scale(ticks(values), room, WIDTH - _RIGHT - longest)
    marks = [legend, _grid_down(scale, top, height - _BOTTOM, chart.series[0].unit)]
    for number, name in enumerate(names):
        y = top + row * number
        marks.append(text(room - 8, y + row / 2 + 4, name, "end"))
        first = y + (row - thick * lanes) / 2
        for place, one in enumerate(chart.series):
            value = one.values[number]
            if value is not None:
                drawn, label = _bar(first + thick * min(place, lanes - 1), thick - 1.5, value, one, scale)
                marks += [drawn, label] if labelled else [drawn]
    zero = scale.at(0.0)
    marks.append(mark("path", d=f"M{zero:.2f} {top:g}V{height - _BOTTOM:g}", stroke=INK, stroke_width=1.2))
    return _Drawn(joined(marks), height)


def _bar(y: float, thick: float, value: float, series: Series, scale: Scale) -> tuple[Markup, Markup]:
    """A lying bar and its label, on the side where there are no names."""
    low, high = sorted((scale.at(0.0), scale.at(value)))
    label = text(high + 5, y + thick / 2 + 4, shown(value, series.unit))
    return mark("rect", x=low, y=y, width=high - low, height=thick, fill=series.colour), label


def _points(chart: Chart) -> _Drawn:
    across, up = chart.series
    pairs = [(x, y) for x, y in zip(across.values, up.values, strict=True) if x is not None and y is not None]
    height, top = HEIGHT + 50, 24.0
    wide = Scale(ticks((x for x, _ in pairs), from_zero=False), _LEFT, WIDTH - _RIGHT - 30)
    tall = Scale(ticks((y for _, y in pairs), from_zero=False), height - _BOTTOM - 18, top + 6)
    marks = [_grid_across(tall, up.unit), _grid_down(wide, top + 6, height - _BOTTOM - 18, across.unit, 14)]
    marks.append(text(2, 12, up.name))
    marks.append(text(WIDTH - _RIGHT, height - 4, across.name, "end"))
    spots = [(wide.at(x), tall.at(y)) for x, y in pairs]
    line = " ".join(f"{x:.2f},{y:.2f}" for x, y in sorted(spots))
    marks.append(mark("polyline", points=line, fill="none", stroke=up.colour, stroke_width=1.5))
    marks += [mark("circle", cx=x, cy=y, r=5, fill=up.colour, stroke="#ffffff") for x, y in spots]
    marks += [
        text(x + 8, y + 13, label, font_size=11) for (x, y), label in zip(spots, chart.categories, strict=False)
    ]
    return _Drawn(joined(marks), height)


def _grid_across(scale: Scale, unit: Unit) -> Markup:
    return joined(
        part
        for tick in scale.ticks
        for part in (
            mark("path", d=f"M{_LEFT:g} {scale.at(tick):.2f}H{WIDTH - _RIGHT:g}", stroke=_GRID),
            text(_LEFT - 7, scale.at(tick) + 4, short_value(tick, unit), "end", fill=_MUTED),
        )
    )


def _grid_down(scale: Scale, top: float, bottom: float, unit: Unit, gap: float = 17.0) -> Markup:
    return joined(
        part
        for tick in scale.ticks
        for part in (
            mark("path", d=f"M{scale.at(tick):.2f} {top:g}V{bottom:g}", stroke=_GRID),
            text(scale.at(tick), bottom + gap, short_value(tick, unit), "middle", fill=_MUTED),
        )
    )


def _legend(series: Sequence[Series]) -> tuple[Markup, float]:
    """The key to the colours, and where the drawing may begin below it; none for one colour."""
    if len(series) < 2:
        return Markup(""), 4.0
    x, y, marks = _LEFT, 4.0, []
    for one in series:
        wide = len(one.name) * _LETTER + 34
        if x + wide > WIDTH and x > _LEFT:
            x, y = _LEFT, y + 20
        marks.append(mark("rect", x=x, y=y, width=12, height=12, fill=one.colour))
        marks.append(text(x + 18, y + 10.5, one.name))
        x += wide
    return joined(marks), y + _LEGEND


def short_value(value: float, unit: Unit) -> str:
    """A round number as an axis says it: £2.5m, £400k, 40%."""
    if unit == "share":
        return f"{value:.1%}".replace(".0%", "%")
    sign, size, pound = ("−" if value < 0 else ""), abs(value), "£" if unit == "gbp" else ""
    for power, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= power and pound:
            return f"{sign}{pound}{size / power:g}{letter}"
    return f"{sign}{pound}{size:,g}"


__all__ = ["Scale", "joined", "mark", "short_value", "svg", "text", "ticks"]
