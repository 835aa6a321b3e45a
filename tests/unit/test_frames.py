"""Rows of the register as columns: both stores' ways to say a thing, however many rows come at a time."""

from datetime import date

import pandas as pd
import pytest
import shapely

from estate.frames import Columns, frame_of
from estate.problems import InputError

NAMES = ("extra", "id", "name", "use", "effective_date", "floor_area_m2", "year_built", "geometry")
PLACE = shapely.Point(1, 2)
ROWS = [
    (1, "c", "Mill", "office", "2026-03-31", 12.5, 1901, PLACE.wkb),
    (2, "a", None, None, None, None, None, None),
    (3, "b", "", "office", "", 7, 1999, PLACE.wkb),
    (4, "d", "Barn", "depot", date(2026, 3, 31), 0.0, None, None),
]
SAME = [
    {"id": "a"},
    {"id": "b", "use": "office", "floor_area_m2": 7.0, "year_built": 1999, "geometry": PLACE},
    {"id": "c", "name": "Mill", "use": "office", "effective_date": date(2026, 3, 31), "floor_area_m2": 12.5,
     "year_built": 1901, "geometry": PLACE},
    {"id": "d", "name": "Barn", "use": "depot", "effective_date": date(2026, 3, 31), "floor_area_m2": 0.0},
]  # fmt: skip


@pytest.mark.parametrize("at_a_time", [1, 3, 4])
def test_rows_a_few_at_a_time_give_the_frame_of_all(at_a_time: int) -> None:
    gathered = Columns("property")
    for start in range(0, len(ROWS), at_a_time):
        gathered.add(NAMES, ROWS[start : start + at_a_time])

    pd.testing.assert_frame_equal(_with_texts(gathered.frame()), _with_texts(frame_of("property", SAME)))


@pytest.mark.parametrize(
    ("column", "value"),
    [("floor_area_m2", "plenty"), ("effective_date", "last spring"), ("geometry", b"here"), ("year_built", "MCM")],
)
def test_a_value_of_another_type_is_named_with_its_row(column: str, value: object) -> None:
    gathered = Columns("property")
    with pytest.raises(InputError) as told:
        gathered.add(("id", column), [("a", None), ("b", value), ("c", None)])
    (problem,) = told.value.problems
    assert (problem.record, problem.column, problem.value) == ("property b", column, str(value))
    assert "another program" in problem.reason


def test_so_it_is_where_whole_columns_are_given() -> None:
    with pytest.raises(InputError, match=r"property b, year_built has 'MCM'"):
        frame_of("property", [{"id": "a", "year_built": 1900}, {"id": "b", "year_built": "MCM"}])


def test_no_rows_give_an_empty_frame_of_the_same_types() -> None:
    pd.testing.assert_frame_equal(Columns("property").frame(), frame_of("property", []))


def _with_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Places as text: pandas takes geometries for sequences."""
    return frame.assign(geometry=frame["geometry"].map(str))
