"""The appraisal's workbook: its live formulas, worked out by another program, give the figures to the penny."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.appraisals import Appraised, appraise, workbook
from app.pipeline import Run
from optimiser.appraise.settings import Appraisal
from optimiser.planner import make_plan
from tests.support.tiny_place import ROWS, asked, tiny, with_backlog

EVIL = '=HYPERLINK("http://evil","x")'
PLACE = {
    "phases": {"years": [1, 2, 7]},
    "pins": {"keep": ["library"], "hub": ["library"]},
    "hubs": {"partners": 1, "fit_out_gbp_per_m2": 10.0},
    "capital": {"funding_streams": True, "new_funding_gbp": [110_000.0, 10_000.0, 0.0]},
}
Cells = Mapping[tuple[str, str], Any]


@pytest.fixture(scope="module")
def run() -> Run:
    """A place with a listed library that becomes a hub, repairs, and a name that looks like a formula."""
    rows = [
        {**row, "listed": "II" if row["id"] == "library" else "none", "name": EVIL if row["id"] == "hall" else "A"}
        for row in with_backlog()
    ]
    desks = {"id": "library-desks", "property_id": "library", "kind": "desks", "amount": 40.0}
    snapshot, scenario = tiny(property=rows, space=[*ROWS["space"], desks]), asked(**PLACE)
    return Run("r", make_plan(snapshot, scenario), scenario, snapshot)


@pytest.fixture(scope="module")
def made(run: Run) -> Appraised:
    return appraise(run, Appraisal.model_validate({"optimism_bias": {"mitigation": {"fit_out": 0.25}}}))


def _formulas(path: Path) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def _shown(path: Path) -> dict[tuple[str, str], Any]:
    """What is seen before anything is worked out: numbers and the kept values of formulas."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def _worked_out(path: Path, changes: Mapping[tuple[str, str], float] | None = None) -> dict[tuple[str, str], Any]:
    """Every cell as another program works it out, with some cells changed first."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import formulas

        model = formulas.ExcelModel().loads(str(path)).finish()
        name = path.name
        inputs = {f"'[{name}]{sheet.upper()}'!{cell}": value for (sheet, cell), value in (changes or {}).items()}
        found = model.calculate(inputs=inputs)
    cells = {}
    for key, ranges in found.items():
        place = str(key).removeprefix(f"'[{name}]")
        sheet, _, cell = place.partition("'!")
        if ":" not in cell and hasattr(ranges, "value"):
            cells[sheet, cell] = ranges.value[0, 0]
    return cells


def _same(path: Path, cells: Cells, shown: Cells) -> None:
    formulas = _formulas(path)
    assert len(formulas) > 800
    for sheet, cell in formulas:
        value, kept = cells[sheet.upper(), cell], shown.get((sheet, cell))
        if kept in (None, ""):
            assert str(value) == "", (sheet, cell, value)
        else:
            assert float(value) == pytest.approx(float(kept), abs=0.005, rel=1e-9), (sheet, cell)


def test_the_formulas_give_every_figure_to_the_penny(run: Run, made: Appraised, tmp_path: Path) -> None:
    path = workbook(made, run, tmp_path / "live.xlsx", formulas=True)

    shown = _shown(path)
    _same(path, _worked_out(path), shown)
    against = made.case.option("plan").against
    assert against is not None
    assert shown["Business case", "F2"] == pytest.approx(against.npsv_gbp, abs=0.005)
    assert shown.get(("Business case", "F8")) == against.payback_year


def test_a_changed_assumption_goes_through_to_the_figures(run: Run, made: Appraised, tmp_path: Path) -> None:
    """No bias, and 3 % in place of 3.5 %: the spreadsheet then says what another appraisal says."""
    path = workbook(made, run, tmp_path / "live.xlsx", formulas=True)
    years = len(made.case.years)
    letters = [openpyxl.utils.get_column_letter(number) for number in range(2, 2 + years)]
    changes = {("Assumptions", "B3"): 0.0, **{("Discounting", f"{letter}3"): 0.03 for letter in letters}}

    cells = _worked_out(path, changes)

    settings = {"discount": "review_2026", "optimism_bias": {"applied": False}}
    other = appraise(run, Appraisal.model_validate(settings)).case.option("plan").against
    assert other is not None
    for cell, value in (("F2", other.npsv_gbp), ("F3", other.npv_gbp), ("F6", other.benefit_cost_ratio)):
        assert float(cells["BUSINESS CASE", cell]) == pytest.approx(value, rel=1e-9), cell


def test_without_formulas_the_same_figures_are_numbers(run: Run, made: Appraised, tmp_path: Path) -> None:
    plain = workbook(made, run, tmp_path / "plain.xlsx")
    live = workbook(made, run, tmp_path / "live.xlsx", formulas=True)

    assert _formulas(plain) == {}
    kept, shown = ({k: value for k, value in _shown(path).items() if value != ""} for path in (live, plain))
    assert set(shown) == set(kept)
    for key, value in kept.items():
        assert shown[key] == (pytest.approx(value) if isinstance(value, float) else value), key


def test_a_registers_words_are_never_a_formula(run: Run, made: Appraised, tmp_path: Path) -> None:
    path = workbook(made, run, tmp_path / "live.xlsx", formulas=True)

    assert any(EVIL in str(value) for value in _shown(path).values())
    assert not any("HYPERLINK" in text for text in _formulas(path).values())
    names = {sheet for sheet, _ in _shown(path)}
    assert {
        "Business case", "By year", "Lines", "Flows before bias", "Discounting", "Assumptions", "Bridge",
        "Capital", "Sales", "Tornado", "Draws", "Carbon",
    } <= names  # fmt: skip
