"""The map page: one HTML file that shows a plan, needs no network and lets nothing in it reach one."""

from collections.abc import Mapping
from pathlib import Path

from estate.snapshot import Snapshot
from maps import brand, content, headline, html, leaflet, summary, view
from maps.brand import Brand
from maps.layers import build_all
from maps.reasons import Reason
from optimiser.plan import Plan
from optimiser.scenario import Scenario

# Each one concern, in the order in which they need each other.
SCRIPTS = (
    "say",
    "data",
    "state",
    "marks",
    "extras",
    "zones",
    "key",
    "years",
    "table",
    "cards",
    "search",
    "paper",
    "print",
)


def write(
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    out: Path,
    title: str | None = None,
    roads: Path | None = None,
    looks: Brand | None = None,
    reasons: Mapping[str, Reason] | None = None,
) -> Path:
    """Write the page to `out` and return it.

    `title` is the page's heading, otherwise the scenario's name; `roads` a network file whose main roads are
    drawn; `looks` a brand, otherwise the configured one; `reasons` what cards say of why, by property. Raises
    InputError when the plan is of another snapshot, when the map files are not installed, or when the configured
    brand or tile address cannot work.
    """
    looks = looks or brand.read()
    shown = view.gather(plan, snapshot, scenario, roads, looks.boundary)
    layers = build_all(shown)
    return html.write(
        out,
        "page.html.jinja",
        looks,
        content.of(shown, layers, reasons or {}),
        [leaflet.script("estate", shown.places, shown.zones, layers.drawn, looks.tiles)],
        SCRIPTS,
        title=title or scenario.name,
        view=shown,
        headline=headline.of(plan),
        notes=(*shown.notes, *layers.notes),
        saying=summary.of(shown),
    )
