"""Shares of a gain beside the values of the groups: worked out again another way, in exact fractions.

It is handed the shares as plain data. What each group saves is its own plan's, which was checked when it was made.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from estate.snapshot import Snapshot
from optimiser.checker.facts import ZERO, Facts, Findings, Mismatch, exact
from optimiser.checker.money import money_of
from optimiser.checker.partners import positions
from optimiser.plan import Plan
from optimiser.scenario import Scenario

_PENNY = Fraction(1, 100)
_POUND = Fraction(1)  # a group that would gain less by leaving is said to stay

_EVEN = Fraction(1, 10**7)  # weights are the arithmetic's

Group = frozenset[str]
Shares = Mapping[str, Fraction]


def sharing_mismatches(
    said: Mapping[str, Any],
    orders: Sequence[Sequence[str]] | None,
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
) -> list[Mismatch]:
    """What of the shares (`GainSharing.to_dict()`) does not follow from the raw rows and the groups' values.

    `orders` are those of which the Shapley value is a mean; None: all.
    """
    facts, findings = Facts(plan, snapshot, scenario), Findings()
    money = money_of(facts)
    falls = {
        body: one.cost_today - one.cost_after
        for body, one in positions(facts, money).items()
        if body in said["partners"]
    }
    values = {frozenset(one["members"]): exact(one["value_gbp"]) for one in said["groups"]}
    whole = frozenset(falls)
    findings.same("partners", sorted(said["partners"]), sorted(whole))
    findings.holds("groups", whole in values, sorted(map(sorted, values)), "the whole among them")
    if findings.mismatches:
        return findings.mismatches
    findings.close("gain", said["gain_gbp"], sum(falls.values(), ZERO))
    findings.close("value of the whole", float(values[whole]), sum(falls.values(), ZERO))
    annuity = money.annuity(0, facts.horizon)
    for way in said["ways"]:
        true = _shares(way["way"], facts, falls, values, orders)
        _check_way(findings, way, true, values, falls, annuity)
    _check_leaving(findings, said["leaving"], values, whole)
    _check_staying(findings, said, values, whole)
    return findings.mismatches


def _shares(
    way: str,
    facts: Facts,
    falls: Shares,
    values: Mapping[Group, Fraction],
    orders: Sequence[Sequence[str]] | None,
) -> Shares | None:
    """The shares of one way; None where it is checked by what it promises alone."""
    if way == "as_it_falls":
        return falls
    if way == "shapley":
        return _mean_additions(values, permutations(sorted(falls)) if orders is None else orders)
    if way == "keeps_all_in":
        return None
    weights = dict.fromkeys(falls, Fraction(1) if way == "equal" else ZERO)
    if way == "by_need":
        for team in facts.teams.values():
            if team["property_id"] in facts.scope and team["organisation_id"] in weights:
                weights[team["organisation_id"]] += facts.square_metres(team)
    if way == "by_area":
        for key in facts.scope:
            owner = facts.properties[key]["organisation_id"]
            if owner in weights:
                weights[owner] += max(ZERO, exact(facts.properties[key]["floor_area_m2"]))
    total, gain = sum(weights.values(), ZERO), sum(falls.values(), ZERO)
    return {i: gain * (weight / total if total else Fraction(1, len(weights))) for i, weight in weights.items()}


def _mean_additions(values: Mapping[Group, Fraction], orders: Any) -> Shares:
    """What each adds to those before it, over every order: the Shapley value by its other formula."""
    added, count = dict[str, Fraction](), 0
    for order in orders:
        count, before = count + 1, ZERO
        for place, i in enumerate(order, start=1):
            now = values[frozenset(order[:place])]
            added[i] = added.get(i, ZERO) + now - before
            before = now
    return {i: gbp / count for i, gbp in added.items()}


def _check_way(
    findings: Findings,
    said: Mapping[str, Any],
    true: Shares | None,
    values: Mapping[Group, Fraction],
    falls: Shares,
    annuity: Fraction,
) -> None:
    way = said["way"]
    findings.same(f"{way}, partners", sorted(said["shares_gbp"]), sorted(falls))
    for i, gbp in (true or {}).items():
        findings.close(f"{way}, share of {i}", said["shares_gbp"].get(i), gbp)
    shares = {i: exact(gbp) for i, gbp in said["shares_gbp"].items()}
    findings.close(f"{way}, in all", float(sum(shares.values(), ZERO)), sum(falls.values(), ZERO))
    better = {g: v - sum((shares[i] for i in g), ZERO) for g, v in values.items() if len(g) < len(falls)}
    named = {frozenset(one["members"]): one for one in said["objections"]}
    for group, gbp in better.items():
        close = abs(gbp - _POUND) < _PENNY
        findings.holds(f"{way}, {sorted(group)}", close or (group in named) == (gbp > _POUND), group in named, gbp)
        if group in named:
            findings.close(f"{way}, {sorted(group)} alone", named[group]["alone_gbp"], values[group])
            shared = sum((shares[i] for i in group), ZERO)
            findings.close(f"{way}, {sorted(group)} shares", named[group]["shares_gbp"], shared)
    findings.holds(f"{way}, stable", (said["stable"] == "no") == bool(named), said["stable"], len(named))
    for i, gbp in falls.items():
        got = sum((exact(one["gbp"]) * ((one["receiver"] == i) - (one["payer"] == i)) for one in said["payments"]),
                  ZERO)  # fmt: skip
        after = abs(gbp + got - shares[i])
        findings.holds(f"{way}, {i} after payments", after <= _PENNY * len(falls), float(gbp + got), shares[i])
    for one in said["payments"]:
        findings.close(f"{way}, payment a year", one["gbp_per_year"], exact(one["gbp"]) / annuity)


def _check_leaving(findings: Findings, said: Any, values: Mapping[Group, Fraction], whole: Group) -> None:
    findings.same(
        "who may leave", [one["organisation_id"] for one in said], sorted(whole) if len(whole) > 1 else []
    )
    for one in said:
        i = one["organisation_id"]
        alone, others = values[frozenset({i})], values[whole - {i}]
        findings.close(f"{i}, alone", one["alone_gbp"], alone)
        findings.close(f"the others without {i}", one["others_gbp"], others)
        findings.close(f"{i}, lost by its leaving", one["lost_gbp"], values[whole] - alone - others)
        findings.close(f"{i}, adds", one["adds_gbp"], values[whole] - others)


def _check_staying(
    findings: Findings, said: Mapping[str, Any], values: Mapping[Group, Fraction], whole: Group
) -> None:
    """What every group gains by staying with the share that keeps all in, and that no share could give more.

    Weights of groups that add up to 1 and count every partner alike prove it: however the whole is shared, the
    mean of what the groups gain by staying is the same, and the least is no more than a mean.
    """
    (way,) = (way for way in said["ways"] if way["way"] == "keeps_all_in")
    shares = {i: exact(gbp) for i, gbp in way["shares_gbp"].items()}
    groups = [group for group in values if group != whole]
    least = min((sum((shares[i] for i in group), ZERO) - values[group] for group in groups), default=ZERO)
    close = max(_PENNY, max(map(abs, values.values())) / 10**7)
    promised = exact(said["better_by_staying_gbp"])
    findings.holds("better by staying", abs(least - promised) <= close, float(promised), float(least))
    weights = {frozenset(members): exact(weight) for members, weight in said["balance"]}
    counted = {i: sum((w for group, w in weights.items() if i in group), ZERO) for i in whole}
    alike = max(counted.values()) - min(counted.values()) <= _EVEN and min(weights.values()) >= 0
    findings.holds("balance", alike and abs(sum(weights.values(), ZERO) - 1) <= _EVEN, said["balance"], "even")
    mean = min(counted.values()) * values[whole] - sum((w * values[g] for g, w in weights.items()), ZERO)
    findings.holds("no share keeps all in better", abs(mean - promised) <= close, float(promised), float(mean))
    short = exact(said["subsidy_gbp"])
    findings.holds("subsidy", (short > close) == (promised < -close), float(short), "none if all are kept in")
