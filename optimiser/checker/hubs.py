"""Hubs: where there may be one, that it is kept, and that enough partners work in it in every phase."""

from optimiser.checker.facts import Facts, Findings, exact


def check_hubs(facts: Facts, findings: Findings) -> None:
    """Every hub of the plan is one that the scenario allows, and names its partners."""
    asked, firsts = facts.scenario.hubs, [facts.base_year + start for start in facts.starts]
    named = {*asked.properties, *facts.scenario.pins.hub}
    for key, action in facts.actions.items():
        if action.hub_year is None:
            findings.same(f"{key}, partners of what is no hub", action.partners, ())
            continue
        floor = facts.office_floor_m2(key)
        enough = floor > 0 and floor >= exact(asked.smallest_m2)
        findings.holds(f"{key}, hub", asked.anywhere or key in named, "a hub", "it may not be one")
        findings.holds(f"{key}, hub", enough, f"a hub of {float(floor):,.0f} m2", f"{asked.smallest_m2:,.0f} m2")
        findings.holds(f"{key}, hub", action.year is None, f"left in {action.year}", "a hub is kept")
        findings.holds(f"{key}, hub year", action.hub_year in firsts, action.hub_year, firsts)
        for year in firsts:
            there = partners(facts, key, year)
            few = facts.is_hub(key, year) and len(there) < asked.partners
            findings.holds(f"{key}, partners in {year}", not few, there, f"{asked.partners} at least")
        findings.same(f"{key}, partners", action.partners, partners(facts, key, firsts[-1]))


def partners(facts: Facts, key: str, year: int) -> tuple[str, ...]:
    """The organisations that work in a property in a year."""
    there = [team for name, team in facts.teams.items() if facts.place(name, year) == key]
    return tuple(sorted({team["organisation_id"] for team in there}))
