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


def contrast(one: str, other: str) -> float:
    """How well two colours (#rrggbb) stand apart, 1 to 21: the contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1: WCAG 2.2, from sRGB (IEC 61966-2-1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
