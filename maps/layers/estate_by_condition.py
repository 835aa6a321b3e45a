"""The estate today: the condition of each property, grades A to D."""

from maps.layers import Colouring, Missing, Swatch
from maps.view import View

ORDER = 24
# Blue for good and orange for bad, light in the middle, and each with its own shape.
GRADES = {
    "A": Swatch("A: good", "circle", "#2c7bb6", radius=6),
    "B": Swatch("B: satisfactory", "square", "#abd9e9", radius=5.5),
    "C": Swatch("C: poor", "triangle", "#fdae61", radius=7),
    "D": Swatch("D: bad", "diamond", "#b2182b", radius=8),
    "": Swatch("Not recorded", "circle", "#e5e5e5", "#505a5f", radius=3.5),
}


def build(view: View) -> Colouring | Missing:
    """Missing where no grade is recorded at all. Grades are RICS's and the Department for Education's."""
    recorded = sum(bool(place.condition) for place in view.places)
    if not recorded:
        return Missing("The map has no layer of condition, because no property's condition grade is recorded.")
    used = [grade for grade in GRADES if any(place.condition == grade for place in view.places)]
    return Colouring(
        key="estate_by_condition",
        title="The estate by condition",
        of="properties",
        classes=[used.index(place.condition) for place in view.places],
        legend=tuple(GRADES[grade] for grade in used),
    )
