"""In what order the moves of a year can be made, so that nobody stands before a room that is still full."""

from collections import defaultdict

from estate.snapshot import Snapshot, records
from optimiser.plan import Move, Plan

_SPARE = 1e-6  # of a desk or a m2


def steps(plan: Plan, snapshot: Snapshot) -> list[int | None]:
    """The step of each of the plan's moves within its year, from 1; None for one that goes in a circle.

    A team moves as soon as there is room beside those who are still there; moves of one step can be made side by
    side. Those in a circle wait for one another: somebody among them needs a place to wait in meanwhile.
    """
    rooms, found = _Rooms(plan, snapshot), dict[int, int | None]()
    for year in sorted({move.year for move in plan.moves}):
        waiting = [number for number, move in enumerate(plan.moves) if move.year == year]
        step = 1
        while waiting:
            made = [number for number in waiting if rooms.arrives(plan.moves[number])]
            for number in made or waiting:
                rooms.departs(plan.moves[number], arrived=bool(made))
                found[number] = step if made else None
            waiting = [number for number in waiting if number not in found]
            step += 1
    return [found[number] for number in range(len(plan.moves))]


class _Rooms:
    """What is in use and what there is of each kind of space in each property."""

    def __init__(self, plan: Plan, snapshot: Snapshot) -> None:
        self._teams = {row["id"]: row for row in records(snapshot.teams)}
        self._used: dict[tuple[str, str], float] = defaultdict(float)
        for team in self._teams.values():
            self._used[team["property_id"], team["space_kind"]] += team["space_amount"]
        recorded: dict[tuple[str, str], float] = defaultdict(float)
        for row in records(snapshot.spaces):
            recorded[row["property_id"], row["kind"]] += row["amount"]
        # What is in use today fits, whatever is recorded.
        self._room = {key: max(recorded[key], self._used[key]) for key in {*recorded, *self._used}}
        self._hub_year = {action.property_id: action.hub_year for action in plan.properties}

    def arrives(self, move: Move) -> bool:
        """Whether the team fits now; if so it is there. A hub has room by its design, as the plan has it."""
        team, hub_year = self._teams[move.team_id], self._hub_year.get(move.to_property_id)
        key, amount = (move.to_property_id, team["space_kind"]), team["space_amount"]
        is_hub = hub_year is not None and hub_year <= move.year
        fits = is_hub or self._used[key] + amount <= self._room.get(key, 0.0) + _SPARE
        self._used[key] += amount if fits else 0.0
        return bool(fits)

    def departs(self, move: Move, arrived: bool) -> None:
        """The team has left where it was; one in a circle gets to its new place as well."""
        team = self._teams[move.team_id]
        self._used[move.from_property_id, team["space_kind"]] -= team["space_amount"]
        if not arrived:
            self._used[move.to_property_id, team["space_kind"]] += team["space_amount"]
