"""Two plans of one place side by side, zone by zone: what another way of finding minutes changes."""

from dataclasses import dataclass

from optimiser.plan import Plan, ZoneReach


@dataclass(frozen=True)
class Pair:
    """One service from one zone in two plans; `first` or `second` is None where that plan does not have it."""

    service_id: str
    zone_id: str
    first: ZoneReach | None
    second: ZoneReach | None

    @property
    def apart_today(self) -> float | None:
        """Minutes today in the second less those in the first; None where one has none."""
        if not (self.first and self.second):
            return None
        return _less(self.second.minutes_today, self.first.minutes_today)

    @property
    def apart_after(self) -> float | None:
        """The same of the minutes after."""
        if not (self.first and self.second):
            return None
        return _less(self.second.minutes_after, self.first.minutes_after)


@dataclass(frozen=True)
class Apart:
    """How far two plans are apart for one service. Counts are people."""

    service_id: str
    zones: int
    zones_apart: int  # whose minutes today or after differ by more than a tenth
    mean_first: float | None  # minutes today, by people who have a way in both
    mean_second: float | None
    most: float  # minutes by which today's differ at the most
    within_first: int  # people within the standard after
    within_second: int
    only_first: int  # of them, those who are so in this plan alone
    only_second: int


_TENTH = 0.1


def pairs(first: Plan, second: Plan) -> list[Pair]:
    """Every service and zone of either plan, in order of their ids."""
    sides = [{(zone.service_id, zone.zone_id): zone for zone in plan.zones} for plan in (first, second)]
    return [Pair(*key, sides[0].get(key), sides[1].get(key)) for key in sorted({*sides[0], *sides[1]})]


def apart(found: list[Pair]) -> list[Apart]:
    """One row a service."""
    return [_apart(service, [p for p in found if p.service_id == service]) for service in _services(found)]


def _services(found: list[Pair]) -> list[str]:
    return sorted({pair.service_id for pair in found})


def _apart(service: str, found: list[Pair]) -> Apart:
    both = [(p.first, p.second) for p in found if p.first and p.second and p.apart_today is not None]
    people = sum(int(one.population) for one, _ in both)
    means = [
        sum(int(pair[side].population) * (pair[side].minutes_today or 0.0) for pair in both) / people
        if people
        else None
        for side in (0, 1)
    ]
    sides = [[pair.first for pair in found], [pair.second for pair in found]]
    within = [{z.zone_id: int(z.population) for z in side if z and z.reached_after} for side in sides]
    return Apart(
        service_id=service,
        zones=len(found),
        zones_apart=sum(max(abs(p.apart_today or 0), abs(p.apart_after or 0)) > _TENTH for p in found),
        mean_first=means[0],
        mean_second=means[1],
        most=max((abs(p.apart_today) for p in found if p.apart_today is not None), default=0.0),
        within_first=sum(within[0].values()),
        within_second=sum(within[1].values()),
        only_first=sum(number for zone, number in within[0].items() if zone not in within[1]),
        only_second=sum(number for zone, number in within[1].items() if zone not in within[0]),
    )


def _less(minutes: float | None, other: float | None) -> float | None:
    return None if minutes is None or other is None else round(minutes - other, 2)
