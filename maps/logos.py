"""Logos: a PNG or an SVG picture, small and harmless, that pages carry inside them."""

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from estate.problems import InputError

LARGEST_BYTES = 300_000
LARGEST_PX = 4_000
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
_NOT_ALLOWED = {"script", "foreignobject", "iframe", "audio", "video", "handler", "listener", "a"}
# What would be fetched; a page may carry pictures of its own and point inside itself (#...).
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!\s*#)|@import", re.IGNORECASE)


@dataclass(frozen=True)
class Logo:
    """A picture and what it says in words. `suffix` is .png or .svg, for programs that take files."""

    content: bytes
    media_type: str
    text: str

    @property
    def suffix(self) -> str:
        return ".png" if self.media_type == "image/png" else ".svg"

    @property
    def address(self) -> str:
        """The picture as a data: URL for <img>, in which no script of an SVG can run."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode()}"


def read(path: Path, text: str) -> Logo:
    """A logo from a file. Raises InputError for one that is too large, no PNG or SVG, or more than a picture."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST_BYTES else b""
    except OSError as fault:
        raise _refused(path, f"it cannot be read ({fault.strerror})") from None
    if size > LARGEST_BYTES:
        raise _refused(path, f"it has {size:,} bytes, and a logo may have {LARGEST_BYTES:,}")
    if content.startswith(_PNG):
        width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
        if not (0 < width <= LARGEST_PX and 0 < height <= LARGEST_PX):
            raise _refused(path, f"it measures {width:,} x {height:,} pixels, and a side may have {LARGEST_PX:,}")
        return Logo(content, "image/png", text)
    _check_svg(path, content)
    return Logo(content, "image/svg+xml", text)


def _refused(path: Path, reason: str) -> InputError:
    return InputError.of(str(path), reason, "Give a small PNG, or an SVG of shapes alone", "logo")


def _check_svg(path: Path, content: bytes) -> None:
    try:
        root: Element = ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise _refused(path, "it is neither a PNG nor a plain SVG (without a DOCTYPE)") from None
    if root.tag != f"{_SVG}svg":
        raise _refused(path, "it is neither a PNG nor an SVG")
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2].lower()
        if name in _NOT_ALLOWED or not str(element.tag).startswith("{"):
            raise _refused(path, f"it holds <{name}>, which is more than a picture")
        for attribute, value in element.attrib.items():
            _check_attribute(path, attribute.rpartition("}")[2].lower(), value)
        if name == "style" and _OUTSIDE.search(element.text or ""):
            raise _refused(path, "its style fetches something from elsewhere")


def _check_attribute(path: Path, name: str, value: str) -> None:
    inside = value.strip().startswith(("#", "data:image/png", "data:image/jpeg"))
    if name.startswith("on"):
        raise _refused(path, f"it would run something ({name})")
    if (name in {"href", "src"} and not inside) or _OUTSIDE.search(value):
        raise _refused(path, f"it fetches something from elsewhere ({value[:60]})")
