"""The buildings of the synthetic place, profile free: moves are cheap and space is loose, so planning is hard."""

from datetime import date

import numpy as np
import shapely

from estate.benchmarks import m2_per_unit
from estate.synthetic.ground import Row, words
from estate.synthetic.realistic import Estate

_COST_SHARES = {"rates": 0.35, "energy": 0.25, "hard_fm": 0.4}
_RENT_SHARE = 0.4  # of the running cost of a building that is leased
_SPREAD_M = 3_000


def fill_estate(estate: Estate, count: int) -> None:
    """Make `count` buildings, each its own site, with space, money and teams that may go anywhere suitable."""
    dice, settings = estate.dice, estate.settings
    points = estate.ground.points(dice, count, _SPREAD_M)
    names = estate.ground.nearest_name(points)
    size = settings["floor_area_m2"]
    areas = np.clip(np.round(np.exp(dice.normal(np.log(size["median"]), size["spread"], count))), 60, 30_000)
    teams = 1 + np.bincount(dice.integers(0, count, int(count * settings["second_team_share"])), minlength=count)
    for index in range(count):
        main = estate.one_of(list(settings["kinds"]))
        place = _make_building(
            estate, index, main, float(areas[index]), shapely.Point(points[index]), names[index]
        )
        room = _make_space(estate, place, main)
        _make_money(estate, place)
        _make_teams(estate, place, main, room, int(teams[index]))


def _make_building(estate: Estate, index: int, main: str, area_m2: float, point: shapely.Point, town: str) -> Row:
    use, street = estate.settings["kinds"][main], estate.one_of(words()["streets"])
    freehold = float(estate.dice.random()) < estate.settings["freehold_share"]
    return estate.add(
        "property",
        id=f"p{index + 1:05d}",
        organisation_id=estate.one_of(estate.bodies).row["id"],
        name=estate.building_name(use, town, street),
        address=f"{int(estate.dice.integers(1, 180))} {street}, {town}",
        geometry=point,
        located_by="source",
        use=use,
        tenure="freehold" if freehold else "leasehold",
        holding="building",
        floor_area_m2=area_m2,
        floor_area_basis="net",
        status="operational",
        effective_date=date(2026, 3, 31),
    )


def _make_space(estate: Estate, place: Row, main: str) -> float:
    """Room of the main kind over the whole floor, and of some of the others; gives the former, in its own unit."""
    settings = estate.settings
    found = 0.0
    for kind in settings["kinds"]:
        if kind != main and float(estate.dice.random()) >= settings["other_kind_share"]:
            continue
        share = 1.0 if kind == main else settings["other_kind_room"]
        amount = round(place["floor_area_m2"] * share / m2_per_unit()[kind], 1)
        estate.add("space", id=f"{place['id']}-{kind}", property_id=place["id"], kind=kind, amount=amount)
        found = amount if kind == main else found
    return found


def _make_money(estate: Estate, place: Row) -> None:
    dice, settings, area = estate.dice, estate.settings, place["floor_area_m2"]
    cost = area * float(dice.uniform(*settings["cost_gbp_per_m2"]))
    if place["tenure"] == "freehold":
        estate.add(
            "valuation", id=f"{place['id']}-value", property_id=place["id"], basis="existing_use",
            value_gbp=area * float(dice.uniform(*settings["value_gbp_per_m2"])), valued_on=date(2026, 3, 31),
            confidence="medium", confidential=False,
        )  # fmt: skip
    else:
        estate.add(
            "lease", id=f"{place['id']}-in", property_id=place["id"], direction="in", notice_months=0,
            rent_gbp_per_year=cost * _RENT_SHARE, repair_liability="none", exit_cost_gbp=0.0,
        )  # fmt: skip
        cost *= 1 - _RENT_SHARE
    for category, share in _COST_SHARES.items():
        estate.add(
            "running_cost", id=f"{place['id']}-{category}", property_id=place["id"], category=category,
            gbp_per_year=cost * share, part="holding", price_year=2026,
        )  # fmt: skip


def _make_teams(estate: Estate, place: Row, main: str, room: float, count: int) -> None:
    dice, settings = estate.dice, estate.settings
    low, usual, high = settings["space_in_use"]
    used = float(dice.triangular(low, usual, high)) * room / count
    for _ in range(count):
        service = estate.one_of(settings["services"]) if float(dice.random()) < settings["service_share"] else ""
        need = max(np.floor(used * float(dice.uniform(0.7, 1.0)) * 10) / 10, 0.1)
        body = estate.one_of(estate.bodies).row
        function = estate.one_of(words()["teams"][body["kind"]])
        estate.add(
            "team",
            id=f"t{len(estate.tables.get('team', [])) + 1:05d}",
            organisation_id=body["id"],
            property_id=place["id"],
            name=words()["service_teams"][service] if service else function,
            service_id=service,
            fte=round(max(need * m2_per_unit()[main] / 12, 0.5), 1),
            space_kind=main,
            space_amount=float(need),
            public_facing=bool(service),
            may_move=True,
        )
