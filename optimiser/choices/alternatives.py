"""Other plans that cost nearly as little and do as much else as can be: what else could we have done?

One after another, each as unlike the best and the ones before it as it can be (`optimiser.model.steering`), and
none dearer than so many per cent above the best. A property that goes in all of them is a safer choice than one
that goes in a single one.
"""

from dataclasses import asdict, dataclass
from typing import Any

from optimiser.choices.base import Question, StoppedError, fates, steering, summary_of
from optimiser.many import Ask, plans
from optimiser.model.steering import Steer
from optimiser.plan import Plan

_ROUNDING = 1e-6  # share of the limit that the solver's arithmetic may be over


@dataclass(frozen=True)
class Alternative:
    """One other plan. `unlike`: on how many properties it differs from the best plan and from each before it."""

    number: int
    cost_gbp: float
    dearer_gbp: float  # than the best plan found
    dearer_share: float
    unlike: tuple[int, ...]
    leaves: tuple[str, ...]  # that the best plan keeps
    keeps: tuple[str, ...]  # that the best plan leaves
    saving_gbp_per_year: float
    capital_receipts_gbp: float
    one_off_cost_gbp: float
    npsv_gbp: float
    properties_left: int
    people_moved_fte: float


@dataclass(frozen=True)
class Alternatives:
    """The plans, in the order found. `left_in`: in how many of all plans, the best among them, each is left."""

    base: dict[str, Any]
    within: float
    alternatives: tuple[Alternative, ...]
    left_in: dict[str, int]
    wanted: int  # so many were asked for

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def alternatives(question: Question, base: Plan, *, within: float, count: int) -> tuple[Alternatives, list[Plan]]:
    """So many plans that cost at most the share `within` more than `base`, and the plans themselves.

    Fewer where there is no other, or where it was stopped. StoppedError where it was stopped before any.
    """
    best = base.objective_gbp_k or 0.0
    limit = best + within * abs(best)
    found = [base]
    while len(found) <= count:
        key = f"alternative {len(found)}"
        steer = Steer(unlike=tuple(fates(plan) for plan in found), most_gbp_k=limit, bound_gbp_k=base.bound_gbp_k)
        ask = Ask(key, steering(question.scenario), earlier=tuple(found), steer=steer)
        made = plans(question.snapshot, [ask], workers=1, stop=question.stop).get(key)
        if made is None or made.objective_gbp_k is None or made.objective_gbp_k > limit + _ROUNDING * abs(limit):
            break
        if any(_apart(made, other) == 0 for other in found):
            break
        found.append(made)
        question.told("Looking for other plans")(len(found) - 1, count)
    if len(found) == 1 and question.stop is not None and question.stop():
        raise StoppedError
    left = [fates(plan) for plan in found]
    return (
        Alternatives(
            base=summary_of(base),
            within=within,
            alternatives=tuple(_alternative(number, found) for number in range(1, len(found))),
            left_in={key: sum(one.get(key, False) for one in left) for key in left[0]},
            wanted=count,
        ),
        found[1:],
    )


def _apart(plan: Plan, other: Plan) -> int:
    """On how many properties two plans differ: kept in one, left in the other."""
    mine, theirs = fates(plan), fates(other)
    return sum(mine[key] != theirs.get(key) for key in mine)


def _alternative(number: int, found: list[Plan]) -> Alternative:
    base, plan = found[0], found[number]
    before, after, figures = fates(base), fates(plan), plan.figures
    assert figures is not None  # noqa: S101 - a plan with a cost has figures
    more = 1000 * ((plan.objective_gbp_k or 0.0) - (base.objective_gbp_k or 0.0))
    return Alternative(
        number=number,
        cost_gbp=1000 * (plan.objective_gbp_k or 0.0),
        dearer_gbp=more,
        dearer_share=more / max(1e-9, 1000 * abs(base.objective_gbp_k or 0.0)),
        unlike=tuple(_apart(plan, other) for other in found[:number]),
        leaves=tuple(key for key in after if after[key] and not before[key]),
        keeps=tuple(key for key in after if not after[key] and before[key]),
        saving_gbp_per_year=figures.saving_gbp_per_year,
        capital_receipts_gbp=figures.capital_receipts_gbp,
        one_off_cost_gbp=figures.one_off_cost_gbp,
        npsv_gbp=figures.npsv_gbp,
        properties_left=figures.properties_left,
        people_moved_fte=figures.people_moved,
    )
