"""The commands for partners, as people call them: the ledger, shares of the gain, the price of fairness."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from app import cli, partnering, pipeline, screen_partners, studies
from app.screen import pounds
from app.shell import NO_PLAN, app
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from estate.problems import InputError
from optimiser.appraise import coalitions
from optimiser.appraise.coalitions import Coalition
from optimiser.checker.facts import Mismatch
from optimiser.planner import make_plan
from optimiser.verify import VerificationError
from tests.support.tiny_place import ROWS, asked

assert cli  # it finds the commands
# The clinic costs GBP 600,000 a year to hold: a guest's share is more than the council's whole library.
DEAR = [
    {**row, "gbp_per_year": 600_000.0} if row["id"] == "clinic-holding" else row for row in ROWS["running_cost"]
]
SCENARIO = asked(
    name="Fewer [bold]buildings",
    pins={"team_stays": ["benefits", "desk", "nurses", "porters"], "keep": ["clinic"]},
    moves={"max_km": 1.5},
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of a place whose cheapest plan harms the council, with that run."""
    file = tmp_path_factory.mktemp("partners") / "estate.db"
    with closing(Register.create(f"sqlite:///{file}")) as register:
        with register.transaction() as connection:
            for table in REGISTER_TABLES:
                write(connection, table, DEAR if table == "running_cost" else ROWS.get(table, []))
        pipeline.plan(register, SCENARIO)
    return file


@pytest.fixture
def url(made: Path, tmp_path: Path) -> str:
    """The address of a register of a test's own."""
    return f"sqlite:///{shutil.copy(made, tmp_path / 'estate.db')}"


def said(url: str, *words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--database", url], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_the_ledger_says_who_pays_first_and_what_payments_make_good(url: str, tmp_path: Path) -> None:
    book = tmp_path / "ledger.xlsx"
    text = said(url, "ledger", "--workbook", str(book))
    content = said(url, "ledger", "latest", "--json")

    assert "Fewer [bold]buildings" in text  # a name is no markup
    assert "Ashby Council is out of pocket by up to" in text
    assert "Nene NHS Trust is never out of pocket." in text
    assert "in all leave nobody worse off; nothing smaller does" in text
    council, nhs = content["accounts"]
    (payment,) = content["payments"]
    assert payment["gbp"] == pytest.approx(-council["better_off_gbp"], abs=0.01)
    assert nhs["better_off_gbp"] > payment["gbp"]
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["Partner accounts", "Ledger by year", "Net cash by year", "So that none loses"]
    paid = [[cell.value for cell in row] for row in sheets["So that none loses"]][1]
    assert paid[:3] == ["Nene NHS Trust", "Ashby Council", payment["gbp"]]
    rows = [[cell.value for cell in row] for row in sheets["Ledger by year"]]
    charges = [row for row in rows if row[1] == "Occupation charges paid to hosts" and row[3] == "the plan's"]
    assert [row[0] for row in charges] == ["Ashby Council"]
    assert charges[0][5] == charges[0][14] > 0  # every year alike
    totals = {row[0]: row[4] for row in rows if row[1:4:2] == ["All lines: what it costs", "the plan's"]}
    assert totals == pytest.approx({account["name"]: account["cost_after_gbp"] for account in (council, nhs)})


def test_one_partner_is_handed_only_its_own(url: str) -> None:
    text = said(url, "ledger", "--organisation", "A")
    content = said(url, "ledger", "--organisation", "A", "--json")

    assert {entry["organisation_id"] for entry in content["entries"]} == {"A"}
    assert [account["name"] for account in content["accounts"]] == ["Ashby Council"]
    assert "Nene NHS Trust is never" not in text
    result = CliRunner().invoke(app, ["ledger", "--organisation", "X", "--database", url])
    assert isinstance(result.exception, InputError)


def test_gains_are_shared_and_what_groups_save_is_kept_and_used_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "shares.xlsx"
    content = said(url, "share-gains", "--seconds", "20", "--gap", "0", "--json")
    monkeypatch.setattr(coalitions, "plans", lambda *_, **__: pytest.fail("a group was planned again"))
    text = said(url, "share-gains", "--seconds", "20", "--workbook", str(book))

    ways = {way["way"]: way for way in content["ways"]}
    values = {tuple(one["members"]): one["value_gbp"] for one in content["groups"]}
    assert set(values) == {("A",), ("N",), ("A", "N")}
    # Neither can do anything alone, so each adds the same: half.
    assert ways["shapley"]["shares_gbp"]["A"] == pytest.approx(content["gain_gbp"] / 2)
    assert ways["as_it_falls"]["shares_gbp"]["A"] < 0
    assert ways["as_it_falls"]["objections"][0]["members"] == ["A"]
    assert "All 3 groups were planned" in text
    assert "Payments that share it 'By what each adds (Shapley)'" in text
    assert openpyxl.load_workbook(book).sheetnames == [
        "Ways to share", "Who would leave", "Every group", "If one leaves", "Payments of each way",
    ]  # fmt: skip


def test_a_stop_keeps_what_was_done(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(groups: Any, *_: Any, on_size: Any, **__: Any) -> list[Coalition]:
        found = [Coalition(("A",), 5.0, 5.0, "proven", 6.0, 0.001)]
        on_size(found)
        return found

    monkeypatch.setattr(coalitions, "values", stopped)
    result = CliRunner().invoke(app, ["share-gains", "--database", url])

    assert result.exit_code == NO_PLAN
    assert "give the same command again to go on" in result.stderr
    with closing(Register.open(url, None)) as register:
        kept = studies.load(register, pipeline.load(register, "latest").id, "partners") or {}
    assert [one["value_gbp"] for one in kept["groups"]] == [5.0]


def test_where_groups_apart_save_more_the_whole_is_planned_again_and_a_better_plan_kept(tmp_path: Path) -> None:
    """The run is kept as if its search had ended before anything was found."""
    with closing(Register.create(f"sqlite:///{tmp_path / 'estate.db'}")) as register:
        with register.transaction() as connection:
            for table in REGISTER_TABLES:
                write(connection, table, ROWS.get(table, []))
        best = pipeline.plan(register, asked())
        pinned = asked(pins={"keep": list(best.snapshot.properties.index)})
        poor = pipeline.keep(register, make_plan(best.snapshot, pinned), asked(), best.snapshot)
        shared = partnering.share_gains(register, poor, seconds=20, gap=0.0, orders=2)
        again = partnering.share_gains(register, poor, seconds=20, gap=0.0, orders=2)
        assert shared is not None
        assert again is not None
        assert shared.better_run is not None
        assert shared.better_run == again.better_run
        better = pipeline.load(register, shared.better_run)
        assert better.plan.objective_gbp_k == pytest.approx(best.plan.objective_gbp_k)
        known = studies.load(register, better.id, "partners") or {}
        assert len(known["groups"]) == 2


def test_the_price_of_fairness_is_said_beside_what_payments_do(url: str) -> None:
    text, content = said(url, "price-fairness", "--seconds", "20"), said(url, "price-fairness", "--json")

    assert "leaves worse off: Ashby Council" in text
    assert "do the same with the cheapest plan, and cost the whole nothing" in text
    assert content["price_gbp"] == pytest.approx(sum(content["cheapest"]["better_off_gbp"].values()))
    assert content["worse_off"] == ["A"]
    with closing(Register.open(url, None)) as register:
        kept = studies.load(register, content["run"], "partners") or {}
    assert kept["fairness"]["price_gbp"] == content["price_gbp"]


@pytest.mark.parametrize(("command", "check"), [("ledger", "ledger"), ("share-gains", "sharing")])
def test_a_figure_that_does_not_hold_is_not_shown(
    url: str, command: str, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partnering, f"{check}_mismatches", lambda *_: [Mismatch("share", "1", "2")])
    result = CliRunner().invoke(app, [command, "--database", url])

    assert isinstance(result.exception, VerificationError)
    assert result.stdout == ""


def test_of_many_partners_random_orders_are_planned_and_the_error_is_said(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partnering, "MOST_EXACT", 1)
    text = said(url, "share-gains", "--seconds", "20", "--orders", "6")
    content = said(url, "share-gains", "--seconds", "20", "--orders", "6", "--json")

    shapley = next(way for way in content["ways"] if way["way"] == "shapley")
    assert (content["exact"], content["orders"]) == (False, 6)
    assert shapley["standard_errors_gbp"]["A"] > 0
    assert f"{pounds(shapley['shares_gbp']['A'])} ± £" in text
    assert "drawn at random: the shares by what each adds are means" in text


def test_one_partner_alone_has_nothing_to_share(url: str) -> None:
    with closing(Register.open(url, None)) as register:
        pipeline.plan(register, SCENARIO.with_value(("scope", "organisations"), ["N"]))
    result = CliRunner().invoke(app, ["share-gains", "--database", url])

    assert isinstance(result.exception, InputError)
    assert "one partner alone has nothing to share" in str(result.exception)


def test_progress_is_shown_to_people_alone() -> None:
    with screen_partners.progress(True, "groups") as quiet, screen_partners.progress(False, "groups") as shown:
        assert quiet is None
        assert shown is not None
        shown(1, 2)
