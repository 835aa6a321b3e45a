"""A scenario file: what it may say, and what is said of one that is wrong."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from estate.problems import InputError
from optimiser.scenario import Scenario, parse, read
from optimiser.settings import Standard

# How a setting's description says its unit; a number of things names the things.
UNITS = (
    "km",
    "m2",
    "organisations",
    "minutes",
    "months",
    "tonnes",
    "kWh",
    "share",
    "GBP",
    "years",
    "year ",
    "s of solving",
    "Threads",
    "Seed",
    "buildings",
    "road metres",
)


def test_an_empty_scenario_is_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text("# nothing yet\n")

    assert read(file) == Scenario()


def test_a_scenario_written_in_full_reads_back_the_same(tmp_path: Path) -> None:
    scenario = parse({"name": "Café – £", "services": {"library": {"minutes": 20}}, "pins": {"keep": ["p1"]}})
    file = tmp_path / "scenario.yaml"
    file.write_text(scenario.to_yaml(), encoding="utf-8")

    assert read(file) == scenario
    assert read(file).digest == scenario.digest


@pytest.mark.parametrize(
    ("content", "key", "known"),
    [
        ({"seconds": 5}, "seconds", "solver"),
        ({"solver": {"second": 5}}, "solver.second", "seconds"),
        ({"services": {"library": {"minute": 20}}}, "services.library.minute", "minutes"),
    ],
)
def test_an_unknown_key_is_refused_and_the_known_ones_are_named(content: Any, key: str, known: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(content, "mine.yaml")

    (problem,) = caught.value.problems
    assert (problem.record, problem.column, problem.reason) == ("mine.yaml", key, "there is no such key")
    assert known in problem.remedy.removeprefix("Known keys here are ").split(", ")


def test_every_fault_of_a_file_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse({"reach_tolerance": 2, "solver": {"gap": -1, "seconds": "long"}, "phases": {"years": []}})

    keys = {problem.column for problem in caught.value.problems}
    assert keys == {"reach_tolerance", "solver.gap", "solver.seconds", "phases.years"}
    assert "has 'long'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: one\nsolver: [open", "line 2 is not YAML"),
        ("a: b: c\n", "line 1 is not YAML"),
        ("- one\n- two\n", "it holds no keys"),
        ("just words\n", "it holds no keys"),
        ("solver: fast\n", "solver"),
        ("!!python/object/apply:os.system ['true']\n", "line 1 is not YAML"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(text)

    with pytest.raises(InputError, match=message):
        read(file)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00name"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "scenario.yaml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(InputError, match=r"scenario\.yaml: it (cannot be read|is not YAML)"):
        read(file)


@given(st.permutations(["name", "reach_tolerance", "solver"]), st.booleans())
def test_the_digest_is_of_what_is_asked_not_of_how_it_is_written(order: list[str], in_full: bool) -> None:
    content = {"name": "One", "reach_tolerance": 0.05, "solver": {"seconds": 5}}
    reordered = {key: content[key] for key in order}
    again = parse(yaml.safe_load(parse(reordered).to_yaml())) if in_full else parse(reordered)

    assert again.digest == parse(content).digest


def test_a_different_question_has_another_digest() -> None:
    assert parse({"solver": {"seed": 1}}).digest != Scenario().digest


def _settings(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    found = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += [(f"{name}.{inner}", setting) for inner, setting in _settings(kind)]
        else:
            found.append((name, field))
    return found


@pytest.mark.parametrize(("name", "field"), [*_settings(Scenario), *_settings(Standard)])
def test_every_setting_says_what_it_is_and_numbers_their_unit(name: str, field: FieldInfo) -> None:
    assert field.description, f"{name} has no description"
    kinds = {field.annotation, *get_args(field.annotation)}
    if kinds & {int, float}:
        first_words = field.description.split(".")[0]
        assert any(unit in first_words for unit in UNITS), f"{name}: no unit in {first_words!r}"
