"""Colours that people with any kind of colour vision can tell apart, and shapes for when colours run out."""

import re
from collections.abc import Iterable

# Okabe and Ito, "Color universal design" (2008); black is left out, it is the outline.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")
SHAPES = ("circle", "square", "triangle", "diamond")
INK = "#0b0c0c"


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
