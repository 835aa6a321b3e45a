"""A page as one file: its scripts, style and text together, under a policy that lets nothing else in or out."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from maps import assets, content, words
from maps.brand import Brand

TEMPLATES = Path(__file__).parent / "templates"


def write(
    out: Path, template: str, looks: Brand, data: Any, drawn: Sequence[str], scripts: Sequence[str], **context: Any
) -> Path:
    """Write a page of `templates/` to `out` and return it.

    `drawn` is the JavaScript of its Leaflet maps, `scripts` the names of our own files in the order in which they
    need each other; `data` is what they are given. Raises InputError when the map files are not installed.
    """
    texts = [assets.leaflet_script(), own("shapes.js"), *drawn, *(own(f"{name}.js") for name in scripts)]
    style = assets.leaflet_style() + _colours(looks) + own("page.css")
    html = (
        _environment()
        .get_template(template)
        .render(
            words=words,
            looks=looks,
            policy=_policy(texts, style, looks),
            data=Markup(content.as_json(data)),  # noqa: S704 - escaped by as_json
            scripts=[Markup(text) for text in texts],  # noqa: S704 - our files and Folium's escaped output
            style=Markup(style),  # noqa: S704 - our files
            **context,
        )
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8")
    return out


def own(name: str) -> str:
    """The text of a file of ours."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _colours(looks: Brand) -> str:
    return f":root {{ --header: {looks.header}; --header-text: {looks.header_text}; --accent: {looks.accent}; }}\n"


def _policy(scripts: Sequence[str], style: str, looks: Brand) -> str:
    """A content security policy: our own scripts by their digests, and no network but the tiles'."""
    ours = " ".join(_digest(text) for text in scripts)
    sources = [*(["data:"] if looks.logo or looks.tiles else []), *([looks.tiles.origin] if looks.tiles else [])]
    pictures = f"img-src {' '.join(sources)}; " if sources else ""  # Leaflet empties tiles with data:
    return (
        f"default-src 'none'; script-src {ours}; style-src {_digest(style)}; {pictures}"
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
