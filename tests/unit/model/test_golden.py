"""Every rule and cost says for the tiny place what its golden LP says, and nothing else.

To write the golden LP of a new rule, run this test with ESTATE_WRITE_GOLDEN=1, then check the text by hand.
"""

import os
from pathlib import Path

import pytest

from optimiser.model.build import cost_book, rule_book
from optimiser.prepare.inputs import Inputs
from tests.support.golden import cost_text, golden_inputs, rule_text

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return golden_inputs()


@pytest.mark.parametrize("name", rule_book())
def test_rule_is_as_agreed(name: str, inputs: Inputs) -> None:
    _compare(GOLDEN / "rules" / f"{name}.lp", rule_text(rule_book()[name], inputs))


@pytest.mark.parametrize("name", cost_book())
def test_cost_is_as_agreed(name: str, inputs: Inputs) -> None:
    _compare(GOLDEN / "costs" / f"{name}.lp", cost_text(cost_book()[name], inputs))


@pytest.mark.parametrize("name", ["moves_per_team", "moves_per_phase", "move_cost", "fit_out"])
def test_moves_are_as_agreed_where_a_team_may_move_twice(name: str) -> None:
    inputs = golden_inputs(most_per_team=2)
    book, cost = rule_book(), cost_book()
    text = rule_text(book[name], inputs) if name in book else cost_text(cost[name], inputs)
    _compare(GOLDEN / "decant" / f"{name}.lp", text)


def test_no_golden_lp_is_left_over() -> None:
    assert {path.stem for path in (GOLDEN / "rules").glob("*.lp")} == set(rule_book())
    assert {path.stem for path in (GOLDEN / "costs").glob("*.lp")} == set(cost_book())


def _compare(path: Path, text: str) -> None:
    if os.environ.get("ESTATE_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no golden LP; the rule gives\n{text}"
    assert text == path.read_text(encoding="utf-8")
