"""What stands on each sheet of the workbook: headers with their units, and rows."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from pydantic import BaseModel

from estate import rates
from estate.snapshot import Snapshot
from maps import view, words
from maps.pack import money_sheets, people_sheets
from maps.pack.sequence import steps
from maps.pack.sheet import Column, Sheet
from optimiser.plan import Plan
from optimiser.scenario import Scenario
from optimiser.settings import Rates, Travel

_TONNES = "tonnes of CO2e"


def of(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> list[Sheet]:
    """Every sheet in order."""
    return [
        _summary(plan, snapshot, scenario),
        _properties(plan, snapshot),
        _moves(plan, snapshot),
        people_sheets.reach(plan, snapshot),
        people_sheets.equality(plan, snapshot),
        people_sheets.zones(plan, snapshot),
        people_sheets.counters(plan, snapshot),
        _costs(plan),
        money_sheets.partners(plan, snapshot),
        money_sheets.budget(plan),
        money_sheets.funds(plan, snapshot),
        _estimates(snapshot),
        _sources(snapshot, scenario),
    ]


def _summary(plan: Plan, snapshot: Snapshot, scenario: Scenario) -> Sheet:
    rows: list[tuple[Any, ...]] = [
        ("Scenario", scenario.name, ""),
        ("How good the plan is known to be", words.proof(plan), ""),
        ("Status", plan.status, ""),
        ("Present cost of the plan", ("decimal", plan.objective_gbp_k), "GBP thousand"),
        ("No plan can cost less than", ("decimal", plan.bound_gbp_k), "GBP thousand"),
        ("Gap between the two", ("share", plan.gap), "share"),
        ("How the bound was found", plan.bound_method, ""),
        *_figures(plan),
        ("Price base and first year", words.financial_year(plan.base_year), "financial year from April"),
        ("Snapshot of the register", snapshot.digest, "digest"),
        ("Scenario as asked", plan.scenario_digest, "digest"),
        ("Solver", plan.solver, ""),
        ("Seed", ("year", plan.seed), ""),
        ("Time taken", ("decimal", plan.seconds), "seconds"),
        *(("Rules that cannot hold together", conflict, "") for conflict in plan.conflicts),
        *(("A plan can be found once this gives", give, "") for give in plan.gives),
        *(("Note", note, "") for note in plan.notes),
    ]
    return Sheet("Summary", (Column("Item", width=36), Column("Value", width=60), Column("Unit", width=26)), rows)


def _figures(plan: Plan) -> Iterable[tuple[Any, ...]]:
    figures = plan.figures
    if figures is None:
        return
    yield "Running cost today", ("gbp", figures.running_cost_today_gbp_per_year), "GBP a year"
    yield "Running cost after", ("gbp", figures.running_cost_after_gbp_per_year), "GBP a year"
    yield "Saving a year", ("gbp", figures.saving_gbp_per_year), "GBP a year"
    yield "Receipts from sales", ("gbp", figures.capital_receipts_gbp), "GBP"
    yield "One-off cost", ("gbp", figures.one_off_cost_gbp), "GBP"
    yield "Repairs that fall due in what is kept", ("gbp", figures.backlog_gbp), "GBP"
    yield (
        "Carbon in the last year, today's estate kept",
        ("decimal", figures.carbon_tonnes_last_year_today),
        _TONNES,
    )
    yield "Carbon in the last year, after", ("decimal", figures.carbon_tonnes_last_year_after), _TONNES
    yield "Carbon over all years, today's estate kept", ("decimal", figures.carbon_tonnes_today), _TONNES
    yield "Carbon over all years, after", ("decimal", figures.carbon_tonnes_after), _TONNES
    yield "Net present social value against today's estate", ("gbp", figures.npsv_gbp), "GBP"
    yield "Properties today", ("whole", figures.properties_today), "properties"
    yield "Properties that go", ("whole", figures.properties_left), "properties"
    yield "People who move", ("decimal", figures.people_moved), "full-time equivalents"
    yield "Share of these pounds that are estimates", ("share", figures.estimated_share), "share"


def _properties(plan: Plan, snapshot: Snapshot) -> Sheet:
    columns = (
        Column("Id"), Column("Name", width=32), Column("Owner", width=24), Column("Address", width=28),
        Column("Postcode", width=11), Column("UPRN", width=15), Column("Use", width=16),
        Column("Tenure", width=11),
        Column("Floor area (m2)", "whole", 11), Column("Floor area is an estimate", width=11),
        Column("Action", width=22), Column("Year left", width=10),
        Column("Running cost today, with rent (GBP a year)", "gbp"),
        Column("Running cost after (GBP a year)", "gbp"), Column("Saving (GBP a year)", "gbp"),
        Column("Sold", width=7), Column("Goes to the community", width=12), Column("Lease ends", width=10),
        Column("Receipt before sale costs (GBP)", "gbp"), Column("Shared hub from", width=10),
        Column("Partners in the hub", width=30),
        Column("One-off cost (GBP)", "gbp"), Column("Repairs due while kept (GBP)", "gbp"),
        Column("Some of its pounds are estimates", width=13),
        Column("Teams", width=50),
    )  # fmt: skip
    held, owners = snapshot.properties, snapshot.organisations["name"]
    said, costed = view.team_words(plan, snapshot), view.with_running_cost(snapshot)
    valued = set(snapshot.valuations["property_id"])
    rows = []
    for action in plan.properties:
        row = held.loc[action.property_id]
        known = action.property_id in costed or action.running_cost_today_gbp_per_year != 0
        rows.append(
            (
                action.property_id, row["name"], owners[row["organisation_id"]], row["address"], row["postcode"],
                row["uprn"], row["use"].replace("_", " "), row["tenure"], row["floor_area_m2"],
                bool(row["floor_area_estimated"]), words.ACTIONS[action.action], words.financial_year(action.year),
                action.running_cost_today_gbp_per_year if known else None,
                action.running_cost_after_gbp_per_year if known else None,
                view.saving(action, known), action.sold, words.financial_year(action.transferred_year),
                words.financial_year(action.lease_ends_year),
                view.receipt(action, action.property_id in valued), words.financial_year(action.hub_year),
                "; ".join(owners[body] for body in action.partners),
                action.one_off_cost_gbp, action.backlog_gbp, action.estimated, said.get(action.property_id, ""),
            )
        )  # fmt: skip
    return Sheet("Properties", columns, rows, frozen_columns=2)


def _moves(plan: Plan, snapshot: Snapshot) -> Sheet:
    columns = (
        Column("Team id"), Column("Team", width=28), Column("From", width=32), Column("To", width=32),
        Column("Year", width=10), Column("Step in the year", width=12), Column("People (FTE)", "decimal", 10),
        Column("Distance in a straight line (km)", "decimal", 13), Column("Move and fit-out (GBP)", "gbp"),
        Column("From id"), Column("To id"),
    )  # fmt: skip
    teams, held = snapshot.teams["name"], snapshot.properties["name"]
    rows = [
        (
            move.team_id, teams[move.team_id], held[move.from_property_id], held[move.to_property_id],
            words.financial_year(move.year), "in a circle: needs a place to wait" if step is None else step,
            move.fte, move.km, move.cost_gbp, move.from_property_id, move.to_property_id,
        )
        for move, step in sorted(
            zip(plan.moves, steps(plan, snapshot), strict=True),
            key=lambda pair: (pair[0].year, pair[1] or math.inf, pair[0].team_id),
        )
    ]  # fmt: skip
    return Sheet("Moves", columns, rows, frozen_columns=2)


def _costs(plan: Plan) -> Sheet:
    columns = (
        Column("Cost", width=30), Column("Phase", "year", 9),
        Column("Present value; receipts are below zero (GBP thousand)", "decimal", 24),
    )  # fmt: skip
    rows = [(line.cost.replace("_", " "), line.phase, line.gbp_k) for line in plan.costs]
    return Sheet("Costs", columns, rows)


def _estimates(snapshot: Snapshot) -> Sheet:
    headers = {
        "table": Column("Table"), "record_id": Column("Record", width=22), "property_id": Column("Property"),
        "column": Column("Column", width=20), "value": Column("Estimate", "any", 16), "unit": Column("Unit"),
        "rule": Column("Rule", width=44), "as_of": Column("As of", width=12), "source": Column("Source", width=44),
    }  # fmt: skip
    fills = snapshot.estimates[list(headers)]
    rows = [tuple(_plain(value) for value in row) for row in fills.itertuples(index=False)]
    return Sheet("Estimates", tuple(headers.values()), rows)


def _plain(value: Any) -> Any:
    """A cell of a frame as text, number or None."""
    if value is None or value != value:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | int | float) else str(value)


def _sources(snapshot: Snapshot, scenario: Scenario) -> Sheet:
    columns = (
        Column("Figure", width=36), Column("Value used", "any", 14), Column("Unit", width=26),
        Column("Where it is from", width=70), Column("Standing", width=24),
    )  # fmt: skip
    rows = [
        *_DERIVED,
        *_settings(scenario.rates, Rates),
        *_settings(scenario.travel, Travel),
        *_standards(snapshot, scenario),
    ]
    return Sheet("Sources", columns, rows)


_REGISTER = "The register; gaps are filled by the benchmarks of sheet Estimates"
_DERIVED = tuple(
    (figure, None, unit, source, "worked out")
    for figure, unit, source in (
        ("Running cost today", "GBP a year", f"Tables running_cost and lease (rent). {_REGISTER}."),
        ("Running cost after", "GBP a year", "The same rows without what the plan leaves; see sheet Properties."),
        ("Receipts from sales", "GBP", f"Table valuation of what is sold. {_REGISTER}."),
        ("One-off cost", "GBP", "Moves and fit-out (sheet Moves), exit and sale costs (sheet Properties)."),
        ("Net present social value", "GBP", "Sheet Costs against today's estate kept as it is, discounted."),
        ("Reach", "share", "Sheet Zones: people of the zones within each service's minutes."),
        ("Share that are estimates", "share", "Pounds of the rows named on sheet Estimates over all pounds."),
    )
)


def _settings(used: BaseModel, model: type[BaseModel]) -> Iterable[tuple[Any, ...]]:
    """The scenario's prices and speeds: the public rate behind each, or that the scenario sets it."""
    public = rates.rates()
    for name, setting in model.model_fields.items():
        value = getattr(used, name)
        label = name.replace("_", " ")
        shown = ("text", value) if isinstance(value, str) else value
        if name in public and value == public[name].value:
            rate = public[name]
            yield label, shown, rate.unit, rate.source, f"{rate.status} ({rate.from_date})".replace("_", " ")
        else:
            chosen = "default of the scenario" if value == setting.default else "set in the scenario"
            yield label, shown, "", setting.description or "", chosen


def _standards(snapshot: Snapshot, scenario: Scenario) -> Iterable[tuple[Any, ...]]:
    for row in snapshot.services.itertuples():
        chosen = scenario.services.get(str(row.Index))
        minutes = chosen.minutes if chosen and chosen.minutes else row.minutes
        source = row.standard_source or "The register's table service; its source is not recorded"
        yield f"Standard: {row.name}", minutes, "minutes", source, "set in the scenario" if chosen else "register"
