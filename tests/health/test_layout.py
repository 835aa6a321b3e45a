"""The house keeps its shape: what is in a folder of parts is tested by name, and nothing grows too long."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("estate", "optimiser", "maps", "app")
# Folders whose every module is one part that a registry finds.
PARTS = (
    "estate/importers",
    "estate/checks",
    "optimiser/prepare/travel",
    "optimiser/model/rules",
    "optimiser/model/costs",
    "maps/layers",
)
GOLDEN = ("optimiser/model/rules", "optimiser/model/costs")
LONGEST_FUNCTION, LONGEST_FILE = 60, 400


def _parts(*folders: str) -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in sorted((ROOT / folder).glob("*.py"))
        if not path.name.startswith("_")
    ]


def _modules() -> list[str]:
    return [str(path.relative_to(ROOT)) for top in SOURCES for path in sorted((ROOT / top).rglob("*.py"))]


@pytest.fixture(scope="module")
def named_in_tests() -> set[str]:
    """What the tests import, the words of every text (a part's own name may have hyphens), and every golden LP."""
    found = {path.stem for path in (ROOT / "tests" / "golden").rglob("*.lp")}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.alias):
                found.update(node.name.split("."))
            elif isinstance(node, ast.ImportFrom):
                found.update((node.module or "").split("."))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(node.value.replace("-", "_").split("."))
    return found


@pytest.mark.parametrize("part", _parts(*PARTS))
def test_every_part_has_a_test_that_names_it(part: str, named_in_tests: set[str]) -> None:
    assert Path(part).stem in named_in_tests, f"no test names {part}"


@pytest.mark.parametrize("part", _parts(*GOLDEN))
def test_every_rule_and_cost_has_a_golden_lp(part: str) -> None:
    assert list((ROOT / "tests" / "golden").rglob(f"{Path(part).stem}.lp")), f"no golden LP for {part}"


@pytest.mark.parametrize("part", _parts(*GOLDEN))
def test_every_rule_and_cost_is_on_the_page_of_the_model_with_its_equation(part: str) -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    _, _, entry = page.partition(f"\n### {Path(part).stem}\n")
    entry, _, _ = entry.partition("\n#")
    assert entry, f"{part} is not in docs/model.md: run make docs"
    sentence, *rest = entry.strip().split("\n\n")
    assert sentence.endswith("."), f"{part} does not open with what it says in plain English"
    assert any(paragraph.startswith("```text") for paragraph in rest), f"{part} gives no equation"


@pytest.mark.parametrize("part", _parts(*PARTS))
def test_every_part_says_what_it_is(part: str) -> None:
    assert ast.get_docstring(ast.parse((ROOT / part).read_text(encoding="utf-8"))), f"{part} has no docstring"


@pytest.mark.parametrize("module", _modules())
def test_nothing_grows_too_long_to_read(module: str) -> None:
    text = (ROOT / module).read_text(encoding="utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]

    migration = "migrations" in Path(module).parts  # a migration is a list of what it makes
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION and not migration]
    assert long == []
    assert len(text.splitlines()) <= LONGEST_FILE


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith(f"# {int(page.name[:4])}. "), page.name
