"""Sites (site_boundaries), zones and service points from maps: GeoJSON, GeoPackage, CSV with WKT."""

import json
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely

from estate.database import Register
from estate.importers import import_files
from estate.problems import InputError
from tests.unit.importers.files import ZONES, bring_in, geojson, only, reasons, square

GRID = {"crs": {"type": "name", "properties": {"name": "EPSG:27700"}}}
ROWS = (
    "id,organisation_id,name,easting_m,northing_m,site_id\np1,ac,Inside one,378010,391010,\n"
    "p2,ac,Inside two,378095,391010,\np3,ac,Outside,379000,391010,\np4,ac,Elsewhere already,378020,391020,old\n"
)


def drawn(x: float, **properties: Any) -> dict[str, Any]:
    """A square of 100 m, from an easting on."""
    return {**square("", (x, 391_000, x + 100, 391_100)), "properties": properties}


@pytest.fixture
def place(sqlite_register: Register, tmp_path: Path) -> Register:
    bring_in(sqlite_register, tmp_path, "organisation.csv", "id,name,kind\nac,Ambridge Council,district\n")
    bring_in(sqlite_register, tmp_path, "site.csv", "id,name\nold,Old site\n")
    bring_in(sqlite_register, tmp_path, "property.csv", ROWS)
    return sqlite_register


def test_properties_inside_a_site_are_put_on_it_and_doubts_are_asked(place: Register, tmp_path: Path) -> None:
    content = geojson(
        drawn(378_000, site_id="a", name="A"), drawn(378_090, name="Site B"), drawn(1, name=""), **GRID
    )
    result = bring_in(place, tmp_path, "our_sites.geojson", content)

    assert (result.format, result.rows, result.rejected) == ("site-boundaries", 3, 1)
    assert {row["id"] for row in place.rows("site")} == {"a", "old", "site-b"}
    assert {row["id"]: row["site_id"] for row in place.rows("property")} == {
        "p1": "a", "p2": None, "p3": None, "p4": "old",
    }  # fmt: skip
    assert reasons(result, "warning") == [
        "it stands inside a and site-b",
        "it stands inside a and the register has it on old",
    ]


def test_sites_come_from_a_geopackage_too(place: Register, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"name": ["A"]}, geometry=[shapely.box(378_000, 391_000, 378_050, 391_050)])
    pyogrio.write_dataframe(frame.set_crs("EPSG:27700"), tmp_path / "sites.gpkg", layer="sites", driver="GPKG")

    [result] = import_files(place, [tmp_path / "sites.gpkg"])
    assert (result.format, result.accepted) == ("site-boundaries", 1)


@pytest.mark.parametrize("wkt", ["wkt", "geometry", "the_geom"])
def test_zones_come_from_csv(sqlite_register: Register, tmp_path: Path, wkt: str) -> None:
    degrees = shapely.box(-2.33, 53.42, -2.32, 53.43).wkt
    metres = shapely.box(400_000, 400_000, 401_000, 401_000).wkt
    rows = f'lsoa21cd,lsoa21nm,{wkt}\nE1,Sale,"{degrees}"\nE2,Far,"{metres}"\nE3,Odd,POLY\n'
    result = bring_in(sqlite_register, tmp_path, "areas.csv", rows, format="zones")

    assert (result.accepted, reasons(result, "rejected")) == (2, ["its boundary cannot be read"])
    assert sqlite_register.rows("zone")[0]["centre_easting_m"] == pytest.approx(378_501, abs=10)
    assert sqlite_register.rows("zone")[1]["geometry"].area == 1_000_000


def test_zones_come_from_a_geopackage(sqlite_register: Register, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame.from_features(json.loads(ZONES)["features"], crs="EPSG:4326")
    pyogrio.write_dataframe(frame, tmp_path / "lsoa.gpkg", layer="lsoa", driver="GPKG")

    [result] = import_files(sqlite_register, [tmp_path / "lsoa.gpkg"])
    assert (result.format, result.accepted, result.rejected) == ("zones", 2, 0)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e30", "-1e300"])
@pytest.mark.parametrize("crs", [{}, GRID])
def test_a_place_that_is_nowhere_on_earth_is_refused(
    place: Register, tmp_path: Path, number: str, crs: dict[str, Any]
) -> None:
    features = json.loads(ZONES)["features"]
    content = geojson(*features, **crs).replace("-2.33", number)
    for name, format in (("zones.geojson", "zones"), ("libraries.geojson", "service-points")):
        result = bring_in(place, tmp_path, name, content, format=format)
        assert "its boundary cannot be read" in reasons(result, "rejected")


@pytest.mark.realdata
def test_a_folder_of_nested_zones_is_refused_and_says_why(sqlite_register: Register, shared_data: Path) -> None:
    with pytest.raises(
        InputError, match=r"lie over zones of another set, from gm_local_authority.*name the one file"
    ):
        import_files(sqlite_register, [shared_data / "trafford" / "geography"])
    assert sqlite_register.rows("zone") == []


def test_buildings_of_one_fire_station_are_one_place(place: Register, tmp_path: Path) -> None:
    features = [
        drawn(378_000, DISTNAME="Unknown", area_name="Sale"),
        drawn(378_130, DISTNAME="Sale Fire Station", area_name="Sale"),
        drawn(378_500, DISTNAME="Unknown", area_name="Sale"),
        {"type": "Feature", "properties": {}, "geometry": None},
    ]
    result = bring_in(place, tmp_path, "fire_stations.geojson", geojson(*features, **GRID))

    assert (result.format, result.rows, result.rejected) == ("service-points", 4, 1)
    assert reasons(result, "warning")[0] == "4 outlines were taken for 3 places"
    assert {row["name"] for row in place.rows("team")} == {
        "Sale Fire Station",
        "Fire stations, Sale, 378550 391050",
    }
    assert only(place, "service")["id"] == "fire_station"


@pytest.mark.realdata
def test_the_fire_stations_of_greater_manchester(sqlite_register: Register, shared_data: Path) -> None:
    [result] = import_files(sqlite_register, [shared_data / "trafford" / "services" / "gm_fire_stations.geojson"])

    assert (result.format, result.rows, result.rejected) == ("service-points", 82, 0)
    assert len(sqlite_register.rows("team")) == 42
