"""The map's layers: one file each, found here. A layer is a module with `ORDER` and `build(view)`.

It gives a `Layer` with shapes of its own, or a `Colouring` of the properties or of the zones, which the page draws
once; `Missing` with the reason, where a reader would wonder why it is not there; or None.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from maps.geometry import Geometry
from maps.view import View

Feature = dict[str, Any]
Style = dict[str, Any]
NONE = -1  # of no class: not drawn in any colour of the key


@dataclass(frozen=True)
class Swatch:
    """One line of a key: a mark of `estateShapes` (circle, square, line, area ...) and its words; sizes in px."""

    label: str
    shape: str
    fill: str
    stroke: str = "#0b0c0c"
    radius: float = 6
    weight: float = 1
    dashes: str = ""
    fill_opacity: float = 1


@dataclass(frozen=True)
class Layer:
    """A layer with shapes of its own: GeoJSON features, how each is drawn, and what its key says.

    `tooltip` and `popup` name feature properties (heading by name); a point without a popup opens the property
    whose number is its id. The page's script hides a feature before its property `since` (a financial year), and
    while none of the properties numbered in `places` is shown; `widths` gives its width from each year on.
    """

    key: str
    title: str
    features: Sequence[Feature]
    style: Callable[[Feature], Style]
    tooltip: tuple[str, ...]
    popup: Mapping[str, str] = field(default_factory=dict)
    legend: tuple[Swatch, ...] = ()
    note: str = ""
    shown: bool = False
    depth: int = 420  # panes above lie over those below; map backgrounds are 200, popups 700


@dataclass(frozen=True)
class Colouring:
    """A way to colour the properties or the zones. `classes` gives each one's place in the key, or NONE.

    They stand in the view's order. `later` gives, for those that change, the year and the class from then on, in
    order. `data` goes to the page's script as it is.
    """

    key: str
    title: str
    of: Literal["properties", "zones"]
    classes: Sequence[int]
    legend: tuple[Swatch, ...]
    later: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    note: str = ""
    shown: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """A layer that cannot be drawn, and why, as a sentence for the page's notes."""

    reason: str


@dataclass(frozen=True)
class Layers:
    """What the folder gave, each in the order of its file."""

    drawn: tuple[Layer, ...]
    colourings: tuple[Colouring, ...]
    notes: tuple[str, ...]


def safe(text: str) -> str:
    """Text that Folium may write: it goes into HTML as it stands, and before that through a Jinja template again.

    So what HTML would read as a tag and what Jinja would run as code ({{ }}, {% %}) both become character codes.
    """
    return escape(text).replace("{", "&#123;")


def feature(number: int, shape: Geometry, /, **properties: Any) -> Feature:
    """A GeoJSON feature whose text is made safe. Lists may hold numbers alone."""
    plain = {name: safe(value) if isinstance(value, str) else value for name, value in properties.items()}
    return {"type": "Feature", "id": number, "geometry": shape, "properties": plain}


def build_all(view: View) -> Layers:
    """Every layer of this package in the order of their `ORDER`. Raises ValueError for a key given twice."""
    made = list(_made(view))
    keyed = [item for item in made if isinstance(item, Layer | Colouring)]
    for number, item in enumerate(keyed):
        if item.key in {other.key for other in keyed[:number]}:
            raise ValueError(f"layer {item.key} is there already")
    return Layers(
        tuple(item for item in made if isinstance(item, Layer)),
        tuple(item for item in made if isinstance(item, Colouring)),
        tuple(item.reason for item in made if isinstance(item, Missing)),
    )


def _made(view: View) -> Iterator[Layer | Colouring | Missing | None]:
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    for module in sorted(modules, key=lambda module: (module.ORDER, module.__name__)):
        yield module.build(view)
