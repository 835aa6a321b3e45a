"""The map's layers: found in their folder, escaped by one door, honest in their classes."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from maps import layers, page, view
from maps.layers import Layer, reach
from maps.view import View
from optimiser.plan import ZoneReach
from optimiser.prepare.places import centres
from tests.support import planned_place
from tests.support.networks import EASTING, NORTHING, write_pbf


@pytest.fixture(scope="module")
def seen() -> View:
    return view.gather(*planned_place.place())


@pytest.fixture(scope="module")
def found(seen: View) -> dict[str, Layer]:
    return {layer.key: layer for layer in layers.build_all(seen)}


def test_every_file_of_the_folder_is_a_layer_in_its_order(found: dict[str, Layer]) -> None:
    assert list(found) == ["plan_by_action", "today_by_owner", "moves", "receipts", "reach"]


def test_main_roads_are_a_layer_where_a_file_gives_some(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place()
    spots = centres(snapshot.properties)
    east, north = (spots[~np.isnan(spots[:, 0])].mean(axis=0) - [EASTING, NORTHING]) / 1000
    points = {1: (east - 1, north), 2: (east, north), 3: (east + 1, north), 4: (east, north + 1)}
    ways = [((1, 2, 3), {"highway": "motorway"}), ((2, 4), {"highway": "residential"})]
    path = write_pbf(tmp_path / "roads.osm.pbf", points, ways)

    drawn = {layer.key: layer for layer in layers.build_all(view.gather(plan, snapshot, scenario, path))}["roads"]

    (motorway,) = drawn.features  # streets are too many to draw
    assert motorway["properties"]["name"] == "Motorways and trunk roads"
    assert motorway["geometry"]["type"] in {"LineString", "MultiLineString"}
    assert [swatch.label for swatch in drawn.legend][-1] == "© OpenStreetMap contributors, ODbL"
    html = page.write(plan, snapshot, scenario, tmp_path / "map.html", roads=path).read_text(encoding="utf-8")
    assert "OpenStreetMap contributors" in html


def test_a_key_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, seen: View) -> None:
    twice = SimpleNamespace(__name__="twin", ORDER=1, build=lambda _: SimpleNamespace(key="moves"))
    monkeypatch.setattr("maps.layers.importlib.import_module", lambda _: twice)
    with pytest.raises(ValueError, match="moves is there already"):
        layers.build_all(seen)


def test_text_is_escaped_on_its_way_into_a_feature() -> None:
    made = layers.feature(1, {"type": "Point", "coordinates": [0, 0]}, name="<b>\"'&{{7*7}}", size=2.5)
    assert made["properties"] == {"name": "&lt;b&gt;&quot;&#x27;&amp;&#123;&#123;7*7}}", "size": 2.5}


def test_a_property_without_a_place_is_in_no_layer(seen: View, found: dict[str, Layer]) -> None:
    nowhere = {place.number for place in seen.places if place.at is None}
    assert len(nowhere) == 1
    for key in ("plan_by_action", "today_by_owner", "receipts"):
        assert nowhere.isdisjoint(feature["id"] for feature in found[key].features)
    assert "Properties with no known place, shown in the table only: 1." in seen.notes


def test_actions_differ_in_shape_or_size_and_not_in_colour_alone(found: dict[str, Layer]) -> None:
    marks = found["plan_by_action"].legend
    assert len({(mark.shape, mark.radius) for mark in marks}) == len(marks) == 4


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
    assert made["change"][0] == change
    assert [made["band_today"][0], made["band_after"][0]] == bands
    assert made["change"][1] is None  # a zone that the plan does not mention is not judged


def test_a_place_without_zones_moves_or_sales_still_has_its_layers(seen: View) -> None:
    bare = replace(seen, zones=(), flows=(), services=(), places=seen.places[-1:])
    assert [len(layer.features) for layer in layers.build_all(bare)] == [0] * 5
