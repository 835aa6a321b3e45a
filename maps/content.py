"""What the page's script is given, as plain data: properties, moves, colourings and how layers are shown."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from maps import words
from maps.layers import Colouring, Layer, Layers
from maps.reasons import Reason
from maps.view import Place, View

# Of each property, in this order.
FIELDS = (
    "name", "owner", "address", "postcode", "uprn", "use", "condition", "action", "year", "arrives", "settled",
    "sold", "transferred", "lease_ends", "hub", "partners", "today", "after", "receipt", "backlog", "estimated",
    "teams",
)  # fmt: skip


def of(view: View, layers: Layers, reasons: Mapping[str, Reason]) -> dict[str, Any]:
    """Everything, ready for JSON."""
    bodies = {body.id: number for number, body in enumerate(view.organisations)}
    uses = {use: number for number, use in enumerate(sorted({place.use for place in view.places}))}
    return {
        "bounds": bounds(view),
        "years": years(view),
        "owners": [body.name for body in view.organisations],
        "uses": [*uses],
        "actions": {"leave": words.ACTIONS["leave"], "hub": "Shared hub", **words.ACTIONS},
        "fields": FIELDS,
        "places": [_place(place, bodies, uses) for place in view.places],
        "reasons": {place.number: vars(reasons[place.id]) for place in view.places if place.id in reasons},
        "leavers": view.leavers,
        "zones": [
            [zone.name, None if zone.population != zone.population else zone.population] for zone in view.zones
        ],
        "layers": [_layer(layer) for layer in layers.drawn],
        "colourings": [_colouring(colouring) for colouring in layers.colourings],
    }


def years(view: View) -> list[int]:
    """Every year from the first of the plan to the last in which something happens; none where nothing does."""
    happens = [place.settled for place in view.places] + [year for _, year, _ in view.leavers]
    happens += [place.sold_year or place.transferred_year for place in view.places]
    last = max(filter(None, happens), default=None)
    return [] if last is None else list(range(view.plan.base_year, last + 1))


def bounds(view: View) -> list[list[float]] | None:
    """South-west and north-east corners as [latitude, longitude], of the zones or else of the properties."""
    spots = [corner for zone in view.zones for corner in zone.corners()]
    spots = spots or [place.at for place in view.places if place.at]
    if not spots:
        return None
    longitudes, latitudes = zip(*spots, strict=True)
    return [[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]]


def as_json(content: Any) -> str:
    """JSON that stays data inside a script element, whatever its text."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _place(place: Place, bodies: dict[str, int], uses: dict[str, int]) -> list[Any]:
    """One property in the order of FIELDS; pounds are whole. What is blank at the end of the row is left out."""
    row = [
        place.name, bodies[place.organisation.id], place.address, place.postcode, place.uprn, uses[place.use],
        place.condition, place.action, place.year, place.arrives, place.settled, place.sold_year,
        place.transferred_year, place.lease_ends_year, place.hub_year,
        [bodies[body.id] for body in place.partners] or None,
        _whole(place.running_cost_today_gbp_per_year), _whole(place.running_cost_after_gbp_per_year),
        _whole(place.receipt_gbp), _whole(place.backlog_gbp) or None, int(place.estimated) or None,
        place.teams or None,
    ]  # fmt: skip
    while row[-1] is None:
        row.pop()
    return row


def _whole(gbp: float | None) -> int | None:
    return None if gbp is None else round(gbp)


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "key": layer.key,
        "title": layer.title,
        "shown": layer.shown,
        "legend": _swatches(layer.legend),
        "note": layer.note,
    }


def _colouring(colouring: Colouring) -> dict[str, Any]:
    return {
        "key": colouring.key,
        "title": colouring.title,
        "of": colouring.of,
        "shown": colouring.shown,
        "classes": list(colouring.classes),
        "later": colouring.later,
        "legend": _swatches(colouring.legend),
        "note": colouring.note,
        "data": colouring.data,
    }


def _swatches(legend: Iterable[Any]) -> list[dict[str, Any]]:
    return [vars(swatch) for swatch in legend]
