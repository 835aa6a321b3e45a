"""A comparison of what happened with a plan beside the rows that were recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from estate.snapshot import Snapshot
from optimiser.checker.facts import ZERO, Facts, Findings, Mismatch, exact
from optimiser.checker.money import money_of
from optimiser.plan import Plan
from optimiser.scenario import Scenario


def outturn_mismatches(
    said: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
) -> list[Mismatch]:
    """Everything in a comparison that the recorded rows and the register's raw rows do not bear out."""
    findings, facts = Findings(), Facts(plan, snapshot, scenario)
    money = money_of(facts)
    moves = dict.fromkeys(facts.scope, ZERO)
    for move in plan.moves:
        moves[move.from_property_id] += facts.move_gbp(move) + facts.fit_out_gbp(move)
    now = _year(date.fromisoformat(said["on"]))
    level = 1 + exact(said["inflation_per_year"])
    totals = dict.fromkeys(("price_planned", "price_planned_of_known", "price_real"), ZERO)
    totals |= dict.fromkeys(("cost_planned", "cost_planned_of_known", "cost_real"), ZERO)
    for one in said["properties"]:
        key = one["property_id"]
        left, sold = (_newest(rows, key, column) for column in ("left_on", "sold_on"))
        years = [_year(sold) if sold else now, _year(left or sold) if left or sold else now]
        planned = {"price": money.receipts[key], "cost": money.one_off[key] + moves[key]}
        for (word, forecast), year in zip(planned.items(), years, strict=True):
            paid = _newest(rows, key, f"{word}_gbp")
            findings.close(f"{key}, {word} planned", one[f"{word}_planned_gbp"], forecast)
            findings.same(f"{key}, {word} paid", one[f"{word}_gbp"], paid)
            totals[f"{word}_planned"] += forecast
            if paid is not None:
                real = exact(paid) / level ** (year - facts.base_year)
                findings.close(f"{key}, {word} in real terms", one[f"{word}_real_gbp"], real)
                totals[f"{word}_planned_of_known"] += forecast
                totals[f"{word}_real"] += real
    for word, gbp in totals.items():
        findings.close(f"outturn, {word}", said[f"{word}_gbp"], gbp)
    for word in ("price_planned", "price_real", "cost_planned", "cost_real"):
        by_year = sum((exact(year[f"{word}_gbp"]) for year in said["years"]), Fraction(0))
        findings.close(f"outturn by year, {word}", float(by_year), totals[word])
    missing = {row["property_id"] for row in rows} - {one["property_id"] for one in said["properties"]}
    findings.same("recorded and not shown", sorted(missing), [])
    return findings.mismatches


def _newest(rows: Sequence[Mapping[str, Any]], key: str, column: str) -> Any:
    """The value that was written down last, blanks left out."""
    known = [row for row in rows if row["property_id"] == key and row[column] not in (None, "")]
    return max(known, key=lambda row: (str(row["recorded_at"]), row["id"]))[column] if known else None


def _year(day: date) -> int:
    return day.year - (day.month < 4)
