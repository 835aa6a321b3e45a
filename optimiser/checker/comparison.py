"""Plans set side by side, recomputed from the stored plans: every difference in exact fractions.

It takes the comparison as plain data, so that it shares no code with what made it.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from optimiser.checker.facts import ZERO, Findings, Mismatch, exact
from optimiser.plan import Plan


def mismatches(compared: dict[str, Any], plans: Sequence[Plan]) -> list[Mismatch]:
    """What of a comparison (`Comparison.to_dict()`) does not follow from the plans, in their order."""
    findings = Findings()
    findings.same("plans compared", len(compared["options"]), len(plans))
    for number, (option, plan) in enumerate(zip(compared["options"], plans, strict=False)):
        if number:
            what = f"run {option['run_id']}, dearer than the first"
            check_range(what, option["dearer"], plan, plans[0], findings)
        _check_option(option, plan, findings)
        _check_properties(compared["properties"], number, plan, findings)
        _check_years(compared["years"], number, plan, findings)
        _check_costs(compared["costs"], number, plan, findings)
        _check_partners(compared["partners"], number, plan, findings)
    return findings.mismatches


def range_mismatches(
    what: str, range_gbp: dict[str, Any], plan: Plan, than: Plan, *, stricter: bool = False
) -> list[Mismatch]:
    """What of a range (`Range` as plain data) does not follow from the two plans; see `check_range`."""
    findings = Findings()
    check_range(what, range_gbp, plan, than, findings, stricter=stricter)
    return findings.mismatches


def check_range(
    what: str, range_gbp: dict[str, Any], plan: Plan, than: Plan, findings: Findings, *, stricter: bool = False
) -> None:
    """The best plans of two scenarios may differ by no less and no more than their costs and bounds allow.

    Where each plan of the one scenario is one of the other too (`stricter`), it costs no less than that.
    """
    cost, other, bound, lowest = (
        None if gbp_k is None else 1000 * exact(gbp_k)
        for gbp_k in (plan.objective_gbp_k, than.objective_gbp_k, plan.bound_gbp_k, than.bound_gbp_k)
    )
    true = {"found": _less(cost, other), "low": _less(bound, other), "high": _less(cost, lowest)}
    if stricter:
        bounds, costs = ([v for v in pair if v is not None] for pair in ((bound, lowest), (other, cost)))
        true["low"] = max([ZERO, *(one - less for one in bounds for less in costs)])
        true["high"] = None if true["high"] is None else max(true["high"], true["low"] or ZERO)
    for word, value in true.items():
        published = range_gbp[f"{word}_gbp"]
        if value is None:
            findings.same(f"{what}, {word}", published, None)
        else:
            findings.close(f"{what}, {word}", published, value)


def _less(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one - other


def _check_option(option: dict[str, Any], plan: Plan, findings: Findings) -> None:
    what = f"run {option['run_id']}"
    if plan.figures is None:
        return
    left = [action for action in plan.properties if action.action == "leave"]
    findings.same(f"{what}, properties left", option["properties_left"], len(left))
    today, after = (
        sum((exact(getattr(a, f"running_cost_{when}_gbp_per_year")) for a in plan.properties), ZERO)
        for when in ("today", "after")
    )
    findings.close(f"{what}, saving a year", option["saving_gbp_per_year"], today - after)
    receipts = sum((exact(action.receipt_gbp) for action in plan.properties), ZERO)
    findings.close(f"{what}, receipts", option["capital_receipts_gbp"], receipts)
    one_off = sum((exact(action.one_off_cost_gbp) for action in plan.properties), ZERO)
    one_off += sum((exact(move.cost_gbp) for move in plan.moves), ZERO)
    findings.close(f"{what}, one-off cost", option["one_off_cost_gbp"], one_off)


def _check_properties(lines: list[dict[str, Any]], number: int, plan: Plan, findings: Findings) -> None:
    true = {action.property_id: action.action for action in plan.properties}
    said = {line["property_id"]: line["actions"][number] for line in lines}
    kept = {key: action["action"] for key, action in said.items() if action is not None}
    findings.same(f"plan {number + 1}, actions", kept, true)


def _check_years(lines: list[dict[str, Any]], number: int, plan: Plan, findings: Findings) -> None:
    """Over all years the columns add up to what the plan has."""
    moved = sum((exact(move.fte) for move in plan.moves), ZERO)
    spent = sum((exact(move.cost_gbp) for move in plan.moves), ZERO)
    for column, true in (("people_moved_fte", moved), ("moves_gbp", spent), ("sales_begun_gbp", _sales(plan))):
        said = sum(line["plans"][number][column] for line in lines)
        findings.close(f"plan {number + 1}, {column} over all years", float(said), true)
    left = sum(line["plans"][number]["properties_left"] for line in lines)
    dated = [action for action in plan.properties if action.action == "leave" and action.year is not None]
    findings.same(f"plan {number + 1}, properties left over all years", left, len(dated))


def _sales(plan: Plan) -> Fraction:
    gone = (a for a in plan.properties if a.sold or a.transferred_year is not None)
    return sum((exact(action.receipt_gbp) for action in gone), ZERO)


def _check_costs(lines: list[dict[str, Any]], number: int, plan: Plan, findings: Findings) -> None:
    said = sum(line["gbp"][number] for line in lines)
    if plan.objective_gbp_k is not None:
        findings.close(f"plan {number + 1}, sum of its costs", float(said), 1000 * exact(plan.objective_gbp_k))


def _check_partners(lines: list[dict[str, Any]], number: int, plan: Plan, findings: Findings) -> None:
    true = {one.organisation_id: one.cost_after_gbp for one in plan.partners}
    found = {line["organisation_id"]: line["positions"][number] for line in lines}
    said = {key: one["cost_after_gbp"] for key, one in found.items() if one is not None}
    findings.same(f"plan {number + 1}, cost of each partner", said, true)
