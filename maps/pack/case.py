"""What a pack is about: the run that is put forward, those beside it, and who will read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from estate.snapshot import Snapshot
from maps import view, words
from maps.pack.sheet import Sheet
from maps.view import View
from optimiser.appraise.business_case import BusinessCase
from optimiser.appraise.capital import Capital
from optimiser.appraise.ledger import Ledger
from optimiser.appraise.risk import Risk
from optimiser.explain.side_by_side import Comparison
from optimiser.plan import Plan
from optimiser.scenario import Scenario

EVERYTHING, PUBLIC = "everything", "public"


@dataclass(frozen=True)
class Reader:
    """Whom the pack is for: everything, public, or one body by its id and name."""

    key: str = EVERYTHING
    name: str = ""

    @property
    def words(self) -> str:
        """For whom it is, in a line at the foot of every page."""
        if self.key == EVERYTHING:
            return "Not for publication"
        return "For the public" if self.key == PUBLIC else f"For {self.name}"


@dataclass(frozen=True)
class Appraised:
    """What is said of a plan beside the plan itself: business case, risk, capital by year and the ledger.

    `sheets` are those of the workbook that have all of it.
    """

    case: BusinessCase
    risk: Risk
    capital: Capital
    ledger: Ledger
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Option:
    """One run with what it was made from, as the pack's reader may see it.

    Where it was priced anew for this reader, `scenario` is what it was priced by and `asked` what its makers
    asked; `proof` and `gap_said` say how good it is known to be, and `standing` what the reader must know of it.
    `studies` are results that took solving, by kind, as they were kept with the run.
    """

    run_id: str
    made_on: date
    plan: Plan
    snapshot: Snapshot
    scenario: Scenario
    standing: tuple[str, ...] = ()
    asked: Scenario | None = None
    proof: str = ""
    gap_said: str = ""
    studies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    appraised: Appraised | None = None

    @property
    def name(self) -> str:
        """What boards call it."""
        return self.scenario.name

    @property
    def gap(self) -> str:
        """How far from the best possible plan it can be, in a few words."""
        if self.plan.gap is None:
            return self.gap_said or "gap not known"
        return f"gap {words.at_most(self.plan.gap)} at most"

    @property
    def asked_scenario(self) -> Scenario:
        """What the plan's makers asked."""
        return self.asked or self.scenario

    @property
    def how_good(self) -> str:
        """One sentence on how good the plan is known to be."""
        return self.proof or words.proof(self.plan)

    @cached_property
    def view(self) -> View:
        """The run as the map shows it."""
        return view.gather(self.plan, self.snapshot, self.scenario)


@dataclass(frozen=True)
class Case:
    """The options of a pack, the one put forward first."""

    options: tuple[Option, ...]
    reader: Reader
    written_on: date
    impossible: tuple[Option, ...] = ()  # runs that found that no plan keeps their rules
    compared: Comparison | None = None  # of the options in their order, where there are several
    pairs: tuple[Comparison, ...] = ()  # the first option with each of the others

    @property
    def main(self) -> Option:
        """The option that is put forward."""
        return self.options[0]

    def label(self, option: Option) -> str:
        """The option's name, with its run where two are called the same."""
        names = [one.name for one in (*self.options, *self.impossible)]
        return option.name if names.count(option.name) == 1 else f"{option.name} ({option.run_id})"
