"""The price of fairness: what it costs the whole that no partner may be worse off, against the cheapest plan.

Bertsimas, Farias and Trichakis, The price of fairness, 2011. Where partners may pay each other instead, the
cheapest plan with payments costs the whole nothing more: both ways are shown.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.appraise.sharing import Payment, so_that_none_loses
from optimiser.many import Ask, plans
from optimiser.plan import Plan
from optimiser.prepare.money import discount_factor
from optimiser.scenario import Scenario

_NOTHING_GBP = 1.0  # what is worse off by less is not
_RULE, _OTHER = ("partners", "none_worse_off"), "the other plan"


@dataclass(frozen=True)
class Side:
    """One of the two plans. GBP of present value."""

    status: str
    cost_gbp: float  # of the whole
    at_least_gbp: float | None  # what no plan can cost less than; None: no bound was found
    better_off_gbp: dict[str, float]  # by partner
    properties_left: int


@dataclass(frozen=True)
class Fairness:
    """The cheapest plan and the one that harms nobody. The true price lies between `least_gbp` and `most_gbp`."""

    partners: dict[str, str]  # id to name
    cheapest: Side
    fair: Side
    price_gbp: float  # with the plans found
    least_gbp: float  # were the fair plan as good as its bound; 0 without one
    most_gbp: float | None  # were the cheapest plan as good as its bound; None without one
    payments: tuple[Payment, ...] | None  # that would leave nobody worse off with the cheapest plan

    @property
    def worse_off(self) -> tuple[str, ...]:
        """Whom the cheapest plan harms, were nothing paid."""
        return tuple(i for i, gbp in self.cheapest.better_off_gbp.items() if gbp < -_NOTHING_GBP)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "worse_off": self.worse_off}


def price_of_fairness(
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    *,
    seconds: float,
    on_progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Fairness | None:
    """Plan the other of the two, beginning at this one, and set them side by side; None where that was stopped.

    Nothing is planned where the plan, made without the rule, harms nobody: it is both.
    Raises InputError where the other has no plan.
    """
    asked = scenario.partners.none_worse_off
    if not asked and min(_gains(plan).values(), default=0.0) >= -_NOTHING_GBP:
        other = plan
    else:
        wanted = scenario.with_value(_RULE, not asked).with_solver({"seconds": seconds})
        starts = (plan, replace(plan, properties=(), moves=()))  # as today: that harms nobody
        found = plans(snapshot, [Ask(_OTHER, wanted, starts)], on_progress=on_progress, stop=stop)
        if not found:
            return None
        other = found[_OTHER]
    if other.objective_gbp_k is None:
        raise InputError.of(
            scenario.name,
            f"no plan was found {'without' if asked else 'with'} this rule ({other.status})",
            "Give it more --seconds",
            ".".join(_RULE),
        )
    cheapest, fair = (other, plan) if asked else (plan, other)
    names = snapshot.organisations["name"].to_dict()
    rate, years = scenario.rates.discount_rate_per_year, sum(scenario.phases.years)
    one, two = _side(cheapest), _side(fair)
    return Fairness(
        partners={i: str(names[i]) for i in _gains(plan)},
        cheapest=one,
        fair=two,
        price_gbp=two.cost_gbp - one.cost_gbp,
        least_gbp=max(0.0, two.at_least_gbp - one.cost_gbp) if two.at_least_gbp is not None else 0.0,
        most_gbp=None if one.at_least_gbp is None else two.cost_gbp - one.at_least_gbp,
        payments=so_that_none_loses(one.better_off_gbp, sum(discount_factor(rate, year) for year in range(years))),
    )


def _side(plan: Plan) -> Side:
    cost, bound = plan.objective_gbp_k, plan.bound_gbp_k
    return Side(
        status=plan.status,
        cost_gbp=1000 * (cost or 0.0),
        at_least_gbp=None if bound is None else 1000 * bound,
        better_off_gbp=_gains(plan),
        properties_left=sum(action.year is not None for action in plan.properties),
    )


def _gains(plan: Plan) -> dict[str, float]:
    return {one.organisation_id: one.cost_today_gbp - one.cost_after_gbp for one in plan.partners}
