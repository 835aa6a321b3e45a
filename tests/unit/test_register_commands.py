"""The commands on the register as a person or a machine reads them: import, check, history, estimate."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from app import cli, register_screen
from app.shell import app
from estate.checks import Finding
from estate.database import Register, write
from estate.importers import ImportResult, Note
from estate.problems import InputError, Problem
from tests.support.rows import fill
from tests.unit.importers.files import like_library, register_csv

assert cli  # it finds the commands

Estate = Callable[..., str]


@pytest.fixture
def estate(sqlite_register: Register, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Estate:
    """Runs a command on an empty register and gives what it printed."""
    monkeypatch.setenv("ESTATE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ESTATE_USER", "ana")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object) -> str:
        result = CliRunner().invoke(app, list(map(str, words)))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    path = tmp_path / "assets.csv"
    path.write_text(register_csv(like_library(), like_library(AssetCode="A2", PropertyName="Depot [b]", UPRN="")))
    return path


def test_a_dry_run_then_the_import_then_the_history(estate: Estate, assets: Path, tmp_path: Path) -> None:
    estate("import", assets)
    assets.write_text(
        register_csv(like_library(BuildingSize="1100"), like_library(AssetCode="A9", PropertyName=""))
    )
    rejects = tmp_path / "rejects.csv"

    shown = estate("import", assets, "--dry-run", "--rejects", rejects)

    assert "0 new, 1 changed, 0 unchanged, 1 gone from the source" in shown
    assert "Sale Library (ambridge-council/AC1-B2): floor area (m2) 1,047 -> 1,100" in shown
    assert "Depot [b] (ambridge-council/A2)" in shown
    assert "This was a dry run: the register is as it was." in shown
    assert f"Refused rows: {rejects}" in shown
    assert "A9" in rejects.read_text(encoding="utf-8")
    assert "was added" in estate("history", "sale library")
    assert "changed from" not in estate("history", "sale library")
    told = json.loads(estate("import", assets, "--json"))
    [change] = told["files"][0]["preview"]["changed"]
    assert (told["dry_run"], change["before"], change["after"]) == (False, 1047.0, 1100.0)
    assert told["files"][0]["preview"]["gone_remedy"].startswith("They stay in the register.")
    assert "ana, from assets.csv row 2: the property: floor area (m2) changed from 1,047 to 1,100" in estate(
        "history", "sale library"
    )
    events = json.loads(estate("history", "sale library", "--json"))["events"]
    assert [(event["kind"], event["by"]) for event in events] == [("added", "ana"), ("changed", "ana")]


def test_an_import_without_refused_rows_writes_no_rejects(estate: Estate, assets: Path, tmp_path: Path) -> None:
    assert "No row was refused" in estate("import", assets, "--rejects", tmp_path / "none.csv")
    assert not (tmp_path / "none.csv").exists()


def test_rejects_that_cannot_be_written_stop_the_import_before_it_begins(estate: Estate, assets: Path) -> None:
    with pytest.raises(InputError, match="--rejects"):
        estate("import", assets, "--rejects", "rejects.txt")

    assert "nothing" in estate("check")


def test_findings_are_read_by_owner_and_worth_and_go_to_excel(
    estate: Estate, sqlite_register: Register, tmp_path: Path
) -> None:
    with sqlite_register.transaction() as connection:
        fill(connection)
        write(connection, "property", [{"id": "AC-3", "name": "=cmd() [red]"}])
    out = tmp_path / "findings.xlsx"

    shown = estate("check", "--out", out)

    assert "Ambridge Council" in shown
    assert "£2.0m value" in shown
    assert "=cmd() [red]" in shown
    assert "Data quality, 0 to 100" in shown
    book = openpyxl.load_workbook(out)
    header, *rows = book["findings"].iter_rows(values_only=True)
    found = json.loads(estate("check", "--json"))
    assert [row[header.index("Check")] for row in rows] == [finding["check"] for finding in found]
    cells = {cell.value: cell.data_type for row in book["findings"].iter_rows() for cell in row}
    assert cells["=cmd() [red]"] == "s"
    assert [row[0] for row in book["scores"].iter_rows(values_only=True)] == ["Organisation", "Ambridge Council"]
    with pytest.raises(InputError, match="--out"):
        estate("check", "--out", "findings.csv")


@pytest.mark.parametrize("width", [80, 120])
def test_findings_read_well_on_a_narrow_screen(
    sqlite_register: Register, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(register_screen, "out", Console(file=shown, width=width, highlight=False))
    finding = Finding(
        "floor-area-unlikely", "warning", "property", "trafford-council/TMBC0260-J0000152",
        "Longford Park, the Barn",
        "ac", "floor_area_m2", "3,882", "8 properties with like names have this very area",
        "Check the area, and that a whole is not given for each part", 4_700_000, "estimated value",
    )  # fmt: skip
    many = [replace(finding, record_id=f"ac/{n}", worth_gbp=1000.0 * n) for n in range(5)]

    register_screen.findings([*many, finding], [], {"ac": "Ambridge Council"})

    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    words = " ".join(shown.getvalue().split())
    assert "Ambridge Council: 6 findings" in words
    assert words.count(finding.remedy) == 1
    assert (
        "- Longford Park, the Barn (trafford-council/TMBC0260-J0000152), £4.7m estimated value: "
        "8 properties with like names have this very area (floor area 3,882 m2)"
    ) in words
    assert "and 3 more 'estate check --out findings.xlsx' lists them all." in words
    assert "…" not in words


def test_an_estimate_is_explained(estate: Estate, sqlite_register: Register) -> None:
    with sqlite_register.transaction() as connection:
        fill(connection)

    shown = estate("estimate", "--explain", "town hall")

    assert "Recorded" in shown
    assert "floor area 1,234.5 m2, not from a file" in shown
    assert "team Planning, fte 12.5 FTE" in shown
    depot = json.loads(estate("estimate", "--explain", "AC-3", "--json"))
    assert {figure["estimated"] for figure in depot["figures"]} == {True}
    assert "To replace it: Give what it costs to run in running_cost.csv" in estate(
        "estimate", "--explain", "AC-3"
    )
    assert json.loads(estate("estimate", "--json"))["floor area typical of use"] == 2
    assert "running cost of a building" in estate("estimate")


def test_years_are_shown_without_commas(estate: Estate, tmp_path: Path) -> None:
    table = tmp_path / "property.csv"
    (tmp_path / "organisation.csv").write_text("id,name\nac,Ambridge Council\n")
    rows = "id,organisation_id,name,year_built,floor_area_m2\np1,ac,Hall,{},1500\n"
    table.write_text(rows.format(1965))
    estate("import", tmp_path)
    table.write_text(rows.format(1966))

    assert "year built 1965 -> 1966" in estate("import", table, "--dry-run")
    table.write_text(rows.format(900))
    assert "it is outside the years 1000 to 2100" in " ".join(estate("import", table, "--dry-run").split())


def test_a_list_of_others_says_that_nothing_is_written(estate: Estate, tmp_path: Path) -> None:
    path = tmp_path / "eric.csv"
    path.write_text("Trust Code,Trust Name,Gross internal floor area (m2)\nR0A,Borchester Trust,100\n")

    shown = " ".join(estate("import", path).split())

    assert "1 accepted" in shown
    assert "none of these rows is written, for the reasons below" in shown
    assert "or take every trust with --everywhere" in shown


def test_warnings_that_each_name_a_record_stand_together(capsys: pytest.CaptureFixture[str]) -> None:
    remedy = "If it is another building, add it to property.csv"
    notes = [Note("warning", n, Problem(f"School {n}", f"it was taken to be Hall {n}", remedy)) for n in range(5)]
    notes += [Note("warning", n, Problem(f"Row {n}", "it has no size", "Add it")) for n in (7, 8)]

    register_screen.imported([ImportResult("schools.csv", notes=tuple(notes))])

    shown = capsys.readouterr().out
    assert f"warning (5): {remedy}." in shown
    assert "row 1, School 1: it was taken to be Hall 1" in shown
    assert "School 4" not in shown
    assert "warning (2): it has no size. Add it." in shown
