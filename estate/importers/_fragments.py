"""Places that offer a service, from a map's outlines of buildings (GeoJSON).

A map draws one fire station as several buildings, few of them named. Outlines less than `TOGETHER_M` apart are
taken for one place unless both have names and they differ. A place without a name is called by the service and
where it lies: numbers, which no other place is like.
"""

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from estate.importers import _cells as cells
from estate.importers._geo import Feature, features
from estate.importers._source import Line, Source, Table
from estate.problems import Problem

TOGETHER_M = 50.0  # across a yard, not across a street and its far side's gardens
NAMES = (*cells.NAME, "distname", "title")
NO_NAMES = {"", "unknown", "n/a", "none"}
AREAS = ("area_name", "ward_name", "town")
NOWHERE = Problem("", "it has no place", "Draw its place, or leave it out", "geometry")
HEADERS = ("name", "address", "postcode", "easting", "northing")


def places(source: Source, service_name: str) -> tuple[Table, int]:
    """The places of a file as rows like those of a CSV, and how many of its features are parts of another's place.

    The row of a place has the number of its first feature. A feature that cannot be placed is a row with a fault.
    """
    found = features(source)
    drawn = [
        feature for feature in found if isinstance(feature.shape, shapely.Geometry) and not feature.line.fault
    ]
    lines = [_whole(group, service_name) for group in _together(drawn)]
    lines += [_unplaced(feature) for feature in found if feature not in drawn]
    lines.sort(key=lambda line: line.number)
    return Table(source.name, HEADERS, tuple(lines), frozenset()), len(found) - len(lines)


def _together(drawn: list[Feature]) -> list[list[Feature]]:
    """The features in groups, each of one place."""
    if not drawn:
        return []
    shapes = np.array([feature.shape for feature in drawn], dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOGETHER_M)
    names = np.array([_name(feature) for feature in drawn], dtype=object)
    alike = (names[left] == names[right]) | (names[left] == "") | (names[right] == "")
    joined = coo_matrix((np.ones(alike.sum()), (left[alike], right[alike])), shape=(len(drawn), len(drawn)))
    _, labels = connected_components(joined, directed=False)
    groups: dict[int, list[Feature]] = {}
    for feature, label in zip(drawn, labels, strict=True):
        groups.setdefault(int(label), []).append(feature)
    return list(groups.values())


def _name(feature: Feature) -> str:
    name = feature.first(NAMES)
    return "" if name.lower() in NO_NAMES else name


def _whole(group: list[Feature], service_name: str) -> Line:
    """One place as a row; it lies on its largest building."""
    first = group[0]
    largest = max(group, key=lambda feature: (shapely.area(feature.shape), -feature.line.number))
    point = shapely.point_on_surface(largest.shape)
    called = ", ".join(filter(None, (service_name, first.first(AREAS), f"{point.x:.0f} {point.y:.0f}")))
    row = {
        "name": next(filter(None, map(_name, group)), called),
        "address": first.first(cells.ADDRESS),
        "postcode": first.first(cells.POSTCODE),
        "easting": f"{point.x:.2f}",
        "northing": f"{point.y:.2f}",
    }
    return Line(first.line.number, row, first.line.fault)


def _unplaced(feature: Feature) -> Line:
    """A feature without a place that can be read, to be refused."""
    fault = feature.line.fault or (feature.shape if not isinstance(feature.shape, shapely.Geometry) else None)
    return Line(feature.line.number, feature.line.cells, fault or NOWHERE)
