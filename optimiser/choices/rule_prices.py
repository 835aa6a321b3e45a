"""What each rule costs: the place planned again with the rule eased by a step, and without it.

A price is a difference of two plans, so it is known as far as both are proven (`optimiser.explain.ranges`).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from optimiser.choices.base import GAP, Question, checked_dearer, fates, planned_on, summary_of
from optimiser.choices.easing import Ease, eases, without_all
from optimiser.explain.ranges import Range
from optimiser.many import Ask, plans
from optimiser.plan import Plan
from optimiser.prepare.inputs import prepare

_LEAST = 1_000.0  # GBP: no price is worth saying below it


@dataclass(frozen=True)
class RulePrice:
    """One rule, GBP of present value. `by_step` is None where there is no step, or none that could save anything.

    `leave` and `stay`: properties that the best plan found without the rule leaves, or keeps, unlike with it.
    """

    key: str
    rule: str
    step: str
    without: Range  # saved without the rule
    by_step: Range | None  # saved by one step
    leave: tuple[str, ...]
    stay: tuple[str, ...]

    @property
    def binds(self) -> bool:
        """Whether anything is proven to be saved without it."""
        return (self.without.low_gbp or 0.0) > _LEAST


@dataclass(frozen=True)
class RulePrices:
    """Every rule that was priced, dearest first. `complete` is False where it was stopped before the last."""

    base: dict[str, Any]  # the plan that they are set against
    prices: tuple[RulePrice, ...]
    complete: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def from_dict(content: dict[str, Any]) -> RulePrices:
    """Stored prices as they were."""
    prices = tuple(
        RulePrice(
            **{
                **one,
                "without": Range(**one["without"]),
                "by_step": one["by_step"] and Range(**one["by_step"]),
                "leave": tuple(one["leave"]),
                "stay": tuple(one["stay"]),
            }
        )
        for one in content["prices"]
    )
    return RulePrices(content["base"], prices, content["complete"])


def rule_prices(question: Question, base: Plan | None = None) -> RulePrices:
    """The price of each rule of the question's scenario. StoppedError where it was stopped before any.

    First without each rule; then, where that saves something, eased by one step. Rules that the plan keeps with
    room to spare are left out all at once first: where that saves nothing, none of them does.
    """
    base = base or planned_on(question)
    inputs = prepare(question.snapshot, question.scenario)
    rules = {ease.key: ease for ease in eases(question.scenario, inputs, base)}
    free, together = _free(question, base, [ease for ease in rules.values() if ease.slack])
    rest = {key: ease for key, ease in rules.items() if key not in free}
    without = _planned(question, base, rest, lambda ease: ease.without, "Planning without each rule")
    steps = {
        key: ease
        for key, ease in rest.items()
        if key in without and ease.eased and not _is_nothing(_saved(ease, base, without[key]), base)
    }
    eased = _planned(question, base, steps, lambda ease: ease.eased or ease.without, "Easing each rule by a step")
    prices = [_price(ease, base, without[key], eased.get(key)) for key, ease in rest.items() if key in without]
    prices.sort(key=lambda price: (-(price.without.low_gbp or 0.0), -(price.without.high_gbp or 0.0), price.key))
    prices += [RulePrice(key, ease.rule, ease.step, together, None, (), ()) for key, ease in free.items()]
    complete = len(without) == len(rest) and len(eased) == len(steps)
    return RulePrices(summary_of(base), tuple(prices), complete)


def _free(question: Question, base: Plan, rules: list[Ease]) -> tuple[dict[str, Ease], Range]:
    """Those rules, if all of them together save nothing, and what they save: no single one saves more."""
    nothing = Range(None, 0.0, None)
    if not rules:
        return {}, nothing
    ask = Ask("without all rules that have room to spare", without_all(question.scenario, rules), earlier=base)
    told = question.told("Planning without the rules that have room to spare")
    found = plans(question.snapshot, [ask], workers=1, on_progress=told, stop=question.stop)
    if not found:
        return {}, nothing
    saved = checked_dearer(ask.key, base, found[ask.key], stricter=True)
    if not _is_nothing(saved, base):
        return {}, nothing
    return {ease.key: ease for ease in rules}, Range(None, 0.0, saved.high_gbp)


def _planned(
    question: Question, base: Plan, rules: dict[str, Ease], scenario_of: Callable[[Ease], Any], doing: str
) -> dict[str, Plan]:
    asks = [Ask(key, scenario_of(ease), earlier=base) for key, ease in rules.items()]
    told = question.told(doing)
    return plans(question.snapshot, asks, workers=question.workers, on_progress=told, stop=question.stop)


def _saved(ease: Ease, base: Plan, plan: Plan) -> Range:
    return checked_dearer(ease.rule, base, plan, stricter=ease.stricter)


def _is_nothing(saved: Range, base: Plan) -> bool:
    """Whether no more is saved than two proven plans may differ by in any case."""
    return saved.high_gbp is not None and saved.high_gbp <= _nothing(base)


def _nothing(base: Plan) -> float:
    return max(_LEAST, 2 * GAP * 1000 * abs(base.objective_gbp_k or 0.0))


def _price(ease: Ease, base: Plan, plan: Plan, eased: Plan | None) -> RulePrice:
    before, after = fates(base), fates(plan)
    return RulePrice(
        key=ease.key,
        rule=ease.rule,
        step=ease.step,
        without=_saved(ease, base, plan),
        by_step=None if eased is None else _saved(ease, base, eased),
        leave=tuple(key for key, left in after.items() if left and not before.get(key, True)),
        stay=tuple(key for key, left in after.items() if not left and before.get(key, False)),
    )
