"""Moves as curved arrows, the wider the more people."""

import math

from maps import words
from maps.geometry import curve
from maps.layers import Feature, Layer, Style, Swatch, feature
from maps.view import View

ORDER = 30
COLOUR = "#0b5c3f"
WIDEST_PX, NARROWEST_PX = 7.0, 1.5


def build(view: View) -> Layer:
    """One arrow for all teams that go the same way. Without the place of both ends there is none."""
    most = max((flow.fte for flow in view.flows), default=0.0)
    features = [
        feature(
            number,
            curve(flow.start.at, flow.end.at),
            name=f"{flow.start.name} to {flow.end.name}",
            people=f"{flow.fte:,.1f} full-time equivalents".replace(".0 ", " "),
            teams=flow.teams,
            distance=f"{flow.km:,.1f} km in a straight line",
            year=flow.years,
            cost=words.pounds(flow.cost_gbp),
            width=_width(flow.fte, most),
        )
        for number, flow in enumerate(view.flows)
        if flow.start.at and flow.end.at
    ]
    return Layer(
        key="moves",
        title="Moves of teams",
        group="extras",
        features=features,
        style=_style,
        tooltip=("name", "people"),
        popup={
            "name": "Move", "teams": "Teams", "people": "People", "year": "Year", "distance": "Distance",
            "cost": "Cost of move and fit-out",
        },
        legend=tuple(
            Swatch(f"{fte:,.0f} people", "line", "none", COLOUR, weight=_width(fte, most)) for fte in _steps(most)
        ),
        shown=bool(features),
        depth=440,
    )  # fmt: skip


def _width(fte: float, most_fte: float) -> float:
    return round(max(NARROWEST_PX, WIDEST_PX * math.sqrt(fte / most_fte)), 1) if most_fte else NARROWEST_PX


def _steps(most_fte: float) -> list[float]:
    wanted = {math.ceil(most_fte), math.ceil(most_fte / 10)} if most_fte else set()
    return sorted((float(step) for step in wanted), reverse=True)


def _style(drawn: Feature) -> Style:
    return {
        "color": COLOUR, "weight": drawn["properties"]["width"], "opacity": 0.85, "fill": False,
        "className": "move",
    }  # fmt: skip
