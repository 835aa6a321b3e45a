"""The whole flow, one call a stage: import, check, plan, map. The command line and scripts call the same."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import maps.page
from estate import change_log, seals, snapshot
from estate.database import Register, Row, write
from estate.problems import InputError
from estate.snapshot import Snapshot
from maps.brand import Brand
from maps.pack import workbook
from maps.reasons import Reason
from optimiser import plan as plans
from optimiser import scenario as scenarios
from optimiser.plan import Plan
from optimiser.planner import OnProgress, make_plan
from optimiser.scenario import Scenario
from optimiser.solve.checkpoint import Checkpoint
from optimiser.verify import VerificationError


@dataclass(frozen=True)
class Run:
    """A plan kept in the register, with what it was made from."""

    id: str
    plan: Plan
    scenario: Scenario
    snapshot: Snapshot


def plan(
    register: Register,
    scenario: Scenario | None = None,
    *,
    on_progress: OnProgress | None = None,
    stop: Callable[[], bool] | None = None,
    earlier: str | None = None,
    checkpoints: Path | None = None,
) -> Run:
    """Freeze the register, plan it, check the plan from raw rows and keep it as a run.

    The search begins at the plan of the run `earlier`. The best so far stands in a file of the folder
    `checkpoints` until the run is kept: the same question asked again after a crash goes on from there.
    """
    checkpoint = None if checkpoints is None else Checkpoint(checkpoints)
    first = None if earlier is None else load(register, earlier).plan
    scenario = scenario or Scenario()
    frozen = snapshot.take(register)
    started = datetime.now(UTC).replace(tzinfo=None)
    try:
        made = make_plan(
            frozen, scenario, on_progress=on_progress, stop=stop, earlier=first, checkpoint=checkpoint
        )
    except VerificationError:
        if checkpoint is not None:
            checkpoint.done()  # else the next run would begin at the plan that does not hold
        raise
    run = keep(register, made, scenario, frozen, started)
    if checkpoint is not None:
        checkpoint.done()
    return run


def keep(
    register: Register, made: Plan, scenario: Scenario, frozen: Snapshot, started: datetime | None = None
) -> Run:
    """Keep a plan, checked already, as a run that was `started` then (UTC), or now."""
    run = Run(id=uuid.uuid4().hex[:8], plan=made, scenario=scenario, snapshot=frozen)
    _keep(register, run, started or datetime.now(UTC).replace(tzinfo=None))
    return run


def load(register: Register, run_id: str) -> Run:
    """A past run as it was; 'latest' is the newest. Raises InputError when there is none such."""
    with register.reading() as connection:
        seals.check(connection)
    known = register.values("run", "id", "started_at")
    if run_id == "latest" and known:
        ids = [max(known, key=lambda row: str(row["started_at"]))["id"]]
    else:
        ids = [row["id"] for row in known if row["id"].startswith(run_id)]
    if len(ids) != 1:
        reason = "several runs begin with this" if ids else "no run has this name"
        raise InputError.of(f"run {run_id}", reason, "See 'estate runs'")
    (found,) = register.rows("run", id=ids[0])
    (asked,) = register.rows("scenario", id=found["scenario_id"])
    return Run(
        id=found["id"],
        plan=plans.from_dict(found["plan"]),
        scenario=scenarios.from_yaml(asked["content"]),
        snapshot=snapshot.load(register, found["snapshot_id"]),
    )


def runs(register: Register) -> list[dict[str, Any]]:
    """The runs that the register keeps, newest first."""
    names = {row["id"]: row["name"] for row in register.values("scenario", "id", "name")}
    columns = ("id", "scenario_id", "status", "started_at", "run_by", "objective_gbp_k", "bound_gbp_k", "seconds")
    found = sorted(register.values("run", *columns), key=lambda row: str(row["started_at"]), reverse=True)
    return [
        {
            **row,
            "scenario": names[row["scenario_id"]],
            "started_at": row["started_at"].isoformat(timespec="seconds"),
        }
        for row in found
    ]


def publish(
    run: Run,
    out: Path,
    roads: Path | None = None,
    looks: Brand | None = None,
    reasons: Mapping[str, Reason] | None = None,
) -> dict[str, Path]:
    """Write the run's map and workbook into a folder, the map with the main roads of a network file if given.

    `looks` is the brand; without one the configured brand counts (see `maps.brand.read`). `reasons` is what cards
    on the map say of why, by property (see `maps.reasons`).

    Raises InputError when the run has no plan to show, or the file is no network.
    """
    if run.plan.figures is None:
        raise InputError.of(f"run {run.id}", f"it has no plan ({run.plan.status})", "Choose a run that has one")
    out.mkdir(parents=True, exist_ok=True)
    return {
        "map": maps.page.write(
            run.plan, run.snapshot, run.scenario, out / "map.html", roads=roads, looks=looks, reasons=reasons
        ),
        "workbook": workbook.write(run.plan, run.snapshot, run.scenario, out / "plan.xlsx"),
    }


def summary(run: Run) -> dict[str, Any]:
    """The run in plain data: what `estate plan --json` prints."""
    made = run.plan
    figures = None
    if made.figures is not None:
        content = made.to_dict()["figures"]
        reach = {service: {"today": r["today"], "after": r["after"]} for service, r in content["reach"].items()}
        figures = {**content, "reach": reach}
    return {
        "run": run.id,
        "status": made.status,
        "objective_gbp_k": made.objective_gbp_k,
        "bound_gbp_k": made.bound_gbp_k,
        "gap": made.gap,
        "seconds": made.seconds,
        "solver": made.solver,
        "snapshot_digest": made.snapshot_digest,
        "scenario_digest": made.scenario_digest,
        "figures": figures,
        "conflicts": list(made.conflicts),
        "gives": list(made.gives),
        "nearest_scenario": made.nearest_scenario,
        "notes": list(made.notes),
    }


def _keep(register: Register, run: Run, started: datetime) -> None:
    made = run.plan
    row: Row = {
        "id": run.id,
        "scenario_id": run.scenario.digest,
        "snapshot_id": run.snapshot.digest,
        "status": made.status,
        "started_at": started,
        "objective_gbp_k": made.objective_gbp_k,
        "bound_gbp_k": made.bound_gbp_k,
        "seconds": made.seconds,
        "solver": made.solver,
        "seed": made.seed,
        "plan": made.to_dict(),
    }
    asked = {"id": run.scenario.digest, "name": run.scenario.name, "content": run.scenario.to_yaml()}
    with register.transaction() as connection:
        write(connection, "scenario", [asked])
        write(connection, "run", [{**row, "run_by": change_log.who(connection)}])
        write(connection, "action", _actions(run))


def _actions(run: Run) -> list[Row]:
    found: list[Row] = []
    for action in run.plan.properties:
        base = {"run_id": run.id, "property_id": action.property_id}
        found.append({**base, "kind": action.action, "year": action.year, "gbp": action.one_off_cost_gbp})
        if action.sold:
            found.append({**base, "kind": "sell", "year": action.sold_year, "gbp": -action.receipt_gbp})
        if action.transferred_year is not None:
            found.append({**base, "kind": "transfer", "year": action.transferred_year, "gbp": -action.receipt_gbp})
        if action.lease_ends_year not in (None, action.year):
            found.append({**base, "kind": "end_lease", "year": action.lease_ends_year})
        if action.hub_year is not None:
            found.append({**base, "kind": "hub", "year": action.hub_year})
    for move in run.plan.moves:
        target = {"run_id": run.id, "property_id": move.to_property_id, "team_id": move.team_id}
        found.append({**target, "kind": "move", "year": move.year, "gbp": move.cost_gbp})
    return [{"id": f"{run.id}-{number:06}", **row} for number, row in enumerate(found, start=1)]
