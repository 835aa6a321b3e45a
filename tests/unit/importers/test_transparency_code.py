"""The land and building register of the Transparency Code."""

from datetime import date
from pathlib import Path

import pytest

from estate.database import Register
from estate.problems import InputError
from tests.unit.importers.files import LIBRARY, ZONES, bring_in, like_library, only, reasons, register_csv

NAME = "assets.csv"


def test_a_row_becomes_an_organisation_and_a_property(register: Register, tmp_path: Path) -> None:
    result = bring_in(register, tmp_path, NAME, register_csv(LIBRARY))

    assert (result.format, result.accepted, result.rejected, result.warnings) == ("transparency-code", 1, 0, 0)
    assert only(register, "organisation")["name"] == "Ambridge Council"
    row = only(register, "property")
    wanted = {
        "id": "ambridge-council/AC1-B2", "organisation_id": "ambridge-council", "asset_code": "AC1/B2",
        "uprn": "100012702108", "address": "21 Claremont Road, Sale", "postcode": "M33 7DZ", "use": "library",
        "tenure": "freehold", "holding": "building", "status": "operational", "floor_area_m2": 1047.0,
        "floor_area_basis": "gross", "land_area_ha": None, "energy_rating": "D", "located_by": "source",
        "effective_date": date(2025, 1, 13), "source_row": 2, "import_batch_id": result.batch,
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert row["geometry"].x == pytest.approx(378_800, abs=300)


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"UPRN": "0100012702108.0"}, "uprn", "100012702108"),
        ({"UPRN": "1.00013E+11"}, "uprn", None),
        ({"PostCode": "m337dz"}, "postcode", "M33 7DZ"),
        ({"PostCode": "M33\n 7DZ"}, "postcode", "M33 7DZ"),
        ({"PostCode": "M33\u00a07DZ "}, "postcode", "M33 7DZ"),
        ({"PostCode": "M33"}, "postcode", "M33"),
        ({"PostCode": "Sale"}, "postcode", None),
        ({"TenureType": "Freehold "}, "tenure", "freehold"),
        ({"TenureType": "Leashold"}, "tenure", "leasehold"),
        ({"TenureType": "Unsure"}, "tenure", "unknown"),
        ({"TenureType": "", "TenureDetail": "Leasehold In"}, "tenure", "leasehold"),
        ({"TenureDetail": "Vacant"}, "status", "vacant"),
        ({"TenureDetail": "Leasehold out"}, "status", "let_out"),
        ({"HoldingType": "Land/Buildings"}, "holding", "land_and_building"),
        ({"BuildingSize": "1,047.50"}, "floor_area_m2", 1047.5),
        ({"BuildingSize": "0"}, "floor_area_m2", None),
        ({"BuildingSize": "-3"}, "floor_area_m2", None),
        ({"BuildingSize": "n/a"}, "floor_area_m2", None),
        ({"EnergyRating": "Z"}, "energy_rating", None),
        ({"EffectiveDate": "13/01/2025"}, "effective_date", date(2025, 1, 13)),
        ({"GeoX": "", "GeoY": ""}, "located_by", "none"),
        ({"GeoX": "53.426618", "GeoY": "-2.3204334"}, "located_by", "mended"),
    ],
)
def test_cells_as_published(
    sqlite_register: Register, tmp_path: Path, cells: dict[str, str], column: str, value: object
) -> None:
    result = bring_in(sqlite_register, tmp_path, NAME, register_csv(like_library(**cells)))

    assert result.accepted == 1
    assert only(sqlite_register, "property")[column] == value
    if value is None:
        assert result.warnings == 1


def test_mends_are_named(sqlite_register: Register, tmp_path: Path) -> None:
    rows = register_csv(like_library(TenureType="Leashold", UPRN="00123"), like_library(AssetCode="AC2"))
    result = bring_in(sqlite_register, tmp_path, NAME, rows)

    assert result.mended == 1  # one row, twice
    kept = sqlite_register.rows("import_note")
    assert [(n["kind"], n["row_number"], n["column"], n["value"]) for n in kept] == [
        ("mended", 2, "UPRN", "00123"),
        ("mended", 2, "TenureType", "Leashold"),
    ]
    assert kept[1]["record"] == "Sale Library (AC1/B2)"
    assert kept[1]["remedy"] == "It was read as leasehold"


def test_a_file_of_windows_is_read(sqlite_register: Register, tmp_path: Path) -> None:
    content = register_csv(like_library(PropertyName="Café\u00a0– the “Hub”").replace("“Hub”", "“Hub”"))
    bring_in(sqlite_register, tmp_path, NAME, content.encode("cp1252"))

    assert only(sqlite_register, "property")["name"] == "Café – the “Hub”"


def test_rows_that_cannot_be_told_apart_are_rejected_and_kept_for_reading(
    register: Register, tmp_path: Path
) -> None:
    rows = register_csv(LIBRARY, like_library(PropertyName="Copy"), like_library(PropertyName="", AssetCode="AC9"))
    result = bring_in(register, tmp_path, NAME, rows)

    assert (result.rows, result.accepted, result.rejected) == (3, 1, 2)
    assert reasons(result, "rejected") == ["row 2 has the same code", "it has no name"]
    kept = register.rows("rejected_row")
    assert [row["row_number"] for row in kept] == [3, 4]
    assert kept[0]["content"]["PropertyName"] == "Copy"
    assert kept[0]["remedy"] == "Give each asset its own code"


def test_hostile_cells_reject_their_row_alone(register: Register, tmp_path: Path) -> None:
    rows = register_csv(
        LIBRARY,
        like_library(AssetCode="A2", PropertyName="a\0b"),
        like_library(AssetCode="A3", PropertyName="x" * 10_001),
        like_library(AssetCode="A4") + ",one cell too many",
    )
    result = bring_in(register, tmp_path, NAME, rows)

    assert (result.accepted, result.rejected) == (1, 3)
    assert reasons(result, "rejected") == [
        "it holds characters that are not text",
        "it is longer than 10,000 characters",
        "it has 21 cells and the header has 20",
    ]


def test_missing_columns_are_named_with_those_found(sqlite_register: Register, tmp_path: Path) -> None:
    content = "OrganisationLabel,UPRN,AssetCode,TenureType,TenureDetail\nA,1,2,3,4\n"

    with pytest.raises(InputError, match=r"no column PropertyName; its columns are OrganisationLabel, UPRN"):
        bring_in(sqlite_register, tmp_path, NAME, content)


def test_a_repeated_header_matters_only_where_it_is_needed(sqlite_register: Register, tmp_path: Path) -> None:
    remarks = register_csv(LIBRARY).replace("\n", ",Remarks,Remarks\n", 1).replace("1047,,D", "1047,,D,a,b")
    twice = register_csv(LIBRARY).replace("\n", ",UPRN\n", 1).replace("1047,,D", "1047,,D,9")

    assert "more than once" in reasons(bring_in(sqlite_register, tmp_path, NAME, remarks), "warning")[0]
    with pytest.raises(InputError, match="UPRN stands in its header more than once"):
        bring_in(sqlite_register, tmp_path, NAME, twice)


def test_what_lies_outside_the_zones_is_named(sqlite_register: Register, tmp_path: Path) -> None:
    bring_in(sqlite_register, tmp_path, "zones.geojson", ZONES)
    far = like_library(GeoX="-2.666798", GeoY="53.554659")

    assert (
        "outside the place" in reasons(bring_in(sqlite_register, tmp_path, NAME, register_csv(far)), "warning")[0]
    )
    assert only(sqlite_register, "property")["located_by"] == "source"


def test_a_blank_cell_wipes_nothing_the_register_knows(sqlite_register: Register, tmp_path: Path) -> None:
    bring_in(sqlite_register, tmp_path, NAME, register_csv(LIBRARY))
    blank = register_csv(like_library(GeoX="", GeoY="", BuildingSize="", TenureDetail="Vacant"))
    result = bring_in(sqlite_register, tmp_path, NAME, blank)

    row = only(sqlite_register, "property")
    assert (result.changes.changed, row["status"]) == (1, "vacant")
    assert (row["floor_area_m2"], row["located_by"]) == (1047.0, "source")


def test_rows_may_be_given_to_one_body_that_is_known(sqlite_register: Register, tmp_path: Path) -> None:
    bring_in(sqlite_register, tmp_path, "organisation.csv", "id,name\nac,Ambridge\n")
    bring_in(sqlite_register, tmp_path, NAME, register_csv(LIBRARY), organisation="ac")

    assert only(sqlite_register, "property")["id"] == "ac/AC1-B2"
    with pytest.raises(InputError, match="no organisation of this id"):
        bring_in(sqlite_register, tmp_path, NAME, register_csv(LIBRARY), organisation="nobody")
