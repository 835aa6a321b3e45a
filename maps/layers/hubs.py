"""Shared hubs: a ring round each, cut into as many parts as bodies share it, each in its body's colour."""

from maps import words
from maps.geometry import point
from maps.layers import Feature, Layer, Missing, Style, Swatch, feature
from maps.view import View

ORDER = 35
RADIUS, WEIGHT = 15.0, 7.0


def build(view: View) -> Layer | Missing:
    """One feature for each partner of each hub. Missing where the plan makes none."""
    hubs = [place for place in view.places if place.hub_year is not None]
    if not hubs:
        return Missing("The map shows no shared hubs, because the plan makes none.")
    features = []
    for place in hubs:
        names = ", ".join(body.name for body in place.partners) or place.organisation.name
        for part, body in enumerate(place.partners or (place.organisation,)):
            features.append(
                feature(
                    place.number,
                    point(place.at),
                    name=place.name,
                    hub=f"Shared hub from {words.financial_year(place.hub_year)}",
                    partners=f"Shared by {names}",
                    since=place.hub_year,
                    places=[place.number],
                    colour=body.colour,
                    arc=[part / max(1, len(place.partners)), (part + 1) / max(1, len(place.partners))],
                )
                if place.at
                else None
            )
    sharing = {body.id: body for place in hubs for body in place.partners}
    counts = {key: sum(key in {body.id for body in place.partners} for place in hubs) for key in sharing}
    return Layer(
        key="hubs",
        title="Shared hubs and who shares them",
        features=[made for made in features if made],
        style=_style,
        tooltip=("name", "hub", "partners"),
        legend=tuple(
            Swatch(f"{body.name} (in {counts[body.id]:,} of {len(hubs):,})", "ring", "none", body.colour, 7, 5)
            for body in sorted(sharing.values(), key=lambda body: (-counts[body.id], body.name))
        ),
        note="A ring is cut into as many parts as bodies share the hub.",
        shown=True,
        depth=455,
    )


def _style(drawn: Feature) -> Style:
    properties = drawn["properties"]
    return {
        "shape": "arc", "arc": properties["arc"], "radius": RADIUS, "color": properties["colour"],
        "weight": WEIGHT, "fill": False, "className": "arc",
    }  # fmt: skip
