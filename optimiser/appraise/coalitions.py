"""What each group of partners can save by itself, which is what the whole's gain is weighed against.

The value of a group is the present value that its members save when they plan their own estates together and
everybody else stays as today. That is a plan of the same scenario with only the group's organisations in
`scope.organisations`: no row of the register is left out, so everybody's service places count for reach and
everybody's teams stand where they stand, but only the group's teams move and only its properties change. What the
scenario asks of the whole is not asked of a part: see `alone` and docs/decisions/0015.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

from estate.snapshot import Snapshot
from optimiser import scenario as scenarios
from optimiser.appraise.sharing import Group
from optimiser.many import Ask, plans
from optimiser.plan import Move, Plan, PropertyAction
from optimiser.scenario import Scenario

MOST_EXACT = 8  # partners of whom every group is tried; of more, the groups that come up in random orders
_STARTS = 4  # unions of two smaller groups' plans, the most valuable, at which a search may begin
_WHOLE = 4  # times as long as a group's is the search for a plan of the whole
_POUND_GBP = 1.0
_DONE = {"proven", "infeasible_confirmed", "nothing_to_decide"}  # more time would not change it


@dataclass(frozen=True)
class Coalition:
    """A group, what it can save alone, and the plan by which it does.

    `most_gbp` is what no plan of the group could pass: the saving and the gap to the bound. None where there is no
    bound. A group that can keep no rule alone, or owns nothing that is decided, stays as today.
    """

    members: tuple[str, ...]
    value_gbp: float
    most_gbp: float | None
    status: str  # of its plan, or "nothing_to_decide"
    seconds_allowed: float
    gap_allowed: float
    properties: tuple[PropertyAction, ...] = ()  # of what does not stay as it is
    moves: tuple[Move, ...] = ()

    @property
    def group(self) -> Group:
        """Its members as a set."""
        return frozenset(self.members)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def from_dict(content: Mapping[str, Any]) -> Coalition:
    """A stored group as it was."""
    properties = (PropertyAction(**{**one, "partners": tuple(one["partners"])}) for one in content["properties"])
    moves = tuple(Move(**one) for one in content["moves"])
    members = tuple(content["members"])
    return Coalition(**{**content, "members": members, "properties": tuple(properties), "moves": moves})


def players(plan: Plan, scenario: Scenario) -> tuple[str, ...]:
    """The organisations that take part, in order of id: guests of a body that does may not be among them."""
    asked = scenario.scope.organisations
    return tuple(one.organisation_id for one in plan.partners if not asked or one.organisation_id in asked)


def of_whole(plan: Plan, scenario: Scenario) -> Coalition:
    """All of them together: the plan itself."""
    return _coalition(players(plan, scenario), plan, scenario.solver.seconds, scenario.solver.gap)


def random_orders(everybody: tuple[str, ...], count: int, seed: int) -> list[tuple[str, ...]]:
    """Orders of joining, for a sample of the Shapley value."""
    dice = random.Random(seed)  # noqa: S311 - a sample that can be drawn again, not a secret
    return [tuple(dice.sample(everybody, len(everybody))) for _ in range(count)]


def wanted(everybody: tuple[str, ...], orders: Iterable[tuple[str, ...]] | None) -> list[Group]:
    """The groups, without the whole, whose values are needed: all; or each alone, all but each, and beginnings."""
    n = len(everybody)
    if orders is None:
        return [frozenset(group) for size in range(1, n) for group in combinations(everybody, size)]
    found = {frozenset(group) for size in {1, n - 1} for group in combinations(everybody, size)}
    found |= {frozenset(order[:size]) for order in orders for size in range(1, n)}
    return sorted(found - {frozenset(everybody)}, key=lambda group: (len(group), sorted(group)))


def values(
    groups: Iterable[Group],
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    *,
    seconds: float,
    gap: float,
    known: Iterable[Coalition] = (),
    workers: int = 2,
    on_size: Callable[[list[Coalition]], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[Coalition]:
    """The value of each group, smaller ones first: each search begins at the best union of smaller groups' plans.

    `known` are taken as they are unless more time is given now, or a smaller gap asked for, and that could change
    them. `on_size` hears of all that is known whenever the groups of one size are done. Once `stop` says so, those
    done so far are given.
    Raises InputError or AskError as `many.plans` does.
    """
    search = _Search(plan, snapshot, scenario, seconds, gap, {one.group: one for one in known})
    waiting = search.waiting(groups)
    done = 0
    for size in sorted({len(group) for group in waiting}):
        asks = {_name(group): group for group in waiting if len(group) == size}

        def took(key: str, made: Plan, asks: dict[str, Group] = asks) -> None:
            search.found[asks[key]] = search.coalition(asks[key], made)

        def progress(count: int, _: int, before: int = done) -> None:
            if on_progress is not None:
                on_progress(before + count, len(waiting))

        listed = [search.ask(key, group) for key, group in asks.items()]
        plans(snapshot, listed, workers=workers, on_plan=took, on_progress=progress, stop=stop)
        done += len(asks)
        if on_size is not None:
            on_size(list(search.found.values()))
        if stop is not None and stop():
            break
    return list(search.found.values())


@dataclass(frozen=True)
class _Search:
    """What the search for the values of groups stands on, and what has been found."""

    plan: Plan
    snapshot: Snapshot
    scenario: Scenario
    seconds: float
    gap: float
    found: dict[Group, Coalition]

    def waiting(self, groups: Iterable[Group]) -> list[Group]:
        """The groups that are to be planned. Those that own nothing that is decided are found at once."""
        decided = [action.property_id for action in self.plan.properties]
        holding = set(self.snapshot.properties.loc[decided, "organisation_id"])
        listed = sorted(groups, key=lambda group: (len(group), sorted(group)))
        for group in listed:
            if not group & holding:
                nothing = Coalition(_sorted(group), 0.0, 0.0, "nothing_to_decide", self.seconds, self.gap)
                self.found[group] = nothing
        return [group for group in listed if _is_open(self.found.get(group), self.seconds, self.gap)]

    def ask(self, key: str, group: Group) -> Ask:
        """The plan of a group that is wanted."""
        weights = {one.organisation_id: one.cost_today_gbp for one in self.plan.partners}
        starts = _starts(group, self.found, self.plan.base_year)
        wanted = _with_places(alone(self.scenario, self.snapshot, group, _part(group, weights)), starts)
        return Ask(key, wanted.with_solver({"seconds": self.seconds, "gap": self.gap}), starts)

    def coalition(self, group: Group, made: Plan) -> Coalition:
        """A group with the plan that was made for it, or that of a part of it while the others do nothing."""
        one = _coalition(_sorted(group), made, self.seconds, self.gap)
        best = max((part for key, part in self.found.items() if key < group), key=_value, default=one)
        if best.value_gbp <= one.value_gbp:
            return one
        most = None if one.most_gbp is None else max(one.most_gbp, best.value_gbp)
        return replace(one, value_gbp=best.value_gbp, most_gbp=most, properties=best.properties, moves=best.moves)


def whole_again(
    found: Iterable[Coalition], plan: Plan, scenario: Scenario, *, seconds: float, gap: float
) -> Ask | None:
    """A search for a better plan of the whole, where groups apart have found one that saves more than `plan`."""
    by_group = {one.group: one for one in found}
    whole = of_whole(plan, scenario)
    by_group.pop(whole.group, None)
    best = max((sum(one.value_gbp for one in parts) for parts in _parts(whole.group, by_group)), default=0.0)
    if best <= whole.value_gbp + _POUND_GBP:
        return None
    starts = (plan, *_starts(whole.group, by_group, plan.base_year))
    wanted = _with_places(scenario, starts).with_solver({"seconds": _WHOLE * seconds, "gap": gap})
    return Ask("the whole again", wanted, starts)


def alone(scenario: Scenario, snapshot: Snapshot, group: Group, part: float) -> Scenario:
    """The scenario as a group plans it by itself.

    Only its organisations decide. Left out is what is asked of the whole: floors under saving and receipts, caps
    on carbon, targets that today falls short of, what the partners have agreed among all of them, and lists of
    teams that belong together with somebody else's. Of new money it has its part (a share).
    """
    content = scenario.model_dump(mode="json")
    owners = snapshot.properties["organisation_id"]
    decided = {key for key, home in snapshot.teams["property_id"].items() if owners.get(home) in group}
    content["name"] = f"{scenario.name[:100]}: {', '.join(sorted(group))}"[:200]
    content["scope"]["organisations"] = sorted(group)
    content["goals"] = {}
    content["partners"] = {}
    content["carbon"] |= {"most_tonnes": None, "most_tonnes_per_year": None}
    content["capital"]["new_funding_gbp"] = [part * gbp for gbp in scenario.capital.new_funding_gbp]
    content["teams"]["together"] = [list(teams) for teams in scenario.teams.together if decided.issuperset(teams)]
    for standard in content["services"].values():
        standard["must_meet_target"] = False
    return scenarios.parse(content)


def _with_places(scenario: Scenario, starts: Iterable[Plan]) -> Scenario:
    """With the buildings that these plans send teams to among those considered, whether or not they are nearest.

    Others that come to take part are nearer, perhaps, and would crowd them out: a larger group could do less.
    """
    also = {team: {*places} for team, places in scenario.moves.also.items()}
    for move in (move for plan in starts for move in plan.moves):
        also.setdefault(move.team_id, set()).add(move.to_property_id)
    return scenario.with_value(("moves", "also"), {team: sorted(places) for team, places in sorted(also.items())})


def _is_open(one: Coalition | None, seconds: float, gap: float) -> bool:
    """Whether a group is to be planned: not yet, or with more time, or to a smaller gap than it stopped at."""
    if one is None or one.status in _DONE:
        return one is None
    return one.gap_allowed > gap if one.status == "within_gap" else one.seconds_allowed < seconds


def _part(group: Group, weights: Mapping[str, float]) -> float:
    """The group's share of what today's estate costs."""
    whole = sum(weights.values())
    return sum(weights.get(i, 0.0) for i in group) / whole if whole else 0.0


def _coalition(members: tuple[str, ...], made: Plan, seconds: float, gap: float) -> Coalition:
    gains = {one.organisation_id: one.cost_today_gbp - one.cost_after_gbp for one in made.partners}
    value = sum(gains.get(i, 0.0) for i in members)
    most = 0.0 if made.status == "infeasible_confirmed" else None
    if made.objective_gbp_k is not None and made.bound_gbp_k is not None:
        most = value + 1000 * (made.objective_gbp_k - made.bound_gbp_k)
    changed = tuple(one for one in made.properties if one.action != "keep" or one.hub_year or one.sold)
    return Coalition(members, value, most, made.status, seconds, gap, changed, made.moves)


def _starts(group: Group, found: Mapping[Group, Coalition], base_year: int) -> tuple[Plan, ...]:
    """Its own plan so far, the most valuable plans of its parts, the best of one part alone, and today's."""
    parts = sorted(_parts(group, found), key=lambda parts: -sum(one.value_gbp for one in parts))
    own = [(found[group],)] if group in found else []
    single = [one for one in parts if len(one) == 1][:1]
    return tuple(_united(one, base_year) for one in (*own, *parts[:_STARTS], *single, ()))


def _parts(group: Group, found: Mapping[Group, Coalition]) -> list[tuple[Coalition, ...]]:
    """Every known group within it, and with it the group of all the others where that is known."""
    listed: list[tuple[Coalition, ...]] = []
    for key, one in found.items():
        rest = found.get(group - key)
        if key < group and rest is None:
            listed.append((one,))
        elif key < group and rest is not None and sorted(key) < sorted(group - key):
            listed += [(one, rest), (one,), (rest,)]
    return listed


def _united(parts: Iterable[Coalition], base_year: int) -> Plan:
    """Plans of groups without a common member as one, as far as a search needs it to begin at."""
    listed = list(parts)
    return Plan(
        status="best_found", snapshot_digest="", scenario_digest="", base_year=base_year, seconds=0.0, solver="",
        seed=0, properties=tuple(action for one in listed for action in one.properties),
        moves=tuple(move for one in listed for move in one.moves),
    )  # fmt: skip


def _value(one: Coalition) -> float:
    return one.value_gbp


def _name(group: Group) -> str:
    return ", ".join(sorted(group))


def _sorted(group: Group) -> tuple[str, ...]:
    return tuple(sorted(group))
