"""Outlines of sites: land that would be sold as one (GeoJSON, GeoPackage, or CSV with WKT).

Each outline becomes a site, and the properties that stand inside are put on it. A property that already has
another site keeps it, one that stands inside two sites is put on neither: both are named, for somebody to decide.
"""

from collections import defaultdict

import numpy as np
import shapely

from estate.database import Row
from estate.importers._cells import slug
from estate.importers._geo import Feature, areas, features, is_exported, names_sites, outline_of
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Source, cell_fault
from estate.problems import Problem

NAME = "site-boundaries"
DESCRIPTION = "Outlines of sites, which take in the properties inside (GeoJSON, GeoPackage, or CSV with WKT)"

IDS = ("site_id", "id", "code", "ref", "reference", "title_no", "title_number")
NAMES = ("site_name", "name", "title", "address")
DETAILS = {"planning_notes": ("planning_notes", "notes"), "best_alternative_use": ("best_alternative_use",)}


def order(source: Source) -> int:
    """Last: it adds to properties that are there."""
    return 70


def recognises(source: Source, options: ImportOptions) -> bool:
    """Areas in a file whose name tells of sites."""
    return names_sites(source.path.stem) and not is_exported(source) and bool(areas(source))


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the sites, and find the properties inside each."""
    readout = Readout()
    seen: dict[str, int] = {}
    sites: list[Row] = []
    for feature in features(source):
        readout.rows += 1
        site = _site(feature, seen)
        if isinstance(site, Problem):
            readout.reject(feature.line, site)
            continue
        seen[str(site["id"])] = feature.line.number
        sites.append(site)
        readout.add("site", feature.line.number, site)
    _take_in(sites, seen, known, readout)
    return readout


def _site(feature: Feature, seen: dict[str, int]) -> Row | Problem:
    """The site that a feature is, or what is wrong with it."""
    faults = (cell_fault(name, text) for name, text in feature.line.cells.items())
    if fault := feature.line.fault or next(filter(None, faults), None):
        return fault
    name = feature.first(NAMES) or feature.first(IDS)
    key = feature.first(IDS) or slug(name)
    if not key:
        return Problem("", "it has neither a code nor a name", f"Give it one of {', '.join(IDS + NAMES)}")
    if key in seen:
        return Problem(key, f"feature {seen[key]} has the same code", "Give each site its own code", "", key)
    outline = outline_of(feature)
    if isinstance(outline, Problem):
        return outline
    more = {column: text for column, names in DETAILS.items() if (text := feature.first(names))}
    return {"id": key, "name": name, "geometry": outline, **more}


def _take_in(sites: list[Row], numbers: dict[str, int], known: Known, readout: Readout) -> None:
    """Put the properties on the sites that they stand in."""
    placed = [row for row in known.table("property").values() if row["geometry"] is not None]
    if not sites or not placed:
        return
    points = np.array([shapely.point_on_surface(row["geometry"]) for row in placed], dtype=object)
    tree = shapely.STRtree([site["geometry"] for site in sites])
    inside: dict[int, list[str]] = defaultdict(list)
    for point, site in tree.query(points, predicate="intersects").T:
        inside[int(point)].append(str(sites[site]["id"]))
    for index, found in sorted(inside.items()):
        _put(placed[index], sorted(found), numbers, readout)


def _put(row: Row, found: list[str], numbers: dict[str, int], readout: Readout) -> None:
    number, record = numbers[found[0]], f"{row['name']} ({row['id']})"
    if row["site_id"] in found:
        return
    if len(found) > 1 or row["site_id"]:
        reason = f"it stands inside {' and '.join(found)}"
        reason += f" and the register has it on {row['site_id']}" if row["site_id"] else ""
        remedy = "Say which by its site_id; until then nothing was changed"
        readout.warn(number, Problem(record, reason, remedy, "site_id"))
        return
    readout.add("property", number, {"id": row["id"], "site_id": found[0]})
    readout.mend(
        number, Problem(record, "it had no site", f"It was put on {found[0]}, in which it stands", "site_id")
    )
