"""Public services and their access standards: one file of `data/services/` for each."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

import data
from estate.dictionary import Column, ColumnError, columns


@dataclass(frozen=True)
class Operator:
    """Who runs a service: its name and the kind of body, a choice of `data/columns/organisation.csv`."""

    name: str
    kind: str


@dataclass(frozen=True)
class ServiceDefinition:
    """One service, its access standard, and what its buildings are like.

    `share_of_population` of people should be within `minutes` by `mode`; nobody reached today may end beyond
    `worst_case_minutes`. `or_minutes`, which a file may leave out, are limits of other modes that are as good.
    `file_words` are the words in a file's name that mean this service. `organisation` is None where the council
    that imports the file runs it.
    """

    id: str
    name: str
    minutes: float
    mode: str
    share_of_population: float
    worst_case_minutes: float
    standard_source: str
    file_words: tuple[str, ...]
    use: str
    space_kind: str
    organisation: Operator | None
    or_minutes: dict[str, float] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """The service as a row of the register's table `service`."""
        others = {f"or_{mode}_minutes": self.or_minutes.get(mode) for mode in _column("service", "mode").choices}
        return {column.name: getattr(self, column.name, others.get(column.name)) for column in columns("service")}


@cache
def definitions() -> dict[str, ServiceDefinition]:
    """Every service that ships with the product, by id. Raises ValueError for a file that does not fit."""
    found: dict[str, ServiceDefinition] = {}
    for path in sorted((data.FOLDER / "services").glob("*.yaml")):
        definition = _definition(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
        if definition.id != path.stem or definition.id in found:
            raise ValueError(f"{path.name}: the id is {definition.id}; it must be the file's name")
        found[definition.id] = definition
    return found


def service_named(file_stem: str) -> ServiceDefinition | None:
    """The service that a file's name means: the longest of the words that fit, if only one is."""
    name = f"_{re.sub(r'[^a-z0-9]+', '_', file_stem.lower())}_"
    fitting = [(len(w), s.id) for s in definitions().values() for w in s.file_words if f"_{w}_" in name]
    longest = {service for length, service in fitting if length == max(fitting)[0]}
    return definitions()[longest.pop()] if len(longest) == 1 else None


def _definition(content: dict[str, Any], file_name: str) -> ServiceDefinition:
    if {*content, "or_minutes"} != set(ServiceDefinition.__dataclass_fields__):
        raise ValueError(f"{file_name}: the keys must be {', '.join(ServiceDefinition.__dataclass_fields__)}")
    operator = None if content["organisation"] == "council" else Operator(**content["organisation"])
    definition = ServiceDefinition(
        **{**content, "file_words": tuple(content["file_words"]), "organisation": operator}
    )
    checked = [(_column("property", "use"), definition.use), (_column("space", "kind"), definition.space_kind)]
    checked += [(_column("service", name), value) for name, value in definition.row().items()]
    checked += [(_column("service", "mode"), mode) for mode in definition.or_minutes]
    if operator:
        checked.append((_column("organisation", "kind"), operator.kind))
    for column, value in checked:
        try:
            column.parse(value, file_name)
        except ColumnError as fault:
            raise ValueError(str(fault)) from fault
    return definition


def _column(table: str, name: str) -> Column:
    return next(column for column in columns(table) if column.name == name)
