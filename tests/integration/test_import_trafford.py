"""Trafford as published: register, zones, people and five lists of services."""

from collections import Counter
from pathlib import Path

import pytest

from estate.checks import run_checks
from estate.database import Register
from estate.importers import ImportResult, import_files

pytestmark = pytest.mark.realdata
SERVICES = ("libraries", "general_practices", "community_hubs", "childrens_centres", "leisure_centres")


@pytest.fixture
def files(shared_data: Path) -> list[Path]:
    trafford = shared_data / "trafford"
    return [
        *(trafford / "services" / f"trafford_{service}.csv" for service in SERVICES),
        trafford / "register",
        trafford / "geography" / "mid-year_2024_population_estimates_lsoa.csv",
        trafford / "geography" / "trafford_lsoa_generalised.geojson",
    ]


@pytest.fixture
def results(register: Register, files: list[Path]) -> dict[str, ImportResult]:
    return {result.file_name: result for result in import_files(register, files)}


def of_format(results: dict[str, ImportResult], name: str) -> list[ImportResult]:
    return [result for result in results.values() if result.format == name]


def test_every_row_is_accounted_for(register: Register, results: dict[str, ImportResult]) -> None:
    counts = {name: (r.rows, r.accepted, r.rejected) for name, r in results.items() if r.format}
    assert counts == {
        "trafford_lsoa_generalised.geojson": (139, 139, 0),
        "mid-year_2024_population_estimates_lsoa.csv": (417, 417, 0),
        "trafford_land_and_building_assets.csv": (608, 608, 0),
        "trafford_libraries.csv": (13, 13, 0),
        "trafford_general_practices.csv": (26, 26, 0),
        "trafford_community_hubs.csv": (6, 6, 0),
        "trafford_childrens_centres.csv": (2, 2, 0),
        "trafford_leisure_centres.csv": (9, 9, 0),
    }
    assert {name for name, r in results.items() if r.skipped} == {
        "SOURCE.txt", "UPSTREAM_README.md", "trafford_land_and_building_assets.csv-metadata.json",
    }  # fmt: skip
    assert len(register.rows("team")) == 56
    assert sum(zone["population"] for zone in register.rows("zone")) == 241_025


def test_the_swapped_row_and_those_outside_or_nowhere_are_named(
    register: Register, results: dict[str, ImportResult]
) -> None:
    [assets] = of_format(results, "transparency-code")
    notes = {kind: [n for n in assets.notes if n.kind == kind] for kind in ("mended", "warning")}

    assert [(n.row_number, n.problem.record) for n in notes["mended"]] == [
        (387, "Davyhulme Youth Centre (TMBC0396/P0000036)")
    ]
    outside = [n.problem.record for n in notes["warning"] if "outside the place" in n.problem.reason]
    assert outside == ["Sonova House (TMBC0125)", "The Fort (TMBC0126)"]
    nowhere = [n for n in notes["warning"] if n.problem.reason == "it has no coordinates"]
    assert len(nowhere) == 235
    located = Counter(row["located_by"] for row in register.rows("property"))
    assert (located["none"], located["mended"]) == (235, 1)
    assert [n["row_number"] for n in register.rows("import_note") if n["kind"] == "mended"] == [387]


def test_services_are_found_in_the_council_s_own_buildings(
    register: Register, results: dict[str, ImportResult]
) -> None:
    names = {row["id"]: row["name"] for row in register.rows("property")}
    homes = {team["id"]: names[team["property_id"]] for team in register.rows("team")}

    assert homes["library/stretford-library-m32-8ap"] == "Stretford Library"
    assert homes["library/trafford-town-hall-library-m32-0th"] == "Trafford Town Hall"
    assert homes["leisure_centre/sale-leisure-centre-m33-2al"] == "Sale Leisure Centre"
    assert homes["general_practice/partington-family-practice-m31-4fl"] == "Partington Healthy Living Centre"
    made = Counter(key.split("/")[0] for key in names)
    assert made == {"trafford-council": 608 + 6, "general-practice": 21, "community-hubs": 4}


def test_all_of_it_again_changes_nothing(
    register: Register, results: dict[str, ImportResult], files: list[Path]
) -> None:
    tables = ("property", "team", "zone", "import_batch", "import_note", "rejected_row")
    before = {table: register.rows(table) for table in tables}

    again = import_files(register, files)

    assert all(result.again for result in again if result.format)
    assert {table: register.rows(table) for table in tables} == before


def test_the_checks_see_the_same(register: Register, results: dict[str, ImportResult]) -> None:
    found = Counter(finding.check for finding in run_checks(register))

    assert (found["outside-the-place"], found["no-place"], found["team-larger-than-property"]) == (2, 235, 0)


def test_postcodes_place_some_more(
    register: Register, results: dict[str, ImportResult], shared_data: Path
) -> None:
    [result] = import_files(register, [shared_data / "trafford" / "geography" / "trafford_postcodes.csv"])

    assert (result.format, result.rows, result.rejected) == ("postcodes", 11_264, 0)
    assert (
        Counter(row["located_by"] for row in register.rows("property"))["postcode"] == result.changes.changed == 22
    )
