"""A graph small enough to walk through: one-way streets, parts that do not hang together, barriers, long roads."""

from pathlib import Path

import numpy as np
import pytest

from optimiser.prepare.network import open_roads, osm
from optimiser.prepare.network.graphs import Graph, graph_of
from optimiser.prepare.network.routes import Ends, ends, minutes_by_road
from optimiser.prepare.network.speeds import road_speeds
from tests.support.networks import EASTING, NORTHING, write_open_roads, write_pbf

STREET = {"highway": "residential"}
LOCAL_CAR = road_speeds()["local_street"].car_open_country_km_per_hour  # far fewer than 40 junctions a km2
ACROSS = 1.0 / LOCAL_CAR * 60  # minutes of a kilometre


def _at(graph: Graph, east_km: float, north_km: float) -> int:
    away = np.hypot(*(graph.points - [EASTING + 1000 * east_km, NORTHING + 1000 * north_km]).T)
    assert away.min() < 1.0
    return int(away.argmin())


def _ends(graph: Graph, *km: tuple[float, float], limit_m: float = 500.0) -> Ends:
    points = np.array([(EASTING + 1000 * east, NORTHING + 1000 * north) for east, north in km])
    return ends(graph, points, np.ones(len(km), dtype=bool), limit_m, minutes_per_m=0.01)


def _minutes(graph: Graph, start: tuple[float, float], end: tuple[float, float], limit: float = np.inf) -> float:
    ((_, _, found),) = minutes_by_road(graph, _ends(graph, start), _ends(graph, end), limit)
    return float(found[0, 0])


# 1 - 2 - 3 in a row, 4 north of 2; the street 1 -> 2 is one-way, the way back goes 2 -> 4 -> 1.
ONE_WAY = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (2.0, 0.0), 4: (1.0, 1.0)}
ONE_WAY_STREETS = [
    ((1, 2), {**STREET, "oneway": "yes"}),
    ((2, 3), STREET),
    ((2, 4), STREET),
    ((4, 1), STREET),
]


def test_a_one_way_street_is_driven_one_way_and_walked_both(tmp_path: Path) -> None:
    roads = osm.read(write_pbf(tmp_path / "a.osm.pbf", ONE_WAY, ONE_WAY_STREETS))
    car, foot = graph_of(roads, "car"), graph_of(roads, "foot")
    assert _minutes(car, (0, 0), (2, 0)) == pytest.approx(2 * ACROSS, rel=1e-3)
    assert _minutes(car, (2, 0), (0, 0)) == pytest.approx((2 + 2**0.5) * ACROSS, rel=1e-3)
    assert _minutes(foot, (2, 0), (0, 0)) == pytest.approx(2 / 4.8 * 60, rel=1e-3)


def test_the_same_minutes_are_found_from_either_side(tmp_path: Path) -> None:
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", ONE_WAY, ONE_WAY_STREETS)), "car")
    one, three = _ends(graph, (2, 0)), _ends(graph, (0, 0), (1, 0), (1, 1))
    ((_, _, from_zones),) = minutes_by_road(graph, one, three)
    ((_, _, from_places),) = minutes_by_road(graph, three, one)
    assert from_zones[0].tolist() == pytest.approx([(2 + 2**0.5) * ACROSS, ACROSS, 2 * ACROSS], rel=1e-3)
    assert from_places[:, 0].tolist() == pytest.approx([2 * ACROSS, ACROSS, 2 * ACROSS], rel=1e-3)


def test_a_part_that_does_not_hang_together_with_the_rest_is_left_out(tmp_path: Path) -> None:
    points = {**ONE_WAY, 8: (5.0, 0.0), 9: (5.05, 0.0)}
    graph = graph_of(
        osm.read(write_pbf(tmp_path / "a.osm.pbf", points, [*ONE_WAY_STREETS, ((8, 9), STREET)])), "car"
    )
    assert graph.left_out == 2
    assert _ends(graph, (5.0, 0.0)).on_network.tolist() == [False]


def test_a_dead_end_of_one_way_streets_is_no_place_to_start(tmp_path: Path) -> None:
    points = {**ONE_WAY, 5: (3.0, 0.0)}
    streets = [*ONE_WAY_STREETS, ((3, 5), {**STREET, "oneway": "yes"})]  # whoever drives in never comes out
    roads = osm.read(write_pbf(tmp_path / "a.osm.pbf", points, streets))
    assert not _ends(graph_of(roads, "car"), (3.0, 0.0)).on_network[0]
    assert _ends(graph_of(roads, "foot"), (3.0, 0.0)).on_network[0]


def test_a_bollard_in_a_street_stops_cars_alone(tmp_path: Path) -> None:
    # A square: from 1 to 2 it is one side, or three where the side has a bollard in its middle.
    points = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (1.0, 1.0), 4: (0.0, 1.0), 5: (0.5, 0.0)}
    streets = [((1, 5, 2), STREET), ((2, 3), STREET), ((3, 4), STREET), ((4, 1), STREET)]
    roads = osm.read(write_pbf(tmp_path / "a.osm.pbf", points, streets, {5: {"barrier": "bollard"}}))
    assert _minutes(graph_of(roads, "car"), (0, 0), (1, 0)) == pytest.approx(3 * ACROSS, rel=1e-3)
    assert _minutes(graph_of(roads, "foot"), (0, 0), (1, 0)) == pytest.approx(1 / 4.8 * 60, rel=1e-3)


def test_a_long_road_has_a_point_every_fifty_metres_and_its_whole_length(tmp_path: Path) -> None:
    points = {n + 1: (n / 20, 0.0) for n in range(21)} | {22: (2.0, 0.0)}  # 50 m apart, then 1 km
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", points, [(tuple(points), STREET)])), "foot")
    assert len(graph.points) == pytest.approx(40, abs=4)
    assert np.hypot(*np.diff(np.sort(graph.points, axis=0), axis=0).T).max() < 100
    assert _minutes(graph, (0, 0), (2, 0)) == pytest.approx(2 / 4.8 * 60, rel=1e-3)


def test_a_signposted_limit_slows_and_never_quickens(tmp_path: Path) -> None:
    points = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (2.0, 0.0)}
    streets = [((1, 2), {**STREET, "maxspeed": "10 mph"}), ((2, 3), {**STREET, "maxspeed": "70 mph"})]
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", points, streets)), "car")
    assert _minutes(graph, (0, 0), (1, 0)) == pytest.approx(60 / 16.09, rel=1e-3)
    assert _minutes(graph, (1, 0), (2, 0)) == pytest.approx(ACROSS, rel=1e-3)


def test_a_ferry_takes_as_long_as_it_says(tmp_path: Path) -> None:
    points = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (1.5, 0.0), 4: (3.0, 0.0)}
    ways = [((1, 2), STREET), ((2, 3, 4), {"route": "ferry", "duration": "00:12"})]
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", points, ways)), "foot")
    assert graph.minutes[_at(graph, 1, 0)].sum() > 0
    ((_, _, found),) = minutes_by_road(graph, _ends(graph, (0, 0)), _ends(graph, (1, 0)))
    assert found[0, 0] == pytest.approx(1 / 4.8 * 60, rel=1e-3)
    far = _at(graph, 3, 0)
    assert not graph.start_from[far]  # nobody lives on the landing stage


def test_of_two_ways_between_the_same_points_the_shorter_counts(tmp_path: Path) -> None:
    points = {1: (0.0, 0.0), 2: (1.0, 0.0)}
    streets = [((1, 2), {**STREET, "maxspeed": "5 mph"}), ((1, 2), STREET)]
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", points, streets)), "car")
    assert _minutes(graph, (0, 0), (1, 0)) == pytest.approx(ACROSS, rel=1e-3)


def test_nothing_beyond_the_limit_is_found(tmp_path: Path) -> None:
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", ONE_WAY, ONE_WAY_STREETS)), "car")
    assert np.isinf(_minutes(graph, (2, 0), (0, 0), limit=3 * ACROSS))
    assert np.isfinite(_minutes(graph, (2, 0), (1, 0), limit=3 * ACROSS))


def test_the_way_to_the_nearest_road_counts(tmp_path: Path) -> None:
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", ONE_WAY, ONE_WAY_STREETS)), "car")
    assert _minutes(graph, (2, -0.2), (1, 0)) == pytest.approx(ACROSS + 200 * 0.01, rel=1e-3)
    assert _ends(graph, (2, -0.2), limit_m=100).on_network.tolist() == [False]


def test_a_built_up_square_is_slower_than_open_country(tmp_path: Path) -> None:
    # A mesh of streets 100 m apart has 100 junctions a km2.
    points = {100 * x + y: (0.05 + x / 10, 0.05 + y / 10) for x in range(10) for y in range(10)}
    rows = [(tuple(100 * x + y for x in range(10)), {"highway": "primary"}) for y in range(10)]
    columns = [(tuple(100 * x + y for y in range(10)), {"highway": "primary"}) for x in range(10)]
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", points, rows + columns)), "car")
    speed = road_speeds()["a_road"].car_built_up_km_per_hour
    assert _minutes(graph, (0.05, 0.05), (0.95, 0.05)) == pytest.approx(0.9 / speed * 60, rel=1e-2)


def test_large_networks_are_searched_square_by_square_with_the_same_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = {n: (n / 2, 0.0) for n in range(200)}  # 100 km of road through three squares of 40 km
    graph = graph_of(osm.read(write_pbf(tmp_path / "a.osm.pbf", points, [(tuple(points), STREET)])), "car")
    zones = _ends(graph, *[(km, 0.0) for km in (1, 39, 41, 79, 95)])
    places = _ends(graph, *[(km, 0.0) for km in (0, 38, 42, 60, 99)])

    def table() -> np.ndarray:
        found = np.full((5, 5), np.inf)
        for rows, near, minutes in minutes_by_road(graph, zones, places, 60.0):
            found[np.ix_(rows, near)] = minutes
        return found

    whole = table()
    assert np.isfinite(whole).sum() == 10
    monkeypatch.setattr("optimiser.prepare.network.routes._WHOLE_UP_TO_POINTS", 10)
    assert np.allclose(table(), whole)


def test_os_open_roads_meet_at_their_ends_alone(tmp_path: Path) -> None:
    links = [
        ([(0, 0), (1, 0), (2, 0)], "A Road", "Single Carriageway", False),
        ([(1, -1), (1, 0), (1, 1)], "Local Road", "Single Carriageway", False),  # over a bridge at (1, 0)
        ([(2, 0), (1, 1)], "Local Road", "Single Carriageway", False),
        ([(0, 0), (0, 1)], "Restricted Local Access Road", "Single Carriageway", False),
        ([(0, 1), (1, 1)], "Local Road", "Guided Busway", False),
    ]
    roads = open_roads.read(write_open_roads(tmp_path / "roads.gpkg", links))
    assert roads.road_class.tolist() == ["a_road", "local_street", "local_street", "access_road"]
    car = graph_of(roads, "car")
    # From (0, 0) to (1, -1): along the A road, back by the street to the bridge and over it.
    fast = road_speeds()["a_road"].car_open_country_km_per_hour
    assert _minutes(car, (0, 0), (1, -1)) == pytest.approx(2 / fast * 60 + (2**0.5 + 2) * ACROSS, rel=1e-3)
    assert not _ends(car, (0, 1)).on_network[0]
    assert _ends(graph_of(roads, "foot"), (0, 1)).on_network[0]


def test_an_open_roads_motorway_is_for_cars_and_a_trunk_road_is_one(tmp_path: Path) -> None:
    links = [
        ([(0, 0), (1, 0)], "Motorway", "Dual Carriageway", True),
        ([(1, 0), (2, 0)], "A Road", "Single Carriageway", True),
        ([(2, 0), (3, 0)], "Motorway", "Slip Road", False),
    ]
    roads = open_roads.read(write_open_roads(tmp_path / "roads.gpkg", links))
    assert roads.road_class.tolist() == ["motorway", "trunk", "slip_road"]
    assert roads.forward["foot"].tolist() == [False, True, True]
    assert open_roads.read(tmp_path / "roads.gpkg", (EASTING + 1500, NORTHING, EASTING + 1600, NORTHING)).ways == 1
