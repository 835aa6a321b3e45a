"""What the rules of the benchmark estimates give, column by column, and how it gets into the register's frames."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import union_categoricals

from estate.benchmarks import typical
from estate.dictionary import columns
from estate.frames import frame_of_arrays, in_order

Frames = dict[str, pd.DataFrame]

# Tables whose rows are marked; a property's own estimates are marked by column.
MARKED_TABLES = ("space", "lease", "running_cost", "valuation", "team")
PROPERTY_MARKS = {"floor_area_m2": "floor_area_estimated", "land_area_ha": "land_area_estimated"}
FILL_COLUMNS = ["table", "record_id", "property_id", "column", "value", "unit", "rule", "as_of", "source"]
REPEATED = ("table", "column", "unit", "rule", "as_of", "source")


_CODED = ("use", "tenure", "holding", "status")  # of a property, for the rules


@dataclass(frozen=True)
class Fills:
    """The values that one rule found for one column of a table.

    `rows` is indexed by record id and has `property_id` and the column. `at` are the numbers of these rows in the
    table's frame; where it is None they are whole rows that the table lacks, with the `place` of each (see
    `opened`), and what they leave out takes the dictionary's default. `unit` is that of all values or of each;
    `benchmarks` are the rows of `benchmarks.typical` that each rests on.
    """

    table: str
    column: str
    rows: pd.DataFrame
    unit: str | pd.Series
    benchmarks: NDArray[Any]
    at: NDArray[Any] | None = None


def opened(frames: Frames) -> Frames:
    """Frames that rules can be asked of and fills be put in; those given are not changed.

    The marks of estimates are there, all False. Some texts of the properties are categories. Rows of other tables
    have `place`, the number of their property in its frame, -1 where the register lacks it.
    """
    found, held = dict(frames), frames["property"]
    coded = {name: held[name].astype("category") for name in _CODED}
    found["property"] = held.assign(**coded, **dict.fromkeys(PROPERTY_MARKS.values(), False))
    for table in MARKED_TABLES:
        place = held.index.get_indexer(pd.Index(frames[table]["property_id"], dtype=object))
        found[table] = frames[table].assign(estimated=False, place=place)
    return found


def closed(frames: Frames, given: Frames) -> Frames:
    """The frames without what only rules need, rows in order again; `given` is what `opened` was."""
    found = dict(frames)
    found["property"] = frames["property"].assign(**{name: given["property"][name] for name in _CODED})
    for table in MARKED_TABLES:
        rows = frames[table].drop(columns="place")
        found[table] = in_order(rows) if len(rows) > len(given[table]) else rows
    return found


def put(frames: Frames, fills: Fills) -> None:
    """Put the fills of one rule into the frames, and mark them."""
    if fills.rows.empty:
        return
    frame = frames[fills.table]
    if fills.at is None:
        added = _whole_rows(fills)
        together = added if frame.empty else pd.concat([frame, added])
        # With its type said, or pandas would guess another for ids.
        ids = pd.Index(together.index.to_numpy(dtype=object), name="id", dtype=object)
        frames[fills.table] = together.set_axis(ids)
        return
    mark = PROPERTY_MARKS.get(fills.column, "estimated")
    values, marks = frame[fills.column].to_numpy(copy=True), frame[mark].to_numpy(copy=True)
    values[fills.at], marks[fills.at] = fills.rows[fills.column], True
    frames[fills.table] = frame.assign(**{fills.column: values, mark: marks})


def removed(frames: Frames, fills: pd.DataFrame, whole_teams: frozenset[str]) -> Frames:
    """Filled frames as they were recorded: added rows gone, filled cells empty, marks of estimates gone.

    `fills` is the log of the fills (FILL_COLUMNS). Marked rows of MARKED_TABLES were added, save for teams, of
    whom only the rules named in `whole_teams` add whole rows.
    """
    found = dict(frames)
    for table in MARKED_TABLES:
        frame = frames[table]
        added = frame["estimated"].to_numpy()
        if table == "team":
            whole = fills[(fills["table"] == table) & fills["rule"].isin(whole_teams)]
            added = frame.index.isin(whole["record_id"])
        found[table] = frame[~added].drop(columns="estimated")
    found["property"] = frames["property"].drop(columns=list(PROPERTY_MARKS.values()))
    for table in ("property", "team"):
        cells = fills[(fills["table"] == table) & fills["record_id"].isin(found[table].index)]
        for column, filled in cells.groupby(cells["column"].astype(str)):
            held = found[table][str(column)]
            values = held.to_numpy(copy=True)
            numeric = pd.api.types.is_numeric_dtype(held)
            values[held.index.isin(filled["record_id"])] = np.nan if numeric else ""
            kind = held.dtype if numeric else object  # as frames have their texts
            found[table] = found[table].assign(**{str(column): pd.Series(values, held.index, dtype=kind)})
    return found


def log(found: Iterable[tuple[str, Fills]]) -> pd.DataFrame:
    """One row for each fill with FILL_COLUMNS, of fills by the name of their rule.

    Columns of a few texts again and again are categories: whole, they would fill more memory than the register.
    """
    parts = [_log(rule.replace("_", " "), fills) for rule, fills in found]
    told = {name: [part[name] for part in parts] for name in FILL_COLUMNS}
    whole = {name: np.concatenate(told[name]) for name in FILL_COLUMNS if name not in REPEATED}
    repeated = {name: _one_category(told[name]) for name in REPEATED}
    index = pd.RangeIndex(sum(len(fills.rows) for _, fills in found))
    series = {name: pd.Series(array, index, dtype=array.dtype) for name, array in (whole | repeated).items()}
    return pd.DataFrame({name: series[name] for name in FILL_COLUMNS})


def _log(rule: str, fills: Fills) -> dict[str, Any]:
    """The columns of one rule: categories of the repeated ones, arrays of the others."""
    count = len(fills.rows)
    said = {"table": fills.table, "column": fills.column, "rule": rule, "unit": fills.unit}
    held = {name: _category(np.array([text], dtype=object), np.zeros(count, dtype=np.intp))
            for name, text in said.items() if isinstance(text, str)}  # fmt: skip
    if not isinstance(fills.unit, str):
        held["unit"] = _category(fills.unit.to_numpy(dtype=object), np.arange(count))
    return {
        **held,
        "record_id": fills.rows.index.to_numpy(dtype=object),
        "property_id": fills.rows["property_id"].to_numpy(dtype=object),
        "value": fills.rows[fills.column].to_numpy(dtype=object),
        "as_of": _category(typical()["from_date"].to_numpy(), fills.benchmarks),
        "source": _category(typical()["source"].to_numpy(), fills.benchmarks),
    }


def _category(values: NDArray[Any], rows: NDArray[np.intp]) -> pd.Categorical:
    """Those rows of the values, as categories."""
    codes, kinds = pd.factorize(values)
    return pd.Categorical.from_codes(codes[rows], pd.Index(kinds, dtype=object))


def _one_category(parts: list[pd.Categorical]) -> pd.Categorical:
    found = union_categoricals(parts)
    return found.rename_categories(pd.Index(found.categories.to_numpy(dtype=object), dtype=object))


def _whole_rows(fills: Fills) -> pd.DataFrame:
    """The new rows with every column of their table, and those of `opened`."""
    count = len(fills.rows)
    defaults = {c.name: np.full(count, c.parse(None, "")) for c in columns(fills.table) if c.default}
    given = {name: fills.rows[name].to_numpy() for name in fills.rows.columns}
    whole = frame_of_arrays(fills.table, {"id": fills.rows.index.to_numpy(), **defaults, **given})
    return whole.assign(estimated=True, place=given["place"])
