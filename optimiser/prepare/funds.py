"""Pots of money with strings: whose spending each may pay for, of what kinds, and what comes in when."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from estate.problems import InputError, Problem
from estate.snapshot import Snapshot, records
from optimiser.scenario import Scenario

KINDS = ("move", "fit_out", "hub", "exit", "disposal")  # what the register's streams may name


@dataclass(frozen=True)
class Fund:
    """One pot. GBP k, real terms, not discounted."""

    name: str  # as people know it
    organisation: str | None  # whose spending it pays for; None: anybody's
    pays_for: tuple[str, ...]
    gbp_k: tuple[float, ...]  # that come in in each phase, beside receipts
    receipts_share: float = 0.0  # of the receipts that may be spent again
    receipts_of: str | None = None  # of one owner; None: of all


def stream_money_gbp_k(snapshot: Snapshot, scenario: Scenario) -> list[float]:
    """What the register's streams bring in in each phase."""
    phases = len(scenario.phases.years)
    found = [0.0] * phases
    for row in _rows(snapshot, scenario):
        found[_phase(scenario, row["year"])] += row["gbp"] / 1000
    return found


def funds_of(
    snapshot: Snapshot, scenario: Scenario, owners: tuple[str, ...], new_gbp_k: tuple[float, ...]
) -> dict[str, Fund]:
    """Every pot by its id: new funding, the register's streams, and the receipts of each owner and of the pool."""
    capital, pooled = scenario.capital, scenario.partners.pooled_share_of_receipts
    phases = len(scenario.phases.years)
    nothing = (0.0,) * phases
    found = {"new": Fund("New funding", None, capital.pays_for, new_gbp_k)}
    found |= _streams(snapshot, scenario)
    names = snapshot.organisations["name"].to_dict()
    if pooled < 1:
        for owner in owners:
            name = f"Receipts of {names[owner]}"
            found[f"receipts:{owner}"] = Fund(name, owner, capital.pays_for, nothing, 1 - pooled, owner)
    if pooled > 0:
        found["pool"] = Fund("Pooled receipts", None, capital.pays_for, nothing, pooled)
    return found


def _streams(snapshot: Snapshot, scenario: Scenario) -> dict[str, Fund]:
    """The register's streams; the years of one name, body and purpose are one pot, with the id of the first."""
    rows: dict[tuple[str, str | None, str], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(snapshot, scenario):
        rows[row["name"], row["organisation_id"] or None, row["eligible_spend"]].append(row)
    found = {}
    for (name, organisation, eligible), years in rows.items():
        money = [0.0] * len(scenario.phases.years)
        for row in years:
            money[_phase(scenario, row["year"])] += row["gbp"] / 1000
        wanted = eligible.split() or KINDS
        pays_for = tuple(kind for kind in scenario.capital.pays_for if kind in wanted)
        found[f"stream:{years[0]['id']}"] = Fund(name, organisation, pays_for, tuple(money))
    return found


def _rows(snapshot: Snapshot, scenario: Scenario) -> list[dict[str, Any]]:
    """The streams' rows of the horizon, where the scenario uses them. Raises InputError for unknown purposes."""
    rows = records(snapshot.funding_streams) if scenario.capital.funding_streams else []
    problems = [
        Problem(f"funding_stream {row['id']}", "there is no such kind of spending", f"Use {', '.join(KINDS)}",
                "eligible_spend", word)
        for row in rows
        for word in row["eligible_spend"].split()
        if word not in KINDS
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    first = scenario.phases.base_year
    return [row for row in rows if first <= row["year"] < first + sum(scenario.phases.years)]


def _phase(scenario: Scenario, year: float) -> int:
    """The phase, from 0, that a financial year is in."""
    years = scenario.phases.years
    return sum(scenario.phases.base_year + sum(years[: index + 1]) <= year for index in range(len(years)))
