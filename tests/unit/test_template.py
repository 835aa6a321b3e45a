"""The workbook that people fill: `estate.template`."""

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely

from estate import template
from estate.database import Register, Row
from estate.dictionary import REGISTER_TABLES, columns
from estate.importers import import_files
from estate.problems import InputError
from tests.support.rows import fill

EVERYTHING = {table: [c.name for c in columns(table)] for table in REGISTER_TABLES}


@pytest.fixture
def blank(tmp_path: Path) -> Any:
    return openpyxl.load_workbook(template.write(tmp_path / "register.xlsx"))


def rows(register: Register) -> dict[str, list[Row]]:
    return {table: register.rows(table) for table in REGISTER_TABLES}


def test_the_lines_of_the_read_me_have_room(blank: Any) -> None:
    sheet = blank[template.READ_ME]
    texts = {row: str(sheet.cell(row, 1).value or "") for row in range(3, sheet.max_row + 1)}
    assert max(map(len, texts.values())) > sheet.column_dimensions["A"].width
    for row, text in texts.items():
        lines = len(text) / sheet.column_dimensions["A"].width
        assert (sheet.row_dimensions[row].height or 15) >= 15 * lines, row


def test_every_table_has_its_sheet_with_every_column_and_what_it_means(blank: Any) -> None:
    assert blank.sheetnames == [template.READ_ME, *REGISTER_TABLES, template.CHOICES]
    for table, names in EVERYTHING.items():
        headers = [str(cell.value).removesuffix(template.REQUIRED) for cell in blank[table][1]]
        assert headers == names
        assert blank[table].freeze_panes == "B3"
        for column, cell in zip(columns(table), blank[table][2], strict=True):
            assert column.description in cell.value
            assert column.unit in cell.value


def test_columns_that_must_be_filled_are_marked_by_more_than_colour(blank: Any) -> None:
    name, address = (
        next(c for c in blank["property"][1] if str(c.value).startswith(n)) for n in ("name", "address")
    )

    assert (name.value, address.value) == ("name *", "address")
    assert blank["property"].cell(2, name.column).value.startswith("Must be filled.")
    assert name.font.underline == "single"


def test_cells_offer_choices_and_refuse_what_is_out_of_limits(blank: Any) -> None:
    sheet = blank["property"]
    rules = {
        sheet.cell(1, next(iter(rule.cells.ranges)).min_col).value: rule
        for rule in sheet.data_validations.dataValidation
    }

    area = rules["floor_area_m2"]
    assert (area.type, float(area.formula1), float(area.formula2)) == ("decimal", 0, 500_000)
    assert rules["effective_date"].type == "date"
    assert rules["year_built"].type == "whole"
    assert rules["organisation_id *"].formula1 == "'organisation'!$A$3:$A$1048576"
    assert str(rules["use"].cells) == "K3:K1048576"
    offered = openpyxl.utils.cell.range_boundaries(rules["use"].formula1.split("!")[1].replace("$", ""))
    words = [blank[template.CHOICES].cell(row, offered[0]).value for row in range(offered[1], offered[3] + 1)]
    assert words == list(next(c.choices for c in columns("property") if c.name == "use"))
    assert '"yes,no"' in {rule.formula1 for rule in blank["team"].data_validations.dataValidation}


def test_identifiers_are_kept_as_text(blank: Any) -> None:
    sheet = blank["property"]
    uprn = next(cell.column for cell in sheet[1] if cell.value == "uprn")

    (looks,) = [held for held in sheet.column_dimensions.values() if held.min <= uprn <= held.max]
    assert looks.number_format == "@"


def test_the_registers_rows_come_back_as_they_were(register: Register, tmp_path: Path) -> None:
    with register.transaction() as connection:
        fill(connection)
    before = rows(register)
    path = template.write(tmp_path / "filled.xlsx", before)
    (result,) = import_files(register, [path])

    assert (result.format, result.rejected, result.warnings) == ("workbook", 0, 0)
    assert result.rows == sum(map(len, before.values()))
    assert (result.changes.new, result.changes.changed) == (0, 0)
    assert rows(register) == before


def test_nothing_is_lost_into_an_empty_register(sqlite_register: Register, tmp_path: Path) -> None:
    wiggly = shapely.Point(379_000.123456789, 392_000).buffer(500, quad_segs=400)
    wanted = {
        "organisation": [{"id": "007", "name": "=1+1"}],
        "property": [
            {"id": "p", "organisation_id": "007", "name": "Hall\nand annexe", "uprn": "000123", "geometry": wiggly,
             "floor_area_m2": 0.1 + 0.2, "effective_date": datetime.date(1899, 1, 2), "year_built": 1850,
             "located_by": "source"}
        ],
        "team": [
            {"id": "t", "organisation_id": "007", "property_id": "p", "name": "@home", "space_kind": "desks",
             "public_facing": True, "may_move": False}
        ],
    }  # fmt: skip
    (result,) = import_files(sqlite_register, [template.write(tmp_path / "filled.xlsx", wanted)])

    assert (result.rows, result.rejected) == (3, 0)
    for table, held in wanted.items():
        (stored,) = sqlite_register.rows(table)
        assert {name: stored[name] for name in held[0]} == held[0]


def test_text_that_looks_like_a_formula_is_no_formula(tmp_path: Path) -> None:
    path = template.write(tmp_path / "t.xlsx", {"organisation": [{"id": "=1+1", "name": "http://example.org"}]})
    id, name = openpyxl.load_workbook(path)["organisation"][3][:2]

    assert (id.data_type, id.value, name.hyperlink) == ("s", "=1+1", None)


def test_what_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="it cannot be written"):
        template.write(tmp_path / "taken" / "register.xlsx")
    monkeypatch.setattr(template, "LAST_ROW", 3)
    with pytest.raises(InputError, match="site: it has 2 rows, more than a sheet of Excel holds"):
        template.write(tmp_path / "t.xlsx", {"site": [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]})
