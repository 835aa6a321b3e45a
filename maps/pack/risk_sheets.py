"""The sheets of an appraisal that say how sure it is, what is borrowed when, and what carbon is saved."""

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from estate.snapshot import Snapshot
from maps.pack.sheet import Column, Formula, Sheet
from maps.words import financial_year
from optimiser.appraise.business_case import BusinessCase
from optimiser.appraise.capital import Capital
from optimiser.appraise.carbon import Carbon
from optimiser.appraise.risk import Risk


def capital(found: Capital, *, live: bool) -> Sheet:
    """One row a financial year; with formulas the balances add up by themselves."""
    heads = (
        "Spent to get there", "Costs of sale", "New money", "Receipts as planned", "Receipts, low",
        "Receipts, high", "Receipts expected", "Receipts, cautious", "Balance as planned", "Balance, cautious",
    )  # fmt: skip
    rows = []
    for number, row in enumerate(found.years, start=1):
        rows.append(
            (
                financial_year(row.year), row.spent_gbp, row.sale_costs_gbp, row.new_money_gbp, row.receipts_gbp,
                row.receipts_low_gbp, row.receipts_high_gbp, row.receipts_expected_gbp, row.receipts_cautious_gbp,
                _balance(number, 4, 9, row.balance_gbp, live),
                _balance(number, 8, 10, row.balance_cautious_gbp, live),
            )
        )  # fmt: skip
    return Sheet(
        "Capital", (Column("Year", width=10), *(Column(f"{head} (GBP)", "gbp", 15) for head in heads)), rows
    )


def _balance(row: int, came: int, column: int, gbp: float, live: bool) -> Any:
    """The balance of a row from the one before it, new money, what came in and what went out."""
    spent, fees, new, received = (xl_rowcol_to_cell(row, position) for position in (1, 2, 3, came))
    before = f"{xl_rowcol_to_cell(row - 1, column)}+" if row > 1 else ""
    return Formula(f"={before}{new}+{received}-{spent}-{fees}", gbp) if live else gbp


def sales(found: Capital, snapshot: Snapshot) -> Sheet:
    """One row a sale."""
    columns = (
        Column("Site or property", width=18), Column("Properties", width=50), Column("Money comes in", width=10),
        Column("Price (GBP)", "gbp"), Column("Low (GBP)", "gbp"), Column("High (GBP)", "gbp"),
        Column("Costs of sale (GBP)", "gbp"), Column("Empty until then (GBP a year)", "gbp"),
        Column("Goes to the community", width=12),
    )  # fmt: skip
    names = snapshot.properties["name"].to_dict()
    rows = [
        (
            sale.name, "; ".join(str(names[p]) for p in sale.properties), financial_year(sale.year),
            sale.price_gbp, sale.low_gbp, sale.high_gbp, sale.fee_gbp, sale.void_gbp_per_year, sale.transferred,
        )
        for sale in found.sales
    ]  # fmt: skip
    return Sheet("Sales", columns, rows)


def pots(found: Capital, snapshot: Snapshot) -> Sheet:
    """One row a pot of money with strings."""
    columns = (
        Column("Pot", width=34), Column("Of partner", width=30), Column("Pays for", width=28),
        Column("Comes in (GBP)", "gbp"), Column("Used (GBP)", "gbp"), Column("Left (GBP)", "gbp"),
    )  # fmt: skip
    names = snapshot.organisations["name"].to_dict()
    rows = [
        (
            pot.name, names.get(pot.organisation_id, "") if pot.organisation_id else "anybody",
            ", ".join(kind.replace("_", " ") for kind in pot.pays_for), pot.in_gbp, pot.used_gbp, pot.left_gbp,
        )
        for pot in found.pots
    ]  # fmt: skip
    return Sheet("Pots", columns, rows)


def tornado(found: Risk) -> Sheet:
    """One row a driver, the widest first."""
    money = (
        "Net present social value at the low",
        "at the high",
        "Net present value in cash at the low",
        "at the high",
    )
    columns = (
        Column("One thing otherwise", width=26), Column("Low", "any", 8), Column("High", "any", 8),
        Column("Unit", width=8), *(Column(f"{head} (GBP)", "gbp", 18) for head in money),
        Column("Move at which the social value is nothing", "any", 16),
        Column("Move at which the value in cash is nothing", "any", 16),
        Column("Standing of the range", width=13), Column("Source of the range", width=100),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (
            one.name, one.low, one.high, one.unit, one.npsv_low_gbp, one.npsv_high_gbp, one.npv_low_gbp,
            one.npv_high_gbp, one.npsv_switch, one.npv_switch, one.status, one.source,
        )
        for one in found.swings
    ]  # fmt: skip
    return Sheet("Tornado", columns, rows)


def notes(case: BusinessCase, found: Risk) -> Sheet:
    """What would have to go wrong, and what a reader must know, one sentence a row."""
    options = [f"{option.name}: {option.about}" for option in case.options]
    words = (*found.sentences, *options, *case.notes, *found.notes)
    return Sheet("Notes", (Column("What to know", width=160),), [(sentence,) for sentence in words])


def draws(found: Risk) -> Sheet:
    """One row a value over all draws."""
    money = ("As appraised", "Mean", "P10", "P50", "P90")
    columns = (Column("Value", width=34), *(Column(f"{head} (GBP)", "gbp", 16) for head in money),
               Column("Chance of more than nothing", "share", 14), Column("Draws", "whole", 9),
               Column("Seed", "year", 8))  # fmt: skip
    names = {"npsv": "Net present social value", "npv": "Net present value in cash"}
    rows = [
        (
            names[one.measure], one.appraised_gbp, one.mean_gbp, one.p10_gbp, one.p50_gbp, one.p90_gbp,
            one.probability_above_zero, found.draws, found.seed,
        )
        for one in found.spreads
    ]  # fmt: skip
    return Sheet("Draws", columns, rows)


def carbon(found: Carbon, snapshot: Snapshot) -> Sheet:
    """One row a property that uses energy."""
    columns = (
        Column("Property id"), Column("Property", width=34), Column("Energy (kWh a year)", "whole"),
        Column("First year (tonnes of CO2e)", "decimal"), Column("All years, kept (tonnes)", "decimal"),
        Column("All years, in the plan (tonnes)", "decimal"), Column("Worth, kept (GBP)", "gbp"),
        Column("Worth, in the plan (GBP)", "gbp"),
    )  # fmt: skip
    names = snapshot.properties["name"].to_dict()
    rows = [
        (
            one.property_id, str(names[one.property_id]), one.kwh_per_year, one.tonnes_first_year,
            one.tonnes_today, one.tonnes_after, one.value_today_gbp, one.value_after_gbp,
        )
        for one in found.properties
    ]  # fmt: skip
    return Sheet("Carbon", columns, rows, frozen_columns=2)
