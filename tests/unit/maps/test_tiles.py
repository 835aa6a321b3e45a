"""Background tiles come from a configured server or not at all."""

import pytest

from estate.problems import InputError
from maps import tiles


def test_there_are_none_unless_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tiles.ADDRESS, raising=False)
    assert tiles.configured() is None


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org"),
        ("https://{s}.example.org:8443/a/{z}/{x}/{y}.png?k=1", "https://*.example.org:8443"),
    ],
)
def test_only_the_server_itself_may_be_asked(monkeypatch: pytest.MonkeyPatch, url: str, origin: str) -> None:
    monkeypatch.setenv(tiles.ADDRESS, url)
    monkeypatch.setenv(tiles.CREDIT, "© Somebody")
    found = tiles.configured()
    assert found is not None
    assert (found.origin, found.attribution) == (origin, "© Somebody")


@pytest.mark.parametrize(
    ("url", "credit", "said"),
    [
        ("ftp://tiles.example.org/{z}/{x}/{y}", "© S", "not the address of a tile server"),
        ("https://tiles.example.org/one.png", "© S", "not the address of a tile server"),
        ("https://x.org; script-src */{z}/{x}/{y}", "© S", "not the address of a tile server"),
        ("https://tiles.example.org/{z}/{x}/{y}.png?{{7*7}}", "© S", "not the address of a tile server"),
        ("https://tiles.example.org/{z}/{x}/{y}.png", " ", "must carry their owner's credit"),
    ],
)
def test_what_cannot_work_is_refused(monkeypatch: pytest.MonkeyPatch, url: str, credit: str, said: str) -> None:
    monkeypatch.setenv(tiles.ADDRESS, url)
    monkeypatch.setenv(tiles.CREDIT, credit)
    with pytest.raises(InputError, match=said):
        tiles.configured()
