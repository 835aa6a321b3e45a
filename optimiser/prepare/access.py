"""How far each zone is from each place, by the ways of travelling that a service's standard allows.

    counted[z,p] = min over its modes m of  minutes[m,z,p] x limit / limit[m]

A standard of 20 minutes by car or 30 on foot is met within either: a minute on foot counts for two thirds of one
by car, and so it does against the worst case. With one mode alone counted minutes are minutes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.prepare import travel
from optimiser.prepare.standards import Standard
from optimiser.scenario import Scenario
from optimiser.settings import WAYS

Floats = NDArray[np.float64]
# Counted minutes are rounded so that 30 minutes on foot are 20 by car and not a hair's breadth more.
_DECIMALS = 9


@dataclass(frozen=True)
class Access:
    """Each array has the shape (zones, places); minutes are inf where there is no way."""

    counted: Floats
    minutes: Floats  # by the mode that counts
    mode: NDArray[np.int64]  # that one, by its position in `modes`
    modes: tuple[str, ...]


def access(
    snapshot: Snapshot, scenario: Scenario, standard: Standard, zones: list[str], places: list[str]
) -> Access:
    """Every zone and place. Raises InputError where the minutes that are kept do not reach far enough."""
    minutes = np.stack([_minutes(snapshot, scenario, standard, mode, zones, places) for mode in standard.limits])
    counted = minutes.copy()
    for number, limit in list(enumerate(standard.limits.values()))[1:]:
        counted[number] = np.round(minutes[number] * standard.minutes / limit, _DECIMALS)
    best = counted.argmin(axis=0)[None]
    return Access(
        np.take_along_axis(counted, best, 0)[0],
        np.take_along_axis(minutes, best, 0)[0],
        best[0],
        tuple(standard.limits),
    )


def fastest(
    snapshot: Snapshot, scenario: Scenario, standard: Standard, zones: list[str], places: list[str]
) -> Floats:
    """Minutes by whichever of the standard's modes is the fastest, shape (zones, places)."""
    found = [_minutes(snapshot, scenario, standard, mode, zones, places) for mode in standard.limits]
    least: Floats = np.min(found, axis=0)
    return least


def _minutes(
    snapshot: Snapshot, scenario: Scenario, standard: Standard, mode: str, zones: list[str], places: list[str]
) -> Floats:
    """Minutes by one mode, which must be known as far as the standard looks."""
    method = scenario.travel.method
    longest = max(standard.minutes, standard.worst_case_minutes or 0.0) * standard.limits[mode] / standard.minutes
    found = travel.find(method).minutes(snapshot, scenario.travel, mode, zones, places)
    builds = snapshot.travel_builds
    limits = builds.loc[(builds["method"] == method) & (builds["mode"] == mode), "limit_minutes"]
    if (limits < longest).any():
        raise InputError.of(
            scenario.name,
            f"minutes {WAYS[mode]} are kept up to {limits.min():g} and {standard.name} asks for up to {longest:g}",
            f"Run 'estate travel build' again with --minutes {longest:g}, or ask for less",
            "travel.method",
            method,
        )
    return found
