"""The comparison page: two plans on maps that move together, and a third map of where they differ."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from maps import brand, content, differences, html, leaflet, words
from maps.brand import Brand
from maps.differences import Differing
from maps.layers import Layer, build_all, reach
from maps.view import Place, View
from optimiser.explain.side_by_side import Comparison

SCRIPTS = ("say", "compare_maps", "compare_key", "compare_table", "paper", "compare_print")
SIDES = ("first", "second")
DRAWN = ("moves", "hubs")  # of each plan's layers


def write(found: Comparison, views: tuple[View, View], out: Path, looks: Brand | None = None) -> Path:
    """Write the page of two plans to `out` and return it. The views are of the comparison's plans, in its order.

    Raises InputError when the map files are not installed, or the configured brand cannot work.
    """
    looks = looks or brand.read()
    differing = differences.properties(found, views)
    zones = views[0].zones
    sides = [replace(view, zones=zones) for view in views]
    layers = [[layer for layer in build_all(side).drawn if layer.key in DRAWN] for side in sides]
    drawn = [
        leaflet.script(name, side.places, zones, own, looks.tiles)
        for name, side, own in zip(SIDES, sides, layers, strict=True)
    ]
    apart = [replace(item.place, number=number) for number, item in enumerate(differing)]
    drawn.append(leaflet.script("difference", apart, zones, (), looks.tiles))
    names = [
        f"{letter}: {option.name} ({option.run_id})" for letter, option in zip("AB", found.options, strict=False)
    ]
    return html.write(
        out,
        "comparison.html.jinja",
        looks,
        _data(sides, layers, differing, names),
        drawn,
        SCRIPTS,
        title=" and ".join(dict.fromkeys(option.name for option in found.options[:2])),
        names=names,
        views=views,
        same_snapshot=found.same_snapshot,
        figures=differences.figures(found),
        people=differences.people(found, views),
        differing=len(differing),
    )


def _data(
    sides: list[View], layers: list[list[Layer]], differing: tuple[Differing, ...], names: list[str]
) -> dict[str, Any]:
    kinds = sorted({item.kind for item in differing})
    return {
        "names": names,
        "bounds": content.bounds(sides[0]),
        "years": sorted({*content.years(sides[0]), *content.years(sides[1])}),
        "sides": [_side(side, own) for side, own in zip(sides, layers, strict=True)],
        "kinds": differences.legend([differences.KINDS[kind] for kind in kinds]),
        "differing": [_differing(item, kinds.index(item.kind)) for item in differing],
        "zones": [
            [zone.name, None if zone.population != zone.population else zone.population] for zone in sides[0].zones
        ],
        "plain": reach.PLAIN,
        "bands": reach.build(sides[0]).data["bands"],
        "zone_kinds": differences.legend(differences.ZONES),
        "services": _services(sides),
    }


def _side(side: View, layers: list[Layer]) -> dict[str, Any]:
    """One plan: how its properties are coloured year by year, and the names that pointing at them tells."""
    (plan,) = (made for made in build_all(side).colourings if made.key == "plan_by_action")
    return {
        "classes": list(plan.classes),
        "later": plan.later,
        "legend": differences.legend(plan.legend),
        "names": [place.name for place in side.places],
        "layers": [
            {"key": layer.key, "title": layer.title, "legend": differences.legend(layer.legend)}
            for layer in layers
        ],
    }


def _services(sides: list[View]) -> list[dict[str, Any]]:
    """Services that both plans know: the class of minutes after each, and who is reached in one alone."""
    reached = [{made["id"]: made for made in reach.build(side).data["services"]} for side in sides]
    return [
        {
            "name": made["name"],
            "standard": made["standard"],
            "bands": [made["band_after"], reached[1][key]["band_after"]],
            "minutes": [made["minutes_after"], reached[1][key]["minutes_after"]],
            "classes": differences.reach((sides[0], sides[1]), key),
        }
        for key, made in reached[0].items()
        if key in reached[1]
    ]


def _differing(item: Differing, kind: int) -> dict[str, Any]:
    place = item.place
    return {
        "name": place.name,
        "owner": place.organisation.name,
        "where": ", ".join(filter(None, (place.address, place.postcode))),
        "kind": kind,
        "said": [_fate(of) for of in item.places],
        "saving": None if item.saving_gbp_per_year is None else round(item.saving_gbp_per_year),
        "receipt": round(item.receipt_gbp),
        "estimated": any(of is not None and of.estimated for of in item.places),
    }


def _fate(place: Place | None) -> str:
    """Leave in 2026/27 and sell; shared hub from 2027/28."""
    if place is None:
        return "Not in this plan's register"
    if place.action != "leave":
        hub = "" if place.hub_year is None else f", shared hub from {words.financial_year(place.hub_year)}"
        return words.ACTIONS[place.action] + hub
    way = ", sell" if place.sold else ", to the community" if place.transferred_year is not None else ""
    later = "" if place.sold_year in (None, place.year) else f" from {words.financial_year(place.sold_year)}"
    return f"Leave in {words.financial_year(place.year)}{way}{later}"
