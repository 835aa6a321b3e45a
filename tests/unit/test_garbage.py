"""The pause in Python's search for garbage ends, and leaves alone what was off before."""

import gc

import pytest

from estate import garbage


def test_the_search_goes_on_after_a_fault() -> None:
    def build() -> None:
        with garbage.no_search():
            assert not gc.isenabled()
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        build()
    assert gc.isenabled()


def test_a_search_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with garbage.no_search(), garbage.no_search():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
