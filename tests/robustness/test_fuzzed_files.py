"""Files that were cut, scribbled over or filled in wrongly: every importer takes or refuses each row, and no more.

ESTATE_FUZZ_CASES sets the cases an importer (100 where it is not set; by hand try 2,000).
"""

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estate import export, mapping
from estate.database import Register, write
from estate.dictionary import LEDGER_TABLES, REGISTER_TABLES
from estate.importers import ImportOptions, import_files, importers
from estate.problems import InputError
from tests.support.rows import fill
from tests.unit.importers.files import LIBRARY, ZONES, geojson, register_csv, square

pytestmark = pytest.mark.slow
CASES = int(os.environ.get("ESTATE_FUZZ_CASES", "100"))
LONGEST = timedelta(seconds=10)

TEXTS: dict[str, tuple[str, str]] = {
    "eric": (
        "eric.csv",
        "Organisation Code,Organisation Name,Site Code,Site Name,Gross internal floor area (m2),Energy costs (£)\n"
        "ac,Ambridge Council,S1,Clinic,1200,4000\nZZ,Elsewhere,S2,Ward,x,\n",
    ),
    "insite": (
        "lease.csv",
        "Property Reference,Lease Reference,Lease Start Date,Lease Expiry Date,Annual Rent,Landlord,"
        "Repair Liability\n"
        "ac-1,L1,2020-01-01,2030-01-01,12000,Ambridge Estates,\n",
    ),
    "mapped": ("list.csv", "Ref,Building,Size,Owner\nX1,Mill,120,Ambridge Council\nX2,Barn,,Ambridge Council\n"),
    "population": ("population.csv", "LSOA Code,All ages,0-15\nE01,1500,200\nE02,x,1\n"),
    "postcodes": ("postcodes.csv", "postcode,lon,lat\nM33 7DZ,-2.3204,53.4266\n"),
    "register-tables": (
        "property.csv",
        "id,organisation_id,name,geometry,floor_area_m2\np1,ac,Mill,POINT (378800 391900),1200\np2,no,Barn,,\n",
    ),
    "schools": (
        "schools.csv",
        "URN,EstablishmentName,LA (name),EstablishmentStatus (name),Easting,Northing,Postcode,NumberOfPupils\n"
        "100,Sale High,Ambridge Council,Open,378800,391900,M33 7DZ,900\n",
    ),
    "service-points": (
        "libraries.csv",
        "name,address,postcode,lon,lat\nSale Library,21 Road,M33 7DZ,-2.32,53.42\n",
    ),
    "site-boundaries": ("sites.geojson", geojson(square("S1", (-2.33, 53.42, -2.315, 53.43), name="Yard"))),
    "transparency-code": ("assets.csv", register_csv(LIBRARY)),
    "zone-facts": ("cars.csv", "LSOA code,households,no car,decile\nE01,100,20,3\n"),
    "zones": ("zones.geojson", ZONES),
}
NASTY = [
    "", "=1+1", "\0", "é", "9" * 30, "-1", "1e400", "NaN", "inf", "2026-02-31", '"', ",", "\n", ";", "POINT (1 2",
    "POINT EMPTY", "POINT Z (1 2 3)", "<b>", "£12,5", "x" * 10_001, "yes", "../../etc/passwd", "\u202e", "null",
    "[]", "{}", "#N/A", "id", "ac", "ac-1", "E01", "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))", "400000", "53.4", "-2.3",
]  # fmt: skip
Change = tuple[str, float, str | bytes]
# What is done, where (as a share of the file's length) and with what.
CHANGES = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["flip", "insert", "overwrite"]), st.floats(0, 1), st.binary(min_size=1, max_size=8)
        ),
        st.tuples(st.sampled_from(["cut", "repeat line", "drop line"]), st.floats(0, 1), st.just(b"")),
        st.tuples(st.just("cell"), st.floats(0, 1), st.one_of(st.sampled_from(NASTY), st.text(max_size=20))),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a register of a few rows, and a whole file for each importer."""
    folder = tmp_path_factory.mktemp("fuzz")
    with closing(Register.create(f"sqlite:///{folder / 'base.db'}")) as register:
        with register.transaction() as connection:
            fill(connection)
            write(connection, "organisation", [{"id": "E07", "name": "Elsewhere"}])
        for name in ("register.xlsx", "register.gpkg"):
            export.write(register, folder / name)
    for name, text in TEXTS.values():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def whole_file(base: Path, name: str) -> Path:
    return base / {"workbook": "register.xlsx", "geopackage": "register.gpkg"}.get(name, TEXTS.get(name, [""])[0])


def test_every_importer_has_a_file_to_spoil() -> None:
    assert set(importers()) == set(TEXTS) | {"workbook", "geopackage"}


@pytest.mark.parametrize("name", sorted({*TEXTS, "workbook", "geopackage"}))
def test_a_spoilt_file_loses_no_row_and_breaks_nothing(base: Path, name: str) -> None:
    seed = whole_file(base, name).read_bytes()

    @settings(
        max_examples=CASES, deadline=LONGEST, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(CHANGES)
    def spoil(changes: list[Change]) -> None:
        content = seed
        for change in changes:
            content = spoilt(content, *change)
        check(base, name, content)

    assert check(base, name, seed) > 0, "the whole file itself is refused"
    spoil()


def check(base: Path, name: str, content: bytes) -> int:
    """Import the file into a copy of the register; see that rows add up, or that nothing was written.

    Gives the rows accepted.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(base / "base.db", Path(folder, "r.db"))
        path = Path(folder, whole_file(base, name).name)
        path.write_bytes(content)
        if name == "mapped":
            mapping.beside(path).write_text(MAPPING, encoding="utf-8")
        with closing(Register.open(f"sqlite:///{folder}/r.db")) as register:
            before = everything(register)
            refused = []
            try:
                results = import_files(register, [path], ImportOptions(service="library"), name)
            except InputError as fault:
                refused = [bool(problem.reason and problem.remedy) for problem in fault.problems]
            if refused:
                assert all(refused)
                assert everything(register) == before
                return 0
            for result in results:
                assert result.rows == result.accepted + result.rejected
                assert result.rejected == len(result.rejections)
            stored = sum(len(register.rows("rejected_row", import_batch_id=result.batch)) for result in results)
            assert stored == sum(result.rejected for result in results)
            return sum(result.accepted for result in results)


MAPPING = (
    "table: property\ncolumns:\n  asset_code: {from: Ref}\n  name: {from: Building}\n"
    "  floor_area_m2: {from: Size}\n  organisation_id: {from: Owner}\n"
)


def everything(register: Register) -> str:
    return str({table: register.rows(table) for table in (*REGISTER_TABLES, *LEDGER_TABLES)})


def spoilt(content: bytes, what: str, where: float, text: str | bytes) -> bytes:
    at = int(where * len(content))
    done: dict[str, Callable[[], bytes]] = {
        "flip": lambda: content[:at] + bytes(b ^ 0x15 for b in content[at : at + 1]) + content[at + 1 :],
        "insert": lambda: content[:at] + bytes(text) + content[at:],  # type: ignore[arg-type]
        "overwrite": lambda: content[:at] + bytes(text) + content[at + len(text) :],  # type: ignore[arg-type]
        "cut": lambda: content[:at],
        "repeat line": lambda: _lines(content, at, 2),
        "drop line": lambda: _lines(content, at, 0),
        "cell": lambda: _cell(content, at, str(text)),
    }
    return done[what]()


def _lines(content: bytes, at: int, times: int) -> bytes:
    """The line at a place, so many times."""
    lines = content.splitlines(keepends=True)
    number = content[:at].count(b"\n")
    return b"".join([*lines[:number], *lines[number : number + 1] * times, *lines[number + 1 :]])


def _cell(content: bytes, at: int, text: str) -> bytes:
    """Other text between the two commas round a place."""
    start = max(content.rfind(b",", 0, at), content.rfind(b"\n", 0, at)) + 1
    ends = [end for end in (content.find(b",", at), content.find(b"\n", at)) if end >= 0]
    return content[:start] + text.encode("utf-8", "surrogatepass") + content[min(ends, default=len(content)) :]


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

    assert caught.value.problems[0].remedy.startswith(
        ("Restore it from a backup", "Make one with", "Check the address")
    )
    assert file.read_bytes() == content
