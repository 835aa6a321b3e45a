"""Who reaches what, from raw rows: minutes, shares, and the rule that nobody is cut off."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from estate.snapshot import records
from optimiser.checker.facts import Facts, Findings, Row, centre, exact
from optimiser.plan import ZoneReach

_MINUTES = 0.006  # the plan's minutes are rounded to two places
_MODES = ("car", "foot", "bicycle", "public_transport")
_EDGE = 1e-9  # minutes so near the standard that rounding decides which side they fall


def check_reach(facts: Facts, findings: Findings) -> None:
    """Every service that somebody offers, from every zone where somebody lives."""
    zones = [row for row in records(facts.snapshot.zones) if row["population"] > 0]
    expected = set()
    for service in records(facts.snapshot.services):
        teams = [team for team in facts.teams.values() if team["service_id"] == service["id"]]
        if teams and zones:
            expected |= {(service["id"], zone["id"]) for zone in zones}
            asked = facts.scenario.services.get(service["id"])
            _check_service(
                facts,
                findings,
                {**service, **(asked.model_dump(exclude_none=True) if asked else {})},
                teams,
                zones,
            )
    published = [(zone.service_id, zone.zone_id) for zone in facts.plan.zones]
    findings.same("services and zones of reach", sorted(published), sorted(expected))


@dataclass(frozen=True)
class _Access:
    """One service: from each zone the counted minutes today and by year, and what the plan says is reached.

    Minutes of a mode count in proportion to its own limit, and the least of all modes counts.
    """

    service: Row
    zones: list[Row]
    today: list[float]
    by_year: dict[int, list[float]]
    said: dict[str, ZoneReach]

    def within(self, year: int) -> list[bool]:
        """Whether each zone is within the standard in a year of the plan; on the very edge it is."""
        return [minutes <= self.service["minutes"] + _EDGE for minutes in self.by_year[year]]

    def counted(self, numbers: list[int], when: str) -> int:
        """How many of these, by zone, the plan says are reached: `reached_today` or `reached_after`."""
        flags = [zone["id"] in self.said and getattr(self.said[zone["id"]], when) for zone in self.zones]
        return sum(number for number, flag in zip(numbers, flags, strict=True) if flag)


def _check_service(facts: Facts, findings: Findings, service: Row, teams: list[Row], zones: list[Row]) -> None:
    name = service["id"]
    years = [facts.base_year + start for start in facts.starts]
    access = _Access(
        service,
        zones,
        counted_minutes(facts, service, zones, {team["property_id"] for team in teams}),
        {
            year: counted_minutes(facts, service, zones, {facts.place(team["id"], year) for team in teams})
            for year in years
        },
        {zone.zone_id: zone for zone in facts.plan.zones if zone.service_id == name},
    )
    _check_zones(findings, access, years[-1])
    _check_lines(facts, findings, access, teams)
    _check_lifelines(findings, access)
    _check_share(facts, findings, access)
    _check_groups(facts, findings, access)


def _check_zones(findings: Findings, access: _Access, last: int) -> None:
    """What the plan says of each zone."""
    service = access.service
    for zone, now, then in zip(access.zones, access.today, access.by_year[last], strict=True):
        row, people = access.said.get(zone["id"]), int(zone["population"])
        if row is None:
            continue
        where = f"{service['id']} from {zone['id']}"
        findings.same(f"{where}, people", row.population, people)
        for published, mode, flag, minutes in (
            (row.minutes_today, row.mode_today, row.reached_today, now),
            (row.minutes_after, row.mode_after, row.reached_after, then),
        ):
            share = service["minutes"] / limits(service).get(mode, math.nan)
            agree = (
                math.isinf(minutes) if published is None else abs(published * share - minutes) < _MINUTES * share
            )
            findings.holds(f"{where}, minutes", agree, published, f"{minutes:.2f} by {mode}")
            sure = abs(minutes - service["minutes"]) > _EDGE
            findings.holds(f"{where}, reached", not sure or flag == (minutes < service["minutes"]), flag, minutes)


def _check_lines(facts: Facts, findings: Findings, access: _Access, teams: list[Row]) -> None:
    """Which zones the plan says go by straight line for want of a road."""
    last = facts.base_year + facts.starts[-1]
    for zone, row in access.said.items():
        for mode, told, places in (
            (row.mode_today, row.by_line_today, {team["property_id"] for team in teams}),
            (row.mode_after, row.by_line_after, {facts.place(team["id"], last) for team in teams}),
        ):
            if mode and facts.scenario.travel.method == "road_network":
                kept = facts.kept_minutes(mode)
                minutes = {p: kept[p][zone] for p in places if zone in kept.get(p, ())}
                nearest = [p for p, far in minutes.items() if far == min(minutes.values())]
                by_line = {(p, zone, mode) in facts.by_line for p in nearest}
            else:
                by_line = {False}
            findings.holds(f"{row.service_id} from {zone}, by straight line", told in by_line, told, by_line)


def _check_lifelines(findings: Findings, access: _Access) -> None:
    """In every phase, a zone reached today stays within the worst-case minutes."""
    service = access.service
    worst = service["worst_case_minutes"]
    if math.isnan(worst):
        return
    for year, minutes in access.by_year.items():
        for zone, now, then in zip(access.zones, access.today, minutes, strict=True):
            cut_off = now < service["minutes"] - _EDGE and then > worst + _EDGE
            findings.holds(
                f"{service['id']} from {zone['id']} in {year}", not cut_off, f"{then:.1f} minutes", worst
            )


def _check_share(facts: Facts, findings: Findings, access: _Access) -> None:
    """Enough people are within the standard in every phase, and the plan says how many at the end."""
    service, people = access.service, [int(zone["population"]) for zone in access.zones]
    name, total, today = service["id"], sum(people), access.counted(people, "reached_today")
    required = required_people(facts, service, today, total)
    _check_phases(findings, access, people, required, f"{name}, reach")
    after = access.counted(people, "reached_after")
    findings.holds(f"{name}, reach", after >= required, f"{after:,} people", f"{required:,} required")
    published = facts.plan.figures.reach.get(name) if facts.plan.figures else None
    wanted = (today / total, after / total, required / total, service["share_of_population"])
    said = (
        (published.today, published.after, published.required, published.target) if published else (math.nan,) * 4
    )
    findings.holds(f"{name}, reach", bool(np.allclose(said, wanted, rtol=0, atol=1e-9)), said, wanted)


def required_people(facts: Facts, service: Row, today: int, total: int) -> int:
    """The smaller of the target and today's less the tolerance; the target alone where it must be met."""
    target = exact(service["share_of_population"]) * total
    if not service.get("must_meet_target", False):
        target = min(target, today - exact(facts.scenario.reach_tolerance) * total)
    return _whole(target)


def _check_groups(facts: Facts, findings: Findings, access: _Access) -> None:
    """No protected group loses more of its reach than the tolerance, in any phase; the plan says what it loses."""
    name, asked = access.service["id"], facts.scenario.protected
    published = facts.plan.figures.reach.get(name) if facts.plan.figures else None
    said = {(one.group, one.today, one.after, one.required) for one in published.groups} if published else set()
    wanted = set()
    for group in asked.groups:
        numbers = [_count(zone, group) for zone in access.zones]
        total, today = sum(numbers), access.counted(numbers, "reached_today")
        required = _whole(today - exact(asked.tolerance) * total)
        _check_phases(findings, access, numbers, required, f"{name}, {group}")
        if total:
            after = access.counted(numbers, "reached_after")
            wanted.add((group, today / total, after / total, required / total))
    findings.holds(f"{name}, protected groups", said == wanted, sorted(said), sorted(wanted))


def _check_phases(findings: Findings, access: _Access, numbers: list[int], required: int, what: str) -> None:
    for year in access.by_year:
        reached = sum(number for number, near in zip(numbers, access.within(year), strict=True) if near)
        findings.holds(f"{what} in {year}", reached >= required, f"{reached:,}", f"{required:,} required")


def _count(zone: Row, group: str) -> int:
    """How many of a protected group live in a zone; none where the register does not say."""
    if group == "most_deprived_fifth":
        return int(zone["population"]) if zone["deprivation_decile"] <= 2 else 0
    number = zone[{"over_65s": "population_65_plus", "no_car": "households_no_car"}[group]]
    return 0 if math.isnan(number) else int(number)


def _whole(target: Fraction) -> int:
    return max(0, math.ceil(target - Fraction(1, 10**6)))


def limits(service: Row) -> dict[str, float]:
    """Minutes by each mode that meet a service's standard, its own first; the scenario's word first."""
    recorded = {mode: service[f"or_{mode}_minutes"] for mode in _MODES}
    others = {mode: float(minutes) for mode, minutes in recorded.items() if not math.isnan(minutes)}
    return {service["mode"]: float(service["minutes"]), **service.get("or_minutes", others)}


def counted_minutes(facts: Facts, service: Row, zones: list[Row], places: set[str]) -> list[float]:
    """From each zone to the nearest of the places, by the mode that comes closest to its own limit."""
    ways = [
        [minutes * service["minutes"] / limit for minutes in nearest_minutes(facts, mode, zones, places)]
        for mode, limit in limits(service).items()
    ]
    return [min(minutes) for minutes in zip(*ways, strict=True)]


def fastest_minutes(facts: Facts, service: Row, zones: list[Row], places: set[str]) -> list[float]:
    """From each zone to the nearest of the places, by whichever mode of the standard is the fastest."""
    ways = [nearest_minutes(facts, mode, zones, places) for mode in limits(service)]
    return [min(minutes) for minutes in zip(*ways, strict=True)]


def nearest_minutes(facts: Facts, mode: str, zones: list[Row], places: set[str]) -> list[float]:
    """From each zone to the nearest of the places; infinite where there is no way."""
    travel = facts.scenario.travel
    if travel.method != "straight_line":
        kept = facts.kept_minutes(mode)
        near = [kept[place] for place in places if place in kept]
        return [
            min((times[zone["id"]] for times in near if zone["id"] in times), default=math.inf) for zone in zones
        ]
    targets = np.array([facts.points[place] for place in sorted(places) if place in facts.points]).reshape(-1, 2)
    if not len(targets):
        return [math.inf] * len(zones)
    speeds = {
        "car": travel.car_km_per_hour,
        "foot": travel.foot_km_per_hour,
        "bicycle": travel.bicycle_km_per_hour,
        "public_transport": travel.public_transport_km_per_hour,
    }
    metres = [float(np.hypot(*(targets - _start(zone)).T).min()) for zone in zones]
    return [distance * travel.circuity * 60 / (1000 * speeds[mode]) for distance in metres]


def _start(zone: Row) -> tuple[float, float]:
    given = (zone["centre_easting_m"], zone["centre_northing_m"])
    return centre(zone["geometry"]) if math.isnan(given[0]) or math.isnan(given[1]) else given
