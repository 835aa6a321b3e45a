"""What an import would change: shown by a dry run, which changes nothing, and done by the import."""

import csv
from pathlib import Path

import openpyxl
import pytest

from estate.database import Changes, Register
from estate.dictionary import LEDGER_TABLES, REGISTER_TABLES
from estate.importers import ImportResult, import_files, write_rejects
from estate.problems import InputError
from tests.unit.importers.files import bring_in, like_library, only, register_csv

FIRST = register_csv(like_library(), like_library(AssetCode="A2", PropertyName="Depot", UPRN=""))
SECOND = register_csv(
    like_library(BuildingSize="1100"),
    like_library(AssetCode="A3", PropertyName="Barn", UPRN="", PostCode="M1 1AA"),
)


def dry_run(register: Register, folder: Path, content: str) -> ImportResult:
    path = folder / "next.csv"
    path.write_text(content)
    return import_files(register, [path], dry_run=True)[0]


def everything(register: Register) -> dict[str, object]:
    return {table: register.rows(table) for table in (*REGISTER_TABLES, *LEDGER_TABLES)}


def test_a_dry_run_says_what_the_import_does_and_changes_nothing(register: Register, tmp_path: Path) -> None:
    bring_in(register, tmp_path, "assets.csv", FIRST)
    before = everything(register)

    shown = dry_run(register, tmp_path, SECOND)

    assert everything(register) == before
    assert shown.changes == Changes(new=1, changed=1)
    assert [(record.table, record.name) for record in shown.preview.new] == [("property", "Barn")]
    [change] = shown.preview.changed
    assert (change.record.name, change.column, change.before, change.after) == (
        "Sale Library", "floor_area_m2", "1047.0", "1100.0",
    )  # fmt: skip
    assert [record.name for record in shown.preview.gone] == ["Depot"]
    done = bring_in(register, tmp_path, "next.csv", SECOND)
    assert (done.preview, done.changes) == (shown.preview, shown.changes)
    assert len(register.rows("property")) == 3


def test_nothing_is_gone_that_was_refused_left_or_comes_from_elsewhere(register: Register, tmp_path: Path) -> None:
    bring_in(register, tmp_path, "assets.csv", FIRST)
    other_body = register_csv(like_library(OrganisationLabel="Borsetshire", UPRN=""))
    assert bring_in(register, tmp_path, "other.csv", other_body).preview.gone == ()
    refused = register_csv(like_library(), like_library(AssetCode="A2", PropertyName=""))
    assert dry_run(register, tmp_path, refused).preview.gone == ()
    left = "id,organisation_id,name,status\nambridge-council/A2,ambridge-council,Depot,left\n"
    assert bring_in(register, tmp_path, "property.csv", left).preview.gone == ()

    assert dry_run(register, tmp_path, register_csv(like_library())).preview.gone == ()


def test_a_record_that_another_format_changed_since_is_still_gone_from_its_source(
    register: Register, tmp_path: Path
) -> None:
    bring_in(register, tmp_path, "assets.csv", FIRST)
    bring_in(
        register, tmp_path, "property.csv", "id,organisation_id,name\nambridge-council/A2,ambridge-council,Shed\n"
    )

    shown = dry_run(register, tmp_path, register_csv(like_library()))

    assert [record.name for record in shown.preview.gone] == ["Shed"]


def test_teams_are_gone_by_service_and_costs_by_the_body_of_their_property(
    register: Register, tmp_path: Path
) -> None:
    bring_in(register, tmp_path, "assets.csv", FIRST)
    costs = (
        "id,property_id,category,gbp_per_year\nc1,ambridge-council/A2,energy,5\nc2,ambridge-council/A2,rates,5\n"
    )
    bring_in(register, tmp_path, "running_cost.csv", costs)
    points = "name,postcode,lon,lat\nSale Library,M33 7DZ,-2.32,53.42\nTimperley,WA15 7EA,-2.31,53.41\n"
    council = {"organisation": "ambridge-council"}
    bring_in(register, tmp_path, "libraries.csv", points, **council)
    bring_in(register, tmp_path, "community_hubs.csv", points, **council)

    fewer = bring_in(register, tmp_path, "libraries.csv", points.rsplit("\n", 2)[0] + "\n", **council)
    cheaper = bring_in(register, tmp_path, "running_cost.csv", costs.rsplit("\n", 2)[0] + "\n")

    assert [(record.table, record.name) for record in fewer.preview.gone] == [("team", "Timperley")]
    assert [record.id for record in cheaper.preview.gone] == ["c2"]


REFUSED = register_csv(like_library(), like_library(AssetCode="0042", PropertyName="", StreetName="=1+1"))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_rejects_come_back_as_they_were_and_mended_they_are_taken_in(
    register: Register, tmp_path: Path, suffix: str
) -> None:
    refused = bring_in(register, tmp_path, "assets.csv", REFUSED)
    path = tmp_path / f"rejects.{suffix}"

    assert write_rejects([refused], path) == [path]

    grid = _read(path)
    row = dict(zip(*grid, strict=True))
    assert list(row)[-5:] == ["row_number", "column", "value", "reason", "remedy"]
    assert (row["AssetCode"], row["StreetName"], row["row_number"]) == ("0042", "=1+1", "3")
    assert (row["column"], row["reason"]) == ("PropertyName", "it has no name")
    _write(path, [grid[0], [cell if name != "PropertyName" else "Barn" for name, cell in row.items()]])
    [mended] = import_files(register, [path])
    assert (mended.accepted, mended.rejected, mended.preview.gone) == (1, 0, ())
    assert {row["name"] for row in register.rows("property")} == {"Sale Library", "Barn"}


def test_rejects_refused_again_are_written_without_their_former_faults(register: Register, tmp_path: Path) -> None:
    refused = bring_in(register, tmp_path, "assets.csv", REFUSED)
    [path] = write_rejects([refused], tmp_path / "rejects.csv")

    again = import_files(register, [path])

    [header, row] = _read(write_rejects(again, tmp_path / "again.csv")[0])
    assert header.count("reason") == 1
    assert dict(zip(header, row, strict=True))["row_number"] == "2"


def test_rejects_of_a_table_of_the_register_are_told_by_their_columns(register: Register, tmp_path: Path) -> None:
    bring_in(register, tmp_path, "organisation.csv", "id,name\nac,Ambridge\n")
    outline = "POLYGON ((378000 391000, 379000 391000, 379000 392000, 378000 391000))"
    long = outline.replace("((", "((378000 391000, " * 1) + " " * 300
    rows = f'id,organisation_id,name,use,geometry\np1,ac,Hall,palace,"{long}"\n'
    refused = bring_in(register, tmp_path, "property.csv", rows)
    [path] = write_rejects([refused], tmp_path / "rejects.csv")
    path.write_text(path.read_text(encoding="utf-8-sig").replace("palace,", "office,", 1), encoding="utf-8")

    [mended] = import_files(register, [path])

    assert (mended.accepted, mended.warnings) == (1, 0)
    assert only(register, "property")["use"] == "office"


def test_each_source_has_its_own_file_or_sheet_of_rejects(register: Register, tmp_path: Path) -> None:
    results = [bring_in(register, tmp_path, name, REFUSED) for name in ("one.csv", "two.csv")]

    assert [path.name for path in write_rejects(results, tmp_path / "r.csv")] == ["one-r.csv", "two-r.csv"]
    [book] = write_rejects(results, tmp_path / "r.xlsx")
    assert openpyxl.load_workbook(book).sheetnames == ["one", "two"]
    assert write_rejects([], tmp_path / "none.xlsx") == []
    assert not (tmp_path / "none.xlsx").exists()


def test_a_place_for_rejects_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "rejects.txt", tmp_path / "nowhere" / "rejects.csv"):
        with pytest.raises(InputError, match="--rejects"):
            write_rejects([], path)


def _read(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def _write(path: Path, grid: list[list[str]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(grid)
        return
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    for place, text in enumerate(grid[1], start=1):
        cell = book.active.cell(2, place, text)
        cell.data_type = "s"
    book.save(path)
