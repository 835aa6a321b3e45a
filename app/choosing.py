"""Questions about a run that are answered by planning again; what was worked out is kept with the run."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app import studies
from app.pipeline import Run
from estate import snapshot
from estate.database import Register
from estate.find_property import find_property
from estate.problems import InputError
from estate.snapshot import records
from optimiser import plan as stored
from optimiser.appraise.settings import Risk
from optimiser.choices import alternatives as others
from optimiser.choices import frontier as edges
from optimiser.choices import robustness as chances
from optimiser.choices import rule_prices as pricing
from optimiser.choices import why
from optimiser.choices.alternatives import Alternatives
from optimiser.choices.base import OnProgress, Question, Stop, fates, planned_on
from optimiser.choices.frontier import Frontier
from optimiser.choices.robustness import Robustness
from optimiser.choices.rule_prices import RulePrices
from optimiser.plan import Plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import Scenario


@dataclass(frozen=True)
class Desk:
    """A run that is asked about, and the register where the answers are kept."""

    register: Register
    run: Run
    question: Question


def desk(
    register: Register,
    run: Run,
    *,
    seconds: float | None = None,
    workers: int = 2,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Desk:
    """Ready to ask. Raises InputError for a run that has no plan."""
    if run.plan.figures is None:
        raise InputError.of(f"run {run.id}", f"it has no plan ({run.plan.status})", "Choose a run that has one")
    question = Question(run.snapshot, run.scenario, run.plan, workers, on_progress, stop)
    return Desk(register, run, question.with_seconds(seconds))


def run_of(register: Register, scenario: Scenario) -> str | None:
    """The newest run with a plan of this scenario on the register as it stands; None where there is none."""
    digest = snapshot.take(register).digest
    columns = ("id", "scenario_id", "snapshot_id", "started_at", "objective_gbp_k")
    found = [
        row
        for row in register.values("run", *columns)
        if (row["scenario_id"], row["snapshot_id"]) == (scenario.digest, digest)
        and row["objective_gbp_k"] is not None
    ]
    return str(max(found, key=lambda row: row["started_at"])["id"]) if found else None


def base(at: Desk) -> Plan:
    """The run's plan planned on; the one that was kept with the prices of the rules, where it was."""
    kept = studies.load(at.register, at.run.id, "rule_prices")
    return planned_on(at.question) if kept is None else stored.from_dict(kept["base_plan"])


def rule_prices(at: Desk, *, again: bool = False) -> tuple[Plan, RulePrices]:
    """The plan that answers are set against, and what each rule costs: as kept, or worked out and kept."""
    kept = None if again else studies.load(at.register, at.run.id, "rule_prices")
    if kept is not None and kept["prices"]["complete"]:
        return stored.from_dict(kept["base_plan"]), pricing.from_dict(kept["prices"])
    plan = planned_on(at.question) if kept is None else stored.from_dict(kept["base_plan"])
    prices = pricing.rule_prices(at.question, plan)
    content = {"base_plan": plan.to_dict(), "prices": prices.to_dict()}
    studies.keep(at.register, at.run.id, "rule_prices", content)
    return plan, prices


def explain(
    at: Desk, properties: Sequence[str], *, with_moves: bool = False, again: bool = False
) -> list[dict[str, Any]]:
    """The explanations of these properties, as plain data; each that was kept before is not worked out again.

    Fewer where it was stopped: those that are done are kept, and the next call goes on from there.
    """
    plan, prices = rule_prices(at)
    done: dict[str, Any] = dict((studies.load(at.register, at.run.id, "explain") or {}).get("properties", {}))
    lacking = [key for key in properties if again or key not in done or (with_moves and not _has_moves(done[key]))]

    def keep(explained: list[why.Explanation]) -> None:
        for one in explained:  # as a store gives it back: lists in place of tuples
            done[one.property_id] = json.loads(json.dumps({**one.to_dict(), "with_moves": with_moves}))
        studies.keep(at.register, at.run.id, "explain", {"base": prices.base, "properties": done})

    why.explain(at.question, plan, prices, lacking, with_moves=with_moves, on_explained=keep)
    return [done[key] for key in properties if key in done]


def alternatives(at: Desk, within: float, count: int) -> Alternatives:
    """Plans that do as much else as can be for little more money, kept with the run."""
    plan = base(at)
    found, _ = others.alternatives(at.question, plan, within=within, count=count)
    left = [key for key, gone in fates(plan).items() if gone]
    studies.keep(at.register, at.run.id, "alternatives", {**found.to_dict(), "left": left})
    return found


def robustness(
    at: Desk, draws: int, *, seed: int = 0, risk: Risk | None = None, again: bool = False
) -> Robustness:
    """How often each property goes in draws of what is assumed, and in the alternatives that the run keeps.

    Draws that were kept for the same seed and ranges are not planned again.
    """
    asked = {"seed": seed, "risk": (risk or Risk()).model_dump(mode="json")}
    kept = None if again else studies.load(at.register, at.run.id, "robustness")
    same = kept is not None and kept["asked"] == asked
    done = {int(number): left for number, left in (kept or {})["draws"].items()} if same else {}
    found = chances.robustness(
        at.question,
        base(at),
        draws,
        seed=seed,
        risk=risk,
        near_best=_near_best(at),
        known=dict(done),
        on_draw=done.__setitem__,
    )
    content = {"asked": asked, "draws": {str(n): left for n, left in done.items()}, "robustness": found.to_dict()}
    studies.keep(at.register, at.run.id, "robustness", content)
    return found


def _near_best(at: Desk) -> list[dict[str, bool]]:
    """Whether each alternative that the run keeps leaves a property."""
    kept = studies.load(at.register, at.run.id, "alternatives")
    if kept is None:
        return []
    best = set(kept["left"])
    return [
        {key: (key in best or key in one["leaves"]) and key not in one["keeps"] for key in kept["left_in"]}
        for one in kept["alternatives"]
    ]


def frontier(at: Desk, names: Sequence[str], number: int, *, again: bool = False) -> Frontier:
    """The frontier between these axes. What is done is kept, and the same question goes on."""
    asked = {"axes": list(names), "number": number}
    kept = None if again else studies.load(at.register, at.run.id, "frontier")
    if kept is None or kept["asked"] != asked:
        begun = edges.begin(at.question, names, number, base(at))
        kept = {"asked": asked, "grid": {key: list(levels) for key, levels in begun.grid.items()}, "points": []}
        kept["notes"] = list(begun.notes)
    else:
        plan = base(at)
        grid = {key: tuple(levels) for key, levels in kept["grid"].items()}
        begun = edges.Begun(tuple(names), plan, (plan,), grid, tuple(kept["notes"]))
    points: list[dict[str, Any]] = list(kept["points"])
    found = edges.frontier(at.question, begun, points, points.append)
    content = {**kept, "points": points, "frontier": found.to_dict()}
    studies.keep(at.register, at.run.id, "frontier", content)
    return found


def _has_moves(explained: dict[str, Any]) -> bool:
    return bool(explained["with_moves"]) or not explained["own"]["people_moved_fte"]


def property_asked(run: Run, asked: str) -> str:
    """The id of the property meant. InputError where it is none, or one that the scenario does not decide."""
    key = find_property(records(run.snapshot.properties), asked)
    if key not in {action.property_id for action in run.plan.properties}:
        reason = prepare(run.snapshot, run.scenario).scope.outside.get(key, "it is outside its scope")
        raise InputError.of(
            f"property {asked}",
            f"the plan does not decide it ({reason})",
            "Ask about one that it decides, or change the scope of the scenario",
        )
    return key


def leaving(run: Run, most: int | None = None) -> list[str]:
    """The properties that the plan leaves, those with most money at stake first."""
    years = sum(run.scenario.phases.years)
    left = [action for action in run.plan.properties if action.action == "leave"]
    worth = {a.property_id: a.receipt_gbp + years * a.running_cost_today_gbp_per_year for a in left}
    return sorted(worth, key=lambda key: (-worth[key], key))[:most]
