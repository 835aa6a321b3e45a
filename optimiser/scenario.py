"""A scenario: what is asked of the planner. A YAML file; unknown keys are refused; every key has a default."""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from optimiser import settings_file
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

_PAGE = "docs/scenario.md"  # where the keys are described


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


def _flat(content: dict[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in content.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {before + key: value}
    return flat


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises InputError naming each faulty key, its value, the reason and the remedy."""
    return settings_file.read(Scenario, path, _PAGE)


def from_yaml(text: str, name: str = "scenario") -> Scenario:
    """A scenario from YAML text. Raises InputError as `read` does."""
    return settings_file.from_yaml(Scenario, text, name, _PAGE)


def parse(content: Any, name: str = "scenario") -> Scenario:
    """Check settings already read. Raises InputError as `read` does."""
    return settings_file.parse(Scenario, content, name, _PAGE)
