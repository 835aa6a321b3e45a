"""The main roads of a network file, drawn for a map."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from estate.snapshot import Snapshot
from maps.geometry import Geometry, simplified
from optimiser.prepare.network.files import box_round, open_file
from optimiser.prepare.network.roads import Roads
from optimiser.prepare.places import centres

KINDS = {
    "Motorways and trunk roads": ("motorway", "trunk"),
    "A roads": ("a_road",),
    "B and minor roads": ("b_road", "minor_road"),
}
_MARGIN_M = 500.0


@dataclass(frozen=True)
class RoadLines:
    """Lines by kind of road, in WGS84, and whose data they are."""

    lines: dict[str, Geometry]
    credit: str


def read(path: Path, snapshot: Snapshot) -> RoadLines:
    """The roads about the zones and properties. Raises InputError for a file that is no network."""
    box = box_round([centres(snapshot.zones), centres(snapshot.properties)], _MARGIN_M)
    roads = open_file(path).read(box)
    drawn = {kind: _ways(roads, classes, box) for kind, classes in KINDS.items()}
    osm = path.suffix.lower() == ".pbf"
    credit = "© OpenStreetMap contributors, ODbL" if osm else "Contains OS data © Crown copyright"
    return RoadLines(simplified({kind: found for kind, found in drawn.items() if not found.is_empty}), credit)


def _ways(
    roads: Roads, classes: tuple[str, ...], box: tuple[float, float, float, float]
) -> shapely.MultiLineString:
    wanted = np.flatnonzero(np.isin(roads.road_class.astype(str), classes))
    rows = [roads.points[roads.refs[roads.starts[way] : roads.starts[way + 1]]] for way in wanted]
    whole = shapely.line_merge(shapely.union_all([shapely.LineString(points) for points in rows]))
    return shapely.intersection(whole, shapely.box(*box))
