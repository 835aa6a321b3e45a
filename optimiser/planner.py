"""From a snapshot and a scenario to a checked plan: prepare, build, solve, assemble, verify."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from estate.snapshot import Snapshot, records
from optimiser import assemble, reached
from optimiser.earlier import of_plan
from optimiser.explain import conflicts, equality
from optimiser.explain.nearest import nearest
from optimiser.model.build import Model, build
from optimiser.model.steering import Steer, steered
from optimiser.plan import Plan, Reach, Status
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.prepare.reach import RECORDED_IN
from optimiser.prepare.standards import standards
from optimiser.scenario import Scenario
from optimiser.settings import WAYS
from optimiser.solve import bridge, strategy
from optimiser.solve.checkpoint import Checkpoint
from optimiser.solve.greedy import greedy
from optimiser.solve.solution import Solution, read, start_values, today
from optimiser.verify import verify

# A plan this close to its bound is proven: the solver's own arithmetic is no finer.
_PROVEN_GAP = 1e-4
# The solver holds its rows to about this share, so its bound is published lower by it.
_BOUND_SAFETY = 1e-6
# In whole numbers a plan may cost more than its solver says, or less than its bound, by no more than this share.
_ROUNDING = 1e-5

_GIVEN = "the bound of another search of the same scenario"

OnProgress = Callable[[bridge.Progress], None]


def make_plan(
    snapshot: Snapshot,
    scenario: Scenario,
    *,
    on_progress: OnProgress | None = None,
    stop: Callable[[], bool] | None = None,
    earlier: Plan | Sequence[Plan] | None = None,
    checkpoint: Checkpoint | None = None,
    steer: Steer | None = None,
) -> Plan:
    """The best plan there is time for, checked against the raw rows.

    The search begins at an `earlier` plan of the place where there is one, as far as that still fits; of
    several, at the cheapest that keeps every rule; without one at today's estate or the plan as it is made by
    hand. The best so far stands in `checkpoint` until the caller ends it: a run that was killed goes on from
    there. With `steer` it is not the cheapest plan that is looked for; its cost has the bound that `steer`
    gives.
    Raises InputError where scenario and register do not fit, VerificationError where a figure does not hold.
    """
    inputs = prepare(snapshot, scenario)
    model = build(inputs)
    if steer is not None:
        model = steered(model, inputs, steer)
    asked = scenario.solver
    before = [earlier] if isinstance(earlier, Plan) else earlier or ()
    firsts = [of_plan(plan, inputs) for plan in before] or [today(inputs), greedy(inputs)]
    answer = strategy.solve(
        model,
        bridge.Limits(asked.seconds, asked.gap, asked.threads, asked.seed),
        starts=[start_values(first, model, inputs) for first in firsts],
        on_progress=on_progress,
        stop=stop,
        checkpoint=checkpoint,
    )
    empty = _empty(answer, snapshot, scenario, steer)
    if answer.outcome == "infeasible" and steer is None:
        return _infeasible(empty, model, inputs, snapshot, scenario)
    if answer.objective is None:
        status: Status = "failed" if answer.outcome == "failed" else "no_plan_found"
        return replace(empty, status=status, notes=(f"The solver said: {answer.message}.",))
    plan = assembled(empty, snapshot, scenario, model, inputs, read(answer, model, inputs))
    if steer is None and not _holds_in_whole_numbers(plan.objective_gbp_k or 0.0, answer):
        return replace(empty, status="failed", notes=("The solver's value does not hold in whole numbers.",))
    verify(plan, snapshot, scenario)
    faults = tuple(
        f"A part of the search failed, and the rest went on without it ({fault})." for fault in answer.faults
    )
    return replace(plan, notes=(*plan.notes, *faults))


def _holds_in_whole_numbers(objective_gbp_k: float, answer: bridge.Answer) -> bool:
    """Whether a plan costs no more than its solver says. Less is well: a solver that is stopped may leave a saving
    untaken, such as that of a counter which joins a hub; below the bound it is not.
    """
    said = objective_gbp_k if answer.objective is None else answer.objective
    least = objective_gbp_k if answer.bound is None else answer.bound
    off = _ROUNDING * max(1.0, abs(said))
    return least - off <= objective_gbp_k <= said + off


def _empty(answer: bridge.Answer, snapshot: Snapshot, scenario: Scenario, steer: Steer | None) -> Plan:
    """A plan that says only how it was looked for, and what no plan of the scenario can cost less than."""
    bound, method = answer.bound, answer.method
    if steer is not None:
        bound, method = steer.bound_gbp_k, _GIVEN
    return Plan(
        status="no_plan_found",
        snapshot_digest=snapshot.digest,
        scenario_digest=scenario.digest,
        base_year=scenario.phases.base_year,
        seconds=round(answer.seconds, 3),
        solver=answer.solver,
        seed=scenario.solver.seed,
        bound_gbp_k=bound,
        bound_method=method if bound is not None else "",
    )


def _infeasible(empty: Plan, model: Model, inputs: Inputs, snapshot: Snapshot, scenario: Scenario) -> Plan:
    empty = replace(empty, bound_gbp_k=None, bound_method="")
    if doubt := conflicts.doubt(model, scenario.solver.seconds):
        return replace(empty, status="failed", notes=(doubt,))
    found = nearest(snapshot, scenario, model, inputs)
    return replace(
        empty,
        status="infeasible_confirmed",
        conflicts=conflicts.conflicts(model, inputs),
        gives=found.gives if found else (),
        nearest_scenario=found.scenario.to_yaml() if found else "",
    )


def assembled(
    empty: Plan, snapshot: Snapshot, scenario: Scenario, model: Model, inputs: Inputs, solution: Solution
) -> Plan:
    """The plan of a solution, with every figure; `empty` says what it is of and holds its bound, if any."""
    values = start_values(solution, model, inputs)
    costs = assemble.cost_lines(model, inputs, values)
    as_today = start_values(today(inputs), model, inputs)
    unchanged = assemble.cost_lines(model, inputs, as_today)
    objective = sum(line.gbp_k for line in costs)
    npsv = sum(line.gbp_k for line in unchanged) - objective
    actions = assemble.property_actions(snapshot, inputs, solution)
    moved = assemble.moves(snapshot, inputs, solution)
    zones = reached.zone_reaches(snapshot, scenario, inputs, solution)
    reach = reached.reaches(snapshot, scenario, inputs, solution, zones)
    bound = empty.bound_gbp_k
    if bound is not None:
        bound = min(bound - _BOUND_SAFETY * abs(bound), objective)
    gap = None if bound is None else (objective - bound) / max(abs(objective), 1e-9)
    return replace(
        empty,
        status=_status(gap, scenario, changed=any(action.action != "keep" for action in actions)),
        objective_gbp_k=objective,
        bound_gbp_k=bound,
        gap=gap,
        properties=actions,
        moves=moved,
        zones=zones,
        impacts=equality.impacts(snapshot, zones),
        counters=reached.counters(inputs, solution),
        costs=costs,
        partners=assemble.partner_positions(model, inputs, values, as_today),
        funds=assemble.fund_uses(inputs, solution),
        budget=assemble.budget_use(model, inputs, solution, values),
        figures=assemble.figures(
            snapshot, inputs, solution, actions=actions, moved=moved, reach=reach, npsv_gbp_k=npsv
        ),
        notes=(*_notes(snapshot, scenario, inputs), *_served(inputs, reach)),
    )


def _served(inputs: Inputs, reach: dict[str, Reach]) -> tuple[str, ...]:
    """For how many people there is room, where the scenario says that counters can be full."""
    return tuple(
        f"{inputs.reach[v].name}: open counters have room for {one.served_after:.1%} of people within"
        f" {inputs.capacity[v].within} (today {one.served_today:.1%}, must be {one.served_required:.1%})."
        for v, one in reach.items()
        if one.served_after is not None
    )


def _status(gap: float | None, scenario: Scenario, changed: bool) -> Status:
    if gap is not None and gap <= _PROVEN_GAP:
        return "proven"
    if gap is not None and gap <= scenario.solver.gap:
        return "within_gap"
    return "best_found" if changed else "no_plan_found"


def _travel_notes(snapshot: Snapshot, scenario: Scenario) -> Iterator[str]:
    """Where minutes that the register keeps come from, and who goes by straight line in them."""
    modes = {mode for standard in standards(snapshot, scenario).values() for mode in standard.limits}
    builds = snapshot.travel_builds
    for row in records(builds[(builds["method"] == scenario.travel.method) & builds["mode"].isin(modes)]):
        day = f" of {row['network_date']}" if row["network_date"] else ""
        off, whole = row["zones_off_network"], row["zones"]
        source = row["network_file"] or "an imported table"
        yield (
            f"Minutes {WAYS[row['mode']]} are from {source}{day}"
            f" (digest {row['network_version']}), worked out on {row['built_on']}."
            + (f" {off:,.0f} of {whole:,.0f} zones are off its roads and go by straight line." if off > 0 else "")
        )


def _no_car_notes(snapshot: Snapshot, scenario: Scenario) -> Iterator[str]:
    """For which services households without a car are counted by minutes by car."""
    if snapshot.zones["households_no_car"].isna().all():
        return
    names = [standard.name for standard in standards(snapshot, scenario).values() if "car" in standard.limits]
    if names:
        yield (
            f"Households without a car are counted by the minutes of each standard, which has a limit by car for"
            f" {', '.join(names)}: whoever finds no lift there takes longer than is said. A standard on foot or by"
            " public transport shows their own way."
        )


def _notes(snapshot: Snapshot, scenario: Scenario, inputs: Inputs) -> tuple[str, ...]:
    """What a reader must know before believing a figure."""
    notes = [
        f"Money is in real terms of {scenario.phases.base_year}-{(scenario.phases.base_year + 1) % 100:02d}, over "
        f"{sum(scenario.phases.years)} years, discounted at {scenario.rates.discount_rate_per_year:.1%} a year."
    ]
    reasons = Counter(inputs.scope.outside.values())
    if reasons:
        listed = "; ".join(f"{reason}: {count:,}" for reason, count in reasons.most_common())
        notes.append(
            f"{sum(reasons.values()):,} properties are outside this decision and stay as they are ({listed})."
        )
    placeless = sum(snapshot.properties.loc[list(inputs.properties), "geometry"].isna())
    if placeless:
        notes.append(f"{placeless:,} properties have no known place: their teams stay, and nobody moves in.")
    if scenario.travel.method == "straight_line":
        notes.append(
            f"Minutes are by straight line, stretched by {scenario.travel.circuity:g}; car at "
            f"{scenario.travel.car_km_per_hour:g} km/h, foot at {scenario.travel.foot_km_per_hour:g} km/h."
        )
    notes += _travel_notes(snapshot, scenario)
    notes += _no_car_notes(snapshot, scenario)
    inhabited = snapshot.zones[snapshot.zones["population"] > 0]
    for group in scenario.protected.groups:
        lacking = int(inhabited[RECORDED_IN[group]].isna().sum())
        if lacking:
            notes.append(
                f"{lacking:,} zones do not record {RECORDED_IN[group].replace('_', ' ')}: the protected group"
                f" {group.replace('_', ' ')} is counted without them."
            )
    if inputs.carbon.unrecorded:
        notes.append(
            f"{inputs.carbon.unrecorded:,} properties have no recorded energy: their carbon is that of"
            f" {scenario.carbon.kwh_per_m2:g} kWh a year for each m2."
        )
    unknown = sum(tenure in {"unknown", ""} for tenure in inputs.scope.tenure.values())
    if unknown:
        notes.append(f"{unknown:,} properties have no known tenure: no receipt and no rent is counted for them.")
    return tuple(notes)
