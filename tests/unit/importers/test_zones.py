"""Zones from GeoJSON, and the people in them."""

from pathlib import Path
from typing import Any

import pytest

from estate.database import Register
from estate.problems import InputError
from tests.unit.importers.files import SQUARES, ZONES, bring_in, geojson, reasons, square, write_and_import

NAME = "zones.geojson"
PEOPLE = (
    "period,area_code,area_name,geography,sex,all_ages,aged_0_to_15,aged_16_to_64,aged_65_and_over\n"
    "2024,E01000001,A,LSOA,Persons,1634,367,928,339\n"
    "2024,E01000001,A,LSOA,Females,837,158,487,192\n"
)


def test_zones_are_brought_to_the_national_grid(register: Register, tmp_path: Path) -> None:
    result = bring_in(register, tmp_path, NAME, ZONES)

    assert (result.format, result.accepted) == ("zones", 2)
    zone = register.rows("zone")[0]
    assert (zone["id"], zone["name"]) == ("E01000001", "Sale 1")
    assert zone["geometry"].area == pytest.approx(997 * 1113, rel=0.01)
    assert zone["geometry"].centroid.x == pytest.approx(zone["centre_easting_m"], abs=0.01)


def test_the_reference_system_that_the_file_names_is_used(sqlite_register: Register, tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    bring_in(
        sqlite_register, tmp_path, NAME, geojson(square("E01", (378_000, 391_000, 379_000, 392_000)), crs=crs)
    )

    assert sqlite_register.rows("zone")[0]["geometry"].bounds == (378_000, 391_000, 379_000, 392_000)


@pytest.mark.parametrize("name", ["EPSG:999999", "+init=/etc/passwd", "/etc/passwd", None, {"a": 1}])
def test_a_reference_system_nobody_knows_is_refused(
    sqlite_register: Register, tmp_path: Path, name: object
) -> None:
    with pytest.raises(InputError, match=r"coordinate reference system .* is not known"):
        bring_in(sqlite_register, tmp_path, NAME, geojson(square("E01", SQUARES["E01000001"]), crs={"name": name}))


def test_a_population_weighted_centre_is_kept(sqlite_register: Register, tmp_path: Path) -> None:
    weighted = square("E01", SQUARES["E01000001"], pwc_lon=-2.3299, pwc_lat=53.4201)
    bring_in(sqlite_register, tmp_path, NAME, geojson(weighted))

    zone = sqlite_register.rows("zone")[0]
    assert zone["centre_easting_m"] < zone["geometry"].bounds[0] + 20


def test_an_outline_that_crosses_itself_is_made_valid(sqlite_register: Register, tmp_path: Path) -> None:
    bow_tie = square("E01", SQUARES["E01000001"])
    ring = bow_tie["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    bring_in(sqlite_register, tmp_path, NAME, geojson(bow_tie))

    assert sqlite_register.rows("zone")[0]["geometry"].is_valid


def broken(coordinates: object) -> dict[str, Any]:
    return {**square("E09", SQUARES["E01000001"]), "geometry": {"type": "Polygon", "coordinates": coordinates}}


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        ("no feature", "no code"),
        (square("", SQUARES["E01000002"]), "no code"),
        (square("E01000001", SQUARES["E01000002"]), "feature 1 has the same code"),
        (square("E02", (53.42, -2.33, 53.43, -2.31)), "outside Great Britain"),
        (square("E02", SQUARES["E01000001"]), "it lies over zone E01000001"),
        (square("E02", (-2.325, 53.422, -2.32, 53.425)), "it lies over zone E01000001"),
        (square("a\0b", SQUARES["E01000002"]), "not text"),
        (square("\ud800", SQUARES["E01000002"]), "not text"),
        (broken([[[0, 0], [1, 1]]]), "cannot be read"),
        (broken([[["a", "b"]] * 4]), "cannot be read"),
        (broken([[[float("nan"), 1]] * 4]), "cannot be read"),
        (broken(None), "outside Great Britain"),
        (broken([]), "outside Great Britain"),
        ({**broken([]), "geometry": {"type": "Point", "coordinates": [1, 2]}}, "not an area"),
        ({**broken([]), "geometry": None}, "not an area"),
    ],
)
def test_features_that_cannot_be_zones_are_rejected(
    register: Register, tmp_path: Path, feature: object, reason: str
) -> None:
    content = geojson(square("E01000001", SQUARES["E01000001"]), feature)
    result = bring_in(register, tmp_path, NAME, content, format="zones")

    assert (result.rows, result.accepted) == (2, 1)
    assert reason in reasons(result, "rejected")[0]
    assert register.rows("rejected_row")[0]["row_number"] == 2


def test_a_second_set_of_zones_over_the_first_is_refused_by_name(
    sqlite_register: Register, tmp_path: Path
) -> None:
    bring_in(sqlite_register, tmp_path, NAME, ZONES)
    borough = geojson(square("E08", (-2.4, 53.4, -2.2, 53.5)))

    with pytest.raises(InputError, match=r"1 of its 1 zones lie over .* from zones.geojson \(1\)"):
        bring_in(sqlite_register, tmp_path, "borough.geojson", borough)
    assert len(sqlite_register.rows("zone")) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "cannot be read as JSON"),
        ("[" * 200_000, "cannot be read as JSON"),
        ("[]", "not a GeoJSON feature collection"),
        ('{"features": 3}', "not a GeoJSON feature collection"),
        (
            geojson(*(square("E08", box) for box in SQUARES.values())),
            "none of the formats",
        ),  # no code of their own
    ],
)
def test_files_that_are_no_zones(sqlite_register: Register, tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        write_and_import(sqlite_register, tmp_path, NAME, content)


def test_people_are_added_to_their_zones(register: Register, tmp_path: Path) -> None:
    bring_in(register, tmp_path, NAME, ZONES)
    result = bring_in(register, tmp_path, "people.csv", PEOPLE)

    assert (result.format, result.rows, result.accepted) == ("population", 2, 2)
    assert "1 of its rows are about one sex alone" in reasons(result, "warning")[0]
    zone, other = register.rows("zone")
    names = ("population", "population_0_15", "population_16_64", "population_65_plus")
    assert [zone[name] for name in names] == [1634, 367, 928, 339]
    assert zone["geometry"] is not None
    assert other["population"] is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2024,E99,A,LSOA,Persons,1,1,1,1", "the register has no such zone"),
        ("2023,E01000001,A,LSOA,Persons,1,1,1,1", "row 2 is about the same zone"),
        ("2024,E01000002,A,LSOA,Persons,many,1,1,1", "it is not a whole number"),
        ("2024,E01000002,A,LSOA,Persons,-1,1,1,1", "it is outside"),
    ],
)
def test_people_of_no_zone_are_rejected(sqlite_register: Register, tmp_path: Path, row: str, reason: str) -> None:
    bring_in(sqlite_register, tmp_path, NAME, ZONES)
    result = bring_in(sqlite_register, tmp_path, "people.csv", PEOPLE + row + "\n")

    assert (result.accepted, result.rejected) == (2, 1)
    assert reason in reasons(result, "rejected")[0]


def test_people_before_their_zones_can_be_imported_again(sqlite_register: Register, tmp_path: Path) -> None:
    first = bring_in(sqlite_register, tmp_path, "people.csv", PEOPLE)
    bring_in(sqlite_register, tmp_path, NAME, ZONES)
    second = bring_in(sqlite_register, tmp_path, "people.csv", PEOPLE)

    assert (first.rejected, second.rejected) == (1, 0)
    assert (second.again, second.batch) == (False, first.batch[:-1] + "2")
