"""Who loses and who gains, counted again zone by zone from the raw rows and the minutes that the plan publishes.

Those minutes have been checked against the raw rows by `checker.reach`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable

from optimiser.checker.facts import Facts, Findings, Row
from optimiser.plan import ZoneReach

_CLOSE = 1e-6  # minutes: sums of rounded ones
_COUNTS = (
    "people", "zones_unrecorded", "within_today", "within_after", "no_way_today", "no_way_after", "lose",
    "lose_zones", "gain", "gain_zones", "longer", "shorter",
)  # fmt: skip
_RECORDED = {"over_65s": "population_65_plus", "no_car": "households_no_car"}
Count = tuple[int, ZoneReach]


def check_impacts(facts: Facts, findings: Findings) -> None:
    """Every row of the plan's impacts, and that there is one for each service and group that zones record."""
    zones = {row["id"]: row for row in facts.rows("zones")}
    reached: dict[str, list[ZoneReach]] = defaultdict(list)
    for zone in facts.plan.zones:
        if zone.zone_id in zones:
            reached[zone.service_id].append(zone)
    said = {(one.service_id, one.group): one for one in facts.plan.impacts}
    wanted = {
        (service, group): _counted(group, found, zones)
        for service, found in reached.items()
        for group in ("everybody", "most_deprived_fifth", *_RECORDED)
        if any(_number(zones[zone.zone_id], group) is not None for zone in found)
    }
    findings.same("services and groups of impacts", sorted(said), sorted(wanted))
    for key in said.keys() & wanted.keys():
        for name, value in wanted[key].items():
            published = getattr(said[key], name)
            alike = published == value if name in _COUNTS else _close(published, value)
            findings.holds(f"{key[0]}, {key[1]}, {name}", alike, published, value)


def _number(zone: Row, group: str) -> int | None:
    """How many of a group live in a zone; None where the register does not say."""
    if group == "most_deprived_fifth":
        decile = zone["deprivation_decile"]
        return None if math.isnan(decile) else int(zone["population"]) if decile <= 2 else 0
    number = zone[_RECORDED.get(group, "population")]
    return None if math.isnan(number) else int(number)


def _counted(group: str, found: list[ZoneReach], zones: dict[str, Row]) -> dict[str, float | None]:
    """Every figure of one row of impacts, by the name of its field."""
    numbers = [(_number(zones[zone.zone_id], group), zone) for zone in found]
    known: list[Count] = [(number, zone) for number, zone in numbers if number is not None]
    lose = [pair for pair in known if pair[1].reached_today and not pair[1].reached_after]
    gain = [pair for pair in known if pair[1].reached_after and not pair[1].reached_today]
    longer = [pair for pair in known if _more(pair[1]) > 0 and pair[0]]
    shorter = [pair for pair in known if _more(pair[1]) < 0 and pair[0]]
    result: dict[str, float | None] = {
        "people": _sum(known),
        "zones_unrecorded": len(found) - len(known),
        "within_today": _sum(pair for pair in known if pair[1].reached_today),
        "within_after": _sum(pair for pair in known if pair[1].reached_after),
        "lose": _sum(lose),
        "lose_zones": sum(number > 0 for number, _ in lose),
        "gain": _sum(gain),
        "gain_zones": sum(number > 0 for number, _ in gain),
        "longer": _sum(longer),
        "shorter": _sum(shorter),
        "lose_more_minutes": _mean((n, _more(z)) for n, z in lose if z.minutes_after is not None),
        "gain_fewer_minutes": _mean((n, -_more(z)) for n, z in gain if z.minutes_today is not None),
        "longer_minutes": _mean((n, _more(z)) for n, z in longer),
        "longest_minutes": max((_more(z) / 100 for _, z in longer), default=0.0),
        "shorter_minutes": _mean((n, -_more(z)) for n, z in shorter),
    }
    for when in ("today", "after"):
        ways = [(number, getattr(zone, f"minutes_{when}")) for number, zone in known]
        result[f"no_way_{when}"] = sum(number for number, minutes in ways if minutes is None)
        result[f"mean_minutes_{when}"] = _mean((n, _hundredths(m)) for n, m in ways if m is not None)
        result[f"p90_minutes_{when}"] = _nine_in_ten(ways)
    return result


def _sum(pairs: Iterable[Count]) -> int:
    return sum(number for number, _ in pairs)


def _more(zone: ZoneReach) -> int:
    """How many hundredths of a minute longer the way of a zone becomes; 0 where there is none, today or after."""
    if zone.minutes_today is None or zone.minutes_after is None:
        return 0
    return _hundredths(zone.minutes_after) - _hundredths(zone.minutes_today)


def _hundredths(minutes: float) -> int:
    """What a plan's minutes are whole numbers of."""
    return round(100 * minutes)


def _mean(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Minutes, of hundredths, by people."""
    held = list(pairs)
    people = sum(number for number, _ in held)
    return sum(number * hundredths for number, hundredths in held) / people / 100 if people else None


def _nine_in_ten(ways: list[tuple[int, float | None]]) -> float | None:
    """Go out from the nearest until nine in ten are in."""
    people, inside = sum(number for number, _ in ways), 0
    for number, minutes in sorted(ways, key=lambda way: math.inf if way[1] is None else way[1]):
        inside += number
        if people and 10 * inside >= 9 * people:
            return minutes
    return None


def _close(published: float | None, wanted: float | None) -> bool:
    if published is None or wanted is None:
        return published is wanted
    return abs(published - wanted) < _CLOSE
