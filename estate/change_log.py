"""Keeps what changed in rows that stood already: the table `change`. `estate.history` reads it.

A new row is not logged: its own `import_batch_id` and `source_row` say where it came from, and 100,000 new
properties cost no second write. When a later import changes the row, its former `import_batch_id` is logged as
one of the changes, so that the first import of every row can be told for ever.
"""

import getpass
import json
import os
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import shapely
import sqlalchemy as sa

from estate.access import scope_of
from estate.geometry_column import as_wkt
from estate.tables import BOX, metadata

Row = dict[str, Any]


def who(connection: sa.Connection) -> str:
    """Who is at work: the member; else ESTATE_USER, else the user of the machine; blank where none is known."""
    return scope_of(connection).member or _user()


def _user() -> str:
    if named := os.environ.get("ESTATE_USER", "").strip():
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number without a name
        return ""


def record(connection: sa.Connection, table: str, changed: Sequence[tuple[Row, Row]]) -> None:
    """Log rows of a register table that are about to change: each as stored, and the columns written to it."""
    common = {"changed_at": datetime.now(UTC).replace(tzinfo=None), "changed_by": who(connection), "table": table}
    entries = [
        {**common, "import_batch_id": new.get("import_batch_id"), "record_id": stored["id"], "column": name,
         "before": as_json(stored[name]), "after": as_json(value)}
        for stored, new in changed
        for name, value in new.items()
        if name not in BOX and not same(value, stored[name])
    ]  # fmt: skip
    if entries:
        writing = uuid.uuid4().hex[:12]
        rows = [{"id": f"{writing}-{number:06}", **entry} for number, entry in enumerate(entries, start=1)]
        connection.execute(metadata.tables["change"].insert(), rows)


def same(left: Any, right: Any) -> bool:
    """Whether two values of a column are the same; places to the last digit."""
    if isinstance(left, shapely.Geometry) and isinstance(right, shapely.Geometry):
        return bool(shapely.equals_identical(left, right))
    return bool(left == right)


def as_json(value: Any) -> str:
    """A value of a column as JSON text: places as WKT, dates as 2026-03-31, missing as null."""
    if isinstance(value, shapely.Geometry):
        value = as_wkt(value)
    elif isinstance(value, date):
        value = value.isoformat()
    return json.dumps(value, ensure_ascii=False)
