"""The tables of InSite, with the fields that the public standard names."""

from pathlib import Path

import pytest

from estate.database import Register
from estate.importers import import_files
from estate.problems import InputError
from tests.unit.importers.files import bring_in, only, reasons, write_and_import

FILES = {
    "a_lease.csv": "Lease reference,Property reference,Annual rent,Start Date,Expiry Date,Landlord,"
    "Repair Liability,Actual break date,Break notice term,Break penalty\n"
    'L1,P1,"£85,000",01/04/2010,31/03/2030,Acme,FRI,01/04/2026,6 months,"£10,000"\nL2,P9,1,,,,,,,\n',
    "b_occupation.csv": "Occupation name,Organisation,Property reference,Floor area\n"
    "Work coaches,Department for Work,P1,400\n",
    "c_contract.csv": "Contract name,Property reference,Asset type,Tenure,Asset Value,Valuation type,"
    "Valuation date\n"
    "C1,P1,Buildings Only,Leasehold,,,\nC2,P2,Land and Buildings,Freehold,1200000,Market Value,31/03/2024\n",
    "d_building.csv": "Building reference,Property reference,Year built,EPC rating\nB1,P1,1965,D\nB2,P1,1970,E\n",
    "e_property.csv": "Property reference,Organisation,UPRN,Usage,Primary property name,Primary property number,"
    'Street name,Town,Postcode,"Floor area, in square metres",Floor area measurement type,'
    "Security Classification\n"
    "P1,Department for Work,100012702108,Jobcentre,Sale Jobcentre,5,Cross St,Sale,M33 7DZ,900,NIA,Official\n"
    "P2,Department for Work,,Office,,7,Cross St,Sale,M33 7DZ,1200,GIA,Official\n",
    "f_disposal.csv": "In Site Disposal Reference,Contract Organisation,Insite Property Reference,Property Name,"
    "Property Number,Street Name,Town,Postcode,Latitude,Longitude,Total Surplus Land Area\n"
    "D1,Property Agency,P7,Old Depot,27,Example Rd,Sale,M33 7DB,53.4266,-2.3204,0.17\n",
}  # fmt: skip


def test_a_folder_of_tables_fills_properties_leases_teams_and_values(register: Register, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    results = {result.file_name[2:-4]: result for result in import_files(register, [folder])}

    assert {result.format for result in results.values()} == {"insite"}
    assert {name: (r.accepted, r.rejected) for name, r in results.items()} == {
        "property": (2, 0), "disposal": (1, 0), "building": (1, 1), "contract": (2, 0), "lease": (1, 1),
        "occupation": (1, 0),
    }  # fmt: skip
    first, second, surplus = register.rows("property")
    wanted = {"id": "department-for-work/P1", "name": "Sale Jobcentre", "use": "jobcentre", "tenure": "leasehold",
              "year_built": 1965, "energy_rating": "D", "floor_area_m2": 900,
              "floor_area_basis": "net"}  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    assert (second["name"], second["holding"], second["tenure"]) == (
        "7, Cross St, Sale",
        "land_and_building",
        "freehold",
    )
    assert (surplus["status"], surplus["located_by"], surplus["organisation_id"]) == (
        "surplus",
        "source",
        "property-agency",
    )
    lease = only(register, "lease")
    assert (lease["rent_gbp_per_year"], lease["repair_liability"], lease["notice_months"]) == (85_000, "full", 6)
    assert (lease["break_dates"], lease["exit_cost_gbp"]) == ("2026-04-01", 10_000)
    value = only(register, "valuation")
    assert (value["property_id"], value["basis"], value["value_gbp"]) == (second["id"], "market", 1_200_000)
    team = only(register, "team")
    assert (team["name"], team["property_id"], team["fte"]) == ("Work coaches", first["id"], None)


def test_what_another_file_of_the_import_brings_is_not_gone(register: Register, tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    assert {result.preview.gone for result in import_files(register, [tmp_path])} == {()}
    (tmp_path / "d_building.csv").write_text(FILES["d_building.csv"].replace("1965", "1966"))
    (tmp_path / "e_property.csv").write_text(FILES["e_property.csv"].replace("P2,", "P3,").replace("7,", "9,"))

    again = import_files(register, [tmp_path], dry_run=True)

    gone = [record.id for result in again for record in result.preview.gone]
    assert gone == []  # the contract still brings P2
    (tmp_path / "c_contract.csv").write_text(FILES["c_contract.csv"].split("\nC2")[0] + "\n")
    again = import_files(register, [tmp_path], dry_run=True)
    gone = [record.id for result in again for record in result.preview.gone if record.table == "property"]
    assert gone == ["department-for-work/P2"]  # once, though property, building and contract all lack it


def test_what_is_not_used_is_named(sqlite_register: Register, tmp_path: Path) -> None:
    result = bring_in(sqlite_register, tmp_path, "e_property.csv", FILES["e_property.csv"])

    reason = "nothing is taken from these columns of InSite's property table: Security Classification"
    assert reasons(result, "warning") == [reason]


def test_a_disposal_without_names_only_adds_to_what_is_there(sqlite_register: Register, tmp_path: Path) -> None:
    bring_in(sqlite_register, tmp_path, "e_property.csv", FILES["e_property.csv"])
    rows = "Property reference,Disposal method,Total surplus floor area\nP1,Auction,900\nP9,Auction,1\n"
    result = bring_in(sqlite_register, tmp_path, "disposals.csv", rows)

    assert (result.accepted, result.rejected) == (1, 1)
    assert [row["status"] for row in sqlite_register.rows("property")] == ["surplus", "operational"]


def test_another_table_is_refused(sqlite_register: Register, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="those of no table of InSite"):
        write_and_import(sqlite_register, tmp_path, "list.csv", "a,b\n1,2\n", format="insite")
