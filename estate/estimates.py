"""Benchmark fills for what the register lacks, each marked. Placeholder contract; see fill()."""

from collections.abc import Mapping

import pandas as pd

FILL_COLUMNS = ["table", "record_id", "property_id", "column", "value", "unit", "rule", "as_of", "source"]


def fill(frames: Mapping[str, pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    filled = dict(frames)
    filled["property"] = filled["property"].assign(floor_area_estimated=False)
    for table in ("space", "running_cost", "valuation", "team"):
        filled[table] = filled[table].assign(estimated=False)
    return filled, pd.DataFrame(columns=FILL_COLUMNS)


def digest() -> str:
    return "none"
