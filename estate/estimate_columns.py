"""Whole columns for the rules of the benchmark estimates: what is typical, what is where, rounding and ids."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from estate.benchmarks import m2_per_unit, typical, typical_shares
from estate.fills import Frames
from estate.services import definitions


def typical_of(uses: pd.Series) -> pd.DataFrame:
    """The benchmark of each use, row by row; of `other` where the use is not known.

    Columns as `benchmarks.typical`, and `use`. Raises KeyError for a use that has no benchmark.
    """
    known = uses.where(uses != "", "other")
    return typical().loc[known.to_numpy(dtype=object)].assign(use=known.to_numpy()).set_axis(uses.index)


def typical_of_teams(frames: Frames, teams: pd.DataFrame) -> pd.DataFrame:
    """The benchmark of the use that each team's service has; of its property's where it offers none."""
    by_service = {service.id: service.use for service in definitions().values()}
    own = looked_up(teams["service_id"], by_service)
    return typical_of(own.where(own.notna(), of_place(frames, teams, "use")))


def of_place(frames: Frames, rows: pd.DataFrame, column: str) -> pd.Series:
    """What the property of each row has in a column."""
    found: pd.Series = frames["property"].loc[rows["property_id"], column].set_axis(rows.index)
    return found


def looked_up(keys: pd.Series, known: Mapping[str, str], otherwise: str | None = None) -> pd.Series:
    """The text that each key has in `known`."""
    return pd.Series([known.get(key, otherwise) for key in keys.tolist()], keys.index, dtype=object)


def each_with(places: pd.DataFrame, table: pd.DataFrame, on: str) -> pd.DataFrame:
    """A row for each place and row of the table that agree in column `on`, in order of both.

    Column `order` has the place's number; of the place's own columns are there those that amounts rest on.
    """
    known = places[["property_id", "use", "status", "floor_area_m2"]].assign(order=np.arange(len(places)))
    return known.assign(use=known["use"].where(known["use"] != "", "other")).merge(table, on=on)


def share_of_floor(uses: pd.Series, kinds: pd.Series) -> pd.Series:
    """The share of the floor area that each kind of space usually has in a use; missing where it has none."""
    asked = pd.DataFrame({"use": uses.where(uses != "", "other"), "kind": kinds}, dtype=object)
    return asked.merge(typical_shares(), how="left", on=["use", "kind"])["share"].set_axis(uses.index)


def sums(frame: pd.DataFrame, kind: str, amount: str) -> pd.DataFrame:
    """Amounts by property and kind, as they come: columns property_id, kind and amount.

    Added up one by one from the first: pandas would add more exactly, and another last digit is another estimate.
    """
    of_place, places = pd.factorize(frame["property_id"].to_numpy())
    of_kind, kinds = pd.factorize(frame[kind].to_numpy())
    of_pair, pairs = pd.factorize(of_place * len(kinds) + of_kind)
    place, kind_there = np.divmod(pairs, max(len(kinds), 1))
    found = pd.DataFrame({"property_id": places[place], "kind": kinds[kind_there]}, dtype=object)
    return found.assign(amount=np.bincount(of_pair, frame[amount], minlength=len(found)))


def amounts_at(amounts: pd.DataFrame, property_ids: pd.Series, kinds: pd.Series) -> pd.Series:
    """The amount of `sums` at each pair of property and kind; missing where there is none."""
    if amounts.empty:
        return pd.Series(np.nan, property_ids.index)
    asked = pd.DataFrame({"property_id": property_ids, "kind": kinds}, dtype=object)
    return asked.merge(amounts, how="left", on=["property_id", "kind"])["amount"].set_axis(property_ids.index)


def largest_kinds(amounts: pd.DataFrame, property_ids: pd.Series) -> pd.DataFrame:
    """The kind with the most floor area in each property and its amount, of `sums`; of equals the first by name.

    Both are missing where the property has no space.
    """
    m2 = -amounts["amount"] * amounts["kind"].map(m2_per_unit())
    kinds = pd.factorize(amounts["kind"], sort=True)[0]
    places = pd.factorize(amounts["property_id"])[0]
    order = np.lexsort((kinds, m2, places))
    found = amounts.iloc[order[np.diff(places[order], prepend=-1) != 0]].set_index("property_id")
    there: pd.DataFrame = found.reindex(property_ids.to_numpy()).set_axis(property_ids.index)
    return there


def larger(one: pd.Series, other: pd.Series) -> pd.Series:
    """The larger of each two; missing where either is."""
    return pd.Series(np.maximum(one, other), one.index)


def smaller(one: pd.Series, other: pd.Series) -> pd.Series:
    """The smaller of each two; missing where either is."""
    return pd.Series(np.minimum(one, other), one.index)


def rounded(values: pd.Series, decimals: int) -> pd.Series:
    """Rounded as Python does, from the exact value: numpy would make 0.4 of 0.35, which is a little less."""
    if decimals == 0:
        return values.round(0)
    return pd.Series([round(value, decimals) for value in values.tolist()], values.index, dtype="float64")


def down_to_tenths(amounts: pd.Series) -> pd.Series:
    """Rounded down to a tenth, so that a need never outgrows its room."""
    return pd.Series(np.floor(amounts * 10 + 1e-6) / 10, amounts.index)


def new_ids(taken: pd.Index, property_ids: pd.Series, part: str | pd.Series) -> pd.Index:
    """Ids of new rows: the property's and what part of it the row is, and as many ~ as make it a new one."""
    ids: pd.Index = pd.Index((property_ids + "#" + part).to_numpy(dtype=object), dtype=object)
    while (stands := ids.isin(taken)).any():
        ids = ids.where(~stands, ids + "~")
    return ids
