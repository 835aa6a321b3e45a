"""The programme's own money by year: what is spent to get there, what sales bring, what is left to be borrowed.

Yearly savings are left out: they are revenue. Works have optimism bias where the business case has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from optimiser.appraise.business_case import PLAN, BusinessCase
from optimiser.appraise.sales import Sale
from optimiser.appraise.settings import Risk
from optimiser.plan import Plan
from optimiser.prepare.inputs import Inputs

_PENNY = 0.01
_FEES = "disposal_cost"


@dataclass(frozen=True)
class CapitalYear:
    """One financial year, GBP in real terms, not discounted. Receipts are prices before their costs of sale."""

    year: int
    spent_gbp: float  # moves, fit-out, hubs, leaving leases, overlap
    sale_costs_gbp: float
    new_money_gbp: float  # the scenario's and the register's streams
    receipts_gbp: float  # as planned
    receipts_low_gbp: float  # every price at the low end of its range
    receipts_high_gbp: float
    receipts_expected_gbp: float  # each sale at its probability
    receipts_cautious_gbp: float  # every price at the low end, every sale as late as its range has it
    balance_gbp: float  # what has come in less what has gone out so far, as planned; below zero is borrowed
    balance_cautious_gbp: float  # with the cautious receipts


@dataclass(frozen=True)
class Pot:
    """One pot of money with strings: what comes in over the horizon, what the plan uses, what is left. GBP."""

    fund_id: str
    name: str
    organisation_id: str | None  # whose spending it pays for; None: anybody's
    pays_for: tuple[str, ...]
    in_gbp: float
    used_gbp: float
    left_gbp: float


@dataclass(frozen=True)
class Capital:
    """The programme's capital. `peak_year` is that in which most is borrowed; None: nothing ever is."""

    years: tuple[CapitalYear, ...]
    sales: tuple[Sale, ...]
    peak_year: int | None
    peak_borrowing_gbp: float
    peak_year_cautious: int | None  # the same with the cautious receipts
    peak_borrowing_cautious_gbp: float
    headroom_gbp: float  # the least that is ever left of what has come in; 0 where anything is borrowed
    pots: tuple[Pot, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def capital(
    case: BusinessCase, plan: Plan, inputs: Inputs, sales: Sequence[Sale], asked: Risk, late_years: int
) -> Capital:
    """The capital of a plan, year by year. Cautious receipts come `late_years` later than planned."""
    of_plan = case.option(PLAN).lines
    spent = [one for one in of_plan if one.investment and one.line != _FEES]
    fees = next(one for one in of_plan if one.line == _FEES)
    new, found = _new_money(inputs), list[CapitalYear]()
    balance = cautious = 0.0
    for number, year in enumerate(range(case.years[0], case.years[-1] + late_years + 1)):
        past = number >= len(case.years)  # only what comes late
        out = 0.0 if past else sum(one.gbp_by_year[number] for one in spent)
        costs = 0.0 if past else fees.gbp_by_year[number]
        planned = sum(sale.price_gbp for sale in sales if sale.year == year)
        late = sum(sale.low_gbp for sale in sales if sale.year + late_years == year)
        balance += new.get(year, 0.0) + planned - out - costs
        cautious += new.get(year, 0.0) + late - out - costs
        found.append(
            CapitalYear(
                year=year,
                spent_gbp=out,
                sale_costs_gbp=costs,
                new_money_gbp=new.get(year, 0.0),
                receipts_gbp=planned,
                receipts_low_gbp=sum(sale.low_gbp for sale in sales if sale.year == year),
                receipts_high_gbp=sum(sale.high_gbp for sale in sales if sale.year == year),
                receipts_expected_gbp=asked.sale_probability * planned,
                receipts_cautious_gbp=late,
                balance_gbp=balance,
                balance_cautious_gbp=cautious,
            )
        )
    peak, lowest = _peak({one.year: one.balance_gbp for one in found})
    peak_cautious, lowest_cautious = _peak({one.year: one.balance_cautious_gbp for one in found})
    return Capital(
        years=tuple(found),
        sales=tuple(sales),
        peak_year=peak,
        peak_borrowing_gbp=max(0.0, -lowest),
        peak_year_cautious=peak_cautious,
        peak_borrowing_cautious_gbp=max(0.0, -lowest_cautious),
        headroom_gbp=max(0.0, lowest),
        pots=_pots(plan, inputs),
    )


def _peak(balances: Mapping[int, float]) -> tuple[int | None, float]:
    """The first year of the lowest balance, None where none is below zero by a penny; and that balance.

    >>> _peak({2026: -1.0, 2027: -3.0, 2028: 2.0}), _peak({2026: 0.0, 2027: 1.0})
    ((2027, -3.0), (None, 0.0))
    """
    year = min(balances, key=lambda one: (balances[one], one))
    return (year if balances[year] < -_PENNY else None), balances[year]


def _new_money(inputs: Inputs) -> dict[int, float]:
    """New money by the year in which its phase begins."""
    if inputs.budget is None:
        return {}
    phases = zip(inputs.phases, inputs.budget.funding_gbp_k, strict=True)
    return {phase.first_year: 1000 * gbp_k for phase, gbp_k in phases}


def _pots(plan: Plan, inputs: Inputs) -> tuple[Pot, ...]:
    """Every pot, where money has strings, in the order of the scenario."""
    funds = inputs.budget.funds if inputs.budget else {}
    received = _received_gbp_k(plan, inputs)
    found = []
    for key, fund in funds.items():
        shared = received if fund.receipts_of is None else {fund.receipts_of: received.get(fund.receipts_of, 0.0)}
        came = 1000 * (sum(fund.gbp_k) + fund.receipts_share * sum(shared.values()))
        used = sum(use.gbp for use in plan.funds if use.fund_id == key)
        found.append(Pot(key, fund.name, fund.organisation, fund.pays_for, came, used, came - used))
    return tuple(found)


def _received_gbp_k(plan: Plan, inputs: Inputs) -> dict[str, float]:
    """What may be spent again of the receipts that are in by the last phase, by owner."""
    budget, found = inputs.budget, dict[str, float]()
    if budget is None:
        return found
    last = budget.paid_up.get(inputs.phases[-1].number, 0)
    paid_years = {phase.first_year for phase in inputs.phases if phase.number <= last}
    sold = {inputs.sold_with[a.property_id] for a in plan.properties if a.sold_year in paid_years}
    for (site, owner), gbp_k in budget.receipts_gbp_k.items():
        if site in sold:
            found[owner] = found.get(owner, 0.0) + gbp_k
    for action in plan.properties:
        if action.transferred_year in paid_years and action.property_id in budget.transfers_gbp_k:
            owner = inputs.owners[action.property_id]
            found[owner] = found.get(owner, 0.0) + budget.transfers_gbp_k[action.property_id]
    return found
