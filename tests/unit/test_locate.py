"""Coordinates, right and wrong."""

import pytest
import shapely

from estate.locate import Place, locate, outside

# Sale, Greater Manchester, in WGS84 and on the British National Grid.
LON, LAT, EASTING, NORTHING = "-2.3204334", "53.426618", "378800", "391900"
SALE = Place.of([shapely.box(370_000, 385_000, 385_000, 400_000)], 250.0)


def test_longitude_and_latitude_are_brought_to_the_national_grid() -> None:
    # Ordnance Survey's worked example for Caister water tower, to the accuracy of the Helmert transformation.
    found = locate("1.716038", "52.657979")

    assert found.how == "source"
    assert found.point is not None
    assert found.point.distance(shapely.Point(651_409.8, 313_177.3)) < 10


def test_eastings_and_northings_stay_as_they_are() -> None:
    assert locate(EASTING, NORTHING, SALE, "metres").point == shapely.Point(378_800, 391_900)


@pytest.mark.parametrize("place", [None, SALE])
def test_swapped_degrees_are_swapped_back(place: Place | None) -> None:
    found = locate(LAT, LON, place)

    assert (found.how, found.reason) == ("mended", "its two coordinates are swapped")
    assert found.point == locate(LON, LAT).point


def test_swapped_metres_are_swapped_back_only_where_the_place_makes_it_certain() -> None:
    assert locate(NORTHING, EASTING, SALE).how == "mended"
    assert locate(NORTHING, EASTING, None).how == "source"


def test_metres_where_degrees_are_promised_are_read_as_metres_and_named() -> None:
    found = locate(EASTING, NORTHING, SALE, "degrees")

    assert (found.how, found.reason) == ("mended", "its coordinates are metres, not degrees")
    assert found.point == shapely.Point(378_800, 391_900)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ("", "", "no coordinates"),
        ("0", "0.0", "0 and 0"),
        ("-2.3", "", "not two numbers"),
        ("west", "north", "not two numbers"),
        ("nan", "53.4", "outside Great Britain"),
        ("inf", "-inf", "outside Great Britain"),
        ("2.3522", "48.8566", "outside Great Britain"),  # Paris
        ("900000", "390000", "outside Great Britain"),
    ],
)
def test_what_is_uncertain_is_not_guessed(x: str, y: str, reason: str) -> None:
    found = locate(x, y, SALE)

    assert (found.point, found.how) == (None, "none")
    assert reason in found.reason


def test_a_point_outside_the_place_keeps_its_coordinates_and_is_told() -> None:
    found = locate("-2.666798", "53.554659", SALE)  # Wigan

    assert found.how == "source"
    assert outside(found.point, SALE)
    assert not outside(found.point, None)
    assert not outside(None, SALE)


def test_the_place_is_a_little_wider_than_its_zones() -> None:
    assert SALE is not None
    assert SALE.holds(shapely.Point(369_800, 390_000))
    assert not SALE.holds(shapely.Point(369_700, 390_000))
    assert Place.of([], 250.0) is None
