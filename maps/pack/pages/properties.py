"""Which properties go: a line each, the dearest first, as far as a page holds them."""

from typing import Any

from maps import view, words
from maps.pack import english, findings
from maps.pack.case import Case
from maps.pack.pages import LONGEST_NAME, Page, Table

ORDER = 40
_MOST = 36  # rows of a page of A4


def build(case: Case) -> Page | None:
    """The page of what is left; none where nothing is."""
    option = case.main
    leaving = findings.gone(option.plan)
    if not leaving:
        return None
    held, owners = option.snapshot.properties, option.snapshot.organisations["name"]
    valued, costed = set(option.snapshot.valuations["property_id"]), view.with_running_cost(option.snapshot)
    rows = []
    for action in leaving[:_MOST]:
        row: Any = held.loc[action.property_id]
        saving = view.saving(action, action.property_id in costed)
        receipt = view.receipt(action, action.property_id in valued)
        rows.append(
            (
                english.short(row["name"], LONGEST_NAME), english.short(owners[row["organisation_id"]], 26),
                words.financial_year(action.year), words.pounds(saving) if saving is not None else "not known",
                _way_out(action.sold, action.transferred_year, action.lease_ends_year),
                words.pounds(receipt) if receipt is not None else "–", "yes" if action.estimated else "",
            )
        )  # fmt: skip
    heads = ("Property", "Owner", "Goes in", "Saving a year", "How", "Receipt", "Estimates")
    rest = len(leaving) - len(rows)
    one, more = findings.things(leaving, option.snapshot)
    note = (
        f"{english.count(rest, one, more).capitalize()} more are in the workbook, sheet Properties."
        if rest
        else ""
    )
    saved = sum(view.saving(action, action.property_id in costed) or 0.0 for action in leaving)
    sold = sum(action.sold for action in leaving)
    title = english.sentence(
        findings.what_goes(option),
        (
            f"{english.number(sold)} of them {english.verb(sold, 'is', 'are')} sold"
            if sold
            else "none of them is sold"
        )
        if len(leaving) > 1
        else ("it is sold" if sold else "it is not sold"),
    )
    lead = (
        f"Together they cost {words.pounds(saved)} a year more today than they will afterwards."
        " What those that stay save or cost besides is on sheet Properties of the workbook."
    )
    table = Table("What goes, the dearest to run first", heads, rows, frozenset({3, 5}), note)
    return Page("properties", "Properties", title, (lead,), tables=(table,))


def _way_out(sold: bool, transferred: int | None, lease_ends: int | None) -> str:
    if sold:
        return "sold"
    if transferred is not None:
        return "to the community"
    return "lease ends" if lease_ends is not None else "left, not sold"
