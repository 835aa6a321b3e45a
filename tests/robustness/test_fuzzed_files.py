"""Files that were cut, scribbled over or filled in wrongly: every importer takes or refuses each row, and no more.

ESTATE_FUZZ_CASES sets the cases an importer (100 where it is not set; by hand try 2,000). They are the same from
run to run of the same tests and code, no further: Hypothesis also draws constants that it reads in the modules
loaded so far, so other tests before these, or other code, give other cases and other shares.
"""

import os
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estate import export, mapping
from estate.database import Register, write
from estate.importers import ImportOptions, import_files, importers
from estate.problems import InputError
from tests.robustness.spoil import CHANGES, Change, spoilt
from tests.support.rows import fill
from tests.unit.importers.files import LIBRARY, ZONES, geojson, like_library, register_csv, square

pytestmark = pytest.mark.slow
CASES = int(os.environ.get("ESTATE_FUZZ_CASES", "100"))
LONGEST = timedelta(seconds=10)

# For each importer, files of its real formats. They name bodies, properties and zones of the register below.
TEXTS: dict[str, dict[str, str]] = {
    "eric": {
        "eric-2023.csv": "Organisation Code,Organisation Name,Site Code,Site Name,Site Type,"
        "Gross internal floor area (m2),Energy costs (£),Electricity consumed (kWh),Cleaning service cost (£)\n"
        "AC,Ambridge Council,S1,Clinic,Community hospital,1200,4000,91000,7000\n"
        'AC,Ambridge Council,S2,Ward,Support facilities,"2,400",,Not Applicable,100\nZZ,Elsewhere,S2,Ward,,x,,,\n',
        "ERIC-2016-17.csv": "$$$Profile$$Areas$Energy$$FM$\n"
        "Organisation Code$Organisation Name$Region$Number of sites - Specialist hospital (No.)"
        "$Number of sites leased from NHS Property Services (No.)$Gross internal floor area (m²)"
        "$Energy costs (all energy supplies) (£)$Electricity consumed (kWh)$Cleaning service cost (£)$Yes/No\n"
        "AC$AMBRIDGE COUNCIL$NORTH$1$1$5000$100000$900000$50000$Yes\n"
        "E07$ELSEWHERE$NORTH$1$0$68,989$1$1$1$Yes\n",
    },
    "insite": {
        "property.csv": "Property reference,Organisation,UPRN,Usage,Primary property name,Primary property number,"
        'Street name,Town,Postcode,"Floor area, in square metres",Floor area measurement type\n'
        "P1,Ambridge Council,100012702108,Jobcentre,Sale Jobcentre,5,Cross St,Sale,M33 7DZ,900,NIA\n"
        "P2,Ambridge Council,,Office,,7,Cross St,Sale,M33 7DZ,1200,GIA\n",
        "disposal.csv": "In Site Disposal Reference,Contract Organisation,Insite Property Reference,Property Name,"
        "Property Number,Street Name,Town,Postcode,Latitude,Longitude\n"
        "D1,Ambridge Council,P7,Old Depot,27,Example Rd,Sale,M33 7DB,53.4266,-2.3204\n",
        "building.csv": "Building reference,Property reference,Year built,EPC rating\nB1,ac-1,1965,D\n"
        "B2,ac-2,1970,E\n",
        "contract.csv": "Contract name,Property reference,Asset type,Tenure,Asset Value,Valuation type,"
        "Valuation date\nC1,ac-1,Buildings Only,Leasehold,,,\n"
        "C2,ac-2,Land and Buildings,Freehold,1200000,Market Value,31/03/2024\n",
        "lease.csv": "Property Reference,Lease Reference,Lease Start Date,Lease Expiry Date,Annual Rent,Landlord,"
        "Repair Liability,Break notice term,Break penalty\n"
        'ac-1,L1,2020-01-01,2030-01-01,12000,Ambridge Estates,FRI,6 months,"£10,000"\n'
        'ac-2,L2,01/04/2010,31/03/2030,"£85,000",Acme,,,\n',
        "occupation.csv": "Occupation name,Organisation,Property reference,FTE,Workstations\n"
        "Work coaches,Ambridge Council,ac-1,12.5,10\nSecurity,Elsewhere,ac-2,2,\n",
    },
    "mapped": {
        "list.csv": "Ref,Building,Size,Owner,UPRN,E,N\nX1,Mill,120,Ambridge Council,100012,380150,390050\n"
        "X2,Barn,,Ambridge Council,,,\nX3,Yard,12,Elsewhere,7,380150,390050\n"
    },
    "population": {
        "population.csv": "LSOA Code,Sex,All ages,0-15,16-64,65+\nE01,Persons,1500,200,1000,300\n"
        "E01,Females,700,100,500,100\nE02,Persons,10,1,1,8\n"
    },
    "postcodes": {
        "postcodes.csv": "postcode,lon,lat\nM33 7DZ,-2.3204,53.4266\nM33 7DB,-2.3104,53.4266\nM1 1AA,-2.3,53.4\n"
    },
    "register-tables": {
        "property.csv": "id,organisation_id,name,geometry,floor_area_m2,uprn,effective_date,tenure\n"
        "p1,ac,Mill,POINT (378800 391900),1200,7,2026-03-31,freehold\np2,no,Barn,,,,,\nac-1,ac,Hall,,9,,,\n",
        "lease.csv": "id,property_id,rent_gbp_per_year,start_date,expiry_date,break_dates,notice_months\n"
        "l1,ac-2,26000,2020-01-01,2031-06-01,2028-01-01,6\nl2,ac-1,1,,2031-06-01,,\n",
        "team.csv": "id,organisation_id,property_id,name,fte,space_kind,space_amount,service_id,public_facing\n"
        "t1,ac,ac-1,Planning,13,desks,9,,no\nt2,ac,ac-2,Counter,2.5,public_counter,1,library,yes\n",
        "zone.csv": "id,name,geometry,population\n"
        'E02,Ambridge 2,"POLYGON ((381000 390000, 381100 390000, 381100 390100, 381000 390000))",900\n',
    },
    "schools": {
        "schools.csv": "URN,EstablishmentName,LA (name),LA (code),EstablishmentStatus (name),"
        "EstablishmentTypeGroup (name),Trusts (name),Easting,Northing,Postcode,UPRN,NumberOfPupils\n"
        "100,Sale High,Ambridge,358,Open,Academies,Borset Trust,380150,390050,M33 7DZ,100012702109,900\n"
        "101,Sale Primary,Ambridge,358,Open,Local authority maintained schools,,380160,390060,M33 7DZ,,200\n"
        "102,Aldgate,City of London,201,Open,Academies,,533498,181201,,,\n",
    },
    "service-points": {
        "libraries.csv": "name,address,postcode,lon,lat\nSale Library,21 Road,M33 7DZ,-2.32,53.42\n"
        "Hale Library,2 Lane,M33 7DB,-2.31,53.42\n",
        "libraries.geojson": geojson(square("S1", (-2.33, 53.42, -2.315, 53.43), name="Sale Library")),
    },
    "site-boundaries": {
        "sites.geojson": geojson(
            square("S1", (-2.33, 53.42, -2.315, 53.43), name="Yard"),
            square("S2", (-2.305, 53.406, -2.29, 53.412), name="Town"),
        )
    },
    "transparency-code": {
        "assets.csv": register_csv(
            LIBRARY,
            like_library(AssetCode="B2", PropertyName="Hall", GeoX="", GeoY="", UPRN="07", TenureType="Leashold"),
            like_library(AssetCode="B3", PropertyName="Yard", HoldingType="Land", LandArea="1.5", UPRN=""),
        )
    },
    "travel-times": {
        "minutes_by_car.csv": "origin,destination,minutes\nE01,ac-1,7.5\nE01,ac-2,12\nE02,ac-1,3\nE01,ac-3,NA\n",
        "r5r.csv": "from_id,to_id,travel_time_p50,mode\nE01,ac-1,30,TRANSIT\nE01,ac-2,41,WALK\n",
    },
    "zone-centres": {
        "lsoa_pwc.csv": "LSOA21CD,x,y\nE01,380150,390050\nE02,380150,390050\n",
    },
    "zone-facts": {
        "imd.csv": "LSOA code,households,no car,decile,deprivation_decile\nE01,100,20,3,4\nE02,100,20,3,4\n",
        "cars.csv": "area_code,availability_category,measure,value\nE01,No cars or vans in household,Count,277\n"
        "E01,1 car or van in household,Count,207\nE01,Total,Count,484\n",
    },
    "zones": {
        "zones.geojson": ZONES,
        "zones.csv": "area_code,area_name,wkt\n"
        'E09,Nine,"POLYGON ((381000 390000, 381100 390000, 381100 390100, 381000 390000))"\n'
        'E10,Ten,"POLYGON ((382000 390000, 382100 390000, 382100 390100, 382000 390000))"\n',
    },
}  # fmt: skip
BOOKS = {"workbook": "register.xlsx", "geopackage": "register.gpkg"}
MAPPING = (
    "table: property\nid_from: [Ref]\ncolumns:\n  asset_code: {from: Ref}\n  name: {from: Building}\n"
    "  uprn: {from: UPRN}\n  floor_area_m2: {from: Size}\n  organisation_id: {from: Owner}\n"
    "x: E\ny: N\ncoordinates: metres\n"
)
LEAST_TAKEN = 1 / 5  # of the cases; were more refused at the door, nothing behind it would be tried


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a register of a few rows, and whole files for each importer, in a folder of its name."""
    folder = tmp_path_factory.mktemp("fuzz")
    with closing(Register.create(f"sqlite:///{folder / 'base.db'}")) as register:
        with register.transaction() as connection:
            fill(connection)
            write(connection, "organisation", [{"id": "E07", "name": "Elsewhere"}])
        for name, file in BOOKS.items():
            (folder / name).mkdir()
            export.write(register, folder / name / file)
    for name, texts in TEXTS.items():
        (folder / name).mkdir()
        for file, text in texts.items():
            (folder / name / file).write_text(text, encoding="utf-8")
    return folder


def test_every_importer_has_a_file_to_spoil() -> None:
    assert set(importers()) == set(TEXTS) | set(BOOKS)


@pytest.mark.parametrize("name", sorted({*TEXTS, *BOOKS}))
def test_a_spoilt_file_loses_no_row_and_breaks_nothing(base: Path, name: str) -> None:
    whole = sorted((base / name).iterdir())
    tally: Counter[str] = Counter()

    @settings(
        max_examples=CASES, deadline=LONGEST, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(st.sampled_from(whole), CHANGES)
    def spoil(file: Path, changes: list[Change]) -> None:
        content = file.read_bytes()
        for change in changes:
            content = spoilt(content, file.suffix, *change)
        tally[check(base, name, file.name, content)] += 1

    for file in whole:
        assert check(base, name, file.name, file.read_bytes()) in {"whole", "in part"}, f"{file.name} is refused"
    spoil()
    cases = sum(tally.values())
    shares = ", ".join(f"{count / cases:.0%} {how}" for how, count in tally.most_common())
    print(f"{name}: {cases:,} cases; {shares}")
    assert tally["whole"] + tally["in part"] >= LEAST_TAKEN * cases


def check(base: Path, name: str, file: str, content: bytes) -> str:
    """Import a file into a copy of the register; see that rows add up, or that nothing was written.

    Gives how it was taken: `whole`, `in part`, `no row`, or refused `at the door`.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(base / "base.db", Path(folder, "r.db"))
        path = Path(folder, file)
        path.write_bytes(content)
        if name == "mapped":
            mapping.beside(path).write_text(MAPPING, encoding="utf-8")
        with closing(Register.open(f"sqlite:///{folder}/r.db")) as register:
            refused = []
            try:
                results = import_files(register, [path], ImportOptions(service="library"), name)
            except InputError as fault:
                refused = [bool(problem.reason and problem.remedy) for problem in fault.problems]
            if refused:
                assert all(refused)
                assert everything(Path(folder, "r.db")) == everything(base / "base.db")
                return "at the door"
            for result in results:
                assert result.rows == result.accepted + result.rejected
                assert result.rejected == len(result.rejections)
            stored = sum(len(register.rows("rejected_row", import_batch_id=result.batch)) for result in results)
            accepted, rejected = (sum(getattr(r, n) for r in results) for n in ("accepted", "rejected"))
            assert stored == rejected
            return "whole" if not rejected else "in part" if accepted else "no row"


def everything(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("damage", ["truncated", "zero bytes", "flipped header", "flipped page"])
def test_a_damaged_sqlite_file_is_refused_with_what_to_do(base: Path, tmp_path: Path, damage: str) -> None:
    content = bytearray((base / "base.db").read_bytes())
    dice = random.Random(7)  # damage for a test, not a secret
    if damage == "truncated":
        del content[len(content) // 2 :]
    elif damage == "zero bytes":
        content.clear()
    elif damage == "flipped header":
        content[dice.randrange(16)] ^= 0xFF
    else:
        content[4096 : 4096 + 64] = bytes(b ^ 0xFF for b in content[4096 : 4096 + 64])
    file = tmp_path / "register.db"
    file.write_bytes(content)

    with pytest.raises(InputError) as caught:
        Register.open(f"sqlite:///{file}")

    remedy = caught.value.problems[0].remedy
    assert "backup" in remedy or remedy.startswith(("Make one with", "Check the address"))
    assert file.read_bytes() == content
