"""Benchmark estimates for what the register lacks: one rule for each thing, and every fill marked.

A recorded figure is never touched, and an estimate goes as soon as somebody records the real one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from estate import estimate_rules as rules
from estate.database import frame_of
from estate.dictionary import columns
from estate.estimate_rules import Fill, Frames, Record

FILL_COLUMNS = ["table", "record_id", "property_id", "column", "value", "unit", "rule", "as_of", "source"]
# Tables whose rows are marked; a property's own estimates are marked by column.
MARKED_TABLES = ("space", "lease", "running_cost", "valuation", "team")
PROPERTY_MARKS = {"floor_area_m2": "floor_area_estimated", "land_area_ha": "land_area_estimated"}

Rule = Callable[[Frames], Iterator[Fill]]
# What a property costs and is worth, and the areas that this rests on; no spaces and people.
MONEY_RULES: tuple[Rule, ...] = (
    rules.floor_area_from_recorded_space,
    rules.floor_area_from_recorded_teams,
    rules.floor_area_typical_of_use,
    rules.land_area_typical_of_use,
    rules.running_cost_of_a_building,
    rules.running_cost_of_land,
    rules.value_of_a_property_not_leased,
    rules.rent_of_a_leasehold,
)
# In order: a rule may build on what those before it filled.
RULES: tuple[Rule, ...] = (
    rules.floor_area_from_recorded_space,
    rules.floor_area_from_recorded_teams,
    rules.floor_area_typical_of_use,
    rules.land_area_typical_of_use,
    rules.team_kind_of_space,
    rules.space_by_share_of_floor_area,
    rules.team_space_from_its_people,
    rules.team_space_from_the_room_there,
    rules.team_people_from_its_space,
    rules.team_of_an_operational_building,
    rules.running_cost_of_a_building,
    rules.running_cost_of_land,
    rules.value_of_a_property_not_leased,
    rules.rent_of_a_leasehold,
)


def fill(frames: Mapping[str, pd.DataFrame], in_order: tuple[Rule, ...] = RULES) -> tuple[Frames, pd.DataFrame]:
    """The register's frames with their gaps filled, and one row for each fill with FILL_COLUMNS.

    `frames` has one frame for each register table as `database.frame_of` makes them, and is not changed. Added
    rows, and teams with a filled cell, have True in column `estimated`; properties in `floor_area_estimated` and
    `land_area_estimated`. Money is in prices of `benchmarks.PRICE_YEAR`. Every rule is asked, or only those given.
    """
    filled = dict(frames)
    filled["property"] = filled["property"].assign(**dict.fromkeys(PROPERTY_MARKS.values(), False))
    for table in MARKED_TABLES:
        filled[table] = filled[table].assign(estimated=False)
    log: list[tuple[Any, ...]] = []
    for rule in in_order:
        found = list(rule(filled))
        _apply(filled, found)
        name = rule.__name__.replace("_", " ")
        log += [
            (f.table, f.record_id, f.property_id, f.column, f.value, f.unit, name, f.as_of, f.source)
            for f in found
        ]
    return filled, pd.DataFrame(log, columns=FILL_COLUMNS, dtype=object)


def _apply(frames: Frames, fills: list[Fill]) -> None:
    """Put the fills of one rule into the frames, and mark them."""
    cells: dict[tuple[str, str], dict[str, float | str]] = defaultdict(dict)
    rows: dict[str, list[Record]] = defaultdict(list)
    for found in fills:
        if found.row is None:
            cells[found.table, found.column][found.record_id] = found.value
        else:
            rows[found.table].append(found.row)
    for (table, column), values in cells.items():
        frame, keys = frames[table].copy(), list(values)
        frame.loc[keys, column] = list(values.values())
        frame.loc[keys, PROPERTY_MARKS.get(column, "estimated")] = True
        frames[table] = frame
    for table, added in rows.items():
        frames[table] = _with_rows(table, frames[table], added)


def _with_rows(table: str, frame: pd.DataFrame, rows: list[Record]) -> pd.DataFrame:
    defaults = {column.name: column.parse(None, "") for column in columns(table) if column.default}
    added = frame_of(table, [{**defaults, **row} for row in rows]).assign(estimated=True)
    return added.sort_index() if frame.empty else pd.concat([frame, added]).sort_index()
