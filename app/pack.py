"""Packs: everything that a board needs about one run or several, in one folder, for one reader."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from app import appraisals, comparing, partnering, pipeline, studies
from app.pipeline import Run
from estate import redact
from estate.database import Register
from estate.problems import InputError
from maps import brand, words
from maps.brand import Brand
from maps.pack import partner_sheets
from maps.pack import write as packs
from maps.pack.case import EVERYTHING, PUBLIC, Appraised, Case, Option, Reader
from optimiser.reprice import lifted, reprice

MOST = 4  # options that a table of a page has room for


def write(
    register: Register,
    runs: Sequence[str],
    out: Path,
    *,
    reader: str = EVERYTHING,
    looks: Brand | None = None,
    pdf: bool = True,
) -> dict[str, Path]:
    """Write the pack of these runs, the one put forward first, into the folder `out`; gives its files by name.

    `reader` is `public` or the id of an organisation; the pack is then made from what they may see. Raises
    InputError where a run has no plan to show or what the reader may see cannot price it, and as
    `maps.pack.write` does; nothing is written then.
    """
    found = list({run.id: run for run in (pipeline.load(register, name) for name in runs)}.values())
    if len(found) > MOST:
        raise InputError.of("RUN", f"{len(found)} runs do not fit on a page", f"Name {MOST} at the most")
    looks = looks or brand.read()
    if reader != EVERYTHING:
        looks = replace(looks, tiles=None)  # a page with tiles carries the key of their server
    return packs.write(case_of(register, found, reader), looks, out, pdf)


def case_of(register: Register, runs: Sequence[Run], reader: str = EVERYTHING) -> Case:
    """What the pack of these runs is about, the one put forward first. Raises InputError as `write` does."""
    first, *others = runs
    if first.plan.figures is None:
        remedy = "Put a run that has a plan first; one that has none may stand behind it"
        raise InputError.of(f"run {first.id}", f"it has no plan ({first.plan.status})", remedy)
    if empty := [run for run in others if run.plan.figures is None and not run.plan.conflicts]:
        raise InputError.of(f"run {empty[0].id}", f"it has no plan ({empty[0].plan.status})", "Leave it out")
    options = [_appraised(_option(register, run, reader)) for run in runs]
    planned = [option for option in options if option.plan.figures is not None]
    sides = [Run(option.run_id, option.plan, option.asked_scenario, option.snapshot) for option in planned]
    return Case(
        options=tuple(planned),
        reader=_reader(reader, first),
        written_on=datetime.now(UTC).date(),
        impossible=tuple(option for option in options if option.plan.figures is None),
        compared=comparing.of_runs(sides) if len(sides) > 1 else None,
        pairs=tuple(comparing.of_runs([sides[0], other]) for other in sides[1:]),
    )


def _reader(reader: str, run: Run) -> Reader:
    if reader in (EVERYTHING, PUBLIC):
        return Reader(reader)
    return Reader(reader, str(run.snapshot.organisations["name"].to_dict()[reader]))


def _option(register: Register, run: Run, reader: str) -> Option:
    """The run as the reader may see it."""
    option = Option(
        run_id=run.id,
        made_on=_made_on(register, run),
        plan=run.plan,
        snapshot=run.snapshot,
        scenario=run.scenario,
        studies={kind: content for kind in studies.KINDS if (content := studies.load(register, run.id, kind))},
    )
    if reader == EVERYTHING:
        return option
    scope = redact.reader_scope(reader, run.snapshot)
    seen = redact.as_seen_by(run.snapshot, scope, register)
    if seen is None:
        return option  # nothing in it is kept from them
    if run.plan.figures is None:  # what stands in conflict was found on everybody's figures
        return replace(option, plan=replace(run.plan, conflicts=(), gives=(), nearest_scenario=""), studies={})
    scenario = lifted(run.plan, seen, run.scenario)
    proof, gap = _proven(run)
    return replace(
        option,
        plan=reprice(run.plan, seen, scenario),
        snapshot=seen,
        scenario=scenario,
        asked=run.scenario,
        standing=(_STANDING,),
        proof=proof,
        gap_said=gap,
        studies={},
    )


def _appraised(option: Option) -> Option:
    """With its appraisal, worked out from the reader's own rows and checked."""
    if option.plan.figures is None:
        return option
    run = Run(option.run_id, option.plan, option.scenario, option.snapshot)
    found, ledger = appraisals.appraise(run), partnering.ledger_of(run)
    names = {str(key): str(name) for key, name in option.snapshot.organisations["name"].items()}
    sheets = (*appraisals.sheets(found, option.snapshot), *partner_sheets.of_ledger(ledger, names))
    return replace(option, appraised=Appraised(found.case, found.risk, found.capital, ledger, sheets))


_STANDING = (
    "This pack is made from what its reader may see. Where a figure is confidential to its holder, a benchmark"
    " stands in and is marked as an estimate. The decisions are those of the plan as it was made; every figure was"
    " worked out anew, and so differs from what those who hold the confidential figures see."
)


def _proven(run: Run) -> tuple[str, str]:
    """What may be said of how good the plan is: what was asked, and whether it was reached."""
    on = "on the figures of those who made it"
    if run.plan.status == "proven":
        return f"Proven to be the best possible plan for this scenario, {on}.", "proven when made"
    if run.plan.status == "within_gap":
        most = words.at_most(run.scenario.solver.gap)
        return f"Proven within {most} of the best possible plan for this scenario, {on}.", f"gap {most} when made"
    return f"The best plan found in the time, {on}.", "gap not known"


def _made_on(register: Register, run: Run) -> date:
    (row,) = register.rows("run", id=run.id)
    day: date = row["started_at"].date()
    return day
