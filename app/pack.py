"""Packs: everything that a board needs about one run or several, in one folder, for one reader."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from app import comparing, pipeline, studies
from app.pipeline import Run
from estate.database import Register
from estate.problems import InputError
from maps import brand
from maps.brand import Brand
from maps.pack import write as packs
from maps.pack.case import EVERYTHING, Case, Option, Reader

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

    Raises InputError where a run has no plan to show, and as `maps.pack.write` does; nothing is written then.
    """
    found = list({run.id: run for run in (pipeline.load(register, name) for name in runs)}.values())
    if len(found) > MOST:
        raise InputError.of("RUN", f"{len(found)} runs do not fit on a page", f"Name {MOST} at the most")
    return packs.write(case_of(register, found), looks or brand.read(), out, pdf)


def case_of(register: Register, runs: Sequence[Run]) -> Case:
    """What the pack of these runs is about, the one put forward first. Raises InputError as `write` does."""
    first, *others = runs
    if first.plan.figures is None:
        remedy = "Put a run that has a plan first; one that has none may stand behind it"
        raise InputError.of(f"run {first.id}", f"it has no plan ({first.plan.status})", remedy)
    if empty := [run for run in others if run.plan.figures is None and not run.plan.conflicts]:
        raise InputError.of(f"run {empty[0].id}", f"it has no plan ({empty[0].plan.status})", "Leave it out")
    planned = [run for run in runs if run.plan.figures is not None]
    return Case(
        options=tuple(_option(register, run) for run in planned),
        reader=Reader(),
        written_on=datetime.now(UTC).date(),
        impossible=tuple(_option(register, run) for run in runs if run.plan.figures is None),
        compared=comparing.of_runs(planned) if len(planned) > 1 else None,
    )


def _option(register: Register, run: Run) -> Option:
    return Option(
        run_id=run.id,
        made_on=_made_on(register, run),
        plan=run.plan,
        snapshot=run.snapshot,
        scenario=run.scenario,
        studies={kind: content for kind in studies.KINDS if (content := studies.load(register, run.id, kind))},
    )


def _made_on(register: Register, run: Run) -> date:
    (row,) = register.rows("run", id=run.id)
    day: date = row["started_at"].date()
    return day
