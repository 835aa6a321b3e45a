"""The options beside the plan: do the minimum, and a plan as it is made by hand."""

from dataclasses import dataclass

from estate.snapshot import Snapshot
from optimiser import assemble, reached
from optimiser.checker.facts import Facts
from optimiser.checker.rules import broken
from optimiser.plan import Plan
from optimiser.prepare.inputs import Inputs
from optimiser.scenario import Scenario
from optimiser.solve.greedy import greedy
from optimiser.solve.solution import Solution, today

IDLE_STATUSES = frozenset({"vacant", "surplus"})


@dataclass(frozen=True)
class Beside:
    """An option that is not the planner's, as a plan that says what becomes of each property and team."""

    key: str
    name: str
    about: str
    plan: Plan
    breaks: tuple[str, ...]  # rules of the scenario that it does not keep


def beside(plan: Plan, snapshot: Snapshot, scenario: Scenario, inputs: Inputs) -> tuple[Beside, ...]:
    """The options to set beside a plan of the same snapshot and scenario."""
    held = snapshot.properties
    idle = {str(p) for p in held.index[held["status"].isin(IDLE_STATUSES)]} - set(inputs.scope.occupied_m2)
    chosen = (
        (
            "do_minimum",
            "Do minimum",
            "Nobody moves. Sites that the register calls vacant or surplus and where nobody works are sold; leases"
            " are renewed and recorded repairs done as they fall due.",
            do_minimum(inputs, idle),
        ),
        (
            "greedy",
            "By hand",
            "The dearest building first, its people to the nearest room left, if services stay in reach,"
            " there is money for it and it pays by itself; no search.",
            greedy(inputs),
        ),
    )
    facts = Facts(plan, snapshot, scenario)  # the rows are read once for all
    return tuple(_option(*words, facts, inputs) for words in chosen)


def do_minimum(inputs: Inputs, idle: set[str]) -> Solution:
    """Nobody moves; a site all of which is owned and among `idle` (empty, declared so) is sold at the start."""
    held = today(inputs)
    may_go = idle - {*inputs.pins.keep, *inputs.pins.hub}
    going = {s for s, members in inputs.sites.items() if members and may_go.issuperset(members)}
    leaving = {p for s in going for p in inputs.sites[s]}
    return Solution(
        place=held.place,
        keep={(p, t): p not in leaving for p, t in held.keep},
        sold={(s, t): s in going for s, t in held.sold},
    )


def _option(key: str, name: str, about: str, solution: Solution, facts: Facts, inputs: Inputs) -> Beside:
    plan, snapshot, scenario = facts.plan, facts.snapshot, facts.scenario
    actions = assemble.property_actions(snapshot, inputs, solution)
    moved = assemble.moves(snapshot, inputs, solution)
    zones = reached.zone_reaches(snapshot, scenario, inputs, solution)
    figures = assemble.figures(
        snapshot,
        inputs,
        solution,
        actions=actions,
        moved=moved,
        reach=reached.reaches(snapshot, scenario, inputs, solution, zones),
        npsv_gbp_k=0.0,
    )
    made = Plan(
        "best_found",
        plan.snapshot_digest,
        plan.scenario_digest,
        plan.base_year,
        seconds=0.0,
        solver="none",
        seed=0,
        properties=actions,
        moves=moved,
        zones=zones,
        counters=reached.counters(inputs, solution),
        figures=figures,
    )
    return Beside(key, name, about, made, broken(facts.of(made)))
