"""Receipts from sales: circles whose area grows with the money, coloured by the year in which the sale begins."""

import math

from maps import words
from maps.geometry import point
from maps.layers import Feature, Layer, Missing, Style, Swatch, feature
from maps.view import Place, View

ORDER = 40
LARGEST_PX = 30  # radius of the largest receipt
SMALLEST_PX = 3
# Viridis from dark to light, which every kind of colour vision reads in the same order.
YEARS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
LINE = "#3b2a63"


def build(view: View) -> Layer | Missing:
    """The largest first, so that small ones lie over them. Missing where nothing is sold."""
    sold = sorted(
        (place for place in view.places if place.receipt_gbp), key=lambda place: -(place.receipt_gbp or 0)
    )
    if not sold:
        return Missing("The map shows no receipts, because the plan has none that it knows the value of.")
    largest = sold[0].receipt_gbp or 0.0
    years = sorted({year for place in sold if (year := _year(place)) is not None})
    fills = {year: _colour(number, len(years)) for number, year in enumerate(years)}
    features = [
        feature(
            place.number,
            point(place.at),
            name=place.name,
            receipt=words.pounds(place.receipt_gbp) + (" (estimate)" if place.estimated else ""),
            year=f"Sale begins in {words.financial_year(_year(place))}",
            since=_year(place),
            places=[place.number],
            radius=_radius(place.receipt_gbp or 0, largest),
            fill=fills.get(_year(place) or 0, YEARS[0]),
        )
        for place in sold
        if place.at
    ]
    sizes = [
        Swatch(words.pounds(gbp), "circle", "#ffffff", LINE, _radius(gbp, largest), 1.5) for gbp in _steps(largest)
    ]
    when = [
        Swatch(f"Sale begins in {words.financial_year(year)}", "circle", fill, LINE, 7, 1.5, fill_opacity=0.7)
        for year, fill in fills.items()
    ]
    return Layer(
        key="receipts",
        title="Receipts from sales",
        features=features,
        style=_style,
        tooltip=("name", "receipt", "year"),
        legend=(*when, *sizes),
        depth=430,
    )


def _year(place: Place) -> int | None:
    return (
        place.transferred_year
        if place.sold_year is None and place.transferred_year
        else (place.sold_year or place.year)
    )


def _colour(number: int, of: int) -> str:
    """A colour a year; years that follow each other share one where there are more than colours."""
    return YEARS[round(number * (len(YEARS) - 1) / max(1, of - 1))]


def _radius(gbp: float, largest_gbp: float) -> float:
    return round(max(SMALLEST_PX, LARGEST_PX * math.sqrt(gbp / largest_gbp)), 1)


def _steps(largest_gbp: float) -> list[float]:
    """Three round sums for the key: of the size of the largest, about a quarter and about a twentieth of it."""
    return [_one_digit(largest_gbp * part) for part in (1, 0.25, 0.05)]


def _one_digit(gbp: float) -> float:
    unit = 10 ** math.floor(math.log10(gbp))
    return float(math.floor(gbp / unit) * unit)


def _style(drawn: Feature) -> Style:
    properties = drawn["properties"]
    return {
        "shape": "circle", "fillColor": properties["fill"], "color": LINE, "radius": properties["radius"],
        "weight": 1.5, "fillOpacity": 0.7,
    }  # fmt: skip
