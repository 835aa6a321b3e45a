"""Which teams belong together and which must not meet, and in which phases that holds."""

from dataclasses import dataclass

from estate.problems import InputError, Problem
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario


@dataclass(frozen=True)
class Company:
    """Teams in scope, two or more, whom a rule of the scenario names together."""

    teams: tuple[str, ...]
    phases: tuple[int, ...]  # in which the rule holds


def together(scenario: Scenario, scope: Scope) -> tuple[Company, ...]:
    """Teams that share a property: from today on where they share one today, and otherwise at the end.

    Raises InputError where some of them are decided and others are not.
    """
    found, problems = [], []
    for group in scenario.teams.together:
        homes = {scope.home[team] for team in group if team in scope.home}
        outside = [team for team in group if team not in scope.home]
        if len(outside) < len(group):
            found.append(Company(group, _phases(scenario, already=len(homes) == 1)))
            problems += [
                Problem(
                    scenario.name,
                    "its property is outside the decision, so nobody can join it",
                    "Widen 'scope' or take it out",
                    "teams.together",
                    team,
                )
                for team in outside
            ]
    if problems:
        raise InputError(problems)
    return tuple(found)


def apart(scenario: Scenario, scope: Scope) -> tuple[Company, ...]:
    """Teams no two of whom share a property: from today on where none do today, and otherwise at the end."""
    found = []
    for group in scenario.teams.apart:
        decided = tuple(team for team in group if team in scope.home)
        homes = {scope.home[team] for team in decided}
        if len(decided) > 1:
            found.append(Company(decided, _phases(scenario, already=len(homes) == len(decided))))
    return tuple(found)


def _phases(scenario: Scenario, already: bool) -> tuple[int, ...]:
    last = len(scenario.phases.years)
    return tuple(range(1, last + 1)) if already else (last,)
