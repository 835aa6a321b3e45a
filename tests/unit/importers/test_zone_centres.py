"""Where people travel from: population-weighted centres, as ONS publishes them."""

from pathlib import Path
from typing import Any

import pytest

from estate.database import Register
from tests.unit.importers.files import ZONES, bring_in, geojson, reasons

HEADER = "LSOA21CD,LSOA21NM,x,y\n"


@pytest.fixture
def zones(register: Register, tmp_path: Path) -> Register:
    bring_in(register, tmp_path, "zones.geojson", ZONES)
    assert {row["centre_kind"] for row in register.rows("zone")} == {"middle"}
    return register


def test_points_of_a_table_become_the_centres_of_their_zones(zones: Register, tmp_path: Path) -> None:
    text = HEADER + "E01000001,Sale 1,378500.5,391500\nE01999999,Elsewhere,1,2\n"
    result = bring_in(zones, tmp_path, "LSOA_PWC_2021.csv", text)

    assert (result.format, result.rows, result.accepted) == ("zone-centres", 2, 2)
    first, second = zones.rows("zone")
    assert (first["centre_easting_m"], first["centre_northing_m"]) == (378_500.5, 391_500.0)
    assert (first["centre_kind"], second["centre_kind"]) == ("population_weighted", "middle")
    assert [note.problem.reason for note in result.notes] == [
        "1 zones of the register are not in it: their people set out from the middle"
    ]


def test_points_of_a_map_do_too(zones: Register, tmp_path: Path) -> None:
    points: list[Any] = [
        {"type": "Feature", "properties": {"LSOA21CD": code}, "geometry": {"type": "Point", "coordinates": at}}
        for code, at in (("E01000001", [-2.33, 53.42]), ("E01000002", [-2.31, 53.42]))
    ]
    result = bring_in(zones, tmp_path, "population_weighted_centroids.geojson", geojson(*points))

    assert (result.format, result.accepted, result.notes) == ("zone-centres", 2, ())
    assert {row["centre_kind"] for row in zones.rows("zone")} == {"population_weighted"}
    assert zones.rows("zone")[0]["centre_easting_m"] == pytest.approx(378_100, abs=200)


def test_what_cannot_be_a_centre_is_refused(zones: Register, tmp_path: Path) -> None:
    text = HEADER + "E01000001,A,0,0\nE01000002,B,378500,391500\nE01000002,B,378501,391500\n"
    result = bring_in(zones, tmp_path, "pwc.csv", text)

    assert (result.accepted, result.rejected) == (1, 2)
    assert any("0 and 0" in reason for reason in reasons(result, "rejected"))
    assert any("row 3 is about the same zone" in reason for reason in reasons(result, "rejected"))
