"""The partners' ledger: what each organisation pays and gets in every year, with today's estate and with the plan.

Every line is a cash flow of the plan (cash_flows.py) put to whoever bears it, with what guests pay their hosts and
what goes through a pool of receipts. Discounted at the scenario's rate, an organisation's lines add up to its
position in the plan, to the penny (docs/partners-money.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from typing import Any

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.appraise import cash_flows
from optimiser.appraise.cash_flows import CashFlows
from optimiser.appraise.discounting import payback_year
from optimiser.appraise.lines import lines
from optimiser.appraise.sharing import Payment, so_that_none_loses
from optimiser.plan import Move, Plan
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.prepare.money import discount_factor
from optimiser.scenario import Scenario

# What goes from partner to partner, beside the lines of data/rates/appraisal_lines.csv: all of it cash.
BETWEEN = {
    "charges_paid": "Occupation charges paid to hosts",
    "charges_received": "Occupation charges received from guests",
    "pool_paid_in": "Receipts given to the pool",
    "pool_paid_out": "Receipts got from the pool",
}
# The lines in the order in which people read them.
LINES = (
    "running_cost", "rent", "void_cost", "charges_paid", "charges_received", "shared_reception", "travel_of_staff",
    "move_cost", "fit_out", "hub_cost", "exit_cost", "double_running", "backlog_maintenance", "disposal_cost",
    "receipts", "pool_paid_in", "pool_paid_out", "carbon_value", "residual_value",
)  # fmt: skip
_POOLED = ("receipts", "disposal_cost")
_PENNY_GBP = 0.01


def line_name(line: str) -> str:
    """A line as people call it."""
    return BETWEEN[line] if line in BETWEEN else lines()[line].name


def is_cash(line: str) -> bool:
    """Whether somebody pays it: value used up and the value of carbon are none."""
    return line in BETWEEN or lines()[line].cash


@dataclass(frozen=True)
class Entry:
    """One line of one organisation in one year. GBP in real terms; costs above zero, what comes in below."""

    organisation_id: str
    line: str  # one of LINES
    year: int  # financial year from April; the value left at the end stands in the year after the last
    today_gbp: float
    after_gbp: float


@dataclass(frozen=True)
class Account:
    """One organisation over the horizon. Present values are at the scenario's rate, in its base year.

    What it is `out` of pocket is how far its cash, added up year by year and not discounted, has fallen behind
    that of keeping today's estate.
    """

    organisation_id: str
    name: str
    cost_today_gbp: float  # present value of all lines
    cost_after_gbp: float
    better_off_gbp: float  # the difference
    cash_better_off_gbp: float  # of it, what is cash
    saving_gbp_per_year: float  # of what is paid every year, in the last year of the horizon
    net_cash_by_year: tuple[tuple[int, float], ...]  # better off than with today's estate: above zero
    most_out_gbp: float
    most_out_year: int | None  # None: it is never out of pocket
    breaks_even_year: int | None  # from which it is never out of pocket again; None: never, or it never is


@dataclass(frozen=True)
class Ledger:
    """Every account, and the payments after which nobody loses: None where the whole does not gain."""

    base_year: int
    years: int  # of the horizon
    discount_rate_per_year: float
    entries: tuple[Entry, ...]
    accounts: tuple[Account, ...]
    better_off_gbp: float  # of all partners together
    payments: tuple[Payment, ...] | None

    def of(self, organisation: str) -> "Ledger":
        """What one partner may be handed: its own lines, totals and payments, and nobody else's.

        Raises InputError where it has no account.
        """
        known = {account.organisation_id for account in self.accounts}
        if organisation not in known:
            raise InputError.of(
                f"organisation {organisation}",
                "it has nothing in this decision",
                f"Use {', '.join(sorted(known))}",
            )
        mine = tuple(account for account in self.accounts if account.organisation_id == organisation)
        payments = self.payments
        if payments is not None:
            payments = tuple(one for one in payments if organisation in (one.payer, one.receiver))
        entries = tuple(entry for entry in self.entries if entry.organisation_id == organisation)
        return replace(
            self, entries=entries, accounts=mine, better_off_gbp=mine[0].better_off_gbp, payments=payments
        )

    def present_value(self, gbp_by_year: Mapping[int, float]) -> float:
        """Sums of some years as one of the base year, GBP."""
        rate, first = self.discount_rate_per_year, self.base_year
        return sum(gbp * discount_factor(rate, year - first) for year, gbp in gbp_by_year.items())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def _is_yearly(line: str) -> bool:
    return line.startswith("charges") if line in BETWEEN else lines()[line].timing == "yearly"


def ledger(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> Ledger:
    """The ledger of a plan with what it was made from."""
    inputs = prepare(snapshot, scenario)
    sides = (
        _by_organisation(cash_flows.of_today(inputs), (), inputs, scenario),
        _by_organisation(cash_flows.of_plan(plan, inputs), plan.moves, inputs, scenario),
    )
    order = {line: number for number, line in enumerate(LINES)}
    entries = tuple(
        Entry(*key, *(side.get(key, 0.0) for side in sides))
        for key in sorted({*sides[0], *sides[1]}, key=lambda key: (key[0], order[key[1]], key[2]))
    )
    rate, years = scenario.rates.discount_rate_per_year, sum(scenario.phases.years)
    names = inputs.partners.names
    accounts = tuple(
        _account(body, names[body], [e for e in entries if e.organisation_id == body], scenario)
        for body in inputs.partners.organisations
    )
    gains = {account.organisation_id: account.better_off_gbp for account in accounts}
    annuity = sum(discount_factor(rate, year) for year in range(years))
    return Ledger(
        base_year=scenario.phases.base_year,
        years=years,
        discount_rate_per_year=rate,
        entries=entries,
        accounts=accounts,
        better_off_gbp=sum(gains.values()),
        payments=so_that_none_loses(gains, annuity),
    )


_Key = tuple[str, str, int]  # organisation, line, year


def _by_organisation(
    flows: CashFlows, moves: Iterable[Move], inputs: Inputs, scenario: Scenario
) -> Mapping[_Key, float]:
    found: dict[_Key, float] = defaultdict(float)
    for flow in flows.flows:
        if flow.organisation_id is not None and (flow.line != "carbon_value" or scenario.carbon.valued):
            found[flow.organisation_id, flow.line, flow.year] += flow.gbp
    for key, gbp in _charges(moves, inputs):
        found[key] += gbp
    for key, gbp in list(_pool(found, inputs)):
        found[key] += gbp
    return found


def _charges(moves: Iterable[Move], inputs: Inputs) -> Iterator[tuple[_Key, float]]:
    """What each team in another body's property pays its host every year, by the m2 it needs."""
    where = {u: team.home for u, team in inputs.teams.items()}
    for phase in inputs.phases:
        where |= {move.team_id: move.to_property_id for move in moves if move.year == phase.first_year}
        for u, p in where.items():
            team, host = inputs.teams[u], inputs.owners[p]
            if team.organisation != host:
                gbp = inputs.partners.charge_gbp_per_m2[p] * team.need_m2
                for year in range(phase.first_year, phase.first_year + phase.years):
                    yield (team.organisation, "charges_paid", year), gbp
                    yield (host, "charges_received", year), -gbp


def _pool(found: Mapping[_Key, float], inputs: Inputs) -> Iterator[tuple[_Key, float]]:
    """The pooled share of each receipt less its costs: what its owner gives, and what each gets of it."""
    agreed = inputs.partners
    for (body, line, year), gbp in found.items() if agreed.pooled_share else ():
        if line in _POOLED:
            yield (body, "pool_paid_in", year), -agreed.pooled_share * gbp
            for other, share in agreed.receipt_shares.items():
                yield (other, "pool_paid_out", year), agreed.pooled_share * share * gbp


def _account(body: str, name: str, entries: list[Entry], scenario: Scenario) -> Account:
    first, years = scenario.phases.base_year, sum(scenario.phases.years)
    rate = scenario.rates.discount_rate_per_year
    factor = {entry.year: discount_factor(rate, entry.year - first) for entry in entries}
    today = sum(factor[entry.year] * entry.today_gbp for entry in entries)
    after = sum(factor[entry.year] * entry.after_gbp for entry in entries)
    paid = [entry for entry in entries if is_cash(entry.line)]
    end = max([first + years, *(entry.year + 1 for entry in paid)])
    cash = dict.fromkeys(range(first, end), 0.0)
    for entry in paid:
        cash[entry.year] += entry.today_gbp - entry.after_gbp
    in_order = sorted(cash.items())
    standing = list(accumulate(gbp for _, gbp in in_order))
    deepest = min(range(len(standing)), key=standing.__getitem__)
    out = standing[deepest] < -_PENNY_GBP
    return Account(
        organisation_id=body,
        name=name,
        cost_today_gbp=today,
        cost_after_gbp=after,
        better_off_gbp=today - after,
        cash_better_off_gbp=sum(discount_factor(rate, year - first) * gbp for year, gbp in in_order),
        saving_gbp_per_year=sum(
            entry.today_gbp - entry.after_gbp
            for entry in paid
            if entry.year == first + years - 1 and _is_yearly(entry.line)
        ),
        net_cash_by_year=tuple(in_order),
        most_out_gbp=-standing[deepest] if out else 0.0,
        most_out_year=in_order[deepest][0] if out else None,
        breaks_even_year=payback_year([gbp for _, gbp in in_order], first) if out else None,
    )
