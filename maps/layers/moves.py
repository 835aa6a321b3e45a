"""Moves as curved arrows, the wider the more people."""

import math

from maps import words
from maps.geometry import curve
from maps.layers import Feature, Layer, Missing, Style, Swatch, feature
from maps.view import Flow, View

ORDER = 30
COLOUR = "#0b5c3f"
WIDEST_PX, NARROWEST_PX = 7.0, 1.5
MANY = 1_000  # arrows; more are drawn with fewer points, so that the page stays small


def build(view: View) -> Layer | Missing:
    """One arrow for all teams that go the same way. Without the place of both ends there is none."""
    points = 24 if len(view.flows) < MANY else 12
    most = max((flow.fte for flow in view.flows), default=0.0)
    features = [
        feature(
            number,
            curve(flow.start.at, flow.end.at, points),
            name=f"{flow.start.name} to {flow.end.name}",
            people=_people(flow.fte),
            teams=flow.teams,
            distance=f"{flow.km:,.1f} km in a straight line",
            year=_years(flow),
            cost=words.pounds(flow.cost_gbp),
            since=flow.by_year[0][0],
            places=[flow.start.number, flow.end.number],
            widths=_widths(flow, most),
        )
        for number, flow in enumerate(view.flows)
        if flow.start.at and flow.end.at
    ]
    if not features:
        return Missing("The map shows no moves, because the plan moves no team." if not view.flows else
                       "The map shows no moves, because the places at their ends are not known.")  # fmt: skip
    return Layer(
        key="moves",
        title="Moves of teams",
        features=features,
        style=_style,
        tooltip=("name", "people", "year"),
        popup={
            "name": "Move", "teams": "Teams", "people": "People", "year": "Year", "distance": "Distance",
            "cost": "Cost of move and fit-out",
        },
        legend=tuple(
            Swatch(f"{fte:,.0f} people", "line", "none", COLOUR, weight=_width(fte, most)) for fte in _steps(most)
        ),
        shown=True,
        depth=440,
    )  # fmt: skip


def _people(fte: float) -> str:
    return f"{fte:,.1f} full-time equivalents".replace(".0 ", " ")


def _years(flow: Flow) -> str:
    """2026/27; or, where they do not all go at once, how many in which year."""
    if len(flow.by_year) == 1:
        return words.financial_year(flow.by_year[0][0])
    return ", ".join(f"{fte:,.0f} in {words.financial_year(year)}" for year, fte in flow.by_year)


def _widths(flow: Flow, most_fte: float) -> list[list[float]]:
    """Year, and how wide the arrow is from then on."""
    moved, found = 0.0, list[list[float]]()
    for year, fte in flow.by_year:
        moved += fte
        found.append([year, _width(moved, most_fte)])
    return found


def _width(fte: float, most_fte: float) -> float:
    return round(max(NARROWEST_PX, WIDEST_PX * math.sqrt(fte / most_fte)), 1) if most_fte else NARROWEST_PX


def _steps(most_fte: float) -> list[float]:
    wanted = {math.ceil(most_fte), math.ceil(most_fte / 10)} if most_fte else set()
    return sorted((float(step) for step in wanted), reverse=True)


def _style(drawn: Feature) -> Style:
    return {
        "color": COLOUR, "weight": drawn["properties"]["widths"][-1][1], "opacity": 0.85, "fill": False,
        "className": "move",
    }  # fmt: skip
