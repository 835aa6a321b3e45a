"""Demand zones (Output Areas, LSOAs, MSOAs ...) with their boundaries: GeoJSON, GeoPackage, or CSV with WKT.

Outlines are brought to EPSG:27700 (see `_geo`), rounded to the centimetre and made valid. A register has one set
of zones: two sets over each other would count their people twice.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import shapely

from estate.database import Row
from estate.importers._geo import Feature, areas, features, is_exported, names_sites, outline_of
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, cell_fault
from estate.locate import locate
from estate.problems import Problem
from estate.services import service_named

NAME = "zones"
DESCRIPTION = "Demand zones with their boundaries (GeoJSON, GeoPackage, or CSV with outlines as WKT)"

IDS = ("area_code", "oa21cd", "lsoa21cd", "msoa21cd", "oa11cd", "lsoa11cd", "msoa11cd", "wd24cd", "id", "code")
NAMES = ("area_name", "oa21nm", "lsoa21nm", "msoa21nm", "lsoa11nm", "msoa11nm", "wd24nm", "name")
CENTRES = (("pwc_lon", "pwc_lat"), ("pwc_x", "pwc_y"))  # population-weighted centres, degrees or metres
OVERLAP = 0.5  # share of the smaller zone; generalised neighbours overlap by slivers only
ONE_SET = "Import one set of zones only, such as LSOAs"


def order(source: Source) -> int:
    """First of all: what lies outside the place is known by the zones."""
    return 10


def recognises(source: Source, options: ImportOptions) -> bool:
    """Areas, nearly each with a code of its own; no sites, no buildings of a service, no tables of a register."""
    if is_exported(source) or names_sites(source.path.stem) or service_named(source.path.stem):
        return False
    drawn = areas(source)
    codes = {feature.first(IDS) for feature in drawn} - {""}
    return bool(drawn) and len(codes) > 0.9 * len(drawn)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the zones. One that lies over another zone is refused: people must not be counted twice.

    Raises InputError for a file most of whose zones lie over those that are there: it is another set of zones.
    """
    readout = Readout()
    accepted: dict[str, Line] = {}
    rows: dict[str, Row] = {}
    for feature in features(source):
        readout.rows += 1
        key = feature.first(IDS)
        outcome = _fault_of(feature.line, key, accepted) or outline_of(feature)
        if isinstance(outcome, Problem):
            readout.reject(feature.line, outcome)
            continue
        accepted[key] = feature.line
        rows[key] = {"id": key, "name": feature.first(NAMES) or None, "geometry": outcome}
        rows[key] |= _centre(feature, outcome)
    others = {k: z["geometry"] for k, z in known.table("zone").items() if k not in rows}
    overlaps = _overlaps(rows, others)
    _refuse_another_set(source, rows, {k: other for k, other in overlaps.items() if other in others}, known)
    for key, row in rows.items():
        if key in overlaps:
            reason = f"it lies over zone {overlaps[key]}, so its people would be counted twice"
            readout.reject(accepted[key], Problem(key, reason, ONE_SET))
        else:
            readout.add("zone", accepted[key].number, row)
    return readout


def _refuse_another_set(source: Source, rows: Mapping[str, Row], over: Mapping[str, str], known: Known) -> None:
    """Stop where a place's zones come in two sizes: the second set would be refused row by row, the first kept."""
    if 2 * len(over) <= len(rows):
        return
    files = {row["id"]: row["file_name"] for row in known.values("import_batch", "id", "file_name")}
    batches = {row["id"]: row["import_batch_id"] for row in known.values("zone", "id", "import_batch_id")}
    sets = Counter(files.get(batches[zone], "the register") for zone in over.values())
    where = ", ".join(f"{name} ({count:,})" for name, count in sorted(sets.items()))
    reason = f"{len(over):,} of its {len(rows):,} zones lie over zones of another set, from {where}"
    raise source.error(reason, f"{ONE_SET}: name the one file, not the folder")


def _fault_of(line: Line, key: str, accepted: Mapping[str, Line]) -> Problem | None:
    if line.fault:
        return line.fault
    for name, text in line.cells.items():
        if fault := cell_fault(name, text):
            return fault
    if not key:
        return Problem("", "it has no code", f"Give each zone one of the properties {', '.join(IDS)}")
    if key in accepted:
        return Problem(key, f"feature {accepted[key].number} has the same code", "Give each zone its own code")
    return None


def _centre(feature: Feature, outline: shapely.Geometry) -> Row:
    """Where people travel from: the population-weighted centre if given, else the middle, else a point inside."""
    point = outline.centroid if outline.contains(outline.centroid) else outline.representative_point()
    kind = "middle"
    for x, y in CENTRES:
        if given := locate(feature.line[x], feature.line[y]).point:
            point, kind = given, "population_weighted"
            break
    east, north = round(point.x, 2), round(point.y, 2)
    return {"centre_easting_m": east, "centre_northing_m": north, "centre_kind": kind}


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
