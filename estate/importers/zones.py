"""Demand zones (Output Areas, LSOAs, MSOAs ...) from GeoJSON.

GeoJSON is in WGS84 unless its `crs` member says otherwise. Outlines are brought to EPSG:27700, rounded to the
centimetre and made valid. Rows are numbered from 1, the first feature.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
import shapely.geometry

from estate.database import Row
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, cell_fault, clean
from estate.locate import GREAT_BRITAIN_METRES, to_national_grid
from estate.problems import Problem

NAME = "zones"
DESCRIPTION = "Demand zones with their boundaries (GeoJSON)"

IDS = ("area_code", "oa21cd", "lsoa21cd", "msoa21cd", "oa11cd", "lsoa11cd", "msoa11cd", "wd24cd", "id", "code")
NAMES = ("area_name", "oa21nm", "lsoa21nm", "msoa21nm", "lsoa11nm", "msoa11nm", "wd24nm", "name")
CENTRES = (("pwc_lon", "pwc_lat"), ("pwc_x", "pwc_y"))  # population-weighted centres, in the file's own CRS
OVERLAP = 0.5  # share of the smaller zone; generalised neighbours overlap by slivers only
_CRS = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):[\d.]*:?(\d+|CRS84)", re.IGNORECASE)


def order(source: Source) -> int:
    """First of all: what lies outside the place is known by the zones."""
    return 10


def recognises(source: Source, options: ImportOptions) -> bool:
    """GeoJSON of areas, nearly each with a code of its own."""
    if source.kind != "geojson":
        return False
    features = [f for f in source.document["features"] if isinstance(f, dict)]
    areas = [f for f in features if _type(f) in {"Polygon", "MultiPolygon"}]
    codes = {_first(_properties(f), IDS) for f in areas} - {""}
    return bool(areas) and len(areas) > 0.9 * len(features) and len(codes) > 0.9 * len(areas)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the zones. One that lies over another zone is refused: people must not be counted twice."""
    readout, crs = Readout(), _crs(source)
    transformer = to_national_grid(crs)
    accepted: dict[str, Line] = {}
    rows: dict[str, Row] = {}
    for number, feature in enumerate(source.document["features"], start=1):
        readout.rows += 1
        properties = _properties(feature)
        line = Line(number, properties)
        key = _first(properties, IDS)
        outcome = _fault_of(properties, key, accepted) or _outline(feature, transformer)
        if isinstance(outcome, Problem):
            readout.reject(line, outcome)
            continue
        accepted[key] = line
        rows[key] = {"id": key, "name": _first(properties, NAMES) or None, "geometry": outcome}
        rows[key] |= _centre(properties, outcome, transformer)
    overlaps = _overlaps(rows, {k: z["geometry"] for k, z in known.table("zone").items() if k not in rows})
    for key, row in rows.items():
        if key in overlaps:
            reason = f"it lies over zone {overlaps[key]}, so its people would be counted twice"
            remedy = "Import one set of zones only, such as LSOAs"
            readout.reject(accepted[key], Problem(key, reason, remedy))
        else:
            readout.add("zone", accepted[key].number, row)
    return readout


def _properties(feature: object) -> dict[str, str]:
    held = feature.get("properties") if isinstance(feature, dict) else None
    return {str(k).lower(): clean(v) for k, v in held.items()} if isinstance(held, dict) else {}


def _first(properties: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((properties[name] for name in names if properties.get(name)), "")


def _type(feature: Mapping[str, Any]) -> str:
    geometry = feature.get("geometry")
    return str(geometry.get("type")) if isinstance(geometry, dict) else ""


def _crs(source: Source) -> str:
    crs = source.document.get("crs")
    if crs is None:
        return "OGC:CRS84"
    name = crs.get("properties", {}).get("name") if isinstance(crs, dict) else crs
    found = _CRS.fullmatch(str(name))
    # Only codes: PROJ would read files that other kinds of text name.
    code = f"{found[1].upper()}:{found[2].upper()}" if found else ""
    try:
        pyproj.CRS.from_user_input(code)
    except pyproj.exceptions.CRSError:
        remedy = "Export it in WGS84 (EPSG:4326) or on the British National Grid (EPSG:27700)"
        raise source.error(f"its coordinate reference system {name!s:.80} is not known", remedy) from None
    return code


def _fault_of(properties: Mapping[str, str], key: str, accepted: Mapping[str, Line]) -> Problem | None:
    for name, text in properties.items():
        if fault := cell_fault(name, text):
            return fault
    if not key:
        return Problem("", "it has no code", f"Give each zone one of the properties {', '.join(IDS)}")
    if key in accepted:
        return Problem(key, f"feature {accepted[key].number} has the same code", "Give each zone its own code")
    return None


def _outline(feature: Mapping[str, Any], transformer: pyproj.Transformer) -> shapely.Geometry | Problem:
    """The zone's outline in EPSG:27700, or what is wrong with it."""
    if _type(feature) not in {"Polygon", "MultiPolygon"}:
        remedy = "Import boundaries, not points or lines"
        return Problem("", "it is not an area", remedy, "geometry", _type(feature))
    try:
        drawn = shapely.force_2d(shapely.geometry.shape(feature["geometry"]))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return Problem("", "its boundary cannot be read", "Export it again as GeoJSON", "geometry")

    def onto_grid(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])), 2)

    outline = _areas(shapely.make_valid(shapely.transform(drawn, onto_grid)))
    west, south, east, north = outline.bounds
    least_e, least_n, most_e, most_n = GREAT_BRITAIN_METRES
    if outline.is_empty or not (least_e <= west <= east <= most_e and least_n <= south <= north <= most_n):
        reason = "its boundary is empty or lies outside Great Britain"
        return Problem("", reason, "Check the file's coordinate reference system and order", "geometry")
    return outline


def _areas(shape: shapely.Geometry) -> shapely.Geometry:
    """The areas of a shape: mending one may leave stray lines."""
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.area > 0])


def _centre(properties: Mapping[str, str], outline: shapely.Geometry, transformer: pyproj.Transformer) -> Row:
    """Where people travel from: the population-weighted centre if given, else the middle, else a point inside."""
    point = outline.centroid if outline.contains(outline.centroid) else outline.representative_point()
    x, y = point.x, point.y
    for names in CENTRES:
        try:
            given = transformer.transform(float(properties.get(names[0], "")), float(properties.get(names[1], "")))
        except ValueError:
            continue
        if all(map(math.isfinite, given)):
            x, y = given
            break
    return {"centre_easting_m": round(x, 2), "centre_northing_m": round(y, 2)}


def _overlaps(rows: Mapping[str, Row], others: Mapping[str, shapely.Geometry]) -> dict[str, str]:
    """The zones among `rows` that lie over one of `others` or over an earlier row, and over which."""
    shapes = {**others, **{key: row["geometry"] for key, row in rows.items()}}
    keys, outlines = list(shapes), np.array(list(shapes.values()), dtype=object)
    tree = shapely.STRtree(outlines)
    found: dict[str, str] = {}
    for later, earlier in sorted(map(tuple, tree.query(outlines, predicate="intersects").T)):
        if earlier >= later or keys[later] not in rows or keys[earlier] in found:
            continue
        smaller = min(outlines[later].area, outlines[earlier].area)
        if outlines[later].intersection(outlines[earlier]).area > OVERLAP * smaller:
            found.setdefault(keys[later], keys[earlier])
    return found
