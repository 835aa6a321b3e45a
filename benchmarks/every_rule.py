"""A scenario of ten years in five phases with every rule switched on, drawn from a place's own figures.

What a place would pin, join or forbid is picked in equal steps along its register, so that the same place always
asks the same. Floors and caps lie between the estate of today and the one that the plan made by hand leaves
(half-way; a quarter of the way for carbon over all years): a search can meet them, and not by doing nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from estate import rates
from estate.benchmarks import m2_per_unit
from estate.snapshot import Snapshot, records
from optimiser import scenario
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.solve.greedy import greedy

Item = TypeVar("Item")

_YEARS = (1, 1, 1, 2, 5)
_ONE_IN = 50  # properties, teams and pairs of teams: one in so many is pinned, joined or kept apart
_ROOM_FOR = 1.3  # people at today's counters, as a share of the people of the place


def every_rule(frozen: Snapshot, wanted: dict[str, Any]) -> dict[str, Any]:
    """The scenario of a place with every rule switched on, over five phases."""
    phased = {**wanted, **_phases(len(frozen.properties) / 300, wanted)}
    inputs = prepare(frozen, scenario.parse(phased))
    plan, last = greedy(inputs), inputs.phases[-1].number
    left = [p for p in inputs.properties if not plan.keep[p, last]]
    stay = [u for u, team in inputs.teams.items() if len(team.candidates) > 1 and plan.place[u, last] == team.home]
    together, apart = _some(_neighbours(inputs, stay, share=True)), _some(_neighbours(inputs, stay, share=False))
    met = {team for pair in (*together, *apart) for team in pair}
    travelled, queued = _largest_services(frozen)
    return {
        **phased,
        "teams": {"together": together, "apart": apart},
        "pins": {
            "keep": _some([p for p in inputs.properties if plan.keep[p, last]]),
            "leave": _some(left),
            "hub": _busiest_hub(inputs, plan.place.values()),
            "team_stays": _some([u for u in stay if u not in met]),
        },
        "transfers": {"properties": _some([p for p in left if _may_be_given(inputs, p)], 5)},
        "services": {
            travelled: {"visits_per_person_per_year": 3},
            queued: {"people_per_m2": _people_per_m2(frozen, queued)},
        },
        "goals": {
            "least_receipts_gbp": sum(inputs.site_value_gbp(s) for s in inputs.sites if plan.sold[s, last]) / 2,
            "least_saving_gbp_per_year": sum(map(inputs.cost_today_gbp_per_year, left)) / 2,
        },
        "carbon": _caps(inputs, left),
    }


def _phases(share: float, wanted: dict[str, Any]) -> dict[str, Any]:
    """Five phases with a budget, a limit on moves, hubs, nobody worse off and groups protected."""
    return {
        "phases": {**wanted["phases"], "years": list(_YEARS)},
        "moves": {**wanted["moves"], "most_people_per_year": 1500 * share},
        "capital": {"new_funding_gbp": [2e6 * share] * len(_YEARS), "recycled_share_of_receipts": 0.5},
        "hubs": {"anywhere": True},
        "partners": {"none_worse_off": True},
        "protected": {"groups": ["most_deprived_fifth", "over_65s"]},
        "leases": {"may_stand_empty": True},
    }


def _some(found: Sequence[Item], one_in: int = _ONE_IN) -> list[Item]:
    """One in so many; the first one where they are fewer."""
    return list(found[::one_in])


def _neighbours(inputs: Inputs, teams: Sequence[str], share: bool) -> list[list[str]]:
    """Pairs of teams, each after the other in the register, that share a property today or do not but could."""
    pairs = zip(teams[::2], teams[1::2], strict=False)
    return [
        [one, two]
        for one, two in pairs
        if (inputs.teams[one].home == inputs.teams[two].home) is share
        and set(inputs.teams[one].candidates) & set(inputs.teams[two].candidates)
    ]


def _busiest_hub(inputs: Inputs, places: Iterable[str]) -> list[str]:
    """The property, of those that may be a hub, in which most teams work in the plan made by hand."""
    teams = Counter(place for place in places if place in inputs.hubs)
    return [max(inputs.hubs, key=lambda p: teams[p])] if inputs.hubs else []


def _may_be_given(inputs: Inputs, place: str) -> bool:
    limit_gbp = rates.rates()["undervalue_limit_gbp"].value
    return inputs.scope.tenure[place] == "freehold" and inputs.properties[place].value_gbp <= limit_gbp


def _largest_services(frozen: Snapshot) -> list[str]:
    """The two services that most teams offer."""
    offered = frozen.teams["service_id"]
    return [str(service) for service in offered[offered.isin(frozen.services.index)].value_counts().index[:2]]


def _people_per_m2(frozen: Snapshot, service: str) -> float:
    """With which today's counters of a service have room for a little more than everybody."""
    teams = records(frozen.teams[frozen.teams["service_id"] == service])
    m2 = sum(float(team["space_amount"]) * m2_per_unit()[team["space_kind"]] for team in teams)
    return _ROOM_FOR * float(frozen.zones["population"].sum()) / m2


def _caps(inputs: Inputs, left: Sequence[str]) -> dict[str, float]:
    """In the last year half of what the properties left by hand emit is saved, over all years a quarter."""
    carbon, phases = inputs.carbon, [phase.number for phase in inputs.phases]
    mwh = sum(carbon.mwh.values())
    saved = sum(carbon.mwh.get(p, 0.0) for p in left)
    return {
        "most_tonnes_per_year": carbon.tonnes_per_mwh_last_year * (mwh - saved / 2),
        "most_tonnes": sum(carbon.tonnes_per_mwh[t - 1] for t in phases) * (mwh - saved / 4),
    }
