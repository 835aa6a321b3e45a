"""The sheets of who pays: each partner's position, the budget by phase, and the pots that pay for it."""

from estate.snapshot import Snapshot
from maps import words
from maps.pack.sheet import Column, Sheet
from optimiser.plan import Plan


def partners(plan: Plan, snapshot: Snapshot) -> Sheet:
    """One row a partner: what its estate costs it over the horizon, as a present value."""
    columns = (
        Column("Partner", width=32), Column("Cost of today's estate, kept (GBP of present value)", "gbp", 20),
        Column("Cost of the plan (GBP of present value)", "gbp", 20),
        Column("Better off by (GBP of present value)", "gbp", 20),
        Column("Of it: pays to hosts less what guests pay, today (GBP)", "gbp", 22),
        Column("Pays to hosts less what guests pay, in the plan (GBP)", "gbp", 22),
        Column("Partner id"),
    )  # fmt: skip
    names = snapshot.organisations["name"].to_dict()
    rows = [
        (
            names.get(one.organisation_id, one.organisation_id), one.cost_today_gbp, one.cost_after_gbp,
            one.cost_today_gbp - one.cost_after_gbp, one.charges_today_gbp, one.charges_after_gbp,
            one.organisation_id,
        )
        for one in plan.partners
    ]  # fmt: skip
    return Sheet("Partners", columns, rows)


def budget(plan: Plan) -> Sheet:
    """One row a phase, where the scenario sets a budget."""
    columns = (
        Column("Year in which the phase begins", width=14), Column("Brought forward (GBP)", "gbp"),
        Column("New money (GBP)", "gbp"), Column("Receipts that are in (GBP)", "gbp"),
        Column("Spent on what the budget pays for (GBP)", "gbp", 18), Column("Carried over (GBP)", "gbp"),
    )  # fmt: skip
    rows = [
        (words.financial_year(use.year), use.brought_forward_gbp, use.new_gbp, use.receipts_gbp, use.spent_gbp,
         use.carried_over_gbp)
        for use in plan.budget
    ]  # fmt: skip
    return Sheet("Budget", columns, rows)


def funds(plan: Plan, snapshot: Snapshot) -> Sheet:
    """One row a bill and the pot that pays it, where money has strings."""
    columns = (
        Column("Year", width=10), Column("Pays for", width=14), Column("Of partner", width=32),
        Column("Paid by", width=32), Column("Amount (GBP)", "gbp"), Column("Fund id", width=20),
    )  # fmt: skip
    names = snapshot.organisations["name"].to_dict()
    rows = [
        (
            words.financial_year(use.year), use.kind.replace("_", " "),
            names.get(use.organisation_id, use.organisation_id), use.fund, use.gbp, use.fund_id,
        )
        for use in sorted(plan.funds, key=lambda use: (use.year, use.organisation_id, use.kind, use.fund_id))
    ]  # fmt: skip
    return Sheet("Funds", columns, rows)
