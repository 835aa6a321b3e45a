"""The column dictionary: how a cell as read becomes a value, or a fault in the user's words."""

from datetime import date
from typing import Any

import pytest

from estate.dictionary import LEDGER_TABLES, REGISTER_TABLES, Column, ColumnError, columns


def column(kind: str, **changes: Any) -> Column:
    plain: dict[str, Any] = {
        "name": "thing", "type": kind, "unit": "m2", "required": False, "default": "", "minimum": None,
        "maximum": None, "choices": (), "references": "", "description": "Floor area", "standard": "",
    }  # fmt: skip
    return Column(**(plain | changes))


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  Town\xa0Hall ", "Town Hall"),
        ("text", "007", "007"),
        ("text", 7, "7"),
        ("number", "£1,234.50", 1234.5),
        ("number", "-1,234,567", -1_234_567.0),
        ("number", "1e3", 1000.0),
        ("integer", "1971.0", 1971),
        ("boolean", "Yes", True),
        ("boolean", "f", False),
        ("boolean", True, True),
        ("date", "2026-03-31", date(2026, 3, 31)),
        ("date", date(2026, 3, 31), date(2026, 3, 31)),
    ],
)
def test_a_cell_becomes_a_value_of_its_column(kind: str, raw: object, value: object) -> None:
    parsed = column(kind).parse(raw, "row 2")

    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [
        ("text", "a\0b", "it is not text that can be stored"),
        ("text", "\ud800", "it is not text that can be stored"),
        ("number", "about 5", "it is not a number"),
        ("number", "12,5", "it is not a number"),
        ("number", "1,23,456", "it is not a number"),
        ("number", "nan", "it is not a number"),
        ("number", "inf", "it is not a number"),
        ("integer", "1.5", "it is not a whole number"),
        ("boolean", "maybe", "it is not yes or no"),
        ("date", "31/03/2026", "it is not a date such as 2026-03-31"),
        ("date", "2026-02-30", "it is not a date such as 2026-03-31"),
    ],
)
def test_a_cell_that_does_not_fit_is_refused_with_the_remedy(kind: str, raw: object, reason: str) -> None:
    with pytest.raises(ColumnError) as caught:
        column(kind).parse(raw, "row 2")

    problem = caught.value.problem
    assert (problem.record, problem.column, problem.reason) == ("row 2", "thing", reason)
    assert problem.value == str(raw).strip()
    assert problem.remedy == "Give floor area"


@pytest.mark.parametrize("raw", ["0", "500000"])
def test_the_limits_themselves_are_within_the_limits(raw: str) -> None:
    assert column("number", minimum=0, maximum=500_000).parse(raw, "row 2") == float(raw)


@pytest.mark.parametrize("raw", ["-0.1", "500,001"])
def test_a_value_outside_the_limits_is_refused_with_the_limits_and_unit(raw: str) -> None:
    with pytest.raises(ColumnError, match="it is outside 0 to 500,000 m2"):
        column("number", minimum=0, maximum=500_000).parse(raw, "row 2")


def test_a_value_that_is_none_of_the_choices_is_refused_with_the_choices() -> None:
    tenure = column("choice", choices=("freehold", "leasehold"))

    assert tenure.parse("freehold", "row 2") == "freehold"
    with pytest.raises(ColumnError, match="has 'Leashold': it is none of freehold, leasehold"):
        tenure.parse("Leashold", "row 2")


@pytest.mark.parametrize("blank", [None, "", "  ", "\xa0"])
def test_blank_is_missing_and_never_zero(blank: object) -> None:
    assert column("number").parse(blank, "row 2") is None
    assert column("number", default="6").parse(blank, "row 2") == 6.0
    with pytest.raises(ColumnError, match="it is blank and this column must be filled"):
        column("number", required=True).parse(blank, "row 2")


@pytest.mark.parametrize("table", REGISTER_TABLES + LEDGER_TABLES)
def test_every_default_fits_its_own_column(table: str) -> None:
    for described in columns(table):
        if described.default:
            described.parse("", f"{table}.{described.name}")
