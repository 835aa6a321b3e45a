"""One geometry column for both stores: WKB on SQLite, `geometry(Geometry, 27700)` on PostGIS."""

from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from geoalchemy2 import Geometry
from geoalchemy2.shape import from_shape, to_shape
from numpy.typing import NDArray
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

BRITISH_NATIONAL_GRID = 27700


class GeometryColumn(TypeDecorator[shapely.Geometry]):
    """Takes and gives shapely geometries in EPSG:27700."""

    impl = Geometry
    cache_ok = True

    def __init__(self) -> None:
        super().__init__("GEOMETRY", srid=BRITISH_NATIONAL_GRID, spatial_index=False)

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        # GeoAlchemy2 asks with no dialect when it looks for rasters.
        return LargeBinary() if dialect and dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: shapely.Geometry | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not value.is_valid:
            raise ValueError(f"geometry is not valid: {shapely.is_valid_reason(value)}")
        if dialect.name == "sqlite":
            return shapely.to_wkb(value)
        return from_shape(value, srid=BRITISH_NATIONAL_GRID, extended=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> shapely.Geometry | None:
        if value is None:
            return None
        return shapely.from_wkb(value) if isinstance(value, bytes) else to_shape(value)


def as_wkb(column: sa.ColumnElement[Any], dialect: Dialect) -> sa.ColumnElement[bytes]:
    """The column in a query as WKB, for whoever decodes many places in one call."""
    if dialect.name == "sqlite":
        return sa.type_coerce(column, LargeBinary)
    return sa.func.ST_AsBinary(column, type_=LargeBinary)


def plain(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """A place as `all_plain` makes it."""
    return all_plain(np.array([shape], dtype=object))[0]


def all_plain(shapes: NDArray[Any]) -> NDArray[Any]:
    """Places in the one form that the register keeps: flat, None where empty, no collection of one part.

    Formats that know one kind of shape a layer (GeoPackage, Shapefile) then give back what they were given.
    """
    flat: NDArray[Any] = shapely.force_2d(shapes)
    flat[shapely.is_empty(flat)] = None
    for at in np.flatnonzero(np.isin(shapely.get_type_id(flat), _FOLDED)):
        flat[at] = _unfolded(flat[at])
    return flat


_FOLDED = [
    shapely.GeometryType[kind].value for kind in ("LINEARRING", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
]


def _unfolded(shape: shapely.Geometry) -> shapely.Geometry:
    if shape.geom_type == "LinearRing":
        return shapely.LineString(shape.coords)
    return shape.geoms[0] if len(shape.geoms) == 1 else shape


def as_wkt(shape: shapely.Geometry) -> str:
    """A place as well-known text that gives back every digit: with fewer decimals GEOS loses the last one."""
    return str(shapely.to_wkt(shape, rounding_precision=20))
