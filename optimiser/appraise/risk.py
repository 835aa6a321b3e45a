"""How sure the appraisal is: one thing otherwise at a time, what would have to go wrong, and all at once.

The plan is fixed: nobody decides anew when things turn out otherwise. What it gains against business as usual is

    sum_g m[g] yearly[g](d)  +  sum_k m[k] once[k]  +  fixed
        +  sum_s sold[s] (m[prices] m[s] price[s](e) - fee[s](e) - wait[s](e))  +  (1 - sold[s]) held[s]

lines grouped by their driver (times m), yearly ones delayed by d years, and sales, each delayed by e years and
each going through or not. held[s] is what a sale that falls through leaves: the value at the horizon less the cost
of an empty building until then. A price lower than its valuation is a loss: the building is taken to be worth what
it was valued at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimiser.appraise import discounting
from optimiser.appraise.business_case import PLAN, TODAY, BusinessCase
from optimiser.appraise.ranges import Driver
from optimiser.appraise.sales import Sale
from optimiser.appraise.settings import Risk as RiskSettings

Floats = NDArray[np.float64]
_DELAYS = ("sale_delay", "saving_delay")
_BINS = 40
_MOST = 10.0  # a cost eleven times what it was is no switching value that anybody weighs


@dataclass(frozen=True)
class Swing:
    """One driver at either end of its range, the others as appraised. GBP of present value."""

    driver: str
    name: str
    unit: str
    low: float
    high: float
    npsv_low_gbp: float
    npsv_high_gbp: float
    npv_low_gbp: float
    npv_high_gbp: float
    # How far it must move for the value to be nothing: a share of what the appraisal has, or years. None: never.
    npsv_switch: float | None
    npv_switch: float | None
    status: str
    source: str


@dataclass(frozen=True)
class Spread:
    """One value over all draws, GBP of present value: with the 10th, 50th and 90th of 100 draws in order."""

    measure: str  # npsv or npv
    appraised_gbp: float
    mean_gbp: float
    p10_gbp: float
    p50_gbp: float
    p90_gbp: float
    probability_above_zero: float
    bin_edges_gbp: tuple[float, ...]  # of a histogram: one more than its counts
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Risk:
    """The risk analysis of a fixed plan."""

    draws: int
    seed: int
    sale_probability: float
    swings: tuple[Swing, ...]  # the widest first
    spreads: tuple[Spread, ...]
    price_gbp_by_confidence: dict[str, float]  # of what is sold; estimate: by a benchmark
    estimated_share: float  # of the pounds of the plan
    sentences: tuple[str, ...]  # what would have to go wrong, in plain English
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Gain:
    """The sum of the module's docstring for one value and one schedule of rates."""

    yearly: Mapping[str, Floats]  # by driver ("" for none): present value at delays of 0, 1, 2 ... years
    once: Mapping[str, float]  # by driver, "" for what does not move
    sales: Sequence[Sale]
    price: Sequence[Floats]  # by sale, at delays of 0, 1, 2 ... years
    cost: Sequence[Floats]  # fee and wait
    held: Sequence[float]

    def at(
        self,
        times: Mapping[str, Floats],
        each: Sequence[Floats] | None = None,
        sold: Sequence[Floats] | None = None,
    ) -> Floats:
        """GBP by draw. `times` gives a value of each driver by draw; `each` and `sold` one array a sale."""
        delays = {name: times.get(name, np.zeros(1)) for name in _DELAYS}
        one = np.ones(1)
        total = np.zeros(1)
        for driver, present in self.yearly.items():
            steps = np.arange(len(present))
            total = total + times.get(driver, one) * np.interp(delays["saving_delay"], steps, present)
        for driver, gbp in self.once.items():
            total = total + times.get(driver, one) * gbp
        for number in range(len(self.sales)):
            steps = np.arange(len(self.price[number]))
            price = np.interp(delays["sale_delay"], steps, self.price[number]) * times.get("prices", one)
            if each is not None:
                price = price * each[number]
            gain = price - np.interp(delays["sale_delay"], steps, self.cost[number])
            through = one if sold is None else sold[number]
            total = total + through * gain + (1 - through) * self.held[number]
        return total


def gain(
    case: BusinessCase, sales: Sequence[Sale], known: Mapping[str, Driver], *, cash: bool, points: float = 0.0
) -> Gain:
    """The sum for the net present social value, or for that of the public bodies' cash, at rates `points` higher.

    What a delay pushes past the years of the business case is discounted at its last rate.
    """
    longest = max(case.horizon_years, *(ceil(known[name].high) for name in _DELAYS))
    rates = [*case.rate_per_year, *[case.rate_per_year[-1]] * (longest + 1)]
    factors = np.array(discounting.factors([rate + points for rate in rates]))
    yearly, once = _by_driver(case, known, factors, longest, cash)
    arrives = [sale.year - case.base_year for sale in sales]
    steps, end = np.arange(longest + 1), case.horizon_years
    standing = np.concatenate(([0.0], np.cumsum(factors)))  # of GBP 1 a year up to each year
    return Gain(
        yearly=yearly,
        once=once,
        sales=sales,
        price=[sale.price_gbp * factors[at + steps] for at, sale in zip(arrives, sales, strict=True)],
        cost=[
            sale.fee_gbp * factors[at + steps] + sale.void_gbp_per_year * (standing[at + steps] - standing[at])
            for at, sale in zip(arrives, sales, strict=True)
        ],
        held=[
            (0.0 if cash else sale.value_gbp * float(factors[end]))
            - sale.void_gbp_per_year * max(0.0, float(standing[end] - standing[at]))
            for at, sale in zip(arrives, sales, strict=True)
        ],
    )


def _by_driver(
    case: BusinessCase, known: Mapping[str, Driver], factors: Floats, longest: int, cash: bool
) -> tuple[dict[str, Floats], dict[str, float]]:
    """Present value of what each line but the sales' saves, by driver; of yearly lines by years of delay."""
    driver_of = {line: one.driver for one in known.values() for line in one.lines}
    yearly: dict[str, Floats] = {}
    once: dict[str, float] = {}
    for before, after in zip(case.option(TODAY).lines, case.option(PLAN).lines, strict=True):
        if (cash and not after.cash) or after.line in {"receipts", "disposal_cost"}:
            continue
        saved, driver = np.array(before.gbp_by_year) - np.array(after.gbp_by_year), driver_of.get(after.line, "")
        if after.timing == "yearly":
            delayed = [_delayed(saved, factors, wait, case.horizon_years) for wait in range(longest + 1)]
            yearly[driver] = yearly.get(driver, np.zeros(longest + 1)) + np.array(delayed)
        else:
            once[driver] = once.get(driver, 0.0) + float(saved @ factors[: len(saved)])
    return yearly, once


def _delayed(saved: Floats, factors: Floats, wait: int, horizon: int) -> float:
    """Present value of yearly sums that come so many years later; what is pushed past the horizon is lost."""
    in_time = max(0, horizon - wait)
    later = saved[:in_time] @ factors[wait : wait + in_time]
    return float(later + saved[horizon:] @ factors[horizon : len(saved)])


MEASURES = ("npsv", "npv")


@dataclass(frozen=True)
class Analysis:
    """What the analysis rests on. `known` are the drivers by name."""

    case: BusinessCase
    sales: Sequence[Sale]
    known: Mapping[str, Driver]
    asked: RiskSettings

    def value(self, measure: str, points: float = 0.0) -> Gain:
        """The sum for a measure at rates so many points higher."""
        return gain(self.case, self.sales, self.known, cash=measure == "npv", points=points)


def risk(analysis: Analysis, estimated_share: float) -> Risk:
    """The whole analysis; `estimated_share` is that of the plan's figures."""
    asked, values = analysis.asked, {measure: analysis.value(measure) for measure in MEASURES}
    swings = sorted(_swings(analysis, values), key=lambda one: -abs(one.npsv_high_gbp - one.npsv_low_gbp))
    confidence: dict[str, float] = {}
    for sale in analysis.sales:
        for word, gbp in sale.gbp_by_confidence.items():
            confidence[word] = confidence.get(word, 0.0) + gbp
    return Risk(
        draws=asked.draws,
        seed=asked.seed,
        sale_probability=asked.sale_probability,
        swings=tuple(swings),
        spreads=tuple(_spreads(analysis, values)),
        price_gbp_by_confidence=confidence,
        estimated_share=estimated_share,
        sentences=tuple(_sentences(swings, values)),
        notes=(
            "The plan is fixed: in no draw does anybody decide anew. Ranges marked as assumptions are just that.",
            f"A sale goes through with a probability of {asked.sale_probability:.0%}; one that does not leaves an"
            " empty building to the horizon.",
            "Drivers are drawn from triangular distributions whose likeliest value is what is appraised, each by"
            " itself; the driver of all prices is common to all sales.",
        ),
    )


def _swings(analysis: Analysis, values: Mapping[str, Gain]) -> list[Swing]:
    found = []
    for name, driver in analysis.known.items():
        npsv, npv = (
            [_at(analysis, values, measure, driver, end) for end in ("low", "high")] for measure in MEASURES
        )
        if npsv[0] == npsv[1] and npv[0] == npv[1]:
            continue  # nothing hangs on it
        found.append(
            Swing(
                driver=name,
                name=driver.name,
                unit=driver.unit,
                low=driver.low,
                high=driver.high,
                npsv_low_gbp=npsv[0],
                npsv_high_gbp=npsv[1],
                npv_low_gbp=npv[0],
                npv_high_gbp=npv[1],
                npsv_switch=_switch(values["npsv"], driver),
                npv_switch=_switch(values["npv"], driver),
                status=driver.status,
                source=driver.source,
            )
        )
    return found


def _at(analysis: Analysis, values: Mapping[str, Gain], measure: str, driver: Driver, end: str) -> float:
    """The value with one driver at an end of its range and the others as appraised."""
    to: float = getattr(driver, end)
    if driver.driver == "discount_rate":
        return float(analysis.value(measure, points=to).at({})[0])
    if driver.driver == "each_price":
        each = [np.full(1, getattr(sale, end)) for sale in analysis.sales]
        return float(values[measure].at({}, each=each)[0])
    return float(values[measure].at({driver.driver: np.full(1, to)})[0])


def _switch(value: Gain, driver: Driver) -> float | None:
    """How far a driver must move, the others as appraised, for the value to be nothing.

    A share of what is appraised (-0.38: 38 % less), or years of delay. None where no move of at most ten times, to
    nothing or of all the years does it. Found exactly, as the value is a straight line in a driver, and in a delay
    between whole years.
    """
    if driver.driver in {"each_price", "discount_rate"}:
        return None
    base = float(value.at({})[0])
    if driver.driver in _DELAYS:
        lengths = [len(one) for one in (*value.yearly.values(), *value.price)]
        steps = np.arange(max(lengths, default=1), dtype=float)
        found = value.at({driver.driver: steps})
        for number in range(len(steps) - 1):
            if found[number] * found[number + 1] < 0:
                return float(steps[number] + found[number] / (found[number] - found[number + 1]))
        return None
    slope = float(value.at({driver.driver: np.full(1, 2.0)})[0]) - base
    move = -base / slope if slope else None
    return move if move is not None and -1 <= move <= _MOST else None


def _spreads(analysis: Analysis, values: Mapping[str, Gain]) -> list[Spread]:
    """Every measure over the same draws."""
    asked, dice = analysis.asked, np.random.default_rng(analysis.asked.seed)

    def drawn(low: float, middle: float, high: float) -> Floats:
        return dice.triangular(low, middle, high, asked.draws) if low < high else np.full(asked.draws, middle)

    times = {
        name: drawn(driver.low, driver.middle, driver.high)
        for name, driver in analysis.known.items()
        if name not in {"each_price", "discount_rate"}
    }
    each = [drawn(sale.low, 1.0, sale.high) for sale in analysis.sales]
    sold = [(dice.random(asked.draws) < asked.sale_probability).astype(float) for _ in analysis.sales]
    return [
        _spread(measure, value.at(times, each, sold), float(value.at({})[0])) for measure, value in values.items()
    ]


def _spread(measure: str, draws: Floats, appraised: float) -> Spread:
    counts, edges = np.histogram(draws, bins=_BINS)
    p10, p50, p90 = (float(one) for one in np.percentile(draws, (10, 50, 90)))
    return Spread(
        measure=measure,
        appraised_gbp=appraised,
        mean_gbp=float(draws.mean()),
        p10_gbp=p10,
        p50_gbp=p50,
        p90_gbp=p90,
        probability_above_zero=float((draws > 0).mean()),
        bin_edges_gbp=tuple(map(float, edges)),
        counts=tuple(map(int, counts)),
    )


_VALUES = {"npsv": "for society", "npv": "in cash"}


def _sentences(swings: Sequence[Swing], values: Mapping[str, Gain]) -> list[str]:
    """What would have to go wrong, one driver at a time; first what takes least."""
    found: list[tuple[float, str]] = []
    for measure, words in _VALUES.items():
        pays = float(values[measure].at({})[0]) > 0
        verb = "stops paying" if pays else "begins to pay"
        for swing in swings:
            switch: float | None = getattr(swing, f"{measure}_switch")
            if switch is None:
                continue
            name = swing.name[0].lower() + swing.name[1:]
            if swing.driver in _DELAYS:
                what = swing.driver.split("_", maxsplit=1)[0] + "s"
                text = f"The plan {verb} {words} if {what} come {switch:.1f} years later."
            else:
                more = "less" if switch < 0 else "more"
                text = f"The plan {verb} {words} if the {name} is {abs(switch):.0%} {more}."
            found.append((abs(switch), text))
    if not found:
        return ["Nothing that was tried, by itself, makes the plan stop paying, or begin to."]
    return [text for _, text in sorted(found)]
