"""Why a property stays or goes: its own money, what the other way would cost, and which rules decide.

Nothing of it is guessed. The other way is planned: the place again with the property pinned against the plan.
Where no plan can do that, the rules in its way are named; where one can, the two are set side by side. A rule
decides on a property where the best plan found without that rule does the other thing with it (see `rule_prices`).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from optimiser.choices.base import Question, checked_dearer, fates
from optimiser.choices.reason_words import sentences
from optimiser.choices.rule_prices import RulePrices
from optimiser.explain.ranges import Range
from optimiser.many import Ask, plans
from optimiser.plan import Plan, PropertyAction
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.scenario import Scenario

_CLOSE = 0.1  # of a property's running cost over the horizon: less than that is a close call
_AT_ONCE = 10  # properties explained between two looks at what is to be kept
# In place of a plan where it is plain that there is none.
_NONE = Plan(
    "infeasible_confirmed", snapshot_digest="", scenario_digest="", base_year=0, seconds=0.0, solver="", seed=0
)


@dataclass(frozen=True)
class OwnMoney:
    """A property's own money in the plan, GBP in real terms. `moves` is of teams that leave it or come to it."""

    running_cost_today_gbp_per_year: float  # with rent
    running_cost_after_gbp_per_year: float
    rent_gbp_per_year: float
    backlog_gbp: float  # repairs that fall due while it is kept
    receipt_gbp: float
    one_off_cost_gbp: float
    moves_gbp: float
    people_moved_fte: float
    estimated: bool


@dataclass(frozen=True)
class MoveWorth:
    """One move, and what the best plan without it costs more: the team stays where it is."""

    team_id: str
    team: str
    to: str
    year: int
    move_gbp: float
    without: Range
    conflicts: tuple[str, ...]  # where it cannot be left out


@dataclass(frozen=True)
class Explanation:
    """One property. `other_way` is `keep` or `leave`: what the plan does not do with it.

    `other_way_costs`: what the best plan that decides the other way costs more than the best that decides as the
    plan does; below zero it costs less. `conflicts` says why no plan decides the other way, where none can.
    `rules`: without each, the best plan found decides the other way. `instead`: what else that plan changes.
    """

    property_id: str
    name: str
    organisation: str
    action: str  # keep, leave or host
    other_way: str
    outcome: str  # possible, impossible, or not_known where no plan was found in time
    other_way_costs: Range
    verdict: str  # impossible, firm, close_call, plan_again or not_known
    pinned: bool
    sold_with: tuple[str, ...]  # names of the rest of its site
    conflicts: tuple[str, ...]
    rules: tuple[str, ...]
    instead: tuple[str, ...]
    made_of: dict[str, float]  # GBP by cost that the plan found for the other way has more; worse is above zero
    own: OwnMoney
    moves: tuple[MoveWorth, ...] = ()
    sentences: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def explain(
    question: Question,
    base: Plan,
    prices: RulePrices,
    properties: Sequence[str],
    *,
    with_moves: bool = False,
    on_explained: Callable[[list[Explanation]], None] | None = None,
) -> list[Explanation]:
    """The explanations of properties that the plan decides, some at a time; fewer where it was stopped.

    `base` is the question's plan planned on; `prices` are those of the scenario's rules. `on_explained` hears of
    those that are done, to keep them.
    """
    inputs, done = prepare(question.snapshot, question.scenario), list[Explanation]()
    for start in range(0, len(properties), _AT_ONCE):
        part = properties[start : start + _AT_ONCE]
        asks = [ask for key in part for ask in _asks(question, base, key, with_moves, inputs)]
        made = plans(
            question.snapshot,
            asks,
            workers=question.workers,
            on_progress=question.told(f"Planning the other way for {start + 1} to {start + len(part)}"),
            stop=question.stop,
        )
        found = {**{f"{key}|other": _NONE for key in part if _held(question.plan, inputs, key)}, **made}
        whole = [key for key in part if all(ask.key in found for ask in asks if ask.key.split("|")[0] == key)]
        explained = [_explanation(question, base, prices, inputs, key, found) for key in whole]
        done += explained
        if on_explained is not None and explained:
            on_explained(explained)
        if len(whole) < len(part):
            break
    return done


def _held(plan: Plan, inputs: Inputs, key: str) -> bool:
    """Whether a team is there that has nowhere else to go: no plan leaves the property, and none need be made."""
    here = any(team.home == key and len(team.candidates) == 1 for team in inputs.teams.values())
    return here and _action(plan, key).action != "leave"


def _asks(question: Question, base: Plan, key: str, with_moves: bool, inputs: Inputs) -> list[Ask]:
    """The other way; the plan's own way where planning on decided otherwise; and each move left out."""
    left = _action(question.plan, key).action == "leave"
    asks = []
    if not _held(question.plan, inputs, key):
        asks.append(Ask(f"{key}|other", pinned(question.scenario, key, keep=left), earlier=base))
    if fates(base)[key] != left:
        asks.append(Ask(f"{key}|same", pinned(question.scenario, key, keep=not left), earlier=question.plan))
    for move in question.plan.moves if with_moves else ():
        if key in (move.from_property_id, move.to_property_id):
            stays = [*question.scenario.pins.team_stays, move.team_id]
            scenario = question.scenario.with_value(("pins", "team_stays"), list(dict.fromkeys(stays)))
            asks.append(Ask(f"{key}|move|{move.team_id}", scenario, earlier=base))
    return list({ask.key: ask for ask in asks}.values())


def pinned(scenario: Scenario, key: str, *, keep: bool) -> Scenario:
    """The scenario with one property pinned, whatever was pinned about it before."""
    pins = scenario.pins
    lists = {kind: [p for p in getattr(pins, kind) if p != key] for kind in ("keep", "leave", "hub")}
    lists["keep" if keep else "leave"].append(key)
    if keep and key in pins.hub:
        lists["hub"].append(key)
    for kind, names in lists.items():
        scenario = scenario.with_value(("pins", kind), names)
    return scenario


def _action(plan: Plan, key: str) -> PropertyAction:
    return next(action for action in plan.properties if action.property_id == key)


def _explanation(
    question: Question, base: Plan, prices: RulePrices, inputs: Inputs, key: str, found: dict[str, Plan]
) -> Explanation:
    action, other = _action(question.plan, key), found[f"{key}|other"]
    same = found.get(f"{key}|same", base)
    left = action.action == "leave"
    pins = question.scenario.pins
    is_pinned = key in (*pins.keep, *pins.leave, *pins.hub)
    # A building that must be left takes nobody in, so other buildings may come onto teams' lists: only a pin to
    # keep is sure to be stricter.
    stricter = left and not is_pinned and same is base
    costs = checked_dearer(f"the other way for {key}", other, same, stricter=stricter)
    impossible = other.status == "infeasible_confirmed"
    outcome = "impossible" if impossible else "not_known" if other.objective_gbp_k is None else "possible"
    site = question.snapshot.properties["site_id"].to_dict()
    names = inputs.names
    bare = Explanation(
        property_id=key,
        name=names[key],
        organisation=str(question.snapshot.organisations["name"][inputs.owners[key]]),
        action=action.action,
        other_way="keep" if left else "leave",
        outcome=outcome,
        other_way_costs=costs,
        verdict=_verdict(outcome, costs, action, question.scenario),
        pinned=is_pinned,
        sold_with=tuple(names[p] for p in inputs.properties if site[key] and site[p] == site[key] and p != key),
        conflicts=_conflicts(other, inputs, key) if impossible else (),
        rules=tuple(
            price.rule for price in prices.prices if price.binds and key in (price.stay if left else price.leave)
        ),
        instead=_instead((same, question.plan), other, inputs, key),
        made_of=_made_of(other, same),
        own=_own(question, action),
        moves=tuple(_moves(question, base, inputs, key, found)),
    )
    return Explanation(**{**vars(bare), "sentences": sentences(bare, question.scenario)})


def _verdict(outcome: str, costs: Range, action: PropertyAction, scenario: Scenario) -> str:
    """`close_call` where the other way may cost less than a tenth of what running the property costs."""
    if outcome != "possible":
        return outcome
    if costs.high_gbp is not None and costs.high_gbp < 0:
        return "plan_again"
    years = sum(scenario.phases.years)
    little = _CLOSE * years * action.running_cost_today_gbp_per_year
    return "firm" if costs.low_gbp is not None and costs.low_gbp > little else "close_call"


def _conflicts(other: Plan, inputs: Inputs, key: str) -> tuple[str, ...]:
    """The rules in the way beside the pin itself; where there are none, which teams cannot go anywhere."""
    own = {f"pin: {verb} {inputs.names[key]} ({key})" for verb in ("leave", "keep")}
    rules = tuple(conflict for conflict in other.conflicts if conflict not in own)
    return rules or tuple(_stuck(inputs, key))


def _stuck(inputs: Inputs, key: str) -> list[str]:
    at_home = {u: team for u, team in inputs.teams.items() if team.home == key}
    nowhere = [u for u, team in at_home.items() if len(team.candidates) == 1]
    if nowhere:
        return [_held_words(inputs, u) for u in nowhere]
    return ["the buildings within reach of its teams have no room for all of them together"] if at_home else []


def _held_words(inputs: Inputs, u: str) -> str:
    """Why a team has nowhere else to go."""
    team, name = inputs.teams[u], inputs.names[u]
    if u in inputs.pins.team_stays:
        return f"the scenario pins team {name} to where it is"
    return (
        f"team {name} ({team.fte:,.0f} FTE) may not move, or no building within its limit of distance has enough"
        f" room of its kind ({team.kind.replace('_', ' ')})"
    )


def _instead(usual: tuple[Plan, ...], other: Plan, inputs: Inputs, key: str) -> tuple[str, ...]:
    """What else the best plan found for the other way does that neither of the usual plans does."""
    if other.objective_gbp_k is None:
        return ()
    after, before = fates(other), [fates(plan) for plan in usual]
    changed = [p for p, left in after.items() if p != key and all(of.get(p, left) != left for of in before)]
    return tuple(f"{'leaves' if after[p] else 'keeps'} {inputs.names[p]}" for p in changed)


def _made_of(other: Plan, same: Plan) -> dict[str, float]:
    """By cost, largest first: GBP of present value that the one plan found has more than the other."""
    if other.objective_gbp_k is None:
        return {}
    more: dict[str, float] = {}
    for plan, sign in ((other, 1000.0), (same, -1000.0)):
        for line in plan.costs:
            more[line.cost] = more.get(line.cost, 0.0) + sign * line.gbp_k
    return dict(sorted(more.items(), key=lambda item: -abs(item[1])))


def _own(question: Question, action: PropertyAction) -> OwnMoney:
    key, leases = action.property_id, question.snapshot.leases
    moves = [m for m in question.plan.moves if key in (m.from_property_id, m.to_property_id)]
    rents = leases.loc[(leases["property_id"] == key) & (leases["direction"] == "in"), "rent_gbp_per_year"]
    return OwnMoney(
        running_cost_today_gbp_per_year=action.running_cost_today_gbp_per_year,
        running_cost_after_gbp_per_year=action.running_cost_after_gbp_per_year,
        rent_gbp_per_year=float(rents.sum()),
        backlog_gbp=action.backlog_gbp,
        receipt_gbp=action.receipt_gbp,
        one_off_cost_gbp=action.one_off_cost_gbp,
        moves_gbp=sum(move.cost_gbp for move in moves),
        people_moved_fte=sum(move.fte for move in moves),
        estimated=action.estimated,
    )


def _moves(question: Question, base: Plan, inputs: Inputs, key: str, found: dict[str, Plan]) -> list[MoveWorth]:
    """Each move from or to the property that was left out in a plan of its own."""
    worths = []
    for move in question.plan.moves:
        other = found.get(f"{key}|move|{move.team_id}")
        if other is None or key not in (move.from_property_id, move.to_property_id):
            continue
        name = inputs.names[move.team_id]
        worths.append(
            MoveWorth(
                team_id=move.team_id,
                team=name,
                to=inputs.names[move.to_property_id],
                year=move.year,
                move_gbp=move.cost_gbp,
                without=checked_dearer(f"without the move of {move.team_id}", other, base, stricter=True),
                conflicts=tuple(c for c in other.conflicts if not c.startswith(f"pin: team {name} (")),
            )
        )
    return worths
