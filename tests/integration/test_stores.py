"""SQLite and PostGIS are the same register: same rows, same frames, same digest, same places found."""

import random
from collections.abc import Iterator

import pytest
import shapely

from estate import snapshot
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from tests.support.rows import fill

pytestmark = pytest.mark.postgis


@pytest.fixture
def stores(sqlite_url: str, postgis_url: str) -> Iterator[tuple[Register, Register]]:
    made = (Register.create(sqlite_url), Register.create(postgis_url))
    for register in made:
        with register.transaction() as connection:
            fill(connection)
    yield made
    for register in made:
        register.close()


def test_both_stores_give_the_same_rows(stores: tuple[Register, Register]) -> None:
    sqlite, postgis = stores
    for table in REGISTER_TABLES:
        for left, right in zip(sqlite.rows(table), postgis.rows(table), strict=True):
            assert list(left) == list(right)
            for name, value in left.items():
                if isinstance(value, shapely.Geometry):
                    assert shapely.equals_identical(value, right[name])
                else:
                    assert (type(value), value) == (type(right[name]), right[name])


def test_both_stores_give_the_same_digest_whatever_the_order_of_writing(stores: tuple[Register, Register]) -> None:
    digests = {snapshot.take(register).digest for register in stores}
    rows = [{"id": key, "name": key} for key in ("b", "A", "a", "B", "é", "a-1", "a 1", "a1", "Z")]
    for register, order in zip(stores, (rows, rows[::-1]), strict=True):
        with register.transaction() as connection:
            write(connection, "organisation", order)

    later = {snapshot.take(register).digest for register in stores}

    assert len(digests) == len(later) == 1
    assert digests != later


def test_both_stores_find_the_same_places(stores: tuple[Register, Register]) -> None:
    dice = random.Random(1)  # places for a test, not secrets
    rows = [{"id": f"site-{n}", "name": "Site", "geometry": _shape(dice, n)} for n in range(200)]
    searches = [(_shape(dice, n), dice.choice([0, 50, 300])) for n in range(30)]
    for register in stores:
        with register.transaction() as connection:
            write(connection, "site", rows)

    found = [
        [[row["id"] for row in register.within("site", place, metres)] for place, metres in searches]
        for register in stores
    ]

    assert found[0] == found[1]
    assert sum(map(len, found[0])) > 100


def _shape(dice: random.Random, kind: int) -> shapely.Geometry:
    """A point, an outline or an outline in parts, in turn."""
    east, north, size = dice.uniform(0, 2_000), dice.uniform(0, 2_000), dice.uniform(10, 200)
    point = shapely.Point(380_000 + east, 390_000 + north)
    outline = point.buffer(size, quad_segs=3)
    in_parts = shapely.union(outline, shapely.transform(outline, lambda corners: corners + 500))
    return (point, outline, in_parts)[kind % 3]
