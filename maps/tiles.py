"""Background tiles: none unless this machine's owner names a server, because tiles tell it what is looked at."""

import os
import re
from dataclasses import dataclass

from estate.problems import InputError

ADDRESS, CREDIT = "ESTATE_TILES_URL", "ESTATE_TILES_ATTRIBUTION"


@dataclass(frozen=True)
class Tiles:
    """A tile server's address with {z}, {x} and {y}, and the credit its owner asks for."""

    url: str
    attribution: str

    @property
    def origin(self) -> str:
        """The server as a content security policy names it."""
        return re.sub(r"^(https?://[^/]+).*$", r"\1", self.url).replace("{s}", "*")


_ADDRESS = re.compile(r"https?://(\{s\}\.)?[A-Za-z0-9.-]+(:\d+)?/([^\s{}]|\{[zxyrs]\})*")


def configured() -> Tiles | None:
    """The tiles that the environment names, or None. Raises InputError for an address that cannot work."""
    url, attribution = os.environ.get(ADDRESS, "").strip(), os.environ.get(CREDIT, "").strip()
    if not url:
        return None
    if not _ADDRESS.fullmatch(url) or not all(part in url for part in ("{z}", "{x}", "{y}")):
        remedy = "Give one such as https://tiles.example.org/{z}/{x}/{y}.png, or unset it for maps without tiles"
        raise InputError.of(ADDRESS, "it is not the address of a tile server", remedy, value=url)
    if not attribution:
        raise InputError.of(
            CREDIT, "it is blank and tiles must carry their owner's credit", "Give the credit line"
        )
    return Tiles(url, attribution)
