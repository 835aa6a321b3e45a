"""Outlines of the sites: land that would be sold as one."""

from maps import words
from maps.layers import Feature, Layer, Style, Swatch, feature
from maps.view import View

ORDER = 55
KEPT = Swatch("Site", "area", "#dfe7f2", "#1d3c6e", weight=1.5, fill_opacity=0.5)
FREED = Swatch(
    "Site that the plan gives up", "area", "#f6d7d2", "#a2291a", weight=2, dashes="4 3", fill_opacity=0.5
)


def build(view: View) -> Layer | None:
    """None where no site has an outline: most registers know points alone."""
    drawn = [site for site in view.sites if site.outline]
    if not drawn:
        return None
    features = [
        feature(
            number,
            site.outline,
            name=site.name,
            holds=f"{len(site.numbers):,} {'property' if len(site.numbers) == 1 else 'properties'}",
            plan=f"Given up by {words.financial_year(site.year)}" if site.year is not None else "",
            freed=site.year is not None,
            places=list(site.numbers),
        )
        for number, site in enumerate(drawn)
        if site.outline
    ]
    used = {site.year is not None for site in drawn}
    return Layer(
        key="site_boundaries",
        title="Site boundaries",
        features=features,
        style=_style,
        tooltip=("name", "holds", "plan"),
        popup={"name": "Site", "holds": "Holds", "plan": "Plan"},
        legend=tuple(mark for freed, mark in ((False, KEPT), (True, FREED)) if freed in used),
        shown=True,
        depth=418,
    )


def _style(drawn: Feature) -> Style:
    mark = FREED if drawn["properties"]["freed"] else KEPT
    return {
        "fillColor": mark.fill, "color": mark.stroke, "weight": mark.weight, "dashArray": mark.dashes or None,
        "fillOpacity": mark.fill_opacity,
    }  # fmt: skip
