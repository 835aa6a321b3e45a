"""Repairs outstanding on the buildings of the synthetic place."""

import numpy as np

from estate.synthetic.realistic import Settings, Tables

_BASE_YEAR = 2026


def add(tables: Tables, settings: Settings, dice: np.random.Generator) -> None:
    """Add what freeholders must have repaired, by condition, and by when. Other settings may ask for none."""
    if "repairs" not in settings:
        return
    repairs = settings["repairs"]
    for row in tables["property"]:
        gbp_per_m2 = repairs["gbp_per_m2"].get(row.get("condition_grade"))
        if gbp_per_m2 is None or row["tenure"] != "freehold":
            continue
        scatter = np.exp(dice.normal(-(repairs["spread"] ** 2) / 2, repairs["spread"]))
        row["backlog_gbp"] = round(float(gbp_per_m2 * row["floor_area_m2"] * scatter), -2)
        if row["condition_grade"] in repairs["due_in_years"]:
            first, last = repairs["due_in_years"][row["condition_grade"]]
            row["backlog_due_year"] = _BASE_YEAR + int(dice.integers(first, last + 1))
