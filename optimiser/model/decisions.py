"""Every decision of the model, and the words that rules and costs use for changes in them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from pulp import LpAffineExpression, LpBinary, LpContinuous, LpProblem, LpVariable

from optimiser.model.terms import change, total
from optimiser.prepare.inputs import Inputs, Team

Key = tuple[Any, ...]


def _place(key: Key) -> str:
    """The property of a key (..., property, phase)."""
    return str(key[-2])


class Decisions:
    """The variables, by id and phase.

    - assign[u,p,t] 0/1: team u works in property p, one of its candidates, during phase t
    - keep[p,t]     0/1: property p is held in phase t
    - sold[s,t]     0/1: site s has been sold by phase t (where no rule limits money it may be 0..1: it has keep
                        alone for a limit and is whole in any best plan)
    - arrive[u,p,t] 0..1: team u moves to p at the start of phase t > 1; there are such variables only where a team
                        may move more than once, and otherwise differences of assignments say the same
    - lease_out[p,t] 0/1: the lease of p, which may stand empty, has ended by phase t (others end when left)
    - transfer[p,t] 0/1: property p, whose transfer is allowed, has gone to the community by phase t
    - hub[p,t]      0/1: property p, which may be a hub, has been fitted out as one by phase t
    - partner[o,p,t] 0..1: organisation o has a team in p, which may be a hub
    - joins[u,p,t] 0..1: counter u from elsewhere works in p and p is a hub
    - spend[f,o,k,t] >= 0: GBP k that pot f pays for spending of kind k by organisation o in phase t
    - open[v,p,t]  0..1: service v is offered at p
    - reached[v,g,t] 0..1: the zones of group g are within the standard of v
    - served[v,g,p,t] >= 0: thousands of people of group g whom property p serves, where counters can be full
    - farther[v,z,m,t] 0..1: the people of zone z must go farther than m minutes for service v, where the scenario
                        counts their travel
    """

    def __init__(self, problem: LpProblem, inputs: Inputs) -> None:
        self.phases = tuple(phase.number for phase in inputs.phases)
        self.variables: list[LpVariable] = []  # all of them, in order
        # Each with its property, which is how the solver cuts the model up; None for what is the whole place's.
        self.owners: list[tuple[LpVariable, str | None]] = []
        self._inputs = inputs
        self._problem = problem
        self._where_teams_work(inputs)
        self._what_is_held(inputs)
        self._what_hubs_there_are(inputs)
        self._who_is_served(inputs)

    def _where_teams_work(self, inputs: Inputs) -> None:
        self.assign = self._variables(
            "assign",
            [(u, p, t) for u, team in inputs.teams.items() for p in team.candidates for t in self.phases],
            owner=_place,
        )
        often = inputs.moves.most_per_team > 1
        self.arrive = self._variables(
            "arrive",
            [
                (u, p, t)
                for u, team in inputs.teams.items()
                for p in team.candidates
                for t in self.phases[1:]
                if often and len(team.candidates) > 1
            ],
            whole=False,
            owner=_place,
        )

    def _what_is_held(self, inputs: Inputs) -> None:
        self.keep = self._variables("keep", [(p, t) for p in inputs.properties for t in self.phases], owner=_place)
        goals = inputs.goals
        floors = (goals.least_receipts_gbp, goals.least_saving_gbp_per_year)
        limited = inputs.budget is not None or inputs.partners.none_worse_off
        whole_sales = limited or any(floor is not None for floor in floors)
        self.sold = self._variables(
            "sold", [(s, t) for s in inputs.sites for t in self.phases], whole_sales, self._only_one
        )
        self.lease_out = self._variables(
            "out", [(p, t) for p in inputs.may_stand_empty for t in self.phases], owner=_place
        )
        self.transfer = self._variables(
            "transfer", [(p, t) for p in inputs.transfers for t in self.phases], owner=_place
        )
        self.spend = self._variables("spend", self._what_funds_may_pay(), whole=False, most=None)
        self._payments: dict[Key, list[LpVariable]] = defaultdict(list)
        for (f, body, kind, t), variable in self.spend.items():
            self._payments[t, f].append(variable)
            self._payments[t, (body, kind)].append(variable)

    def _what_hubs_there_are(self, inputs: Inputs) -> None:
        hubs = inputs.hubs.items()
        self.hub = self._variables("hub", [(p, t) for p, _ in hubs for t in self.phases], owner=_place)
        self.partner = self._variables(
            "partner",
            [(o, p, t) for p, hub in hubs for o in hub.teams for t in self.phases],
            whole=False,
            owner=_place,
        )
        self.joins = self._variables(
            "joins",
            [(u, p, t) for p, hub in hubs for u in hub.counters for t in self.phases],
            whole=False,
            owner=_place,
        )

    def _who_is_served(self, inputs: Inputs) -> None:
        self.open = self._variables(
            "open", [(v, p, t) for v, p in inputs.offers for t in self.phases], whole=False, owner=_place
        )
        self._open_at: dict[tuple[str, int], dict[str, LpVariable]] = defaultdict(dict)
        for (v, p, t), variable in self.open.items():
            self._open_at[v, t][p] = variable
        self.reached = self._variables(
            "reached",
            [
                (v, g, t)
                for v, service in inputs.reach.items()
                for g in range(len(service.groups))
                for t in self.phases
            ],
            whole=False,
        )
        self.served = self._variables(
            "served",
            [
                (v, g, p, t)
                for v, capacity in inputs.capacity.items()
                for g, (_, near) in enumerate(capacity.groups)
                for p in near
                for t in self.phases
                if p in capacity.fixed_people or (v, p) in inputs.offers
            ],
            whole=False,
            most=None,
        )
        self.farther = self._variables(
            "farther",
            [(v, z, m, t) for (v, z), trips in inputs.trips.items() for m, _ in trips.rings for t in self.phases],
            whole=False,
        )

    def _what_funds_may_pay(self) -> list[Key]:
        budget = self._inputs.budget
        return [
            (f, body, kind, t)
            for f, fund in (budget.funds if budget else {}).items()
            for body, kind in (budget.items if budget else ())
            if kind in fund.pays_for and fund.organisation in (None, body)
            for t in self.phases
        ]

    def _variables(
        self,
        name: str,
        keys: list[Key],
        whole: bool = True,
        owner: Callable[[Key], str | None] | None = None,
        most: float | None = 1,
    ) -> dict[Key, LpVariable]:
        """One variable a key, named by number: PuLP rewrites '-' to '_', so ids A-1 and A_1 would collide.

        `owner` gives the property that decides a variable, if one does.
        """
        kind = LpBinary if whole else LpContinuous
        made = {key: self._problem.add_variable(f"{name}_{i}", 0, most, kind) for i, key in enumerate(keys)}
        self.variables.extend(made.values())
        self.owners.extend((variable, owner(key) if owner else None) for key, variable in made.items())
        return made

    def payments(
        self, phase: int, *, fund: str | None = None, item: tuple[str, str] | None = None
    ) -> list[LpVariable]:
        """What one pot pays in a phase, or what is paid for one organisation's spending of one kind: GBP k."""
        return self._payments.get((phase, fund or item), [])

    def receipts_by(self, phase: int) -> Iterator[tuple[str, float, LpVariable]]:
        """Receipts that may be in by the start of the phase: owner, GBP k to spend again, and 1 if it is so."""
        budget = self._inputs.budget
        paid = budget.paid_up.get(phase) if budget else None
        if budget and paid:
            for (s, owner), gbp_k in budget.receipts_gbp_k.items():
                yield owner, gbp_k, self.sold[s, paid]
            for p, gbp_k in budget.transfers_gbp_k.items():
                yield self._inputs.owners[p], gbp_k, self.transfer[p, paid]

    def _only_one(self, key: Key) -> str | None:
        """The property of a site with no other."""
        members = self._inputs.sites[key[0]]
        return members[0] if len(members) == 1 else None

    @cached_property
    def names_today(self) -> frozenset[str]:
        """Names of the variables that are 1 if nobody moves and everything is kept; the others matter no cost."""
        homes = (self.assign[u, team.home, t] for u, team in self._inputs.teams.items() for t in self.phases)
        return frozenset(variable.name for variable in (*homes, *self.keep.values()))

    def arrives(self, team: str, place: str, phase: int) -> LpAffineExpression:
        """1 in the phase at whose start the team moves to the place. Its home is one only for `arrivals`."""
        if phase == 1:
            return total([self.assign[team, place, 1]])
        if (team, place, phase) in self.arrive:
            return total([self.arrive[team, place, phase]])
        return change(self.assign[team, place, phase], self.assign[team, place, phase - 1])

    def arrivals(
        self, phase: int, teams: dict[str, Team] | None = None
    ) -> Iterator[tuple[str, str, LpAffineExpression]]:
        """Every move of all or some teams that there could be at the start of the phase.

        Team, place, and 1 if it happens.
        """
        for team, facts in (self._inputs.teams if teams is None else teams).items():
            for place in facts.candidates:
                if place != facts.home or (team, place, phase) in self.arrive:
                    yield team, place, self.arrives(team, place, phase)

    def leaves(self, place: str, phase: int) -> LpAffineExpression:
        """1 in the phase at whose start the property is left."""
        now = self.keep[place, phase]
        return change(self.keep[place, phase - 1], now) if phase > 1 else 1 - now

    def ends_lease(self, place: str, phase: int) -> LpAffineExpression:
        """1 in the phase at whose start the property's lease ends."""
        if (place, phase) not in self.lease_out:
            return self.leaves(place, phase)
        now = self.lease_out[place, phase]
        return change(now, self.lease_out[place, phase - 1]) if phase > 1 else total([now])

    def rented(self, place: str, phase: int) -> LpAffineExpression:
        """1 while rent is due, where there is any."""
        if (place, phase) in self.lease_out:
            return 1 - self.lease_out[place, phase]
        return total([self.keep[place, phase]])

    def transfers(self, place: str, phase: int) -> LpAffineExpression:
        """1 in the phase at whose start the property goes to the community."""
        now = self.transfer[place, phase]
        return change(now, self.transfer[place, phase - 1]) if phase > 1 else total([now])

    def fits_out(self, place: str, phase: int) -> LpAffineExpression:
        """1 in the phase at whose start the property becomes a hub."""
        now = self.hub[place, phase]
        return change(now, self.hub[place, phase - 1]) if phase > 1 else total([now])

    def sells(self, site: str, phase: int) -> LpAffineExpression:
        """1 in the phase at whose start the sale begins."""
        now = self.sold[site, phase]
        return change(now, self.sold[site, phase - 1]) if phase > 1 else total([now])

    def empty(self, place: str, phase: int) -> LpAffineExpression:
        """1 while the property has been left and is still held."""
        left, site = 1 - self.keep[place, phase], self._inputs.sold_with.get(place)
        if site is not None:
            left -= self.sold[site, phase]
        for way_out in (self.lease_out, self.transfer):
            if (place, phase) in way_out:
                left -= way_out[place, phase]
        return left

    def open_among(self, service: str, places: tuple[str, ...], phase: int) -> list[LpVariable]:
        """`open` of those of the places where the service could be offered."""
        opens = self._open_at.get((service, phase), {})
        return [opens[place] for place in places if place in opens]
