"""What really happened: written down on both stores, read back, and set beside the plan by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import cli, outturns, pipeline
from app.pipeline import Run
from app.shell import app
from estate import access
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from estate.problems import InputError
from optimiser.appraise.outturn import Recorded, outturn
from optimiser.checker.outturn import outturn_mismatches
from tests.support.tiny_place import ROWS, asked

assert cli  # it finds the commands


def _fill(register: Register) -> Run:
    """The tiny place with a plan that leaves and sells the hall and the annexe in 2026, paid for in 2027."""
    with register.transaction() as connection:
        for table in REGISTER_TABLES:
            write(connection, table, ROWS.get(table, []))
    run = pipeline.plan(register, asked(pins={"keep": ["library", "clinic"]}))
    assert {action.property_id for action in run.plan.properties if action.sold} == {"hall", "annexe"}
    return run


@pytest.fixture
def run(register: Register) -> Run:
    return _fill(register)


def test_what_is_written_down_is_read_back_and_a_blank_changes_nothing(register: Register, run: Run) -> None:
    first: dict[str, Any] = {"property_id": "hall", "left_on": "2026-10-01", "cost_gbp": "£12,000"}
    outturns.record(register, run, [first])
    outturns.record(register, run, [{"property_id": "hall", "sold_on": "2028-04-01", "price_gbp": "1400000"}])
    outturns.record(register, run, [{"property_id": "hall", "cost_gbp": "11000", "note": "final account"}])

    assert outturns.recorded(register, run.id) == {
        "hall": Recorded("hall", date(2026, 10, 1), date(2028, 4, 1), 1_400_000.0, 11_000.0, "final account")
    }
    assert len(register.rows("outturn")) == 3  # what was said before is kept


def test_the_comparison_by_hand(register: Register, run: Run) -> None:
    outturns.record(register, run, [
        {"property_id": "hall", "left_on": "2026-10-01", "sold_on": "2028-04-01", "price_gbp": 1_400_000,
         "cost_gbp": 100_000},
        {"property_id": "clinic", "note": "roof repaired"},
    ])  # fmt: skip

    found = outturns.compare(register, run, on=date(2028, 6, 1))
    hall, annexe, clinic = (next(o for o in found.properties if o.property_id == key)
                            for key in ("hall", "annexe", "clinic"))  # fmt: skip

    assert (hall.state, annexe.state, clinic.state) == ("done", "overdue", "not planned")
    assert (hall.sold_year_planned, hall.sold_year) == (2027, 2028)
    real = 1_400_000 / 1.02**2
    assert hall.price_real_gbp == pytest.approx(real)
    moved = sum(move.cost_gbp for move in run.plan.moves if move.from_property_id == "hall")
    fee = 500 / 2 + 0.02 * 1_500_000
    assert hall.cost_planned_gbp == pytest.approx(moved + fee)
    assert (found.price_planned_gbp, found.price_planned_of_known_gbp) == (2_000_000, 1_500_000)
    assert found.late_years == 1
    by_year = {one.year: one for one in found.years}
    assert by_year[2027].price_planned_gbp == 2_000_000
    assert by_year[2028].price_real_gbp == pytest.approx(real)
    assert by_year[2026].cost_real_gbp == pytest.approx(100_000)


def test_before_anything_is_due_all_is_to_come(register: Register, run: Run) -> None:
    states = {one.state for one in outturns.compare(register, run, on=date(2026, 5, 1)).properties}

    assert states == {"to come"}


def test_faults_are_named_all_at_once_and_nothing_is_written(register: Register, run: Run) -> None:
    rows: list[dict[str, object]] = [
        {"property_id": "hall", "sold_on": "1 May 2027"},
        {"property_id": "castle", "price_gbp": "5"},
        {"property_id": "annexe", "price_gbp": "-5"},
        {"property_id": "annexe"},
        {"property_id": "", "price_gbp": "5"},
    ]

    with pytest.raises(InputError) as caught:
        outturns.record(register, run, [*rows, {"property_id": "hall", "price_gbp": "5"}])

    said = [(fault.record, fault.column) for fault in caught.value.problems]
    assert {("row 1", "sold_on"), ("row 2", "property_id"), ("row 3", "price_gbp"), ("row 4", "property_id"),
            ("row 5", "property_id")} <= set(said)  # fmt: skip
    assert register.rows("outturn") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("property,price_gbp\nhall,1\n", "its columns do not fit"),
        ("property_id,prise\nhall,1\n", "prise"),
        ('property_id,note\nhall,"a\n', "it is no CSV file"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "happened.csv"
    file.write_text(text)

    with pytest.raises(InputError, match=reason):
        outturns.read(file)


def test_an_editor_records_of_its_own_properties_and_a_viewer_of_none(sqlite_url: str) -> None:
    with Register.create(sqlite_url).transaction():
        pass
    register = Register.open(sqlite_url)
    run = _fill(register)
    with register.transaction() as connection:
        for name, role, body in (("anna", "administrator", ""), ("nora", "editor", "N"), ("eve", "viewer", "N")):
            access.add(connection, name, role, body)
    register.close()
    rows = [{"property_id": "hall", "price_gbp": "5"}]

    for member, reason in (("nora", "another body's property"), ("eve", "a viewer may not change")):
        register = Register.open(sqlite_url, member)
        with pytest.raises(InputError, match=reason):
            outturns.record(register, run, rows)
        register.close()
    register = Register.open(sqlite_url, "anna")
    assert outturns.record(register, run, rows) == 1
    register.close()
    register = Register.open(sqlite_url, "nora")
    assert register.rows("outturn") == []  # it follows the run, which is the administrators' own
    register.close()


def test_a_figure_of_the_comparison_cannot_be_bent_unseen(register: Register, run: Run) -> None:
    outturns.record(
        register, run, [{"property_id": "hall", "sold_on": "2028-04-01", "price_gbp": 1, "cost_gbp": 2}]
    )
    found = outturns.compare(register, run, on=date(2028, 6, 1)).to_dict()
    rows, place = register.rows("outturn"), (run.plan, run.snapshot, run.scenario)
    assert outturn_mismatches(found, rows, *place) == []

    for word in (name for name in found if name.endswith("_gbp")):
        assert outturn_mismatches({**found, word: found[word] + 1}, rows, *place), word
    for at, one in enumerate(found["properties"]):
        for word in (name for name in one if name.endswith("_gbp") and one[name] is not None):
            bent = [*found["properties"]]
            bent[at] = {**one, word: one[word] + 1}
            assert outturn_mismatches({**found, "properties": bent}, rows, *place), word


def test_a_plan_of_which_nothing_is_known_is_all_forecast(run: Run) -> None:
    found = outturn(run.plan, {}, 1, 0.02, date(2026, 5, 1))

    assert (found.price_real_gbp, found.late_years) == (0.0, None)


def test_the_commands(sqlite_url: str, tmp_path: Path) -> None:
    register = Register.create(sqlite_url)
    _fill(register)
    register.close()
    file = tmp_path / "happened.csv"
    file.write_text("property_id,left_on,cost_gbp\nannexe,2026-12-01,20000\n")

    def said(*words: str) -> str:
        result = CliRunner().invoke(app, [*words, "--database", sqlite_url], env={"COLUMNS": "200"})
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    assert "1 recorded" in said(
        "outturn", "record", "--property", "hall", "--sold-on", "2027-05-01", "--price", "2e6"
    )
    assert "1 recorded" in said("outturn", "record", "latest", "--from", str(file))
    text = said("outturn", "show", "--on", "2027-06-01")
    assert "Receipts: £2.0m against £1.5m forecast for the same" in text
    assert "under way" in text or "overdue" in text
    assert '"state": "done"' in said("outturn", "show", "--json")

    result = CliRunner().invoke(app, ["outturn", "record", "--database", sqlite_url])
    assert isinstance(result.exception, InputError)
