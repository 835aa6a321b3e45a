"""What really happened of a run's plan: written down in the register, read back, set beside the forecast."""

import csv
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.pipeline import Run
from estate import access, change_log
from estate.database import Register, write
from estate.dictionary import ColumnError, columns
from estate.problems import InputError, Problem
from optimiser.appraise.outturn import Outturn, Recorded, outturn
from optimiser.appraise.settings import Appraisal
from optimiser.checker.outturn import outturn_mismatches
from optimiser.verify import VerificationError

FIELDS = ("property_id", "left_on", "sold_on", "price_gbp", "cost_gbp", "note")
_MOST_BYTES = 20_000_000


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with the columns of FIELDS, in any order; those left out are blank.

    Raises InputError for a file that cannot be read, or whose columns are others.
    """
    remedy = f"Give a CSV file with the columns {', '.join(FIELDS)}"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError.of(str(path), "it is larger than 20 MB", remedy)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError.of(str(path), f"it cannot be read ({fault})", remedy) from None
    try:
        rows = list(csv.DictReader(text.splitlines(), strict=True))
    except csv.Error as fault:
        raise InputError.of(str(path), f"it is no CSV file ({fault})", remedy) from None
    names = set(rows[0]) if rows else set(FIELDS)
    if "property_id" not in names or not names <= set(FIELDS):
        unknown = ", ".join(sorted(str(name) for name in names - set(FIELDS))) or "no property_id"
        raise InputError.of(str(path), f"its columns do not fit ({unknown})", remedy)
    return rows


def record(register: Register, run: Run, rows: Iterable[Mapping[str, object]]) -> int:
    """Write down what happened; gives the number of rows. A blank says nothing: what was recorded before stands.

    Raises InputError, with nothing written, for a value that does not fit, a property that the plan does not
    decide, a viewer, and an editor who records of a property of another body.
    """
    wanted = _checked(run, list(rows))
    with register.transaction() as connection:
        access.check_import(connection)
        _check_owner(run, wanted, access.scope_of(connection))
        made = {"recorded_at": datetime.now(UTC).replace(tzinfo=None), "recorded_by": change_log.who(connection)}
        write(connection, "outturn", [{"id": uuid.uuid4().hex, "run_id": run.id, **row, **made} for row in wanted])
    return len(wanted)


def _checked(run: Run, rows: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """The rows with values of the right types; every fault at once."""
    described = {column.name: column for column in columns("outturn") if column.name in FIELDS}
    decided = {action.property_id for action in run.plan.properties}
    found, problems = [], list[Problem]()
    for number, row in enumerate(rows, start=1):
        name = f"row {number}"
        values: dict[str, Any] = {}
        for field, column in described.items():
            try:
                values[field] = column.parse(row.get(field), name)
            except ColumnError as fault:
                problems.append(fault.problem)
        place = values.get("property_id")
        if place is not None and place not in decided:
            reason = "the run's plan does not decide this property"
            problems.append(Problem(name, reason, "Copy the id from sheet Properties", "property_id", place))
        if place is not None and all(values.get(field) is None for field in FIELDS[1:]):
            problems.append(
                Problem(name, "it says nothing", "Fill one of its other columns", "property_id", place)
            )
        found.append(values)
    if not rows:
        problems.append(Problem("outturn", "there are no rows", "Give one row a property"))
    if problems:
        raise InputError(problems)
    return found


def _check_owner(run: Run, rows: Sequence[Mapping[str, Any]], scope: access.Scope) -> None:
    """An editor records of its own body's properties, an administrator of all."""
    owners = run.snapshot.properties["organisation_id"].to_dict()
    others = [row["property_id"] for row in rows if owners[row["property_id"]] != scope.organisation_id]
    if scope.name != access.ALL and others:
        reason = "it is another body's property"
        remedy = "Ask one of its editors or an administrator"
        raise InputError([Problem(f"property {place}", reason, remedy) for place in dict.fromkeys(others)])


def recorded(register: Register, run_id: str) -> dict[str, Recorded]:
    """What is known of each property of a run: of each column the newest that is not blank."""
    merged: dict[str, dict[str, Any]] = {}
    for row in sorted(
        register.rows("outturn", run_id=run_id), key=lambda row: (str(row["recorded_at"]), row["id"])
    ):
        known = merged.setdefault(row["property_id"], {"property_id": row["property_id"]})
        known |= {field: row[field] for field in FIELDS if row[field] not in (None, "")}
    return {place: Recorded(**values) for place, values in merged.items()}


def compare(register: Register, run: Run, settings: Appraisal | None = None, on: date | None = None) -> Outturn:
    """A run's plan beside what was recorded, as it stands on a day, today if none is given.

    Raises InputError for a run without a plan, VerificationError for a sum that does not hold.
    """
    if run.plan.figures is None:
        raise InputError.of(f"run {run.id}", f"it has no plan ({run.plan.status})", "Choose a run that has one")
    known, inflation = recorded(register, run.id), (settings or Appraisal()).inflation_per_year
    lag = run.scenario.rates.sale_lag_years
    found = outturn(run.plan, known, lag, inflation, on or datetime.now(UTC).date())
    rows = register.rows("outturn", run_id=run.id)
    mismatches = outturn_mismatches(found.to_dict(), rows, run.plan, run.snapshot, run.scenario)
    if mismatches:
        raise VerificationError(mismatches)
    return found
