"""A plan as it is made by hand: the dearest building first, its people to the nearest room that is left.

No search and no second thoughts. A search may begin at it, and an appraisal shows by it what the search adds. It
keeps the room there is, the money of the first phase that brings some, each service's reach and what has been
pinned; for the other rules of a scenario it has no eye, and the appraisal says which it breaks.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from optimiser.prepare.inputs import Inputs
from optimiser.prepare.reach import ServiceReach
from optimiser.solve.solution import Solution, today


def greedy(inputs: Inputs) -> Solution:
    """Everything happens at the start of the first phase, or of the first with new money, while that lasts."""
    start = _first_with_money(inputs)
    hand = _Hand(inputs, start)
    order = sorted(inputs.properties, key=lambda p: (-inputs.cost_today_gbp_per_year(p), p))
    for p in order:
        hand.consider(p)
    held, phases = today(inputs), [phase.number for phase in inputs.phases]
    sold = {s for s, members in inputs.sites.items() if members and hand.left.issuperset(members)}
    return Solution(
        place={
            (u, t): hand.place[u] if t >= start else team.home for u, team in inputs.teams.items() for t in phases
        },
        keep={(p, t): p not in hand.left or t < start for p, t in held.keep},
        sold={(s, t): s in sold and t >= start for s, t in held.sold},
        lease_out={(p, t): p in hand.left and t >= start for p in inputs.may_stand_empty for t in phases},
    )


def _first_with_money(inputs: Inputs) -> int:
    if inputs.budget is None:
        return inputs.phases[0].number
    funded = (
        phase.number for phase, gbp_k in zip(inputs.phases, inputs.budget.funding_gbp_k, strict=True) if gbp_k
    )
    return next(funded, inputs.phases[-1].number)


@dataclass
class _Hand:
    """Where everybody is so far, and what room is left."""

    inputs: Inputs
    start: int  # the phase in which it all happens
    place: dict[str, str] = field(init=False)
    left: set[str] = field(init=False, default_factory=set)
    _room: dict[tuple[str, str], float] = field(init=False)
    _offers: dict[str, Counter[str]] = field(init=False)  # by service, how many teams offer it at each property
    _gbp: float = field(init=False, default=math.inf)  # new money that is left to spend

    def __post_init__(self) -> None:
        teams = self.inputs.teams
        self.place = {u: team.home for u, team in teams.items()}
        self._room = dict(self.inputs.space)
        self._offers = defaultdict(Counter)
        if self.inputs.budget is not None:
            self._gbp = 1000 * sum(self.inputs.budget.funding_gbp_k[: self.start])
        for team in teams.values():
            self._room[team.home, team.kind] -= team.need
            if team.service:
                self._offers[team.service][team.home] += 1

    def consider(self, p: str) -> None:
        """Leave p if its people find room elsewhere, services stay in reach, it pays and there is money for it."""
        pins = self.inputs.pins
        if p in pins.keep or p in pins.hub:
            return
        moves = self._new_places(p)
        if moves is None or self._bill_gbp(p, moves) > self._gbp:
            return
        if self._gain_gbp(p, moves) > 0 and self._in_reach(p, moves):
            self._leave(p, moves)

    def _bill_gbp(self, p: str, moves: Mapping[str, str]) -> float:
        """What the budget, where there is one, would have to pay for."""
        inputs, teams = self.inputs, [self.inputs.teams[u] for u in moves]
        bill = {
            "move": inputs.rates.move_gbp_per_fte * sum(team.fte for team in teams),
            "fit_out": inputs.rates.fit_out_gbp_per_m2 * sum(team.need_m2 for team in teams),
            "exit": inputs.properties[p].exit_gbp[self.start - 1],
        }
        return sum(bill.get(kind, 0.0) for kind in inputs.budget.pays_for) if inputs.budget else 0.0

    def _new_places(self, p: str) -> dict[str, str] | None:
        """The nearest place with room for each team that is in p now; None where one has none."""
        room, found = dict[tuple[str, str], float](), dict[str, str]()
        for u in [u for u, place in self.place.items() if place == p]:
            team = self.inputs.teams[u]
            if team.home != p:
                return None  # it came here today: nobody moves twice
            for q in team.candidates[1:]:
                free = room.get((q, team.kind), self._room.get((q, team.kind), 0.0))
                if q not in self.left and free >= team.need:
                    found[u], room[q, team.kind] = q, free - team.need
                    break
            else:
                return None
        return found

    def _gain_gbp(self, p: str, moves: Mapping[str, str]) -> float:
        """Present value of leaving p, its site sold if that can be; what others on the site do is left out."""
        inputs = self.inputs
        money, years = inputs.properties[p], sum(phase.annuity for phase in inputs.phases)
        gain = (
            years * (money.holding_gbp_per_year + money.rent_gbp_per_year)
            - max(money.exit_gbp)
            - money.overlap_gbp
        )
        first = inputs.phases[0]
        if p in inputs.sold_with:
            price = money.value_gbp * (1 - inputs.rates.sale_cost_share) - inputs.rates.sale_cost_fixed_gbp
            gain += first.receipt_factor * price - inputs.end_factor * money.value_gbp
            gain -= first.lag_annuity * money.void_gbp_per_year
        else:
            gain -= years * money.void_gbp_per_year
        for u, q in moves.items():
            team = inputs.teams[u]
            dearer = inputs.properties[q].use_gbp_per_m2_per_year - money.use_gbp_per_m2_per_year
            gain -= years * team.need_m2 * dearer + inputs.rates.move_gbp_per_fte * team.fte
            gain -= inputs.rates.fit_out_gbp_per_m2 * team.need_m2
        return gain

    def _in_reach(self, p: str, moves: Mapping[str, str]) -> bool:
        """Whether every service that somebody in p offers stays as near as it must."""
        for service in {team.service for team in map(self.inputs.teams.__getitem__, moves) if team.service}:
            places = Counter(self._offers[service])
            for u, q in moves.items():
                if self.inputs.teams[u].service == service:
                    places[p] -= 1
                    places[q] += 1
            if service in self.inputs.reach and not _holds(
                self.inputs.reach[service], {q for q in places if places[q] > 0}
            ):
                return False
        return True

    def _leave(self, p: str, moves: Mapping[str, str]) -> None:
        self._gbp -= self._bill_gbp(p, moves)
        self.left.add(p)
        for u, q in moves.items():
            team = self.inputs.teams[u]
            self.place[u] = q
            self._room[q, team.kind] -= team.need
            if team.service:
                self._offers[team.service][p] -= 1
                self._offers[team.service][q] += 1


def _holds(reach: ServiceReach, places: set[str]) -> bool:
    """Whether a service offered at these places reaches as many as it must of every group, and cuts nobody off."""
    near = [not places.isdisjoint(names) for _, names in reach.groups]
    people = reach.always_reached + sum(count for (count, _), at in zip(reach.groups, near, strict=True) if at)
    if people < reach.required or any(places.isdisjoint(line) for line in reach.lifelines):
        return False
    return all(
        group.always_reached + sum(count for count, at in zip(group.counts, near, strict=True) if at)
        >= group.required
        for group in reach.protected
    )
