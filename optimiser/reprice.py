"""The decisions of a plan priced anew on another snapshot: what a reader who may see less would make of it.

Nothing is solved: each property and team does what the plan says, and every figure is worked out, and checked,
from that reader's own rows.
"""

from estate.problems import InputError, Problem
from estate.snapshot import Snapshot
from optimiser.earlier import of_plan
from optimiser.model.build import build
from optimiser.plan import Move, Plan, PropertyAction
from optimiser.planner import assembled
from optimiser.prepare.inputs import prepare
from optimiser.scenario import Scenario, parse
from optimiser.verify import verify

_NO_LIMIT_GBP = 1e9


def lifted(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> Scenario:
    """The plan's scenario without its limits in pounds, deciding about the plan's properties and no others.

    A limit that the plan keeps on its makers' figures may break on a reader's benchmarks, and that says nothing.
    """
    decided = {action.property_id for action in plan.properties}
    content = scenario.model_dump(mode="json")
    others = [str(key) for key in snapshot.properties.index if key not in decided]
    content["scope"] |= {"exclude_properties": others, "include_unmeasured_land": True}
    content["goals"] = {}
    content["partners"]["none_worse_off"] = False
    content["capital"] |= {"new_funding_gbp": [], "funding_streams": False}
    content["transfers"]["undervalue_limit_gbp"] = _NO_LIMIT_GBP
    return parse(content)


def reprice(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> Plan:
    """The plan's decisions with every figure from this snapshot; `scenario` is that of `lifted`.

    It has no bound: how good the plan is was proven on other figures. Raises InputError naming each decision that
    these rows cannot price, VerificationError where a figure does not hold.
    """
    inputs = prepare(snapshot, scenario)
    empty = Plan(
        status="best_found",
        snapshot_digest=snapshot.digest,
        scenario_digest=scenario.digest,
        base_year=plan.base_year,
        seconds=plan.seconds,
        solver=plan.solver,
        seed=plan.seed,
    )
    priced = assembled(empty, snapshot, scenario, build(inputs), inputs, of_plan(plan, inputs))
    _check_same_decisions(plan, priced, snapshot)
    verify(priced, snapshot, scenario)
    return priced


def _check_same_decisions(plan: Plan, priced: Plan, snapshot: Snapshot) -> None:
    wanted, found = ({a.property_id: _fate(a) for a in one.properties} for one in (plan, priced))
    places = {key for key in wanted if wanted[key] != found.get(key)}
    moved = {_path(move) for move in plan.moves} ^ {_path(move) for move in priced.moves}
    places |= {path[1] for path in moved}
    if places:
        names = snapshot.properties["name"].to_dict()
        raise InputError([_unpriced(key, str(names.get(key, ""))) for key in sorted(places)[:20]])


def _unpriced(key: str, name: str) -> Problem:
    reason = "nothing that this reader may see gives the plan's decision on it a price"
    return Problem(
        f"property {key} ({name})", reason, "Record a valuation or lease that is open, or plan as a member"
    )


def _fate(action: PropertyAction) -> tuple[object, ...]:
    return (
        action.action, action.year, action.sold, action.sold_year, action.transferred_year, action.hub_year,
    )  # fmt: skip


def _path(move: Move) -> tuple[str, str, str, int]:
    return move.team_id, move.from_property_id, move.to_property_id, move.year
