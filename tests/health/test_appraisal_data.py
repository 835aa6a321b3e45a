"""data/rates: the tables that an appraisal reads are whole, dated and sourced, and name what there is."""

import csv
from datetime import date
from typing import get_args

import pytest

import data
from optimiser.appraise.settings import MIDDLE, Driver, Works
from optimiser.model.build import cost_book

STATUSES = {"in_force", "superseded", "proposed", "secondary", "assumption"}


def _rows(name: str) -> list[dict[str, str]]:
    with (data.FOLDER / "rates" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_cost_of_the_model_is_a_line_of_the_appraisal() -> None:
    rows = _rows("appraisal_lines")

    assert sorted(row["line"] for row in rows) == sorted(cost_book())
    for row in rows:
        assert {row["cash"], row["cashable"], row["works"], row["investment"]} <= {"yes", "no"}, row
        assert row["kind"] in ({"capital", "revenue"} if row["cash"] == "yes" else {"none"}), row
        assert row["timing"] in {"one_off", "yearly"}
        assert row["description"]
    assert {row["line"] for row in rows if row["works"] == "yes"} == set(get_args(Works))


@pytest.mark.parametrize("name", ["discounting", "appraisal_ranges"])
def test_every_figure_is_dated_and_sourced(name: str) -> None:
    for row in _rows(name):
        assert row["status"] in STATUSES, row
        assert date.fromisoformat(row["from_date"])
        assert row["source"]


def test_the_steps_of_an_edition_follow_each_other() -> None:
    ends: dict[str, str] = {}
    for row in _rows("discounting"):
        first = int(row["from_year"])
        assert first == (int(ends[row["edition"]]) + 1 if row["edition"] in ends else 0), row
        assert 0 < float(row["rate_per_year"]) < 0.1
        ends[row["edition"]] = row["to_year"]


def test_every_driver_has_a_range_round_what_is_appraised() -> None:
    rows, lines = _rows("appraisal_ranges"), set(cost_book())

    assert [row["driver"] for row in rows] == list(get_args(Driver))
    for row in rows:
        assert float(row["low"]) <= MIDDLE.get(row["driver"], 1.0) <= float(row["high"]), row
        assert set(row["lines"].split()) <= lines
