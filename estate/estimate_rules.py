"""The rules of the benchmark estimates, one function for each thing. See `estate.estimates.RULES` for their order.

Each takes the frames of the register, with what earlier rules filled, and yields the fills it would make.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from estate import benchmarks, rates
from estate.benchmarks import Benchmark, benchmark, m2_per_unit
from estate.services import definitions

Frames = dict[str, pd.DataFrame]
Record = dict[str, Any]

# Statuses of what the body still holds, and of those the ones that it also pays for: a tenant pays his own costs.
_HELD = frozenset({"operational", "vacant", "surplus", "let_out", ""})
_OURS = _HELD - {"let_out"}


@dataclass(frozen=True)
class Fill:
    """One estimated value. `row` is the whole new row where there was none; None fills a cell of a row."""

    table: str
    record_id: str
    property_id: str
    column: str
    value: float | str
    unit: str
    as_of: date
    source: str
    row: Record | None = None


def floor_area_from_recorded_space(frames: Frames) -> Iterator[Fill]:
    """Usable space recorded / share of a floor that is usable in this use."""
    yield from _floor_area_to_hold(frames, _m2_by_property(frames["space"], "kind", "amount"), occupied_share=1.0)


def floor_area_from_recorded_teams(frames: Frames) -> Iterator[Fill]:
    """Space that the teams there need / share of space in use / share of a floor that is usable."""
    needs = _m2_by_property(frames["team"], "space_kind", "space_amount")
    yield from _floor_area_to_hold(frames, needs, rates.value("estimate_occupied_share"))


def floor_area_typical_of_use(frames: Frames) -> Iterator[Fill]:
    """The typical floor area of the use, for buildings and wherever a team or space is."""
    buildings = _buildings(frames)
    for place in _without(frames, "floor_area_m2"):
        if place["id"] in buildings:
            typical = benchmark(place["use"])
            yield _property_fill(place, "floor_area_m2", typical.floor_area_m2, typical)


def land_area_typical_of_use(frames: Frames) -> Iterator[Fill]:
    """The typical area of land of the use, for land without buildings."""
    for place in _without(frames, "land_area_ha"):
        if place["holding"] == "land":
            typical = benchmark(place["use"])
            yield _property_fill(place, "land_area_ha", typical.land_area_ha, typical)


def team_kind_of_space(frames: Frames) -> Iterator[Fill]:
    """The kind its service works in; else, or where the recorded spaces lack it, the largest kind there."""
    spaces = _amounts(frames)
    places = _by_id(frames["property"])
    for team in _records(frames["team"]):
        if not team["space_kind"]:
            place = places[team["property_id"]]
            typical, recorded = benchmark(place["use"]), spaces.get(place["id"], {})
            service = definitions().get(team["service_id"])
            kind = service.space_kind if service else typical.main_kind
            if recorded and kind not in recorded:
                kind = _largest(recorded)
            yield _team_fill(team, "space_kind", kind, "", typical)


def space_by_share_of_floor_area(frames: Frames) -> Iterator[Fill]:
    """Floor area x share of each kind, and never less than what the teams recorded there need.

    A kind that the use does not usually have gets `estimate_other_room_share` where a recorded team needs it.
    """
    needs, buildings = _needs(frames), _buildings(frames)
    other_room, in_use = rates.value("estimate_other_room_share"), rates.value("estimate_occupied_share")
    for place, taken in _without_rows(frames, "space", _HELD):
        if place["id"] not in buildings:
            continue
        typical, need = benchmark(place["use"]), needs.get(place["id"], {})
        for kind in {**typical.space_shares, **need}:
            share = typical.space_shares.get(kind, other_room)
            by_share = place["floor_area_m2"] * share / m2_per_unit()[kind]
            amount = round(max(by_share, need.get(kind, 0.0) / in_use), 1)
            if amount > 0:
                row = {"property_id": place["id"], "kind": kind, "amount": amount}
                key = _new_id(taken, place["id"], kind)
                yield _row_fill("space", key, row, "amount", "desk" if kind == "desks" else "m2", typical)


def team_space_from_its_people(frames: Frames) -> Iterator[Fill]:
    """Recorded people x space a person, at most the room left in the building."""
    for team, room, typical in _teams_without_space(frames):
        if team["fte"] > 0:
            wanted = team["fte"] * typical.m2_per_fte / m2_per_unit()[team["space_kind"]]
            yield _amount_fill(team, min(wanted, room), typical)


def team_space_from_the_room_there(frames: Frames) -> Iterator[Fill]:
    """Its part of the room of its kind, at most what is typical of its service."""
    in_use = rates.value("estimate_occupied_share")
    for team, room, typical in _teams_without_space(frames):
        share = typical.space_shares.get(team["space_kind"], rates.value("estimate_other_room_share"))
        usual = typical.floor_area_m2 * share * in_use / m2_per_unit()[team["space_kind"]]
        yield _amount_fill(team, min(usual, room), typical)


def team_people_from_its_space(frames: Frames) -> Iterator[Fill]:
    """Space of the team / space a person in this use."""
    places = _by_id(frames["property"])
    for team in _records(frames["team"]):
        if _is_missing(team["fte"]):
            typical = _typical_of_team(team, places)
            space_m2 = team["space_amount"] * m2_per_unit()[team["space_kind"]]
            yield _team_fill(team, "fte", round(space_m2 / typical.m2_per_fte, 1), "FTE", typical)


def team_of_an_operational_building(frames: Frames) -> Iterator[Fill]:
    """One team in each operational building whose people nobody has recorded, in its largest kind of space.

    A counter known only from a list of service points, with no space recorded, does not fill a town hall: a
    building with no other team is still short of the people in its largest kind of space. The team offers a
    service only where no team of that service is recorded anywhere and the use means one service.
    """
    teams, taken = _records(frames["team"]), set(frames["team"].index)
    recorded_there = {team["property_id"] for team in teams if not team["estimated"]}
    used = {(team["property_id"], team["space_kind"]) for team in teams}
    services, spaces = _services_by_use(frames), _amounts(frames)
    for place in _records(frames["property"]):
        recorded = spaces.get(place["id"])
        if place["id"] in recorded_there or place["status"] != "operational" or place["holding"] == "land":
            continue
        if not recorded or (place["id"], _largest(recorded)) in used:
            continue
        typical, kind = benchmark(place["use"]), _largest(recorded)
        service_id = services.get(place["use"], "")
        row = {
            "organisation_id": place["organisation_id"],
            "property_id": place["id"],
            "name": f"{place['name']} (estimated team)",
            "service_id": service_id,
            "fte": round(place["floor_area_m2"] / typical.m2_per_fte, 1),
            "space_kind": kind,
            "space_amount": _down(recorded[kind] * rates.value("estimate_occupied_share")),
            "public_facing": bool(service_id),
            "may_move": typical.team_may_move,
        }
        yield _row_fill("team", _new_id(taken, place["id"], "team"), row, "fte", "FTE", typical)


def running_cost_of_a_building(frames: Frames) -> Iterator[Fill]:
    """Floor area x cost a m2 by category. Where nobody works there are no costs of use; a tenant pays his own."""
    for place, taken in _without_rows(frames, "running_cost", _OURS):
        if place["holding"] == "land":
            continue
        typical = benchmark(place["use"])
        for category, gbp_per_m2 in typical.costs_gbp_per_m2.items():
            part = benchmarks.cost_parts()[category]
            if gbp_per_m2 and (part == "holding" or place["status"] == "operational"):
                gbp = place["floor_area_m2"] * gbp_per_m2
                yield _cost_fill(taken, place, category, part, gbp, typical)


def running_cost_of_land(frames: Frames) -> Iterator[Fill]:
    """Land area x cost of holding a hectare."""
    for place, taken in _without_rows(frames, "running_cost", _OURS):
        typical = benchmark(place["use"])
        if place["holding"] == "land":
            gbp = place["land_area_ha"] * typical.land_holding_gbp_per_ha
            yield _cost_fill(taken, place, "hard_fm", "holding", gbp, typical)


def value_of_a_property_not_leased(frames: Frames) -> Iterator[Fill]:
    """Floor area x existing use value a m2, or for land its area x value a hectare."""
    for place, taken in _without_rows(frames, "valuation", _HELD):
        if place["tenure"] not in {"leasehold", "licence"}:
            typical = benchmark(place["use"])
            row = {
                "property_id": place["id"],
                "basis": "existing_use",
                "value_gbp": round(_value_gbp(place, typical), -2),
                "valued_on": typical.from_date,
                "confidence": "low",
            }
            key = _new_id(taken, place["id"], "existing_use")
            yield _row_fill("valuation", key, row, "value_gbp", "GBP", typical)


def rent_of_a_leasehold(frames: Frames) -> Iterator[Fill]:
    """Floor area x rent a m2, or for land a share of its value; when the lease ends is not known."""
    leased = frames["lease"][frames["lease"]["direction"] == "in"]
    recorded, taken = set(leased["property_id"]), set(frames["lease"].index)
    for place in _records(frames["property"]):
        if place["tenure"] == "leasehold" and place["status"] in _HELD and place["id"] not in recorded:
            typical = benchmark(place["use"])
            if place["holding"] == "land":
                rent = _value_gbp(place, typical) * rates.value("estimate_land_rent_share")
            else:
                rent = place["floor_area_m2"] * typical.rent_gbp_per_m2
            row = {"property_id": place["id"], "direction": "in", "rent_gbp_per_year": round(rent, 0)}
            key = _new_id(taken, place["id"], "lease")
            yield _row_fill("lease", key, row, "rent_gbp_per_year", "GBP a year", typical)


def _records(frame: pd.DataFrame) -> list[Record]:
    names = ["id", *frame.columns]
    cells = [frame.index.tolist(), *(frame[name].tolist() for name in frame.columns)]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def _by_id(frame: pd.DataFrame) -> dict[str, Record]:
    return {record["id"]: record for record in _records(frame)}


def _without(frames: Frames, column: str) -> list[Record]:
    """Properties still held whose figure is missing."""
    places = frames["property"]
    return _records(places[places[column].isna() & (places["status"] != "left")])


def _without_rows(frames: Frames, table: str, statuses: frozenset[str]) -> Iterator[tuple[Record, set[str]]]:
    """Properties of these statuses that have no row of a table, each with the ids that the table holds."""
    recorded, taken = set(frames[table]["property_id"]), set(frames[table].index)
    for place in _records(frames["property"]):
        if place["id"] not in recorded and place["status"] in statuses:
            yield place, taken


def _buildings(frames: Frames) -> set[str]:
    """Ids of properties with a building: those recorded as one, and wherever a team or space is."""
    places = frames["property"]
    recorded = set(places.index[places["holding"] != "land"])
    return recorded | set(frames["team"]["property_id"]) | set(frames["space"]["property_id"])


def _m2_by_property(frame: pd.DataFrame, kind: str, amount: str) -> dict[str, float]:
    known = frame[frame[kind] != ""]
    m2 = known[amount].fillna(0.0) * known[kind].map(m2_per_unit()).astype(float)
    totals = m2.groupby(known["property_id"]).sum()
    return {str(key): float(total) for key, total in totals.items() if total > 0}


def _floor_area_to_hold(frames: Frames, m2: dict[str, float], occupied_share: float) -> Iterator[Fill]:
    for place in _without(frames, "floor_area_m2"):
        if place["id"] in m2:
            typical = benchmark(place["use"])
            area_m2 = m2[place["id"]] / occupied_share / typical.usable_share
            yield _property_fill(place, "floor_area_m2", round(area_m2, 1), typical)


def _amounts(frames: Frames) -> dict[str, dict[str, float]]:
    """Space by property and kind, in the kind's own unit."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for space in _records(frames["space"]):
        found[space["property_id"]][space["kind"]] += space["amount"]
    return found


def _needs(frames: Frames) -> dict[str, dict[str, float]]:
    """What teams are known to need, by property and kind; 0 where a team's amount is missing."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for team in _records(frames["team"]):
        amount = team["space_amount"]
        found[team["property_id"]][team["space_kind"]] += 0.0 if _is_missing(amount) else amount
    return found


def _teams_without_space(frames: Frames) -> Iterator[tuple[Record, float, Benchmark]]:
    """Each team whose amount is missing, its part of the room left there, and what is typical of it."""
    in_use = rates.value("estimate_occupied_share")
    spaces, needs, places = _amounts(frames), _needs(frames), _by_id(frames["property"])
    missing = _records(frames["team"][frames["team"]["space_amount"].isna()])
    sharing = Counter((team["property_id"], team["space_kind"]) for team in missing)
    for team in missing:
        place, kind = team["property_id"], team["space_kind"]
        held = spaces[place][kind] if place in spaces else 0.0
        left = max(in_use * held - needs[place][kind], 0.0)
        yield team, left / sharing[place, kind], _typical_of_team(team, places)


def _typical_of_team(team: Record, places: dict[str, Record]) -> Benchmark:
    service = definitions().get(team["service_id"])
    return benchmark(service.use if service else places[team["property_id"]]["use"])


def _services_by_use(frames: Frames) -> dict[str, str]:
    """Use to the one service it means, for services of the register that no team is recorded for."""
    meant: dict[str, list[str]] = defaultdict(list)
    for service in definitions().values():
        meant[service.use].append(service.id)
    open_ids = set(frames["service"].index) - set(frames["team"]["service_id"])
    return {use: ids[0] for use, ids in meant.items() if len(ids) == 1 and ids[0] in open_ids}


def _largest(amounts: Mapping[str, float]) -> str:
    """The kind with the most floor area; of equals the first by name."""
    return min(amounts, key=lambda kind: (-amounts[kind] * m2_per_unit()[kind], kind))


def _value_gbp(place: Record, typical: Benchmark) -> float:
    if place["holding"] == "land":
        return float(place["land_area_ha"] * typical.value_gbp_per_ha)
    return float(place["floor_area_m2"] * typical.value_gbp_per_m2)


def _is_missing(value: float) -> bool:
    return value != value


def _down(amount: float) -> float:
    """Rounded down to a tenth, so that a need never outgrows its room."""
    return math.floor(amount * 10 + 1e-6) / 10


def _new_id(taken: set[str], property_id: str, part: str) -> str:
    key = f"{property_id}#{part}"
    while key in taken:
        key += "~"
    return key


def _property_fill(place: Record, column: str, value: float, typical: Benchmark) -> Fill:
    unit = "ha" if column == "land_area_ha" else "m2"
    return Fill("property", place["id"], place["id"], column, value, unit, typical.from_date, typical.source)


def _team_fill(team: Record, column: str, value: float | str, unit: str, typical: Benchmark) -> Fill:
    return Fill("team", team["id"], team["property_id"], column, value, unit, typical.from_date, typical.source)


def _amount_fill(team: Record, amount: float, typical: Benchmark) -> Fill:
    unit = "desk" if team["space_kind"] == "desks" else "m2"
    return _team_fill(team, "space_amount", _down(amount), unit, typical)


def _row_fill(table: str, key: str, row: Record, column: str, unit: str, typical: Benchmark) -> Fill:
    return Fill(
        table,
        key,
        row["property_id"],
        column,
        row[column],
        unit,
        typical.from_date,
        typical.source,
        {"id": key, **row},
    )


def _cost_fill(
    taken: set[str], place: Record, category: str, part: str, gbp_per_year: float, typical: Benchmark
) -> Fill:
    row = {
        "property_id": place["id"],
        "category": category,
        "gbp_per_year": round(gbp_per_year, 0),
        "part": part,
        "price_year": benchmarks.PRICE_YEAR,
    }
    key = _new_id(taken, place["id"], category)
    return _row_fill("running_cost", key, row, "gbp_per_year", "GBP a year", typical)
