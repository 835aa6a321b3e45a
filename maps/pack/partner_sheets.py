"""The sheets for partners: the ledger by year, accounts, payments, ways to share the gain and who would leave."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from maps import words
from maps.pack.sheet import Column, Sheet
from optimiser.appraise.gain_sharing import WAYS, GainSharing
from optimiser.appraise.ledger import LINES, Ledger, is_cash, line_name
from optimiser.appraise.sharing import Payment

_STABLE = {"yes": "none, surely", "as_found": "none with the plans found", "no": "yes"}


def of_ledger(found: Ledger, names: Mapping[str, str]) -> list[Sheet]:
    """Accounts, the ledger year by year, net cash by year, payments; `names` of organisations by id."""
    return [_accounts(found), _ledger(found, names), _net_cash(found), _no_loss(found, names)]


def of_sharing(found: GainSharing) -> list[Sheet]:
    """Ways to share, who would leave, what every group saves, what goes with whom, payments of each way."""
    return [_ways(found), _objections(found), _groups(found), _leaving(found), _settlements(found)]


def _year(value: int | None) -> str | None:
    return None if value is None else words.financial_year(value)


def _accounts(found: Ledger) -> Sheet:
    columns = (
        Column("Partner", width=32), Column("Cost of today's estate, kept (GBP of present value)", "gbp", 20),
        Column("Cost of the plan (GBP of present value)", "gbp", 20),
        Column("Better off by (GBP of present value)", "gbp", 20),
        Column("Better off in cash (GBP of present value)", "gbp", 20),
        Column("Saving in the last year (GBP a year)", "gbp", 18),
        Column("Most out of pocket (GBP, real terms)", "gbp", 18), Column("In year", width=10),
        Column("Has it back for good from", width=14), Column("Partner id"),
    )  # fmt: skip
    rows = [
        (
            one.name, one.cost_today_gbp, one.cost_after_gbp, one.better_off_gbp, one.cash_better_off_gbp,
            one.saving_gbp_per_year, one.most_out_gbp, _year(one.most_out_year), _year(one.breaks_even_year),
            one.organisation_id,
        )
        for one in found.accounts
    ]  # fmt: skip
    return Sheet("Partner accounts", columns, rows)


def _ledger(found: Ledger, names: Mapping[str, str]) -> Sheet:
    """A partner's lines, then its totals, each as today and as planned; the years side by side."""
    years = sorted({entry.year for entry in found.entries})
    columns = [
        Column("Partner", width=30), Column("Line", width=36), Column("Cash", width=7), Column("Estate", width=14),
        Column("Present value (GBP)", "gbp", 16),
        *(Column(f"{words.financial_year(year)} (GBP, real terms)", "gbp") for year in years),
    ]  # fmt: skip
    rows = [
        (names.get(body, body), *_described(line), estate, found.present_value(gbp), *(gbp.get(y) for y in years))
        for body in (account.organisation_id for account in found.accounts)
        for (line, estate), gbp in _sums(found, body).items()
        if any(gbp.values())
    ]
    return Sheet("Ledger by year", columns, rows, frozen_columns=4)


_TODAY, _PLAN = "today's, kept", "the plan's"
_CASH, _ALL = "All that is cash", "All lines: what it costs"


def _described(line: str) -> tuple[str, bool]:
    """What a line or total is called, and whether it is cash."""
    return (line, line == _CASH) if line in {_CASH, _ALL} else (line_name(line), is_cash(line))


def _sums(found: Ledger, body: str) -> dict[tuple[str, str], dict[int, float]]:
    """GBP by year of each line and estate of a partner, in order, its totals last."""
    mine = [entry for entry in found.entries if entry.organisation_id == body]
    sums: dict[tuple[str, str], dict[int, float]] = {
        (line, estate): defaultdict(float) for line in (*LINES, _CASH, _ALL) for estate in (_TODAY, _PLAN)
    }
    for entry in mine:
        for line in (entry.line, _ALL, *([_CASH] if is_cash(entry.line) else [])):
            sums[line, _TODAY][entry.year] += entry.today_gbp
            sums[line, _PLAN][entry.year] += entry.after_gbp
    return sums


def _net_cash(found: Ledger) -> Sheet:
    years = sorted({year for one in found.accounts for year, _ in one.net_cash_by_year})
    columns = [
        Column("Partner", width=32),
        *(Column(f"{words.financial_year(year)}: better off in cash (GBP, real terms)", "gbp") for year in years),
    ]
    rows = [(one.name, *(dict(one.net_cash_by_year).get(year, 0.0) for year in years)) for one in found.accounts]
    return Sheet("Net cash by year", columns, rows)


def _no_loss(found: Ledger, names: Mapping[str, str]) -> Sheet:
    rows = _payment_rows(found.payments or (), names)
    if found.payments is None:
        rows = [("None is possible: together the partners lose", None, None, None)]
    return Sheet("So that none loses", _PAYMENT, rows)


_PAYMENT = (
    Column("Pays", width=32), Column("To", width=32), Column("Once (GBP of present value)", "gbp", 18),
    Column("Or every year (GBP a year, real terms)", "gbp", 18),
)  # fmt: skip


def _payment_rows(payments: Iterable[Payment], names: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [
        (names.get(one.payer, one.payer), names.get(one.receiver, one.receiver), one.gbp, one.gbp_per_year)
        for one in payments
    ]


def _ways(found: GainSharing) -> Sheet:
    columns = [
        Column("Partner", width=32),
        *(Column(f"{WAYS[way.way]} (GBP of present value)", "gbp", 18) for way in found.ways),
        Column("Standard error of the Shapley share (GBP)", "gbp", 16), Column("Partner id"),
    ]  # fmt: skip
    errors = next((way.standard_errors_gbp for way in found.ways if way.standard_errors_gbp), {})
    rows: list[Sequence[Any]] = [
        (name, *(way.shares_gbp[i] for way in found.ways), errors.get(i), i) for i, name in found.partners.items()
    ]
    stable = (("text", _STABLE[way.stable]) for way in found.ways)
    rows.append(("Would a group do better alone?", *stable, None, ""))
    return Sheet("Ways to share", columns, rows)


def _objections(found: GainSharing) -> Sheet:
    columns = (
        Column("Way to share", width=40), Column("Group that would do better alone", width=60),
        Column("Saves alone (GBP)", "gbp"), Column("Its shares (GBP)", "gbp"),
        Column("Better alone by (GBP)", "gbp"),
    )  # fmt: skip
    rows = [
        (WAYS[way.way], found.group_name(one.members), one.alone_gbp, one.shares_gbp, one.better_alone_by_gbp)
        for way in found.ways
        for one in way.objections
    ]
    return Sheet("Who would leave", columns, rows)


def _groups(found: GainSharing) -> Sheet:
    columns = (
        Column("Group", width=60), Column("Partners", "whole", 10),
        Column("Saves by itself (GBP of present value)", "gbp", 18),
        Column("No plan of it saves more than (GBP)", "gbp", 18), Column("Status of its plan", width=22),
        Column("Properties that change", "whole", 12), Column("Moves", "whole", 10),
    )  # fmt: skip
    rows = [
        (
            found.group_name(one.members), len(one.members), one.value_gbp, one.most_gbp,
            one.status.replace("_", " "), len(one.properties), len(one.moves),
        )
        for one in found.groups
    ]  # fmt: skip
    return Sheet("Every group", columns, rows)


def _leaving(found: GainSharing) -> Sheet:
    columns = (
        Column("If this partner leaves", width=32), Column("It saves alone (GBP)", "gbp", 16),
        Column("The others save (GBP)", "gbp", 16), Column("Lost in all (GBP)", "gbp", 16),
        Column("It adds to the whole (GBP)", "gbp", 16),
    )  # fmt: skip
    rows = [
        (found.partners[one.organisation_id], one.alone_gbp, one.others_gbp, one.lost_gbp, one.adds_gbp)
        for one in found.leaving
    ]
    return Sheet("If one leaves", columns, rows)


def _settlements(found: GainSharing) -> Sheet:
    rows = [(WAYS[way.way], *row) for way in found.ways for row in _payment_rows(way.payments, found.partners)]
    return Sheet("Payments of each way", (Column("Way to share", width=40), *_PAYMENT), rows)
