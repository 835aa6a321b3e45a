"""The commands that appraise a run, as people call them."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import appraisals, cli, pipeline
from app.shell import app
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from estate.problems import InputError
from optimiser.checker.facts import Mismatch
from optimiser.plan import Plan
from optimiser.verify import VerificationError
from tests.support.tiny_place import ROWS, asked, with_backlog

assert cli  # it finds the commands


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a register of the tiny place with one run."""
    url = f"sqlite:///{tmp_path_factory.mktemp('appraise') / 'estate.db'}"
    with closing(Register.create(url)) as register:
        with register.transaction() as connection:
            for table in REGISTER_TABLES:
                write(connection, table, with_backlog() if table == "property" else ROWS.get(table, []))
        pipeline.plan(register, asked(name="Fewer [bold]buildings"))
    return url


def said(url: str, *words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--database", url], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_the_business_case_is_printed_for_people_and_for_machines(url: str) -> None:
    text, case = said(url, "appraise"), said(url, "appraise", "latest", "--json")

    assert "Fewer [bold]buildings" in text  # a name is no markup
    for words in (
        "Business as usual",
        "The plan",
        "Net present social value",
        "Benefit-cost ratio",
        "Paid back from",
    ):
        assert words in text
    assert [option["key"] for option in case["options"]] == ["today", "do_minimum", "greedy", "plan"]
    assert sum(step["gbp"] for step in case["bridge"]) == pytest.approx(case["options"][-1]["against"]["npsv_gbp"])
    assert case["discount"] == "green_book_2026"


def test_another_edition_and_a_file_of_settings(url: str, tmp_path: Path) -> None:
    file = tmp_path / "appraisal.yaml"
    file.write_text("discount: review_2026\noptimism_bias: {applied: false}\n")

    found = said(url, "appraise", "--settings", str(file), "--json")
    again = said(url, "appraise", "--settings", str(file), "--discount", "as_planned", "--json")

    assert found["rate_per_year"][1] == 0.03
    assert again["rate_per_year"][1] == 0.035
    assert again["settings"]["optimism_bias"]["applied"] is False


def test_a_figure_that_does_not_hold_is_not_shown(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appraisals, "case_mismatches", lambda *_: [Mismatch("NPSV", "1", "2")])

    result = CliRunner().invoke(app, ["appraise", "--database", url])

    assert isinstance(result.exception, VerificationError)
    assert result.stdout == ""


def test_a_run_without_a_plan_has_no_business_case(url: str) -> None:
    with closing(Register.open(url)) as register:
        run = pipeline.load(register, "latest")
    nothing = pipeline.Run(run.id, Plan("no_plan_found", "", "", 2026, 0.0, "", 0), run.scenario, run.snapshot)

    with pytest.raises(InputError, match="it has no plan"):
        appraisals.appraise(nothing)


def test_risk_is_printed_for_people_and_for_machines(url: str) -> None:
    text, found = said(url, "risk"), said(url, "risk", "--draws", "500", "--seed", "3", "--json")

    for words in ("One thing otherwise", "Price of what is sold", "10,000 draws", "P90", "benchmark estimates"):
        assert words in text
    assert (found["draws"], found["seed"]) == (500, 3)
    assert sum(found["spreads"][0]["counts"]) == 500


def test_carbon_is_printed_for_people_and_for_machines(url: str) -> None:
    text, found = said(url, "carbon"), said(url, "carbon", "latest", "--json")

    assert "2026/27" in text
    assert "no recorded energy" in text
    assert len(found["properties"]) == 5


def test_capital_is_printed_with_the_appraisal(url: str) -> None:
    text = said(url, "appraise")

    assert "Capital by year" in text
    assert "As planned most is borrowed in 2026/27" in text
