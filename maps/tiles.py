"""Background tiles: none unless this machine's owner names a server, because tiles tell it what is looked at."""

import os
import re
from dataclasses import dataclass
from datetime import date

from estate.problems import InputError

ADDRESS, CREDIT, OS_KEY = "ESTATE_TILES_URL", "ESTATE_TILES_ATTRIBUTION", "OS_MAPS_API_KEY"
_OS_SERVER = "https://api.os.uk/maps/raster/v1/zxy/{style}/{{z}}/{{x}}/{{y}}.png?key={key}"
_OS_NEAREST_ZOOM = 16  # of OS OpenData; nearer in the last picture is enlarged


@dataclass(frozen=True)
class Tiles:
    """A tile server's address with {z}, {x} and {y}, and the credit its owner asks for."""

    url: str
    attribution: str
    nearest_zoom: int = 19

    @property
    def origin(self) -> str:
        """The server as a content security policy names it."""
        return re.sub(r"^(https?://[^/]+).*$", r"\1", self.url).replace("{s}", "*")


_ADDRESS = re.compile(r"https?://(\{s\}\.)?[A-Za-z0-9.-]+(:\d+)?/([^\s{}]|\{[zxyrs]\})*")


def configured() -> Tiles | None:
    """The tiles that the environment names, or None. Raises InputError for an address that cannot work."""
    url, attribution = os.environ.get(ADDRESS, "").strip(), os.environ.get(CREDIT, "").strip()
    return checked(url, attribution) if url else None


def checked(url: str, attribution: str) -> Tiles:
    """Tiles from an address. Raises InputError for one that cannot work, or without a credit."""
    if not _ADDRESS.fullmatch(url) or not all(part in url for part in ("{z}", "{x}", "{y}")):
        remedy = "Give one such as https://tiles.example.org/{z}/{x}/{y}.png, or unset it for maps without tiles"
        raise InputError.of(ADDRESS, "it is not the address of a tile server", remedy, value=url)
    if not attribution.strip():
        raise InputError.of(
            CREDIT, "it is blank and tiles must carry their owner's credit", "Give the credit line"
        )
    return Tiles(url, attribution)


def os_maps(style: str) -> Tiles:
    """Ordnance Survey's tiles, such as of style Light_3857, by the key in OS_MAPS_API_KEY.

    Every page with them carries the key. Raises InputError where there is none, or it is not one.
    """
    key = os.environ.get(OS_KEY, "").strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,128}", key):
        reason = "it is not a key" if key else "the brand asks for OS Maps and there is no key"
        raise InputError.of(OS_KEY, reason, "Set it to the key of your OS Data Hub project")
    credit = f"Contains OS data © Crown copyright and database rights {date.today().year}"
    return Tiles(_OS_SERVER.format(style=style, key=key), credit, _OS_NEAREST_ZOOM)
