"""Population-weighted centres of zones: where their people travel from (CSV or GeoJSON of points).

The Office for National Statistics publishes them beside the boundaries. A file is taken for one by its name: pwc,
centroid or weighted stands in it. Points of zones that the register does not have are passed over.
"""

import re

from estate.importers import _cells as cells
from estate.importers._geo import features
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, key
from estate.importers.zones import IDS
from estate.locate import Located, locate
from estate.problems import Problem

NAME = "zone-centres"
DESCRIPTION = "Population-weighted centres of the zones (CSV or GeoJSON of points)"
ZONE = tuple(name for name in IDS if name != "id")
_NAMED = re.compile(r"pwc|centroid|weighted", re.IGNORECASE)


def order(source: Source) -> int:
    """After the zones, which it adds to."""
    return 20


def recognises(source: Source, options: ImportOptions) -> bool:
    """Points with a code of zones, in a file whose name says what they are."""
    if not _NAMED.search(source.path.stem):
        return False
    if source.kind == "csv":
        return bool(source.headers & set(map(key, ZONE))) and cells.has_coordinates(source)
    found = features(source)
    return bool(found) and all(each.kind == "Point" and each.first(ZONE) for each in found)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the point of each zone of the register."""
    readout = Readout()
    if source.kind == "csv":
        _read_table(source, known, readout)
    else:
        _read_points(source, known, readout)
    missing = len(known.ids("zone")) - len(readout.tables["zone"])
    if missing:
        reason = f"{missing:,} zones of the register are not in it: their people set out from the middle"
        readout.warn(1, Problem(source.name, reason, "Import the centres of the same zones and year"))
    return readout


def _read_table(source: Source, known: Known, readout: Readout) -> None:
    table = source.table
    table.need(zone=ZONE)
    zone, where = table.find(*ZONE), cells.coordinates(table)
    seen: dict[str, int] = {}
    for line in readout.lines(table):
        _take(line, line[zone], locate(line[where.x], line[where.y], None, where.expected), known, readout, seen)


def _read_points(source: Source, known: Known, readout: Readout) -> None:
    seen: dict[str, int] = {}
    for feature in features(source):
        readout.rows += 1
        shape = feature.shape
        if shape is None or isinstance(shape, Problem):
            readout.reject(feature.line, shape or Problem("", "it has no place", "Draw it", "geometry"))
        else:
            found = locate(str(shape.x), str(shape.y), None, "metres")
            _take(feature.line, feature.first(ZONE), found, known, readout, seen)


def _take(line: Line, code: str, found: Located, known: Known, readout: Readout, seen: dict[str, int]) -> None:
    if code not in known.ids("zone"):
        return
    if code in seen:
        reason = f"row {seen[code]} is about the same zone"
        readout.reject(line, Problem(code, reason, "Keep one of them", ZONE[0], code))
    elif found.point is None:
        readout.reject(line, Problem(code, found.reason, found.remedy))
    else:
        seen[code] = line.number
        east, north = round(found.point.x, 2), round(found.point.y, 2)
        row = {"id": code, "centre_easting_m": east, "centre_northing_m": north}
        readout.add("zone", line.number, {**row, "centre_kind": "population_weighted"})
