"""The map's layers: one file each, found here. A layer is a module with `ORDER` and `build(view) -> Layer`.

One that has nothing to show of a plan may give None in its place.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from maps.geometry import Geometry
from maps.view import View

Feature = dict[str, Any]
Style = dict[str, Any]


@dataclass(frozen=True)
class Swatch:
    """One line of a legend. `shape` is circle, square, triangle, diamond, cross, line or area; sizes in pixels."""

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
    """One layer: GeoJSON features, how each is drawn, and what its legend says.

    Of the layers of group `properties` one shows at a time, layers of group `extras` come and go on their own, and
    the layer of group `zones` lies under them all. `tooltip` and `popup` name feature properties (heading by
    name); a feature without a popup of its own opens the property whose table row has its id. `data` goes to the
    page's script as it is.
    """

    key: str
    title: str
    group: Literal["properties", "extras", "zones"]
    features: Sequence[Feature]
    style: Callable[[Feature], Style]
    tooltip: tuple[str, ...]
    popup: Mapping[str, str] = field(default_factory=dict)
    legend: tuple[Swatch, ...] = ()
    shown: bool = False
    depth: int = 420  # panes above lie over those below; map backgrounds are 200, popups 700
    data: Mapping[str, Any] = field(default_factory=dict)


def safe(text: str) -> str:
    """Text that Folium may write: it goes into HTML as it stands, and before that through a Jinja template again.

    So what HTML would read as a tag and what Jinja would run as code ({{ }}, {% %}) both become character codes.
    """
    return escape(text).replace("{", "&#123;")


def feature(number: int, shape: Geometry, /, **properties: str | float | bool | None) -> Feature:
    """A GeoJSON feature whose text is made safe."""
    plain = {name: safe(value) if isinstance(value, str) else value for name, value in properties.items()}
    return {"type": "Feature", "id": number, "geometry": shape, "properties": plain}


def build_all(view: View) -> tuple[Layer, ...]:
    """Every layer of this package in the order of their `ORDER`. Raises ValueError for a key given twice."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    layers: dict[str, Layer] = {}
    for module in sorted(modules, key=lambda module: (module.ORDER, module.__name__)):
        layer = module.build(view)
        if layer is None:
            continue
        if layer.key in layers:
            raise ValueError(f"{module.__name__}: layer {layer.key} is there already")
        layers[layer.key] = layer
    return tuple(layers.values())
