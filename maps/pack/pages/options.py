"""What was compared: today's estate kept as it is, and each plan of the pack."""

from collections.abc import Callable

from maps import charts, words
from maps.pack import english, findings
from maps.pack.case import Case, Option
from maps.pack.pages import LONGEST_NAME, Page, Table
from optimiser.appraise.business_case import PLAN, Against, OptionCase
from optimiser.explain.side_by_side import PropertyLine
from optimiser.plan import PropertyAction

ORDER = 20
_MOST_DIFFERENCES, _FEWEST_DIFFERENCES = 10, 3  # beside a chart there is less room
_SETTINGS_THAT_DECIDE_NOTHING = ("name", "solver.")
_NOTHING_PROVEN = "–"
_NOT_SET = {"not set", "no", "none", ""}


def build(case: Case) -> Page:
    """The page of the options."""
    drawn = charts.build_all(case, "options")
    most = _MOST_DIFFERENCES if not drawn else _FEWEST_DIFFERENCES
    tables = [_measures(case), *_business_case(case), *_differences(case, most)]
    lead = [
        "‘Keep today’s estate’ holds every building and moves nobody. Each plan was checked afresh from the"
        " register’s"
        " rows by separate code before it was put in this paper."
    ]
    for option in case.options[1:]:
        lead.append(_what_was_asked(case, option))
    for option in case.impossible:
        said = f"‘{case.label(option)}’ cannot be done: {option.how_good} {' '.join(option.plan.conflicts)}"
        lead.append(said.strip())
    return Page("options", "Options compared", _title(case), tuple(lead), tables=tuple(tables), charts=drawn)


def _title(case: Case) -> str:
    main = case.main
    gain = findings.figures(main).npsv_gbp
    if by := _outdone_by(main):
        return f"A plan made without any search is worth {words.pounds(by)} more than ‘{case.label(main)}’"
    if len(case.options) == 1:
        worth = words.pounds(abs(gain))
        if abs(gain) < 0.5:
            return "The plan is worth as much as keeping today’s estate"
        return f"The plan is worth {worth} {'more' if gain > 0 else 'less'} than keeping today’s estate"
    best = max(case.options, key=lambda option: findings.figures(option).npsv_gbp)
    if best is main:
        second = max(findings.figures(option).npsv_gbp for option in case.options[1:])
        ahead = gain - second
        if abs(ahead) < 0.5:
            return f"‘{case.label(main)}’ is worth as much as the next best plan"
        return f"‘{case.label(main)}’ is worth {words.pounds(ahead)} more than the next best plan"
    behind = words.pounds(findings.figures(best).npsv_gbp - gain)
    return f"‘{case.label(main)}’ is put forward, although ‘{case.label(best)}’ is worth {behind} more"


def _outdone_by(option: Option) -> float:
    """GBP by which what could be done without a search is worth more; 0 where the plan is no worse."""
    cases = option.appraised.case.options if option.appraised else ()
    worth = {one.key: one.against.npsv_gbp for one in cases if one.against is not None and not one.breaks}
    others = [gbp for key, gbp in worth.items() if key != PLAN]
    ahead = max(others) - worth[PLAN] if others and PLAN in worth else 0.0
    return ahead if ahead >= 1 else 0.0


def _measures(case: Case) -> Table:
    measures: tuple[tuple[str, Callable[[Option], str], str], ...] = (
        ("Running cost a year", _pounds("running_cost_after_gbp_per_year"), _today(case)),
        ("Saving a year", _pounds("saving_gbp_per_year"), words.pounds(0)),
        ("Receipts from sales", _pounds("capital_receipts_gbp"), words.pounds(0)),
        ("One-off cost", _pounds("one_off_cost_gbp"), words.pounds(0)),
        ("Net present social value against today’s estate", _pounds("npsv_gbp"), words.pounds(0)),
        ("Properties that go", _whole("properties_left"), "0"),
        ("People who move (full-time equivalents)", _whole("people_moved"), "0"),
        ("People who lose the reach of a service", lambda option: f"{findings.losing(option.plan):,.0f}", "0"),
        (
            "Carbon in the last year (tonnes of CO2e)",
            _whole("carbon_tonnes_last_year_after"),
            f"{findings.figures(case.main).carbon_tonnes_last_year_today:,.0f}",
        ),
        ("Partners worse off", _worse_off, "0"),
        ("Share of pounds that are estimates", _estimated, _NOTHING_PROVEN),
        ("Best possible could cost less by up to", _gap, _NOTHING_PROVEN),
    )
    heads = ("", "Keep today’s estate", *(english.short(case.label(option), 40) for option in case.options))
    rows = [(what, kept, *(say(option) for option in case.options)) for what, say, kept in measures]
    note = (
        "The plans were made from the register at different times: part of the difference may be what changed"
        " in it."
        if case.compared and not case.compared.same_snapshot
        else ""
    )
    return Table("What each option comes to", heads, rows, frozenset(range(1, len(heads))), note)


def _today(case: Case) -> str:
    return words.pounds(findings.figures(case.main).running_cost_today_gbp_per_year)


def _pounds(name: str) -> Callable[[Option], str]:
    return lambda option: words.pounds(getattr(findings.figures(option), name))


def _whole(name: str) -> Callable[[Option], str]:
    return lambda option: f"{getattr(findings.figures(option), name):,.0f}"


def _worse_off(option: Option) -> str:
    if not option.plan.partners:
        return _NOTHING_PROVEN
    return f"{sum(findings.better_off_gbp(one) < -0.5 for one in option.plan.partners):,}"


def _estimated(option: Option) -> str:
    return words.share(findings.figures(option).estimated_share)


def _gap(option: Option) -> str:
    if option.plan.gap is None:
        return "see page Method" if option.proof else "not known"
    return words.at_most(option.plan.gap)


def _what_was_asked(case: Case, option: Option) -> str:
    """The settings in which an option's scenario differs from that of the one put forward."""
    said: dict[str, list[str]] = {}
    for key, (mine, theirs) in case.main.asked_scenario.changes(option.asked_scenario).items():
        if key.startswith(_SETTINGS_THAT_DECIDE_NOTHING) or {_value(mine), _value(theirs)} <= _NOT_SET:
            continue
        group, *rest = key.split(".")
        service = rest[0] if group == "services" and len(rest) > 1 else ""
        named = ".".join([group, *rest[1:]]) if service else key
        said.setdefault(f"{_key(named)}: {_value(theirs)} (there {_value(mine)})", []).append(service)
    if not said:
        return f"‘{case.label(option)}’ was asked the same as ‘{case.label(case.main)}’."
    parts = [
        f"{what}, of {english.count(len(services), 'service')}" if services[0] else what
        for what, services in said.items()
    ]
    return f"‘{case.label(option)}’ was asked otherwise: {english.listed(parts, 5)}."


def _key(key: str) -> str:
    return key.replace(".", ", ").replace("_", " ")


def _value(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not set"}[value]
    return english.short(str(value), 40) if value not in ([], "") else "none"


def _business_case(case: Case) -> list[Table]:
    """The plan beside the least that could be done and a plan made by hand, all against today's estate."""
    appraised = case.main.appraised
    if appraised is None:
        return []
    columns = [(one, one.against) for one in appraised.case.options if one.against is not None]
    measures: tuple[tuple[str, Callable[[OptionCase, Against], str]], ...] = (
        ("Net present social value", lambda _, found: words.pounds(found.npsv_gbp)),
        ("Net present value in cash", lambda _, found: words.pounds(found.npv_gbp)),
        ("Benefits for each pound spent", lambda _, found: _ratio(found.benefit_cost_ratio)),
        ("Paid back from", lambda _, found: words.paid_back(found.payback_year, found.is_ever_short)),
        ("Properties that go", lambda one, _: f"{one.properties_left:,}"),
        ("Rules of the scenario that it breaks", lambda one, _: f"{len(one.breaks):,}"),
    )
    rows = [(what, *(say(one, found) for one, found in columns)) for what, say in measures]
    heads = ("", *(one.name for one, _ in columns))
    steps = [step for step in appraised.case.bridge if abs(step.gbp) >= 1]
    note = "Against today’s estate kept, by the Green Book: carbon has its value and works their optimism bias, so"
    note += " that the value differs from the plan’s own."
    if len(steps) > 1:
        note += f" From one to the other: {english.listed([f'{s.name} {words.pounds(s.gbp)}' for s in steps], 5)}."
    numbers = frozenset(range(1, len(heads)))
    return [
        Table(f"The business case for ‘{english.short(case.label(case.main), 40)}’", heads, rows, numbers, note)
    ]


def _ratio(value: float | None) -> str:
    return "nothing is spent" if value is None else f"£{value:,.2f}"


def _differences(case: Case, most: int) -> list[Table]:
    """The properties of which the plans make something else, the dearest to run first."""
    if case.compared is None:
        return []
    apart = sorted(case.compared.differing, key=lambda line: (-_size(line), line.property_id))
    rows = [
        (english.short(line.name, LONGEST_NAME), *(outcome(action) for action in line.actions))
        for line in apart[:most]
    ]
    caption = f"The plans differ on {len(apart):,} of {len(case.compared.properties):,} properties"
    rest = len(apart) - len(rows)
    note = f"{rest:,} more are in comparison.xlsx." if rest > 0 else ""
    heads = ("Property", *(english.short(case.label(option), 40) for option in case.options))
    return [Table(caption, heads, rows, note=note)] if rows else []


def _size(line: PropertyLine) -> float:
    return max(action.running_cost_today_gbp_per_year if action else 0.0 for action in line.actions)


def outcome(action: PropertyAction | None) -> str:
    """What becomes of a property, in a few words."""
    if action is None:
        return "Not decided"
    if action.action != "leave":
        return "Shared hub" if action.hub_year is not None else words.ACTIONS[action.action]
    how = " and sell" if action.sold else " to the community" if action.transferred_year is not None else ""
    return f"Leave{how}, {words.financial_year(action.year)}"
