"""How each zone reaches each service, today and after: one set of outlines that the page colours anew."""

from dataclasses import asdict
from typing import Any

from maps import words
from maps.layers import Colouring, Swatch
from maps.view import Service, View
from optimiser.plan import ZoneReach

ORDER = 50
EDGE = "#8a9196"
PLAIN = {"fillColor": "#f3f2f1", "color": EDGE, "weight": 0.7, "fillOpacity": 0.6}
# Blue within the standard, orange beyond it: the ColorBrewer hues that every kind of colour vision tells apart.
BANDS = (
    (0.5, "#8fc1e3", "Up to half the standard"),
    (1.0, "#d6e8f5", "Within the standard"),
    (1.5, "#fdd9b0", "Beyond, up to half as much again"),
    (float("inf"), "#f4a460", "Further"),
)
NOWHERE = Swatch("Nowhere to go at all", "area", "#8c6d5a", EDGE)
CHANGES = {
    "gained": Swatch("Gains: reached only after", "area", "#59c3a0", "#00513a", weight=2.5),
    "lost": Swatch("Loses: reached only today", "area", "#e8743b", "#6b1f00", weight=2.5, dashes="5 4"),
    "reached": Swatch("Reached today and after", "area", "#d6e8f5", EDGE),
    "not_reached": Swatch("Not reached, today or after", "area", "#d3d3d3", EDGE),
}


def build(view: View) -> Colouring:
    """Without a service chosen the zones are the map's quiet background."""
    return Colouring(
        key="reach",
        title="Reach of services",
        of="zones",
        classes=(),
        legend=(),
        shown=True,
        data={
            "services": [_service(service, view) for service in view.services],
            "plain": PLAIN,
            "changes": [{"kind": kind, **asdict(swatch)} for kind, swatch in CHANGES.items()],
            "bands": [asdict(Swatch(label, "area", colour, EDGE)) for _, colour, label in BANDS]
            + [asdict(NOWHERE)],
        },
    )


def _service(service: Service, view: View) -> dict[str, Any]:
    zones = [service.zones.get(zone.id) for zone in view.zones]
    kinds = [*CHANGES]
    ways = sorted({way for zone in zones if zone for way in _ways(zone)})
    return {
        "ways": ways,
        "id": service.id,
        "name": service.name,
        "standard": service.standard,
        "today": words.share(service.today),
        "after": words.share(service.after),
        "minutes_today": [zone and _minutes(zone.minutes_today) for zone in zones],
        "minutes_after": [zone and _minutes(zone.minutes_after) for zone in zones],
        "way_today": [zone and ways.index(_ways(zone)[0]) for zone in zones],
        "way_after": [zone and ways.index(_ways(zone)[1]) for zone in zones],
        "band_today": [zone and _band(zone.minutes_today, zone.reached_today, service.minutes) for zone in zones],
        "band_after": [zone and _band(zone.minutes_after, zone.reached_after, service.minutes) for zone in zones],
        "change": [zone and kinds.index(_change(zone)) for zone in zones],
    }


def _ways(zone: ZoneReach) -> tuple[str, str]:
    return words.way(zone.mode_today, zone.by_line_today), words.way(zone.mode_after, zone.by_line_after)


def _minutes(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)


def _band(minutes: float | None, reached: bool, standard_minutes: float) -> int:
    """Position in BANDS; the last is nowhere at all. Whether a zone is reached is the plan's word, not ours."""
    if minutes is None:
        return len(BANDS)
    if reached:
        return 0 if minutes <= BANDS[0][0] * standard_minutes else 1
    return 2 if minutes <= BANDS[2][0] * standard_minutes else 3


def _change(zone: ZoneReach) -> str:
    if zone.reached_today:
        return "reached" if zone.reached_after else "lost"
    return "gained" if zone.reached_after else "not_reached"
