"""A risk analysis beside the raw rows.

What is worked out is recomputed in exact fractions. What is drawn by chance is drawn again, by other dice and one
draw at a time, and must be as near as chance allows.
"""

import csv
import math
import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import data
from optimiser.checker.appraisal import Case, Ground, same_number
from optimiser.checker.facts import ZERO, Facts, Findings, Mismatch, exact
from optimiser.checker.money import money_of

_DRAWS = 2_000
_DELAYS = ("sale_delay", "saving_delay")
_ONE = Fraction(1)


@dataclass(frozen=True)
class _Sale:
    """What is sold as one, from raw rows."""

    waits: int  # years to the money
    price: Fraction
    fee: Fraction
    value: Fraction
    void: Fraction
    low: Fraction  # times the price
    high: Fraction


class Analysis:
    """Everything that the risk analysis should say."""

    def __init__(self, case: Case, facts: Facts) -> None:
        self.facts, self.money, self.ground = facts, money_of(facts), Ground(case, facts)
        self.usual = self.ground.option(self.money.flows_today, None).by_line
        self.planned = self.ground.planned(facts.plan).by_line
        self.asked: Mapping[str, Any] = case["settings"]["risk"]
        with (data.FOLDER / "rates" / "appraisal_ranges.csv").open(encoding="utf-8", newline="") as file:
            self.table = {row["driver"]: row for row in csv.DictReader(file)}
        self.driver_of = {line: name for name, row in self.table.items() for line in row["lines"].split()}

    def ends(self, driver: str) -> tuple[Fraction, Fraction]:
        """The range of a driver, as set or as in the table."""
        row = self.table[driver]
        low, high = self.asked["ranges"].get(driver, (row["low"], row["high"]))
        return Fraction(str(low)), Fraction(str(high))

    @cached_property
    def sales(self) -> list[_Sale]:
        """In order of the name of the site, or of the property that is transferred."""
        sites: dict[str, list[str]] = defaultdict(list)
        for key, action in self.facts.actions.items():
            if action.sold_year is not None:
                sites[self.facts.properties[key]["site_id"] or key].append(key)
            if action.transferred_year is not None:
                sites[key].append(key)
        return [self._sale(sites[name]) for name in sorted(sites)]

    def _sale(self, keys: Sequence[str]) -> _Sale:
        facts, money, rates = self.facts, self.money, self.facts.scenario.rates
        given = facts.actions[keys[0]].transferred_year
        share = _ONE if given is None else exact(facts.scenario.transfers.price_share)
        year = facts.actions[keys[0]].sold_year if given is None else given
        value = sum((money.value(key) for key in keys), ZERO)
        price, sharers = share * value, len(facts.site(keys[0])) if given is None else 1
        low = high = ZERO
        for key in keys:
            row, mine = money.valuation(key), share * money.value(key)
            known = row is not None and not row["estimated"]
            for end in ("low", "high"):
                recorded = row[f"{end}_gbp"] if row is not None and known else math.nan
                usual = mine * self.ends("each_price")[end == "high"]
                if end == "low":
                    low += usual if math.isnan(recorded) else min(share * exact(recorded), mine)
                else:
                    high += usual if math.isnan(recorded) else max(share * exact(recorded), mine)
        return _Sale(
            waits=(year or 0) + rates.sale_lag_years - facts.base_year,
            price=price,
            fee=exact(rates.sale_cost_fixed_gbp) * len(keys) / sharers + exact(rates.sale_cost_share) * price,
            value=value,
            void=sum((money.void[key] for key in keys), ZERO) if given is None else ZERO,
            low=low / price if price else _ONE,
            high=high / price if price else _ONE,
        )

    def factors(self, points: Fraction = ZERO) -> list[Fraction]:
        """Present value of GBP 1 in each year, and in as many again, at the last rate, for what comes late."""
        known = self.ground.factors
        rates = [known[n - 1] / known[n] - 1 for n in range(1, len(known))] or [ZERO]
        longest = max(self.facts.horizon, *(math.ceil(self.ends(name)[1]) for name in _DELAYS))
        found = [_ONE]
        for number in range(len(known) + longest):
            rate = rates[min(number, len(rates) - 1)]
            found.append(found[-1] / (1 + rate + points))
        return found

    def parts(self, cash: bool, points: Fraction = ZERO) -> "_Parts":
        """The pieces of a value, from which every draw and every swing is put together."""
        return _Parts(self, cash, self.factors(points))


class _Parts:
    """Present values by driver, and of each sale, at whole years of delay."""

    def __init__(self, analysis: Analysis, cash: bool, factors: list[Fraction]) -> None:
        self.analysis, self.cash, self.factors = analysis, cash, factors
        facts = analysis.facts
        self.longest = max(facts.horizon, *(math.ceil(analysis.ends(name)[1]) for name in _DELAYS))
        lines = analysis.ground.lines
        self.once: dict[str, Fraction] = defaultdict(Fraction)
        self.saved: dict[str, list[list[Fraction]]] = defaultdict(list)
        for line, row in lines.items():
            if (cash and row["cash"] != "yes") or line in {"receipts", "disposal_cost"}:
                continue
            pairs = zip(analysis.usual[line], analysis.planned[line], strict=True)
            saved, driver = [one - other for one, other in pairs], analysis.driver_of.get(line, "")
            if row["timing"] == "yearly":
                self.saved[driver].append(saved)
            else:
                self.once[driver] += sum((gbp * factors[n] for n, gbp in enumerate(saved)), ZERO)

    def yearly(self, driver: str, wait: int) -> Fraction:
        """What is saved by the year, so many years later; what would come after the horizon is lost."""
        end, total = self.analysis.facts.horizon, ZERO
        for saved in self.saved[driver]:
            for number, gbp in enumerate(saved):
                then = number if number >= end else number + wait
                if number >= end or then < end:
                    total += gbp * self.factors[then]
        return total

    def sold(self, sale: _Sale, wait: int) -> tuple[Fraction, Fraction]:
        """Price, and what a sale costs, so many years later."""
        then = sale.waits + wait
        return sale.price * self.factors[then], sale.fee * self.factors[then] + sale.void * sum(
            self.factors[sale.waits : then], ZERO
        )

    def kept(self, sale: _Sale) -> Fraction:
        """What is left of a sale that falls through."""
        end = self.analysis.facts.horizon
        return (ZERO if self.cash else sale.value * self.factors[end]) - sale.void * sum(
            self.factors[sale.waits : end], ZERO
        )

    def value(self, driver: str = "", to: Fraction = _ONE) -> Fraction:
        """With one driver so, or so many years late, and all else as appraised."""
        late = {name: to if name == driver else ZERO for name in _DELAYS}
        total = sum((gbp * (to if name == driver and name else 1) for name, gbp in self.once.items()), ZERO)
        for name in self.saved:
            times = to if name == driver and name else _ONE
            total += times * _between(lambda wait, name=name: self.yearly(name, wait), late["saving_delay"])
        for sale in self.analysis.sales:
            own = {"prices": to}.get(driver, _ONE)
            if driver == "each_price":
                own = sale.low if to < 0 else sale.high
            price = _between(lambda wait, sale=sale: self.sold(sale, wait)[0], late["sale_delay"])
            cost = _between(lambda wait, sale=sale: self.sold(sale, wait)[1], late["sale_delay"])
            total += own * price - cost
        return total


def _between(at: Any, years: Fraction) -> Fraction:
    """On the straight line between whole years."""
    whole = math.floor(years)
    low: Fraction = at(whole)
    return low if years == whole else low + (at(whole + 1) - low) * (years - whole)


def risk_mismatches(risk: Case, analysis: Analysis) -> list[Mismatch]:
    """Everything in a risk analysis of a plan that the raw rows do not bear out."""
    findings = Findings()
    for measure in ("npsv", "npv"):
        parts = analysis.parts(measure == "npv")
        for swing in risk["swings"]:
            _check_swing(findings, analysis, parts, swing, measure)
        (spread,) = (one for one in risk["spreads"] if one["measure"] == measure)
        findings.close(f"{measure}, as appraised", spread["appraised_gbp"], parts.value())
        _check_spread(findings, spread, _draws(parts), risk["draws"])
    for word in ("draws", "seed", "sale_probability"):
        findings.same(f"risk, {word}", risk[word], analysis.asked[word])
    prices = sum((sale.price for sale in analysis.sales), ZERO)
    findings.close("prices by confidence", sum(risk["price_gbp_by_confidence"].values()), prices)
    same_number(findings, "share estimated", risk["estimated_share"], analysis.money.estimated_share)
    return findings.mismatches


def _check_swing(findings: Findings, analysis: Analysis, parts: _Parts, swing: Case, measure: str) -> None:
    driver, (low, high) = swing["driver"], analysis.ends(swing["driver"])
    same_number(findings, f"{driver}, low", swing["low"], low)
    same_number(findings, f"{driver}, high", swing["high"], high)
    for end, to in (("low", low), ("high", high)):
        if driver == "discount_rate":
            true = analysis.parts(measure == "npv", to).value()
        elif driver == "each_price":
            true = parts.value(driver, Fraction(-1) if end == "low" else _ONE)
        else:
            true = parts.value(driver, to)
        findings.close(f"{measure}, {driver} at its {end}", swing[f"{measure}_{end}_gbp"], true)
    switch = swing[f"{measure}_switch"]
    if switch is None:
        return
    # At the switching value there is nothing left: a driver that much more, or so many years late.
    to = exact(switch) if driver in _DELAYS else 1 + exact(switch)
    left, base = parts.value(driver, to), parts.value()
    findings.holds(f"{measure}, {driver} switches", abs(left) <= max(_ONE, abs(base) / 10**6), switch, float(left))


def _draws(parts: _Parts) -> list[float]:
    """Values of some draws, each put together by itself."""
    analysis, dice = parts.analysis, random.Random(7)  # noqa: S311 - chance, not secrets
    probability = analysis.asked["sale_probability"]
    longest = range(parts.longest + 1)
    once = {name: float(gbp) for name, gbp in parts.once.items()}
    yearly = {name: [float(parts.yearly(name, wait)) for wait in longest] for name in parts.saved}
    sales = [
        ([tuple(map(float, parts.sold(sale, wait))) for wait in longest], float(parts.kept(sale)), sale)
        for sale in analysis.sales
    ]
    ends = {name: (float(low), float(high)) for name in analysis.table for low, high in [analysis.ends(name)]}

    def between(values: Sequence[float], years: float) -> float:
        whole = min(int(years), len(values) - 2) if len(values) > 1 else 0
        return (
            values[whole] + (values[whole + 1] - values[whole]) * (years - whole) if len(values) > 1 else values[0]
        )

    found = []
    for _ in range(_DRAWS):
        drawn = {
            name: dice.triangular(low, high, 0.0 if name in _DELAYS else 1.0) for name, (low, high) in ends.items()
        }
        value = sum(gbp * drawn.get(name, 1.0) for name, gbp in once.items())
        value += sum(between(at, drawn["saving_delay"]) * drawn.get(name, 1.0) for name, at in yearly.items())
        for steps, kept, sale in sales:
            if dice.random() >= probability:
                value += kept
                continue
            own = dice.triangular(float(sale.low), float(sale.high), 1.0)
            price = between([one for one, _ in steps], drawn["sale_delay"])
            value += drawn["prices"] * own * price - between([cost for _, cost in steps], drawn["sale_delay"])
        found.append(value)
    return sorted(found)


def _check_spread(findings: Findings, spread: Case, draws: Sequence[float], number: int) -> None:
    """As near as chance allows: six standard errors of the fewer draws. `draws` are in order."""
    measure, count, fewer = spread["measure"], len(draws), min(len(draws), number)
    mean, slack = sum(draws) / count, 3 / math.sqrt(fewer)
    deviation = math.sqrt(sum((one - mean) ** 2 for one in draws) / count)
    near = abs(spread["mean_gbp"] - mean) <= 6 * deviation / math.sqrt(fewer) + 1.0
    findings.holds(f"{measure}, mean of the draws", near, spread["mean_gbp"], mean)
    for word, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        said = spread[f"{word}_gbp"]
        below, up_to = (side(draws, said + by) / count for side, by in ((bisect_left, -1.0), (bisect_right, 1.0)))
        findings.holds(
            f"{measure}, {word}", below - slack <= share <= up_to + slack, said, f"{below:.1%} below it"
        )
    above, said = sum(one > 0 for one in draws) / count, spread["probability_above_zero"]
    findings.holds(f"{measure}, chance above zero", abs(said - above) <= slack, said, above)
    findings.same(f"{measure}, draws counted", sum(spread["counts"]), number)
