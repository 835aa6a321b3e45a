"""The register as one GeoPackage for QGIS: a layer a table, styled, that the importer `geopackage` reads back.

A table with places has a layer for the shape that is usual for it (properties are points; sites and zones are
outlines), which also holds rows without a place, and layers for its other shapes. Places are in EPSG:27700.
Columns have the types of `data/columns`, and their descriptions and choices stand in the file (OGC 12-128r18,
extension Schema), so that QGIS shows them. Styles stand in the table `layer_styles`, where QGIS looks for them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyogrio.raw
import shapely

from estate.database import Row
from estate.dictionary import Column, columns
from estate.export._files import replacing
from estate.export._schema import describe
from estate.problems import InputError

SUFFIX = ".gpkg"
DESCRIPTION = "A GeoPackage with a layer a table, for QGIS"

USUAL = {"property": "point", "site": "outline", "zone": "outline"}
ALWAYS = {"property": ("outline",)}  # offered even when empty, so that a building can be drawn
_KINDS = {"Point": "point", "Polygon": "outline", "MultiPolygon": "outline"}
_TYPES = {"point": "Point", "outline": "MultiPolygon", "other": "Unknown", "": None}
_DTYPES: dict[str, Any] = {
    "number": np.float64,
    "integer": np.int64,
    "boolean": np.bool_,
    "date": "datetime64[D]",
    "text": object,
    "choice": object,
}


def write(path: Path, rows_by_table: dict[str, list[Row]], as_of: datetime) -> None:
    """Write every table to the file `path`. Raises InputError when QGIS has it open with changes."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise InputError.of(str(path), "it is open in QGIS with changes", "Close it there, or choose another name")
    with replacing(path) as new:
        draft, layers = new.with_name(f"draft-{new.name}"), []
        for table, rows in rows_by_table.items():
            for kind, held in _layers(table, rows):
                name = table if kind == USUAL.get(table, "") else f"{table}_{kind}"
                _write_layer(draft, name, table, kind, held)
                layers.append((name, table, kind))
        with closing(sqlite3.connect(draft)) as connection:
            with connection:
                describe(connection, layers, as_of)
            # Leaves behind the times that GDAL wrote and SQLite's counters, by which the bytes would differ.
            connection.execute("VACUUM INTO ?", (str(new),))


def _layers(table: str, rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The layers that a table needs: the kind of shape of each (blank for one without places), and its rows."""
    if table not in USUAL:
        yield "", rows
        return
    for kind in ("point", "outline", "other"):
        held = [row for row in rows if _kind(row, table) == kind]
        if held or kind == USUAL[table] or kind in ALWAYS.get(table, ()):
            yield kind, held


def _kind(row: Row, table: str) -> str:
    place = row["geometry"]
    return USUAL[table] if place is None else _KINDS.get(place.geom_type, "other")


def _write_layer(path: Path, name: str, table: str, kind: str, rows: list[Row]) -> None:
    described = [column for column in columns(table) if column.type != "geometry"]
    pyogrio.raw.write(
        path,
        _places(rows, kind) if kind else None,
        [_values(column, rows) for column in described],
        [column.name for column in described],
        field_mask=[np.array([row[column.name] is None for row in rows], dtype=bool) for column in described],
        layer=name,
        driver="GPKG",
        geometry_type=_TYPES[kind],
        crs="EPSG:27700" if kind else None,
        layer_options={"GEOMETRY_NAME": "geometry"},
    )


def _places(rows: list[Row], kind: str) -> npt.NDArray[np.object_]:
    """Places as well-known bytes; outlines all of many parts, which the register takes for the same."""
    shapes = [row["geometry"] for row in rows]
    if kind == "outline":
        shapes = [shapely.MultiPolygon([s]) if s is not None and s.geom_type == "Polygon" else s for s in shapes]
    return np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], dtype=object)


def _values(column: Column, rows: list[Row]) -> npt.NDArray[Any]:
    """A column's values; what stands for a missing one is hidden by the mask."""
    values = [row[column.name] for row in rows]
    blanks: dict[str, Any] = {"number": 0.0, "integer": 0, "boolean": False, "date": np.datetime64("NaT")}
    blank = blanks.get(column.type)
    return np.array([blank if value is None else value for value in values], dtype=_DTYPES[column.type])
