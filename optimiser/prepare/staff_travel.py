"""What it costs a year that the staff of a team travel to another place than today's."""

import numpy as np

from estate.snapshot import Snapshot
from optimiser.prepare.places import centres
from optimiser.scenario import Scenario


def staff_travel_gbp_per_year(
    snapshot: Snapshot, scenario: Scenario, candidates: dict[str, tuple[str, ...]]
) -> dict[tuple[str, str], float]:
    """GBP a year by team and candidate besides its home; nothing where the scenario leaves it out."""
    rate = scenario.rates.staff_travel_gbp_per_fte_km_per_year * scenario.travel.circuity
    if not rate:
        return {}
    points = dict(zip(snapshot.properties.index, centres(snapshot.properties), strict=True))
    fte = snapshot.teams["fte"].to_dict()
    return {
        (team, place): rate * fte[team] * float(np.hypot(*(points[place] - points[home]))) / 1000
        for team, (home, *others) in candidates.items()
        for place in others
    }
