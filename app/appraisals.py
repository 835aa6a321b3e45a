"""A run's appraisal: worked out when asked, checked from raw rows, and only then shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from app.pipeline import Run
from estate.problems import InputError
from estate.snapshot import Snapshot
from maps.pack import appraisal_sheets, risk_sheets
from maps.pack.sheet import Sheet
from maps.pack.workbook import write_sheets
from optimiser.appraise.business_case import PLAN, BusinessCase, business_case
from optimiser.appraise.capital import Capital, capital
from optimiser.appraise.carbon import Carbon, carbon
from optimiser.appraise.options import beside
from optimiser.appraise.ranges import drivers
from optimiser.appraise.risk import Analysis, Risk, risk
from optimiser.appraise.sales import sales
from optimiser.appraise.settings import Appraisal
from optimiser.checker.appraisal import case_mismatches
from optimiser.checker.facts import Facts, Mismatch
from optimiser.checker.programme import capital_mismatches, carbon_mismatches
from optimiser.checker.risk import Analysis as RawAnalysis
from optimiser.checker.risk import risk_mismatches
from optimiser.prepare.inputs import prepare
from optimiser.prepare.money import sale_opinions
from optimiser.verify import VerificationError


@dataclass(frozen=True)
class Appraised:
    """Everything that is said of a run's plan beside the plan itself."""

    case: BusinessCase
    capital: Capital
    risk: Risk
    carbon: Carbon

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            **self.case.to_dict(),
            "capital": self.capital.to_dict(),
            "risk": self.risk.to_dict(),
            "carbon": self.carbon.to_dict(),
        }


def appraise(run: Run, settings: Appraisal | None = None) -> Appraised:
    """The appraisal of a run's plan.

    Raises InputError for a run without a plan, VerificationError for a figure that the raw rows do not bear out.
    """
    plan, snapshot, scenario, settings = run.plan, run.snapshot, run.scenario, settings or Appraisal()
    if plan.figures is None:
        raise InputError.of(f"run {run.id}", f"it has no plan ({plan.status})", "Choose a run that has one")
    inputs = prepare(snapshot, scenario)
    others = beside(plan, snapshot, scenario, inputs)
    known = drivers(settings.risk)
    sold = sales(plan, inputs, sale_opinions(snapshot.valuations), known["each_price"])
    case = business_case(plan, snapshot, scenario, settings, others)
    late = ceil(known["sale_delay"].high)
    found = Appraised(
        case=case,
        capital=capital(case, plan, inputs, sold, settings.risk, late),
        risk=risk(Analysis(case, sold, known, settings.risk), plan.figures.estimated_share),
        carbon=carbon(plan, inputs),
    )
    plans = {**{one.key: one.plan for one in others}, PLAN: plan}
    plain, facts = found.case.to_dict(), Facts(plan, snapshot, scenario)
    true = RawAnalysis(plain, facts)
    _refuse(
        [
            *case_mismatches(plain, plans, facts),
            *risk_mismatches(found.risk.to_dict(), true),
            *capital_mismatches(found.capital.to_dict(), true),
            *carbon_mismatches(found.carbon.to_dict(), facts),
        ]
    )
    return found


def workbook(made: Appraised, run: Run, out: Path, *, formulas: bool = False) -> Path:
    """Write an appraisal to an Excel workbook; with formulas the spreadsheet works its figures out anew."""
    about = {"title": run.scenario.name[:255], "comments": f"Run {run.id}, snapshot {run.snapshot.digest}"}
    return write_sheets(sheets(made, run.snapshot, formulas=formulas), about, out)


def sheets(made: Appraised, snapshot: Snapshot, *, formulas: bool = False) -> list[Sheet]:
    """Every sheet of an appraisal of a plan made from this snapshot."""
    return [
        *appraisal_sheets.sheets(made.case, live=formulas),
        risk_sheets.capital(made.capital, live=formulas),
        risk_sheets.sales(made.capital, snapshot),
        risk_sheets.pots(made.capital, snapshot),
        risk_sheets.tornado(made.risk),
        risk_sheets.draws(made.risk),
        risk_sheets.notes(made.case, made.risk),
        risk_sheets.carbon(made.carbon, snapshot),
    ]


def _refuse(mismatches: Sequence[Mismatch]) -> None:
    if mismatches:
        raise VerificationError(list(mismatches))
