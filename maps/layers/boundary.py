"""The boundary of the place, as the brand gives it."""

from maps.layers import Feature, Layer, Style, Swatch, feature
from maps.view import View

ORDER = 65
LINE, WEIGHT, DASHES = "#0b0c0c", 2.0, "8 5"


def build(view: View) -> Layer | None:
    """None where the brand names no boundary."""
    if view.boundary is None:
        return None
    return Layer(
        key="boundary",
        title=view.boundary.name,
        features=[feature(0, view.boundary.shape, name=view.boundary.name)],
        style=_style,
        tooltip=("name",),
        popup={"name": "Area"},
        legend=(Swatch(view.boundary.name, "area", "none", LINE, weight=WEIGHT, dashes=DASHES),),
        shown=True,
        depth=412,
    )


def _style(drawn: Feature) -> Style:
    """A line alone: what lies inside can still be pointed at."""
    return {"color": LINE, "weight": WEIGHT, "dashArray": DASHES, "fill": False}
