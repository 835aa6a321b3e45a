"""The sheets of who is reached: by service and group, who loses and gains, and zone by zone."""

from typing import Any

from estate.snapshot import Snapshot
from maps import view, words
from maps.pack.sheet import Column, Sheet
from optimiser.explain.two_plans import Pair
from optimiser.plan import GroupReach, Impact, Plan, ZoneReach

_UNITS = {"no_car": "households"}


def reach(plan: Plan, snapshot: Snapshot) -> Sheet:
    """One row a service, and each group whose reach the scenario protects."""
    columns = (
        Column("Service", width=28), Column("Whose reach", width=28), Column("Standard", width=34),
        Column("People within it today (share)", "share"), Column("People within it after (share)", "share"),
        Column("Change (share)", "share"), Column("Had to keep (share)", "share"),
        Column("Target (share)", "share"),
        Column("Service id"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for service in view.services(plan, snapshot):
        reaches: list[tuple[str, view.Service | GroupReach]] = [("Everybody", service)]
        reaches += [(words.GROUPS[group.group], group) for group in service.groups]
        rows += [
            (
                service.name, whose, service.standard, reach.today, reach.after, reach.after - reach.today,
                reach.required, service.target if reach is service else None, service.id,
            )
            for whose, reach in reaches
        ]  # fmt: skip
    return Sheet("Reach", columns, rows)


def equality(plan: Plan, snapshot: Snapshot) -> Sheet:
    """The equality impact: what changes for everybody, and for each protected group that the zones record."""
    columns = (
        Column("Service", width=26), Column("Who", width=26), Column("Counted in", width=12),
        Column("How many", "whole", 11),
        Column("Within the standard today (share)", "share", 12), Column("Within it after (share)", "share", 12),
        Column("Lose it", "whole", 10), Column("Zones that lose it", "whole", 9),
        Column("Losers' way is longer by (minutes, mean)", "decimal", 14),
        Column("Gain it", "whole", 10), Column("Zones that gain it", "whole", 9),
        Column("Gainers' way is shorter by (minutes, mean)", "decimal", 14),
        Column("Mean way today (minutes)", "decimal", 11), Column("Mean way after (minutes)", "decimal", 11),
        Column("Nine in ten within, today (minutes)", "decimal", 12),
        Column("Nine in ten within, after (minutes)", "decimal", 12),
        Column("Have a longer way", "whole", 10), Column("Longer by (minutes, mean)", "decimal", 10),
        Column("Longer by at the most (minutes)", "decimal", 10),
        Column("Have a shorter way", "whole", 10), Column("Shorter by (minutes, mean)", "decimal", 10),
        Column("No way today", "whole", 9), Column("No way after", "whole", 9),
        Column("Zones that do not record them", "whole", 12),
        Column("Service id"),
    )  # fmt: skip
    names = snapshot.services["name"].to_dict()
    rows = [_impact(one, names.get(one.service_id, one.service_id)) for one in plan.impacts]
    return Sheet("Equality impact", columns, rows, frozen_columns=2)


def _impact(one: Impact, service: str) -> tuple[Any, ...]:
    whole = max(one.people, 1)
    return (
        service, words.GROUPS[one.group], _UNITS.get(one.group, "people"), one.people,
        one.within_today / whole if one.people else None, one.within_after / whole if one.people else None,
        one.lose, one.lose_zones, one.lose_more_minutes, one.gain, one.gain_zones, one.gain_fewer_minutes,
        one.mean_minutes_today, one.mean_minutes_after, one.p90_minutes_today, one.p90_minutes_after,
        one.longer, one.longer_minutes, one.longest_minutes, one.shorter, one.shorter_minutes,
        one.no_way_today, one.no_way_after, one.zones_unrecorded, one.service_id,
    )  # fmt: skip


def counters(plan: Plan, snapshot: Snapshot) -> Sheet:
    """Where people go for each service whose counters can be full: nearest is not always where there is room."""
    columns = (
        Column("Service", width=24), Column("Place", width=32), Column("Room today (people)", "whole"),
        Column("Go there today (people)", "whole"), Column("Room after (people)", "whole"),
        Column("Go there after (people)", "whole"), Column("Full after (share)", "share"),
        Column("Property id"),
    )  # fmt: skip
    services, places = snapshot.services["name"].to_dict(), snapshot.properties["name"].to_dict()
    rows = [
        (
            services.get(one.service_id, one.service_id), places.get(one.property_id, one.property_id),
            one.room_today, one.served_today, one.room_after, one.served_after,
            one.served_after / one.room_after if one.room_after else None, one.property_id,
        )
        for one in plan.counters
    ]  # fmt: skip
    return Sheet("Counters", columns, rows, frozen_columns=2)


def zones(plan: Plan, snapshot: Snapshot) -> Sheet:
    """One row a service and zone."""
    columns = (
        Column("Service", width=24), Column("Zone id", width=14), Column("Zone", width=24),
        Column("Population", "whole", 12), Column("Today (minutes)", "decimal", 12),
        Column("After (minutes)", "decimal", 12), Column("Longer by (minutes)", "decimal", 12),
        Column("Within the standard today", width=12), Column("Within the standard after", width=12),
        Column("How people go today", width=22), Column("How they go after", width=22),
    )  # fmt: skip
    services, names = snapshot.services["name"].to_dict(), snapshot.zones["name"].to_dict()
    rows = [
        (
            services.get(zone.service_id, zone.service_id), zone.zone_id, names.get(zone.zone_id, ""),
            zone.population, zone.minutes_today, zone.minutes_after,
            None if zone.minutes_today is None or zone.minutes_after is None
            else round(zone.minutes_after - zone.minutes_today, 2),
            zone.reached_today, zone.reached_after,
            words.way(zone.mode_today, zone.by_line_today), words.way(zone.mode_after, zone.by_line_after),
        )
        for zone in plan.zones
    ]  # fmt: skip
    return Sheet("Zones", columns, rows, frozen_columns=3)


def compared(found: list[Pair], snapshot: Snapshot, first: str, second: str) -> Sheet:
    """Two plans zone by zone; `first` and `second` are what they are called."""
    figures = (
        ("minutes today", "decimal"), ("minutes after", "decimal"), ("within the standard today", "text"),
        ("within the standard after", "text"), ("how people go today", "text"),
    )  # fmt: skip
    columns = [Column("Service", width=24), Column("Zone id", width=14), Column("Zone", width=24),
               Column("Population", "whole", 12), Column("Today, minutes more in the second", "decimal", 13),
               Column("After, minutes more in the second", "decimal", 13)]  # fmt: skip
    columns += [Column(f"{name}: {what}", kind, 15) for name in (first, second) for what, kind in figures]
    services, zones = snapshot.services["name"].to_dict(), snapshot.zones["name"].to_dict()
    rows = []
    for pair in found:
        known = pair.first or pair.second
        rows.append(
            (
                services.get(pair.service_id, pair.service_id), pair.zone_id, zones.get(pair.zone_id, ""),
                known.population if known else None, pair.apart_today, pair.apart_after,
                *_side(pair.first), *_side(pair.second),
            )
        )  # fmt: skip
    return Sheet("Zone by zone", columns, rows, frozen_columns=3)


def _side(zone: ZoneReach | None) -> tuple[Any, ...]:
    if zone is None:
        return (None,) * 5
    way = words.way(zone.mode_today, zone.by_line_today)
    return zone.minutes_today, zone.minutes_after, zone.reached_today, zone.reached_after, way
