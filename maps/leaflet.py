"""The Leaflet map as Folium writes it: one GeoJson for each layer, and nothing that Folium would fetch."""

from typing import cast

import folium
from branca.element import Figure
from folium.map import CustomPane
from folium.utilities import JsCode

from maps.layers import Layer, safe
from maps.tiles import Tiles

BRITAIN = (54.0, -2.5)
MAX_ZOOM = 19


def script(layers: tuple[Layer, ...], tiles: Tiles | None) -> str:
    """JavaScript that makes `map_estate` and, for each layer that has features, `geo_json_KEY`."""
    drawn = _map(tiles)
    for layer in layers:
        if layer.features:
            _add(drawn, layer)
    figure = cast(Figure, drawn.get_root())
    figure.render()
    return str(figure.script.render())


def _map(tiles: Tiles | None) -> folium.Map:
    drawn = folium.Map(
        location=BRITAIN,
        zoom_start=6,
        tiles=None,
        control_scale=True,
        max_zoom=MAX_ZOOM,
        zoom_snap=1 if tiles else 0.25,  # pictures blur between whole zooms, outlines do not
        attribution_control=tiles is not None,
    )
    drawn._id = "estate"  # Folium's own names are random, and the same plan should give the same page
    drawn.default_js, drawn.default_css = [], []  # the page carries Leaflet, and needs nothing else
    if tiles:
        background = folium.TileLayer(
            tiles.url, attr=safe(tiles.attribution), max_zoom=MAX_ZOOM, max_native_zoom=tiles.nearest_zoom
        )
        background._id = "background"
        background.add_to(drawn)
    return drawn


def _add(drawn: folium.Map, layer: Layer) -> None:
    pane = CustomPane(layer.key, z_index=layer.depth, pointer_events=True)
    pane._id = layer.key
    pane.add_to(drawn)
    popup = (
        folium.GeoJsonPopup(list(layer.popup), list(layer.popup.values()), localize=False, max_width=320)
        if layer.popup
        else None
    )
    made = folium.GeoJson(
        {"type": "FeatureCollection", "features": list(layer.features)},
        style_function=layer.style,
        tooltip=folium.GeoJsonTooltip(list(layer.tooltip), labels=False),
        popup=popup,
        show=False,  # the page's script shows what the reader chose
        pane=layer.key,
        point_to_layer=JsCode("(feature, at) => estateShapes.marker(at, " + f'"{layer.key}")'),
    )
    made._id = layer.key
    made.add_to(drawn)
