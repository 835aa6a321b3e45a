"""The places of a file, one feature after another: GeoJSON, a GeoPackage of one layer, CSV with WKT.

GeoJSON is in WGS84 unless its `crs` member says otherwise. A GeoPackage names its CRS. A CSV names none: numbers
that can only be degrees are read as WGS84, others as metres on the British National Grid.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import shapely.geometry

from estate.dictionary import REGISTER_TABLES
from estate.importers._crs import BRITISH_NATIONAL_GRID, WGS84, crs_of, onto_grid
from estate.importers._gpkg import Layer, opened
from estate.importers._rows import fits
from estate.importers._source import OUTLINES, Line, Source, clean, key
from estate.locate import GREAT_BRITAIN_METRES
from estate.problems import Problem

SHAPES = ("point", "outline", "other")  # an export has a layer a table and kind of shape


@dataclass(frozen=True)
class Feature:
    """One place. `line` holds its properties by name in lower case, numbered as the file numbers them.

    `shape` is in EPSG:27700; None where there is none, a Problem where it cannot be read.
    """

    line: Line
    shape: shapely.Geometry | Problem | None

    @property
    def kind(self) -> str:
        """Point, Polygon ...; blank where there is no place."""
        return str(self.shape.geom_type) if isinstance(self.shape, shapely.Geometry) else ""

    def first(self, names: tuple[str, ...]) -> str:
        """The first property of these that is filled."""
        return next((self.line[name] for name in names if self.line[name]), "")


def features(source: Source) -> tuple[Feature, ...]:
    """Every feature of a file; none for a file without places. Raises InputError for one that is damaged."""
    if "features" not in source.memory:
        has_places = source.kind != "csv" or source.headers & OUTLINES
        readers = {"geojson": _geojson, "geopackage": _geopackage, "csv": _csv}
        readable = has_places and source.kind in readers
        source.memory["features"] = tuple(readers[source.kind](source)) if readable else ()
    found: tuple[Feature, ...] = source.memory["features"]
    return found


def areas(source: Source) -> list[Feature]:
    """The features of a file that are areas, where nearly all are; else none."""
    found = features(source)
    drawn = [feature for feature in found if feature.kind in {"Polygon", "MultiPolygon"}]
    return drawn if len(drawn) > 0.9 * len(found) else []


def outline_of(feature: Feature) -> shapely.Geometry | Problem:
    """The area that a feature is, made valid and without stray lines; or what is wrong with it."""
    if isinstance(feature.shape, Problem):
        return feature.shape
    if feature.kind not in {"Polygon", "MultiPolygon"}:
        return Problem("", "it is not an area", "Import boundaries, not points or lines", "geometry", feature.kind)
    parts = shapely.get_parts(shapely.make_valid(feature.shape))
    outline = shapely.union_all([part for part in parts if part.area > 0])
    west, south, east, north = outline.bounds
    least_e, least_n, most_e, most_n = GREAT_BRITAIN_METRES
    if outline.is_empty or not (least_e <= west <= east <= most_e and least_n <= south <= north <= most_n):
        reason = "its boundary is empty or lies outside Great Britain"
        return Problem("", reason, "Check the file's coordinate reference system and order", "geometry")
    return outline


def layers_of(source: Source) -> tuple[Layer, ...]:
    """The layers of a GeoPackage; none for another kind of file."""
    if "layers" not in source.memory:
        if source.kind != "geopackage":
            return ()
        with opened(source) as package:
            source.memory["layers"] = package.layers
    found: tuple[Layer, ...] = source.memory["layers"]
    return found


def described(source: Source) -> str:
    """A GeoPackage's layers and their columns, in brackets; blank for another kind of file."""
    layers = "; ".join(f"{layer.name}: {', '.join(layer.columns)}" for layer in layers_of(source))
    return f" (its layers are {layers})" if layers else ""


def table_named(layer: str) -> str:
    """The table of the register that a layer such as `property` or `property_outline` means; blank for none."""
    name = layer.lower()
    for shape in SHAPES:
        name = name.removesuffix(f"_{shape}")
    return name if name in REGISTER_TABLES else ""


def is_exported(source: Source) -> bool:
    """Whether a file or a layer of it is a table of the register, by its name and most of its columns."""
    if source.kind == "csv":
        table = source.path.stem.lower()
        return table in REGISTER_TABLES and fits(table, source.headers)
    named = [(table_named(layer.name), frozenset(map(key, layer.columns))) for layer in layers_of(source)]
    return any(table and fits(table, headers) for table, headers in named)


def names_sites(text: str) -> bool:
    """Whether a file's name says that it holds sites."""
    return bool(re.search(r"(?<![a-z])sites?(?![a-z])", text.lower()))


def _geojson(source: Source) -> Iterator[Feature]:
    named = source.document.get("crs")
    inner = named.get("properties", {}) if isinstance(named, dict) else named
    crs = WGS84 if named is None else crs_of(source, inner.get("name") if isinstance(inner, dict) else inner)
    for number, item in enumerate(source.document["features"], start=1):
        held = item.get("properties") if isinstance(item, dict) else None
        cells = {str(k).lower(): clean(v) for k, v in held.items()} if isinstance(held, dict) else {}
        geometry = item.get("geometry") if isinstance(item, dict) else None
        yield Feature(Line(number, cells), _drawn(geometry, crs) if isinstance(geometry, dict) else None)


def _drawn(geometry: Mapping[str, Any], crs: str) -> shapely.Geometry | Problem:
    try:
        with np.errstate(invalid="ignore"):  # NaN is no JSON, yet is read as such: `onto_grid` refuses it
            return onto_grid(shapely.geometry.shape(geometry), crs)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return Problem("", "its boundary cannot be read", "Export it again as GeoJSON", "geometry")


def _geopackage(source: Source) -> Iterator[Feature]:
    with opened(source) as package:
        layers = [layer for layer in package.layers if layer.geometry]
        if len(layers) > 1:
            names = ", ".join(layer.name for layer in layers)
            raise source.error(
                f"it has {len(layers)} layers of places ({names}) and none is a table of the register",
                "Export the layer you want to a GeoPackage of its own",
            )
        lines = package.table(layers[0]).lines if layers else ()
    for line in lines:
        cells = {name.lower(): clean(cell) for name, cell in line.cells.items() if name != "geometry"}
        shape = shapely.from_wkt(line["geometry"]) if line["geometry"] else line.fault
        yield Feature(Line(line.number, cells, line.fault), shape)


def _csv(source: Source) -> Iterator[Feature]:
    header = next(name for name in source.table.headers if key(name) in OUTLINES)
    for line in source.table.lines:
        cells = {name.lower(): cell for name, cell in line.cells.items() if name != header}
        yield Feature(Line(line.number, cells, line.fault), _read(line[header], header))


def _read(text: str, header: str) -> shapely.Geometry | Problem | None:
    if not text:
        return None
    try:
        shape = shapely.from_wkt(text)
        degrees = not shape.is_empty and max(map(abs, shape.bounds)) <= 180
        return onto_grid(shape, WGS84 if degrees else BRITISH_NATIONAL_GRID)
    except (ValueError, TypeError, shapely.errors.ShapelyError):
        return Problem("", "its boundary cannot be read", "Give it as well-known text (WKT)", header, text[:100])
