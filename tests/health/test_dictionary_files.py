"""data/columns: every table described, in the one form that everything else reads."""

import csv
from pathlib import Path

import pytest

import data
from docs import generate
from estate.dictionary import LEDGER_TABLES, REGISTER_TABLES, columns

HEADER = [
    "column", "type", "unit", "required", "default", "minimum", "maximum", "choices", "references", "description",
    "standard",
]  # fmt: skip
TABLES = REGISTER_TABLES + LEDGER_TABLES


def test_every_table_has_one_file_and_every_file_is_a_table() -> None:
    assert {path.stem for path in (data.FOLDER / "columns").glob("*.csv")} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_the_file_is_a_plain_grid(table: str) -> None:
    with (data.FOLDER / "columns" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)

    assert header == HEADER
    assert [row[0] for row in rows if len(row) != len(HEADER)] == []
    assert {row[3] for row in rows} <= {"yes", "no"}


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_well_described(table: str) -> None:
    described = columns(table)
    known = {"text", "choice", "number", "integer", "boolean", "date", "timestamp", "json", "binary", "geometry"}

    assert described[0].name == "id"
    assert len({column.name for column in described}) == len(described)
    for column in described:
        where = f"{table}.{column.name}"
        assert column.type in known, where
        assert column.description[:1].isupper() or column.description[:1].isdigit(), where
        assert not column.description.endswith("."), where
        assert column.unit or column.type != "number", f"{where} has no unit"
        assert bool(column.choices) == (column.type == "choice"), where
        assert len(set(column.choices)) == len(column.choices), where
        if column.minimum is not None and column.maximum is not None:
            assert column.minimum < column.maximum, where


def test_what_a_column_refers_to_stands_before_it() -> None:
    order = (*LEDGER_TABLES, *REGISTER_TABLES)
    for table in order:
        for column in columns(table):
            if column.references:
                parent, key = column.references.split(".")
                assert key == "id"
                assert parent in order[: order.index(table)], f"{table}.{column.name}"


@pytest.mark.parametrize("path", generate.pages(), ids=lambda path: path.name)
def test_the_generated_pages_are_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generate.pages()[path], "run make docs"
