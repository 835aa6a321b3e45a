"""An earlier plan as the first solution of a new search: what `assemble` wrote, read back."""

from collections.abc import Callable
from dataclasses import replace

from optimiser.plan import Plan
from optimiser.prepare.inputs import Inputs
from optimiser.solve.solution import Solution, today


def of_plan(plan: Plan, inputs: Inputs) -> Solution:
    """An earlier plan of the place, as far as it still fits; the rest stays as it is today.

    A team that is new, or may no longer go where it was sent, stays at home, and what anybody is in is kept.
    """
    found = today(inputs)
    place = dict(found.place)
    for move in sorted(plan.moves, key=lambda move: move.year):
        team = inputs.teams.get(move.team_id)
        if team is not None and move.to_property_id in team.candidates:
            place |= {(move.team_id, t): move.to_property_id for t in _from_year(inputs, move.year)}
    last_used: dict[str, int] = {}
    for (_, t), p in place.items():
        last_used[p] = max(t, last_used.get(p, 0))
    actions = {action.property_id: action for action in plan.properties}
    left = {
        (p, t)
        for p, action in actions.items()
        for t in _from_year(inputs, action.year)
        if p in inputs.properties and t > last_used.get(p, 0)
    }

    def since(p: str, year: str, fits: Callable[[int], bool]) -> set[int]:
        """Phases from the year of an action on, where that still fits."""
        action = actions.get(p)
        return {t for t in _from_year(inputs, getattr(action, year, None)) if fits(t)}

    def is_left(p: str) -> Callable[[int], bool]:
        return lambda t: (p, t) in left

    sales = {
        s: set.intersection(*(since(p, "sold_year", is_left(p)) for p in members)) if members else set()
        for s, members in inputs.sites.items()
    }
    return replace(
        found,
        place=place,
        keep={key: key not in left for key in found.keep},
        sold={(s, t): t in sales[s] for s, t in found.sold},
        hub={(p, t): True for p in inputs.hubs for t in since(p, "hub_year", lambda _: True)},
        transfer={(p, t): True for p in inputs.transfers for t in since(p, "transferred_year", is_left(p))},
        lease_out={(p, t): True for p in inputs.may_stand_empty for t in since(p, "lease_ends_year", is_left(p))},
    )


def _from_year(inputs: Inputs, year: int | None) -> list[int]:
    """Phases from the one on in which a year is; none for no year or one past the end."""
    if year is None:
        return []
    return [phase.number for phase in inputs.phases if phase.first_year + phase.years > year]
