"""Networks small enough to walk through by hand, as an OpenStreetMap extract and as OS Open Roads."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import osmium
import shapely
from osmium.osm.mutable import Node, Way

from estate.locate import to_national_grid

EASTING, NORTHING = 400_000.0, 300_000.0
Points = Mapping[int, tuple[float, float]]  # number to km east and north of the corner


def write_pbf(
    path: Path,
    points: Points,
    ways: Sequence[tuple[Sequence[int], Mapping[str, str]]],
    barriers: Mapping[int, Mapping[str, str]] | None = None,
    day: str = "",
) -> Path:
    """An extract of a day with these points and ways; a barrier is a point with tags."""
    header = osmium.io.Header()
    if day:
        header.set("osmosis_replication_timestamp", day)
    with osmium.SimpleWriter(str(path), overwrite=True, header=header) as writer:
        for number, (east, north) in sorted(points.items()):
            place = to_national_grid().transform(
                EASTING + 1000 * east, NORTHING + 1000 * north, direction="INVERSE"
            )
            writer.add_node(Node(id=number, location=place, tags=dict((barriers or {}).get(number, {}))))
        for number, (refs, tags) in enumerate(ways, start=1):
            writer.add_way(Way(id=number, nodes=list(refs), tags=dict(tags)))
    return path


def write_open_roads(path: Path, links: Sequence[tuple[Sequence[tuple[float, float]], str, str, bool]]) -> Path:
    """Links by their corners (km east and north), road_function, form_of_way and whether a trunk road."""
    lines = [
        shapely.LineString([(EASTING + 1000 * east, NORTHING + 1000 * north) for east, north in corners])
        for corners, *_ in links
    ]
    columns = {
        "road_function": [function for _, function, _, _ in links],
        "form_of_way": [form for _, _, form, _ in links],
        "trunk_road": [trunk for *_, trunk in links],
    }
    frame = gpd.GeoDataFrame(columns, geometry=lines, crs="EPSG:27700")
    frame.to_file(path, layer="road_link", driver="GPKG")
    return path
