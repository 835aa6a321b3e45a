"""What is read off the solver's numbers where several say the same."""

from typing import Any

import pytest

from optimiser.prepare.inputs import Inputs, prepare
from optimiser.solve.solution import Solution, _empty_until_it_goes, today
from tests.support.tiny_place import ROWS, asked, tiny, with_backlog


def _inputs(**settings: Any) -> Inputs:
    """The annexe and the hall, one site, stand empty; benefits and the desk are elsewhere."""
    properties = settings.pop("properties", ROWS["property"])
    vacant = [{**row, "status": "vacant"} if row["id"] in {"annexe", "hall"} else row for row in properties]
    teams = [row for row in ROWS["team"] if row["property_id"] not in {"annexe", "hall"}]
    return prepare(tiny(property=vacant, team=teams), asked(phases={"years": [1, 2, 7]}, **settings))


def _left_at_once(inputs: Inputs, sold_from: int | None) -> Solution:
    as_today = today(inputs)
    keep = {(p, t): p not in {"annexe", "hall"} for p, t in as_today.keep}
    sold = {(s, t): s == "civic" and sold_from is not None and t >= sold_from for s, t in as_today.sold}
    return Solution(as_today.place, keep, sold)


def test_an_empty_building_is_left_when_it_is_sold_and_not_before() -> None:
    inputs = _inputs()
    for sold_from, held in ((None, [1, 2, 3]), (3, [1, 2]), (1, [])):
        keep = _empty_until_it_goes(_left_at_once(inputs, sold_from), inputs)
        assert [t for t in (1, 2, 3) if keep["hall", t]] == held
        assert [t for t in (1, 2, 3) if keep["annexe", t]] == held


@pytest.mark.parametrize(
    "settings",
    [
        {"properties": with_backlog()},  # the hall's repairs are overdue
        {"pins": {"leave": ["hall"]}},
        {"carbon": {"valued": True}},
    ],
)
def test_where_leaving_brings_something_it_stands(settings: dict[str, Any]) -> None:
    inputs = _inputs(**settings)
    keep = _empty_until_it_goes(_left_at_once(inputs, None), inputs)
    assert not keep["hall", 1]


def test_what_people_work_in_today_is_left_as_the_solver_says() -> None:
    inputs = prepare(tiny(), asked())
    keep = _empty_until_it_goes(_left_at_once(inputs, None), inputs)
    assert not keep["hall", 1]
