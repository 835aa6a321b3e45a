"""plan.xlsx, read back with another library."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from estate.problems import InputError
from maps.pack import workbook
from optimiser.plan import BudgetUse, FundUse, PartnerPosition, Plan
from optimiser.scenario import parse
from tests.support import planned_place

SHEETS = [
    *("Summary", "Properties", "Moves", "Reach", "Equality impact", "Zones", "Counters", "Costs"),
    *("Partners", "Budget", "Funds", "Estimates", "Sources"),
]


def _read(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def _records(sheet: Any) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _read(workbook.write(*planned_place.place(), tmp_path_factory.mktemp("book") / "plan.xlsx"))


def test_every_sheet_has_a_frozen_header_and_a_filter(book: Any) -> None:
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref
        assert all(cell.value for cell in sheet[1])


def test_the_summary_says_what_the_plan_says(book: Any) -> None:
    plan, snapshot, scenario = planned_place.place()
    said = {row["Item"]: row["Value"] for row in _records(book["Summary"])}
    assert plan.figures is not None
    assert said["How good the plan is known to be"].startswith("Proven within 0.8%")
    assert said["Saving a year"] == plan.figures.saving_gbp_per_year
    assert said["Share of these pounds that are estimates"] == plan.figures.estimated_share
    assert (said["Gap between the two"], said["No plan can cost less than"]) == (plan.gap, plan.bound_gbp_k)
    assert (said["Snapshot of the register"], said["Scenario as asked"]) == (snapshot.digest, scenario.digest)


def test_rows_are_complete_and_add_up(book: Any) -> None:
    plan, snapshot, _ = planned_place.place()
    assert plan.figures is not None
    held = _records(book["Properties"])
    assert len(held) == len(plan.properties)
    assert sum(row["Saving (GBP a year)"] for row in held) == pytest.approx(plan.figures.saving_gbp_per_year)
    receipts = [row["Receipt before sale costs (GBP)"] for row in held if row["Sold"] == "yes"]
    assert sum(receipts) == plan.figures.capital_receipts_gbp
    assert {row["Receipt before sale costs (GBP)"] for row in held if row["Sold"] == "no"} == {None}
    assert sum(row["People (FTE)"] for row in _records(book["Moves"])) == plan.figures.people_moved
    assert len(_records(book["Zones"])) == len(plan.zones)
    assert len(_records(book["Reach"])) == len(snapshot.services)
    assert len(_records(book["Estimates"])) == len(snapshot.estimates) > 0


def test_units_and_number_formats(book: Any) -> None:
    sheet = book["Properties"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, columns["Saving (GBP a year)"]).number_format == "#,##0;-#,##0"
    assert book["Reach"]["D2"].number_format == "0.0%"
    assert sheet.cell(2, columns["UPRN"]).data_type == "s"


def test_a_rate_set_by_the_scenario_does_not_claim_a_public_source(tmp_path: Path) -> None:
    plan, snapshot, _ = planned_place.place()
    scenario = parse({"rates": {"discount_rate_per_year": 0.06}, "services": {"s0": {"minutes": 25}}})
    rows = _records(_read(workbook.write(plan, snapshot, scenario, tmp_path / "p.xlsx"))["Sources"])
    by_name = {row["Figure"]: row for row in rows}
    assert by_name["discount rate per year"]["Standing"] == "set in the scenario"
    assert by_name["Standard: Library"]["Value used"] == 25
    assert "assumption" in by_name["move gbp per fte"]["Standing"]


HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1",
    "=cmd|'/c calc'!A0",
    "http://example.org",
    "{=1}",
    "mailto:a@b",
    "a\x01b",
)


def test_text_that_looks_like_a_formula_or_a_link_stays_text(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place(properties=len(HOSTILE) + 1)
    names = [*HOSTILE, "x" * 40_000]
    hostile = replace(
        snapshot,
        properties=snapshot.properties.assign(name=names, postcode="=1+1"),
        organisations=snapshot.organisations.assign(name="=1+1"),
        zones=snapshot.zones.assign(name="=1+1"),
    )
    sheet = _read(workbook.write(plan, hostile, scenario, tmp_path / "p.xlsx"))
    for part in sheet:
        for row in part.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    shown = [row["Name"] for row in _records(sheet["Properties"])]
    assert shown[:5] == list(HOSTILE[:5])


def test_without_a_plan_the_sheets_are_there_and_say_why(tmp_path: Path) -> None:
    _, snapshot, scenario = planned_place.place()
    none = Plan(
        "infeasible_confirmed", snapshot.digest, scenario.digest, 2026, 2.0, "HiGHS", 0, conflicts=("No way",)
    )
    read = _read(workbook.write(none, snapshot, scenario, tmp_path / "p.xlsx"))
    assert read.sheetnames == SHEETS
    said = {row["Item"]: row["Value"] for row in _records(read["Summary"])}
    assert said["Rules that cannot hold together"] == "No way"
    assert said["Present cost of the plan"] is None


def test_who_pays_and_from_what_stands_on_sheets_of_its_own(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place()
    hub = replace(plan.properties[1], hub_year=2027, partners=("o0", "o1"), transferred_year=None)
    plan = replace(
        plan,
        properties=(plan.properties[0], hub, *plan.properties[2:]),
        partners=(PartnerPosition("o1", 900_000.0, 800_000.0, 0.0, 12_000.0),),
        budget=(BudgetUse(2026, 0.0, 50_000.0, 0.0, 20_000.0, 30_000.0),),
        funds=(FundUse("stream:f1", "Estates fund", "o1", "fit_out", 2026, 20_000.0),),
    )
    read = _read(workbook.write(plan, snapshot, scenario, tmp_path / "p.xlsx"))
    assert list(_records(read["Partners"])[0].values())[:4] == ["Partner body 2", 900_000, 800_000, 100_000]
    assert list(_records(read["Budget"])[0].values()) == ["2026/27", 0, 50_000, 0, 20_000, 30_000]
    paid = list(_records(read["Funds"])[0].values())
    assert paid == ["2026/27", "fit out", "Partner body 2", "Estates fund", 20_000, "stream:f1"]
    shown = _records(read["Properties"])[1]
    assert (shown["Shared hub from"], shown["Partners in the hub"]) == (
        "2027/28",
        "Partner body 1; Partner body 2",
    )


def test_a_plan_of_another_snapshot_is_refused(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place()
    with pytest.raises(InputError, match="made from snapshot"):
        workbook.write(replace(plan, snapshot_digest="other"), snapshot, scenario, tmp_path / "p.xlsx")
