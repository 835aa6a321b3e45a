"""Which ways of an OpenStreetMap extract each mode may take, which way round, and how fast."""

import math
from datetime import date
from pathlib import Path

import pytest

from estate.problems import InputError
from optimiser.prepare.network import osm
from optimiser.prepare.network.files import open_file
from tests.support.networks import write_pbf

STREET = {"highway": "residential"}
TWO = {1: (0.0, 0.0), 2: (1.0, 0.0)}


@pytest.mark.parametrize(
    ("tags", "mode", "both"),
    [
        ({"highway": "residential"}, "car", (True, True)),
        ({"highway": "residential", "oneway": "yes"}, "car", (True, False)),
        ({"highway": "residential", "oneway": "-1"}, "car", (False, True)),
        ({"highway": "residential", "oneway": "yes"}, "foot", (True, True)),
        ({"highway": "residential", "oneway": "yes"}, "bicycle", (True, False)),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, "bicycle", (True, True)),
        ({"highway": "residential", "oneway": "yes", "cycleway": "opposite_lane"}, "bicycle", (True, True)),
        ({"highway": "primary", "junction": "roundabout"}, "car", (True, False)),
        ({"highway": "primary", "junction": "roundabout"}, "foot", (True, True)),
        ({"highway": "motorway"}, "car", (True, False)),
        ({"highway": "motorway"}, "foot", (False, False)),
        ({"highway": "motorway"}, "bicycle", (False, False)),
        ({"highway": "service", "access": "private"}, "car", (False, False)),
        ({"highway": "service", "access": "private", "foot": "yes"}, "foot", (True, True)),
        ({"highway": "service", "access": "private", "foot": "yes"}, "car", (False, False)),
        ({"highway": "service", "access": "no", "motor_vehicle": "yes"}, "car", (True, True)),
        ({"highway": "residential", "motor_vehicle": "no", "motorcar": "destination"}, "car", (True, True)),
        ({"highway": "footway"}, "bicycle", (False, False)),
        ({"highway": "footway", "bicycle": "yes"}, "bicycle", (True, True)),
        ({"highway": "footway", "access": "yes"}, "car", (False, False)),
        ({"highway": "footway", "motor_vehicle": "yes"}, "car", (False, False)),  # there is no speed for it
        ({"highway": "track"}, "car", (False, False)),
        ({"highway": "track", "motor_vehicle": "permissive"}, "car", (True, True)),
        ({"highway": "steps"}, "foot", (True, True)),
        ({"route": "ferry"}, "foot", (True, True)),
    ],
)
def test_who_may_go_which_way(tags: dict[str, str], mode: str, both: tuple[bool, bool]) -> None:
    assert osm.directions(tags, osm.class_of(tags), mode) == both


@pytest.mark.parametrize(
    "tags",
    [{"highway": "construction"}, {"highway": "pedestrian", "area": "yes"}, {"highway": "bus_stop"}, {}],
)
def test_what_is_no_road_is_left_out(tags: dict[str, str]) -> None:
    assert osm.class_of(tags) == ""


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({"barrier": "bollard"}, {"car"}),
        ({"barrier": "gate"}, set()),
        ({"barrier": "gate", "access": "private"}, {"car", "bicycle", "foot"}),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, {"car", "bicycle"}),
        ({"barrier": "kissing_gate"}, {"car", "bicycle"}),
        ({"barrier": "bollard", "motor_vehicle": "permissive"}, set()),
    ],
)
def test_whom_a_barrier_stops(tags: dict[str, str], stopped: set[str]) -> None:
    assert {mode for mode in ("car", "bicycle", "foot") if osm.stops(tags, mode)} == stopped


def test_limits_and_crossings_as_they_are_tagged() -> None:
    assert osm.limit_km_per_hour("20 mph") == pytest.approx(32.19, abs=0.01)
    assert osm.limit_km_per_hour("48") == 48
    assert math.isnan(osm.limit_km_per_hour("national"))
    assert osm.duration_minutes("01:10") == 70
    assert math.isnan(osm.duration_minutes(""))


def test_an_extract_is_read_with_its_points_on_the_grid(tmp_path: Path) -> None:
    roads = osm.read(write_pbf(tmp_path / "two.osm.pbf", TWO, [((1, 2), {**STREET, "maxspeed": "20 mph"})]))
    assert roads.ways == 1
    assert roads.points.tolist() == [
        pytest.approx([400_000, 300_000], abs=0.05),
        pytest.approx([401_000, 300_000], abs=0.05),
    ]
    assert roads.limit_km_per_hour[0] == pytest.approx(32.19, abs=0.01)


def test_a_way_whose_points_the_extract_lacks_is_read_in_parts(tmp_path: Path) -> None:
    points = {1: (0.0, 0.0), 2: (1.0, 0.0), 4: (3.0, 0.0), 5: (4.0, 0.0)}
    roads = osm.read(write_pbf(tmp_path / "cut.osm.pbf", points, [((1, 2, 3, 4, 5), STREET)]))
    assert roads.starts.tolist() == [0, 2, 4]


def test_only_what_reaches_into_the_box_is_read(tmp_path: Path) -> None:
    points = {**TWO, 3: (50.0, 0.0), 4: (51.0, 0.0)}
    path = write_pbf(tmp_path / "far.osm.pbf", points, [((1, 2), STREET), ((3, 4), STREET)])
    assert open_file(path).read((399_000, 299_000, 402_000, 301_000)).ways == 1


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "cut.osm.pbf", TWO, [((1, 2), STREET)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"cut\.osm\.pbf: it cannot be read"):
        open_file(path).read()


def test_a_file_without_roads_says_so(tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "none.osm.pbf", TWO, [((1, 2), {"building": "yes"})])
    with pytest.raises(InputError, match="holds no roads"):
        open_file(path).read()


@pytest.mark.parametrize("name", ["a.txt", "a.gpkg"])
def test_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<OGRVRTDataSource/>")
    with pytest.raises(InputError, match="neither of the two kinds"):
        open_file(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        open_file(tmp_path / "nothing.osm.pbf")


def test_an_extract_that_does_not_say_its_day_has_none(tmp_path: Path) -> None:
    silent = open_file(write_pbf(tmp_path / "two.osm.pbf", TWO, [((1, 2), STREET)]))
    told = open_file(write_pbf(tmp_path / "told.osm.pbf", TWO, [((1, 2), STREET)], day="2023-06-13T20:21:00Z"))
    assert (silent.drawn_on, told.drawn_on) == (None, date(2023, 6, 13))
    assert (len(silent.digest), silent.digest == told.digest) == (16, False)
