"""The rules of the benchmark estimates, one function for each thing. See `estate.estimates.RULES` for their order.

Each takes the frames of the register, with what earlier rules filled, and gives the fills it would make. A rule
works on whole columns: 100,000 properties with nothing known have almost a million gaps.
"""

from collections import defaultdict

import pandas as pd

from estate import benchmarks, rates
from estate.benchmarks import m2_per_unit, typical_costs, typical_shares
from estate.estimate_columns import (
    amounts_at,
    down_to_tenths,
    each_with,
    larger,
    largest_kinds,
    looked_up,
    new_ids,
    of_place,
    rounded,
    share_of_floor,
    smaller,
    sums,
    typical_of,
    typical_of_teams,
)
from estate.fills import Fills, Frames
from estate.services import definitions

# Statuses of what the body still holds, and of those the ones that it also pays for: a tenant pays his own costs.
_HELD = frozenset({"operational", "vacant", "surplus", "let_out", ""})
_OURS = _HELD - {"let_out"}
# What the rules need of a property.
_PLACE = ["organisation_id", "name", "use", "tenure", "holding", "status", "floor_area_m2", "land_area_ha"]


def floor_area_from_recorded_space(frames: Frames) -> Fills:
    """Usable space recorded / share of a floor that is usable in this use."""
    return _floor_area_to_hold(frames, _m2_by_property(frames["space"], "kind", "amount"), occupied_share=1.0)


def floor_area_from_recorded_teams(frames: Frames) -> Fills:
    """Space that the teams there need / share of space in use / share of a floor that is usable."""
    needs = _m2_by_property(frames["team"], "space_kind", "space_amount")
    return _floor_area_to_hold(frames, needs, rates.value("estimate_occupied_share"))


def floor_area_typical_of_use(frames: Frames) -> Fills:
    """The typical floor area of the use, for buildings and wherever a team or space is."""
    places = _without(frames, "floor_area_m2")
    places = places[places.index.isin(_buildings(frames))]
    typical = typical_of(places["use"])
    return _property_fills("floor_area_m2", "m2", typical["floor_area_m2"], typical)


def land_area_typical_of_use(frames: Frames) -> Fills:
    """The typical area of land of the use, for land without buildings."""
    places = _without(frames, "land_area_ha")
    typical = typical_of(places.loc[places["holding"] == "land", "use"])
    return _property_fills("land_area_ha", "ha", typical["land_area_ha"], typical)


def team_kind_of_space(frames: Frames) -> Fills:
    """The kind its service works in; else, or where the recorded spaces lack it, the largest kind there."""
    teams = frames["team"][frames["team"]["space_kind"] == ""]
    spaces = sums(frames["space"], "kind", "amount")
    typical = typical_of(of_place(frames, teams, "use"))
    by_service = {service.id: service.space_kind for service in definitions().values()}
    usual = looked_up(teams["service_id"], by_service)
    usual = usual.where(usual.notna(), typical["main_kind"])
    there = amounts_at(spaces, teams["property_id"], usual)
    largest = largest_kinds(spaces, teams["property_id"])["kind"]
    kind = usual.where(there.notna() | largest.isna(), largest)
    return _team_fills("space_kind", "", teams, kind, typical)


def space_by_share_of_floor_area(frames: Frames) -> Fills:
    """Floor area x share of each kind, and never less than what the teams recorded there need.

    A kind that the use does not usually have gets `estimate_other_room_share` where a recorded team needs it.
    """
    places = _without_rows(frames, "space", _HELD)
    places = places[places.index.isin(_buildings(frames))]
    needs, usual = _needs(frames), each_with(places, typical_shares(), "use")
    other = each_with(places, needs[["property_id", "kind"]], "property_id")
    other = other[share_of_floor(other["use"], other["kind"]).isna()]
    other = other.assign(share=rates.value("estimate_other_room_share"))
    wanted = pd.concat([usual, other], ignore_index=True).sort_values("order", kind="stable")
    need = amounts_at(needs, wanted["property_id"], wanted["kind"]).fillna(0.0)
    by_share = wanted["floor_area_m2"] * wanted["share"] / wanted["kind"].map(m2_per_unit())
    amount = rounded(larger(by_share, need / rates.value("estimate_occupied_share")), 1)
    rows = wanted[["property_id", "kind", "use"]].assign(amount=amount)[amount > 0]
    return _row_fills(frames, "space", "amount", _unit_of(rows["kind"]), rows, rows["kind"])


def team_space_from_its_people(frames: Frames) -> Fills:
    """Recorded people x space a person, at most the room left in the building."""
    teams, room, typical = _teams_without_space(frames)
    wanted = teams["fte"] * typical["m2_per_fte"] / teams["space_kind"].map(m2_per_unit())
    known = teams["fte"] > 0
    amount = down_to_tenths(smaller(wanted, room)[known])
    return _team_fills(
        "space_amount", _unit_of(teams.loc[known, "space_kind"]), teams[known], amount, typical[known]
    )


def team_space_from_the_room_there(frames: Frames) -> Fills:
    """Its part of the room of its kind, at most what is typical of its service."""
    teams, room, typical = _teams_without_space(frames)
    share = share_of_floor(typical["use"], teams["space_kind"]).fillna(rates.value("estimate_other_room_share"))
    in_use = typical["floor_area_m2"] * share * rates.value("estimate_occupied_share")
    usual = in_use / teams["space_kind"].map(m2_per_unit())
    amount = down_to_tenths(smaller(usual, room))
    return _team_fills("space_amount", _unit_of(teams["space_kind"]), teams, amount, typical)


def team_people_from_its_space(frames: Frames) -> Fills:
    """Space of the team / space a person in this use."""
    teams = frames["team"][frames["team"]["fte"].isna()]
    typical = typical_of_teams(frames, teams)
    space_m2 = teams["space_amount"] * teams["space_kind"].map(m2_per_unit())
    return _team_fills("fte", "FTE", teams, rounded(space_m2 / typical["m2_per_fte"], 1), typical)


def team_of_an_operational_building(frames: Frames) -> Fills:
    """One team in each operational building whose people nobody has recorded, in its largest kind of space.

    A counter known only from a list of service points, with no space recorded, does not fill a town hall: a
    building with no other team is still short of the people in its largest kind of space. The team offers a
    service only where no team of that service is recorded anywhere and the use means one service.
    """
    teams, places = frames["team"], frames["property"][_PLACE]
    places = places[(places["status"] == "operational") & (places["holding"] != "land")]
    places = places[~places.index.isin(teams.loc[~teams["estimated"], "property_id"])]
    largest = largest_kinds(sums(frames["space"], "kind", "amount"), places.index.to_series())
    there = amounts_at(_needs(frames), places.index.to_series(), largest["kind"])
    short = largest["kind"].notna() & there.isna()
    places, largest = places[short], largest[short]
    typical = typical_of(places["use"])
    service = looked_up(places["use"], _services_by_use(frames), otherwise="")
    rows = pd.DataFrame(
        {
            "organisation_id": places["organisation_id"],
            "property_id": places.index,
            "name": places["name"] + " (estimated team)",
            "service_id": service,
            "fte": rounded(places["floor_area_m2"] / typical["m2_per_fte"], 1),
            "space_kind": largest["kind"],
            "space_amount": down_to_tenths(largest["amount"] * rates.value("estimate_occupied_share")),
            "public_facing": service != "",
            "may_move": typical["team_may_move"],
            "use": places["use"],
        }
    )
    return _row_fills(frames, "team", "fte", "FTE", rows, "team")


def running_cost_of_a_building(frames: Frames) -> Fills:
    """Floor area x cost a m2 by category. Where nobody works there are no costs of use; a tenant pays his own."""
    places = _without_rows(frames, "running_cost", _OURS)
    costs = each_with(places[places["holding"] != "land"], typical_costs(), "use")
    spent = (costs["part"] == "holding") | (costs["status"] == "operational")
    costs = costs[spent & (costs["gbp_per_m2"] != 0)]
    return _cost_fills(frames, costs, costs["floor_area_m2"] * costs["gbp_per_m2"])


def running_cost_of_land(frames: Frames) -> Fills:
    """Land area x cost of holding a hectare."""
    places = _without_rows(frames, "running_cost", _OURS)
    costs = places[places["holding"] == "land"].assign(category="hard_fm", part="holding")
    gbp = costs["land_area_ha"] * typical_of(costs["use"])["land_holding_gbp_per_ha"]
    return _cost_fills(frames, costs, gbp)


def value_of_a_property_not_leased(frames: Frames) -> Fills:
    """Floor area x existing use value a m2, or for land its area x value a hectare."""
    places = _without_rows(frames, "valuation", _HELD)
    places = places[~places["tenure"].isin({"leasehold", "licence"})]
    typical = typical_of(places["use"])
    rows = places[["property_id", "use"]].assign(
        basis="existing_use",
        value_gbp=rounded(_value_gbp(places, typical), -2),
        valued_on=typical["from_date"],
        confidence="low",
    )
    return _row_fills(frames, "valuation", "value_gbp", "GBP", rows, "existing_use")


def rent_of_a_leasehold(frames: Frames) -> Fills:
    """Floor area x rent a m2, or for land a share of its value; when the lease ends is not known."""
    leased = frames["lease"][frames["lease"]["direction"] == "in"]
    places = _without_rows({**frames, "lease": leased}, "lease", _HELD)
    places = places[places["tenure"] == "leasehold"]
    typical = typical_of(places["use"])
    of_land = _value_gbp(places, typical) * rates.value("estimate_land_rent_share")
    of_building = places["floor_area_m2"] * typical["rent_gbp_per_m2"]
    rent = rounded(of_building.where(places["holding"] != "land", of_land), 0)
    rows = places[["property_id", "use"]].assign(direction="in", rent_gbp_per_year=rent)
    return _row_fills(frames, "lease", "rent_gbp_per_year", "GBP a year", rows, "lease")


def _without(frames: Frames, column: str) -> pd.DataFrame:
    """Properties still held whose figure is missing."""
    places = frames["property"][_PLACE]
    return places[places[column].isna() & (places["status"] != "left")]


def _without_rows(frames: Frames, table: str, statuses: frozenset[str]) -> pd.DataFrame:
    """Properties of these statuses that have no row of a table, with their id as column `property_id` too."""
    places = frames["property"][_PLACE]
    found = places[places["status"].isin(statuses) & ~places.index.isin(frames[table]["property_id"])]
    return found.assign(property_id=found.index)


def _buildings(frames: Frames) -> pd.Index:
    """Ids of properties with a building: those recorded as one, and wherever a team or space is."""
    places = frames["property"]
    used = [places.index.isin(frames[table]["property_id"]) for table in ("team", "space")]
    found: pd.Index = places.index[(places["holding"] != "land") | used[0] | used[1]]
    return found


def _m2_by_property(frame: pd.DataFrame, kind: str, amount: str) -> pd.Series:
    known = frame[frame[kind] != ""]
    m2 = known[amount].fillna(0.0) * known[kind].map(m2_per_unit()).astype(float)
    totals = m2.groupby(known["property_id"]).sum()
    return totals[totals > 0]


def _floor_area_to_hold(frames: Frames, m2: pd.Series, occupied_share: float) -> Fills:
    places = _without(frames, "floor_area_m2")
    places = places[places.index.isin(m2.index)]
    typical = typical_of(places["use"])
    area_m2 = m2.reindex(places.index) / occupied_share / typical["usable_share"]
    return _property_fills("floor_area_m2", "m2", rounded(area_m2, 1), typical)


def _needs(frames: Frames) -> pd.DataFrame:
    """What teams are known to need, by property and kind; 0 where a team's amount is missing."""
    teams = frames["team"]
    return sums(teams.assign(space_amount=teams["space_amount"].fillna(0.0)), "space_kind", "space_amount")


def _teams_without_space(frames: Frames) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """The teams whose amount is missing, the part of each of the room left there, and what is typical of it."""
    teams = frames["team"][frames["team"]["space_amount"].isna()]
    there = (teams["property_id"], teams["space_kind"])
    held = amounts_at(sums(frames["space"], "kind", "amount"), *there).fillna(0.0)
    left = rates.value("estimate_occupied_share") * held - amounts_at(_needs(frames), *there)
    sharing = teams.groupby(["property_id", "space_kind"])["space_kind"].transform("size")
    return teams, left.clip(lower=0.0) / sharing, typical_of_teams(frames, teams)


def _services_by_use(frames: Frames) -> dict[str, str]:
    """Use to the one service it means, for services of the register that no team is recorded for."""
    meant: dict[str, list[str]] = defaultdict(list)
    for service in definitions().values():
        meant[service.use].append(service.id)
    open_ids = set(frames["service"].index) - set(frames["team"]["service_id"])
    return {use: ids[0] for use, ids in meant.items() if len(ids) == 1 and ids[0] in open_ids}


def _value_gbp(places: pd.DataFrame, typical: pd.DataFrame) -> pd.Series:
    of_building = places["floor_area_m2"] * typical["value_gbp_per_m2"]
    return of_building.where(places["holding"] != "land", places["land_area_ha"] * typical["value_gbp_per_ha"])


def _unit_of(kind: pd.Series) -> pd.Series:
    return looked_up(kind, {"desks": "desk"}, otherwise="m2")


def _property_fills(column: str, unit: str, values: pd.Series, typical: pd.DataFrame) -> Fills:
    rows = pd.DataFrame({"property_id": values.index, column: values}, values.index)
    return Fills("property", column, rows, unit, typical["use"])


def _team_fills(
    column: str, unit: str | pd.Series, teams: pd.DataFrame, values: pd.Series, typical: pd.DataFrame
) -> Fills:
    return Fills("team", column, teams[["property_id"]].assign(**{column: values}), unit, typical["use"])


def _row_fills(
    frames: Frames, table: str, column: str, unit: str | pd.Series, rows: pd.DataFrame, part: str | pd.Series
) -> Fills:
    """New rows, each named after its property and the part of it that it is; `use` says whose benchmark it is."""
    ids = new_ids(frames[table].index, rows["property_id"], part)
    return Fills(table, column, rows.drop(columns="use").set_axis(ids), unit, rows["use"], new=True)


def _cost_fills(frames: Frames, costs: pd.DataFrame, gbp_per_year: pd.Series) -> Fills:
    rows = costs[["property_id", "use", "category", "part"]].assign(
        gbp_per_year=rounded(gbp_per_year, 0), price_year=benchmarks.PRICE_YEAR
    )
    return _row_fills(frames, "running_cost", "gbp_per_year", "GBP a year", rows, rows["category"])
