"""One-off spending against the money there is, phase by phase, from raw rows. Exact fractions of a pound."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from estate import rates
from optimiser.checker.facts import ZERO, Facts, Findings, Row, exact
from optimiser.checker.money import Money, money_of
from optimiser.plan import BudgetUse

# Overspending no larger than this share of the money is the solver's arithmetic, not a decision.
_ROUNDING = Fraction(1, 10**6)


def check_budget(facts: Facts, findings: Findings) -> None:
    """Up to every phase no more is spent than there is, and the plan's budget says so to the penny."""
    phases = len(facts.starts) if has_budget(facts) else 0
    findings.same("phases of the budget", len(facts.plan.budget), phases)
    if len(facts.plan.budget) != phases:
        return
    for said, true in zip(facts.plan.budget, budget(facts, money_of(facts)) if phases else [], strict=True):
        findings.same("budget, year", said.year, true.year)
        _same_figures(findings, said, true)
        short = f"{float(-true.carried_over):,.2f} too much"
        findings.holds(f"budget of {true.year}", true.is_enough, f"{float(true.spent):,.2f} spent", short)


@dataclass(frozen=True)
class BudgetPhase:
    """The money of one phase, exact GBP."""

    year: int
    brought_forward: Fraction
    new: Fraction
    receipts: Fraction
    spent: Fraction

    @property
    def carried_over(self) -> Fraction:
        """What is left for the next phase."""
        return self.brought_forward + self.new + self.receipts - self.spent

    @property
    def is_enough(self) -> bool:
        """Whether the phase spends no more than there is."""
        return self.carried_over >= -_ROUNDING * self.spent


def budget(facts: Facts, money: Money) -> list[BudgetPhase]:
    """The budget of every phase; nothing where the scenario sets none."""
    found: list[BudgetPhase] = []
    before = received = ZERO
    if not has_budget(facts):
        return found
    funding = facts.scenario.capital.new_funding_gbp or (0.0,) * len(facts.starts)
    ends = [facts.base_year + start for start in (*facts.starts[1:], facts.horizon)]
    for start, end, gbp in zip(facts.starts, ends, funding, strict=True):
        year = facts.base_year + start
        new = exact(gbp) + sum(
            (exact(row["gbp"]) for row in stream_rows(facts) if year <= row["year"] < end), ZERO
        )
        all_in = sum(receipts(facts, money, year).values(), ZERO)
        spent = sum(spending(facts, money, year).values(), ZERO)
        found.append(BudgetPhase(year, before, new, all_in - received, spent))
        before, received = found[-1].carried_over, all_in
    return found


def has_budget(facts: Facts) -> bool:
    """Whether the scenario limits one-off spending."""
    return bool(facts.scenario.capital.new_funding_gbp) or facts.scenario.capital.funding_streams


def stream_rows(facts: Facts) -> list[Row]:
    """The register's funding of the years of the horizon, where the scenario uses it."""
    rows = facts.rows("funding_streams") if facts.scenario.capital.funding_streams else []
    return [row for row in rows if facts.base_year <= row["year"] < facts.base_year + facts.horizon]


def _same_figures(findings: Findings, said: BudgetUse, true: BudgetPhase) -> None:
    for word in ("brought_forward", "new", "receipts", "spent", "carried_over"):
        findings.close(f"budget of {said.year}, {word}", getattr(said, f"{word}_gbp"), getattr(true, word))


def spending(facts: Facts, money: Money, year: int) -> dict[tuple[str, str], Fraction]:
    """What the budget must pay for in the phase that begins in `year`, by organisation and kind."""
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for move in facts.plan.moves:
        if move.year == year:
            payer = facts.teams[move.team_id]["organisation_id"]
            found[payer, "move"] += facts.move_gbp(move)
            found[payer, "fit_out"] += facts.fit_out_gbp(move)
    for key, action in facts.actions.items():
        row = facts.properties[key]
        if action.hub_year == year:
            found[row["organisation_id"], "hub"] += money.hub_gbp(key)
        if action.lease_ends_year == year:
            found[row["organisation_id"], "exit"] += money.exit_gbp(key, date(year, 4, 1))
    pays_for = facts.scenario.capital.pays_for
    return {key: gbp for key, gbp in found.items() if key[1] in pays_for}


def receipts(facts: Facts, money: Money, year: int) -> dict[str, Fraction]:
    """What each owner may spend again of what has been paid by the start of `year`."""
    lag, sold = facts.scenario.rates.sale_lag_years, defaultdict[tuple[str, ...], list[str]](list)
    found: dict[str, Fraction] = defaultdict(Fraction)
    for key, action in facts.actions.items():
        if action.sold_year is not None and action.sold_year + lag <= year:
            sold[tuple(sorted(facts.site(key)))].append(key)
        if action.transferred_year is not None and action.transferred_year + lag <= year:
            price = exact(facts.scenario.transfers.price_share) * money.value(key)
            found[money.owner(key)] += _recycled(facts, price)
    for members in sold.values():
        price = sum((money.value(key) for key in members), ZERO)
        for key in members if price else ():
            found[money.owner(key)] += _recycled(facts, price) * money.value(key) / price
    return found


def _recycled(facts: Facts, price: Fraction) -> Fraction:
    wanted = facts.scenario.rates
    costs = exact(wanted.sale_cost_fixed_gbp) + exact(wanted.sale_cost_share) * price
    if price <= exact(rates.value("not_a_capital_receipt_gbp")):
        return ZERO
    return exact(facts.scenario.capital.recycled_share_of_receipts) * max(ZERO, price - costs)
