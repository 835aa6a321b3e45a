"""Benchmark estimates for what the register lacks: one rule for each thing, and every fill marked.

A recorded figure is never touched, and an estimate goes as soon as somebody records the real one.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from estate import estimate_rules as rules
from estate.fills import FILL_COLUMNS, MARKED_TABLES, PROPERTY_MARKS, Fills, Frames, closed, log, opened, put

Rule = Callable[[Frames], Fills]
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

# Of the rules on teams, those that add whole teams, as the log of fills calls them.
WHOLE_TEAMS = frozenset({rules.team_of_an_operational_building.__name__.replace("_", " ")})


def fill(frames: Mapping[str, pd.DataFrame], in_order: tuple[Rule, ...] = RULES) -> tuple[Frames, pd.DataFrame]:
    """The register's frames with their gaps filled, and one row for each fill with FILL_COLUMNS.

    `frames` has one frame for each register table as `frames.frame_of` makes them, and is not changed. Added
    rows, and teams with a filled cell, have True in column `estimated`; properties in `floor_area_estimated` and
    `land_area_estimated`. Money is in prices of `benchmarks.PRICE_YEAR`. Every rule is asked, or only those given.
    """
    given = dict(frames)
    filled, found = opened(given), []
    for rule in in_order:
        fills = rule(filled)
        put(filled, fills)
        found.append((rule.__name__, fills))
    return closed(filled, given), log(found)


__all__ = ["FILL_COLUMNS", "MARKED_TABLES", "MONEY_RULES", "PROPERTY_MARKS", "RULES", "Rule", "fill"]
