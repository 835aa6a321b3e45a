"""What the board is asked to decide, and the six figures that it rests on."""

from maps import headline, words
from maps.pack import english, findings
from maps.pack.case import Case, Option
from maps.pack.pages import Page

ORDER = 10


def build(case: Case) -> Page:
    """The first page."""
    option = case.main
    title = english.sentence(
        findings.what_goes(option), findings.what_is_saved(option), findings.who_loses(option)
    )
    return Page(
        key="decision",
        name="Decision sought",
        title=title,
        lead=(
            f"This paper puts forward the plan ‘{option.name}’. {option.how_good}",
            f"{words.share(findings.figures(option).estimated_share)} of its pounds rest on benchmark estimates,"
            " not on the register’s own figures."
            + (" Do not decide on one building by an estimate alone." if option.plan.properties else ""),
        ),
        figures=headline.of(option.plan),
        asks=_asks(option),
        points=option.standing,
    )


def _asks(option: Option) -> tuple[str, ...]:
    plan, figures = option.plan, findings.figures(option)
    leaving = findings.gone(plan)
    if not leaving and not plan.moves:
        if plan.status == "proven":
            return ("Note that nothing changes: no plan that keeps the rules is better than today’s estate.",)
        return (f"Note that nothing changes, and that this proves nothing. {option.how_good}",)
    return tuple(ask for ask in (_leave(option), _sell(option), _spend(option), *_notes(option)) if ask) + (
        ("Note the repairs of " + words.pounds(figures.backlog_gbp) + " that fall due in what is kept.",)
        if figures.backlog_gbp >= 1
        else ()
    )


def _leave(option: Option) -> str:
    leaving = findings.gone(option.plan)
    if not leaving:
        return ""
    one, more = findings.things(leaving, option.snapshot)
    years = sorted({action.year for action in leaving if action.year is not None})
    first, last = words.financial_year(years[0]), words.financial_year(years[-1])
    when = f"in the phase from {first}" if first == last else f"from {first} to {last}"
    named = "it is named" if len(leaving) == 1 else "they are named"
    return (
        f"Agree to give up {english.count(len(leaving), one, more)} {when}; {named} in this paper or its workbook."
    )


def _sell(option: Option) -> str:
    sold = [action for action in option.plan.properties if action.sold]
    given = [action for action in option.plan.properties if action.transferred_year is not None]
    parts = []
    if sold:
        receipt = words.pounds(sum(action.receipt_gbp for action in sold))
        parts.append(
            f"the sale of {english.number(len(sold))} of them, for an expected {receipt} before costs of sale"
        )
    if given:
        parts.append(f"the transfer of {english.number(len(given))} to the community")
    return f"Agree {english.listed(parts)}." if parts else ""


def _spend(option: Option) -> str:
    spent = findings.figures(option).one_off_cost_gbp
    return (
        f"Agree one-off spending of {words.pounds(spent)} to move, fit out, leave and sell." if spent >= 1 else ""
    )


def _notes(option: Option) -> tuple[str, str]:
    plan = option.plan
    reach = findings.who_loses(option)
    worse = sum(findings.better_off_gbp(one) < -0.5 for one in plan.partners)
    partners = (
        f"Note that {english.count(worse, 'partner')} {english.verb(worse, 'is', 'are')} worse off over the"
        f" years of"
        " the plan, and settle whether the others make it good."
        if worse
        else ""
    )
    return f"Note that {reach}." if reach else "", partners
