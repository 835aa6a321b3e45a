"""How the partners of a plan may share what it gains, side by side, and whether each way keeps every group in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from estate.benchmarks import m2_per_unit
from estate.snapshot import Snapshot, records
from optimiser.appraise import sharing
from optimiser.appraise.coalitions import Coalition, of_whole
from optimiser.appraise.sharing import Group, Objection, Payment
from optimiser.plan import Plan
from optimiser.prepare.money import discount_factor
from optimiser.scenario import Scenario

# The ways to share, in the order in which they are shown.
WAYS = {
    "as_it_falls": "As it falls, no payments",
    "shapley": "By what each adds (Shapley)",
    "keeps_all_in": "So that all stay (nucleolus)",
    "by_need": "By space needed",
    "by_area": "By floor area",
    "equal": "Equally",
}
_LEAST_GBP = 1.0  # a group that would gain less by leaving stays


@dataclass(frozen=True)
class Way:
    """One way to share the whole gain: GBP of present value for each partner.

    `stable`: whether some group would do better alone. "yes": none, not even one whose plan were as good as its
    bound; "as_found": none with the plans found, but their bounds leave it open; "no": the groups named would.
    """

    way: str  # a key of WAYS
    shares_gbp: dict[str, float]
    standard_errors_gbp: dict[str, float | None] | None  # where it is a mean over sampled orders
    stable: Literal["yes", "as_found", "no"]
    objections: tuple[Objection, ...]
    payments: tuple[Payment, ...]  # that turn what falls to each into its share


@dataclass(frozen=True)
class Leaving:
    """What goes with one partner. GBP of present value."""

    organisation_id: str
    alone_gbp: float  # what it saves by itself
    others_gbp: float  # what the others save without it
    lost_gbp: float  # of the whole, by the two apart
    adds_gbp: float  # what the whole saves more with it than without


@dataclass(frozen=True)
class Apart:
    """Two groups that save more apart than together, with the plans found."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    more_gbp: float


@dataclass(frozen=True)
class GainSharing:
    """Everything that partners need to agree on shares. GBP of present value over the horizon."""

    partners: dict[str, str]  # id to name
    gain_gbp: float  # of the whole, as the plan has it
    groups: tuple[Coalition, ...]  # all that were planned, the whole last
    exact: bool  # whether every group was; else the Shapley value is a mean over `orders`
    orders: int
    largest_gap_gbp: float | None  # by which a group alone could save more than found; None: one has no bound
    ways: tuple[Way, ...]
    better_by_staying_gbp: (
        float  # what every group gains at the least by the share that keeps all in; below 0: none
    )
    balance: tuple[tuple[tuple[str, ...], float], ...]  # groups and weights that prove that no share does better
    surely_better_by_staying_gbp: float | None  # the same were every group's plan as good as its bound
    subsidy_gbp: float  # what must come from outside for a share that keeps every group in
    leaving: tuple[Leaving, ...]
    apart: tuple[Apart, ...]

    @property
    def advised(self) -> Way | None:
        """By what each adds where no group would then leave; else so that all stay; None where none does that."""
        by_name = {way.way: way for way in self.ways}
        listed = (by_name["shapley"], by_name["keeps_all_in"])
        return next((way for way in listed if way.stable != "no"), None)

    def group_name(self, members: Iterable[str]) -> str:
        """A group by its members' names, or by those of the few that are not in it."""
        inside = set(members)
        outside = [name for i, name in self.partners.items() if i not in inside]
        if 0 < len(outside) < len(inside) and len(inside) > 2:
            return f"all but {' and '.join(outside)}" if len(outside) < 3 else f"all but {', '.join(outside)}"
        return ", ".join(name for i, name in self.partners.items() if i in inside)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, without what the groups' plans change property by property."""
        content = asdict(self)
        for group in content["groups"]:
            del group["properties"], group["moves"]
        return content


def gain_sharing(
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    groups: Iterable[Coalition],
    orders: Sequence[tuple[str, ...]] | None,
) -> GainSharing:
    """The ways to share the gain of a plan, from the values of the groups of its partners.

    `groups` are those that `coalitions.wanted` names for these `orders` (None: every group).
    """
    whole = of_whole(plan, scenario)
    found = {**{one.group: one for one in groups}, whole.group: whole}
    values = {group: one.value_gbp for group, one in found.items()}
    most = {group: one.most_gbp for group, one in found.items()}
    most[whole.group] = whole.value_gbp  # what is shared is what the plan gains
    bounds = {group: gbp for group, gbp in most.items() if gbp is not None}
    gaps = [gbp - values[group] for group, gbp in bounds.items()]
    sure = bounds if len(bounds) == len(most) else None
    strain = sharing.strain(values)
    names = snapshot.organisations["name"].to_dict()
    return GainSharing(
        partners={i: str(names[i]) for i in whole.members},
        gain_gbp=whole.value_gbp,
        groups=tuple(sorted(found.values(), key=lambda one: (len(one.members), one.members))),
        exact=orders is None,
        orders=len(orders or ()),
        largest_gap_gbp=None if sure is None else max(gaps),
        ways=_ways(plan, snapshot, scenario, values, sure, orders),
        better_by_staying_gbp=-strain.gbp,
        balance=tuple((tuple(sorted(group)), weight) for group, weight in strain.weights.items()),
        surely_better_by_staying_gbp=None if sure is None else -sharing.strain(sure).gbp,
        subsidy_gbp=sharing.subsidy(values),
        leaving=_leaving(whole, values),
        apart=_apart(values),
    )


def weights(plan: Plan, snapshot: Snapshot, members: Iterable[str]) -> dict[str, dict[str, float]]:
    """By what proportion is shared: m2 that each partner's teams need, and m2 of floor that it holds, in scope."""
    decided = {action.property_id for action in plan.properties}
    need, area = dict.fromkeys(members, 0.0), dict.fromkeys(members, 0.0)
    for team in records(snapshot.teams):
        if team["property_id"] in decided and team["organisation_id"] in need:
            need[team["organisation_id"]] += team["space_amount"] * m2_per_unit()[team["space_kind"]]
    for row in records(snapshot.properties):
        if row["id"] in decided and row["organisation_id"] in area and row["floor_area_m2"] > 0:
            area[row["organisation_id"]] += row["floor_area_m2"]
    return {"by_need": need, "by_area": area, "equal": dict.fromkeys(members, 1.0)}


def _ways(
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    values: sharing.Values,
    bounds: sharing.Values | None,
    orders: Sequence[tuple[str, ...]] | None,
) -> tuple[Way, ...]:
    members = sorted(sharing.everybody(values))
    whole = values[sharing.everybody(values)]
    gains = {one.organisation_id: one.cost_today_gbp - one.cost_after_gbp for one in plan.partners}
    falls = {i: gains[i] for i in members}
    shares = {"as_it_falls": falls, "keeps_all_in": sharing.nucleolus(values)}
    errors = None
    if orders is None:
        shares["shapley"] = sharing.shapley(values)
    else:
        means = sharing.sampled_shapley(orders, values)
        shares["shapley"] = {i: mean.gbp for i, mean in means.items()}
        errors = {i: mean.standard_error_gbp for i, mean in means.items()}
    for way, weight in weights(plan, snapshot, members).items():
        shares[way] = sharing.in_proportion(whole, weight)
    rate, years = scenario.rates.discount_rate_per_year, sum(scenario.phases.years)
    annuity = sum(discount_factor(rate, year) for year in range(years))
    return tuple(
        Way(
            way=way,
            shares_gbp=shares[way],
            standard_errors_gbp=errors if way == "shapley" else None,
            stable=_stable(shares[way], values, bounds),
            objections=sharing.objections(shares[way], values, _LEAST_GBP),
            payments=sharing.settlement(falls, shares[way], annuity),
        )
        for way in WAYS
    )


def _stable(
    shares: Mapping[str, float], values: sharing.Values, bounds: sharing.Values | None
) -> Literal["yes", "as_found", "no"]:
    if sharing.objections(shares, values, _LEAST_GBP):
        return "no"
    sure = bounds is not None and not sharing.objections(shares, bounds, _LEAST_GBP)
    return "yes" if sure else "as_found"


def _leaving(whole: Coalition, values: sharing.Values) -> tuple[Leaving, ...]:
    found = []
    for i in whole.members if len(whole.members) > 1 else ():
        alone, others = values[frozenset({i})], values[whole.group - {i}]
        found.append(Leaving(i, alone, others, whole.value_gbp - alone - others, whole.value_gbp - others))
    return tuple(found)


def _apart(values: sharing.Values) -> tuple[Apart, ...]:
    """Disjoint groups that save more apart, those that lose most together first."""
    found = []
    for whole, together in values.items():
        for first in values:
            second: Group = whole - first
            if first < whole and second in values and sorted(first) < sorted(second):
                more = values[first] + values[second] - together
                if more > _LEAST_GBP:
                    found.append(Apart(tuple(sorted(first)), tuple(sorted(second)), more))
    return tuple(sorted(found, key=lambda one: -one.more_gbp))
