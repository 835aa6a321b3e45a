"""Minutes along roads as a person has them found, listed and looked over, and as the register keeps them."""

import json
import re
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner, Result

from app import cli, pipeline, travel
from app.shell import app
from estate import access, snapshot
from estate.database import Register, write
from estate.problems import InputError
from optimiser.prepare.network.build import Settings, StoppedError
from optimiser.prepare.travel import road_network
from tests.support.networks import write_pbf
from tests.support.tiny_place import ROWS, asked

assert cli  # it finds the commands

ROAD = {"highway": "primary"}


@pytest.fixture
def roads(tmp_path: Path) -> Path:
    """A road along the tiny place."""
    return write_pbf(tmp_path / "tiny.osm.pbf", {1: (0.0, 0.0), 2: (10.0, 0.0)}, [((1, 2), ROAD)])


@pytest.fixture
def tiny(register: Register) -> Register:
    """A register of the tiny place, on each store."""
    with register.transaction() as connection:
        for table, rows in ROWS.items():
            write(connection, table, rows)
    return register


def _build(register: Register, path: Path, *modes: str, limit: float = float("inf")) -> list[travel.Built]:
    return travel.build(register, path, modes or ("car",), Settings(limit), lambda _: None)


def test_minutes_along_a_road_are_kept_with_where_they_come_from(tiny: Register, roads: Path) -> None:
    (built,) = _build(tiny, roads)

    assert (built.pairs, built.again, built.row["network_file"]) == (15, False, "tiny.osm.pbf")
    held = snapshot.take(tiny)
    minutes = road_network.minutes(held, asked().travel, "car", ["z0", "z1", "z2"], ["hall", "library", "depot"])
    across = 60 / 56  # minutes a kilometre of A road in open country
    wanted = np.array([[0, 2, 10], [2, 0, 8], [10, 8, 0]]) * across
    assert minutes == pytest.approx(wanted, abs=0.05)
    assert held.travel_times["fallback"].tolist() == [False] * 15
    assert held.travel_builds.loc["road_network car", "network_version"] == built.row["network_version"]


def test_nothing_is_found_again_until_something_changes(tiny: Register, roads: Path) -> None:
    _build(tiny, roads)
    assert [built.again for built in _build(tiny, roads)] == [True]
    assert [built.again for built in _build(tiny, roads, "car", "foot")] == [True, False]
    assert [built.again for built in _build(tiny, roads, limit=5.0)] == [False]
    (kept, _) = travel.kept(tiny)
    assert (kept.row["id"], kept.pairs, kept.stale) == ("road_network car", 9, ())  # of 15 within five minutes

    with tiny.transaction() as connection:
        write(connection, "property", [{"id": "hall", "geometry": shapely.Point(400_400, 300_000)}])
    (kept, _) = travel.kept(tiny)
    assert kept.stale == ("zones or buildings have changed since",)
    with pytest.raises(InputError, match="zones or buildings have changed since minutes by car were built"):
        pipeline.plan(tiny, asked(travel={"method": "road_network"}))
    assert [built.again for built in _build(tiny, roads)] == [False]


def test_a_zone_off_the_network_goes_by_straight_line_and_is_named(tiny: Register, tmp_path: Path) -> None:
    path = write_pbf(tmp_path / "short.osm.pbf", {1: (0.0, 0.0), 2: (3.0, 0.0)}, [((1, 2), ROAD)])
    _build(tiny, path)

    (kept,) = travel.kept(tiny)
    assert [len(kept.zones_off), len(kept.places_off)] == [1, 1]
    assert kept.zones_off[0].endswith("(z2)") or kept.zones_off == ("z2",)
    assert kept.places_off == ("Depot (depot)",)
    times = snapshot.take(tiny).travel_times
    straight = times.loc["z2 library car road_network"]
    assert (straight["minutes"], straight["fallback"]) == (pytest.approx(8 * 1.3 / 30 * 60), True)
    assert not times.loc["z0 library car road_network", "fallback"]


def test_a_plan_rests_on_them_and_says_so(tiny: Register, roads: Path) -> None:
    _build(tiny, roads)
    run = pipeline.plan(tiny, asked(travel={"method": "road_network"}))
    assert run.plan.figures is not None
    assert any(
        re.match(r"Minutes by car are from tiny\.osm\.pbf \(digest [0-9a-f]{16}\)", note)
        for note in run.plan.notes
    )
    again = pipeline.load(tiny, run.id)
    assert again.snapshot.travel_times.equals(run.snapshot.travel_times)


def test_a_plan_along_roads_that_nobody_has_built_is_refused(tiny: Register) -> None:
    with pytest.raises(InputError, match="keeps no minutes by road by car"):
        pipeline.plan(tiny, asked(travel={"method": "road_network"}))


def test_public_transport_beside_roads_is_the_imported_table(tiny: Register) -> None:
    with pytest.raises(InputError, match="no table of minutes by public transport"):
        road_network.minutes(snapshot.take(tiny), asked().travel, "public_transport", ["z0"], ["hall"])
    row = {"id": "1", "zone_id": "z0", "property_id": "hall", "mode": "public_transport", "minutes": 7.5}
    with tiny.transaction() as connection:
        write(connection, "travel_time", [row])
    minutes = road_network.minutes(snapshot.take(tiny), asked().travel, "public_transport", ["z0"], ["hall"])
    assert minutes.tolist() == [[7.5]]


def test_stopping_keeps_nothing(tiny: Register, roads: Path) -> None:
    def stop(words: str) -> None:
        if "keeping" in words:
            raise StoppedError

    with pytest.raises(StoppedError):
        travel.build(tiny, roads, ["car"], Settings(), stop)
    assert (tiny.rows("travel_time"), tiny.rows("travel_build")) == ([], [])


def test_only_administrators_have_minutes_found(tiny: Register, roads: Path) -> None:
    with tiny.transaction() as connection:
        access.add(connection, "anna", "administrator")
        access.add(connection, "bob", "editor", "A")
    bob = Register.open(tiny.engine.url.render_as_string(hide_password=False), "bob")
    with pytest.raises(InputError, match="only administrators find the minutes"):
        _build(bob, roads)
    bob.close()


def test_a_register_without_zones_has_no_minutes(register: Register, roads: Path) -> None:
    with pytest.raises(InputError, match="it has no zones yet"):
        _build(register, roads)


def _run(url: str, *words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words), "--database", url], env={"COLUMNS": "200"})


def test_the_commands_say_what_they_did(tiny: Register, roads: Path) -> None:
    url = tiny.engine.url.render_as_string(hide_password=False)
    assert "keeps no minutes: plans go by straight line" in _run(url, "travel", "show").stdout
    assert "nothing to check" in _run(url, "travel", "check").stdout

    made = _run(url, "travel", "build", roads, "--mode", "car")
    assert made.exit_code == 0, made.output
    assert "15 pairs of zone and building from tiny.osm.pbf, digest" in made.stdout
    assert (
        "Minutes by car stand as they were built on" in _run(url, "travel", "build", roads, "--mode", "car").stdout
    )
    assert "they are up to date" in _run(url, "travel", "check", roads).stdout
    (plain,) = json.loads(_run(url, "travel", "show", "--json").stdout)
    assert (plain["pairs"], plain["row"]["limit_minutes"]) == (15, None)


def test_the_check_fails_where_it_was_another_file(tiny: Register, roads: Path, tmp_path: Path) -> None:
    url = tiny.engine.url.render_as_string(hide_password=False)
    _build(tiny, roads)
    other = write_pbf(tmp_path / "other.osm.pbf", {1: (0.0, 0.0), 2: (3.0, 0.0)}, [((1, 2), ROAD)])
    checked = _run(url, "travel", "check", other)
    assert checked.exit_code == 1
    assert "build them anew: it was another file of roads" in checked.stdout


def test_a_mode_that_no_road_knows_is_refused(tiny: Register, roads: Path) -> None:
    url = tiny.engine.url.render_as_string(hide_password=False)
    refused = _run(url, "travel", "build", roads, "--mode", "public_transport")
    assert isinstance(refused.exception, InputError)
    assert "Import a table of minutes" in str(refused.exception)


def test_timetables_need_r5py_and_say_so(tiny: Register, roads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "r5py", None)
    with pytest.raises(InputError, match=r"r5py, which reads timetables, is not installed.*\[timetables\]"):
        travel.build_timetables(tiny, roads, [roads], datetime(2026, 6, 9, 8, 30), lambda _: None)
    with pytest.raises(InputError, match="there is no such file"):
        travel.build_timetables(tiny, roads, [roads / "no.zip"], datetime(2026, 6, 9), lambda _: None)


def test_what_r5py_finds_is_kept_as_the_table_of_public_transport(
    tiny: Register, roads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a stand-in for r5py: that we ask what we mean and keep what it says. It is not among our packages."""
    asked_for: dict[str, Any] = {}

    def matrix(network: Any, **words: Any) -> pd.DataFrame:
        asked_for.update(words, network=network)
        pairs = {"from_id": ["z0", "z1"], "to_id": ["hall", "hall"], "travel_time": [17.0, np.nan]}
        return pd.DataFrame(pairs)

    fake = SimpleNamespace(
        TransportNetwork=lambda streets, gtfs: (streets, gtfs),
        TravelTimeMatrix=matrix,
        TransportMode=SimpleNamespace(TRANSIT="transit", WALK="walk"),
    )
    monkeypatch.setitem(sys.modules, "r5py", fake)
    url = tiny.engine.url.render_as_string(hide_password=False)

    made = _run(url, "travel", "build", roads, "--gtfs", roads, "--depart", "2026-06-09 08:30")

    assert made.exit_code == 0, made.output
    assert asked_for["network"] == (str(roads), [str(roads)])
    assert (asked_for["departure"], asked_for["transport_modes"]) == (
        datetime(2026, 6, 9, 8, 30),
        ["transit", "walk"],
    )
    assert asked_for["origins"].crs == "EPSG:4326"
    assert asked_for["origins"]["id"].tolist() == ["z0", "z1", "z2"]
    (row,) = tiny.rows("travel_time")
    assert (row["mode"], row["minutes"], row["method"]) == ("public_transport", 17.0, "table")
    (built,) = tiny.rows("travel_build")
    assert built["network_file"] == "tiny.osm.pbf + tiny.osm.pbf, 2026-06-09 08:30"
