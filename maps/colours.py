"""Colours that people with any kind of colour vision can tell apart, and shapes for when colours run out."""

import re
from collections.abc import Iterable

from estate import palette

PALETTE, INK = palette.PALETTE, palette.INK
SHAPES = ("circle", "square", "triangle", "diamond")


def of_organisations(chosen: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Colour (#rrggbb) and shape of each organisation, from its id and the colour in the register (may be blank).

    Bodies without a colour of their own take the palette in turn; the shape changes each time it is used up.
    """
    styles: dict[str, tuple[str, str]] = {}
    given = 0
    for organisation_id, colour in chosen:
        if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
            styles[organisation_id] = (colour.lower(), SHAPES[0])
            continue
        shape = SHAPES[given // len(PALETTE) % len(SHAPES)]
        styles[organisation_id] = (PALETTE[given % len(PALETTE)], shape)
        given += 1
    return styles
