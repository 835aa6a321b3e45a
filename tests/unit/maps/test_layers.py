"""The map's layers: found in their folder, escaped by one door, honest in their classes."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from maps import layers, leaflet, page, view
from maps.layers import (
    Colouring,
    Layer,
    Missing,
    estate_by_condition,
    land_released,
    moves,
    plan_by_action,
    reach,
    receipts,
    site_boundaries,
)
from maps.view import View
from optimiser.plan import ZoneReach
from optimiser.prepare.places import centres
from tests.support import eventful_place, planned_place
from tests.support.networks import EASTING, NORTHING, write_pbf


@pytest.fixture(scope="module")
def seen() -> View:
    return view.gather(*eventful_place.place())


@pytest.fixture(scope="module")
def found(seen: View) -> dict[str, Layer]:
    return {layer.key: layer for layer in layers.build_all(seen).drawn}


@pytest.fixture(scope="module")
def colourings(seen: View) -> dict[str, Colouring]:
    return {colouring.key: colouring for colouring in layers.build_all(seen).colourings}


PROPERTIES = ["plan_by_action", "estate_by_owner", "estate_by_use", "estate_by_condition"]
DRAWN = ["moves", "hubs", "receipts", "land_released", "site_boundaries"]


def test_every_file_of_the_folder_is_a_layer_in_its_order(
    found: dict[str, Layer], colourings: dict[str, Colouring]
) -> None:
    assert list(colourings) == [*PROPERTIES, "deprivation", "reach"]
    assert list(found) == DRAWN


def test_main_roads_are_a_layer_where_a_file_gives_some(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place()
    spots = centres(snapshot.properties)
    east, north = (spots[~np.isnan(spots[:, 0])].mean(axis=0) - [EASTING, NORTHING]) / 1000
    points = {1: (east - 1, north), 2: (east, north), 3: (east + 1, north), 4: (east, north + 1)}
    ways = [((1, 2, 3), {"highway": "motorway"}), ((2, 4), {"highway": "residential"})]
    path = write_pbf(tmp_path / "roads.osm.pbf", points, ways)

    drawn = {layer.key: layer for layer in layers.build_all(view.gather(plan, snapshot, scenario, path)).drawn}[
        "roads"
    ]

    (motorway,) = drawn.features  # streets are too many to draw
    assert motorway["properties"]["name"] == "Motorways and trunk roads"
    assert motorway["geometry"]["type"] in {"LineString", "MultiLineString"}
    assert [swatch.label for swatch in drawn.legend][-1] == "© OpenStreetMap contributors, ODbL"
    html = page.write(plan, snapshot, scenario, tmp_path / "map.html", roads=path).read_text(encoding="utf-8")
    assert "OpenStreetMap contributors" in html


def test_a_key_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, seen: View) -> None:
    made = Colouring("moves", "Moves", "zones", (), ())
    twice = SimpleNamespace(__name__="twin", ORDER=1, build=lambda _: made)
    monkeypatch.setattr("maps.layers.importlib.import_module", lambda _: twice)
    with pytest.raises(ValueError, match="moves is there already"):
        layers.build_all(seen)


def test_text_is_escaped_on_its_way_into_a_feature() -> None:
    made = layers.feature(1, {"type": "Point", "coordinates": [0, 0]}, name="<b>\"'&{{7*7}}", size=2.5)
    assert made["properties"] == {"name": "&lt;b&gt;&quot;&#x27;&amp;&#123;&#123;7*7}}", "size": 2.5}


def test_a_property_without_a_place_is_in_no_layer(seen: View, found: dict[str, Layer]) -> None:
    (nowhere,) = (place.number for place in seen.places if place.at is None)
    assert nowhere not in {item["id"] for item in found["receipts"].features}
    assert f'"id": {nowhere},' not in leaflet.script("estate", seen.places, (), (), None)
    assert "Properties with no known place, shown in the table only: 1." in seen.notes


@pytest.mark.parametrize("key", PROPERTIES)
def test_every_property_has_a_line_of_the_key(seen: View, colourings: dict[str, Colouring], key: str) -> None:
    made = colourings[key]
    assert len(made.classes) == len(seen.places)
    assert {kind for steps in made.later.values() for _, kind in steps} | {*made.classes} == set(
        range(len(made.legend))
    )


def test_an_action_is_seen_from_its_year_on(seen: View, colourings: dict[str, Colouring]) -> None:
    made = colourings["plan_by_action"]
    labels = [mark.label for mark in made.legend]
    hub = next(place for place in seen.places if place.hub_year)
    left = next(place for place in seen.places if place.year == eventful_place.LATER)
    assert labels[made.classes[hub.number]] == "Keep"
    assert [(year, labels[kind]) for year, kind in made.later[hub.number]] == [
        (2026, "Keep and take in teams"), (eventful_place.HUB_YEAR, "Shared hub"),
    ]  # fmt: skip
    assert [(year, labels[kind]) for year, kind in made.later[left.number]] == [(eventful_place.LATER, "Leave")]


def test_a_hub_stays_one_when_more_teams_come() -> None:
    place = SimpleNamespace(action="host", arrives=2030, hub_year=2027, year=None)
    assert [year for year, _ in plan_by_action._steps(place)] == [2027]  # type: ignore[arg-type]


@pytest.mark.parametrize("key", PROPERTIES)
def test_marks_differ_in_shape_or_size_and_not_in_colour_alone(colourings: dict[str, Colouring], key: str) -> None:
    marks = colourings[key].legend
    if key in ("plan_by_action", "estate_by_condition"):
        assert len({(mark.shape, mark.radius) for mark in marks}) == len(marks) == 5
    assert len({(mark.shape, mark.fill) for mark in marks}) == len(marks)


def test_a_layer_without_data_says_why(seen: View) -> None:
    ungraded = tuple(replace(place, condition="") for place in seen.places)
    missing = estate_by_condition.build(replace(seen, places=ungraded))
    assert isinstance(missing, Missing)
    assert "no property's condition grade is recorded" in missing.reason
    places = tuple(replace(place, hub_year=None, receipt_gbp=None) for place in seen.places)
    zones = tuple(replace(zone, deprivation_decile=None) for zone in seen.zones)
    bare = replace(seen, places=places, flows=(), sites=(), zones=zones)
    made = layers.build_all(bare)
    assert made.drawn == ()
    assert len(made.notes) == 5  # moves, hubs, receipts, land, deprivation


def test_a_hub_is_a_ring_of_those_who_share_it(seen: View, found: dict[str, Layer]) -> None:
    hubs = [place for place in seen.places if place.hub_year]
    parts = [item["properties"] for item in found["hubs"].features if item["id"] == hubs[0].number]
    assert [part["colour"] for part in parts] == [body.colour for body in hubs[0].partners]
    assert [part["arc"] for part in parts] == [[0, 1 / 3], [1 / 3, 2 / 3], [2 / 3, 1]]
    assert parts[0]["partners"] == "Shared by Partner body 1, Partner body 2, Partner body 3"
    assert found["hubs"].legend[0].label == f"Partner body 1 (in {len(hubs)} of {len(hubs)})"


def test_land_is_released_where_a_whole_freehold_site_is_given_up(seen: View, found: dict[str, Layer]) -> None:
    told = {item["id"]: item["properties"] for item in found["land_released"].features}
    assert {seen.places[number].action for number in told} == {"leave"}
    assert (told[0]["homes"], told[0]["land"]) == ("40 homes, as recorded", "1.00 ha")
    assert (told[7]["homes"], told[7]["land"]) == ("About 16 homes", "0.50 ha")  # 31 a hectare
    assert (told[14]["homes"], told[14]["since"]) == ("About 31 homes", 2026)
    assert "31 homes a hectare (Land use change statistics" in found["land_released"].note
    assert "no planning advice" in found["land_released"].note


def test_land_whose_area_nobody_knows_is_a_cross_and_counts_for_nothing() -> None:
    plan, snapshot, scenario = planned_place.place()
    made = land_released.build(view.gather(plan, snapshot, scenario))
    assert isinstance(made, Layer)
    assert {item["properties"]["shape"] for item in made.features} == {"cross"}
    assert "0.0 ha are known, room for about 0 homes" in made.note
    assert "The area of 4 is not recorded and counts for nothing here." in made.note


def test_what_is_leased_kept_in_part_or_given_away_releases_no_land() -> None:
    plan, snapshot, scenario = eventful_place.place()
    sites = view.gather(plan, snapshot, scenario).sites
    freed = sum(site.year is not None for site in sites)
    leased = replace(snapshot, properties=snapshot.properties.assign(tenure="leasehold"))
    assert all(site.year is None for site in view.gather(plan, leased, scenario).sites)
    one = replace(
        snapshot, properties=snapshot.properties.assign(site_id=["s0", "s0", *snapshot.properties["site_id"][2:]])
    )
    joined = view.gather(plan, one, scenario).sites
    assert (joined[0].numbers, joined[0].year) == ((0, 1), None)
    given = replace(plan.properties[0], sold=False, sold_year=None, transferred_year=2026)
    less = view.gather(replace(plan, properties=(given, *plan.properties[1:])), snapshot, scenario).sites
    assert sum(site.year is not None for site in less) == freed - 1


def test_the_outlines_of_sites_are_drawn_where_there_are_some(found: dict[str, Layer]) -> None:
    layer = found["site_boundaries"]
    assert {item["geometry"]["type"] for item in layer.features} == {"Polygon"}
    assert {item["properties"]["freed"] for item in layer.features} == {True}
    bare = view.gather(*planned_place.place())
    assert site_boundaries.build(bare) is None


def test_zones_are_coloured_by_their_fifth_of_deprivation(seen: View, colourings: dict[str, Colouring]) -> None:
    made = colourings["deprivation"]
    assert [*made.classes] == [0, 0, 1, 1, 5, 2, 3, 3, 4]
    assert made.legend[5].label == "Not recorded"


def test_receipts_are_coloured_by_year_in_order(found: dict[str, Layer]) -> None:
    layer = found["receipts"]
    years = {item["properties"]["since"]: item["properties"]["fill"] for item in layer.features}
    assert years == {2026: receipts.YEARS[0], 2029: receipts.YEARS[-1]}
    assert [mark.label for mark in layer.legend[:2]] == ["Sale begins in 2026/27", "Sale begins in 2029/30"]


def test_receipts_grow_in_area_with_their_pounds(seen: View, found: dict[str, Layer]) -> None:
    layer = found["receipts"]
    gbp = {place.number: place.receipt_gbp or 0.0 for place in seen.places}
    radii = {item["id"]: item["properties"]["radius"] for item in layer.features}
    largest = max(radii, key=lambda number: radii[number])
    for number, radius in radii.items():
        assert (radius / radii[largest]) ** 2 == pytest.approx(gbp[number] / gbp[largest], rel=0.1)


def test_teams_that_go_the_same_way_share_an_arrow(seen: View) -> None:
    plan, snapshot, scenario = planned_place.place()
    both = replace(plan, moves=(*plan.moves, replace(plan.moves[0], team_id="t3", fte=10.0)))
    flow = view.gather(both, snapshot, scenario).flows[0]
    assert (flow.teams, flow.fte) == ("Team 1, Team 4", plan.moves[0].fte + 10)
    assert len(view.gather(both, snapshot, scenario).flows) == len(seen.flows)


@pytest.mark.parametrize(
    ("today", "after", "change", "bands"),
    [
        (5.0, 9.0, "reached", [0, 1]),
        (15.0, 16.0, "lost", [1, 2]),
        (40.0, 3.0, "gained", [3, 0]),
        (30.0, None, "not_reached", [3, 4]),
    ],
)
def test_a_zone_falls_in_the_class_of_its_minutes(
    seen: View, today: float, after: float | None, change: str, bands: list[int]
) -> None:
    zone = seen.zones[0]
    one = ZoneReach("s0", zone.id, 100.0, today, after, today <= 15, after is not None and after <= 15)
    service = replace(seen.services[0], zones={zone.id: one}, minutes=15.0)
    made = reach.build(replace(seen, services=(service,))).data["services"][0]
    assert [*reach.CHANGES][made["change"][0]] == change
    assert [made["band_today"][0], made["band_after"][0]] == bands
    assert made["change"][1] is None  # a zone that the plan does not mention is not judged


def test_an_arrow_widens_as_more_people_have_gone(seen: View) -> None:
    plan, snapshot, scenario = planned_place.place()
    both = replace(plan, moves=(*plan.moves, replace(plan.moves[0], team_id="t3", fte=30.0, year=2030)))
    made = moves.build(view.gather(both, snapshot, scenario))
    assert isinstance(made, Layer)
    (first, *_) = made.features
    (now, then) = first["properties"]["widths"]
    assert (now[0], then[0]) == (2026, 2030)
    assert then[1] > now[1]
    assert first["properties"]["year"] == "2 in 2026/27, 30 in 2030/31"


def test_a_place_without_zones_or_properties_that_are_placed_has_its_colourings(seen: View) -> None:
    bare = replace(seen, zones=(), flows=(), services=(), sites=(), places=seen.places[-1:])
    made = layers.build_all(bare)
    assert [colouring.key for colouring in made.colourings] == [*PROPERTIES, "reach"]
