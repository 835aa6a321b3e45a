"""The rules of the benchmark estimates, one function for each thing. See `estate.estimates.RULES` for their order.

Each takes the frames of the register, with what earlier rules filled, and gives the fills it would make. A rule
works on whole columns: 100,000 properties with nothing known have almost a million gaps.
"""

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from estate import benchmarks, rates
from estate.benchmarks import typical, typical_costs, typical_shares
from estate.estimate_columns import (
    Amounts,
    benchmarks_of_teams,
    benchmarks_there,
    down_to_tenths,
    each_with,
    has_rows,
    looked_up,
    m2_each,
    new_ids,
    places_of,
    rounded,
    share_of_floor,
    typical_at,
)
from estate.fills import Fills, Frames
from estate.services import definitions

Numbers = NDArray[Any]

# Statuses of what the body still holds, and of those the ones that it also pays for: a tenant pays his own costs.
_HELD = frozenset({"operational", "vacant", "surplus", "let_out", ""})
_OURS = _HELD - {"let_out"}


def floor_area_from_recorded_space(frames: Frames) -> Fills:
    """Usable space recorded / share of a floor that is usable in this use."""
    return _floor_area_to_hold(frames, Amounts.of(frames, frames["space"], "kind", "amount"), occupied_share=1.0)


def floor_area_from_recorded_teams(frames: Frames) -> Fills:
    """Space that the teams there need / share of space in use / share of a floor that is usable."""
    return _floor_area_to_hold(frames, _needs(frames), rates.value("estimate_occupied_share"))


def floor_area_typical_of_use(frames: Frames) -> Fills:
    """The typical floor area of the use, for buildings and wherever a team or space is."""
    places = _without(frames, "floor_area_m2")
    places = places[_has_building(frames, places)]
    return _property_fills(frames, places, "floor_area_m2", "m2", typical_at(places["benchmark"], "floor_area_m2"))


def land_area_typical_of_use(frames: Frames) -> Fills:
    """The typical area of land of the use, for land without buildings."""
    places = _without(frames, "land_area_ha")
    places = places[places["holding"] == "land"]
    return _property_fills(frames, places, "land_area_ha", "ha", typical_at(places["benchmark"], "land_area_ha"))


def team_kind_of_space(frames: Frames) -> Fills:
    """The kind its service works in; else, or where the recorded spaces lack it, the largest kind there."""
    at = np.flatnonzero(frames["team"]["space_kind"] == "")
    teams = frames["team"].iloc[at]
    there = benchmarks_there(frames, teams)
    spaces = Amounts.of(frames, frames["space"], "kind", "amount")
    usual = looked_up(teams["service_id"], {service.id: service.space_kind for service in definitions().values()})
    usual = usual.where(usual.notna(), typical_at(there, "main_kind"))
    largest = spaces.largest(teams["place"])[0].set_axis(teams.index)
    kind = usual.where(~np.isnan(spaces.at(teams["place"], usual)) | largest.isna(), largest)
    return _team_fills("space_kind", "", teams, at, kind, there)


def space_by_share_of_floor_area(frames: Frames) -> Fills:
    """Floor area x share of each kind, and never less than what the teams recorded there need.

    A kind that the use does not usually have gets `estimate_other_room_share` where a recorded team needs it.
    """
    places = _without_rows(frames, frames["space"], _HELD)
    places = places[_has_building(frames, places)]
    needs = _needs(frames)
    usual = each_with(places, typical_shares())
    other = _other_rooms(frames, places)
    # Together their kinds would be texts, which are many times as slow as categories.
    wanted = usual if other.empty else pd.concat([usual, other]).sort_index(kind="stable")
    by_share = (wanted["floor_area_m2"] * wanted["share"]).to_numpy() / m2_each(wanted["kind"])
    need = np.nan_to_num(needs.at(wanted.index, wanted["kind"])) / rates.value("estimate_occupied_share")
    amount = rounded(np.maximum(by_share, need), 1)
    rows = wanted[["benchmark", "kind"]].assign(amount=amount)[amount > 0]
    return _row_fills(frames, "space", "amount", _unit_of(rows["kind"]), rows, rows["kind"])


def team_space_from_its_people(frames: Frames) -> Fills:
    """Recorded people x space a person, at most the room left in the building."""
    teams, at, room, of_service = _teams_without_space(frames)
    wanted = teams["fte"].to_numpy() * typical_at(of_service, "m2_per_fte") / m2_each(teams["space_kind"])
    known = teams["fte"].to_numpy() > 0
    amount = down_to_tenths(np.minimum(wanted, room)[known])
    unit = _unit_of(teams.loc[known, "space_kind"])
    return _team_fills("space_amount", unit, teams[known], at[known], amount, of_service[known])


def team_space_from_the_room_there(frames: Frames) -> Fills:
    """Its part of the room of its kind, at most what is typical of its service."""
    teams, at, room, of_service = _teams_without_space(frames)
    share = share_of_floor(of_service, teams["space_kind"])
    share = np.where(np.isnan(share), rates.value("estimate_other_room_share"), share)
    in_use = typical_at(of_service, "floor_area_m2") * share * rates.value("estimate_occupied_share")
    amount = down_to_tenths(np.minimum(in_use / m2_each(teams["space_kind"]), room))
    return _team_fills("space_amount", _unit_of(teams["space_kind"]), teams, at, amount, of_service)


def team_people_from_its_space(frames: Frames) -> Fills:
    """Space of the team / space a person in this use."""
    at = np.flatnonzero(frames["team"]["fte"].isna())
    teams = frames["team"].iloc[at]
    of_service = benchmarks_of_teams(frames, teams)
    space_m2 = teams["space_amount"].to_numpy() * m2_each(teams["space_kind"])
    people = rounded(space_m2 / typical_at(of_service, "m2_per_fte"), 1)
    return _team_fills("fte", "FTE", teams, at, people, of_service)


def team_of_an_operational_building(frames: Frames) -> Fills:
    """One team in each operational building whose people nobody has recorded, in its largest kind of space.

    A counter known only from a list of service points, with no space recorded, does not fill a town hall: a
    building with no other team is still short of the people in its largest kind of space. The team offers a
    service only where no team of that service is recorded anywhere and the use means one service.
    """
    teams, places = frames["team"], places_of(frames)
    staffed = has_rows(frames, teams[~teams["estimated"]])
    places = places[(places["status"] == "operational") & (places["holding"] != "land") & ~staffed]
    kind, room = Amounts.of(frames, frames["space"], "kind", "amount").largest(places.index)
    short = kind.notna().to_numpy() & np.isnan(_needs(frames).at(places.index, kind))
    places, kind, room = places[short], kind[short].set_axis(places.index[short]), room[short]
    held = frames["property"]
    service = _service_of_use(frames)[places["benchmark"]]
    m2_per_fte = typical_at(places["benchmark"], "m2_per_fte")
    rows = places[["benchmark"]].assign(
        organisation_id=held["organisation_id"].to_numpy()[places.index],
        name=[f"{name} (estimated team)" for name in held["name"].to_numpy()[places.index].tolist()],
        service_id=service,
        fte=rounded(places["floor_area_m2"].to_numpy() / m2_per_fte, 1),
        space_kind=kind,
        space_amount=down_to_tenths(room * rates.value("estimate_occupied_share")),
        public_facing=service != "",
        may_move=typical_at(places["benchmark"], "team_may_move"),
    )
    return _row_fills(frames, "team", "fte", "FTE", rows, "team")


def running_cost_of_a_building(frames: Frames) -> Fills:
    """Floor area x cost a m2 by category. Where nobody works there are no costs of use; a tenant pays his own."""
    places = _without_rows(frames, frames["running_cost"], _OURS)
    costs = each_with(places[places["holding"] != "land"], typical_costs())
    spent = (costs["part"] == "holding") | (costs["status"] == "operational")
    costs = costs[spent & (costs["gbp_per_m2"] != 0)]
    return _cost_fills(frames, costs, costs["floor_area_m2"] * costs["gbp_per_m2"])


def running_cost_of_land(frames: Frames) -> Fills:
    """Land area x cost of holding a hectare."""
    places = _without_rows(frames, frames["running_cost"], _OURS)
    costs = places[places["holding"] == "land"].assign(category="hard_fm", part="holding")
    gbp = costs["land_area_ha"] * typical_at(costs["benchmark"], "land_holding_gbp_per_ha")
    return _cost_fills(frames, costs, gbp)


def value_of_a_property_not_leased(frames: Frames) -> Fills:
    """Floor area x existing use value a m2, or for land its area x value a hectare."""
    places = _without_rows(frames, frames["valuation"], _HELD)
    places = places[~places["tenure"].isin({"leasehold", "licence"})]
    rows = places[["benchmark"]].assign(
        basis="existing_use",
        value_gbp=rounded(_value_gbp(places), -2),
        valued_on=typical_at(places["benchmark"], "from_date"),
        confidence="low",
    )
    return _row_fills(frames, "valuation", "value_gbp", "GBP", rows, "existing_use")


def rent_of_a_leasehold(frames: Frames) -> Fills:
    """Floor area x rent a m2, or for land a share of its value; when the lease ends is not known."""
    places = _without_rows(frames, frames["lease"][frames["lease"]["direction"] == "in"], _HELD)
    places = places[places["tenure"] == "leasehold"]
    of_land = _value_gbp(places) * rates.value("estimate_land_rent_share")
    of_building = places["floor_area_m2"] * typical_at(places["benchmark"], "rent_gbp_per_m2")
    rent = rounded(np.where(places["holding"] != "land", of_building, of_land), 0)
    rows = places[["benchmark"]].assign(direction="in", rent_gbp_per_year=rent)
    return _row_fills(frames, "lease", "rent_gbp_per_year", "GBP a year", rows, "lease")


def _without(frames: Frames, column: str) -> pd.DataFrame:
    """Properties still held whose figure is missing."""
    places = places_of(frames)
    return places[places[column].isna() & (places["status"] != "left")]


def _without_rows(frames: Frames, rows: pd.DataFrame, statuses: frozenset[str]) -> pd.DataFrame:
    """Properties of these statuses that have none of the rows."""
    places = places_of(frames)
    return places[places["status"].isin(statuses) & ~has_rows(frames, rows)]


def _has_building(frames: Frames, places: pd.DataFrame) -> Numbers:
    """Whether each has a building: is recorded as one, or a team or space is there."""
    used = has_rows(frames, frames["team"]) | has_rows(frames, frames["space"])
    return (places["holding"] != "land").to_numpy() | used[places.index]


def _floor_area_to_hold(frames: Frames, amounts: Amounts, occupied_share: float) -> Fills:
    places = _without(frames, "floor_area_m2")
    m2 = np.nan_to_num(amounts.m2()).sum(axis=1)
    places = places[m2[places.index] > 0]
    area_m2 = m2[places.index] / occupied_share / typical_at(places["benchmark"], "usable_share")
    return _property_fills(frames, places, "floor_area_m2", "m2", rounded(area_m2, 1))


def _needs(frames: Frames) -> Amounts:
    """What teams are known to need; 0 where a team's amount is missing."""
    known = frames["team"].assign(space_amount=frames["team"]["space_amount"].fillna(0.0))
    return Amounts.of(frames, known, "space_kind", "space_amount")


def _other_rooms(frames: Frames, places: pd.DataFrame) -> pd.DataFrame:
    """Kinds that the teams of a place need and its use does not usually have, in the order of the teams."""
    teams = frames["team"]
    pairs = teams[teams["place"].isin(places.index)].drop_duplicates(["place", "space_kind"])
    found = places.loc[pairs["place"]].assign(kind=pairs["space_kind"].to_numpy())
    unusual = np.isnan(share_of_floor(found["benchmark"].to_numpy(), found["kind"]))
    return found[unusual].assign(share=rates.value("estimate_other_room_share"))


def _teams_without_space(frames: Frames) -> tuple[pd.DataFrame, Numbers, Numbers, Numbers]:
    """The teams whose amount is missing, their numbers, the part of each of the room left, and benchmarks."""
    at = np.flatnonzero(frames["team"]["space_amount"].isna())
    teams = frames["team"].iloc[at]
    spaces = Amounts.of(frames, frames["space"], "kind", "amount")
    held = np.nan_to_num(spaces.at(teams["place"], teams["space_kind"]))
    left = rates.value("estimate_occupied_share") * held - _needs(frames).at(teams["place"], teams["space_kind"])
    sharing = teams.groupby(["place", "space_kind"])["space_kind"].transform("size").to_numpy()
    return teams, at, np.maximum(left, 0.0) / sharing, benchmarks_of_teams(frames, teams)


def _service_of_use(frames: Frames) -> Numbers:
    """The one service that each benchmark's use means, of services of the register without a recorded team."""
    meant: dict[str, list[str]] = defaultdict(list)
    for service in definitions().values():
        meant[service.use].append(service.id)
    open_ids = set(frames["service"].index) - set(frames["team"]["service_id"])
    one = {use: ids[0] for use, ids in meant.items() if len(ids) == 1 and ids[0] in open_ids}
    return np.array([one.get(use, "") for use in typical().index], dtype=object)


def _value_gbp(places: pd.DataFrame) -> Numbers:
    of_building = places["floor_area_m2"] * typical_at(places["benchmark"], "value_gbp_per_m2")
    of_land = places["land_area_ha"] * typical_at(places["benchmark"], "value_gbp_per_ha")
    return np.where(places["holding"] != "land", of_building, of_land)


def _unit_of(kind: pd.Series) -> pd.Series:
    return pd.Series(np.where(kind == "desks", "desk", "m2").astype(object), kind.index, dtype=object)


def _property_fills(frames: Frames, places: pd.DataFrame, column: str, unit: str, values: Numbers) -> Fills:
    ids = frames["property"].index[places.index]
    rows = pd.DataFrame({"property_id": ids, column: values}, ids)
    return Fills("property", column, rows, unit, places["benchmark"].to_numpy(), places.index.to_numpy())


def _team_fills(
    column: str, unit: str | pd.Series, teams: pd.DataFrame, at: Numbers, values: pd.Series | Numbers, of: Numbers
) -> Fills:
    """`at` are the numbers of the teams in their frame, `of` the benchmarks that the values rest on."""
    return Fills("team", column, teams[["property_id"]].assign(**{column: values}), unit, of, at)


def _row_fills(
    frames: Frames, table: str, column: str, unit: str | pd.Series, rows: pd.DataFrame, part: str | pd.Series
) -> Fills:
    """New rows, indexed by place, each named after its property and the part of it that it is."""
    property_ids = frames["property"].index.to_numpy()[rows.index]
    ids = pd.Series(property_ids, rows.index, dtype=object)  # or pandas would make texts of another kind of them
    whole = rows.drop(columns="benchmark").assign(property_id=ids, place=rows.index)
    whole = whole.set_axis(new_ids(frames[table].index, property_ids, part))
    return Fills(table, column, whole, unit, rows["benchmark"].to_numpy())


def _cost_fills(frames: Frames, costs: pd.DataFrame, gbp_per_year: pd.Series) -> Fills:
    rows = costs[["benchmark", "category", "part"]].assign(
        gbp_per_year=rounded(gbp_per_year.to_numpy(), 0), price_year=benchmarks.PRICE_YEAR
    )
    return _row_fills(frames, "running_cost", "gbp_per_year", "GBP a year", rows, rows["category"])
