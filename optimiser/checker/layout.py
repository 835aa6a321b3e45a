"""Who is where and what is left: actions, moves, space and pins against the raw rows."""

import math
from fractions import Fraction

from optimiser.checker.facts import Facts, Findings, exact
from optimiser.plan import Move

_SPACE = 1 + Fraction(1, 10**6)  # floating-point sums of areas; not room for a desk


def check_actions(facts: Facts, findings: Findings) -> None:
    """Every property in scope has one action that its dates and moves bear out."""
    findings.same("properties decided", sorted(facts.actions), sorted(facts.scope))
    findings.same("actions a property", len(facts.plan.properties), len(facts.actions))
    firsts = [facts.base_year + start for start in facts.starts]
    homes = {key: team["property_id"] for key, team in facts.teams.items()}
    hosts = {move.to_property_id for move in facts.plan.moves if move.to_property_id != homes[move.team_id]}
    for key, action in facts.actions.items():
        word = "leave" if action.year is not None else "host" if key in hosts else "keep"
        findings.same(f"{key}, action", action.action, word)
        for year in (action.year, action.sold_year, action.lease_ends_year, action.transferred_year):
            findings.holds(f"{key}, year", year is None or year in firsts, year, firsts)
        findings.same(f"{key}, sold", action.sold, action.sold_year is not None)


def check_sales(facts: Facts, findings: Findings) -> None:
    """Only what is owned is sold, a whole site at a time and all of it left by then."""
    for key, action in facts.actions.items():
        if action.sold_year is None:
            continue
        for other in facts.site(key):
            findings.same(f"{other}, tenure of what is sold", facts.properties[other]["tenure"], "freehold")
            mate = facts.actions.get(other)
            together = mate is not None and mate.sold_year == action.sold_year
            findings.holds(f"{key}, sold with its site", together, "sold", f"{other} on the same site is not")
            findings.holds(f"{other}, left before sale", not facts.kept(other, action.sold_year), "sold", "kept")


def check_ways_out(facts: Facts, findings: Findings) -> None:
    """A lease ends as its property is left, or later where it may stand empty; transfers are as allowed."""
    for key, action in facts.actions.items():
        leased, ends = facts.properties[key]["tenure"] != "freehold", action.lease_ends_year
        if leased and action.year is not None:
            in_time = ends is not None and (ends >= action.year if facts.may_stand_empty else ends == action.year)
            findings.holds(f"{key}, end of its lease", in_time, ends, f"{action.year} or, if it may wait, later")
        else:
            findings.same(f"{key}, end of its lease", ends, None)
        if action.transferred_year is not None:
            _check_transfer(facts, findings, key)


def _check_transfer(facts: Facts, findings: Findings, key: str) -> None:
    asked, action, year = facts.scenario.transfers, facts.actions[key], facts.actions[key].transferred_year
    findings.holds(f"{key}, transfer", key in asked.properties, "transferred", "not allowed")
    findings.same(f"{key}, tenure of what is transferred", facts.properties[key]["tenure"], "freehold")
    left = action.year is not None and year is not None and action.year <= year
    findings.holds(f"{key}, left before transfer", left, f"transferred in {year}", f"left in {action.year}")
    findings.same(f"{key}, sold beside its transfer", action.sold_year, None)


def check_moves(facts: Facts, findings: Findings) -> None:
    """Every team that moves may do so, as often as it does, each time from where it is to where it may go."""
    wanted = facts.scenario.moves
    for key, moves in facts.moves.items():
        team = facts.teams[key]
        most = f"{wanted.most_per_team} at the most"
        findings.holds(f"team {key}, moves", len(moves) <= wanted.most_per_team, len(moves), most)
        findings.holds(f"team {key}", _is_free(facts, key), "moves", "it may not move")
        place, years = team["property_id"], [move.year for move in moves]
        findings.holds(f"team {key}, years", years == sorted(set(years)), years, "one move after the other")
        for move in moves:
            findings.same(f"team {key}, place", move.from_property_id, place)
            place = move.to_property_id
            _check_move(facts, findings, move)


def _check_move(facts: Facts, findings: Findings, move: Move) -> None:
    wanted, key, team = facts.scenario.moves, move.team_id, facts.teams[move.team_id]
    ends, home = (move.from_property_id, move.to_property_id), team["property_id"]
    findings.holds(f"team {key}", set(ends) <= facts.scope and ends[0] != ends[1], ends, "two places in scope")
    owners = {facts.properties[end]["organisation_id"] for end in (home, *ends)}
    findings.holds(f"team {key}", wanted.across_organisations or len(owners) == 1, "moves", f"across {owners}")
    km, from_home = facts.kilometres(*ends), facts.kilometres(home, move.to_property_id)
    limit = wanted.max_km if math.isnan(team["max_move_km"]) else team["max_move_km"]
    near = from_home <= limit + 1e-6
    findings.holds(
        f"team {key}, km", abs(km - move.km) < 0.001 and near, move.km, f"{km:.3f}, within {limit} of home"
    )
    findings.same(f"team {key}, FTE", move.fte, team["fte"])
    findings.holds(
        f"team {key}, year", move.year - facts.base_year in facts.starts, move.year, "the start of a phase"
    )
    findings.close(f"team {key}, cost", move.cost_gbp, facts.move_gbp(move) + facts.fit_out_gbp(move))


def _is_free(facts: Facts, key: str) -> bool:
    team, asked = facts.teams[key], facts.scenario.scope.organisations
    takes_part = not asked or team["organisation_id"] in asked
    return bool(team["may_move"]) and takes_part and key not in facts.scenario.pins.team_stays


def check_space(facts: Facts, findings: Findings) -> None:
    """In every phase nobody is in a property that was left, and no space is fuller than it may be."""
    usable = exact(facts.scenario.rates.usable_share_of_space)
    room: dict[tuple[str, str], Fraction] = {}
    for row in facts.rows("spaces"):
        place, kind = row["property_id"], row["kind"]
        room[place, kind] = room.get((place, kind), Fraction(0)) + usable * exact(row["amount"])
    today = facts.used(lambda team: str(team["property_id"]))
    for start in facts.starts:
        year = facts.base_year + start
        for (place, kind), amount in facts.used(lambda team, year=year: facts.place(team["id"], year)).items():  # type: ignore[misc]
            if place in facts.scope:
                limit = max(room.get((place, kind), Fraction(0)), today.get((place, kind), Fraction(0)))
                if kind == "desks" and facts.is_hub(place, year):
                    limit = max(
                        limit, usable * facts.office_floor_m2(place) / exact(facts.scenario.hubs.m2_per_desk)
                    )
                said, wanted = f"{float(amount):,.1f}", f"room for {float(limit):,.1f}"
                findings.holds(f"{place}, {kind} in {year}", amount <= limit * _SPACE, said, wanted)
                findings.holds(f"{place} in {year}", facts.kept(place, year), "left", "people still work there")


def check_pins(facts: Facts, findings: Findings) -> None:
    """What was decided beforehand stands."""
    for key in facts.scenario.pins.keep:
        findings.holds(
            f"{key}, pinned", key not in facts.scope or facts.actions[key].year is None, "leave", "keep"
        )
    for key in facts.scenario.pins.leave:
        findings.holds(
            f"{key}, pinned", key not in facts.scope or facts.actions[key].year is not None, "keep", "leave"
        )
    for key in facts.scenario.pins.hub:
        said = facts.actions[key].hub_year if key in facts.scope else None
        findings.holds(f"{key}, pinned", key not in facts.scope or said is not None, "no hub", "a hub")
