"""Whom it touches: reach of every service, and the equality table of who loses and who gains."""

from maps import words
from maps.pack import english, findings
from maps.pack.case import Case
from maps.pack.pages import Page, Table
from maps.view import Service
from optimiser.plan import Impact

ORDER = 70
_MOST_ROWS = 24


def build(case: Case) -> Page | None:
    """The page of the people; none for a plan without services."""
    option = case.main
    if not option.view.services:
        return None
    title = english.sentence(findings.who_loses(option), findings.farthest(option))
    lead = (_worst(option.plan.impacts, option.view.services),)
    return Page(
        "people", "People", title, lead, tables=(_reach(case), *_equality(case)),
    )  # fmt: skip


def _worst(impacts: tuple[Impact, ...], services: tuple[Service, ...]) -> str:
    names = {service.id: service.name for service in services}
    lost = sorted((one for one in impacts if one.group == "everybody" and one.lose), key=lambda one: -one.lose)
    if not lost:
        return "Whoever reaches a service within its standard today still does at the end of the plan."
    said = [f"‘{names.get(one.service_id, one.service_id)}’ ({english.people(one.lose)})" for one in lost]
    return f"The reach that is lost: {english.listed(said, 5)}. Every service keeps its required share."


def _reach(case: Case) -> Table:
    services = case.main.view.services
    rows = [
        (
            english.short(service.name, 34), english.short(service.standard, 44), words.share(service.today),
            words.share(service.after), words.share(service.required), words.share(service.target),
        )
        for service in services[:_MOST_ROWS]
    ]  # fmt: skip
    rest = len(services) - len(rows)
    note = f"{english.count(rest, 'more service')} on sheet Reach of the workbook." if rest else ""
    heads = ("Service", "Standard", "Today", "After", "Had to keep", "Target")
    caption = "Share of people within each service’s standard, today and at the end of the plan"
    return Table(caption, heads, rows, frozenset({2, 3, 4, 5}), note)


def _equality(case: Case) -> list[Table]:
    """Everybody and each protected group, wherever somebody loses or gains."""
    plan, names = case.main.plan, case.main.snapshot.services["name"].to_dict()
    touched = {one.service_id for one in plan.impacts if one.lose or one.gain}
    held = [one for one in plan.impacts if one.service_id in touched]
    if not held:
        return []
    rows = [
        (
            english.short(names.get(one.service_id, one.service_id), 30), words.GROUPS[one.group],
            f"{one.people:,}", f"{one.lose:,}", f"{one.gain:,}",
            _by(one.longer, one.longer_minutes), _minutes(one.mean_minutes_today, one.mean_minutes_after),
        )
        for one in held[:_MOST_ROWS]
    ]  # fmt: skip
    rest = len(held) - len(rows)
    note = "Households without a car are counted as households; everything else as people."
    if rest:
        note += f" {english.count(rest, 'more row')} on sheet Equality impact of the workbook."
    heads = ("Service", "Who", "How many", "Lose reach", "Gain reach", "Longer way", "Mean way, minutes")
    return [Table("Who loses and who gains reach", heads, rows, frozenset({2, 3, 4, 5, 6}), note)]


def _by(many: int, minutes: float | None) -> str:
    return f"{many:,}" if minutes is None or not many else f"{many:,} by {minutes:.1f} min"


def _minutes(today: float | None, after: float | None) -> str:
    def said(minutes: float | None) -> str:
        return "no way" if minutes is None else f"{minutes:.1f}"

    return f"{said(today)} to {said(after)}"
