"""Money with strings: that every pound of spending comes from a pot that may pay for it and has it."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from optimiser.checker.capital import has_budget, receipts, spending, stream_rows
from optimiser.checker.facts import ZERO, Facts, Findings, Row, exact
from optimiser.checker.money import Money, money_of
from optimiser.plan import FundUse

# Payments are the solver's real numbers: a pound, or this share of a sum, is its arithmetic.
_POUND = Fraction(1)
_ROUNDING = Fraction(1, 10**6)


@dataclass(frozen=True)
class Pot:
    """Whose spending a pot pays for (None: anybody's), of what kinds, and what has come in by each phase, GBP."""

    organisation: str | None
    kinds: frozenset[str]
    arrived: tuple[Fraction, ...]


def check_funds(facts: Facts, findings: Findings) -> None:
    """What the pots pay for adds up to what is spent, fits their strings and is never more than they have."""
    if not facts.plan.funds and not has_budget(facts):
        return
    money = money_of(facts)
    pots = all_pots(facts, money) if has_strings(facts, money) else {}
    if not pots:
        findings.same("funds", facts.plan.funds, ())
        return
    years = [facts.base_year + start for start in facts.starts]
    _check_strings(findings, facts.plan.funds, pots, years)
    _check_bills(facts, findings, money, years)


def _check_strings(findings: Findings, uses: tuple[FundUse, ...], pots: dict[str, Pot], years: list[int]) -> None:
    so_far: dict[str, Fraction] = defaultdict(Fraction)
    for use in uses:
        pot, said = pots.get(use.fund_id), f"{use.fund_id} for {use.kind} of {use.organisation_id} in {use.year}"
        fits = pot is not None and use.kind in pot.kinds and pot.organisation in (None, use.organisation_id)
        findings.holds("fund", fits and use.gbp >= 0 and use.year in years, said, "it may not pay for that")
    for index, year in enumerate(years):
        for key, pot in pots.items():
            so_far[key] += sum((exact(use.gbp) for use in uses if (use.fund_id, use.year) == (key, year)), ZERO)
            enough = so_far[key] <= pot.arrived[index] + _POUND + _ROUNDING * pot.arrived[index]
            said, has = f"{float(so_far[key]):,.2f} paid", f"{float(pot.arrived[index]):,.2f}"
            findings.holds(f"fund {key} by {year}", enough, said, has)


def _check_bills(facts: Facts, findings: Findings, money: Money, years: list[int]) -> None:
    for year in years:
        paid: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for use in facts.plan.funds:
            if use.year == year:
                paid[use.organisation_id, use.kind] += exact(use.gbp)
        bills = spending(facts, money, year)
        for key in sorted({*paid, *bills}):
            bill = bills.get(key, ZERO)
            agree = abs(paid[key] - bill) <= _POUND + _ROUNDING * bill
            said = f"{float(paid[key]):,.2f} paid"
            findings.holds(f"{key[1]} of {key[0]} in {year}", agree, said, f"{float(bill):,.2f}")


def has_strings(facts: Facts, money: Money) -> bool:
    """Whether some of the budget's money may pay only for some of the spending."""
    capital, pooled = facts.scenario.capital, facts.scenario.partners.pooled_share_of_receipts
    tied = pooled < 1 and len(money.bodies()) > 1
    return has_budget(facts) and (capital.funding_streams or tied)


def all_pots(facts: Facts, money: Money) -> dict[str, Pot]:
    """Every pot by its id."""
    capital, pooled = facts.scenario.capital, exact(facts.scenario.partners.pooled_share_of_receipts)
    years, kinds = [facts.base_year + start for start in facts.starts], frozenset(capital.pays_for)
    new = [exact(gbp) for gbp in capital.new_funding_gbp] or [ZERO] * len(years)
    pots = {"new": Pot(None, kinds, tuple(sum(new[: index + 1], ZERO) for index in range(len(years))))}
    for first, rows in _streams(facts).items():
        eligible = frozenset(rows[0]["eligible_spend"].split())
        ends = [*years[1:], facts.base_year + facts.horizon]
        arrived = [sum((exact(row["gbp"]) for row in rows if row["year"] < end), ZERO) for end in ends]
        payer = rows[0]["organisation_id"] or None
        pots[f"stream:{first}"] = Pot(payer, kinds & eligible if eligible else kinds, tuple(arrived))
    by_year = [receipts(facts, money, year) for year in years]
    if pooled < 1:
        for body in money.bodies():
            mine = tuple((1 - pooled) * found.get(body, ZERO) for found in by_year)
            pots[f"receipts:{body}"] = Pot(body, kinds, mine)
    if pooled > 0:
        pots["pool"] = Pot(None, kinds, tuple(pooled * sum(found.values(), ZERO) for found in by_year))
    return pots


def _streams(facts: Facts) -> dict[str, list[Row]]:
    """The register's streams by the id of their first year."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in stream_rows(facts):
        found[row["name"], row["organisation_id"] or None, row["eligible_spend"]].append(row)
    return {str(rows[0]["id"]): rows for rows in found.values()}
