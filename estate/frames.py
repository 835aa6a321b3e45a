"""Rows as pandas frames, one for each table of the register."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from estate.dictionary import columns
from estate.geometry_column import as_wkb
from estate.tables import metadata

Values = NDArray[Any]
ROWS_AT_HAND = 500  # of the widest table they fit in the cache of any processor of today
Held = Mapping[str, Sequence[Any] | Values]  # the values of each column by its name


def frame_of(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a frame indexed by id, with the dictionary's columns and types.

    Missing numbers are NaN, missing text is "", missing dates and places are None, missing yes/no is False.
    """
    return frame_of_columns(table, {c.name: [row.get(c.name) for row in rows] for c in columns(table)})


def frame_of_columns(table: str, held: Held) -> pd.DataFrame:
    """The same of the values of each column by its name, a column that is not there being empty."""
    count = len(held["id"])
    return frame_of_arrays(table, {c.name: _typed(c.type, held.get(c.name), count) for c in columns(table)})


def frame_of_arrays(table: str, arrays: Mapping[str, Values]) -> pd.DataFrame:
    """The same of arrays of the types that frames have, nothing missing among texts and yes/no."""
    ids = pd.Index(arrays["id"], name="id", dtype=object)
    described = [c for c in columns(table) if c.name != "id"]
    # With its type said, or pandas would guess another for texts.
    held = {
        c.name: pd.Series(arrays.get(c.name, _nothing(c.type, len(ids))), ids, dtype=_DTYPES.get(c.type, object))
        for c in described
    }
    return pd.DataFrame(held, ids, copy=False)


class Columns:
    """The columns of a table, put together from rows that are added a few at a time.

    A few hundred stay in the processor's cache while they become arrays: two thirds of the time of all at once.
    """

    def __init__(self, table: str) -> None:
        self._table = table
        self._arrays: dict[str, list[Values]] = {c.name: [] for c in columns(table)}
        self._types = {c.name: c.type for c in columns(table)}
        # By column, each choice and each day once instead of once a row; and what stands for a missing one.
        self._known: dict[str, dict[Any, Any]] = {
            name: {None: "" if kind == "choice" else None} for name, kind in self._types.items()
        }

    def add(self, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows with values of these names, as either store gives them; what is no column is left out."""
        for name, values in zip(names, zip(*rows, strict=True), strict=True):
            if name in self._arrays:
                self._arrays[name].append(self._array(name, values))

    def frame(self) -> pd.DataFrame:
        """The rows so far, sorted by id; see `frame_of`."""
        whole = {name: np.concatenate(parts) for name, parts in self._arrays.items() if parts}
        return in_order(frame_of_arrays(self._table, {"id": as_objects(()), **whole}))

    def _array(self, name: str, values: Sequence[Any]) -> Values:
        kind, known = self._types[name], self._known[name]
        match kind:
            case "text":
                return as_objects(["" if text is None else text for text in values] if None in values else values)
            case "choice":
                return as_objects(list(map(known.setdefault, values, values)))
            case "date":
                known |= {day: _day(day) for day in set(values) - known.keys()}
                return as_objects(list(map(known.__getitem__, values)))
            case "geometry":
                return np.asarray(shapely.from_wkb(as_objects(values)))
        return as_objects(values).astype(_DTYPES[kind])


def frames_of(
    connection: sa.Connection, tables: Iterable[str], known: Mapping[str, Columns] | None = None
) -> dict[str, pd.DataFrame]:
    """Whole tables as frames, rows sorted by id, read without a dictionary for each row; see `frame_of`.

    `known` has the columns of tables that have been read already.
    """
    read = known or {}
    return {table: (read[table] if table in read else _read(connection, table)).frame() for table in tables}


def _read(connection: sa.Connection, table: str) -> Columns:
    source = metadata.tables[table].c
    asked = {
        c.name: as_wkb(source[c.name], connection.dialect) if c.type == "geometry" else source[c.name]
        for c in columns(table)
    }
    found = Columns(table)
    for rows in connection.execute(sa.select(*asked.values())).partitions(ROWS_AT_HAND):
        found.add(list(asked), rows)
    return found


def _day(stored: str | date) -> date | None:
    """SQLite keeps days as text."""
    return stored if isinstance(stored, date) else date.fromisoformat(stored) if stored else None


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame sorted by id. Python sorts texts that are almost in order in a tenth of the time of pandas."""
    if frame.index.is_monotonic_increasing:
        return frame
    ids = frame.index.tolist()
    return frame.take(sorted(range(len(ids)), key=ids.__getitem__))


_DTYPES = {"number": "float64", "integer": "float64", "boolean": "bool"}
_MISSING = {"number": np.nan, "integer": np.nan, "boolean": False, "text": "", "choice": ""}


def _nothing(kind: str, count: int) -> Values:
    return np.full(count, _MISSING.get(kind), _DTYPES.get(kind, object))


def _typed(kind: str, values: Sequence[Any] | Values | None, count: int) -> Values:
    """The values of a column as an array of the type that frames have."""
    if values is None or not len(values):
        return _nothing(kind, count)
    cells = as_objects(values)
    if kind in {"text", "choice"}:
        return np.where(pd.isna(cells), "", cells)
    return cells.astype(_DTYPES.get(kind, object))


def as_objects(values: Sequence[Any] | Values) -> Values:
    """Values as an array of objects."""
    if isinstance(values, np.ndarray):
        return values.astype(object)
    return np.fromiter(values, dtype=object, count=len(values))
