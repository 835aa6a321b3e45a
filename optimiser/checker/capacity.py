"""Whether the open counters of each service have room for enough people, from raw rows and zone by zone."""

import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

from optimiser.checker.facts import Facts, Findings, Row, exact
from optimiser.checker.reach import counted_minutes, required_people

_EDGE = Fraction(1, 10**6)  # of a person: rounding decides on which side of a whole one a team's room falls
_EDGE_MINUTES = 1e-9  # on the very edge of the standard a place counts as within it


def check_capacity(facts: Facts, findings: Findings) -> None:
    """Every service for which the scenario says how many people a m2 serves, in every phase."""
    zones = [zone for zone in facts.rows("zones") if zone["population"] > 0]
    total = sum(int(zone["population"]) for zone in zones)
    for service in facts.rows("services"):
        asked = facts.scenario.services.get(service["id"])
        teams = [key for key, team in facts.teams.items() if team["service_id"] == service["id"]]
        published = facts.plan.figures.reach.get(service["id"]) if facts.plan.figures else None
        told = published and (published.served_today, published.served_after, published.served_required)
        if asked is None or asked.people_per_m2 is None or not teams or not zones:
            findings.holds(f"{service['id']}, served", told in (None, (None,) * 3), told, "nothing")
            extra = [one for one in facts.plan.counters if one.service_id == service["id"]]
            findings.same(f"{service['id']}, counters", extra, [])
            continue
        standard = {**service, **asked.model_dump(exclude_none=True)}
        years = [facts.base_year + start for start in facts.starts]
        today = _served(facts, standard, zones, {key: facts.teams[key]["property_id"] for key in teams})
        after = [_served(facts, standard, zones, {key: facts.place(key, year) for key in teams}) for year in years]
        share = standard.get("share_served", standard["share_of_population"])
        required = required_people(facts, {**standard, "share_of_population": share}, today, total)
        for year, people in zip(years, after, strict=True):
            what = f"{service['id']}, served in {year}"
            findings.holds(what, people >= required, f"{people:,}", f"{required:,} required")
        wanted = (today / total, after[-1] / total, required / total)
        said = told if told and None not in told else (math.nan,) * 3
        same = bool(np.allclose(np.array(said, dtype=float), wanted, rtol=0, atol=1e-9))
        findings.holds(f"{service['id']}, served", same, said, wanted)
        _check_counters(facts, findings, standard, zones, teams, (today, after[-1]))


def _check_counters(
    facts: Facts, findings: Findings, standard: Row, zones: list[Row], teams: list[str], served: tuple[int, int]
) -> None:
    """No more people go to a place than it has room for, all from zones within the minutes, and nobody twice."""
    name, last = standard["id"], facts.base_year + facts.starts[-1]
    said = {one.property_id: one for one in facts.plan.counters if one.service_id == name}
    places = {
        "today": {key: facts.teams[key]["property_id"] for key in teams},
        "after": {key: facts.place(key, last) for key in teams},
    }
    findings.same(
        f"{name}, counters", sorted(said), sorted({*places["today"].values(), *places["after"].values()})
    )
    for when, total in zip(places, served, strict=True):
        room = _room(facts, standard, places[when])
        told = {place: getattr(one, f"served_{when}") for place, one in said.items()}
        rooms = {place: getattr(one, f"room_{when}") for place, one in said.items()}
        findings.same(
            f"{name}, room {when}", {p: n for p, n in rooms.items() if n}, {p: n for p, n in room.items() if n}
        )
        fits = all(people <= room.get(place, 0) for place, people in told.items())
        findings.holds(f"{name}, people at counters {when}", fits, told, room)
        possible = _most_served(facts, standard, zones, told)
        findings.holds(f"{name}, people sent {when}", sum(told.values()) == total == possible, told, total)


def _served(facts: Facts, standard: Row, zones: list[Row], places: dict[str, str]) -> int:
    """The most people whom the service's teams can serve at their places, each zone within the minutes."""
    return _most_served(facts, standard, zones, _room(facts, standard, places))


def _room(facts: Facts, standard: Row, places: dict[str, str]) -> dict[str, int]:
    """How many people the teams at each place can serve."""
    room: dict[str, int] = defaultdict(int)
    for key, place in places.items():
        room[place] += math.floor(exact(standard["people_per_m2"]) * facts.square_metres(facts.teams[key]) + _EDGE)
    return room


def _most_served(facts: Facts, standard: Row, zones: list[Row], room: dict[str, int]) -> int:
    """The most people of the zones who find room at places within the minutes."""
    total = sum(int(zone["population"]) for zone in zones)
    first, sink = 1 + len(zones), 1 + len(zones) + len(room)
    ways = [(0, 1 + z, int(zone["population"])) for z, zone in enumerate(zones)]
    for p, (place, people) in enumerate(room.items()):
        ways.append((first + p, sink, min(people, total)))
        minutes = counted_minutes(facts, standard, zones, {place})
        ways += [
            (1 + z, first + p, total) for z, m in enumerate(minutes) if m <= standard["minutes"] + _EDGE_MINUTES
        ]
    start, end, most = np.array(ways, dtype=np.int32).T
    network = sp.csr_matrix((most, (start, end)), shape=(sink + 1, sink + 1))
    return int(maximum_flow(network, 0, sink).flow_value)
