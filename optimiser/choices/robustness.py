"""How often each property goes when prices and costs turn out otherwise: no-regret moves against close calls.

The place is planned again under draws of what is assumed. The ranges are those of the risk analysis
(`data/rates/appraisal_ranges.csv`, or the appraisal's settings); a valuation's own range comes first. Each driver
is drawn by itself from a triangular distribution whose likeliest value is what the plan assumes. Plans that cost
nearly as little as the best (`alternatives`), where they are known, count beside the draws.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from estate.snapshot import Snapshot
from optimiser.appraise.ranges import Driver, drivers
from optimiser.appraise.settings import Risk
from optimiser.choices.base import Question, StoppedError, fates, summary_of
from optimiser.many import Ask, plans
from optimiser.plan import Plan
from optimiser.scenario import Scenario

DRAWN = ("prices", "each_price", "running_cost", "works", "moves", "leaving_leases", "repairs")
LIKELY = 0.8  # share of the plans in which a property goes, or stays, that is likely to
_Z = 1.96  # of the normal distribution, for 95 %


@dataclass(frozen=True)
class Chance:
    """One property. `low` to `high`: 95 % range of the share of all possible draws in which it goes (Wilson 1927).

    `verdict`: no_regret, goes in every plan; likely, in four of five or more; close_call; likely_stays; stays.
    """

    property_id: str
    name: str
    leaves: bool  # in the run's own plan
    left_in: int  # draws
    low: float
    high: float
    near_best: int  # plans that cost nearly as little and leave it
    verdict: str


@dataclass(frozen=True)
class Robustness:
    """`failed`: draws for which no plan was found. `near_best`: how many such plans count beside the draws."""

    base: dict[str, Any]
    seed: int
    draws: int
    wanted: int
    failed: int
    near_best: int
    drivers: tuple[dict[str, Any], ...]
    properties: tuple[Chance, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def robustness(
    question: Question,
    base: Plan,
    draws: int,
    *,
    seed: int = 0,
    risk: Risk | None = None,
    near_best: Sequence[Mapping[str, bool]] = (),
    known: Mapping[int, list[str] | None] | None = None,
    on_draw: Callable[[int, list[str] | None], None] | None = None,
) -> Robustness:
    """Of so many draws. Each draw has dice of its own, so that more draws go on from fewer.

    `near_best`: whether each such plan leaves a property. `known` are draws as `on_draw` heard of them before:
    what each leaves, None where there was no plan. StoppedError where it was stopped before any.
    """
    ranges = {name: one for name, one in drivers(risk or Risk()).items() if name in DRAWN}
    done = {number: left for number, left in (known or {}).items() if number < draws}
    asks = [_ask(question, base, ranges, seed, number) for number in range(draws) if number not in done]

    def keep(key: str, plan: Plan) -> None:
        number = int(key.removeprefix("draw "))
        found = plan.objective_gbp_k is not None
        done[number] = sorted(p for p, left in fates(plan).items() if left) if found else None
        if on_draw is not None:
            on_draw(number, done[number])

    plans(
        question.snapshot,
        asks,
        workers=question.workers,
        on_progress=question.told("Planning again under draws of prices and costs"),
        on_plan=keep,
        stop=question.stop,
    )
    if not done:
        raise StoppedError
    planned = [set(left) for left in done.values() if left is not None]
    names = question.snapshot.properties["name"]
    mine = fates(question.plan)
    chances = [
        _chance(key, str(names[key]), left, planned, [one.get(key, False) for one in near_best])
        for key, left in mine.items()
    ]
    return Robustness(
        base=summary_of(base),
        seed=seed,
        draws=len(planned),
        wanted=draws,
        failed=len(done) - len(planned),
        near_best=len(near_best),
        drivers=tuple({"name": d.name, "low": d.low, "high": d.high, "unit": d.unit} for d in ranges.values()),
        properties=tuple(sorted(chances, key=lambda one: (-one.left_in, -one.near_best, one.property_id))),
    )


def _ask(question: Question, base: Plan, ranges: Mapping[str, Driver], seed: int, number: int) -> Ask:
    dice = np.random.default_rng([seed, number])
    times = {name: _times(one, dice) for name, one in ranges.items() if name != "each_price"}
    place = drawn(question.snapshot, times, ranges["each_price"], dice, number)
    return Ask(f"draw {number}", _priced(question.scenario, times), earlier=(base, question.plan), snapshot=place)


def _times(one: Driver, dice: np.random.Generator) -> float:
    """What a driver is taken times: the likeliest is one."""
    return float(dice.triangular(one.low, 1.0, one.high)) if one.low < one.high else 1.0


def _priced(scenario: Scenario, times: Mapping[str, float]) -> Scenario:
    """The scenario with other prices of works, moves and leaving leases."""
    for name, driver in (
        ("move_gbp_per_fte", "moves"),
        ("fit_out_gbp_per_m2", "works"),
        ("dilapidations_gbp_per_m2", "leaving_leases"),
    ):
        scenario = scenario.with_value(("rates", name), getattr(scenario.rates, name) * times[driver])
    hub = scenario.hubs.fit_out_gbp_per_m2 * times["works"]
    return scenario.with_value(("hubs", "fit_out_gbp_per_m2"), hub)


def drawn(
    snapshot: Snapshot, times: Mapping[str, float], each_price: Driver, dice: np.random.Generator, number: int
) -> Snapshot:
    """The snapshot with other valuations, running costs, repairs and costs of leaving; a digest of its own."""
    valuations, costs = snapshot.valuations.copy(), snapshot.running_costs.copy()
    properties, leases = snapshot.properties.copy(), snapshot.leases.copy()
    valuations["value_gbp"] = valuations["value_gbp"] * times["prices"] * _each(valuations, each_price, dice)
    costs["gbp_per_year"] = costs["gbp_per_year"] * times["running_cost"]
    properties["backlog_gbp"] = properties["backlog_gbp"] * times["repairs"]
    leases["exit_cost_gbp"] = leases["exit_cost_gbp"] * times["leaving_leases"]
    return replace(
        snapshot,
        valuations=valuations,
        running_costs=costs,
        properties=properties,
        leases=leases,
        digest=f"{snapshot.digest} draw {number}",
    )


def _each(valuations: pd.DataFrame, each_price: Driver, dice: np.random.Generator) -> Any:
    """Each valuation times so much: within its own range where it has one."""
    value = valuations["value_gbp"].to_numpy(dtype=float)
    low, high = (
        np.where(np.isnan(ends), times * value, ends)
        for ends, times in (
            (valuations["low_gbp"].to_numpy(dtype=float), each_price.low),
            (valuations["high_gbp"].to_numpy(dtype=float), each_price.high),
        )
    )
    low, high = np.minimum(low, value), np.maximum(high, value)
    wide = (high > low) & (value > 0)
    found = np.ones(len(value))
    found[wide] = dice.triangular(low[wide], value[wide], high[wide]) / value[wide]
    return found


def _chance(key: str, name: str, leaves: bool, planned: Sequence[set[str]], near_best: Sequence[bool]) -> Chance:
    count, number = sum(key in left for left in planned), len(planned)
    low, high = wilson(count, number)
    near = sum(near_best)
    share = (count + near + leaves) / (number + len(near_best) + 1)
    return Chance(key, name, leaves, count, low, high, near, _verdict(share))


def _verdict(share: float) -> str:
    if share == 1:
        return "no_regret"
    if share == 0:
        return "stays"
    return "likely" if share >= LIKELY else "likely_stays" if share <= 1 - LIKELY else "close_call"


def wilson(count: int, number: int) -> tuple[float, float]:
    """The 95 % range of a share of which `count` of `number` were seen (Wilson, JASA 22, 1927).

    >>> tuple(round(end, 3) for end in wilson(20, 20)), wilson(0, 0)
    ((0.839, 1.0), (0.0, 1.0))
    """
    if not number:
        return 0.0, 1.0
    share, z2 = count / number, _Z * _Z / number
    middle = (share + z2 / 2) / (1 + z2)
    half = _Z * float(np.sqrt(share * (1 - share) / number + z2 / (4 * number))) / (1 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)
