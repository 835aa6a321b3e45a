"""What the plan does with each property: colour and shape both tell."""

from maps import words
from maps.geometry import point
from maps.layers import Feature, Layer, Style, Swatch, feature
from maps.view import View

ORDER = 10
MARKS = {
    "leave": Swatch(words.ACTIONS["leave"], "diamond", "#d4351c", radius=8, weight=1.5),
    "host": Swatch(words.ACTIONS["host"], "square", "#1d70b8", radius=6.5, weight=1.5),
    "keep": Swatch(words.ACTIONS["keep"], "circle", "#ffffff", radius=5, weight=2),
    "outside": Swatch(words.ACTIONS["outside"], "circle", "#b1b4b6", "#505a5f", radius=3),
}


def build(view: View) -> Layer:
    """Properties that are left are drawn last, over the others."""
    places = sorted((place for place in view.places if place.at), key=lambda place: -[*MARKS].index(place.action))
    features = [
        feature(
            place.number,
            point(place.at),
            name=place.name,
            action=words.ACTIONS[place.action]
            + (f" in {words.financial_year(place.year)}" if place.year is not None else ""),
            kind=place.action,
        )
        for place in places
        if place.at
    ]
    used = {place.action for place in view.places}
    return Layer(
        key="plan_by_action",
        title="What the plan does",
        group="properties",
        features=features,
        style=_style,
        tooltip=("name", "action"),
        legend=tuple(mark for action, mark in MARKS.items() if action in used),
        shown=bool(view.plan.properties),
        depth=450,
    )


def _style(drawn: Feature) -> Style:
    mark = MARKS[drawn["properties"]["kind"]]
    return {
        "shape": mark.shape, "fillColor": mark.fill, "color": mark.stroke, "radius": mark.radius,
        "weight": mark.weight, "fillOpacity": 1, "shrinks": True,
    }  # fmt: skip
