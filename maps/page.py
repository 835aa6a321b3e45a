"""The map page: one HTML file that shows a plan, needs no network and lets nothing in it reach one."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from estate.snapshot import Snapshot
from maps import assets, brand, content, headline, leaflet, summary, view, words
from maps.brand import Brand
from maps.layers import build_all
from optimiser.plan import Plan
from optimiser.scenario import Scenario

TEMPLATES = Path(__file__).parent / "templates"
# Of the page, each one concern, in the order in which they need each other.
SCRIPTS = ("data", "state", "marks", "extras", "zones", "key", "years", "table", "cards", "search", "print")


def write(
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    out: Path,
    title: str | None = None,
    roads: Path | None = None,
    looks: Brand | None = None,
) -> Path:
    """Write the page to `out` and return it.

    `title` is the page's heading, otherwise the scenario's name; `roads` a network file whose main roads are
    drawn; `looks` a brand, otherwise the configured one. Raises InputError when the plan is of another snapshot,
    when the map files are not installed, or when the configured brand or tile address cannot work.
    """
    looks = looks or brand.read()
    shown = view.gather(plan, snapshot, scenario, roads, looks.boundary)
    layers = build_all(shown)
    scripts = [
        assets.leaflet_script(),
        _own("shapes.js"),
        leaflet.script("estate", shown.places, shown.zones, layers.drawn, looks.tiles),
        *(_own(f"{name}.js") for name in SCRIPTS),
    ]
    style = assets.leaflet_style() + _colours(looks) + _own("page.css")
    html = (
        _environment()
        .get_template("page.html.jinja")
        .render(
            title=title or scenario.name,
            view=shown,
            words=words,
            headline=headline.of(plan),
            policy=_policy(scripts, style, looks),
            looks=looks,
            notes=(*shown.notes, *layers.notes),
            saying=summary.of(shown),
            data=Markup(content.as_json(content.of(shown, layers))),  # noqa: S704 - escaped by as_json
            scripts=[Markup(text) for text in scripts],  # noqa: S704 - our files and Folium's escaped output
            style=Markup(style),  # noqa: S704 - our files
        )
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(html, encoding="utf-8")
    return out


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _own(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


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
