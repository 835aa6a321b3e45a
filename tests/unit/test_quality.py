"""What is at stake in a property, and how good an organisation's data is, worked out by hand."""

from typing import Any

import pytest

from estate.checks import Finding
from estate.database import Row
from estate.quality import NEEDED, scores
from estate.worth import Worth, worth_by_property

FULL: Row = {"id": "a", "organisation_id": "ac", "name": "Hall", "geometry": object(), "use": "office",
             "tenure": "freehold", "holding": "building", "floor_area_m2": 900.0, "land_area_ha": None,
             "status": "operational"}  # fmt: skip
ERROR = Finding("x", "error", "property", "a", "Hall", "ac", "", "", "", "")


def score(*properties: Row, findings: tuple[Finding, ...] = (), **tables: list[dict[str, Any]]) -> Any:
    rows: dict[str, list[Row]] = {name: [] for name in ("running_cost", "valuation", "team", "lease")} | tables
    organisations = [{"id": "ac", "name": "Ambridge"}]
    [found] = scores({**rows, "organisation": organisations, "property": list(properties)}, findings)
    return found


def test_a_property_of_which_all_is_recorded_scores_a_hundred() -> None:
    facts: dict[str, Any] = {"running_cost": [{"property_id": "a"}], "valuation": [{"property_id": "a"}],
             "team": [{"property_id": "a", "fte": 3.0}]}  # fmt: skip

    found = score(FULL, **facts)

    assert (found.organisation, found.score, found.facts_needed, found.facts_recorded) == ("Ambridge", 100.0, 7, 7)
    assert found.missing == dict.fromkeys(NEEDED, 0)
    assert score(FULL, findings=(ERROR,), **facts).score == 0.0
    assert score(FULL, {**FULL, "id": "b", "status": "left"}, **facts).properties == 1


@pytest.mark.parametrize(
    ("changes", "needed", "recorded"),
    [
        ({}, 7, 4),
        ({"geometry": None, "use": "other", "tenure": "unknown", "floor_area_m2": None}, 7, 0),
        ({"holding": "land"}, 6, 3),  # needs its land area and no people
        ({"holding": "land", "land_area_ha": 1.0}, 6, 4),
        ({"status": "let_out"}, 5, 4),  # the tenant's costs and people
        ({"tenure": "leasehold"}, 7, 4),
    ],
)
def test_what_is_missing_counts_against_the_score(changes: Row, needed: int, recorded: int) -> None:
    found = score({**FULL, **changes})

    assert (found.facts_needed, found.facts_recorded) == (needed, recorded)
    assert found.score == round(100 * recorded / needed, 1)


def test_a_leasehold_needs_the_rent_and_the_end_of_its_lease() -> None:
    place = {**FULL, "tenure": "leasehold"}
    lease = {"property_id": "a", "direction": "in", "rent_gbp_per_year": 5.0, "expiry_date": "2030-01-01"}

    assert score(place, lease=[lease]).missing["value or lease"] == 0
    assert score(place, lease=[{**lease, "expiry_date": None}]).missing["value or lease"] == 1
    assert score(place, valuation=[{"property_id": "a"}]).missing["value or lease"] == 1


def test_the_worth_is_the_larger_of_value_and_yearly_cost_and_says_which() -> None:
    place = {"organisation_id": "ac", "name": "x", "use": "office", "holding": "building", "status": "operational",
             "tenure": "freehold", "floor_area_m2": 100.0}  # fmt: skip
    rows: dict[str, list[Row]] = {
        "property": [{"id": key, **place} for key in "abc"] + [{"id": "d", **place, "tenure": "leasehold"}],
        "valuation": [{"id": f"v{n}", "property_id": "a", "basis": "market", "value_gbp": gbp}
                      for n, gbp in enumerate((5e5, 7e5))],
        "running_cost": [{"id": "c", "property_id": "b", "category": "other", "gbp_per_year": 9e6}],
        "lease": [{"id": "l", "property_id": "d", "direction": "in", "rent_gbp_per_year": 1e6},
                  {"id": "m", "property_id": "d", "direction": "out", "rent_gbp_per_year": 9e6}],
    }  # fmt: skip

    worth = worth_by_property(rows)

    assert worth["a"] == Worth(7e5, "value")
    assert worth["b"] == Worth(9e6, "cost a year")
    assert worth["c"] == Worth(130_000.0, "estimated value")  # 100 m2 at GBP 1,300
    assert worth["d"] == Worth(1e6 + 12_400.0, "estimated cost a year")  # and 124 a m2 to run
