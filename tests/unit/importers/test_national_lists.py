"""Schools (schools), NHS estates returns (eric), and facts of zones (zone_facts): lists of the whole country."""

from pathlib import Path

import pytest

from estate.database import Register
from estate.importers import import_files
from estate.problems import InputError
from tests.unit.importers.files import ZONES, bring_in, only, reasons

SCHOOLS = (
    "urn,la_code,la_name,establishment_name,establishment_type,establishment_type_group,easting,northing,lsoa_code\n"
    "1.0,358,Ambridge,Sale Primary,Community school,Local authority maintained schools,378500,391900,\n"
    "2.0,358,Ambridge,Sale Academy,Academy converter,Academies,378600,392400,\n"
    "3.0,358,Ambridge,Sale College,Other independent school,Independent schools,378500,391900,\n"
    "4.0,201,City of London,Aldgate School,Community school,Local authority maintained schools,533498,181201,\n"
    "5.0,358,Ambridge,Nowhere School,Community school,Local authority maintained schools,,,\n"
    "6.0,358,Ambridge,Known by its zone,Community school,Local authority maintained schools,,,E01000001\n"
)
COUNCIL = "id,name,kind\nac,Ambridge Borough Council,unitary\n"


@pytest.fixture
def place(sqlite_register: Register, tmp_path: Path) -> Register:
    bring_in(sqlite_register, tmp_path, "zones.geojson", ZONES)
    bring_in(sqlite_register, tmp_path, "organisation.csv", COUNCIL)
    return sqlite_register


def test_schools_inside_the_place_become_properties_and_the_others_are_counted(
    place: Register, tmp_path: Path
) -> None:
    result = bring_in(place, tmp_path, "gias.csv", SCHOOLS)

    assert (result.format, result.rows, result.accepted) == ("schools", 6, 6)
    found = {row["id"]: (row["name"], row["use"]) for row in place.rows("property")}
    assert found == {
        "ac/school-1": ("Sale Primary", "school"),
        "ac/school-6": ("Known by its zone", "school"),
        "academy-trusts-in-ambridge/school-2": ("Sale Academy", "school"),
    }
    assert [reason for reason in reasons(result, "warning") if "passed over" in reason] == [
        "1 of its schools are not held by a public body, so they were passed over",
        "1 of its schools have no coordinates and no zone of this register, so they were passed over",
        "1 of its schools lie outside the place, so they were passed over",
    ]
    assert bring_in(place, tmp_path, "gias.csv", SCHOOLS).again


def test_every_school_is_taken_when_asked_for(place: Register, tmp_path: Path) -> None:
    result = bring_in(place, tmp_path, "gias.csv", SCHOOLS, inside_only=False)

    assert result.changes.new == 5 + 2  # schools and two bodies
    assert "city-of-london-council" in {row["id"] for row in place.rows("organisation")}


def test_a_school_that_the_register_has_is_not_made_again(place: Register, tmp_path: Path) -> None:
    rows = "id,organisation_id,name,use,easting_m,northing_m\np1,ac,Sale Primary School,school,378501,391901\n"
    bring_in(place, tmp_path, "property.csv", rows)
    result = bring_in(place, tmp_path, "gias.csv", SCHOOLS)

    assert "ac/school-1" not in {row["id"] for row in place.rows("property")}
    assert "1 of its schools are in the register already, so they were passed over" in reasons(result, "warning")


def test_schools_without_zones_are_refused(sqlite_register: Register, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Import the zones first"):
        bring_in(sqlite_register, tmp_path, "gias.csv", SCHOOLS)


@pytest.mark.parametrize(("urn", "reason"), [("x", "it has no school number"), ("1", "row 2 has the same school")])
def test_rows_that_are_no_schools_are_refused(place: Register, tmp_path: Path, urn: str, reason: str) -> None:
    result = bring_in(place, tmp_path, "gias.csv", SCHOOLS + f"{urn},358,Ambridge,Other,x,y,378500,391900,\n")
    assert reason in reasons(result, "rejected")[0]


RETURN = (
    "$$$Profile$$Areas$Energy$$FM$\n"
    "Organisation Code$Organisation Name$Region$Number of sites - Specialist hospital (No.)"
    "$Number of sites leased from NHS Property Services (No.)$Gross internal floor area (m²)"
    "$Energy costs (all energy supplies) (£)$Electricity consumed (kWh)$Cleaning service cost (£)"
    "$Cost to eradicate high risk backlog (£)$Cost to eradicate significant risk backlog (£)"
    "$Cost to eradicate low risk backlog (£)$Yes/No\n"
    "RXX$AMBRIDGE NHS TRUST$NORTH$1$1$5000$100000$900000$50000$117198$292591$9999$Yes\n"
    "RYY$BORCHESTER NHS TRUST$NORTH$7$0$68,989$1$1$1$0$0$0$Yes\n"
)
TRUST = "id,name,kind\nrxx,Ambridge NHS Trust,nhs\n"
CLINIC = "id,organisation_id,name,floor_area_m2\nc1,rxx,Clinic,{area}\n"


def test_a_return_fills_the_only_property_of_a_trust_with_one_site(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "organisation.csv", TRUST)
    bring_in(place, tmp_path, "property.csv", CLINIC.format(area=""))
    result = bring_in(place, tmp_path, "ERIC-2016-17.csv", RETURN)

    assert (result.format, result.rows, result.accepted) == ("eric", 2, 2)
    clinic = only(place, "property")
    assert (clinic["floor_area_m2"], clinic["floor_area_basis"]) == (5000, "gross")
    assert clinic["energy_kwh_per_year"] == 900_000
    assert (clinic["backlog_gbp"], clinic["backlog_due_year"]) == (117_198 + 292_591, None)
    costs = {
        row["category"]: (row["gbp_per_year"], row["part"], row["price_year"])
        for row in place.rows("running_cost")
    }
    assert costs == {"energy": (100_000, "holding", 2016), "soft_fm": (50_000, "use", 2016)}
    assert bring_in(place, tmp_path, "ERIC-2016-17.csv", RETURN).again


def test_a_return_never_replaces_a_figure(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "organisation.csv", TRUST)
    bring_in(place, tmp_path, "property.csv", CLINIC.format(area="4000"))
    bring_in(place, tmp_path, "running_cost.csv", "id,property_id,category,gbp_per_year\nr,c1,energy,7\n")
    bring_in(place, tmp_path, "ERIC-2016-17.csv", RETURN)

    assert only(place, "property")["floor_area_m2"] == 4000
    assert only(place, "running_cost")["gbp_per_year"] == 7


def test_the_total_of_several_sites_is_told_and_not_spread(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "organisation.csv", "id,name,kind\nx,Borchester NHS Trust,nhs\n")
    result = bring_in(place, tmp_path, "ERIC-2016-17.csv", RETURN)

    assert (result.changes.new, result.changes.changed) == (0, 0)
    told, unknown = reasons(result, "warning")
    assert told.startswith(
        "its return counts 7 sites with 68,989 m2 that cost £2 a year to run; the register has 0"
    )
    assert unknown == "1 of its rows are about trusts that the register does not have"


def test_a_figure_that_is_none_is_refused(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "organisation.csv", TRUST)
    result = bring_in(place, tmp_path, "ERIC-2016-17.csv", RETURN.replace("$5000$", "$many$"))
    assert "it is not a number" in reasons(result, "rejected")[0]


def test_a_return_by_site_makes_properties(place: Register, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "organisation.csv", TRUST)
    rows = (
        "Trust Code,Trust Name,Site Code,Site Name,Site Type,Gross internal floor area (m²),Energy costs (£)\n"
        "RXX,AMBRIDGE NHS TRUST,RXX01,Cottage Hospital,Community hospital,2500,Not Applicable\n"
    )
    result = bring_in(place, tmp_path, "eric_sites_2022.csv", rows)

    assert (result.format, result.rejected) == ("eric", 0)
    hospital = only(place, "property")
    assert (hospital["id"], hospital["use"], hospital["floor_area_m2"]) == ("rxx/rxx01", "hospital", 2500)
    assert place.rows("running_cost") == []  # not given is not zero


def test_deciles_are_added_to_the_zones_there_are(place: Register, tmp_path: Path) -> None:
    rows = "lsoa21_code,imd2025_decile,wimd2019_decile\nE01000001,8,\nE01000002,,3\nW01,1,\n"
    result = bring_in(place, tmp_path, "imd.csv", rows)

    assert (result.format, result.rows, result.accepted) == ("zone-facts", 3, 3)
    assert [row["deprivation_decile"] for row in place.rows("zone")] == [8, 3]
    assert reasons(result, "warning") == ["1 of its rows are about zones that the register does not have"]


def test_households_without_a_car_are_counted_from_categories(place: Register, tmp_path: Path) -> None:
    rows = (
        "area_code,availability_category,measure,value\n"
        "E01000001,No cars or vans in household,Count,277\nE01000001,1 car or van in household,Count,300\n"
        "E01000001,1 car or van in household,Percentage,52\nE01000001,Total,Count,577\n"
        "E01000002,No cars or vans in household,Count,-4\n"
    )
    result = bring_in(place, tmp_path, "cars.csv", rows)

    first, second = place.rows("zone")
    assert (first["households"], first["households_no_car"]) == (577, 277)
    assert second["households"] is None
    assert "it is outside" in reasons(result, "rejected")[0]


@pytest.mark.realdata
def test_the_real_lists(sqlite_register: Register, shared_data: Path) -> None:
    trafford = shared_data / "trafford"
    import_files(sqlite_register, [trafford / "geography" / "trafford_lsoa_generalised.geojson"])
    results = import_files(
        sqlite_register,
        [
            shared_data / "gias_schools" / "gias_schools_20250524.csv",
            shared_data / "nhs_eric_trust" / "ERIC-2016-17.csv",
            shared_data / "england_wales" / "lsoa21_demand_derived.csv",
            trafford / "geography" / "2021_car_van_availability_lsoa_trafford.csv",
        ],
    )

    assert {
        result.format: (result.rows, result.rejected) for result in results if result.format != "zone-facts"
    } == {
        "schools": (27_153, 0),
        "eric": (236, 0),
    }
    assert 80 < len(sqlite_register.rows("property")) < 103
    zones = sqlite_register.rows("zone")
    assert all(1 <= zone["deprivation_decile"] <= 10 for zone in zones)
    assert sum(zone["households_no_car"] for zone in zones) < 0.3 * sum(zone["households"] for zone in zones)
