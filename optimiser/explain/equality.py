"""Who is affected: what a plan changes for everybody and for each protected group, service by service.

Not only the groups that a scenario protects: every group that the zones record, so that who loses is seen before
anybody votes. Zones count whole: everybody of a zone has its minutes.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from estate.snapshot import Snapshot
from optimiser.plan import Impact, ZoneReach
from optimiser.prepare.reach import RECORDED_IN

EVERYBODY = "everybody"
_NINE_IN_TEN = 0.9
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


def impacts(snapshot: Snapshot, zones: Sequence[ZoneReach]) -> tuple[Impact, ...]:
    """One row a service and group, in the order of the zones' services."""
    of_service: dict[str, list[ZoneReach]] = {}
    for zone in zones:
        of_service.setdefault(zone.service_id, []).append(zone)
    groups = dict(_groups(snapshot))
    ids = {key: row for row, key in enumerate(snapshot.zones.index)}
    found = []
    for service, reached in of_service.items():
        rows = np.array([ids[zone.zone_id] for zone in reached], dtype=int)
        for group, numbers in groups.items():
            own = numbers[rows]
            known = ~np.isnan(own)
            if known.any():
                people = np.where(known, own, 0.0).astype(np.int64)
                found.append(_impact(service, group, people, int((~known).sum()), reached))
    return tuple(found)


def _groups(snapshot: Snapshot) -> Iterator[tuple[str, Floats]]:
    """People of each group in each zone of the register; NaN where it does not say."""
    zones = snapshot.zones
    people = zones["population"].to_numpy(dtype=float)
    yield EVERYBODY, people
    for group, column in RECORDED_IN.items():
        recorded = zones[column].to_numpy(dtype=float)
        if group == "most_deprived_fifth":
            recorded = np.where(np.isnan(recorded), np.nan, np.where(recorded <= 2, people, 0.0))
        yield group, recorded


def _impact(service: str, group: str, people: Counts, unrecorded: int, reached: Sequence[ZoneReach]) -> Impact:
    today, after = _minutes([z.minutes_today for z in reached]), _minutes([z.minutes_after for z in reached])
    was, will = (np.array([getattr(z, f"reached_{when}") for z in reached]) for when in ("today", "after"))
    both = np.isfinite(today) & np.isfinite(after)
    change: Floats = np.zeros(len(people))
    change[both] = np.round(after[both] - today[both], 2)
    lose, gain, some = was & ~will, will & ~was, people > 0
    longer, shorter = (change > 0) & some, (change < 0) & some
    return Impact(
        service_id=service,
        group=group,
        people=int(people.sum()),
        zones_unrecorded=unrecorded,
        within_today=int(people[was].sum()),
        within_after=int(people[will].sum()),
        no_way_today=int(people[np.isinf(today)].sum()),
        no_way_after=int(people[np.isinf(after)].sum()),
        mean_minutes_today=_mean(today, people, np.isfinite(today)),
        mean_minutes_after=_mean(after, people, np.isfinite(after)),
        p90_minutes_today=_nine_in_ten(today, people),
        p90_minutes_after=_nine_in_ten(after, people),
        lose=int(people[lose].sum()),
        lose_zones=int((lose & some).sum()),
        lose_more_minutes=_mean(change, people, lose & np.isfinite(after)),
        gain=int(people[gain].sum()),
        gain_zones=int((gain & some).sum()),
        gain_fewer_minutes=_mean(-change, people, gain & np.isfinite(today)),
        longer=int(people[longer].sum()),
        longer_minutes=_mean(change, people, longer),
        longest_minutes=float(change[some].max(initial=0.0)),
        shorter=int(people[shorter].sum()),
        shorter_minutes=_mean(-change, people, shorter),
    )


def _minutes(values: Sequence[float | None]) -> Floats:
    return np.array([np.inf if value is None else value for value in values], dtype=float)


def _mean(values: Floats, people: Counts, of: Flags) -> float | None:
    """The mean by people, of some of the zones; None where nobody lives there."""
    count = int(people[of].sum())
    return float((values[of] * people[of]).sum() / count) if count else None


def _nine_in_ten(minutes: Floats, people: Counts) -> float | None:
    """The least minutes within which nine in ten people are; None where more than one in ten has no way."""
    order = np.argsort(minutes, kind="stable")
    reached = np.cumsum(people[order])
    if not len(reached) or not reached[-1]:
        return None
    value = float(minutes[order][np.searchsorted(reached, _NINE_IN_TEN * reached[-1] - 1e-9)])
    return value if np.isfinite(value) else None
