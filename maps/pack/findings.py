"""What a plan comes to, said in clauses: every count and pound is a verified figure of the plan.

Each holds for none, one and many, and for bad news as for good.
"""

import math
from collections import Counter
from collections.abc import Iterable

from estate.snapshot import Snapshot
from maps import words
from maps.pack import english
from maps.pack.case import Option
from optimiser.plan import Figures, PartnerPosition, Plan, PropertyAction

WORTH_SAYING_GBP = 0.5  # pounds are published whole


def figures(option: Option) -> Figures:
    """The figures of an option, which has a plan."""
    if option.plan.figures is None:  # the pack refuses such a run before anything is written
        raise ValueError(f"run {option.run_id} has no plan")
    return option.plan.figures


def gone(plan: Plan) -> list[PropertyAction]:
    """What is left, the dearest to run first."""
    left = (action for action in plan.properties if action.action == "leave")
    return sorted(left, key=lambda action: (-action.running_cost_today_gbp_per_year, action.property_id))


def things(actions: Iterable[PropertyAction], snapshot: Snapshot) -> tuple[str, str]:
    """What they are called, one and many: buildings, or properties where land is among them."""
    land = set(snapshot.properties.index[snapshot.properties["holding"] == "land"])
    if any(action.property_id in land for action in actions):
        return "property", "properties"
    return "building", "buildings"


def what_goes(option: Option) -> str:
    """Twelve buildings go."""
    leaving = gone(option.plan)
    one, more = things(leaving, option.snapshot)
    return f"{english.count(len(leaving), one, more)} {english.verb(len(leaving), 'goes', 'go')}"


def what_is_saved(option: Option) -> str:
    """£2.7 million a year is saved; or the estate costs more, or as much."""
    saving = figures(option).saving_gbp_per_year
    if abs(saving) < WORTH_SAYING_GBP:
        return "running costs stay as they are"
    said = words.pounds(abs(saving))
    return f"{said} a year is saved" if saving > 0 else f"the estate costs {said} a year more to run"


def losing(plan: Plan) -> float:
    """People of zones that reach some service today within its standard, and will not; each counted once."""
    lost: dict[str, float] = {}
    for zone in plan.zones:
        if zone.reached_today and not zone.reached_after:
            lost[zone.zone_id] = zone.population
    return sum(lost.values())


def who_loses(option: Option) -> str:
    """Nobody loses the reach of a service; 1,234 people lose it; blank where no service is planned for."""
    if not option.plan.zones:
        return ""
    lost = losing(option.plan)
    return f"{english.people(lost)} {'loses' if round(lost) in (0, 1) else 'lose'} the reach of a service"


def farthest(option: Option) -> str:
    """Nobody is more than 20 minutes from any service; from ‘Libraries’ where that is the only one.

    Blank where somebody has no way to one.
    """
    minutes = [zone.minutes_after for zone in option.plan.zones if zone.population > 0]
    known = [minute for minute in minutes if minute is not None]
    if not known or len(known) < len(minutes):
        return ""
    services = {zone.service_id for zone in option.plan.zones}
    names = option.snapshot.services["name"].to_dict()
    which = "any service" if len(services) > 1 else "‘{}’".format(*(names.get(key, key) for key in services))
    longest = math.ceil(max(known) - 1e-9)
    return f"nobody is more than {longest:,} {english.verb(longest, 'minute', 'minutes')} from {which}"


def better_off_gbp(position: PartnerPosition) -> float:
    """By how much a partner's present cost falls."""
    return position.cost_today_gbp - position.cost_after_gbp


def who_gains(plan: Plan) -> str:
    """Every partner gains; five of eight gain and three are worse off; blank with no partners."""
    marks = Counter(_side(better_off_gbp(one)) for one in plan.partners)
    better, worse, same = marks["better"], marks["worse"], marks["same"]
    whole = len(plan.partners)
    if not whole:
        return ""
    if better == whole:
        return "every partner is better off" if whole > 1 else "the one partner is better off"
    if worse == whole:
        return "every partner is worse off" if whole > 1 else "the one partner is worse off"
    if same == whole:
        return "no partner gains or loses"
    said = [(better, "better off"), (worse, "worse off"), (same, "as before")]
    first = next(number for number, (many, _) in enumerate(said) if many)
    clauses = []
    for place, (many, how) in enumerate(said):
        if many:
            noun = f" {english.verb(many, 'partner', 'partners')}" if place == first else ""
            clauses.append(f"{english.number(many)}{noun} {english.verb(many, 'is', 'are')} {how}")
    return english.listed(clauses)


def _side(gbp: float) -> str:
    return "same" if abs(gbp) < WORTH_SAYING_GBP else "better" if gbp > 0 else "worse"


def move_years(plan: Plan) -> str:
    """In 2026/27; between 2026/27 and 2030/31."""
    years = sorted({move.year for move in plan.moves})
    if not years:
        return ""
    first, last = words.financial_year(years[0]), words.financial_year(years[-1])
    return f"in {first}" if first == last else f"between {first} and {last}"
