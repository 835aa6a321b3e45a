"""Writes the pages that say what the program itself uses, such as scenario.md: `python -m docs.generate`."""

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from estate.checks import checks
from estate.dictionary import LEDGER_TABLES, REGISTER_TABLES, Column, columns
from optimiser import model
from optimiser.appraise.settings import Appraisal
from optimiser.model import costs, rules
from optimiser.model.build import modules
from optimiser.model.decisions import Decisions
from optimiser.scenario import Scenario

FOLDER = Path(__file__).parent
NOTE = "<!-- Made by docs/generate.py. Change {source} instead, then run `make docs`. -->"
TABLES = {
    "organisation": "A public body that takes part.",
    "site": "Land that would be sold as one.",
    "property": "A building or a piece of land: the unit of decision.",
    "space": "How much space of one kind a property has.",
    "lease": "A lease or licence, in or out.",
    "running_cost": "One line of what a property costs to run.",
    "valuation": "One opinion of what a property is worth.",
    "service": "A public service and its access standard.",
    "team": "People, or a counter, who move as one.",
    "zone": "An area that people travel from, such as a Lower layer Super Output Area.",
    "travel_build": "How the minutes of one mode came about.",
    "travel_time": "Minutes from a zone to a property.",
    "funding_stream": "Money with strings: what one body will pay in one year.",
    "import_batch": "One import of one file.",
    "rejected_row": "A row that an import refused, and why.",
    "import_note": "A row that an import mended, or took in with a warning.",
    "change": "One column of a row that changed. A new row has none: its `import_batch_id` tells its origin.",
    "snapshot": "The register frozen as a run saw it.",
    "scenario": "What was asked of a run.",
    "run": "One run of the planner.",
    "action": "One thing that a run's plan does.",
    "study": "What was worked out about a run by planning again.",
    "outturn": "What really happened to a property that a run's plan decided: see [appraisal](appraisal.md).",
    "member": "Somebody who shares the register with others: see [partners](partners.md).",
}


def pages() -> dict[Path, str]:
    """Each generated page by its path."""
    return {
        FOLDER / "register.md": _register(),
        FOLDER / "scenario.md": _scenario(),
        FOLDER / "appraisal-settings.md": _appraisal(),
        FOLDER / "checks.md": _checks(),
        FOLDER / "model.md": _model(),
    }


def _register() -> str:
    lines = [
        "# The register, table by table",
        NOTE.format(source="data/columns"),
        "One CSV file for each table you fill, named after the table (`property.csv`), with these columns in any"
        " order. Blank means missing, which is never zero: a blank takes the default, if there is one. Places"
        " are on the British National Grid (EPSG:27700). Tables are given parents first.",
        "## Tables you fill",
    ]
    for table in REGISTER_TABLES:
        lines += _table(table)
    lines += [
        "Each of these tables also says where a row came from: `import_batch_id`, and `source_row` (the row of the"
        " file; the header is row 1). Tables with a place also hold its bounding box (`min_easting_m` and so on).",
        "## Tables the program fills",
    ]
    for table in LEDGER_TABLES:
        lines += _table(table)
    return "\n\n".join(lines) + "\n"


def _table(table: str) -> list[str]:
    header = ["Column", "What it is", "Type", "Unit", "Must be filled", "Default", "Allowed", "Standard"]
    rows = [
        [
            f"`{column.name}`",
            column.description,
            f"{column.references.split('.')[0]} id" if column.references else column.type,
            column.unit,
            "yes" if column.required else "",
            column.default,
            _allowed(column),
            column.standard,
        ]
        for column in columns(table)
    ]
    return [f"### {table}", TABLES[table], _grid(header, rows)]


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(column.choices)
    return _limits(column.minimum, column.maximum)


def _checks() -> str:
    rows = [[f"`{name}`", check.DESCRIPTION] for name, check in sorted(checks().items())]
    lines = [
        "# The checks of a register",
        NOTE.format(source="estate/checks"),
        "`estate check` looks over the whole register and names what looks wrong: the record, the value, the"
        " reason and what to do. An **error** makes plans wrong, a **warning** may, a **note** is good to know.",
        "Findings stand under the body that can mend them, those of most **worth** first, notes last. The worth is"
        " the larger of the property's value and of what it costs a year with rent, as recorded or else estimated;"
        " it says which. `--out findings.xlsx` writes all of them, and the scores, to Excel.",
        "Each body has a **data-quality score**, 0 to 100: 100 x the facts recorded / the facts that plans need x"
        " the share of its properties without an error. A property needs its place, use, tenure and area; its"
        " value, or the rent and end of its lease; its running cost unless it is let out; and, for an operational"
        " building, the people there.",
        _grid(["Check", "What it finds"], rows),
    ]
    return "\n\n".join(lines) + "\n"


def _model() -> str:
    """The model as its files say it: what is in their docstrings stands nowhere else."""
    lines = [
        "# The model: what is decided, under which rules, at what cost",
        NOTE.format(source="the docstrings of optimiser/model"),
        *_prose(inspect.getdoc(model)),
        "The planner chooses the decisions that cost least in all, under every rule. A rule whose setting the"
        " [scenario](scenario.md) leaves blank asks nothing. How the figures are made: [money.md](money.md).",
        "## Decisions",
        *_prose(inspect.getdoc(Decisions)),
    ]
    for title, package in (("Rules", rules), ("Costs", costs)):
        lines.append(f"## {title}")
        for part in modules(package):
            lines += [f"### {part.__name__.rsplit('.', 1)[1]}", *_prose(part.__doc__)]
    return "\n\n".join(lines) + "\n"


def _prose(docstring: str | None) -> Iterator[str]:
    """The paragraphs of a docstring. What does not end a sentence is an equation or a list: as it stands."""
    for paragraph in inspect.cleandoc(docstring or "").split("\n\n"):
        if paragraph.endswith("."):
            yield paragraph
        else:
            yield f"```text\n{textwrap.dedent(paragraph)}\n```"


def _scenario() -> str:
    schema = Scenario.model_json_schema()
    lines = [
        "# The scenario file, key by key",
        NOTE.format(source="optimiser/settings.py"),
        "A YAML file. Every key may be left out and then has the default given here; a key that is not on this"
        " page is refused. Money is in real terms (GBP of the base year).",
        *_section("", schema, schema["$defs"]),
        "## All of it, with the defaults",
        f"```yaml\n{Scenario().to_yaml()}```",
    ]
    return "\n\n".join(lines) + "\n"


def _appraisal() -> str:
    schema = Appraisal.model_json_schema()
    lines = [
        "# The settings of an appraisal, key by key",
        NOTE.format(source="optimiser/appraise/settings.py"),
        "A YAML file for `estate appraise RUN --settings FILE`. Every key may be left out and then has the default"
        " given here; a key that is not on this page is refused. They change what is said of a plan, not the plan:"
        " what they mean is in [appraisal.md](appraisal.md).",
        *_section("", schema, schema["$defs"]),
        "## All of it, with the defaults",
        f"```yaml\n{Appraisal().to_yaml()}```",
    ]
    return "\n\n".join(lines) + "\n"


def _section(path: str, schema: dict[str, Any], defined: dict[str, Any]) -> Iterator[str]:
    """The keys of one level as a table, then each level below it under its own heading."""
    rows, below = [], []
    for name, key in schema["properties"].items():
        reference = key.get("$ref") or key.get("additionalProperties", {}).get("$ref")
        if reference:
            place = f"{path}{name}." if "$ref" in key else f"{path}{name}.SERVICE_ID."
            below.append((place, defined[reference.split("/")[-1]]))
        else:
            rows.append([f"`{path}{name}`", key["description"], _default(key), _range(key)])
    if rows:
        yield _grid(["Key", "What it is", "Default", "Allowed"], rows)
    for place, inner in below:
        yield f"## `{place.removesuffix('.')}`"
        yield inner["description"]
        yield from _section(place, inner, defined)


def _default(key: dict[str, Any]) -> str:
    value = key["default"]
    if value is None:
        return "blank" if "Blank" in key["description"] else "as the register has it"
    if isinstance(value, list | dict):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _range(key: dict[str, Any]) -> str:
    kind = next((one for one in key.get("anyOf", []) if one["type"] != "null"), key)
    if "enum" in kind:
        return ", ".join(kind["enum"])
    if "exclusiveMinimum" in kind:
        return f"above {kind['exclusiveMinimum']:,.10g} to {kind['maximum']:,.10g}"
    return _limits(kind.get("minimum"), kind.get("maximum"))


def _limits(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:,.10g} to {high:,.10g}"
    return "" if low is None else f"{low:,.10g} or more"


def _grid(header: list[str], rows: list[list[str]]) -> str:
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped)


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
