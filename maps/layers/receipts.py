"""Receipts from sales as circles whose area grows with the money."""

import math

from maps import words
from maps.geometry import point
from maps.layers import Feature, Layer, Style, Swatch, feature
from maps.view import View

ORDER = 40
LARGEST_PX = 30  # radius of the largest receipt
SMALLEST_PX = 3
FILL, LINE = "#4c2c92", "#4c2c92"


def build(view: View) -> Layer:
    """The largest first, so that small ones lie over them."""
    sold = sorted(
        (place for place in view.places if place.receipt_gbp), key=lambda place: -(place.receipt_gbp or 0)
    )
    largest = (sold[0].receipt_gbp or 0.0) if sold else 0.0
    features = [
        feature(
            place.number,
            point(place.at),
            name=place.name,
            receipt=words.pounds(place.receipt_gbp) + (" (estimate)" if place.estimated else ""),
            radius=_radius(place.receipt_gbp or 0, largest),
        )
        for place in sold
        if place.at
    ]
    return Layer(
        key="receipts",
        title="Receipts from sales",
        group="extras",
        features=features,
        style=_style,
        tooltip=("name", "receipt"),
        legend=tuple(
            Swatch(words.pounds(gbp), "circle", FILL, LINE, _radius(gbp, largest), 1.5, fill_opacity=0.25)
            for gbp in _steps(largest)
        ),
        depth=430,
    )


def _radius(gbp: float, largest_gbp: float) -> float:
    return round(max(SMALLEST_PX, LARGEST_PX * math.sqrt(gbp / largest_gbp)), 1)


def _steps(largest_gbp: float) -> list[float]:
    """Three round sums for the legend: of the size of the largest, about a quarter and about a twentieth of it."""
    if not largest_gbp:
        return []
    return [_one_digit(largest_gbp * part) for part in (1, 0.25, 0.05)]


def _one_digit(gbp: float) -> float:
    unit = 10 ** math.floor(math.log10(gbp))
    return float(math.floor(gbp / unit) * unit)


def _style(drawn: Feature) -> Style:
    return {
        "shape": "circle", "fillColor": FILL, "color": LINE, "radius": drawn["properties"]["radius"],
        "weight": 1.5, "fillOpacity": 0.25,
    }  # fmt: skip
