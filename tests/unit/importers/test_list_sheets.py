"""Lists that come as Excel: the sheet that holds one is found, and no workbook of ours is taken for a list."""

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from app import findings_workbook
from estate import export, template
from estate.database import Register
from estate.importers import import_files
from estate.problems import InputError
from tests.unit.importers.files import bring_in, excel, like_library, register_csv


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()))


GRID = rows_of(register_csv(like_library(), like_library(AssetCode="B2", PropertyName="Hall", UPRN="7")))
READ_ME = [["What this is"], ["Published every year"]]


@pytest.mark.parametrize(
    "sheets",
    [
        {"Sheet1": GRID},
        {"Read me": READ_ME, "Assets": GRID},
        {"Assets": [["Assets of Ambridge Council, March 2025"], [], *GRID], "Notes": READ_ME},
    ],
)
def test_the_sheet_that_holds_the_list_is_read(
    sqlite_register: Register, tmp_path: Path, sheets: dict[str, list[list[str]]]
) -> None:
    result = bring_in(sqlite_register, tmp_path, "assets.xlsx", excel(sheets))

    assert (result.format, result.rows, result.rejected) == ("transparency-code", 2, 0)
    [grid] = [grid for grid in sheets.values() if len(grid) >= 3]
    assert [row["source_row"] for row in sqlite_register.rows("property")] == [len(grid) - 1, len(grid)]
    assert bring_in(sqlite_register, tmp_path, "assets.xlsx", excel(sheets)).again


def test_two_sheets_that_are_lists_are_asked_about(sqlite_register: Register, tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"by its sheet 2023 or transparency-code by its sheet 2024\. Keep the one"
    ):
        bring_in(sqlite_register, tmp_path, "assets.xlsx", excel({"2023": GRID, "2024": GRID}))


def test_workbooks_of_ours_are_no_lists(sqlite_register: Register, tmp_path: Path) -> None:
    bring_in(sqlite_register, tmp_path, "assets.csv", register_csv(like_library()))
    export.write(sqlite_register, tmp_path / "register.xlsx")
    template.write(tmp_path / "template.xlsx")
    findings_workbook.write([], [], {}, tmp_path / "findings.xlsx")

    for name in ("register.xlsx", "template.xlsx"):
        assert import_files(sqlite_register, [tmp_path / name])[0].format == "workbook"
    with pytest.raises(InputError, match="none of the formats"):
        import_files(sqlite_register, [tmp_path / "findings.xlsx"])


@pytest.mark.realdata
def test_a_register_as_published_is_the_same_in_excel(
    sqlite_register: Register, tmp_path: Path, shared_data: Path
) -> None:
    source = shared_data / "trafford" / "register" / "trafford_land_and_building_assets.csv"
    with source.open(encoding="utf-8", newline="") as file:
        grid = list(csv.reader(file))
    book = Workbook()
    book.active.title = "Land and building assets"
    numbers = {grid[0].index(header) for header in ("UPRN", "GeoX", "GeoY", "BuildingSize")}
    for number, row in enumerate(grid):
        book.active.append(
            [float(cell) if number and n in numbers and cell else cell for n, cell in enumerate(row)]
        )
    book.create_sheet("Notes").append(["Contains public sector information"])
    book.save(tmp_path / "assets.xlsx")

    [published] = import_files(sqlite_register, [source])
    [result] = import_files(sqlite_register, [tmp_path / "assets.xlsx"])

    assert (result.format, result.rows, result.accepted) == ("transparency-code", 608, 608)
    assert (published.changes.new - 1, result.changes.new, result.changes.changed) == (608, 0, 0)
