"""Random small places: the planner's value is the cheapest of every plan there is, as the checker counts.

The checker shares no code with the planner, so that a fault in either shows. ESTATE_BRUTE_FORCE=2000 tries more.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, combinations, product
from typing import Any

import pytest
from scipy.optimize import linprog

from optimiser import planner
from optimiser.checker.capital import budget, spending
from optimiser.checker.carbon import check_caps
from optimiser.checker.facts import Facts, Findings
from optimiser.checker.funds import all_pots, has_strings
from optimiser.checker.hubs import check_hubs
from optimiser.checker.layout import check_moves, check_pins, check_sales, check_space, check_ways_out
from optimiser.checker.limits import check_company, check_goals, check_moves_per_phase
from optimiser.checker.money import Money
from optimiser.checker.partners import positions
from optimiser.plan import Move, Plan, PropertyAction
from optimiser.planner import make_plan
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import tiny

PLACES = int(os.environ.get("ESTATE_BRUTE_FORCE", "10"))
CHECKS = (
    check_sales,
    check_ways_out,
    check_moves_per_phase,
    check_company,
    check_hubs,
    check_space,
    check_pins,
    check_goals,
    check_caps,
)


def _every_plan(facts: Facts) -> Iterator[Plan]:
    """Every way to keep, leave or sell each property, phase by phase, with every team anywhere that is kept."""
    empty = replace(facts.plan, properties=(), moves=())
    years = [facts.base_year + start for start in facts.starts]
    ways = {key: _ways(facts, team, years) for key, team in facts.teams.items()}
    for actions in product(*(_fates(facts, key, years) for key in facts.properties)):
        if _broken(facts.of(replace(empty, properties=actions)), (check_sales, check_ways_out, check_pins)):
            continue  # whoever moves where
        left = {(a.property_id, year) for a in actions for year in years if a.year is not None and a.year <= year}
        possible = ([moves for places, moves in of_team if left.isdisjoint(places)] for of_team in ways.values())
        for moves in product(*possible):
            yield replace(empty, properties=actions, moves=tuple(chain(*moves)))


def _fates(facts: Facts, key: str, years: list[int]) -> list[PropertyAction]:
    """What may become of a property: kept, fitted out, left or sold, and when."""
    keep, leased = PropertyAction(key, "keep"), facts.properties[key]["tenure"] != "freehold"
    waits, may_go = facts.may_stand_empty, key in facts.scenario.transfers.properties
    hub = facts.scenario.hubs.anywhere or key in facts.scenario.hubs.properties
    left = [
        replace(keep, action="leave", year=year, lease_ends_year=ends)
        for year in years
        for ends in ([end for end in years if end == year or (waits and end > year)] if leased else [None])
    ]
    given = [
        replace(one, transferred_year=year) for one in left for year in years if may_go and year >= (one.year or 0)
    ]
    sold = [
        replace(one, sold=True, sold_year=sale) for one in left for sale in years if sale >= (one.year or sale)
    ]
    fates = [keep, *left, *given, *([] if leased else sold)]
    hubs = [replace(one, hub_year=year) for one in fates for year in years if one.year is None or year < one.year]
    return [*fates, *(hubs if hub else ())]


def _ways(facts: Facts, team: dict[str, Any], years: list[int]) -> list[tuple[set[tuple[str, int]], list[Move]]]:
    """Every way of a team through the phases that it may go: where it is in which year, and its moves."""
    ways = []
    for places in product(facts.properties, repeat=len(years)):
        ends = zip((team["property_id"], *places), places, years, strict=False)
        moves = [
            Move(team["id"], a, b, year, team["fte"], km=round(facts.kilometres(a, b), 3), cost_gbp=0.0)
            for a, b, year in ends
            if a != b
        ]
        if not _broken(facts.of(replace(facts.plan, moves=tuple(moves))), (check_moves,)):
            ways.append((set(zip(places, years, strict=True)), moves))
    return ways


def _broken(facts: Facts, checks: tuple[Callable[[Facts, Findings], None], ...]) -> bool:
    """Whether one of the rules does not hold; figures that these plans leave blank do not count."""
    for check in checks:
        findings = Findings()
        check(facts, findings)
        if any(not fault.what.endswith((", cost", ", partners")) for fault in findings.mismatches):
            return True
    return False


def _cost_gbp_k(facts: Facts) -> float | None:
    """What the checker makes of a plan's cost; None where a rule does not hold."""
    if _broken(facts, CHECKS):
        return None
    if not all(_reach_holds(facts, facts.base_year + start) for start in facts.starts):
        return None
    money = Money(facts)
    if not all(phase.is_enough for phase in budget(facts, money)):
        return None
    if has_strings(facts, money) and not _can_be_paid(facts, money):
        return None
    if facts.scenario.partners.none_worse_off and any(one.is_worse for one in positions(facts, money).values()):
        return None
    return float(sum(money.lines.values())) / 1000


def _can_be_paid(facts: Facts, money: Money) -> bool:
    """Whether the pots can be shared out so that every bill of every phase is paid: a linear programme."""
    years = [facts.base_year + start for start in facts.starts]
    bills = {(year, *item): gbp for year in years for item, gbp in spending(facts, money, year).items() if gbp}
    pots = all_pots(facts, money)
    ways = [
        (pot, bill)
        for pot, terms in pots.items()
        for bill in bills
        if bill[2] in terms.kinds and terms.organisation in (None, bill[1])
    ]
    if not bills:
        return True
    if not ways:
        return False
    limits = [(pot, index) for pot in pots for index in range(len(years))]
    spent = [[float(way[0] == pot and way[1][0] <= years[index]) for way in ways] for pot, index in limits]
    paid = [[float(way[1] == bill) for way in ways] for bill in bills]
    found = linprog(
        [0.0] * len(ways),
        A_ub=spent,
        b_ub=[float(pots[pot].arrived[index]) for pot, index in limits],
        A_eq=paid,
        b_eq=[float(gbp) for gbp in bills.values()],
    )
    return bool(found.status == 0)


def _reach_holds(facts: Facts, year: int) -> bool:
    """Reach and lifelines of the one service in a year, worked out from scratch: 30 km/h in a straight line."""
    asked_for = facts.scenario.services["advice"]
    offering = [key for key, team in facts.teams.items() if team["service_id"] == "advice"]
    inhabited = [zone for zone in facts.rows("zones") if zone["population"] > 0]
    zones = [(zone["geometry"].centroid, int(zone["population"])) for zone in inhabited]
    points = {key: row["geometry"] for key, row in facts.properties.items()}
    if not offering or not zones:
        return True

    def minutes(zone: Any, places: list[str]) -> float:
        return float(min(zone.distance(points[place]) for place in places)) / 1000 * 2

    before = [facts.teams[key]["property_id"] for key in offering]
    after = [facts.place(key, year) for key in offering]
    limit, worst = asked_for.minutes or 7.0, asked_for.worst_case_minutes or 12.0
    today = sum(people for zone, people in zones if minutes(zone, before) <= limit)
    then = sum(people for zone, people in zones if minutes(zone, after) <= limit)
    total = sum(people for _, people in zones)
    target = (asked_for.share_of_population or 0.0) * total
    if not asked_for.must_meet_target:
        target = min(target, today - facts.scenario.reach_tolerance * total)
    cut_off = any(minutes(zone, before) <= limit and minutes(zone, after) > worst for zone, _ in zones)
    for group in facts.scenario.protected.groups:
        numbers = [_of_group(zone, group) for zone in inhabited]
        had = sum(n for n, (zone, _) in zip(numbers, zones, strict=True) if minutes(zone, before) <= limit)
        have = sum(n for n, (zone, _) in zip(numbers, zones, strict=True) if minutes(zone, after) <= limit)
        if have < had - facts.scenario.protected.tolerance * sum(numbers) - 1e-6:
            return False
    return (
        then >= target - 1e-6 and not cut_off and _room_is_enough(facts, dict(zip(offering, after, strict=True)))
    )


def _room_is_enough(facts: Facts, places: dict[str, str]) -> bool:
    """Whether the counters have room, by the least cut between people and places: no flow is worked out."""
    standard = facts.scenario.services["advice"]
    per_m2 = standard.people_per_m2
    if per_m2 is None:
        return True
    zones = [zone for zone in facts.rows("zones") if zone["population"] > 0]
    total = sum(int(zone["population"]) for zone in zones)

    def is_near(zone: Any, place: str) -> bool:
        metres = zone["geometry"].centroid.distance(facts.properties[place]["geometry"])
        return bool(metres / 500 <= (standard.minutes or 7.0))

    def served(where: dict[str, str]) -> int:
        room = dict.fromkeys(where.values(), 0)
        for key, place in where.items():
            team, m2 = facts.teams[key], {"counter": 1.0, "desks": 10.0}
            room[place] += int(per_m2 * team["space_amount"] * m2[team["space_kind"]] + 1e-6)
        near = {place: {zone["id"] for zone in zones if is_near(zone, place)} for place in room}
        cuts: list[int] = []
        for full in chain.from_iterable(combinations(room, size) for size in range(len(room) + 1)):
            open_to = set[str]().union(*(near[place] for place in room if place not in full))
            people = sum(int(zone["population"]) for zone in zones if zone["id"] in open_to)
            cuts.append(sum(room[place] for place in full) + people)
        return min(cuts)

    share = standard.share_of_population if standard.share_served is None else standard.share_served
    target = (share or 0.0) * total
    if not standard.must_meet_target:
        today = served({key: facts.teams[key]["property_id"] for key in places})
        target = min(target, today - facts.scenario.reach_tolerance * total)
    return served(places) >= target - 1e-6


def _of_group(zone: dict[str, Any], group: str) -> float:
    if group == "no_car":
        return float(zone["households_no_car"])
    return float(zone["population"]) if zone["deprivation_decile"] in {1, 2} else 0.0


@pytest.mark.parametrize("seed", range(PLACES))
def test_no_plan_at_all_is_cheaper(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    rows = random_rows(dice)
    snapshot, scenario = tiny(**rows), random_scenario(dice, rows)
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: replace(empty, status="infeasible_confirmed"))
    made = make_plan(snapshot, scenario)
    facts = Facts(made, snapshot, scenario)
    costs = [_cost_gbp_k(facts.of(plan)) for plan in _every_plan(facts)]
    possible = [cost for cost in costs if cost is not None]
    if made.status == "infeasible_confirmed":
        assert possible == []
    else:
        assert made.status == "proven"
        assert made.objective_gbp_k == pytest.approx(min(possible), rel=1e-6)
