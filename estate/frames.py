"""Rows as pandas frames, one for each table of the register."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from estate.dictionary import columns
from estate.geometry_column import as_wkb
from estate.problems import InputError, Problem
from estate.tables import metadata

Values = NDArray[Any]
_MOST_SHOWN = 60  # characters of a value that does not fit
_UNFIT = (ValueError, TypeError, shapely.errors.ShapelyError)
ROWS_AT_HAND = 500  # of the widest table they fit in the cache of any processor of today
Given = Sequence[Any] | Values
Held = Mapping[str, Given]  # the values of each column by its name


def frame_of(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a frame indexed by id, with the dictionary's columns and types.

    Missing numbers are NaN, missing text is "", missing dates and places are None, missing yes/no is False.
    """
    return frame_of_columns(table, {c.name: [row.get(c.name) for row in rows] for c in columns(table)})


def frame_of_columns(table: str, held: Held) -> pd.DataFrame:
    """The same of the values of each column by its name, a column that is not there being empty."""
    count = len(held["id"])
    arrays = {}
    for c in columns(table):
        given = held.get(c.name, ())
        convert = partial(_typed, c.type, count=count)
        arrays[c.name] = of_its_type(convert, (table, c.name), held["id"], given) if len(given) else convert(given)
    return frame_of_arrays(table, arrays)


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
        """Add rows with values of these names, as either store gives them; what is no column is left out.

        Raises InputError for values of another type than their column's: see `of_its_type`.
        """
        held = dict(zip(names, zip(*rows, strict=True), strict=True))
        for name in self._arrays.keys() & held.keys():
            array = of_its_type(partial(self._array, name), (self._table, name), held["id"], held[name])
            self._arrays[name].append(array)

    def frame(self) -> pd.DataFrame:
        """The rows so far, sorted by id; see `frame_of`."""
        whole = {name: np.concatenate(parts) for name, parts in self._arrays.items() if parts}
        return in_order(frame_of_arrays(self._table, {"id": as_objects(()), **whole}))

    def _array(self, name: str, values: Given) -> Values:
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


def of_its_type(convert: Callable[[Given], Values], column: tuple[str, str], ids: Given, values: Given) -> Values:
    """The values of a column (table, name) converted. Raises InputError naming each row whose value does not fit.

    A register keeps such only where another program wrote it: SQLite takes any value in any column.
    """
    try:
        return convert(values)
    except _UNFIT:
        raise InputError(list(_unfit(convert, column, ids, values))) from None


def _unfit(
    convert: Callable[[Given], Values], column: tuple[str, str], ids: Given, values: Given
) -> Iterator[Problem]:
    table, name = column
    kind = next(c.type for c in columns(table) if c.name == name)
    for key, value in zip(ids, values, strict=True):
        try:
            convert([value])
        except _UNFIT:
            reason = f"another program than estate put this where a {kind} belongs"
            remedy = "Put it right there, or import a file with the right value"
            yield Problem(f"{table} {key}", reason, remedy, name, str(value)[:_MOST_SHOWN])


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


def _typed(kind: str, values: Given, count: int) -> Values:
    """The values of a column as an array of the type that frames have."""
    if not len(values):
        return _nothing(kind, count)
    cells = as_objects(values)
    if kind in {"text", "choice"}:
        return np.where(pd.isna(cells), "", cells)
    return cells.astype(_DTYPES.get(kind, object))


def as_objects(values: Given) -> Values:
    """Values as an array of objects."""
    if isinstance(values, np.ndarray):
        return values.astype(object)
    return np.fromiter(values, dtype=object, count=len(values))
