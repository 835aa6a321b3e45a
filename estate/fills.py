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
from estate.frames import frame_of_columns, in_order

Frames = dict[str, pd.DataFrame]

# Tables whose rows are marked; a property's own estimates are marked by column.
MARKED_TABLES = ("space", "lease", "running_cost", "valuation", "team")
PROPERTY_MARKS = {"floor_area_m2": "floor_area_estimated", "land_area_ha": "land_area_estimated"}
FILL_COLUMNS = ["table", "record_id", "property_id", "column", "value", "unit", "rule", "as_of", "source"]
REPEATED = ("table", "column", "unit", "rule", "as_of", "source")


@dataclass(frozen=True)
class Fills:
    """The values that one rule found for one column of a table.

    `rows` is indexed by record id and has `property_id` and the column. Where `new`, these are whole rows that the
    table lacks, and what they leave out takes the dictionary's default; else they are cells of rows that stand.
    `unit` is that of all values or of each; `uses` are the uses whose benchmark each rests on.
    """

    table: str
    column: str
    rows: pd.DataFrame
    unit: str | pd.Series
    uses: pd.Series
    new: bool = False


def marked(frames: Frames) -> Frames:
    """The frames with columns for the marks of estimates, all False; those given are not changed."""
    found = dict(frames)
    found["property"] = found["property"].assign(**dict.fromkeys(PROPERTY_MARKS.values(), False))
    return found | {table: found[table].assign(estimated=False) for table in MARKED_TABLES}


def put(frames: Frames, fills: Fills) -> None:
    """Put the fills of one rule into the frames, and mark them."""
    if fills.rows.empty:
        return
    frame = frames[fills.table]
    if fills.new:
        added = _whole_rows(fills).assign(estimated=True)
        together = added if frame.empty else pd.concat([frame, added])
        # With its type said, or pandas would guess another for ids.
        ids = pd.Index(together.index.to_numpy(dtype=object), name="id", dtype=object)
        frames[fills.table] = in_order(together.set_axis(ids))
        return
    mark = PROPERTY_MARKS.get(fills.column, "estimated")
    values, marks = frame[fills.column].copy(), frame[mark].copy()
    values.loc[fills.rows.index] = fills.rows[fills.column]
    marks.loc[fills.rows.index] = True
    frames[fills.table] = frame.assign(**{fills.column: values, mark: marks})


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
    benchmark = typical().index.get_indexer(pd.Index(fills.uses.where(fills.uses != "", "other"), dtype=object))
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
        "as_of": _category(typical()["from_date"].to_numpy(), benchmark),
        "source": _category(typical()["source"].to_numpy(), benchmark),
    }


def _category(values: NDArray[Any], rows: NDArray[np.intp]) -> pd.Categorical:
    """Those rows of the values, as categories."""
    codes, kinds = pd.factorize(values)
    return pd.Categorical.from_codes(codes[rows], pd.Index(kinds, dtype=object))


def _one_category(parts: list[pd.Categorical]) -> pd.Categorical:
    found = union_categoricals(parts)
    return found.rename_categories(pd.Index(found.categories.to_numpy(dtype=object), dtype=object))


def _whole_rows(fills: Fills) -> pd.DataFrame:
    """The new rows with every column of their table."""
    count = len(fills.rows)
    defaults = {c.name: c.parse(None, "") for c in columns(fills.table) if c.default and c.name not in fills.rows}
    held = {name: np.full(count, value, dtype=object) for name, value in defaults.items()}
    held |= {str(name): fills.rows[name].to_numpy() for name in fills.rows.columns}
    return frame_of_columns(fills.table, {"id": fills.rows.index.to_numpy(), **held})
