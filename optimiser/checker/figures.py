"""What the plan says of its money beside the raw rows: cost lines, every property's figures, the headlines."""

from collections.abc import Iterable
from fractions import Fraction

from optimiser.checker.facts import ZERO, Facts, Findings, exact
from optimiser.checker.money import Money, money_of


def check_money(facts: Facts, findings: Findings) -> None:
    """Every cost line, every property's figures and the headline figures."""
    money = money_of(facts)
    published = {(line.cost, line.phase): line.gbp_k for line in facts.plan.costs}
    for cost, phase in sorted(set(published) | set(money.lines)):
        said = published.get((cost, phase), 0.0) * 1000
        findings.close(f"cost {cost} in phase {phase}", said, money.lines.get((cost, phase), ZERO))
    total, objective = _total(money.lines.values()), facts.plan.objective_gbp_k
    findings.close("objective", None if objective is None else objective * 1000, total)
    for key, action in facts.actions.items():
        findings.close(f"{key}, running cost today", action.running_cost_today_gbp_per_year, money.today[key])
        findings.close(f"{key}, running cost after", action.running_cost_after_gbp_per_year, money.after[key])
        findings.close(f"{key}, receipt", action.receipt_gbp, money.receipts[key])
        findings.close(f"{key}, one-off cost", action.one_off_cost_gbp, money.one_off[key])
        findings.close(f"{key}, backlog", action.backlog_gbp, money.backlog[key])
        if action.transferred_year is not None:
            asked = facts.scenario.transfers
            under = money.value(key) * (1 - exact(asked.price_share))
            allowed = under <= exact(asked.undervalue_limit_gbp)
            findings.holds(f"{key}, transfer", allowed, f"{float(under):,.2f} under its value", "less")
        findings.same(f"{key}, estimated", action.estimated, key in money.estimated)
    _check_figures(facts, findings, money, total)


def _check_figures(facts: Facts, findings: Findings, money: Money, total: Fraction) -> None:
    figures = facts.plan.figures
    if figures is None:
        findings.same("figures", "none", "a plan has figures")
        return
    today, after = _total(money.today.values()), _total(money.after.values())
    moving = _total(facts.move_gbp(move) + facts.fit_out_gbp(move) for move in facts.plan.moves)
    findings.close("running cost today", figures.running_cost_today_gbp_per_year, today)
    findings.close("running cost after", figures.running_cost_after_gbp_per_year, after)
    findings.close("saving a year", figures.saving_gbp_per_year, today - after)
    findings.close("capital receipts", figures.capital_receipts_gbp, _total(money.receipts.values()))
    findings.close("one-off cost", figures.one_off_cost_gbp, _total(money.one_off.values()) + moving)
    findings.close("backlog", figures.backlog_gbp, _total(money.backlog.values()))
    findings.close("net present social value", figures.npsv_gbp, money.unchanged - total)
    left = sum(action.year is not None for action in facts.actions.values())
    findings.same("properties today", figures.properties_today, len(facts.scope))
    findings.same("properties left", figures.properties_left, left)
    findings.close("people moved", figures.people_moved, _total(exact(facts.teams[k]["fte"]) for k in facts.moves))
    share = float(money.estimated_share)
    findings.holds("share estimated", abs(figures.estimated_share - share) < 1e-9, figures.estimated_share, share)


def _total(values: Iterable[Fraction]) -> Fraction:
    return sum(values, ZERO)
