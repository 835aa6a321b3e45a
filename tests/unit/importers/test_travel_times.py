"""A ready-made table of minutes, as other programs export it, and the plan that rests on it."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from app import cli, pipeline, travel
from app.shell import app
from estate import snapshot
from estate.database import Register, write
from estate.importers import ImportOptions, ImportResult, import_files
from estate.problems import InputError
from optimiser.prepare.network.build import Settings
from optimiser.prepare.travel import table
from tests.support.networks import write_pbf
from tests.support.tiny_place import ROWS, asked

assert cli  # it finds the commands


@pytest.fixture
def tiny(register: Register) -> Register:
    """A register of the tiny place, on each store."""
    with register.transaction() as connection:
        for name, rows in ROWS.items():
            write(connection, name, rows)
    return register


def _bring(register: Register, path: Path, mode: str = "") -> ImportResult:
    (result,) = import_files(register, [path], ImportOptions(mode=mode))
    return result


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("minutes_by_car.csv", "origin,destination,minutes\nz0,hall,7.5\nz1,hall,12\n"),
        ("r5r_car.csv", "from_id,to_id,travel_time_p50\nz0,hall,7.5\nz1,hall,12\n"),
        ("esri_drive.csv", "OriginID,DestinationID,Total_TravelTime\nz0,hall,7.5\nz1,hall,12\n"),
        ("any.csv", "Origin;Destination;Mode;Minutes\nz0;hall;CAR;7.5\nz1;hall;driving;12\n"),
    ],
)
def test_tables_of_other_programs(tiny: Register, tmp_path: Path, name: str, text: str) -> None:
    result = _bring(tiny, _file(tmp_path, name, text))
    assert (result.format, result.accepted, result.rejected) == ("travel-times", 2, 0)
    minutes = table.minutes(snapshot.take(tiny), asked().travel, "car", ["z0", "z1", "z2"], ["hall"])
    assert minutes.tolist() == [[7.5], [12.0], [float("inf")]]
    (built,) = tiny.rows("travel_build")
    assert (built["id"], built["network_file"], len(built["network_version"])) == ("table car", name, 16)
    assert isinstance(built["built_on"], date)


def test_a_parquet_file_is_read_as_the_same_csv(tiny: Register, tmp_path: Path) -> None:
    rows = {"from_id": ["z0", "z1", "z2"], "to_id": ["hall"] * 3, "travel_time_p50": [7.5, 12.0, None]}
    pd.DataFrame(rows).to_parquet(tmp_path / "transit.parquet")
    result = _bring(tiny, tmp_path / "transit.parquet")
    assert (result.accepted, result.rejected, result.warnings) == (3, 0, 1)
    times = snapshot.take(tiny).travel_times
    assert times["minutes"].tolist() == [7.5, 12.0]
    assert set(times["mode"]) == {"public_transport"}


def test_a_damaged_parquet_file_says_so(tiny: Register, tmp_path: Path) -> None:
    pd.DataFrame({"from_id": ["z0"], "to_id": ["hall"], "minutes": [1.0]}).to_parquet(tmp_path / "car.parquet")
    whole = (tmp_path / "car.parquet").read_bytes()
    for content in (whole[:-20], whole[:30] + b"\xff" * 200 + whole[230:], b"no parquet at all"):
        (tmp_path / "car.parquet").write_bytes(content)
        with pytest.raises(InputError, match=r"car\.parquet: it (is not a Parquet file|cannot be read)"):
            _bring(tiny, tmp_path / "car.parquet")


def test_a_column_of_lists_is_refused(tiny: Register, tmp_path: Path) -> None:
    pd.DataFrame({"from_id": ["z0"], "to_id": ["hall"], "minutes": [[1.0]]}).to_parquet(tmp_path / "car.parquet")
    with pytest.raises(InputError, match="the column minutes holds lists"):
        _bring(tiny, tmp_path / "car.parquet")


def test_without_the_reader_of_parquet_the_remedy_is_said(
    tiny: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"estate-optimiser\[parquet\]"):
        _bring(tiny, _file(tmp_path, "car.parquet", "PAR1"))


def test_what_becomes_of_each_row(tiny: Register, tmp_path: Path) -> None:
    text = (
        "origin,destination,minutes\nz0,hall,7.5\nz0,hall,8\nz0,library,-5\nz1,hall,NA\n"
        "E99,hall,3\nz0,no-such,3\nz2,depot,soon\n"
    )
    result = _bring(tiny, _file(tmp_path, "by_car.csv", text))
    assert (result.rows, result.accepted, result.rejected, result.warnings) == (7, 4, 3, 2)
    reasons = [str(note.problem) for note in result.rejections]
    assert "row 2 is about the same pair" in reasons[0]
    assert "outside 0 to 6,000 minutes" in reasons[1]
    assert "it is not a number" in reasons[2]
    said = [note.problem.reason for note in result.notes]
    assert (
        "2 rows are of zones or properties that the register does not have (no zone E99; no property no-such)"
        in said
    )


def test_the_same_file_twice_changes_nothing(tiny: Register, tmp_path: Path) -> None:
    path = _file(tmp_path, "by_car.csv", "origin,destination,minutes\nz0,hall,7.5\n")
    _bring(tiny, path)
    assert _bring(tiny, path).again


def test_pairs_that_a_new_table_lacks_are_told_and_can_be_taken_out(tiny: Register, tmp_path: Path) -> None:
    _bring(tiny, _file(tmp_path, "by_car.csv", "origin,destination,minutes\nz0,hall,7.5\nz1,hall,9\n"))
    result = _bring(tiny, _file(tmp_path, "by_car.csv", "origin,destination,minutes\nz0,hall,8\n"))
    assert [n.problem.reason for n in result.notes] == [
        "1 pairs of the register by car are not in it: they stay as they are"
    ]
    url = tiny.engine.url.render_as_string(hide_password=False)
    done = CliRunner().invoke(app, ["travel", "forget", "--mode", "car", "--database", url])
    assert "Took out 2 pairs by car (table)." in done.stdout
    assert (tiny.rows("travel_time"), tiny.rows("travel_build")) == ([], [])


@pytest.mark.parametrize(
    ("name", "text", "mode", "reason"),
    [
        ("t.csv", "origin,destination,minutes\nz0,hall,7.5\n", "", "neither a column nor its name tells"),
        ("t.csv", "origin,destination,minutes\nz0,hall,7.5\n", "horse", "there is no such way to travel"),
        ("car.csv", "origin,destination,minutes\nE9,x,7.5\n", "", "no row goes from a zone to a property"),
    ],
)
def test_what_cannot_be_used_at_all(
    tiny: Register, tmp_path: Path, name: str, text: str, mode: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        _bring(tiny, _file(tmp_path, name, text), mode)


def test_a_table_of_the_minutes_along_roads_gives_the_same_plan(tiny: Register, tmp_path: Path) -> None:
    roads = write_pbf(
        tmp_path / "tiny.osm.pbf",
        {1: (0.0, 0.0), 2: (4.0, 0.0), 3: (4.0, 2.0), 4: (10.0, 0.0)},
        [((1, 2, 3, 4), {"highway": "primary"})],
    )
    travel.build(tiny, roads, ["car"], Settings(), lambda _: None)
    times = snapshot.take(tiny).travel_times
    times[["zone_id", "property_id", "minutes"]].to_csv(
        tmp_path / "by_car.csv", index=False, header=["origin", "destination", "minutes"]
    )
    _bring(tiny, tmp_path / "by_car.csv")

    by_road, by_table = (pipeline.plan(tiny, asked(travel={"method": m})).plan for m in ("road_network", "table"))
    assert by_road.figures is not None
    assert (by_table.objective_gbp_k, by_table.properties) == (by_road.objective_gbp_k, by_road.properties)
    assert by_table.zones == by_road.zones


def test_moving_a_building_does_not_touch_an_imported_table(tiny: Register, tmp_path: Path) -> None:
    _bring(tiny, _file(tmp_path, "by_car.csv", "origin,destination,minutes\nz0,hall,7.5\n"))
    with tiny.transaction() as connection:
        write(connection, "property", [{"id": "hall", "geometry": shapely.Point(400_400, 300_000)}])
    (kept,) = travel.kept(tiny)
    assert (kept.row["id"], kept.pairs, kept.stale) == ("table car", 1, ())
