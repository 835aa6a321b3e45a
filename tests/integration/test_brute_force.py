"""Random small places: the planner's value is the cheapest of every plan there is, as the checker counts.

The checker shares no code with the planner, so that a fault in either shows. ESTATE_BRUTE_FORCE=2000 tries more.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, product
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
from optimiser.scenario import Scenario
from optimiser.solve import bridge
from tests.support.tiny_place import asked, point, tiny

PLACES = int(os.environ.get("ESTATE_BRUTE_FORCE", "10"))
CHECKS = (
    check_sales,
    check_ways_out,
    check_moves,
    check_moves_per_phase,
    check_company,
    check_hubs,
    check_space,
    check_pins,
    check_goals,
    check_caps,
)
HOMES = ("p0", "p1", "p2", "p3")


def _rows(dice: random.Random) -> dict[str, list[dict[str, Any]]]:
    homes = HOMES[: dice.choice((3, 3, 3, 4))]
    return {
        "site": [{"id": "s", "name": "S"}],
        "property": [
            {
                "id": key,
                "name": key,
                "organisation_id": dice.choice("AN"),
                "geometry": point(dice.uniform(0, 9)),
                "tenure": dice.choice(("freehold", "freehold", "leasehold", "unknown")),
                "site_id": dice.choice((None, None, "s")),
                "floor_area_m2": float(dice.randrange(200, 2000)),
                "energy_kwh_per_year": dice.choice((None, 0.0, 90_000.0, 400_000.0)),
                "backlog_gbp": dice.choice((None, None, float(dice.randrange(0, 300_000)))),
                "backlog_due_year": dice.choice((None, 2020, 2027, 2030, 2050)),
            }
            for key in homes
        ],
        "space": [
            {"id": f"{key}-{kind}", "property_id": key, "kind": kind, "amount": float(dice.randrange(20, 300))}
            for key in homes
            for kind in ("counter", "desks")
        ],
        "lease": [
            {
                "id": f"{key}-lease",
                "property_id": key,
                "direction": "in",
                "rent_gbp_per_year": float(dice.randrange(0, 80_000)),
                "break_dates": dice.choice(("", "2027-04-01 2031-10-01")),
                "repair_liability": dice.choice(("full", "internal", "none")),
            }
            for key in homes
            if dice.random() < 0.3
        ],
        "running_cost": [
            {"id": f"{key}-{part}", "property_id": key, "category": "other", "part": part,
             "gbp_per_year": float(dice.randrange(0, 90_000))}
            for key in homes
            for part in ("holding", "use")
        ],
        "valuation": [
            {"id": f"{key}-value", "property_id": key, "basis": "market",
             "value_gbp": float(dice.randrange(0, 900_000))}
            for key in homes
        ],
        "team": [
            {
                "id": f"t{number}",
                "name": f"t{number}",
                "organisation_id": dice.choice("AN"),
                "property_id": dice.choice(homes),
                "fte": float(dice.randrange(1, 40)),
                "space_kind": dice.choice(("counter", "desks")),
                "space_amount": float(dice.randrange(5, 120)),
                "service_id": dice.choice((None, "advice")),
                "public_facing": dice.random() < 0.5,
                "may_move": dice.random() < 0.9,
            }
            for number in range(dice.choice((2, 2, 3)))
        ],
        "funding_stream": [
            {"id": f"f{number}", "name": f"f{number}", "organisation_id": dice.choice(("A", "N", None)),
             "year": dice.choice((2026, 2028)), "gbp": float(dice.randrange(0, 80_000)),
             "eligible_spend": dice.choice(("", "move exit", "fit_out hub disposal"))}
            for number in range(2)
        ],
        "zone": [
            {"id": f"z{number}", "name": "z", "geometry": point(dice.uniform(0, 9)).buffer(400),
             "population": dice.randrange(0, 3000), "population_65_plus": dice.choice((None, 90, 400)),
             "deprivation_decile": dice.choice((None, 1, 2, 3)), "households_no_car": dice.randrange(0, 300)}
            for number in range(4)
        ],
    }  # fmt: skip


# Demands that many places cannot meet. Two of them at the most: all at once would leave hardly a plan to find.
HARD = (
    *("receipts", "saving", "leave", "keep", "target", "tonnes a year", "tonnes", "nobody worse off", "people"),
    *("together", "apart"),
)


def _scenario(dice: random.Random, rows: dict[str, list[dict[str, Any]]]) -> Scenario:
    hard = dice.sample(HARD, dice.choice((0, 1, 2)))
    owned = [row["id"] for row in rows["property"] if row["tenure"] == "freehold"]
    small = len(rows["property"]) == 3 and len(rows["team"]) == 2
    years = dice.choice(([3], [10], [2, 4], [1, 6])) if small else [dice.choice((3, 10))]
    return asked(
        phases={"years": years},
        reach_tolerance=dice.choice((0.0, 0.1, 0.4)),
        protected={
            "groups": dice.choice(((), ("no_car",), ("no_car", "most_deprived_fifth"))),
            "tolerance": dice.choice((0.0, 0.1, 0.5)),
        },
        moves={
            "max_km": dice.choice((4.0, 12.0)),
            "across_organisations": dice.random() < 0.8,
            "most_per_team": dice.choice((1, 1, 2)),
            "most_people_per_year": dice.choice((0.0, 4.0, 15.0)) if "people" in hard else None,
        },
        teams={name: [["t0", "t1"]] for name in ("together", "apart") if name in hard},
        goals={
            "least_receipts_gbp": dice.choice((0.0, 400_000.0)) if "receipts" in hard else None,
            "least_saving_gbp_per_year": dice.choice((0.0, 30_000.0)) if "saving" in hard else None,
        },
        services={
            "advice": {
                "minutes": dice.choice((4.0, 8.0)),
                "share_of_population": dice.choice((0.3, 0.6, 0.9)),
                "worst_case_minutes": dice.choice((None, 10.0, 20.0)),
                "must_meet_target": "target" in hard,
            }
        },
        pins={"leave": ["p0"]} if "leave" in hard else {"keep": ["p0"]} if "keep" in hard else {},
        rates={
            "fit_out_gbp_per_m2": dice.choice((0.0, 350.0)),
            "double_running_months": dice.choice((0.0, 6.0)),
            "staff_travel_gbp_per_fte_km_per_year": dice.choice((0.0, 126.0)),
            "void_cost_share": dice.choice((0.0, 0.35, 1.0)),
            "sale_lag_years": dice.choice((0, 1, 2)),
        },
        capital=_capital(dice, len(years)),
        hubs=_hubs(dice) if len(years) == 1 else {},  # else there are too many plans to try
        partners={**_partners(dice), "none_worse_off": "nobody worse off" in hard},
        carbon={
            "valued": dice.random() < 0.3,
            "most_tonnes_per_year": 60.0 if "tonnes a year" in hard else None,
            "most_tonnes": 400.0 if "tonnes" in hard else None,
        },
        leases={"surrender_share_of_rent": dice.choice((1.0, 0.4)), "may_stand_empty": dice.random() < 0.5},
        transfers={
            "properties": [key for key in owned if dice.random() < 0.2],
            "price_share": dice.choice((0.0, 0.5)),
        },
        solver={"gap": 0.0, "threads": 1},
    )


def _capital(dice: random.Random, phases: int) -> dict[str, Any]:
    if dice.random() < 0.5:
        return {}
    kinds = ("move", "fit_out", "hub", "exit")
    return {
        "new_funding_gbp": [float(dice.choice((0, 20_000, 60_000, 200_000))) for _ in range(phases)],
        "funding_streams": dice.random() < 0.4,
        "recycled_share_of_receipts": dice.choice((0.0, 0.3, 1.0)),
        "pays_for": dice.sample(kinds, dice.randrange(1, 5)),
    }


def _hubs(dice: random.Random) -> dict[str, Any]:
    """Sometimes a hub may be anywhere, cheap enough to be worth it now and then."""
    return {
        "anywhere": dice.random() < 0.3,
        "smallest_m2": dice.choice((0.0, 800.0)),
        "partners": dice.choice((1, 2)),
        "fit_out_gbp_per_m2": dice.choice((5.0, 60.0)),
        "reception_gbp_per_year": dice.choice((0.0, 30_000.0)),
    }


def _partners(dice: random.Random) -> dict[str, Any]:
    return {
        "pooled_share_of_receipts": dice.choice((0.0, 0.5)),
        "receipt_shares": {"A": 0.7, "N": 0.3},
    }


def _every_plan(facts: Facts) -> Iterator[Plan]:
    """Every way to keep, leave or sell each property, phase by phase, with every team anywhere that is kept."""
    empty = replace(facts.plan, properties=(), moves=())
    years = [facts.base_year + start for start in facts.starts]
    hubs, homes = facts.scenario.hubs.anywhere, list(facts.properties)
    for actions in product(*(_fates(facts, key, years, hubs) for key in homes)):
        if _broken(facts.of(replace(empty, properties=actions)), (check_sales, check_ways_out, check_pins)):
            continue  # whoever moves where
        kept = [[a.property_id for a in actions if a.year is None or a.year > year] for year in years]
        for moves in product(*(_ways(facts, team, kept, years) for team in facts.teams.values())):
            yield replace(empty, properties=actions, moves=tuple(chain(*moves)))


def _fates(facts: Facts, key: str, years: list[int], hubs: bool) -> list[PropertyAction]:
    """What may become of a property: kept, fitted out, left or sold, and when."""
    keep, leased = PropertyAction(key, "keep"), facts.properties[key]["tenure"] != "freehold"
    waits, may_go = facts.may_stand_empty, key in facts.scenario.transfers.properties
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
    kept = [keep, *(replace(keep, hub_year=year) for year in years if hubs)]
    later = [replace(one, hub_year=year) for one in left for year in years if hubs and year < (one.year or year)]
    return [*kept, *left, *given, *([] if leased else sold), *later]


def _ways(facts: Facts, team: dict[str, Any], kept: list[list[str]], years: list[int]) -> list[list[Move]]:
    """Every way of a team through the phases, as its moves, no more of them than it may make."""
    ways = []
    for places in product(*kept):
        ends = zip((team["property_id"], *places), places, years, strict=False)
        moves = [
            Move(team["id"], a, b, year, team["fte"], km=round(facts.kilometres(a, b), 3), cost_gbp=0.0)
            for a, b, year in ends
            if a != b
        ]
        if len(moves) <= facts.scenario.moves.most_per_team:
            ways.append(moves)
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
    return then >= target - 1e-6 and not cut_off


def _of_group(zone: dict[str, Any], group: str) -> float:
    if group == "no_car":
        return float(zone["households_no_car"])
    return float(zone["population"]) if zone["deprivation_decile"] in {1, 2} else 0.0


def _in_this_process(arrays: Any, limits: Any, first: Any, *_: Any) -> dict[str, Any]:
    highs = bridge._loaded(arrays, limits)
    highs.run()
    return bridge._answer(highs)


@pytest.mark.parametrize("seed", range(PLACES))
def test_no_plan_at_all_is_cheaper(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    rows = _rows(dice)
    snapshot, scenario = tiny(**rows), _scenario(dice, rows)
    monkeypatch.setattr(bridge, "_in_child", _in_this_process)
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
