"""CONTRIBUTING.md's worked example, followed to the letter: one file in the folder, and the model has the rule."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from estate import snapshot
from estate.database import Register, write
from optimiser.model import build, rules
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.scenario import Scenario
from tests.support.rows import ROWS, fill

ROOT = Path(__file__).parents[2]
NAME = "few_newcomers"


@pytest.fixture
def inputs(sqlite_register: Register) -> Inputs:
    """A small place whose planners could move to the library, which has room for them."""
    with sqlite_register.transaction() as connection:
        fill(connection)
        room = {"id": "ac-2-desks", "property_id": "ac-2", "kind": "desks", "amount": 40.0}
        write(connection, "space", [*ROWS["space"], room])
    return prepare(snapshot.take(sqlite_register), Scenario())


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The page's code, where the page says to put it."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"`optimiser/model/rules/{NAME}.py`" in page
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / f"{NAME}.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    yield NAME
    sys.modules.pop(f"{rules.__name__}.{NAME}")


def test_a_rule_is_one_file_that_the_model_finds(inputs: Inputs, example: str) -> None:
    model = build.build(inputs)
    constraints = dict(zip(model.rows, model.problem.constraints(), strict=True))

    keys = [key for rule, key in model.rows if rule == example]
    assert ("ac-2", 1) in keys
    newcomers = [u for u in inputs.occupants["ac-2"] if inputs.teams[u].home != "ac-2"]
    found = {variable.name: factor for variable, factor in constraints[example, ("ac-2", 1)].items()}
    expected = {model.decide.assign[u, "ac-2", 1].name: 1 for u in newcomers}
    assert found == {**expected, model.decide.keep["ac-2", 1].name: -3}


def test_without_the_file_there_is_no_such_rule(inputs: Inputs) -> None:
    assert NAME not in {rule for rule, _ in build.build(inputs).rows}
