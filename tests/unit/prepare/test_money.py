"""What a property costs, brings and takes to leave, worked out by hand for the tiny place."""

from datetime import date

import pytest

from optimiser.prepare.inputs import prepare
from optimiser.prepare.money import discount_factor, sale_values
from tests.support.tiny_place import ROWS, asked, tiny


def test_use_cost_is_spread_over_those_who_are_there() -> None:
    hall = prepare(tiny(), asked()).properties["hall"]
    # 200 m2 in use of 400: half of the space is the least it is spread over, and that is just what is in use.
    assert hall.use_gbp_per_m2_per_year == pytest.approx(40_000 / 200)
    assert hall.holding_gbp_per_year == pytest.approx(90_000)


def test_few_people_do_not_carry_the_whole_use_cost() -> None:
    annexe = prepare(tiny(), asked()).properties["annexe"]
    # 50 m2 in use of 200: spread over 100 m2, and the other half counts as holding.
    assert annexe.use_gbp_per_m2_per_year == pytest.approx(100)
    assert annexe.holding_gbp_per_year == pytest.approx(45_000)


def test_what_is_leased_has_rent_and_no_price() -> None:
    depot = prepare(tiny(), asked()).properties["depot"]
    assert (depot.rent_gbp_per_year, depot.value_gbp, depot.void_gbp_per_year) == (20_000, 0, 0)


def test_leaving_a_lease_pays_to_the_next_break_that_notice_allows() -> None:
    depot = prepare(tiny(), asked(phases={"years": [2, 3, 5]})).properties["depot"]
    first, second, third = depot.exit_gbp
    assert first == pytest.approx(20_000 * 731 / 365.25 + 5_000)  # April 2026 to the break of April 2028
    assert second == pytest.approx(20_000 * 730 / 365.25 + 5_000)  # too late for notice: to the expiry of 2030
    assert third == pytest.approx(20_000 * 0.5 + 5_000)  # past the expiry: it rolls on six months' notice


@pytest.mark.parametrize(("liability", "share"), [("full", 1.0), ("", 1.0), ("internal", 0.5), ("none", 0.0)])
def test_dilapidations_follow_the_repair_liability(liability: str, share: float) -> None:
    lease = {**ROWS["lease"][0], "exit_cost_gbp": None, "repair_liability": liability, "rent_gbp_per_year": 0.0}
    depot = prepare(tiny(lease=[lease]), asked()).properties["depot"]
    assert list(depot.exit_gbp) == [pytest.approx(215 * 1000 * share)]


def test_price_is_the_higher_of_the_latest_opinions() -> None:
    def opinion(key: str, basis: str, gbp: float, day: date | None) -> dict[str, object]:
        return {"id": key, "property_id": "hall", "basis": basis, "value_gbp": gbp, "valued_on": day}

    rows = [
        opinion("1", "market", 9e6, date(2010, 1, 1)),
        opinion("2", "market", 1e6, date(2024, 1, 1)),
        opinion("3", "best_alternative", 2e6, None),
    ]
    assert sale_values(tiny(valuation=rows).valuations)["hall"] == 2e6


def test_discounting_starts_after_the_base_year() -> None:
    inputs = prepare(tiny(), asked(phases={"years": [2, 3]}))
    first, second = inputs.phases
    assert first.start_factor == 1
    assert first.annuity == pytest.approx(1 + 1 / 1.035)
    assert second.start_factor == pytest.approx(1 / 1.035**2)
    assert inputs.end_factor == pytest.approx(discount_factor(0.035, 5))


def test_a_site_with_a_leased_or_excluded_part_is_not_for_sale() -> None:
    whole = prepare(tiny(), asked())
    assert whole.sites == {"civic": ("annexe", "hall"), "clinic": ("clinic",), "library": ("library",)}
    parted = prepare(tiny(), asked(scope={"exclude_properties": ["annexe"]}))
    assert "civic" not in parted.sites
    assert "hall" not in parted.sold_with


def test_what_is_empty_today_costs_no_less_by_being_left() -> None:
    teams = [row for row in ROWS["team"] if row["id"] != "desk"]
    annexe = prepare(tiny(team=teams, property=_vacant_annexe()), asked()).properties["annexe"]
    assert annexe.void_gbp_per_year == annexe.holding_gbp_per_year == 50_000


def _vacant_annexe() -> list[dict[str, object]]:
    return [{**row, "status": "vacant"} if row["id"] == "annexe" else row for row in ROWS["property"]]
