"""The estate today: who holds each property."""

from maps.colours import INK
from maps.geometry import point
from maps.layers import Feature, Layer, Style, Swatch, feature
from maps.view import View

ORDER = 20
RADIUS = 6


def build(view: View) -> Layer:
    """Owners with the most properties stand first in the legend."""
    features = [
        feature(
            place.number,
            point(place.at),
            name=place.name,
            owner=place.organisation.name,
            fill=place.organisation.colour,
            shape=place.organisation.shape,
        )
        for place in view.places
        if place.at
    ]
    holders = sorted((body for body in view.organisations if body.properties), key=lambda body: -body.properties)
    return Layer(
        key="today_by_owner",
        title="Who owns what today",
        group="properties",
        features=features,
        style=_style,
        tooltip=("name", "owner"),
        legend=tuple(
            Swatch(f"{body.name} ({body.properties:,})", body.shape, body.colour, radius=RADIUS)
            for body in holders
        ),
        shown=not view.plan.properties,
        depth=450,
    )


def _style(drawn: Feature) -> Style:
    properties = drawn["properties"]
    return {
        "shape": properties["shape"], "fillColor": properties["fill"], "color": INK, "radius": RADIUS,
        "weight": 1, "fillOpacity": 1, "shrinks": True,
    }  # fmt: skip
