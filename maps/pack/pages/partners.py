"""Who wins and who loses: each partner's position over the years of the plan."""

from maps import charts, words
from maps.pack import english, findings
from maps.pack.case import Case, Option
from maps.pack.pages import LONGEST_NAME, Page, Table
from optimiser.appraise.ledger import Account

ORDER = 60
_MOST = 12


def build(case: Case) -> Page | None:
    """The page of the partners; none for a plan that changes nothing for them."""
    option = case.main
    if not option.plan.partners:
        return None
    names = option.snapshot.organisations["name"].to_dict()
    worse = sorted(
        (one for one in option.plan.partners if findings.better_off_gbp(one) < -0.5), key=findings.better_off_gbp
    )
    lead = [
        "A partner’s position is the present value of all that its estate costs it over the years of the plan,"
        " against"
        " keeping today’s: running costs, rent, moves, charges for space that it uses of others, less its"
        " receipts."
    ]
    if worse:
        by = [
            f"{names.get(one.organisation_id, one.organisation_id)} by"
            f" {words.pounds(-findings.better_off_gbp(one))}"
            for one in worse
        ]
        lead.append(f"Worse off: {english.listed(by, 6)}.")
    drawn, tables = charts.build_all(case, "partners"), _first_and_later(option)
    if not drawn and not tables:
        return None
    title = english.sentence(findings.who_gains(option.plan))
    return Page("partners", "Partners", title, lead=tuple(lead), charts=drawn, tables=tables)


def _first_and_later(option: Option) -> tuple[Table, ...]:
    """Who pays first and gets later, and what would have to be paid so that nobody is worse off."""
    if option.appraised is None or not any(one.cash_better_off_gbp for one in option.appraised.ledger.accounts):
        return ()
    ledger = option.appraised.ledger
    accounts = sorted(ledger.accounts, key=lambda one: (-one.most_out_gbp, one.name))
    rows = [
        (
            english.short(one.name, LONGEST_NAME), words.pounds(one.saving_gbp_per_year),
            words.pounds(one.cash_better_off_gbp),
            words.pounds(one.most_out_gbp) if one.most_out_year else "never",
            words.financial_year(one.most_out_year) or "–", _back(one),
        )
        for one in accounts[:_MOST]
    ]  # fmt: skip
    heads = (
        "Partner",
        "Saves a year",
        "Better off in cash",
        "Most out of pocket",
        "In",
        "Out of it from",
    )
    note = (
        f"{len(accounts) - _MOST:,} more on sheet Partner accounts of the workbook."
        if len(accounts) > _MOST
        else ""
    )
    tables = [Table("Who pays first and gets later", heads, rows, frozenset({1, 2, 3}), note)]
    if ledger.payments:
        names = option.snapshot.organisations["name"].to_dict()
        paid = [
            (
                english.short(str(names.get(one.payer, one.payer)), LONGEST_NAME),
                english.short(str(names.get(one.receiver, one.receiver)), LONGEST_NAME), words.pounds(one.gbp),
            )
            for one in ledger.payments[:_MOST]
        ]  # fmt: skip
        caption = "What would leave nobody worse off, in present value"
        tables.append(Table(caption, ("From", "To", "Payment"), paid, frozenset({2})))
    return tuple(tables)


def _back(account: Account) -> str:
    if account.most_out_year is None:
        return "–"
    return words.financial_year(account.breaks_even_year) or "not within the years"
