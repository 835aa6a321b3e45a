"""The access standard of each service: how far is near enough, by which ways of travelling."""

import math
from dataclasses import dataclass, field
from typing import Any

from estate.problems import InputError, Problem
from estate.snapshot import Snapshot, records
from optimiser.scenario import Scenario
from optimiser.settings import WAYS

MODES = ("car", "foot", "bicycle", "public_transport")


@dataclass(frozen=True)
class Standard:
    """The access standard of one service in this scenario."""

    name: str
    minutes: float
    mode: str
    share: float
    worst_case_minutes: float | None
    must_meet_target: bool
    share_source: str = "the register"  # who asks for the share
    visits_per_person_per_year: float = 0.0  # 0: the public's travel is not counted
    people_per_m2: float | None = None  # whom a m2 of counter can serve; None: anybody
    share_served: float | None = None  # of people whom the counters must have room for; None: as `share`
    or_minutes: dict[str, float] = field(default_factory=dict)  # limits of other modes that are as good

    @property
    def limits(self) -> dict[str, float]:
        """Minutes by each mode that meet the standard, its own mode first."""
        return {self.mode: self.minutes, **self.or_minutes}

    @property
    def within(self) -> str:
        """The limits in words: 20 minutes by car or 30 minutes on foot."""
        return " or ".join(f"{minutes:g} minutes {WAYS[mode]}" for mode, minutes in self.limits.items())


def standards(snapshot: Snapshot, scenario: Scenario) -> dict[str, Standard]:
    """Each service's standard: the scenario's word first, then the register's.

    Raises InputError where one gives its own mode another limit beside its own.
    """
    result = {}
    for service in records(snapshot.services):
        asked = scenario.services.get(service["id"])
        own = {} if asked is None else asked.model_dump(exclude_none=True)
        worst = own.get("worst_case_minutes", service["worst_case_minutes"])
        mode = own.get("mode", service["mode"])
        result[service["id"]] = Standard(
            name=service["name"],
            minutes=own.get("minutes", service["minutes"]),
            mode=mode,
            share=own.get("share_of_population", service["share_of_population"]),
            worst_case_minutes=None if math.isnan(worst) else worst,
            must_meet_target=own.get("must_meet_target", False),
            share_source="the scenario" if "share_of_population" in own else "the register",
            visits_per_person_per_year=own.get("visits_per_person_per_year", 0.0),
            people_per_m2=own.get("people_per_m2"),
            share_served=own.get("share_served"),
            or_minutes=own.get("or_minutes", recorded_or_minutes(service)),
        )
    _check(result, scenario)
    return result


def recorded_or_minutes(service: dict[str, Any]) -> dict[str, float]:
    """The limits of other modes in a row of the table service, by mode."""
    limits = {mode: float(service[f"or_{mode}_minutes"]) for mode in MODES}
    return {mode: minutes for mode, minutes in limits.items() if not math.isnan(minutes)}


def _check(found: dict[str, Standard], scenario: Scenario) -> None:
    problems = [
        Problem(
            scenario.name,
            f"the standard has minutes {WAYS[standard.mode]} already",
            f"Leave {standard.mode} out of or_minutes, or give services.{service}.mode another mode",
            f"services.{service}.or_minutes",
            f"{standard.or_minutes[standard.mode]:g}",
        )
        for service, standard in found.items()
        if standard.mode in standard.or_minutes
    ]
    if problems:
        raise InputError(problems)
