"""How each figure of a property came about."""

from pathlib import Path

from estate.database import Register, write
from estate.explain import Explanation, Figure, explain
from estate.importers import import_files
from tests.support.rows import fill


def figure(found: Explanation, table: str, record: str, column: str) -> Figure:
    [one] = [f for f in found.figures if (f.table, f.record, f.column) == (table, record, column)]
    return one


def test_estimates_say_rule_inputs_source_and_what_would_replace_them(register: Register) -> None:
    with register.transaction() as connection:
        fill(connection)

    found = explain(register, "AC-3")

    area = figure(found, "property", "Depot, place unknown", "floor_area_m2")
    assert (area.estimated, area.value, area.unit, area.status, area.as_of) == (
        True, 370.0, "m2", "assumption", "2026-04-01",
    )  # fmt: skip
    assert area.rule.startswith("The typical floor area of the use")
    assert area.inputs["benchmark"].startswith("typical floor area 370 m2")
    energy = figure(found, "running_cost", "energy", "gbp_per_year")
    assert energy.value == 370.0 * 18
    assert energy.inputs == {
        "use": "other",
        "floor area": "370 m2 (an estimate)",
        "benchmark": "£18.00 a m2 a year for energy",
        "prices of": "2026",
    }
    assert "running_cost.csv" in energy.supply
    assert found.recorded == ()
    assert found.missing == ("place on the map", "tenure")


def test_recorded_figures_name_their_file_and_row(register: Register, tmp_path: Path) -> None:
    with register.transaction() as connection:
        fill(connection)
    (tmp_path / "running_cost.csv").write_text("id,property_id,category,gbp_per_year\nc9,ac-1,rates,77\n")
    import_files(register, [tmp_path / "running_cost.csv"])

    found = explain(register, "town hall")

    rates = figure(found, "running_cost", "rates", "gbp_per_year")
    assert (rates.estimated, rates.value, rates.source) == (False, 77.0, "running_cost.csv row 2")
    assert figure(found, "property", "Town Hall", "floor_area_m2").source == ""
    assert [f.table for f in found.estimated if f.table in {"running_cost", "valuation"}] == []


def test_an_estimate_goes_when_the_figure_comes(register: Register) -> None:
    with register.transaction() as connection:
        fill(connection)
        write(connection, "property", [{"id": "AC-3", "floor_area_m2": 500.0}])

    found = explain(register, "AC-3")

    area = figure(found, "property", "Depot, place unknown", "floor_area_m2")
    assert (area.estimated, area.value, area.status) == (False, 500.0, "recorded")
    assert figure(found, "running_cost", "energy", "gbp_per_year").inputs["floor area"] == "500 m2"


def test_land_a_lease_and_a_team_are_explained_too(register: Register) -> None:
    with register.transaction() as connection:
        fill(connection)
        write(connection, "property", [
            {"id": "field", "organisation_id": "ac", "name": "Field", "use": "park", "holding": "land",
             "tenure": "leasehold"},
            {"id": "office", "organisation_id": "ac", "name": "Office", "use": "office", "tenure": "leasehold"},
        ])  # fmt: skip

    field, office = explain(register, "field"), explain(register, "office")

    assert figure(field, "property", "Field", "land_area_ha").inputs["benchmark"] == "typical land area 2.5 ha"
    assert figure(field, "lease", "in", "rent_gbp_per_year").inputs["benchmark"] == "£25,000 a hectare"
    assert figure(office, "lease", "in", "rent_gbp_per_year").inputs["benchmark"] == "£130 a m2 a year"
    assert (
        figure(office, "team", "Office (estimated team)", "fte").inputs["benchmark"].startswith("14 m2 a person")
    )
    assert all(f.rule and f.supply and f.source for f in office.estimated)
