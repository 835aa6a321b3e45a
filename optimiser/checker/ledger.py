"""The partners' ledger beside the raw rows: every line of every organisation and year, and who pays whom.

It is handed the ledger as plain data, so that it shares no code with what made it.
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate
from typing import Any

from estate.snapshot import Snapshot
from optimiser.checker.facts import ZERO, Facts, Findings, Mismatch, exact
from optimiser.checker.money import Flow, Money, money_of
from optimiser.checker.partners import Position, positions
from optimiser.plan import Plan
from optimiser.scenario import Scenario

_PENNY = Fraction(1, 100)
_NO_CASH = {"carbon_value", "residual_value"}
_YEARLY = {
    "running_cost", "rent", "void_cost", "charges_paid", "charges_received", "shared_reception", "travel_of_staff",
}  # fmt: skip
_Lines = dict[tuple[str, str, int], Fraction]  # organisation, line, years from the base year


def ledger_mismatches(
    said: Mapping[str, Any], plan: Plan, snapshot: Snapshot, scenario: Scenario
) -> list[Mismatch]:
    """What of a ledger (`Ledger.to_dict()`) the raw rows do not bear out."""
    facts, findings = Facts(plan, snapshot, scenario), Findings()
    money = money_of(facts)
    true = [_lines(facts, money, money.flows_today, today=True), _lines(facts, money, money.flows, today=False)]
    _check_entries(findings, facts, said["entries"], true)
    positioned = positions(facts, money)
    findings.same("base year", said["base_year"], facts.base_year)
    findings.same("horizon", said["years"], facts.horizon)
    findings.same("discount rate", said["discount_rate_per_year"], scenario.rates.discount_rate_per_year)
    findings.same("accounts", [account["organisation_id"] for account in said["accounts"]], sorted(positioned))
    for account in said["accounts"]:
        body = account["organisation_id"]
        if body in positioned:
            _check_account(findings, money, account, positioned[body], true)
    gains = {body: position.cost_today - position.cost_after for body, position in positioned.items()}
    findings.close("better off in all", said["better_off_gbp"], sum(gains.values(), ZERO))
    check_payments(findings, said["payments"], gains, money.annuity(0, facts.horizon))
    return findings.mismatches


def check_payments(findings: Findings, said: Any, gains: Mapping[str, Fraction], annuity: Fraction) -> None:
    """The payments leave nobody worse off, take from nobody more than it gains, and are no more than is lost."""
    lost = sum((max(ZERO, -gain) for gain in gains.values()), ZERO)
    slack = _PENNY * len(gains)
    if said is None:
        findings.holds("payments", sum(gains.values(), ZERO) < slack, "none are possible", "the whole gains")
        return
    total = sum((exact(one["gbp"]) for one in said), ZERO)
    findings.holds("payments in all", lost - _PENNY <= total <= lost + slack, float(total), float(lost))
    for body, gain in gains.items():
        got = sum((exact(one["gbp"]) for one in said if one["receiver"] == body), ZERO)
        paid = sum((exact(one["gbp"]) for one in said if one["payer"] == body), ZERO)
        findings.holds(f"{body}, after payments", gain + got - paid > -slack, float(gain + got - paid), "no loss")
        findings.holds(f"{body}, pays", not paid or gain > 0, float(paid), "nothing: it does not gain")
    for one in said:
        a_year = exact(one["gbp"]) / annuity
        findings.close(f"{one['payer']} to {one['receiver']}, a year", one["gbp_per_year"], a_year)


def _lines(facts: Facts, money: Money, flows: Mapping[Flow, Fraction], *, today: bool) -> _Lines:
    """Every partner's lines, with charges and the pool."""
    found: _Lines = defaultdict(Fraction)
    for flow, gbp in flows.items():
        if flow.who is not None:
            found[flow.who, flow.cost, flow.waits] += gbp
    for waits in range(facts.horizon):
        for key, team in facts.teams.items():
            home = team["property_id"]
            place = home if today else facts.place(key, facts.base_year + waits)
            guest, host = team["organisation_id"], money.owner(place)
            if home in facts.scope and guest != host:
                gbp = money.charge[place] * facts.square_metres(team)
                found[guest, "charges_paid", waits] += gbp
                found[host, "charges_received", waits] -= gbp
    agreed = facts.scenario.partners
    pooled = exact(agreed.pooled_share_of_receipts)
    for (body, line, waits), gbp in list(found.items()):
        if pooled and line in {"receipts", "disposal_cost"}:
            found[body, "pool_paid_in", waits] -= pooled * gbp
            for other, share in agreed.receipt_shares.items():
                found[other, "pool_paid_out", waits] += pooled * exact(share) * gbp
    return found


def _check_entries(findings: Findings, facts: Facts, said: Any, true: list[_Lines]) -> None:
    listed = {(one["organisation_id"], one["line"], one["year"] - facts.base_year): one for one in said}
    findings.same("entries, each once", len(listed), len(said))
    for key in sorted({*listed, *true[0], *true[1]}):
        body, line, waits = key
        for word, lines in zip(("today", "after"), true, strict=True):
            published = listed[key][f"{word}_gbp"] if key in listed else 0.0
            what = f"{body}, {line.replace('_', ' ')}, {facts.base_year + waits}, {word}"
            findings.close(what, published, lines.get(key, ZERO))


def _check_account(
    findings: Findings, money: Money, said: Mapping[str, Any], true: Position, lines: list[_Lines]
) -> None:
    body, facts = said["organisation_id"], money.facts
    today, after = true.cost_today, true.cost_after
    findings.close(f"{body}, cost today", said["cost_today_gbp"], today)
    findings.close(f"{body}, cost after", said["cost_after_gbp"], after)
    findings.close(f"{body}, better off", said["better_off_gbp"], today - after)
    cash: dict[int, Fraction] = dict.fromkeys(range(facts.horizon), ZERO)
    saved = ZERO
    for side, sign in zip(lines, (1, -1), strict=True):
        for (who, line, waits), gbp in side.items():
            if who == body and line not in _NO_CASH:
                cash |= {year: ZERO for year in range(waits + 1) if year not in cash}
                cash[waits] += sign * gbp
                saved += sign * gbp if line in _YEARLY and waits == facts.horizon - 1 else ZERO
    shown = {year - facts.base_year: gbp for year, gbp in said["net_cash_by_year"]}
    for waits in sorted({*cash, *shown}):
        found = cash.get(waits, ZERO)
        findings.close(f"{body}, net cash, {facts.base_year + waits}", shown.get(waits), found)
    present = sum((money.factor(waits) * gbp for waits, gbp in cash.items()), ZERO)
    findings.close(f"{body}, better off in cash", said["cash_better_off_gbp"], present)
    findings.close(f"{body}, saving a year", said["saving_gbp_per_year"], saved)
    standing = list(accumulate(cash[waits] for waits in sorted(cash)))
    findings.close(f"{body}, most out of pocket", said["most_out_gbp"], max(ZERO, -min(standing)))
    short = [waits for waits, gbp in enumerate(standing) if gbp < -_PENNY]
    deepest = facts.base_year + standing.index(min(standing)) if short else None
    findings.same(f"{body}, year most out of pocket", said["most_out_year"], deepest)
    for_good = facts.base_year + short[-1] + 1 if short and short[-1] + 1 < len(standing) else None
    findings.same(f"{body}, breaks even", said["breaks_even_year"], for_good)
