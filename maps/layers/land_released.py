"""Land that the plan gives up, and the homes it could take: an indication, and no planning advice."""

import math

from estate import rates
from maps import words
from maps.geometry import point
from maps.land import Site
from maps.layers import Feature, Layer, Missing, Style, Swatch, feature
from maps.view import View

ORDER = 45
FILL, LINE = "#85994b", "#3d4a12"
LARGEST_PX, SMALLEST_PX = 26.0, 4.0
UNKNOWN = Swatch("Area not known", "cross", LINE, LINE, radius=10, weight=2.5)


def build(view: View) -> Layer | Missing:
    """A circle a site whose area grows with its homes; a cross where nobody knows the land's area."""
    freed = [site for site in view.sites if site.year is not None]
    if not freed:
        return Missing("The map shows no land released, because the plan gives up no freehold site as a whole.")
    most = max((site.homes or 0.0 for site in freed), default=0.0)
    features = [_feature(site, most) for site in sorted(freed, key=lambda site: -(site.homes or 0.0)) if site.at]
    sizes = [
        Swatch(f"About {homes:,.0f} homes", "circle", FILL, LINE, _radius(homes, most), 1.5, fill_opacity=0.7)
        for homes in _steps(most)
    ]
    unknown = sum(site.homes is None for site in freed)
    return Layer(
        key="land_released",
        title="Land released and homes it could take",
        features=features,
        style=_style,
        tooltip=("name", "land", "homes", "year"),
        legend=(*sizes, *([UNKNOWN] if unknown else [])),
        note=_note(freed, unknown),
        depth=432,
    )


def _feature(site: Site, most: float) -> Feature:
    return feature(
        site.numbers[0],
        point(site.at or (0.0, 0.0)),
        name=site.name,
        land=_land(site),
        homes=_homes(site),
        year=f"{'Sold from' if site.sold else 'Left in'} {words.financial_year(site.year)}",
        since=site.year,
        places=list(site.numbers),
        radius=UNKNOWN.radius if site.homes is None else _radius(site.homes, most),
        shape="cross" if site.homes is None else "circle",
    )


def _land(site: Site) -> str:
    if site.area_ha is None:
        return "Area of the land not known"
    return f"{site.area_ha:,.2f} ha{' (estimate)' if site.area_estimated else ''}"


def _homes(site: Site) -> str:
    if site.homes is None:
        return ""
    return f"{site.homes:,.0f} homes, as recorded" if site.homes_recorded else f"About {site.homes:,.0f} homes"


def _note(freed: list[Site], unknown: int) -> str:
    rate = rates.rates()["homes_per_ha"]
    known = [site for site in freed if site.homes is not None]
    homes = sum(site.homes or 0.0 for site in known)
    area_ha = sum(site.area_ha or 0.0 for site in freed)
    parts = [
        f"{len(freed):,} sites; {area_ha:,.1f} ha are known, room for about {homes:,.0f} homes.",
        f"The area of {unknown:,} is not recorded and counts for nothing here." if unknown else "",
        f"An indication: {rate.value:g} homes a hectare ({rate.source}), unless the register says what a site can"
        " take. It is no planning advice.",
    ]
    return " ".join(filter(None, parts))


def _radius(homes: float, most: float) -> float:
    return round(max(SMALLEST_PX, LARGEST_PX * math.sqrt(homes / most)), 1) if most else SMALLEST_PX


def _steps(most: float) -> list[float]:
    """Sizes for the key: the largest to one digit, and a fifth of it."""
    if most < 1:
        return []
    unit = 10 ** math.floor(math.log10(most))
    largest = math.floor(most / unit) * unit
    return sorted({float(largest), float(max(1, round(largest / 5)))}, reverse=True)


def _style(drawn: Feature) -> Style:
    properties = drawn["properties"]
    cross = properties["shape"] == "cross"
    return {
        "shape": properties["shape"], "fillColor": FILL, "color": LINE, "radius": properties["radius"],
        "weight": 2.5 if cross else 1.5, "fillOpacity": 0.7, "fill": not cross,
    }  # fmt: skip
