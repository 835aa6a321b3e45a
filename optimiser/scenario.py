"""A scenario: what is asked of the planner. A YAML file; unknown keys are refused; every key has a default."""

import hashlib
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from estate.problems import InputError, Problem
from optimiser.settings import (
    Capital,
    Carbon,
    Goals,
    Hubs,
    Leases,
    Moves,
    Partners,
    Phases,
    Pins,
    Protected,
    Rates,
    Scope,
    Settings,
    Share,
    Solver,
    Standard,
    Teams,
    Transfers,
    Travel,
)


class Scenario(Settings):
    """Everything that is asked, with its defaults."""

    name: str = Field("Base case", min_length=1, max_length=200, description="What boards will call it.")
    reach_tolerance: Share = Field(
        0.02,
        description="share of people by which a service's reach may fall below today's, above its target.",
    )
    scope: Scope = Scope()
    travel: Travel = Travel()
    services: dict[str, Standard] = Field(default_factory=dict, description="Service id to its standard.")
    protected: Protected = Protected()
    pins: Pins = Pins()
    moves: Moves = Moves()
    teams: Teams = Teams()
    goals: Goals = Goals()
    rates: Rates = Rates()
    carbon: Carbon = Carbon()
    phases: Phases = Phases()
    partners: Partners = Partners()
    hubs: Hubs = Hubs()
    leases: Leases = Leases()
    transfers: Transfers = Transfers()
    capital: Capital = Capital()
    solver: Solver = Solver()

    @model_validator(mode="after")
    def _one_sum_a_phase(self) -> "Scenario":
        sums, phases = len(self.capital.new_funding_gbp), len(self.phases.years)
        if sums not in (0, phases):
            raise ValueError(f"capital.new_funding_gbp gives {sums} sums of money for {phases} phases")
        return self

    @property
    def digest(self) -> str:
        """Names what is asked: the same settings give the same digest, however they were written."""
        return hashlib.sha256(self.to_yaml().encode()).hexdigest()[:16]

    def with_solver(self, settings: dict[str, float]) -> "Scenario":
        """The same scenario with other solver settings."""
        return parse({**self.model_dump(mode="json"), "solver": {**self.solver.model_dump(), **settings}})

    def with_value(self, path: tuple[str, ...], value: Any) -> "Scenario":
        """The same scenario with another value at a path of keys, as ("moves", "max_km"). Checked as `parse`."""
        content = self.model_dump(mode="json")
        inner = content
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = value
        return parse(content)

    def changes(self, other: "Scenario") -> dict[str, tuple[Any, Any]]:
        """Keys whose values differ, dotted: this scenario's value and the other's; None where one has none."""
        mine, theirs = (_flat(of.model_dump(mode="json")) for of in (self, other))
        keys = dict.fromkeys((*mine, *theirs))
        return {key: (mine.get(key), theirs.get(key)) for key in keys if mine.get(key) != theirs.get(key)}

    def to_yaml(self) -> str:
        """The scenario in full, defaults included."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def _flat(content: dict[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in content.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {before + key: value}
    return flat


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises InputError naming each faulty key, its value, the reason and the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError.of(str(path), f"it cannot be read ({fault})", "Give the path of a YAML file") from None
    return from_yaml(text, str(path))


def from_yaml(text: str, name: str = "scenario") -> Scenario:
    """A scenario from YAML text. Raises InputError as `read` does."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        place = getattr(fault, "problem_mark", None)
        line = f"line {place.line + 1} is not YAML" if place else "it is not YAML"
        raise InputError.of(name, line, "Compare it with docs/scenario.md") from None
    return parse(content, name)


def parse(content: Any, name: str = "scenario") -> Scenario:
    """Check settings already read. Raises InputError as `read` does."""
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise InputError.of(name, "it holds no keys", "Compare it with docs/scenario.md")
    try:
        return Scenario.model_validate(content)
    except ValidationError as fault:
        raise InputError([_problem(name, error) for error in fault.errors()]) from None


def _problem(name: str, error: Any) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = ", ".join(_keys_beside(error["loc"]))
        return Problem(name, "there is no such key", f"Known keys here are {known}", key)
    reason = error["msg"][0].lower() + error["msg"][1:]
    if not key:  # keys that do not fit together: the reason names them
        return Problem(name, reason.removeprefix("value error, "), "Change one of the two; see docs/scenario.md")
    return Problem(name, reason, "See docs/scenario.md for the unit and the limits", key, str(error["input"])[:80])


def _keys_beside(location: tuple[Any, ...]) -> list[str]:
    model: Any = Scenario
    for part in location[:-1]:
        if model is Scenario and part == "services":
            return [*Standard.model_fields] if len(location) > 2 else []
        model = model.model_fields[part].annotation
    return list(model.model_fields)
