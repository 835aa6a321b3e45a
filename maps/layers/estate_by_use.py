"""The estate today: what each property is used for."""

from collections import Counter

from maps import colours
from maps.layers import Colouring, Swatch
from maps.view import View

ORDER = 22


def build(view: View) -> Colouring:
    """The commonest uses stand first in the key, and have the colours that are furthest apart."""
    uses = [use for use, _ in Counter(place.use for place in view.places).most_common()]
    numbers = {use: number for number, use in enumerate(uses)}
    styles = colours.of_organisations((use, "") for use in uses)
    return Colouring(
        key="estate_by_use",
        title="The estate by use",
        of="properties",
        classes=[numbers[place.use] for place in view.places],
        legend=tuple(Swatch(use[:1].upper() + use[1:], shape, fill) for use, (fill, shape) in styles.items()),
    )
