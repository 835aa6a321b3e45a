"""What partners read on the terminal: the ledger, shares of the gain, the price of fairness."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.markup import escape
from rich.table import Table

from app.partnering import Shared
from app.screen import err, out, pounds
from maps import words
from optimiser.appraise.fairness import Fairness
from optimiser.appraise.gain_sharing import WAYS, GainSharing, Way
from optimiser.appraise.ledger import Account, Ledger
from optimiser.appraise.sharing import Payment

_SHOWN = 3  # pairs of groups that do better apart
STABLE = {
    "yes": "no group would do better alone",
    "as_found": "no group would do better alone by the plans found; within their gaps one might",
}


_HEADS = {
    "as_it_falls": "As it falls", "shapley": "Shapley", "keeps_all_in": "Nucleolus", "by_need": "By need",
    "by_area": "By area", "equal": "Equally",
}  # fmt: skip


@contextmanager
def progress(quiet: bool, what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A line that counts what is done; nothing where quiet."""
    if quiet:
        yield None
        return
    with err.status("Preparing ...") as status:
        yield lambda done, total: status.update(f"{done:,} of {total:,} {what} (Ctrl-C stops and keeps them)")


def ledger(found: Ledger, scenario: str, run: str, names: Mapping[str, str]) -> None:
    """Each account in one line, then who pays first, then the payments."""
    out.print(f"\n[bold]{escape(scenario)}[/bold]  run {run}")
    out.print(
        f"Present value over {found.years} years in pounds of {words.financial_year(found.base_year)}."
        " The lines of every year are in --workbook and --json."
    )
    table = Table("Partner", "Cost today", "Cost after", "Better off", "In cash", "Saves a year", box=None)
    for one in found.accounts:
        sums = (one.cost_today_gbp, one.cost_after_gbp, one.better_off_gbp, one.cash_better_off_gbp)
        table.add_row(escape(one.name), *map(pounds, sums), pounds(one.saving_gbp_per_year))
    if len(found.accounts) > 1:
        table.add_row("All", "", "", pounds(found.better_off_gbp), "", "")
    out.print(table)
    for one in found.accounts:
        out.print(f"  {_pocket(one)}", markup=False, soft_wrap=True)
    _whole(found, names)


def _pocket(one: Account) -> str:
    """Who pays first and when it has it back."""
    if one.most_out_year is None:
        return f"{one.name} is never out of pocket."
    back = "and does not get it back within the horizon"
    if one.breaks_even_year is not None:
        back = f"and has it back for good from {words.financial_year(one.breaks_even_year)}"
    out_in = words.financial_year(one.most_out_year)
    return f"{one.name} is out of pocket by up to {pounds(one.most_out_gbp)} (in {out_in}) {back}."


def _whole(found: Ledger, names: Mapping[str, str]) -> None:
    """Whether payments can make everybody no worse off, and which."""
    if len(found.accounts) < 2 and not found.payments:
        return
    if found.payments is None:
        out.print("Together the partners lose: no payments between them leave nobody worse off.")
    elif not found.payments:
        out.print("Nobody is worse off: no payments are needed.")
    else:
        total = sum(one.gbp for one in found.payments)
        out.print(f"Payments of {pounds(total)} in all leave nobody worse off; nothing smaller does:")
        _payments(found.payments, names)


def _payments(payments: Sequence[Payment], names: Mapping[str, str]) -> None:
    table = Table("Pays", "To", "Once, at present value", "Or every year", box=None)
    for one in payments:
        who = (escape(names.get(i, i)) for i in (one.payer, one.receiver))
        table.add_row(*who, f"£{one.gbp:,.2f}", f"£{one.gbp_per_year:,.2f}")
    out.print(table)


def sharing(shared: Shared, scenario: str, run: str) -> None:
    """The ways side by side, whether each holds, and what goes with whom."""
    found = shared.sharing
    out.print(f"\n[bold]{escape(scenario)}[/bold]  run {run}")
    if shared.better_run:
        out.print(
            "Groups apart save more than this plan, so it is not the best. Planned again from there, the whole"
            f" gains {pounds(shared.better_by_gbp)} more. Share that plan: estate share-gains {shared.better_run}"
        )
    out.print(f"Together the partners gain {pounds(found.gain_gbp)} of present value. It could be shared:")
    table = Table("Partner", *(_HEADS[way.way] for way in found.ways), box=None, padding=(0, 1, 0, 0))
    for i, name in found.partners.items():
        table.add_row(escape(name), *(_share(way, i) for way in found.ways))
    out.print(table)
    for way in found.ways:
        out.print(f"  {WAYS[way.way]}: {_leavers(way, found)}.", markup=False, soft_wrap=True)
    if found.advised is not None:
        out.print(f"Payments that share it '{WAYS[found.advised.way]}':")
        _payments(found.advised.payments, found.partners)
    for sentence in staying(found):
        out.print(sentence, markup=False, soft_wrap=True)
    _leaving(found)
    for sentence in grounds(found):
        out.print(f"[dim]{escape(sentence)}[/dim]", soft_wrap=True)


def _leavers(way: Way, found: GainSharing) -> str:
    """Whether groups would do better alone, and the one that would most."""
    if not way.objections:
        return STABLE[way.stable]
    worst, count = way.objections[0], len(way.objections)
    members = found.group_name(worst.members)
    groups = "one group" if count == 1 else f"{count:,} groups"
    return f"{groups} would do better alone; the most, by {pounds(worst.better_alone_by_gbp)}: {members}"


def _share(way: Way, partner: str) -> str:
    share, errors = pounds(way.shares_gbp[partner]), way.standard_errors_gbp
    error = None if errors is None else errors[partner]
    return share if error is None else f"{share} ± {pounds(error)}"


def staying(found: GainSharing) -> Iterator[str]:
    """Whether any share keeps every group in, in words."""
    least, sure = found.better_by_staying_gbp, found.surely_better_by_staying_gbp
    if least < 0:
        yield (
            f"No way to share keeps every group in: some would always gain {pounds(-least)} or more by leaving,"
            f" with the plans found. {pounds(found.subsidy_gbp)} from outside would keep all in."
        )
    elif least < 1:
        yield f"With '{WAYS['keeps_all_in']}' no group gains by leaving, and some gain nothing by staying."
    else:
        yield (
            f"With '{WAYS['keeps_all_in']}' every group gains at least {pounds(least)} by staying; no way to share"
            " gives the least of them more."
        )
    if sure is not None and (least >= 0) != (sure >= 0):
        yield (
            "That rests on the plans found. Were every group's plan as good as its bound allows, some group would"
            f" gain {pounds(-sure)} by leaving: give the groups more --seconds and a smaller --gap to be sure."
        )


def grounds(found: GainSharing) -> Iterator[str]:
    """What the figures rest on: how well each group's saving is known."""
    tried = len(found.groups)
    if found.exact:
        yield f"All {tried:,} groups were planned, each by itself while the others stay as today."
    else:
        yield (
            f"{tried:,} groups were planned, those of {found.orders} orders of joining drawn at random: the shares"
            " by what each adds are means, with their standard error. Whether a group would leave is known only"
            " of these groups."
        )
    if found.largest_gap_gbp is None:
        yield "Of some groups no bound is known: they could save more than their plan."
    else:
        yield f"A group could save more than its plan by {pounds(found.largest_gap_gbp)} at the most."
    for one in found.apart[:_SHOWN]:
        names = [found.group_name(side) for side in (one.first, one.second)]
        yield f"By the plans found these save {pounds(one.more_gbp)} more apart: {names[0]}; {names[1]}."


def _leaving(found: GainSharing) -> None:
    table = Table(
        "If this partner leaves",
        "It saves alone",
        "The others save",
        "Lost in all",
        box=None,
        padding=(0, 1, 0, 0),
    )
    for one in found.leaving:
        sums = (one.alone_gbp, one.others_gbp, one.lost_gbp)
        table.add_row(escape(found.partners[one.organisation_id]), *map(pounds, sums))
    out.print(table)


def fairness(found: Fairness, scenario: str, run: str) -> None:
    """The two plans side by side, the price, and the other way."""
    out.print(f"\n[bold]{escape(scenario)}[/bold]  run {run}")
    table = Table("Better off than today", "Cheapest plan", "Nobody worse off", box=None)
    for i, name in found.partners.items():
        gains = (side.better_off_gbp.get(i, 0.0) for side in (found.cheapest, found.fair))
        table.add_row(escape(name), *map(pounds, gains))
    sides = (found.cheapest, found.fair)
    table.add_row("All", *(pounds(sum(side.better_off_gbp.values())) for side in sides))
    table.add_row("Cost of the whole", *(pounds(side.cost_gbp) for side in sides))
    table.add_row("Properties that go", *(f"{side.properties_left:,}" for side in sides))
    out.print(table)
    for sentence in price(found):
        out.print(sentence, markup=False, soft_wrap=True)
    if found.payments:
        _payments(found.payments, found.partners)


def price(found: Fairness) -> Iterator[str]:
    """The price of fairness in words."""
    if not found.worse_off:
        yield "The cheapest plan found harms nobody: fairness costs nothing."
        return
    harmed = ", ".join(found.partners[i] for i in found.worse_off)
    yield f"The cheapest plan leaves worse off: {harmed}."
    yield f"That nobody is worse off without payments costs the whole {_between(found)}."
    if found.payments is None:
        yield "Together the partners lose by the cheapest plan: no payments leave nobody worse off."
    else:
        yield (
            f"Payments of {pounds(sum(one.gbp for one in found.payments))} between partners do the same with the"
            " cheapest plan, and cost the whole nothing:"
        )


def _between(found: Fairness) -> str:
    """The price, and what is proven of it."""
    price, least = pounds(found.price_gbp), pounds(found.least_gbp)
    if found.most_gbp is None:
        return f"{price} with the plans found (at least {least}; how much at the most is not known)"
    if least == pounds(found.most_gbp):
        return f"{price}, which is proven"
    return f"{price} with the plans found (at least {least}, at most {pounds(found.most_gbp)})"
