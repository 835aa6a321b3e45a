"""What could go wrong, how large it is, and what keeps it small: each found in the plan's own figures."""

from collections.abc import Iterator

from maps import charts, words
from maps.pack import english, findings
from maps.pack.case import Case, Option
from maps.pack.pages import LONGEST_NAME, Page, Table
from maps.pack.sequence import steps

ORDER = 80
_CLOSE = 0.02  # a service this near to the share that had to be kept is at its limit
_LARGEST_SALES = 5
_MOST_SENTENCES = 4

Risk = tuple[str, str, str]


def build(case: Case) -> Page:
    """The page of the risks."""
    option = case.main
    found = list(_found(option))
    title = english.sentence(_largest(option) or _how_many(len(found)))
    lead = (
        "These are the risks that show in the plan’s own figures. Staff, unions, tenants, planning and politics"
        " are not"
        " in the model: add what the place knows of them.",
    )
    rows = found or [("None that the figures show", "–", "–")]
    appraised = option.appraised
    return Page(
        "risks", "Risks", title, lead,
        tables=(Table("Risks", ("Risk", "How large", "What keeps it small"), rows),),
        charts=charts.build_all(case, "risks"),
        points=appraised.risk.sentences[:_MOST_SENTENCES] if appraised else (),
    )  # fmt: skip


def _how_many(found: int) -> str:
    return f"{english.count(found, 'risk')} {english.verb(found, 'shows', 'show')} in the plan’s own figures"


def _largest(option: Option) -> str:
    """The share of receipts that hangs on the largest sales, which is where plans of this kind go wrong."""
    share, many = _concentration(option)
    if not many:
        return ""
    if share == 1:
        return f"all the receipts come from {english.count(many, 'sale')}"
    named = "the largest sale" if many == 1 else f"the {english.number(many)} largest sales"
    return f"{named} {english.verb(many, 'brings', 'bring')} {words.share(share)} of the receipts"


def _concentration(option: Option) -> tuple[float, int]:
    receipts = sorted(
        (action.receipt_gbp for action in option.plan.properties if action.receipt_gbp > 0), reverse=True
    )
    many = min(_LARGEST_SALES, len(receipts))
    return (sum(receipts[:many]) / sum(receipts), many) if receipts else (0.0, 0)


def _found(option: Option) -> Iterator[Risk]:
    yield from _receipts(option)
    yield from _estimates(option)
    yield from _reach(option)
    yield from _partners(option)
    yield from _leases(option)
    yield from _moves(option)
    yield from _repairs(option)
    yield from _better(option)


def _receipts(option: Option) -> Iterator[Risk]:
    sold = sorted(
        (action for action in option.plan.properties if action.receipt_gbp > 0),
        key=lambda action: -action.receipt_gbp,
    )
    if sold:
        names = option.snapshot.properties["name"]
        total = sum(action.receipt_gbp for action in sold)
        tenth = words.pounds(total / 10)
        top = english.listed([english.short(names[action.property_id], LONGEST_NAME) for action in sold[:3]])
        yield (
            "Sales bring less, or come later",
            f"{words.pounds(total)} is expected; a tenth less is {tenth}",
            f"Have the largest valued afresh and marketed first: {top}",
        )


def _estimates(option: Option) -> Iterator[Risk]:
    share = findings.figures(option).estimated_share
    guessed = [action for action in findings.gone(option.plan) if action.estimated]
    many = english.number(len(guessed)) if guessed else "none"
    if share > 0:
        yield (
            "Figures are estimates and prove wrong",
            f"{words.share(share)} of the pounds; they bear on {many} of what goes",
            "Record the real cost, area and value of what goes first: sheet Estimates names each",
        )


def _reach(option: Option) -> Iterator[Risk]:
    close = [
        one.name for one in option.view.services if one.after - one.required < _CLOSE and one.after < one.today
    ]
    if close:
        yield (
            "One more closure would break a standard",
            f"{english.listed([f'‘{name}’' for name in close])} within {words.share(_CLOSE)} of the share that"
            f" had to be kept",
            "Protect what is left of these services before the plan begins",
        )
    lost = findings.losing(option.plan)
    if round(lost):
        yield (
            "People who lose reach object, or are worse served",
            f"{english.people(lost).capitalize()} lose the reach of a service",
            "Consult them and assess the equality impact before a decision: page People",
        )


def _partners(option: Option) -> Iterator[Risk]:
    worse = [one for one in option.plan.partners if findings.better_off_gbp(one) < -0.5]
    if worse:
        by = -sum(findings.better_off_gbp(one) for one in worse)
        yield (
            "A partner that is worse off does not agree",
            f"{english.count(len(worse), 'partner').capitalize()}, by {words.pounds(by)} in all",
            "Settle a share of the gain, or plan again so that nobody may be worse off",
        )


def _leases(option: Option) -> Iterator[Risk]:
    leases = [action for action in option.plan.properties if action.lease_ends_year is not None]
    if leases:
        yield (
            "A lease cannot be ended when planned",
            f"{english.count(len(leases), 'lease').capitalize()} {english.verb(len(leases), 'ends', 'end')}",
            "Serve notice in time; check breaks and repairs with the landlord",
        )


def _moves(option: Option) -> Iterator[Risk]:
    circles = sum(step is None for step in steps(option.plan, option.snapshot))
    if circles:
        yield (
            "Teams wait for each other’s rooms",
            f"{english.count(circles, 'move').capitalize()} in a circle",
            "Find a place to wait in, or allow a team two moves (moves: {most_per_team: 2})",
        )


def _repairs(option: Option) -> Iterator[Risk]:
    backlog = findings.figures(option).backlog_gbp
    if backlog >= 1:
        yield (
            "Repairs in what is kept cost more",
            f"{words.pounds(backlog)} falls due",
            "Survey what takes in teams before they move",
        )


def _better(option: Option) -> Iterator[Risk]:
    plan = option.plan
    if plan.status == "best_found" or (plan.gap or 0.0) > 0.001:
        yield (
            "There is a better plan that was not found",
            option.how_good,
            "Search for longer before contracts are signed",
        )
