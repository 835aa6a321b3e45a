"""From the British National Grid to web maps."""

import numpy as np
import pytest
import shapely

from maps import geometry
from tests.support import planned_place


def test_a_known_point_lands_where_it_stands() -> None:
    # Ordnance Survey's worked example, the Caister water tower (OSGB36 to WGS84 within a few metres).
    (at,) = geometry.points([shapely.Point(651_409.903, 313_177.270)])
    assert at == pytest.approx((1.71607, 52.65798), abs=1e-4)


def test_an_outline_is_shown_by_a_point_inside_it_and_nothing_by_none() -> None:
    horseshoe = shapely.Polygon([(0, 0), (9, 0), (9, 9), (6, 9), (6, 3), (3, 3), (3, 9), (0, 9)])
    place = shapely.transform(horseshoe, lambda xy: xy * 100 + [380_000, 390_000])
    spots = geometry.points([place, None])
    (shape,) = geometry.outlines([place])
    assert spots[1] is None
    assert spots[0] is not None
    assert shapely.geometry.shape(shape).contains(shapely.Point(spots[0]))


def test_many_zones_are_simplified_and_leave_no_slivers() -> None:
    zones = planned_place.place(properties=2, zones=400)[1].zones["geometry"]
    before = int(shapely.get_num_coordinates(np.array(zones)).sum())
    shapes = [shapely.geometry.shape(shape) for shape in geometry.outlines(list(zones))]
    after = int(shapely.get_num_coordinates(np.array(shapes)).sum())
    assert before > geometry.MOST_VERTICES >= after
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).geom_type == "Polygon"
    assert not shapely.union_all(shapes).interiors


def test_coordinates_are_no_finer_than_a_metre() -> None:
    (shape,) = geometry.outlines([shapely.box(380_000, 390_000, 381_000, 391_000)])
    assert all(round(value, 5) == value for corner in shape["coordinates"][0] for value in corner)


def test_a_move_bows_to_the_right_of_its_way_so_that_there_and_back_part() -> None:
    there = geometry.curve((-2.0, 53.0), (-1.0, 53.0), 9)["coordinates"]
    back = geometry.curve((-1.0, 53.0), (-2.0, 53.0), 9)["coordinates"]
    assert (there[0], there[-1]) == ([-2.0, 53.0], [-1.0, 53.0])
    assert min(latitude for _, latitude in there) < 53.0 < max(latitude for _, latitude in back)
