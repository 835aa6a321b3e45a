"""Newport by its real roads: who is on the network, and ten pairs against a graph made by hand in networkx."""

import itertools
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmium
import pytest

from app import pipeline, travel
from estate import snapshot
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from estate.importers import import_files
from estate.locate import to_national_grid
from optimiser.prepare.network import osm
from optimiser.prepare.network.build import Settings
from optimiser.prepare.network.graphs import graph_of
from optimiser.prepare.network.speeds import road_speeds
from optimiser.prepare.travel import road_network
from optimiser.scenario import parse
from tests.support import newport
from tests.support.tiny_place import asked

pytestmark = pytest.mark.realdata
PAIRS = 10


@pytest.fixture(scope="module")
def built(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Register:
    """A register of Newport with its minutes."""
    register = Register.create(f"sqlite:///{tmp_path_factory.mktemp('newport') / 'estate.db'}")
    rows = newport.rows(shared_data)
    with register.transaction() as connection:
        for table in REGISTER_TABLES:
            write(connection, table, rows.get(table, []))
    travel.build(register, shared_data / newport.DATA, ["car", "bicycle", "foot"], Settings(), lambda _: None)
    return register


def test_seventy_zones_are_on_the_network_and_thirty_are_named_as_off_it(built: Register) -> None:
    for one in travel.kept(built):
        assert (one.row["zones"], one.row["zones_off_network"], one.row["places_off_network"]) == (100, 30, 0)
        assert len(one.zones_off) == 30
        assert (one.pairs, one.stale) == (1300, ())
        assert "Newport 005A (W01001614)" in one.zones_off


def test_the_same_minutes_are_found_nowhere_twice(built: Register, shared_data: Path) -> None:
    told: list[str] = []
    again = travel.build(built, shared_data / newport.DATA, ["foot"], Settings(), told.append)
    assert ([one.again for one in again], told) == ([True], [])


@cache
def _by_hand(path: Path, mode: str) -> tuple[nx.DiGraph, np.ndarray, list[int]]:
    """Every stretch between two points of every way, no point left out; and the points of its largest part."""
    graph: Any = nx.DiGraph()
    places = dict[int, tuple[float, float]]()
    wanted = osmium.filter.KeyFilter("highway", "barrier")
    items: Iterable[Any] = osmium.FileProcessor(str(path)).with_locations().with_filter(wanted)
    stopped, ways = set(), []
    for item in items:
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_node():
            stopped |= {item.id} if "barrier" in tags and osm.stops(tags, mode) else set()
        elif item.is_way() and osm.class_of(tags):
            points = [(n.ref, n.location.lon, n.location.lat) for n in item.nodes if n.location.valid()]
            ways.append((tags, points))
    for tags, points in ways:
        ahead, back = osm.directions(tags, osm.class_of(tags), mode)
        speed = road_speeds()[osm.class_of(tags)].km_per_hour(mode, built_up=True)
        for ref, lon, lat in points:
            places.setdefault(ref, to_national_grid().transform(lon, lat))
        for (a, *_), (b, *_) in itertools.pairwise(points):
            if a in stopped or b in stopped:
                continue
            minutes = float(np.hypot(*np.subtract(places[a], places[b]))) / 1000 / speed * 60
            for start, end, may in ((a, b, ahead), (b, a, back)):
                if may and minutes < graph.get_edge_data(start, end, {"minutes": np.inf})["minutes"]:
                    graph.add_edge(start, end, minutes=minutes)
    largest: list[int] = sorted(max(nx.strongly_connected_components(graph), key=lambda part: len(list(part))))
    return graph, np.array([places[ref] for ref in largest]), largest


@pytest.mark.parametrize(("mode", "km_per_hour"), [("foot", 4.8), ("bicycle", 15.0)])
def test_ten_pairs_are_what_networkx_finds_on_every_point_of_the_extract(
    built: Register, shared_data: Path, mode: str, km_per_hour: float
) -> None:
    graph, places, refs = _by_hand(shared_data / newport.DATA, mode)
    for row, zone, place in _ten(built, mode):
        ends, legs = [], 0.0
        for point in (zone, place):
            away = np.hypot(*(places - point).T)
            ends.append(refs[int(away.argmin())])
            legs += float(away.min()) / 1000 * 1.3 / km_per_hour * 60
        by_hand = nx.dijkstra_path_length(graph, *ends, weight="minutes") + legs
        # Ours begins and ends at junctions or within 100 m along the road: a walk of a minute or so.
        assert row["minutes"] == pytest.approx(by_hand, abs=100 / 1000 / km_per_hour * 60 * 1.3)


@pytest.mark.parametrize("mode", ["car", "bicycle", "foot"])
def test_ten_pairs_are_what_networkx_finds_on_our_own_graph(built: Register, shared_data: Path, mode: str) -> None:
    graph = graph_of(osm.read(shared_data / newport.DATA), mode)
    ours = nx.from_scipy_sparse_array(graph.minutes, create_using=nx.DiGraph, edge_attribute="minutes")
    km_per_hour = {"car": 30.0, "bicycle": 15.0, "foot": 4.8}[mode]
    for row, zone, place in _ten(built, mode):
        (start, end), metres = graph.snap(np.array([zone, place]), 1000.0)
        by_hand = nx.dijkstra_path_length(ours, int(start), int(end), weight="minutes")
        assert row["minutes"] == pytest.approx(by_hand + metres.sum() / 1000 * 1.3 / km_per_hour * 60, abs=0.001)


def _ten(built: Register, mode: str) -> list[tuple[Any, tuple[float, float], tuple[float, float]]]:
    """Ten pairs on the network, spread over the table: their row, and where zone and place are."""
    held = snapshot.take(built)
    times = held.travel_times
    times = times[(times["mode"] == mode) & ~times["fallback"]]
    picked = times.iloc[np.linspace(0, len(times) - 1, PAIRS).astype(int)]
    zones, places = held.zones["geometry"], held.properties["geometry"]
    found: list[Any] = [row for _, row in picked.iterrows()]
    return [
        (row, (zones[row.zone_id].x, zones[row.zone_id].y), (places[row.property_id].x, places[row.property_id].y))
        for row in found
    ]


def test_the_method_gives_the_plan_these_minutes(built: Register) -> None:
    held = snapshot.take(built)
    zones, places = list(held.zones.index), list(held.properties.index)
    minutes = road_network.minutes(held, asked().travel, "car", zones, places)
    assert np.isfinite(minutes).all()
    some = held.travel_times.loc[f"{zones[3]} {places[2]} car road_network"]
    assert minutes[3, 2] == some["minutes"]


def test_the_same_minutes_through_a_table_give_the_same_plan(built: Register, tmp_path: Path) -> None:
    times = snapshot.take(built).travel_times
    named = times.rename(columns={"zone_id": "from_id", "property_id": "to_id", "minutes": "travel_time"})
    named[["from_id", "to_id", "travel_time", "mode"]].to_parquet(tmp_path / "newport.parquet", index=False)
    (result,) = import_files(built, [tmp_path / "newport.parquet"])
    assert (result.accepted, result.rejected, result.warnings) == (3900, 0, 0)

    by_road, by_table = (
        pipeline.plan(built, parse({"travel": {"method": m}})).plan for m in ("road_network", "table")
    )
    assert by_road.figures is not None
    assert by_table.objective_gbp_k == by_road.objective_gbp_k
    assert (by_table.properties, by_table.moves) == (by_road.properties, by_road.moves)
    assert by_table.impacts == by_road.impacts
    minutes = [[(zone.minutes_today, zone.minutes_after) for zone in plan.zones] for plan in (by_road, by_table)]
    assert minutes[0] == minutes[1]
    assert sum(zone.by_line_today for zone in by_road.zones) == 3 * 30  # by service the zones off the network
