"""What each rule of a scenario would be, eased by one step and done without: the scenario with one key changed.

Rules that come from the register's own facts (room, who may move) are no choice of the scenario and are not here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from optimiser.plan import Plan
from optimiser.prepare.inputs import Inputs
from optimiser.prepare.reach import ServiceReach
from optimiser.scenario import Scenario

POINT = 0.01  # of people: one point of reach
TENTH = 0.1  # of a sum of money, a number of people or tonnes
_ROOM = 0.03  # of people: reach beyond the standard that leaves a rule room to spare
_FAR = 600.0  # minutes: as far as a scenario can say
_PINS_EACH = 20  # pins of a kind are tried one by one up to so many, and beyond that all together
Change = tuple[tuple[str, ...], Any]  # a path of keys and its value


@dataclass(frozen=True)
class Ease:
    """One rule. `stricter`: every plan that keeps it is one of the eased scenarios too, so easing never costs.

    `eased` is None where there is nothing between the rule and none. `slack`: where the plan keeps the rule with
    room to spare, what would do without it, to be tried together with others of the kind.
    """

    key: str
    rule: str  # in plain English
    step: str  # what `eased` gives up
    without: Scenario
    eased: Scenario | None = None
    stricter: bool = True
    slack: tuple[Change, ...] = ()


def eases(scenario: Scenario, inputs: Inputs, plan: Plan) -> list[Ease]:
    """Every rule that the scenario, or the register's standards, could do without; `plan` keeps them all."""
    return [
        *_standards(scenario, inputs, plan),
        *_protected(scenario),
        *_goals(scenario),
        *_carbon(scenario),
        *_money(scenario),
        *_people(scenario),
        *_pins(scenario, inputs),
    ]


def without_all(scenario: Scenario, rules: Iterable[Ease]) -> Scenario:
    """The scenario without any of these rules, each of which has `slack`."""
    return _changed(scenario, (change for rule in rules for change in rule.slack))


def _standards(scenario: Scenario, inputs: Inputs, plan: Plan) -> Iterator[Ease]:
    for v, service in inputs.reach.items():
        share = service.required / service.people
        if service.required > service.always_reached:
            none: tuple[Change, ...] = (
                (("services", v, "share_of_population"), 0.0),
                (("services", v, "must_meet_target"), False),
            )
            reached = plan.figures.reach[v].after if plan.figures else 0.0
            yield Ease(
                f"reach {v}",
                f"{service.name}: {share:.1%} of people within {service.within}",
                f"one point less: {max(0.0, share - POINT):.1%} of people",
                _changed(scenario, none),
                _changed(scenario, ((none[0][0], max(0.0, round(share - POINT, 6))),)),
                slack=none if reached > share + _ROOM else (),
            )
        if service.worst_case_minutes is not None and service.lifelines:
            yield _worst_case(scenario, plan, v, service)
    for v, capacity in inputs.capacity.items():
        yield Ease(
            f"counters {v}",
            f"{inputs.reach[v].name}: counters must have room for people within {capacity.within}",
            "",
            _changed(scenario, ((("services", v, "people_per_m2"), None),)),
        )


def _worst_case(scenario: Scenario, plan: Plan, v: str, service: ServiceReach) -> Ease:
    minutes, path = service.worst_case_minutes or 0.0, ("services", v, "worst_case_minutes")
    none: tuple[Change, ...] = ((path, _FAR),)
    ways = [zone.minutes_after for zone in plan.zones if zone.service_id == v and zone.reached_today]
    farthest = max((_FAR if way is None else way for way in ways), default=0.0)
    return Ease(
        f"worst case {v}",
        f"{service.name}: nobody who reaches it today ends more than {minutes:g} minutes away",
        "5 minutes more",
        _changed(scenario, none),
        _changed(scenario, ((path, min(_FAR, minutes + 5)),)),
        slack=none if farthest < (1 - TENTH) * minutes else (),
    )


def _changed(scenario: Scenario, changes: Iterable[Change]) -> Scenario:
    for path, value in changes:
        scenario = scenario.with_value(path, value)
    return scenario


def _protected(scenario: Scenario) -> Iterator[Ease]:
    for group in scenario.protected.groups:
        others = [name for name in scenario.protected.groups if name != group]
        yield Ease(
            f"protected {group}",
            f"Protected group: {group.replace('_', ' ')} falls by no more than {scenario.protected.tolerance:.1%}",
            "",
            scenario.with_value(("protected", "groups"), others),
        )


def _goals(scenario: Scenario) -> Iterator[Ease]:
    goals = scenario.goals
    for name, what, unit in (
        ("least_receipts_gbp", "receipts of at least", ""),
        ("least_saving_gbp_per_year", "a saving of at least", " a year"),
    ):
        floor = getattr(goals, name)
        if floor:
            yield Ease(
                name,
                f"{what.capitalize()} £{floor:,.0f}{unit}",
                f"a tenth less: £{(1 - TENTH) * floor:,.0f}{unit}",
                scenario.with_value(("goals", name), None),
                scenario.with_value(("goals", name), (1 - TENTH) * floor),
            )


def _carbon(scenario: Scenario) -> Iterator[Ease]:
    for name, when in (("most_tonnes_per_year", "in the last year"), ("most_tonnes", "over all years")):
        cap = getattr(scenario.carbon, name)
        if cap is not None:
            yield Ease(
                name,
                f"Carbon of at most {cap:,.0f} tonnes {when}",
                f"a tenth more: {(1 + TENTH) * cap:,.0f} tonnes",
                scenario.with_value(("carbon", name), None),
                scenario.with_value(("carbon", name), (1 + TENTH) * cap),
            )


def _money(scenario: Scenario) -> Iterator[Ease]:
    sums = scenario.capital.new_funding_gbp
    if sums:
        free = scenario.with_value(("capital", "new_funding_gbp"), [])
        yield Ease(
            "budget",
            f"Budget: £{sum(sums):,.0f} of new money",
            f"a tenth more in each phase: £{(1 + TENTH) * sum(sums):,.0f}",
            free.with_value(("capital", "funding_streams"), False),
            scenario.with_value(("capital", "new_funding_gbp"), [(1 + TENTH) * gbp for gbp in sums])
            if sum(sums)
            else None,
        )
    if scenario.partners.none_worse_off:
        without = scenario.with_value(("partners", "none_worse_off"), False)
        yield Ease("no partner worse off", "No partner may be worse off than today", "", without)


def _people(scenario: Scenario) -> Iterator[Ease]:
    most = scenario.moves.most_people_per_year
    if most is not None:
        yield Ease(
            "people per year",
            f"At most {most:,.0f} people move in a year",
            f"a tenth more: {(1 + TENTH) * most:,.0f}",
            scenario.with_value(("moves", "most_people_per_year"), None),
            scenario.with_value(("moves", "most_people_per_year"), (1 + TENTH) * most) if most else None,
        )
    if not scenario.moves.across_organisations:
        without = scenario.with_value(("moves", "across_organisations"), True)
        # Partners' buildings may push own ones off the list of the nearest.
        yield Ease("own buildings only", "Teams stay in their own body's buildings", "", without, stricter=False)
    for name in ("together", "apart"):
        groups = getattr(scenario.teams, name)
        for number, group in enumerate(groups):
            rest = [one for position, one in enumerate(groups) if position != number]
            yield Ease(
                f"{name} {'+'.join(group)}",
                f"Teams {', '.join(group)} are {name}",
                "",
                scenario.with_value(("teams", name), rest),
            )


_PINS = {"keep": "keep", "leave": "leave", "hub": "make a hub of", "team_stays": "leave in place team"}


def _pins(scenario: Scenario, inputs: Inputs) -> Iterator[Ease]:
    for kind, verb in _PINS.items():
        pinned = getattr(scenario.pins, kind)
        # What must be left takes nobody in: without the pin it may push another building off a team's list.
        stricter = kind != "leave"
        if len(pinned) > _PINS_EACH:
            without = scenario.with_value(("pins", kind), [])
            yield Ease(f"pins {kind}", f"All {len(pinned)} pins: {verb}", "", without, stricter=stricter)
            continue
        for name in pinned:
            rest = [one for one in pinned if one != name]
            yield Ease(
                f"pin {kind} {name}",
                f"Pin: {verb} {inputs.names.get(name, name)} ({name})",
                "",
                scenario.with_value(("pins", kind), rest),
                stricter=stricter,
            )
