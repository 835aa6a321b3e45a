"""Puts the model together: the sum of every cost, subject to every rule, as their folders hold them."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from pulp import LpAffineExpression, LpConstraint, LpMinimize, LpProblem

from estate.garbage import no_search
from optimiser.model import costs, rules
from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import combined
from optimiser.prepare.inputs import Inputs

Rule = Callable[[Inputs, Decisions], Iterable[tuple[Key, LpConstraint]]]
Cost = Callable[[Inputs, Decisions], Iterable[tuple[int, LpAffineExpression]]]


@dataclass(frozen=True)
class Model:
    """A built model. `rows` gives each constraint's rule and key, in the problem's own order."""

    problem: LpProblem
    decide: Decisions
    rows: tuple[tuple[str, Key], ...]


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """The modules of a folder, in order of name."""
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def rule_book() -> dict[str, Rule]:
    """Every rule by name."""
    return {module.__name__.rsplit(".", 1)[1]: module.constraints for module in modules(rules)}


def cost_book() -> dict[str, Cost]:
    """Every cost by name."""
    return {module.__name__.rsplit(".", 1)[1]: module.terms for module in modules(costs)}


@no_search()
def build(inputs: Inputs, without: frozenset[str] = frozenset()) -> Model:
    """The model of these inputs, less the rules in `without`. Raises ValueError where a rule repeats a key."""
    problem = LpProblem("estate", LpMinimize)
    decide = Decisions(problem, inputs)
    problem.setObjective(
        combined((1.0, term) for cost in cost_book().values() for _, term in cost(inputs, decide))
    )
    rows: dict[tuple[str, Key], None] = {}
    for name, rule in rule_book().items():
        if name in without:
            continue
        for number, (key, constraint) in enumerate(rule(inputs, decide)):
            if (name, key) in rows:
                raise ValueError(f"rule {name} gives two constraints for {key}")
            rows[name, key] = None
            problem.addConstraint(constraint, f"{name}_{number}")
    return Model(problem, decide, tuple(rows))
