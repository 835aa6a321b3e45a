"""A plan as one GeoPackage for QGIS: its properties, moves, zones and reach, styled, in EPSG:27700.

Missing is missing there too: a cell without a value is NULL. Styles stand in the table `layer_styles`.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import pyogrio.raw
import shapely

from estate.export._files import replacing
from estate.export._schema import STYLES, add_style
from estate.export._styles import symbol, written
from maps import words
from maps.layers import moves as moves_layer
from maps.layers.plan_by_action import MARKS
from maps.pack.case import Case, Option
from maps.pack.map_picture import kind

_TYPES = {"point": "Point", "line": "LineString", "outline": "MultiPolygon"}
_DTYPES: dict[str, Any] = {"text": object, "number": np.float64, "whole": np.int64, "yes": np.bool_}
_BLANKS: dict[str, Any] = {"text": "", "number": 0.0, "whole": 0, "yes": False}
_LOSS, _GAIN, _SAME = "#d55e00", "#0072b2", "#f3f2f1"


@dataclass(frozen=True)
class _Layer:
    """A layer: columns by name with their kind, rows in their order, and shapes unless it is a bare table."""

    name: str
    title: str
    columns: dict[str, str]
    rows: Sequence[Sequence[Any]]
    kind: str = ""
    shapes: Sequence[shapely.Geometry | None] = ()
    style: str = field(default="")


def write(case: Case, option: Option, out: Path) -> Path:
    """Write an option's plan to `out` and return it."""
    moment = datetime.combine(case.written_on, time(), UTC)
    with replacing(out) as new:
        draft = new.with_name(f"draft-{new.name}")
        layers = [_zones(option), _properties(option), _moves(option), _reach(option)]
        for layer in layers:
            _write_layer(draft, layer)
        with closing(sqlite3.connect(draft)) as connection:
            with connection:
                _describe(connection, layers, f"{moment:%Y-%m-%dT%H:%M:%S.000Z}")
            connection.execute("VACUUM INTO ?", (str(new),))  # leaves behind the times that GDAL wrote
    return out


def _describe(connection: sqlite3.Connection, layers: Sequence[_Layer], moment: str) -> None:
    connection.executescript(STYLES)
    for layer in layers:
        connection.execute(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            (layer.name, layer.title, layer.name),
        )
        if layer.style:
            add_style(connection, layer.name, f"{layer.name} of the plan", layer.style, layer.title, moment)
    connection.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))


def _write_layer(path: Path, layer: _Layer) -> None:
    columns = list(zip(*layer.rows, strict=True)) if layer.rows else [()] * len(layer.columns)
    missing = [np.array([value is None for value in held], dtype=bool) for held in columns]
    values = [
        np.array([_BLANKS[kind] if value is None else value for value in held], dtype=_DTYPES[kind])
        for kind, held in zip(layer.columns.values(), columns, strict=True)
    ]
    shapes = np.array([None if shape is None else shapely.to_wkb(shape) for shape in layer.shapes], dtype=object)
    pyogrio.raw.write(
        path,
        shapes if layer.kind else None,
        values,
        list(layer.columns),
        field_mask=missing,
        layer=layer.name,
        driver="GPKG",
        geometry_type=_TYPES.get(layer.kind),
        crs="EPSG:27700" if layer.kind else None,
        layer_options={"GEOMETRY_NAME": "geometry"},
    )


def _properties(option: Option) -> _Layer:
    """Every property of the register, those that the plan does not decide too; a point each."""
    columns = {
        "id": "text", "name": "text", "owner": "text", "address": "text", "postcode": "text", "uprn": "text",
        "use": "text", "action": "text", "year": "text", "sold": "yes", "receipt_gbp": "number",
        "saving_gbp_per_year": "number", "one_off_cost_gbp": "number", "hub_year": "text", "estimated": "yes",
        "teams": "text",
    }  # fmt: skip
    actions = {action.property_id: action for action in option.plan.properties}
    rows = []
    for place in option.view.places:
        action = actions.get(place.id)
        rows.append(
            (
                place.id, place.name, place.organisation.name, place.address, place.postcode, place.uprn,
                place.use, MARKS[kind(place)].label, words.financial_year(place.year) or None, place.sold,
                place.receipt_gbp, place.saving_gbp_per_year, action.one_off_cost_gbp if action else None,
                words.financial_year(action.hub_year) or None if action else None, place.estimated, place.teams,
            )
        )  # fmt: skip
    inside = shapely.point_on_surface(np.array(list(option.snapshot.properties["geometry"]), dtype=object))
    title = f"What the plan ‘{option.name}’ does with each property"
    return _Layer("properties", title, columns, rows, "point", list(inside), _by_action())


def _moves(option: Option) -> _Layer:
    """A line a move, from where the team is to where it goes; none where an end has no known place."""
    columns = {
        "team_id": "text", "team": "text", "from_id": "text", "to_id": "text", "year": "text", "fte": "number",
        "km": "number", "cost_gbp": "number",
    }  # fmt: skip
    teams = option.snapshot.teams["name"]
    places = option.snapshot.properties["geometry"]
    rows, lines = [], []
    for move in option.plan.moves:
        rows.append(
            (
                move.team_id, teams[move.team_id], move.from_property_id, move.to_property_id,
                words.financial_year(move.year), move.fte, move.km, move.cost_gbp,
            )
        )  # fmt: skip
        ends = [places[key] for key in (move.from_property_id, move.to_property_id)]
        lines.append(None if None in ends else shapely.LineString([end.centroid for end in ends]))
    title = f"Moves of teams in the plan ‘{option.name}’"
    return _Layer("moves", title, columns, rows, "line", lines, _by_people())


def _zones(option: Option) -> _Layer:
    """A zone each: its people, and how many services it loses and gains the reach of."""
    lost: dict[str, int] = {}
    gained: dict[str, int] = {}
    longer: dict[str, float] = {}
    for one in option.plan.zones:
        lost[one.zone_id] = lost.get(one.zone_id, 0) + int(one.reached_today and not one.reached_after)
        gained[one.zone_id] = gained.get(one.zone_id, 0) + int(one.reached_after and not one.reached_today)
        if one.minutes_today is not None and one.minutes_after is not None:
            more = one.minutes_after - one.minutes_today
            longer[one.zone_id] = max(longer.get(one.zone_id, 0.0), more)
    frame = option.snapshot.zones
    rows, shapes = [], []
    for key, name, people, shape in zip(
        frame.index, frame["name"], frame["population"], frame["geometry"], strict=True
    ):
        drawn = shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"}
        rows.append((key, name, _number(people), lost.get(key), gained.get(key), longer.get(key)))
        shapes.append(
            shapely.MultiPolygon([shape]) if drawn and shape.geom_type == "Polygon" else shape if drawn else None
        )
    columns = {
        "id": "text", "name": "text", "population": "number", "services_lost": "whole", "services_gained": "whole",
        "longer_by_at_most_minutes": "number",
    }  # fmt: skip
    title = f"Zones, and the services whose reach they lose or gain in the plan ‘{option.name}’"
    return _Layer("zones", title, columns, rows, "outline", shapes, _by_loss())


def _reach(option: Option) -> _Layer:
    """A row a service and zone, to join to the zones by their id."""
    services = option.snapshot.services["name"].to_dict()
    rows = [
        (
            one.service_id, services.get(one.service_id, one.service_id), one.zone_id, one.population,
            one.minutes_today, one.minutes_after, one.reached_today, one.reached_after,
        )
        for one in option.plan.zones
    ]  # fmt: skip
    columns = {
        "service_id": "text", "service": "text", "zone_id": "text", "population": "number",
        "minutes_today": "number", "minutes_after": "number", "reached_today": "yes", "reached_after": "yes",
    }  # fmt: skip
    return _Layer("reach", "Reach of each service from each zone, today and after", columns, rows)


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _by_action() -> str:
    """The marks of the map's page."""
    qgis, categories, symbols = _categorised('"action"', 0)
    for number, swatch in enumerate(MARKS.values()):
        _category(categories, swatch.label, swatch.label, number)
        look = {
            "name": swatch.shape, "color": swatch.fill, "outline_color": swatch.stroke, "outline_width": "0.3",
            "size": f"{swatch.radius * 0.5:g}",
        }  # fmt: skip
        symbol(symbols, str(number), "point", look)
    return written(qgis)


def _by_loss() -> str:
    expression = (
        "CASE WHEN \"services_lost\" > 0 THEN 'loses' WHEN \"services_gained\" > 0 THEN 'gains' ELSE 'same' END"
    )
    qgis, categories, symbols = _categorised(expression, 2)
    shown = {"loses": ("Loses the reach of a service", _LOSS), "gains": ("Gains the reach of one", _GAIN),
             "same": ("Neither", _SAME)}  # fmt: skip
    for number, (value, (label, colour)) in enumerate(shown.items()):
        _category(categories, value, label, number)
        look = {"style": "solid", "color": colour, "outline_color": "#b1b4b6", "outline_width": "0.2"}
        symbol(symbols, str(number), "outline", look)
    return written(qgis)


def _by_people() -> str:
    qgis = Element("qgis", version="3.22", styleCategories="Symbology")
    renderer = SubElement(qgis, "renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0")
    look = {"line_color": moves_layer.COLOUR, "line_width": "0.5", "capstyle": "round"}
    symbol(SubElement(renderer, "symbols"), "0", "line", look, outline_width_mm='max(0.3, 0.25 * sqrt("fte"))')
    SubElement(qgis, "layerGeometryType").text = "1"
    return written(qgis)


def _categorised(expression: str, geometry_type: int) -> tuple[Element, Element, Element]:
    qgis = Element("qgis", version="3.22", styleCategories="Symbology")
    renderer = SubElement(qgis, "renderer-v2", type="categorizedSymbol", attr=expression, symbollevels="0")
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    SubElement(qgis, "layerGeometryType").text = str(geometry_type)
    return qgis, categories, symbols


def _category(categories: Element, value: str, label: str, number: int) -> None:
    SubElement(categories, "category", value=value, label=label, symbol=str(number), render="true", type="string")
