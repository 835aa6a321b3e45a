"""What the plan does with each property, and from when: colour and shape both tell."""

from maps import words
from maps.layers import NONE, Colouring, Swatch
from maps.view import Place, View

ORDER = 10
MARKS = {
    "leave": Swatch(words.ACTIONS["leave"], "diamond", "#d4351c", radius=8, weight=1.5),
    "hub": Swatch("Shared hub", "hexagon", "#ffb81c", radius=8.5, weight=1.5),
    "host": Swatch(words.ACTIONS["host"], "square", "#1d70b8", radius=6.5, weight=1.5),
    "keep": Swatch(words.ACTIONS["keep"], "circle", "#ffffff", radius=5, weight=2),
    "outside": Swatch(words.ACTIONS["outside"], "circle", "#b1b4b6", "#505a5f", radius=3),
}
NUMBERS = {kind: number for number, kind in enumerate(MARKS)}


def build(view: View) -> Colouring:
    """Every property is kept until the year in which something happens to it."""
    later = {place.number: steps for place in view.places if (steps := _steps(place))}
    kinds = {number for steps in later.values() for _, number in steps}
    kinds |= {NUMBERS[_first(place)] for place in view.places}
    used = sorted(kinds)  # classes that the plan has no property of need no line in the key
    numbers = {kind: used.index(kind) for kind in used}
    return Colouring(
        key="plan_by_action",
        title="What the plan does",
        of="properties",
        classes=[numbers.get(NUMBERS[_first(place)], NONE) for place in view.places],
        later={number: tuple((year, numbers[kind]) for year, kind in steps) for number, steps in later.items()},
        legend=tuple([*MARKS.values()][kind] for kind in used),
        shown=bool(view.plan.properties),
    )


def _first(place: Place) -> str:
    return "outside" if place.action == "outside" else "keep"


def _steps(place: Place) -> tuple[tuple[int, int], ...]:
    """Year and class from then on: it takes teams in, becomes a hub, is left. A hub stays one as teams come."""
    years = {"host": place.arrives if place.action == "host" else None, "hub": place.hub_year, "leave": place.year}
    steps = sorted((year, -NUMBERS[kind]) for kind, year in years.items() if year is not None)
    found: list[tuple[int, int]] = []
    for year, kind in steps:
        if not found or -kind < found[-1][1]:
            found.append((year, -kind))
    return tuple(found)
