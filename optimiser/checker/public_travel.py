"""What the public's way to each service costs them beyond today's, from raw rows."""

import math
from collections.abc import Iterator
from fractions import Fraction

from optimiser.checker.facts import ZERO, Facts, Row, exact
from optimiser.checker.reach import fastest_minutes

_EDGE = 1e-6  # minutes by which a journey may pass whole ones: rounding decides which side they fall


def travel_of_public(facts: Facts) -> Iterator[tuple[int, Fraction]]:
    """Phase (from 0) and GBP a year, for each service of which the scenario counts visits."""
    hour = exact(facts.scenario.rates.public_time_gbp_per_hour)
    zones = [zone for zone in facts.rows("zones") if zone["population"] > 0]
    for service in facts.rows("services"):
        asked = facts.scenario.services.get(service["id"])
        visits = exact((asked and asked.visits_per_person_per_year) or 0.0)
        teams = [key for key, team in facts.teams.items() if team["service_id"] == service["id"]]
        if not (asked and visits and teams):
            continue
        standard = {**service, **asked.model_dump(exclude_none=True)}
        limit = standard["worst_case_minutes"]

        def spent(places: set[str], standard: Row = standard, limit: float = limit) -> int:
            """Minutes of one way, of all the people of the place."""
            ways = zip(zones, fastest_minutes(facts, standard, zones, places), strict=True)
            return sum(
                int(zone["population"]) * math.ceil(min(way, math.ceil(limit)) - _EDGE) for zone, way in ways
            )

        today = spent({facts.teams[key]["property_id"] for key in teams})
        for index, start in enumerate(facts.starts):
            then = spent({facts.place(key, facts.base_year + start) for key in teams})
            yield index, 2 * visits * hour / 60 * (then - today) if then != today else ZERO
