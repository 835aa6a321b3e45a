"""The sheets of several plans side by side: wholes, properties, partners, years and costs."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from maps import words
from maps.pack.sheet import Column, Sheet
from optimiser.explain.side_by_side import Comparison, Option, YearOfPlan
from optimiser.plan import PropertyAction


def of(compared: Comparison, services: dict[str, str]) -> list[Sheet]:
    """Every sheet; `services` gives their names by id."""
    return [
        _options(compared, services),
        _properties(compared),
        _partners(compared),
        _years(compared),
        _costs(compared),
    ]


def _heads(compared: Comparison, what: str, kind: str, width: float = 16) -> list[Column]:
    """One column a plan, headed by its run."""
    return [Column(f"{one.run_id}: {what}", kind, width) for one in compared.options]


WHOLES: tuple[tuple[str, str, str, Callable[[Option], Any]], ...] = (
    ("Scenario", "text", "", lambda one: one.name),
    ("Status", "text", "", lambda one: one.status.replace("_", " ")),
    ("Present cost", "gbp", "GBP of present value", lambda one: one.cost_gbp),
    ("No plan of its scenario costs less than", "gbp", "GBP of present value", lambda one: one.no_less_than_gbp),
    ("Costs more than the first, plan for plan", "gbp", "GBP of present value",
     lambda one: None if one.dearer is None else one.dearer.found_gbp),
    ("The best plans differ by no less than", "gbp", "GBP of present value",
     lambda one: None if one.dearer is None else one.dearer.low_gbp),
    ("The best plans differ by no more than", "gbp", "GBP of present value",
     lambda one: None if one.dearer is None else one.dearer.high_gbp),
    ("Saving", "gbp", "GBP a year", lambda one: one.saving_gbp_per_year),
    ("Receipts from sales", "gbp", "GBP", lambda one: one.capital_receipts_gbp),
    ("One-off cost", "gbp", "GBP", lambda one: one.one_off_cost_gbp),
    ("Net present social value", "gbp", "GBP", lambda one: one.npsv_gbp),
    ("Carbon in the last year", "decimal", "tonnes of CO2e", lambda one: one.carbon_tonnes_last_year),
    ("Properties that go", "whole", "properties", lambda one: one.properties_left),
    ("People who move", "decimal", "full-time equivalents", lambda one: one.people_moved_fte),
)  # fmt: skip


def _options(compared: Comparison, services: dict[str, str]) -> Sheet:
    columns = [Column("Item", width=40), *_heads(compared, "plan", "any", 26), Column("Unit", width=24)]
    rows: list[Sequence[Any]] = [
        (name, *((kind, value(one)) for one in compared.options), unit) for name, kind, unit, value in WHOLES
    ]
    for key in sorted(set().union(*(one.reach for one in compared.options))):
        reached = ((("share"), one.reach.get(key)) for one in compared.options)
        rows.append((f"Within reach after: {services.get(key, key)}", *reached, "share of people"))
    if not compared.same_snapshot:
        rows.append(("Note", *(("text", _OTHER_DATA) for _ in compared.options), ""))
    return Sheet("Plans", columns, rows)


_OTHER_DATA = "The plans rest on different snapshots of the register: some differences are those of the data."


def _properties(compared: Comparison) -> Sheet:
    columns = [
        Column("Id"), Column("Name", width=32), Column("Owner id"), Column("The plans differ", width=10),
        Column("Plans that leave it", "whole", 10), *_heads(compared, "action", "text", 24),
        *_heads(compared, "running cost after (GBP a year)", "gbp"), *_heads(compared, "receipt (GBP)", "gbp"),
    ]  # fmt: skip
    rows = [
        (
            line.property_id, line.name, line.organisation_id, line.differs, line.left_in,
            *(fate(action) for action in line.actions),
            *(None if a is None else a.running_cost_after_gbp_per_year for a in line.actions),
            *(None if a is None else a.receipt_gbp for a in line.actions),
        )
        for line in sorted(compared.properties, key=lambda line: not line.differs)
    ]  # fmt: skip
    return Sheet("Properties compared", columns, rows, frozen_columns=2)


def fate(action: PropertyAction | None) -> str:
    """Leave 2026/27, sold; keep and take in teams; shared hub."""
    if action is None:
        return words.ACTIONS["outside"]
    said = words.ACTIONS[action.action]
    if action.year is not None:
        said += f" {words.financial_year(action.year)}"
    said += ", sold" if action.sold else ", to the community" if action.transferred_year is not None else ""
    return f"{said}, shared hub" if action.hub_year is not None else said


def _partners(compared: Comparison) -> Sheet:
    columns = [
        Column("Partner", width=32),
        Column("Cost of today's estate, kept (GBP of present value)", "gbp", 20),
        *_heads(compared, "cost (GBP of present value)", "gbp", 18),
        *_heads(compared, "better off than today by (GBP)", "gbp", 18), Column("Partner id"),
    ]  # fmt: skip
    rows = [
        (
            line.name, next((one.cost_today_gbp for one in line.positions if one), None),
            *(None if one is None else one.cost_after_gbp for one in line.positions),
            *(None if one is None else one.cost_today_gbp - one.cost_after_gbp for one in line.positions),
            line.organisation_id,
        )
        for line in compared.partners
    ]  # fmt: skip
    return Sheet("Partners compared", columns, rows)


_OF_YEAR: tuple[tuple[str, str, Callable[[YearOfPlan], float]], ...] = (
    ("properties that go", "whole", lambda one: one.properties_left),
    ("people who move (FTE)", "decimal", lambda one: one.people_moved_fte),
    ("moves and fit-out (GBP)", "gbp", lambda one: one.moves_gbp),
    ("prices of sales that begin (GBP)", "gbp", lambda one: one.sales_begun_gbp),
)


def _years(compared: Comparison) -> Sheet:
    columns = [Column("Year", width=10)]
    columns += [column for what, kind, _ in _OF_YEAR for column in _heads(compared, what, kind)]
    rows = [
        (words.financial_year(line.year), *(value(one) for _, _, value in _OF_YEAR for one in line.plans))
        for line in compared.years
    ]
    return Sheet("Years compared", columns, rows)


def _costs(compared: Comparison) -> Sheet:
    columns = [Column("Cost", width=28), *_heads(compared, "present value, receipts below zero (GBP)", "gbp", 20)]
    rows: Iterable[Sequence[Any]] = ((line.cost.replace("_", " "), *line.gbp) for line in compared.costs)
    return Sheet("Costs compared", columns, list(rows))
