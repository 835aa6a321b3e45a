"""The checker: every number of a plan recomputed from raw rows, every rule tried on it, before anyone sees it.

It shares no code with the model, its inputs or the solver: it reads the snapshot's rows, the scenario's settings
and the plan's plain data, works in exact fractions, and compares to the penny.
"""

import math

from estate.snapshot import Snapshot
from optimiser.checker.capacity import check_capacity
from optimiser.checker.capital import check_budget
from optimiser.checker.carbon import check_caps, check_carbon
from optimiser.checker.equality import check_impacts
from optimiser.checker.facts import Facts, Findings, Mismatch
from optimiser.checker.figures import check_money
from optimiser.checker.funds import check_funds
from optimiser.checker.hubs import check_hubs
from optimiser.checker.layout import (
    check_actions,
    check_moves,
    check_pins,
    check_sales,
    check_space,
    check_ways_out,
)
from optimiser.checker.limits import check_company, check_goals, check_moves_per_phase
from optimiser.checker.partners import check_partners
from optimiser.checker.reach import check_reach
from optimiser.plan import Plan
from optimiser.scenario import Scenario


class VerificationError(Exception):
    """A plan that must not be published."""

    def __init__(self, mismatches: list[Mismatch]) -> None:
        self.mismatches = tuple(mismatches)
        shown = "\n".join(str(mismatch) for mismatch in mismatches[:20])
        super().__init__(f"{len(mismatches):,} figures or rules do not hold; nothing was published.\n{shown}")


def verify(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> None:
    """Raise VerificationError unless every figure and rule of the plan holds on the raw rows."""
    found = mismatches(plan, snapshot, scenario)
    if found:
        raise VerificationError(found)


def mismatches(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> list[Mismatch]:
    """Everything in the plan that the raw rows do not bear out."""
    facts, findings = Facts(plan, snapshot, scenario), Findings()
    check_claims(facts, findings)
    check_actions(facts, findings)
    if findings.mismatches:  # without the right properties and years the rest has nothing to stand on
        return findings.mismatches
    for check in (
        check_sales,
        check_ways_out,
        check_moves,
        check_moves_per_phase,
        check_space,
        check_hubs,
        check_pins,
        check_company,
        check_money,
        check_budget,
        check_funds,
        check_partners,
        check_goals,
        check_carbon,
        check_caps,
        check_reach,
        check_impacts,
        check_capacity,
    ):
        check(facts, findings)
    return findings.mismatches


def check_claims(facts: Facts, findings: Findings) -> None:
    """The plan is of this register and scenario, and says no more than its bound allows."""
    plan, scenario = facts.plan, facts.scenario
    findings.same("snapshot", plan.snapshot_digest, facts.snapshot.digest)
    findings.same("scenario", plan.scenario_digest, scenario.digest)
    findings.same("base year", plan.base_year, scenario.phases.base_year)
    if plan.objective_gbp_k is None or plan.bound_gbp_k is None:
        findings.holds("status", plan.status in {"best_found", "no_plan_found"}, plan.status, "it has no bound")
        return
    gap = (plan.objective_gbp_k - plan.bound_gbp_k) / max(abs(plan.objective_gbp_k), 1e-9)
    findings.holds("bound", gap >= 0, plan.bound_gbp_k, f"no more than {plan.objective_gbp_k}")
    findings.holds("gap", plan.gap is not None and abs(plan.gap - gap) < 1e-12, plan.gap, gap)
    allowed = {"proven": 1e-4, "within_gap": scenario.solver.gap}.get(plan.status, math.inf)
    findings.holds("status", gap <= allowed, plan.status, f"a gap of {gap:.4%}")
