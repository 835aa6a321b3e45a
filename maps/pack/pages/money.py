"""The money: what it costs, what it brings and when, and what it saves each year."""

from maps import charts, words
from maps.pack import english, findings
from maps.pack.case import Case, Option
from maps.pack.pages import Page, Table

ORDER = 50
_MOST_POTS = 3  # that stand on their own: the page holds budget, pots and two charts


def build(case: Case) -> Page:
    """The page of the money."""
    option = case.main
    figures = findings.figures(option)
    spent, received = figures.one_off_cost_gbp, figures.capital_receipts_gbp
    title = english.sentence(
        f"{words.pounds(spent)} is spent once" if spent >= 1 else "nothing is spent once",
        f"{words.pounds(received)} comes in receipts" if received >= 1 else "there are no receipts",
        findings.what_is_saved(option),
    )
    first = words.financial_year(option.plan.base_year)
    lead = (
        *_borrowing(option),
        f"All money is in prices of {first}. Receipts are values, not offers. Running costs are those of a full"
        f" year.",
    )
    return Page(
        "money", "Money", title, lead, charts=charts.build_all(case, "money"),
        tables=tuple(table for table in (_budget(option), _pots(option)) if table),
    )  # fmt: skip


def _borrowing(option: Option) -> tuple[str, ...]:
    """The most that is out of pocket, and when."""
    capital = option.appraised.capital if option.appraised else None
    if capital is None:
        return ()
    if capital.peak_year is None:
        return ("In no year is more spent on capital than has come in by then.",)
    return (
        f"At the most {words.pounds(capital.peak_borrowing_gbp)} of capital is spent before money for it has come"
        f" in, in {words.financial_year(capital.peak_year)}; with lower and later receipts"
        f" {words.pounds(capital.peak_borrowing_cautious_gbp)}.",
    )


def _budget(option: Option) -> Table | None:
    """The budget phase by phase, where the scenario sets one."""
    if not option.plan.budget:
        return None
    rows = [
        (
            words.financial_year(use.year),
            *(
                words.pounds(gbp)
                for gbp in (
                    use.brought_forward_gbp, use.new_gbp, use.receipts_gbp, use.spent_gbp, use.carried_over_gbp,
                )
            ),
        )
        for use in option.plan.budget
    ]  # fmt: skip
    heads = ("Phase from", "Brought forward", "New money", "Receipts in", "Spent", "Carried over")
    return Table("The budget that the plan keeps to", heads, rows, frozenset(range(1, 6)))


def _pots(option: Option) -> Table | None:
    """What each pot pays over all years, where money has strings."""
    paid: dict[str, float] = {}
    for use in option.plan.funds:
        paid[use.fund] = paid.get(use.fund, 0.0) + use.gbp
    if not paid:
        return None
    largest = sorted(paid.items(), key=lambda item: -item[1])
    rows = [(fund, words.pounds(gbp)) for fund, gbp in largest[:_MOST_POTS]]
    if rest := largest[_MOST_POTS:]:
        rows.append(
            (english.sentence(english.count(len(rest), "other pot")), words.pounds(sum(gbp for _, gbp in rest)))
        )
    return Table("Who pays", ("Pot", "Pays"), rows, frozenset({1}), "Each bill is on sheet Funds of the workbook.")
