"""The estate today: who holds each property."""

from maps.layers import Colouring, Swatch
from maps.view import View

ORDER = 20


def build(view: View) -> Colouring:
    """Owners with the most properties stand first in the key."""
    holders = sorted((body for body in view.organisations if body.properties), key=lambda body: -body.properties)
    numbers = {body.id: number for number, body in enumerate(holders)}
    return Colouring(
        key="estate_by_owner",
        title="The estate by owner",
        of="properties",
        classes=[numbers[place.organisation.id] for place in view.places],
        legend=tuple(Swatch(body.name, body.shape, body.colour) for body in holders),
        shown=not view.plan.properties,
    )
