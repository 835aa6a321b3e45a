"""Reads settings from YAML: each faulty key named with its value, the reason and the remedy."""

from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from estate.problems import InputError, Problem
from optimiser.settings import Settings

Kind = TypeVar("Kind", bound=Settings)


def read(kind: type[Kind], path: Path, page: str) -> Kind:
    """The settings of a file; `page` says where they are described. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError.of(str(path), f"it cannot be read ({fault})", "Give the path of a YAML file") from None
    return from_yaml(kind, text, str(path), page)


def from_yaml(kind: type[Kind], text: str, name: str, page: str) -> Kind:
    """Settings from YAML text. Raises InputError as `read` does."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        place = getattr(fault, "problem_mark", None)
        line = f"line {place.line + 1} is not YAML" if place else "it is not YAML"
        raise InputError.of(name, line, f"Compare it with {page}") from None
    return parse(kind, content, name, page)


def parse(kind: type[Kind], content: Any, name: str, page: str) -> Kind:
    """Check settings already read. Raises InputError as `read` does."""
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise InputError.of(name, "it holds no keys", f"Compare it with {page}")
    try:
        return kind.model_validate(content)
    except ValidationError as fault:
        raise InputError([_problem(kind, name, page, error) for error in fault.errors()]) from None


def _problem(kind: type[BaseModel], name: str, page: str, error: Any) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = ", ".join(_keys_beside(kind, error["loc"]))
        return Problem(name, "there is no such key", f"Known keys here are {known}", key)
    reason = error["msg"][0].lower() + error["msg"][1:]
    if not key:  # keys that do not fit together: the reason names them
        return Problem(name, reason.removeprefix("value error, "), f"Change one of the two; see {page}")
    return Problem(name, reason, f"See {page} for the unit and the limits", key, str(error["input"])[:80])


def _keys_beside(kind: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys that the settings know where an unknown one stands; the keys of a dictionary are anybody's."""
    model: Any = kind
    for part in location[:-1]:
        if part not in model.model_fields:
            continue  # the key of a dictionary: its values have been stepped into already
        held = model.model_fields[part].annotation
        values = [one for one in get_args(held) if isinstance(one, type) and issubclass(one, BaseModel)]
        model = values[0] if values else held
    return list(model.model_fields)
