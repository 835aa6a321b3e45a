"""The main roads, light lines over the zones and under all else, for maps without background tiles."""

from maps.layers import Feature, Layer, Style, Swatch, feature
from maps.view import View

ORDER = 60
LINE = "#8a9196"
WEIGHTS = {"Motorways and trunk roads": 2.4, "A roads": 1.4, "B and minor roads": 0.7}


def build(view: View) -> Layer | None:
    """None where no file of roads was given. Whose data it is stands in the legend, as their licences ask."""
    if view.roads is None:
        return None
    features = [feature(number, lines, name=kind) for number, (kind, lines) in enumerate(view.roads.lines.items())]
    return Layer(
        key="roads",
        title="Main roads",
        features=features,
        style=_style,
        tooltip=("name",),
        popup={"name": "Road"},
        legend=(
            *(Swatch(kind, "line", LINE, LINE, weight=WEIGHTS[kind]) for kind in view.roads.lines),
            Swatch(view.roads.credit, "line", "none", "none", weight=0),
        ),
        shown=True,
        depth=415,
    )


def _style(drawn: Feature) -> Style:
    return {"color": LINE, "weight": WEIGHTS[drawn["properties"]["name"]], "opacity": 0.8}
