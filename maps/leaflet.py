"""Leaflet maps as Folium writes them: one GeoJson for each layer, and nothing that Folium would fetch."""

from collections.abc import Sequence
from typing import Any, cast

import folium
from branca.element import Figure
from folium.map import CustomPane
from folium.utilities import JsCode

from maps.geometry import point
from maps.layers import Feature, Layer, safe
from maps.layers.reach import PLAIN
from maps.tiles import Tiles
from maps.view import Place, Zone

BRITAIN = (54.0, -2.5)
MAX_ZOOM = 19
ZONES, PROPERTIES = 410, 450  # the panes of what the page's script colours


def script(
    name: str, places: Sequence[Place], zones: Sequence[Zone], layers: Sequence[Layer], tiles: Tiles | None
) -> str:
    """JavaScript that makes `map_NAME` and in it `geo_json_NAME_KEY` for properties, zones and each layer.

    Those of no feature are not made. Properties have no more than their number and place: the page's script knows
    the rest, and shows and colours them.
    """
    drawn = _map(name, tiles)
    _add(drawn, f"{name}_zones", ZONES, _outlines(zones), style_function=lambda _: PLAIN)
    points = [
        {"type": "Feature", "id": place.number, "geometry": point(place.at), "properties": {}}
        for place in places
        if place.at
    ]
    _add(drawn, f"{name}_properties", PROPERTIES, points)
    for layer in layers:
        popup = folium.GeoJsonPopup(list(layer.popup), list(layer.popup.values()), localize=False, max_width=320)
        tooltip = folium.GeoJsonTooltip(list(layer.tooltip), labels=False)
        bound = {"tooltip": tooltip, "popup": popup if layer.popup else None}
        _add(drawn, f"{name}_{layer.key}", layer.depth, list(layer.features), style_function=layer.style, **bound)
    figure = cast(Figure, drawn.get_root())
    figure.render()
    return str(figure.script.render())


def _map(name: str, tiles: Tiles | None) -> folium.Map:
    drawn = folium.Map(
        location=BRITAIN,
        zoom_start=6,
        tiles=None,
        control_scale=True,
        max_zoom=MAX_ZOOM,
        zoom_snap=1 if tiles else 0.25,  # pictures blur between whole zooms, outlines do not
        attribution_control=tiles is not None,
    )
    drawn._id = name  # Folium's own names are random, and the same plan should give the same page
    drawn.default_js, drawn.default_css = [], []  # the page carries Leaflet, and needs nothing else
    if tiles:
        background = folium.TileLayer(
            tiles.url, attr=safe(tiles.attribution), max_zoom=MAX_ZOOM, max_native_zoom=tiles.nearest_zoom
        )
        background._id = f"{name}_background"
        background.add_to(drawn)
    return drawn


def _outlines(zones: Sequence[Zone]) -> list[Feature]:
    return [
        {"type": "Feature", "id": number, "geometry": zone.outline, "properties": {}}
        for number, zone in enumerate(zones)
    ]


def _add(drawn: folium.Map, name: str, depth: int, features: list[Feature], **given: Any) -> None:
    if not features:
        return
    pane = CustomPane(name, z_index=depth, pointer_events=True)
    pane._id = name
    pane.add_to(drawn)
    made = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        show=False,  # the page's script shows what the reader chose
        pane=name,
        point_to_layer=JsCode("(feature, at) => estateShapes.marker(at, " + f'"{name}")'),
        **given,
    )
    made._id = name
    made.add_to(drawn)
