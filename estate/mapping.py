"""A saved answer to the question which column of a file is which column of the register, as YAML.

`estate map-columns` proposes one (`estate.mapping_proposal`), people confirm or edit it, and
`estate.importers.mapped` reads files by it. docs/bring-your-data.md explains the keys.
"""

from collections.abc import Mapping as Dictionary
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

import data
from estate.dictionary import REGISTER_TABLES, Column, columns
from estate.problems import InputError, Problem

SUFFIX = ".mapping.yaml"
MAX_BYTES = 1_000_000
PAGE = "docs/bring-your-data.md"


class _Text(yaml.SafeLoader):
    """Reads every plain word as text: in a list of assets `No` is a word and 007 a code."""


_Text.yaml_implicit_resolvers = {}


@cache
def reference(name: str) -> dict[str, Any]:
    """One of the files of `data/mapping`; every plain word is text."""
    content = _Text((data.FOLDER / "mapping" / f"{name}.yaml").read_text(encoding="utf-8")).get_single_data()
    return dict(content)


TABLES = tuple(table for table in REGISTER_TABLES if table in reference("headers"))  # that files are mapped to


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Headers = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class ColumnRule(_Part):
    """Where a column of the register comes from.

    `from`: a header of the file, or several whose cells are joined with a comma. `unit`: the unit of the file,
    where it is not the register's. `values`: their words and ours. `value`: the same for every row, in place of
    `from`.
    """

    headers: Headers = Field(default=(), alias="from")
    unit: str = ""
    values: dict[str, str] = {}
    value: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "ColumnRule":
        if bool(self.headers) == (self.value is not None):
            raise ValueError("give it either 'from', a header of the file, or 'value', the same for every row")
        return self


class Also(_Part):
    """Rows of a second table that the same row of the file makes, such as a valuation beside a property.

    `name` tells several of one table apart. `only_with` is a column of this table: where it is blank in the file
    there is no such row.
    """

    table: str
    name: str = ""
    only_with: str
    columns: dict[str, ColumnRule]


class Organisation(_Part):
    """The body that all rows belong to. It is added to the register if it is not there."""

    id: str
    name: str = ""


class Mapping(_Part):
    """How a file's columns become rows of the register. Headers are compared without case and punctuation.

    `header_row` is the row of the file that holds the headers. `id_from`: headers that together tell one row from
    all others. `x` and `y`: the headers of the easting and northing in metres (EPSG:27700), or the longitude and
    latitude in degrees (WGS84), as `coordinates` says. `asset`: for tables about a property, the headers that hold
    the property's own code; with table property it means that the rows only add to properties that are there.
    """

    table: str
    sheet: str = ""
    header_row: int = Field(default=1, ge=1, le=1_000)
    organisation: Organisation | None = None
    id_from: Headers = ()
    asset: Headers = ()
    x: str = ""
    y: str = ""
    coordinates: Literal["metres", "degrees", ""] = ""
    columns: dict[str, ColumnRule]
    also: tuple[Also, ...] = ()
    not_used: Headers = ()

    def headers(self) -> list[str]:
        """Every header of the file that something is taken from, once."""
        rules = [*self.columns.values(), *(rule for also in self.also for rule in also.columns.values())]
        named = [header for rule in rules for header in rule.headers]
        return list(dict.fromkeys([*named, *self.id_from, *self.asset, *filter(None, (self.x, self.y))]))

    @model_validator(mode="after")
    def _of_the_register(self) -> "Mapping":
        faults = list(_faults(self.table, self.columns))
        for also in self.also:
            faults += _faults(also.table, also.columns)
            if also.only_with not in also.columns:
                faults.append(f"only_with {also.only_with!r} is not among the columns beside it")
        if self.asset and self.table in {"site", "organisation"}:
            faults.append(f"rows of table {self.table} are about no property: leave 'asset' out")
        if self.also and self.table != "property":
            faults.append("only a mapping of table property can also fill other tables")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def _faults(table: str, rules: Dictionary[str, ColumnRule]) -> list[str]:
    """What does not fit the register in a mapping's columns."""
    if table not in TABLES:
        return [f"there is no table {table!r} to map to: choose one of {', '.join(TABLES)}"]
    known = {column.name: column for column in columns(table)}
    faults = []
    for name, rule in rules.items():
        if name not in known or known[name].type == "geometry" or name == "id":
            faults.append(
                f"table {table} has no column {name!r} that can be mapped: its columns are {_names(table)}"
            )
        elif rule.unit and rule.unit not in units(known[name]):
            allowed = ", ".join(units(known[name])) or "none"
            faults.append(f"{name} cannot be in {rule.unit!r}: the units known for it are {allowed}")
        else:
            faults += _unfit_words(known[name], rule)
    return faults


def _unfit_words(column: Column, rule: ColumnRule) -> list[str]:
    """Words that a mapping gives and its column does not know; a blank one says that nothing is known."""
    given = [*rule.values.values(), *([rule.value] if rule.value else [])]
    return [
        f"{column.name} cannot be {word!r}: choose one of {', '.join(column.choices)}"
        for word in dict.fromkeys(given)
        if column.choices and word and word not in column.choices
    ]


def _names(table: str) -> str:
    return ", ".join(column.name for column in columns(table) if column.type != "geometry" and column.name != "id")


def units(column: Column) -> dict[str, float]:
    """The units that a column may be given in, and what one of each is in the register's unit."""
    held = reference("units").get(column.unit, {})
    return {name: float(unit["factor"]) for name, unit in held.items()}


def beside(path: Path) -> Path:
    """Where the mapping of a file is looked for: assets.csv has assets.csv.mapping.yaml."""
    return path.with_name(path.name + SUFFIX)


def read(path: Path) -> Mapping:
    """Read a mapping. Raises InputError naming each faulty key, its value, the reason and the remedy."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError.of(str(path), "it is larger than 1 MB", "Give a mapping that map-columns has written")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError.of(str(path), f"it cannot be read ({fault})", "Give the path of a mapping") from None
    return from_yaml(text, path.name)


def from_yaml(text: str, name: str = "mapping") -> Mapping:
    """A mapping from YAML text. Raises InputError as `read` does."""
    try:
        content = _Text(text).get_single_data()
    except (yaml.YAMLError, RecursionError) as fault:
        place = getattr(fault, "problem_mark", None)
        where = f"line {place.line + 1} is not YAML" if place else "it is not YAML"
        raise InputError.of(name, where, f"Compare it with {PAGE}, or run map-columns again") from None
    return parse(content, name)


def parse(content: Any, name: str = "mapping") -> Mapping:
    """Check a mapping already read. Raises InputError as `read` does."""
    try:
        return Mapping.model_validate(content)
    except ValidationError as fault:
        raise InputError([_problem(name, error) for error in fault.errors()]) from None


def _problem(name: str, error: Any) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return Problem(name, "there is no such key", f"The keys are explained in {PAGE}", key)
    reason = error["msg"].removeprefix("Value error, ")
    given = error["input"] if isinstance(error["input"], str) else ""
    return Problem(
        name, reason[0].lower() + reason[1:], f"Correct it; the keys are explained in {PAGE}", key, given
    )
