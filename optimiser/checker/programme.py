"""What a programme borrows and what carbon it saves, beside the raw rows."""

import math
from collections.abc import Sequence
from fractions import Fraction

from optimiser.checker import carbon
from optimiser.checker.appraisal import Case, all_close, same_number
from optimiser.checker.capital import has_budget, stream_rows
from optimiser.checker.facts import ZERO, Facts, Findings, Mismatch, exact
from optimiser.checker.funds import all_pots, has_strings
from optimiser.checker.money import money_of
from optimiser.checker.risk import Analysis


def capital_mismatches(capital: Case, analysis: Analysis) -> list[Mismatch]:
    """Everything in a capital profile that the raw rows do not bear out."""
    findings = Findings()
    facts, lines = analysis.facts, analysis.ground.lines
    late = math.ceil(analysis.ends("sale_delay")[1])
    length, count = len(analysis.ground.years) + late, len(analysis.ground.years)
    spent, fees, new, planned, low, high, cautious = ([ZERO] * length for _ in range(7))
    for line, gbp in analysis.planned.items():
        if lines[line]["investment"] == "yes":
            into = fees if line == "disposal_cost" else spent
            into[:count] = [one + other for one, other in zip(into, gbp, strict=False)]
    for sale in analysis.sales:
        planned[sale.waits] += sale.price
        low[sale.waits] += sale.price * sale.low
        high[sale.waits] += sale.price * sale.high
        cautious[sale.waits + late] += sale.price * sale.low
    for phase in _new_money(facts):
        new[phase[0]] += phase[1]
    balance = _standing([a + b - c - d for a, b, c, d in zip(new, planned, spent, fees, strict=True)])
    careful = _standing([a + b - c - d for a, b, c, d in zip(new, cautious, spent, fees, strict=True)])
    through = exact(analysis.asked["sale_probability"])
    findings.same(
        "capital, years",
        [row["year"] for row in capital["years"]],
        list(range(facts.base_year, facts.base_year + length)),
    )
    for word, series in (
        ("spent", spent), ("sale_costs", fees), ("new_money", new), ("receipts", planned), ("receipts_low", low),
        ("receipts_high", high), ("receipts_expected", [through * one for one in planned]),
        ("receipts_cautious", cautious), ("balance", balance), ("balance_cautious", careful),
    ):  # fmt: skip
        all_close(findings, f"capital, {word}", [row[f"{word}_gbp"] for row in capital["years"]], series)
    for suffix, standing in (("", balance), ("_cautious", careful)):
        least = min(standing)
        year = facts.base_year + standing.index(least) if least < -Fraction(1, 100) else None
        findings.same(f"capital, peak year{suffix}", capital[f"peak_year{suffix}"], year)
        findings.close(
            f"capital, peak borrowing{suffix}", capital[f"peak_borrowing{suffix}_gbp"], max(ZERO, -least)
        )
    _check_sales(findings, capital["sales"], analysis)
    _check_pots(findings, capital["pots"], facts)
    findings.close("capital, headroom", capital["headroom_gbp"], max(ZERO, min(balance)))
    return findings.mismatches


def _check_sales(findings: Findings, said: Sequence[Case], analysis: Analysis) -> None:
    findings.same("capital, sales", len(said), len(analysis.sales))
    for one, sale in zip(said, analysis.sales, strict=False):
        findings.same(f"sale {one['name']}, year", one["year"], analysis.facts.base_year + sale.waits)
        for word, true in (
            ("price_gbp", sale.price),
            ("low_gbp", sale.price * sale.low),
            ("high_gbp", sale.price * sale.high),
            ("fee_gbp", sale.fee),
            ("value_gbp", sale.value),
            ("void_gbp_per_year", sale.void),
        ):
            findings.close(f"sale {one['name']}, {word}", one[word], true)
        by_confidence = sum(one["gbp_by_confidence"].values())
        findings.close(f"sale {one['name']}, by confidence", by_confidence, sale.price)


def _check_pots(findings: Findings, said: Sequence[Case], facts: Facts) -> None:
    """What comes into each pot by the last phase, and what the plan's own funds take out of it."""
    money = money_of(facts)
    pots = all_pots(facts, money) if has_strings(facts, money) else {}
    findings.same("pots", sorted(one["fund_id"] for one in said), sorted(pots))
    for one in said if not findings.mismatches else ():
        key, came = one["fund_id"], pots[one["fund_id"]].arrived[-1]
        used = sum((exact(use.gbp) for use in facts.plan.funds if use.fund_id == key), ZERO)
        for word, true in (("in_gbp", came), ("used_gbp", used), ("left_gbp", came - used)):
            findings.close(f"pot {key}, {word}", one[word], true)


def _standing(flows: Sequence[Fraction]) -> list[Fraction]:
    found, total = [], ZERO
    for flow in flows:
        total += flow
        found.append(total)
    return found


def _new_money(facts: Facts) -> list[tuple[int, Fraction]]:
    """Years from the base year, and the new money and streams of the phase that begins then."""
    if not has_budget(facts):
        return []
    funding = facts.scenario.capital.new_funding_gbp or (0.0,) * len(facts.starts)
    ends = [*facts.starts[1:], facts.horizon]
    return [
        (
            start,
            exact(gbp)
            + sum(
                (exact(row["gbp"]) for row in stream_rows(facts) if start <= row["year"] - facts.base_year < end),
                ZERO,
            ),
        )
        for start, end, gbp in zip(facts.starts, ends, funding, strict=True)
    ]


def carbon_mismatches(said: Case, facts: Facts) -> list[Mismatch]:
    """Everything in a table of energy and carbon that the raw rows do not bear out."""
    findings = Findings()
    years = range(facts.base_year, facts.base_year + facts.horizon)
    tonnes = {year: carbon.tonnes_per_mwh(facts, year) for year in years}
    worth = {year: tonnes[year] * carbon.value_gbp_per_tonne(year) for year in years}
    mwh = {key: used for key in facts.scope if (used := carbon.mwh(facts, key))}
    findings.same("carbon, properties", sorted(row["property_id"] for row in said["properties"]), sorted(mwh))
    findings.same("carbon, years", [row["year"] for row in said["years"]], list(years))
    if findings.mismatches:
        return findings.mismatches
    for row in said["properties"]:
        key, used = row["property_id"], mwh[row["property_id"]]
        kept = [year for year in years if facts.kept(key, year)]
        for word, true in (
            ("kwh_per_year", 1000 * used),
            ("tonnes_first_year", used * tonnes[facts.base_year]),
            ("tonnes_today", used * sum(tonnes.values(), ZERO)),
            ("tonnes_after", used * sum((tonnes[year] for year in kept), ZERO)),
            ("value_today_gbp", used * sum(worth.values(), ZERO)),
            ("value_after_gbp", used * sum((worth[year] for year in kept), ZERO)),
        ):
            same_number(findings, f"{key}, {word}", row[word], true)
    every = sum(mwh.values(), ZERO)
    for row in said["years"]:
        year = row["year"]
        kept_mwh = sum((used for key, used in mwh.items() if facts.kept(key, year)), ZERO)
        price = carbon.value_gbp_per_tonne(year) if tonnes[year] else None
        for word, true_or_none in (
            ("tonnes_today", every * tonnes[year]),
            ("tonnes_after", kept_mwh * tonnes[year]),
            ("gbp_per_tonne", price),
            ("value_saved_gbp", (every - kept_mwh) * worth[year]),
        ):
            same_number(findings, f"carbon of {year}, {word}", row[word], true_or_none)
    unrecorded = sum(math.isnan(facts.properties[key]["energy_kwh_per_year"]) for key in mwh)
    findings.same("carbon, unrecorded", said["unrecorded"], unrecorded)
    return findings.mismatches
