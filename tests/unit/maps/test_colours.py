"""Colours of organisations."""

from maps import colours


def test_own_colours_stand_and_the_others_never_share_both_colour_and_shape() -> None:
    bodies = [("a", "#A1B2C3"), *((f"o{n}", "") for n in range(30))]
    styles = colours.of_organisations(bodies)
    assert styles["a"] == ("#a1b2c3", "circle")
    assert len(set(styles.values())) == 31


def test_what_is_no_colour_is_not_let_through() -> None:
    for text in ("red;background:url(x)", "#12345", "#1234567", '"><script>', "#12345g", "#123456\n"):
        assert colours.of_organisations([("a", text)]) == {"a": (colours.PALETTE[0], "circle")}
