"""data/rates/road_speeds.csv: every speed dated, sourced and possible."""

from datetime import date

import pytest

from optimiser.prepare.network.roads import MODES
from optimiser.prepare.network.speeds import RoadSpeed, road_speeds
from tests.health.test_rates import STATUSES

FASTEST = {"car": 113.0, "bicycle": 25.0, "foot": 6.0}  # km/h; 70 mph for a car


@pytest.mark.parametrize("speed", road_speeds().values(), ids=lambda speed: speed.road_class)
def test_every_class_of_road_says_where_its_speeds_come_from(speed: RoadSpeed) -> None:
    assert speed.openstreetmap
    assert isinstance(speed.from_date, date)
    assert speed.source
    assert speed.status in STATUSES


@pytest.mark.parametrize("mode", MODES)
def test_no_speed_is_beyond_what_is_possible(mode: str) -> None:
    ferry = "ferry"  # carries whoever is on it
    for name, speed in road_speeds().items():
        for built_up in (True, False):
            known = speed.km_per_hour(mode, built_up)
            assert known != known or 0 < known <= (20.0 if name == ferry else FASTEST[mode])


def test_a_car_is_never_slower_in_open_country() -> None:
    for speed in road_speeds().values():
        town, country = (speed.km_per_hour("car", built_up) for built_up in (True, False))
        assert town != town or town <= country
