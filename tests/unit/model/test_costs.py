"""Costs that a register or a scenario brings in: repairs outstanding, overlap and the travel of staff."""

import re

import pytest

from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from tests.support.tiny_place import ROWS, asked, tiny, with_backlog

NAMES = [row["id"] for row in ROWS["property"]]
LOOSE = {"services": {"advice": {"share_of_population": 0.0, "worst_case_minutes": 600}}}


def _line(plan: Plan, cost: str) -> list[float]:
    return [line.gbp_k for line in plan.costs if line.cost == cost]


@pytest.mark.parametrize(
    ("year", "phase", "factor"),
    [(None, 1, 1.0), (2019, 1, 1.0), (2027, 1, 1.035**-1), (2028, 2, 1.035**-2), (2035, 3, 1.035**-9)],
)
def test_repairs_fall_due_in_the_phase_of_their_year(year: int | None, phase: int, factor: float) -> None:
    rows = [{**row, "backlog_gbp": 1e5, "backlog_due_year": year} for row in ROWS["property"]]
    due = prepare(tiny(property=rows), asked(phases={"years": [2, 3, 5]})).properties["hall"].backlog
    assert due is not None
    assert (due.phase, due.gbp) == (phase, 1e5)
    assert due.factor == pytest.approx(factor)


def test_repairs_due_after_the_horizon_are_not_counted() -> None:
    rows = [{**row, "backlog_gbp": 1e5, "backlog_due_year": 2036} for row in ROWS["property"]]
    assert prepare(tiny(property=rows), asked()).properties["hall"].backlog is None


def test_a_property_is_left_before_its_repairs_are_done() -> None:
    plan = make_plan(tiny(property=with_backlog()), asked(pins={"keep": ["hall"]}, phases={"years": [2, 8]}))
    spent = {action.property_id: (action.year, action.backlog_gbp) for action in plan.properties}
    assert (spent["hall"], spent["library"]) == ((None, 250_000), (2026, 0))
    assert _line(plan, "backlog_maintenance") == [250, 0]
    assert plan.figures is not None
    assert plan.figures.backlog_gbp == 250_000


def test_repairs_saved_are_part_of_what_a_plan_is_worth() -> None:
    plain, worn = (make_plan(tiny(property=rows), asked()) for rows in (ROWS["property"], with_backlog()))
    assert plain.figures is not None
    assert worn.figures is not None
    gone = 250_000 + 40_000 / 1.035**2
    assert worn.figures.npsv_gbp - plain.figures.npsv_gbp == pytest.approx(gone)


def test_overlap_is_paid_once_for_what_people_move_out_of() -> None:
    months = {"double_running_months": 6.0, "void_cost_share": 0.0}
    pins = {"leave": ["hall"], "keep": ["annexe", "library", "clinic", "depot"]}
    plan = make_plan(tiny(), asked(pins=pins, rates=months))
    assert _line(plan, "double_running") == [pytest.approx(45)]  # half a year of the hall's 90,000
    hall = next(action for action in plan.properties if action.property_id == "hall")
    assert hall.one_off_cost_gbp == pytest.approx(45_000)


def test_nobody_moves_out_of_what_is_empty_today() -> None:
    rows = [{**row, "status": "vacant"} if row["id"] == "annexe" else row for row in ROWS["property"]]
    teams = [row for row in ROWS["team"] if row["id"] != "desk"]
    inputs = prepare(tiny(property=rows, team=teams), asked(rates={"double_running_months": 6.0}))
    assert inputs.properties["annexe"].overlap_gbp == 0
    assert inputs.properties["hall"].overlap_gbp == pytest.approx(90_000 * 0.65 / 2)


def test_staff_who_travel_further_may_make_a_nearer_place_better() -> None:
    pins = {"leave": ["hall"], "team_stays": ["desk", "readers", "nurses", "porters"]}
    near, far = (
        make_plan(tiny(), asked(**LOOSE, pins=pins, rates={"staff_travel_gbp_per_fte_km_per_year": rate}))
        for rate in (1_000.0, 0.0)
    )
    assert [(move.to_property_id, move.km) for move in far.moves] == [("depot", 10.0)]
    assert [(move.to_property_id, move.km) for move in near.moves] == [("clinic", 3.0)]
    years = sum(1.035**-year for year in range(10))
    assert _line(near, "travel_of_staff") == [pytest.approx(10 * 3 * years)]
    assert _line(far, "travel_of_staff") == [0]


def test_carbon_follows_the_dated_factors_and_the_mix() -> None:
    carbon = prepare(tiny(), asked(phases={"years": [2, 3]}, carbon={"electricity_share": 0.5})).carbon
    # Halfway from 2025 to 2030 electricity stands halfway from 0.177 to 0.09; 190 kWh a m2 of 1,000 m2.
    tonnes = [0.5 * (0.177 - 0.0174 * year) + 0.5 * 0.183 for year in range(1, 6)]
    assert carbon.mwh["hall"] == 190
    assert carbon.unrecorded == 5
    assert carbon.tonnes_per_mwh == pytest.approx((sum(tonnes[:2]), sum(tonnes[2:])))
    assert carbon.tonnes_per_mwh_last_year == pytest.approx(tonnes[-1])
    assert carbon.gbp_per_mwh == (0, 0)


def test_recorded_energy_comes_first_and_land_uses_none() -> None:
    rows = [{**row, "energy_kwh_per_year": 5e4} if row["id"] == "hall" else row for row in ROWS["property"]]
    rows[0] = {**rows[0], "holding": "land", "land_area_ha": 1.0}
    carbon = prepare(
        tiny(property=rows, team=[row for row in ROWS["team"] if row["id"] != "desk"]), asked()
    ).carbon
    assert carbon.mwh["hall"] == 50
    assert "annexe" not in carbon.mwh


def test_a_cap_on_carbon_closes_what_money_alone_would_keep() -> None:
    keep = {"moves": {"max_km": 12, "most_people_per_year": 100.0}, "rates": {"fit_out_gbp_per_m2": 20_000.0}}
    free = make_plan(tiny(), asked(**LOOSE, **keep))
    assert free.figures is not None
    assert free.moves == ()
    today = free.figures.carbon_tonnes_last_year_today
    capped = make_plan(tiny(), asked(**LOOSE, **keep, carbon={"most_tonnes_per_year": today * 0.7}))
    assert capped.figures is not None
    assert capped.figures.carbon_tonnes_last_year_after <= today * 0.7
    assert (capped.objective_gbp_k or 0) > (free.objective_gbp_k or 0)


def test_a_cap_that_cannot_be_met_is_told_with_what_could() -> None:
    stuck = make_plan(tiny(), asked(carbon={"most_tonnes": 0.0}))
    assert stuck.conflicts == ("carbon: at most 0 tonnes over all years",)
    (give,) = stuck.gives
    assert re.fullmatch(r"carbon: [\d,]+ tonnes over all years instead of 0", give)


def test_carbon_has_a_value_where_that_is_asked_for() -> None:
    plan = make_plan(tiny(), asked(phases={"years": [1]}, carbon={"valued": True}, pins={"keep": NAMES}))
    tonnes = 5 * 190 * (0.4 * 0.1596 + 0.6 * 0.183)
    assert _line(plan, "carbon_value") == [pytest.approx(264 * 1.2 * tonnes / 1000)]
