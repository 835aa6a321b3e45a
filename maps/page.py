"""The map page: one HTML file that shows a plan, needs no network and lets nothing in it reach one."""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from estate.snapshot import Snapshot
from maps import assets, brand, headline, leaflet, view, words
from maps.brand import Brand
from maps.layers import Layer, build_all
from maps.view import Place, View
from optimiser.plan import Plan
from optimiser.scenario import Scenario

TEMPLATES = Path(__file__).parent / "templates"


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
        leaflet.script(layers, looks.tiles),
        *(_own(name) for name in ("legend.js", "table.js", "page.js")),
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
            layers=layers,
            data=Markup(_json(_data(shown, layers))),  # noqa: S704 - escaped by _json
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


def _json(content: Any) -> str:
    """JSON that stays data inside a script element, whatever its text."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _data(shown: View, layers: tuple[Layer, ...]) -> dict[str, Any]:
    numbers = {body.id: number for number, body in enumerate(shown.organisations)}
    return {
        "bounds": _bounds(shown),
        "layers": [_layer(layer) for layer in layers],
        "owners": [body.name for body in shown.organisations],
        "actions": words.ACTIONS,
        "fields": ["name", "owner", "address", "postcode", "uprn", "use", "action", "year", "saving", "sold",
                   "receipt", "estimated", "teams"],
        "places": [_place(place, numbers[place.organisation.id]) for place in shown.places],
    }  # fmt: skip


def _place(place: Place, owner: int) -> list[Any]:
    """One property in the order of `fields`; pounds are whole."""
    return [
        place.name, owner, place.address, place.postcode, place.uprn, place.use, place.action, place.year,
        _whole(place.saving_gbp_per_year), int(place.sold), _whole(place.receipt_gbp), int(place.estimated),
        place.teams,
    ]  # fmt: skip


def _whole(gbp: float | None) -> int | None:
    return None if gbp is None else round(gbp)


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "key": layer.key,
        "title": layer.title,
        "group": layer.group,
        "shown": layer.shown,
        "features": len(layer.features),
        "legend": [vars(swatch) for swatch in layer.legend],
        "data": layer.data,
    }


def _bounds(shown: View) -> list[list[float]] | None:
    """South-west and north-east corners as [latitude, longitude], of the zones or else of the properties."""
    spots = [corner for zone in shown.zones for corner in zone.corners()]
    spots = spots or [place.at for place in shown.places if place.at]
    if not spots:
        return None
    longitudes, latitudes = zip(*spots, strict=True)
    return [[min(latitudes), min(longitudes)], [max(latitudes), max(longitudes)]]
