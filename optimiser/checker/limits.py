"""Limits that a scenario sets on moves, on company and on money, against the raw rows."""

from collections import defaultdict
from fractions import Fraction
from itertools import combinations

from optimiser.checker.facts import ZERO, Facts, Findings, exact
from optimiser.checker.money import money_of

# A limit missed by no more than this share of the sums in it is the solver's arithmetic, not a decision.
_ROUNDING = Fraction(1, 10**6)


def check_moves_per_phase(facts: Facts, findings: Findings) -> None:
    """No more people move in a phase than its years allow."""
    most = facts.scenario.moves.most_people_per_year
    if most is None:
        return
    moved: dict[int, Fraction] = defaultdict(Fraction)
    for move in facts.plan.moves:
        moved[move.year] += exact(facts.teams[move.team_id]["fte"])
    for start, years in zip(facts.starts, facts.scenario.phases.years, strict=True):
        people, limit = moved[facts.base_year + start], exact(most) * years
        findings.holds(
            f"people moved from {facts.base_year + start}",
            people <= limit * (1 + _ROUNDING),
            f"{float(people):,.1f}",
            f"{float(limit):,.1f} at the most",
        )


def check_company(facts: Facts, findings: Findings) -> None:
    """Teams that belong together are, and teams that must not meet do not; at the end where today is otherwise."""
    asked = facts.scenario.teams
    years = [facts.base_year + start for start in facts.starts]
    for group in asked.together:
        homes = {facts.teams[team]["property_id"] for team in group}
        for year in years if len(homes) == 1 else years[-1:]:
            places = {facts.place(team, year) for team in group}
            outside = not homes & facts.scope
            findings.holds(
                f"{', '.join(group)} in {year}", outside or len(places) == 1, sorted(places), "together"
            )
    for group in asked.apart:
        decided = [team for team in group if facts.teams[team]["property_id"] in facts.scope]
        shared = len({facts.teams[team]["property_id"] for team in decided}) < len(decided)
        for year in years[-1:] if shared else years:
            for one, two in combinations(decided, 2):
                place = facts.place(one, year)
                findings.holds(f"{one} and {two} in {year}", place != facts.place(two, year), place, "apart")


def check_goals(facts: Facts, findings: Findings) -> None:
    """Receipts and the yearly saving reach their floors."""
    goals = facts.scenario.goals
    if goals.least_receipts_gbp is None and goals.least_saving_gbp_per_year is None:
        return
    money = money_of(facts)
    today, after = sum(money.today.values(), ZERO), sum(money.after.values(), ZERO)
    receipts = sum(money.receipts.values(), ZERO)
    for what, floor_gbp, reached, scale in (
        ("receipts", goals.least_receipts_gbp, receipts, receipts),
        ("saving a year", goals.least_saving_gbp_per_year, today - after, max(abs(today), abs(after))),
    ):
        if floor_gbp is not None:
            enough = reached >= exact(floor_gbp) - _ROUNDING * scale
            findings.holds(f"goal, {what}", enough, f"{float(reached):,.2f}", f"{floor_gbp:,.2f} at the least")
