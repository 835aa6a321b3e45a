"""Every example in a docstring gives what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _modules() -> list[str]:
    paths = [path for top in ("estate", "optimiser", "maps", "app") for path in (ROOT / top).rglob("*.py")]
    with_examples = [path for path in paths if ">>> " in path.read_text(encoding="utf-8")]
    return sorted(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in with_examples)


@pytest.mark.parametrize("name", _modules())
def test_examples_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))

    assert (found.failed, found.attempted > 0) == (0, True)
