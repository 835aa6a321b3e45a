"""Typical figures by use of a property, from `data/rates/`: what the estimates rest on."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

import data
from estate import rates

PRICE_YEAR = 2026  # the prices that estimates are given in: the financial year from April 2026
COST_CATEGORIES = ("rates", "energy", "hard_fm", "soft_fm", "other")


@dataclass(frozen=True)
class Benchmark:
    """What is typical of one use. Money is in prices of `PRICE_YEAR`.

    `space_shares` is the share of the floor area by kind of space; `m2_per_fte` is floor area for each person.
    """

    use: str
    floor_area_m2: float
    land_area_ha: float
    costs_gbp_per_m2: dict[str, float]
    rent_gbp_per_m2: float
    value_gbp_per_m2: float
    value_gbp_per_ha: float
    land_holding_gbp_per_ha: float
    m2_per_fte: float
    team_may_move: bool
    space_shares: dict[str, float]
    from_date: date
    source: str

    @property
    def main_kind(self) -> str:
        """The kind of space with the largest share."""
        return max(self.space_shares, key=lambda kind: self.space_shares[kind])

    @property
    def usable_share(self) -> float:
        """Share of the floor area that is usable space of any kind; the rest is corridors, plant and the like."""
        return sum(self.space_shares.values())


def benchmark(use: str) -> Benchmark:
    """The benchmark of a use; of `other` where the use is not known."""
    return benchmarks()[use or "other"]


@cache
def benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by use."""
    shares: dict[str, dict[str, float]] = {}
    for row in _read("use_space_shares.csv"):
        shares.setdefault(row["use"], {})[row["kind"]] = float(row["share_of_floor_area"])
    return {row["use"]: _benchmark(row, shares[row["use"]]) for row in _read("use_benchmarks.csv")}


@cache
def typical() -> pd.DataFrame:
    """The plain figures of every benchmark: a row a use, a column a field, with `main_kind` and `usable_share`."""
    texts = ("main_kind", "source", "from_date")
    figures = ("floor_area_m2", "land_area_ha", "m2_per_fte", "rent_gbp_per_m2", "value_gbp_per_m2",
               "value_gbp_per_ha", "land_holding_gbp_per_ha", "team_may_move", "usable_share")  # fmt: skip
    rows = [[getattr(each, name) for name in (*texts, *figures)] for each in benchmarks().values()]
    frame = pd.DataFrame(rows, pd.Index(list(benchmarks()), dtype=object), [*texts, *figures], dtype=object)
    return frame.astype({name: "bool" if name == "team_may_move" else "float64" for name in figures})


@cache
def typical_costs() -> pd.DataFrame:
    """Costs a m2: columns use, category, part (holding or use) and gbp_per_m2, in the order of COST_CATEGORIES.

    Category and part are categories of pandas.
    """
    rows = [
        (use, category, cost_parts()[category], gbp)
        for use, each in benchmarks().items()
        for category, gbp in each.costs_gbp_per_m2.items()
    ]
    names = ["use", "category", "part", "gbp_per_m2"]
    types = {"category": "category", "part": "category", "gbp_per_m2": "float64"}
    return pd.DataFrame(rows, columns=names, dtype=object).astype(types)


@cache
def typical_shares() -> pd.DataFrame:
    """Shares of the floor area: columns use, kind (of space, as a category of pandas) and share."""
    rows = [(use, kind, share) for use, each in benchmarks().items() for kind, share in each.space_shares.items()]
    types = {"kind": "category", "share": "float64"}
    return pd.DataFrame(rows, columns=["use", "kind", "share"], dtype=object).astype(types)


def _benchmark(row: dict[str, str], shares: dict[str, float]) -> Benchmark:
    uprate = _uprate(int(row["price_year"]))
    plain = ("floor_area_m2", "land_area_ha", "m2_per_fte")
    money = ("rent_gbp_per_m2", "value_gbp_per_m2", "value_gbp_per_ha", "land_holding_gbp_per_ha")
    figures: dict[str, Any] = {name: float(row[name]) for name in plain}
    figures |= {name: float(row[name]) for name in money}  # rents and values are given in current prices
    return Benchmark(
        use=row["use"],
        costs_gbp_per_m2={name: uprate * float(row[f"{name}_gbp_per_m2"]) for name in COST_CATEGORIES},
        team_may_move=row["team_may_move"] == "yes",
        space_shares=shares,
        from_date=date.fromisoformat(row["from_date"]),
        source=f"{row['source']} ({row['status']})",
        **figures,
    )


def _uprate(price_year: int) -> float:
    return 1.0 if price_year == PRICE_YEAR else rates.value(f"uprate_{price_year}_to_{PRICE_YEAR}")


@cache
def cost_parts() -> dict[str, str]:
    """Whether a category of running cost is spent while held (holding) or goes with the space in use (use)."""
    return {row["category"]: row["part"] for row in _read("cost_parts.csv")}


@cache
def m2_per_unit() -> dict[str, float]:
    """Floor area of one unit of each kind of space, m2."""
    return {row["kind"]: float(row["m2_per_unit"]) for row in _read("space_kinds.csv")}


def _read(name: str) -> list[dict[str, str]]:
    with (data.FOLDER / "rates" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
