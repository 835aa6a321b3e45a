"""Reads the snapshots that were kept as JSON, rows one by one, before the form of `estate.frozen`."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from estate.dictionary import columns
from estate.frozen import ESTIMATES, Held


def unpack(content: bytes) -> dict[str, dict[str, Held]]:
    """As `frozen.unpack`. Tables of yet another form are left out."""
    return {
        table: _columns(table, stored)
        for table, stored in json.loads(content).items()
        if isinstance(stored, dict) and {"columns", "rows"} <= set(stored)
    }


def _columns(table: str, stored: dict[str, Any]) -> dict[str, Held]:
    names = stored["columns"]
    types = {} if table == ESTIMATES else {column.name: column.type for column in columns(table)}
    values = list(zip(*stored["rows"], strict=True)) or [()] * len(names)
    return {name: _typed(types.get(name, ""), column) for name, column in zip(names, values, strict=True)}


def _typed(kind: str, values: Sequence[Any]) -> Held:
    if kind == "geometry":
        found: NDArray[Any] = shapely.from_wkb(np.array(values, dtype=object))
        return found
    if kind == "date":
        return [date.fromisoformat(value) if value else None for value in values]
    return values
