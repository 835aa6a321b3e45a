"""Carbon of the energy in use, from raw rows and the dated factors. Exact fractions of a tonne."""

import csv
import math
from fractions import Fraction
from functools import cache

import data
from estate import rates
from optimiser.checker.facts import ZERO, Facts, Findings, exact

_ROUNDING = Fraction(1, 10**6)  # a cap missed by less is the solver's arithmetic, not a decision
_TONNES = 1e-6


def check_carbon(facts: Facts, findings: Findings) -> None:
    """The plan's tonnes, and the caps."""
    last, years = facts.base_year + facts.horizon - 1, range(facts.base_year, facts.base_year + facts.horizon)
    today = sum((mwh(facts, key) for key in facts.scope), ZERO)
    after = _by_year(facts)
    true = {
        "carbon_tonnes_last_year_today": today * tonnes_per_mwh(facts, last),
        "carbon_tonnes_last_year_after": after[last],
        "carbon_tonnes_today": sum((today * tonnes_per_mwh(facts, year) for year in years), ZERO),
        "carbon_tonnes_after": sum(after.values(), ZERO),
    }
    for word, tonnes in true.items():
        said = getattr(facts.plan.figures, word, math.nan)
        agree = abs(said - float(tonnes)) <= max(_TONNES, 1e-9 * float(tonnes))
        findings.holds(word.replace("_", " "), agree, said, float(tonnes))


def check_caps(facts: Facts, findings: Findings) -> None:
    """No more carbon than the caps allow, in the last year and in all."""
    asked = facts.scenario.carbon
    if asked.most_tonnes_per_year is None and asked.most_tonnes is None:
        return
    after = _by_year(facts)
    for what, cap, tonnes in (
        ("carbon in the last year", asked.most_tonnes_per_year, after[facts.base_year + facts.horizon - 1]),
        ("carbon over all years", asked.most_tonnes, sum(after.values(), ZERO)),
    ):
        if cap is not None:
            enough = tonnes <= exact(cap) + _ROUNDING * max(exact(cap), tonnes)
            findings.holds(what, enough, f"{float(tonnes):,.3f}", f"{cap:,g} at the most")


def _by_year(facts: Facts) -> dict[int, Fraction]:
    """Tonnes of what is kept, in every year."""
    found: dict[int, Fraction] = {}
    for start, length in zip(facts.starts, facts.scenario.phases.years, strict=True):
        first = facts.base_year + start
        used = sum((mwh(facts, key) for key in facts.scope if facts.kept(key, first)), ZERO)
        found |= {year: used * tonnes_per_mwh(facts, year) for year in range(first, first + length)}
    return found


def mwh(facts: Facts, key: str) -> Fraction:
    """Energy of a property in a year, recorded or by the benchmark."""
    row = facts.properties[key]
    if not math.isnan(row["energy_kwh_per_year"]):
        return exact(row["energy_kwh_per_year"]) / 1000
    if row["holding"] == "land":
        return ZERO
    return exact(row["floor_area_m2"]) * exact(facts.scenario.carbon.kwh_per_m2) / 1000


def tonnes_per_mwh(facts: Facts, year: int) -> Fraction:
    """What a MWh emits in a year, by the mix of electricity and fuel."""
    share = exact(facts.scenario.carbon.electricity_share)
    return share * _dated("electricity_kg_per_kwh", year) + (1 - share) * _dated("fuel_kg_per_kwh", year)


def value_gbp_per_tonne(year: int) -> Fraction:
    """The carbon value of a year, in prices of 2026."""
    return _dated("gbp_2020_per_tonne", year) * exact(rates.value("uprate_2020_to_2026"))


@cache
def _dated(column: str, year: int) -> Fraction:
    """The figure of a year: on the straight line between those given, and level before and after them."""
    with (data.FOLDER / "rates" / "carbon.csv").open(encoding="utf-8", newline="") as file:
        rows = [(int(row["year"]), Fraction(row[column])) for row in csv.DictReader(file)]
    before = [row for row in rows if row[0] <= year]
    after = [row for row in rows if row[0] > year]
    if not before or not after:
        return (before or after)[-1 if before else 0][1]
    (first, low), (second, high) = before[-1], after[0]
    return low + (high - low) * Fraction(year - first, second - first)
