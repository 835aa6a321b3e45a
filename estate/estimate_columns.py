"""Whole columns for the rules of the benchmark estimates: what is typical, what is where, rounding and ids.

A property is known here by its place: its number in the frame of properties. Texts of a few kinds are categories,
and a use is the row of its benchmark in `benchmarks.typical`: numbers are many times as fast as texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from estate.benchmarks import m2_per_unit, typical, typical_shares
from estate.fills import Frames
from estate.frames import as_objects
from estate.services import definitions

Numbers = NDArray[Any]
Places = Numbers | pd.Series | pd.Index
_ASKED = ("tenure", "holding", "status", "floor_area_m2", "land_area_ha")


def places_of(frames: Frames) -> pd.DataFrame:
    """What the rules ask of each property, by its place; `benchmark` is that of its use, or of `other`."""
    held = frames["property"]
    asked = {name: held[name].array for name in _ASKED}
    return pd.DataFrame({"benchmark": benchmarks_of(held["use"].array), **asked}, copy=False)


def benchmarks_of(uses: pd.Categorical) -> Numbers:
    """The row of `benchmarks.typical` of each use; of `other` where it is blank.

    Raises KeyError for a use that has no benchmark.
    """
    known = [use or "other" for use in uses.categories.tolist()]
    found: Numbers = np.array([typical().index.get_loc(use) for use in known], dtype=np.intp)[uses.codes]
    return found


def typical_at(benchmarks: Numbers | pd.Series, figure: str) -> Numbers:
    """A figure of `benchmarks.typical` for each benchmark."""
    found: Numbers = typical()[figure].to_numpy()[np.asarray(benchmarks)]
    return found


def benchmarks_of_teams(frames: Frames, teams: pd.DataFrame) -> Numbers:
    """The benchmark of the use that each team's service has; of its property's where it offers none."""
    of_service = {service.id: typical().index.get_loc(service.use) for service in definitions().values()}
    codes, services = pd.factorize(teams["service_id"].to_numpy())
    own = np.array([of_service.get(service, -1) for service in services], dtype=np.intp)[codes]
    return np.where(own >= 0, own, benchmarks_there(frames, teams))


def benchmarks_there(frames: Frames, rows: pd.DataFrame) -> Numbers:
    """The benchmark of the property that each row belongs to. Raises KeyError where the register lacks it."""
    unknown = rows.loc[rows["place"] < 0, "property_id"]
    if len(unknown):
        raise KeyError(unknown.iloc[0])
    return benchmarks_of(frames["property"]["use"].array)[rows["place"]]


def has_rows(frames: Frames, rows: pd.DataFrame) -> Numbers:
    """Whether each property has one of the rows."""
    found = np.zeros(len(frames["property"]), dtype=bool)
    place = rows["place"].to_numpy()
    found[place[place >= 0]] = True
    return found


def looked_up(keys: pd.Series, known: Mapping[str, str], otherwise: str | None = None) -> pd.Series:
    """The text that each key has in `known`."""
    return pd.Series([known.get(key, otherwise) for key in keys.tolist()], keys.index, dtype=object)


def each_with(places: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """A row for each place and row of the table for its use, in order of both, with the columns of both.

    The table has the rows of a use together, in column `use`. The index has the places.
    """
    of_use = typical().index.get_indexer(pd.Index(table["use"]))
    rows_of_use = np.bincount(of_use, minlength=len(typical()))
    first_of_use = np.cumsum(rows_of_use) - rows_of_use
    wanted = rows_of_use[places["benchmark"]]
    before = np.cumsum(wanted) - wanted
    place = np.repeat(np.arange(len(places)), wanted)
    row = np.arange(len(place)) + (first_of_use[places["benchmark"]] - before)[place]
    added = {str(name): table[name].array.take(row) for name in table.columns if name != "use"}
    return places.take(place).assign(**added)


@dataclass(frozen=True)
class Amounts:
    """How much there is of each kind in each property; arrays of a row a place and a column a kind.

    `amount` is 0 where `there` says that no row has any.
    """

    kinds: pd.Index  # sorted
    amount: Numbers
    there: Numbers

    @classmethod
    def of(cls, frames: Frames, rows: pd.DataFrame, kind: str, amount: str) -> "Amounts":
        """Added up one by one from the first row: more exact sums would be other estimates."""
        known = rows["place"].to_numpy() >= 0  # arrays: pandas would index the ids for a frame of them
        place, amounts = rows["place"].to_numpy()[known], rows[amount].to_numpy()[known]
        codes, kinds = pd.factorize(rows[kind].to_numpy()[known], sort=True)
        shape = (len(frames["property"]), len(kinds))
        pair = place * len(kinds) + codes
        total = np.bincount(pair, amounts, minlength=shape[0] * shape[1]).reshape(shape)
        there = np.zeros(shape, dtype=bool)
        there.flat[pair] = True
        return cls(pd.Index(kinds, dtype=object), total, there)

    def at(self, places: Places, kinds: pd.Series) -> Numbers:
        """The amount of each kind in each place; missing where there is none."""
        column = _numbers_in(self.kinds, kinds)
        if not self.kinds.size:
            return np.full(len(column), np.nan)
        cell = np.asarray(places), np.maximum(column, 0)
        return np.where((column >= 0) & self.there[cell], self.amount[cell], np.nan)

    def m2(self) -> Numbers:
        """The amounts in m2; missing for a kind without unit."""
        units: Numbers = np.array([m2_per_unit().get(kind, np.nan) for kind in self.kinds], dtype="float64")
        return self.amount * units

    def largest(self, places: Places) -> tuple[pd.Series, Numbers]:
        """The kind with the most floor area in each place, of equals the first by name, and its amount.

        Both are missing where there is none.
        """
        rows = np.asarray(places)
        if not self.kinds.size:
            return pd.Series(np.full(len(rows), None), dtype=object), np.full(len(rows), np.nan)
        m2 = np.nan_to_num(self.m2()[rows], nan=np.finfo(float).min)
        there = self.there[rows]
        column = np.where(there, m2, -np.inf).argmax(axis=1)
        any_there = there.any(axis=1)
        kinds = np.where(any_there, self.kinds.to_numpy()[column], None)
        return pd.Series(kinds, dtype=object), np.where(any_there, self.amount[rows, column], np.nan)


def share_of_floor(benchmarks: Numbers, kinds: pd.Series) -> Numbers:
    """The share of the floor area that each kind of space usually has in a use; missing where it has none."""
    shares = typical_shares()
    columns = shares["kind"].cat.categories
    table = np.full((len(typical()), len(columns) + 1), np.nan)  # the last column is that of any other kind
    table[typical().index.get_indexer(pd.Index(shares["use"])), shares["kind"].cat.codes] = shares["share"]
    found: Numbers = table[benchmarks, _numbers_in(columns, kinds)]
    return found


def m2_each(kinds: pd.Series) -> Numbers:
    """Floor area of one unit of each kind, m2; missing for a kind without unit."""
    units = np.array([*m2_per_unit().values(), np.nan])
    found: Numbers = units[_numbers_in(pd.Index(list(m2_per_unit()), dtype=object), kinds)]
    return found


def _numbers_in(known: pd.Index, texts: pd.Series) -> Numbers:
    """Where each text stands among those known; -1 where it does not."""
    found = texts.astype("category").array
    numbers: Numbers = np.append(known.get_indexer(found.categories), -1)[found.codes]
    return numbers


def rounded(values: Numbers, decimals: int) -> Numbers:
    """Rounded as Python does, from the exact value: numpy would make 0.4 of 0.35, which is a little less.

    Python is asked of those near a half alone: elsewhere the two agree.
    """
    scale = 10.0 ** abs(decimals)
    scaled = values * scale if decimals > 0 else values / scale
    whole = np.rint(scaled)
    found: Numbers = whole / scale if decimals > 0 else whole * scale
    near_half = np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < 1e-4)
    found[near_half] = [round(value, decimals) for value in values[near_half].tolist()]
    return found


def down_to_tenths(amounts: Numbers) -> Numbers:
    """Rounded down to a tenth, so that a need never outgrows its room."""
    return np.floor(amounts * 10 + 1e-6) / 10


def new_ids(taken: pd.Index, property_ids: Numbers, parts: str | pd.Series) -> pd.Index:
    """Ids of new rows: the property's and what part of it the row is, and as many ~ as make it a new one."""
    if isinstance(parts, str):
        ids = property_ids + f"#{parts}"
    else:
        kinds = parts.astype("category").array
        ids = property_ids + np.array([f"#{kind}" for kind in kinds.categories], dtype=object)[kinds.codes]
    known = taken.tolist()
    while known and not set(ids.tolist()).isdisjoint(known):
        stand = set(known)
        ids = as_objects([f"{key}~" if key in stand else key for key in ids.tolist()])
    return pd.Index(ids, dtype=object)
