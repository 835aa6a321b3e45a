"""Which rules of a scenario an option breaks that no planner made: a plan of one's own, or a rule of thumb."""

from collections.abc import Callable

from optimiser.checker.capacity import check_capacity
from optimiser.checker.capital import budget
from optimiser.checker.carbon import check_caps
from optimiser.checker.facts import Facts, Findings
from optimiser.checker.hubs import check_hubs
from optimiser.checker.layout import check_moves, check_pins, check_sales, check_space, check_ways_out
from optimiser.checker.limits import check_company, check_goals, check_moves_per_phase
from optimiser.checker.money import money_of
from optimiser.checker.partners import positions
from optimiser.checker.reach import check_reach

_CHECKS: dict[str, Callable[[Facts, Findings], None]] = {
    "sites are sold whole": check_sales,
    "ways out": check_ways_out,
    "who may move where": check_moves,
    "people moved in a year": check_moves_per_phase,
    "room": check_space,
    "shared hubs": check_hubs,
    "what has been decided already": check_pins,
    "teams together or apart": check_company,
    "goals": check_goals,
    "caps on carbon": check_caps,
    "reach of services": check_reach,
    "room at counters": check_capacity,
}


def broken(facts: Facts) -> tuple[str, ...]:
    """The rules that do not hold in a plan that says what becomes of properties, teams and zones."""
    found = []
    for name, check in _CHECKS.items():
        findings = Findings()
        check(facts, findings)
        if findings.mismatches:
            found.append(f"{name} ({findings.mismatches[0].what}; {len(findings.mismatches):,} in all)")
    money = money_of(facts)
    short = [phase.year for phase in budget(facts, money) if not phase.is_enough]
    if short:
        found.append(f"the budget (short in {', '.join(map(str, short))})")
    worse = [body for body, one in positions(facts, money).items() if one.is_worse]
    if worse and facts.scenario.partners.none_worse_off:
        found.append(f"no partner worse off ({', '.join(worse)})")
    return tuple(found)
