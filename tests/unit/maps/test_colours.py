"""Colours of organisations."""

import pytest

from maps import colours, differences
from maps.layers import (
    boundary,
    deprivation,
    estate_by_condition,
    land_released,
    moves,
    plan_by_action,
    reach,
    receipts,
    site_boundaries,
)
from tests.support import colour_vision


def test_own_colours_stand_and_the_others_never_share_both_colour_and_shape() -> None:
    bodies = [("a", "#A1B2C3"), *((f"o{n}", "") for n in range(30))]
    styles = colours.of_organisations(bodies)
    assert styles["a"] == ("#a1b2c3", "circle")
    assert len(set(styles.values())) == 31


def test_what_is_no_colour_is_not_let_through() -> None:
    for text in ("red;background:url(x)", "#12345", "#1234567", '"><script>', "#12345g", "#123456\n"):
        assert colours.of_organisations([("a", text)]) == {"a": (colours.PALETTE[0], "circle")}


KEYS = {
    "plan_by_action": [mark.fill for mark in plan_by_action.MARKS.values()],
    "estate_by_condition": [mark.fill for mark in estate_by_condition.GRADES.values()],
    "owners and uses": [*colours.PALETTE],
    "receipts": [*receipts.YEARS],
    "deprivation": [*deprivation.FIFTHS, deprivation.UNKNOWN.fill],
    "minutes": [*(fill for _, fill, _ in reach.BANDS), reach.NOWHERE.fill],
    "change of reach": [mark.fill for mark in reach.CHANGES.values()],
    "properties that differ": [mark.fill for mark in differences.KINDS],
    "zones that differ": [mark.fill for mark in differences.ZONES],
}


@pytest.mark.parametrize("vision", colour_vision.VISIONS)
@pytest.mark.parametrize("key", KEYS)
def test_colours_of_one_key_stay_apart_for_every_kind_of_colour_vision(key: str, vision: str) -> None:
    """Four times what is just seen; most keys differ in shape, dashes or width besides."""
    apart, nearest = colour_vision.least_apart(KEYS[key], vision)
    assert apart > 9, nearest


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert colours.contrast(one, other) == colours.contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_lines_on_the_map_stand_out_from_its_ground() -> None:
    ground = str(reach.PLAIN["fillColor"])
    for line in (moves.COLOUR, receipts.LINE, land_released.LINE, site_boundaries.FREED.stroke, boundary.LINE):
        assert colours.contrast(line, ground) > 3
