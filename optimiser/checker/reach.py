"""Who reaches what, from raw rows: minutes, shares, and the rule that nobody is cut off."""

import math
from fractions import Fraction

import numpy as np

from estate.snapshot import records
from optimiser.checker.facts import Facts, Findings, Row, centre, exact

_MINUTES = 0.006  # the plan's minutes are rounded to two places
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


def _check_service(facts: Facts, findings: Findings, service: Row, teams: list[Row], zones: list[Row]) -> None:
    name, last = service["id"], facts.base_year + facts.starts[-1]
    today = _minutes(facts, service["mode"], zones, {team["property_id"] for team in teams})
    after = _minutes(facts, service["mode"], zones, {facts.place(team["id"], last) for team in teams})
    said = {zone.zone_id: zone for zone in facts.plan.zones if zone.service_id == name}
    people_today = people_after = 0
    for zone, now, then in zip(zones, today, after, strict=True):
        row, people = said.get(zone["id"]), int(zone["population"])
        if row is None:
            continue
        where = f"{name} from {zone['id']}"
        findings.same(f"{where}, people", row.population, people)
        for published, flag, minutes in (
            (row.minutes_today, row.reached_today, now),
            (row.minutes_after, row.reached_after, then),
        ):
            agree = math.isinf(minutes) if published is None else abs(published - minutes) < _MINUTES
            findings.holds(f"{where}, minutes", agree, published, f"{minutes:.2f}")
            sure = abs(minutes - service["minutes"]) > _EDGE
            findings.holds(f"{where}, reached", not sure or flag == (minutes < service["minutes"]), flag, minutes)
        people_today += people * row.reached_today
        people_after += people * row.reached_after
    _check_lifelines(facts, findings, service, teams, zones, today)
    _check_share(
        facts, findings, service, people_today, people_after, sum(int(zone["population"]) for zone in zones)
    )


def _check_lifelines(
    facts: Facts, findings: Findings, service: Row, teams: list[Row], zones: list[Row], today: list[float]
) -> None:
    """In every phase, a zone reached today stays within the worst-case minutes."""
    worst = service["worst_case_minutes"]
    if math.isnan(worst):
        return
    for start in facts.starts:
        year = facts.base_year + start
        minutes = _minutes(facts, service["mode"], zones, {facts.place(team["id"], year) for team in teams})
        for zone, now, then in zip(zones, today, minutes, strict=True):
            cut_off = now < service["minutes"] - _EDGE and then > worst + _EDGE
            findings.holds(
                f"{service['id']} from {zone['id']} in {year}", not cut_off, f"{then:.1f} minutes", worst
            )


def _check_share(facts: Facts, findings: Findings, service: Row, today: int, after: int, total: int) -> None:
    target = exact(service["share_of_population"]) * total
    if not service.get("must_meet_target", False):
        target = min(target, today - exact(facts.scenario.reach_tolerance) * total)
    required = max(0, math.ceil(target - Fraction(1, 10**6)))
    name, figures = service["id"], facts.plan.figures
    findings.holds(f"{name}, reach", after >= required, f"{after:,} people", f"{required:,} required")
    published = figures.reach.get(name) if figures else None
    wanted = (today / total, after / total, required / total, service["share_of_population"])
    said = (
        (published.today, published.after, published.required, published.target) if published else (math.nan,) * 4
    )
    findings.holds(f"{name}, reach", bool(np.allclose(said, wanted, rtol=0, atol=1e-9)), said, wanted)


def _minutes(facts: Facts, mode: str, zones: list[Row], places: set[str]) -> list[float]:
    """From each zone to the nearest of the places; infinite where there is no way."""
    travel = facts.scenario.travel
    if travel.method == "table":
        best: dict[str, float] = {}
        for row in records(facts.snapshot.travel_times):
            if row["mode"] == mode and row["property_id"] in places:
                best[row["zone_id"]] = min(row["minutes"], best.get(row["zone_id"], math.inf))
        return [best.get(zone["id"], math.inf) for zone in zones]
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
