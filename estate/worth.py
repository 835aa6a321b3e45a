"""What is at stake in a property: the larger of its value and of what it costs a year, rent included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from estate import estimates
from estate.database import Row
from estate.frames import frame_of

_TABLES = ("property", *estimates.MARKED_TABLES)


@dataclass(frozen=True)
class Worth:
    """Pounds, and what they are: `value` or `cost a year`, with `estimated` before it where any part is one."""

    gbp: float
    basis: str


def worth_by_property(rows: Mapping[str, Sequence[Row]]) -> dict[str, Worth]:
    """The worth of every property with a recorded or estimated value or cost, by its id.

    Of several valuations the highest counts. `rows` has the rows of the register by table; tables may be missing.
    """
    frames = {table: frame_of(table, rows.get(table, [])) for table in _TABLES}
    filled, _ = estimates.fill(frames, estimates.MONEY_RULES)
    costs, values = defaultdict[str, float](float), defaultdict[str, float](float)
    guessed_cost, guessed_value = set[str](), set[str]()
    for table, column in (("running_cost", "gbp_per_year"), ("lease", "rent_gbp_per_year")):
        frame = filled[table]
        frame = frame[frame["direction"] == "in"] if table == "lease" else frame
        for key, gbp, estimated in zip(frame["property_id"], frame[column], frame["estimated"], strict=True):
            costs[key] += gbp if gbp == gbp else 0.0
            if estimated:
                guessed_cost.add(key)
    frame = filled["valuation"]
    for key, gbp, estimated in zip(frame["property_id"], frame["value_gbp"], frame["estimated"], strict=True):
        values[key] = max(values[key], gbp)
        if estimated:
            guessed_value.add(key)
    return {
        key: Worth(values[key], _basis("value", key in guessed_value))
        if values[key] >= costs[key]
        else Worth(costs[key], _basis("cost a year", key in guessed_cost))
        for key in sorted(costs.keys() | values.keys())
    }


def _basis(what: str, estimated: bool) -> str:
    return f"estimated {what}" if estimated else what
