"""What was worked out about a run by planning again, kept with it: whoever may see the run may see it too."""

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from estate import change_log
from estate.database import Register, write
from estate.dictionary import columns
from estate.problems import InputError
from estate.tables import metadata

KINDS = next(column.choices for column in columns("study") if column.name == "kind")


def keep(register: Register, run_id: str, kind: str, content: dict[str, Any]) -> None:
    """Keep results of one of KINDS, plain data for JSON, with the run whose full name this is. The newest counts.

    Raises InputError where the register has no such run, or none that this member may see.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is none of {', '.join(KINDS)}")
    runs = metadata.tables["run"].c
    with register.transaction() as connection:
        if connection.execute(sa.select(runs.id).where(runs.id == run_id)).first() is None:
            raise InputError.of(f"run {run_id}", "no run has this name", "See 'estate runs'")
        made = {"made_at": datetime.now(UTC).replace(tzinfo=None), "made_by": change_log.who(connection)}
        row = {"id": uuid.uuid4().hex, "run_id": run_id, "kind": kind, **made, "content": content}
        write(connection, "study", [row])


def load(register: Register, run_id: str, kind: str) -> dict[str, Any] | None:
    """The newest results of a kind; None where there are none, or none that this member may see."""
    found = register.rows("study", run_id=run_id, kind=kind)
    content: dict[str, Any] | None = max(found, key=lambda row: row["made_at"])["content"] if found else None
    return content
