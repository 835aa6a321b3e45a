"""The order of moves within a year: rooms are left before they are filled, and circles are told."""

from dataclasses import replace

from maps.pack.sequence import steps
from optimiser.plan import Move, Plan, PropertyAction
from tests.support.tiny_place import ROWS, tiny

# In use of room, m2: hall 200 of 400, annexe 50 of 200, library 150 of 300, clinic 150 of 400, depot 40 of 300.
EMPTY = Plan("proven", "", "", 2026, 0.0, "", 0)


def _move(team: str, start: str, end: str, year: int = 2026) -> Move:
    return Move(team, start, end, year, fte=10.0, km=1.0, cost_gbp=0.0)


def test_a_team_waits_for_the_room_that_another_leaves() -> None:
    plan = replace(EMPTY, moves=(_move("benefits", "hall", "library"), _move("readers", "library", "clinic")))
    assert steps(plan, tiny()) == [2, 1]


def test_teams_that_fit_move_side_by_side_and_each_year_begins_anew() -> None:
    moves = (
        _move("desk", "annexe", "depot"),
        _move("nurses", "clinic", "hall"),
        _move("desk", "depot", "hall", 2027),
    )
    assert steps(replace(EMPTY, moves=moves), tiny()) == [1, 1, 1]


def test_what_arrives_in_a_step_takes_its_room() -> None:
    """The annexe has 250 m2 free: for the readers or for the nurses, until the desk is out."""
    teams = [{**row, "space_amount": 120.0} if row["id"] == "nurses" else row for row in ROWS["team"]]
    space = [{**row, "amount": 300.0} if row["property_id"] == "annexe" else row for row in ROWS["space"]]
    moves = (
        _move("readers", "library", "annexe"),
        _move("nurses", "clinic", "annexe"),
        _move("desk", "annexe", "hall"),
    )
    found = steps(replace(EMPTY, moves=moves), tiny(team=teams, space=space))
    assert found == [1, 2, 1]


def test_a_circle_needs_a_place_to_wait_and_what_follows_is_made_after_it() -> None:
    space = [
        {**row, "amount": 150.0} if row["property_id"] in {"library", "clinic"} else row for row in ROWS["space"]
    ]
    swap = (_move("readers", "library", "clinic"), _move("nurses", "clinic", "library"))
    assert steps(replace(EMPTY, moves=swap), tiny(space=space)) == [None, None]


def test_a_hub_has_room_once_it_is_one() -> None:
    space = [
        {**row, "amount": 150.0} if row["property_id"] in {"library", "clinic"} else row for row in ROWS["space"]
    ]
    hub = PropertyAction("clinic", "host", hub_year=2026)
    plan = replace(EMPTY, moves=(_move("readers", "library", "clinic"),), properties=(hub,))
    assert steps(plan, tiny(space=space)) == [1]
