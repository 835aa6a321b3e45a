"""The public bodies and buildings of the synthetic place, profile realistic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely

from estate.benchmarks import benchmark, cost_parts, m2_per_unit
from estate.services import definitions
from estate.synthetic.ground import Ground, Points, Row, words

Dice = np.random.Generator
Settings = Mapping[str, Any]
Tables = dict[str, list[Row]]

_TODAY = date(2026, 4, 1)
_SITE_METRES = 60.0
_USES_OF_SHARED_SITES = ("office", "clinic", "depot", "store")  # what stands beside the first building of a site
_BUILDING_SPREAD_M = 3_000
_LEAST_ROOM = {"desks": 2.0}  # smaller rooms are not recorded; 10 m2 of the other kinds
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # letters that end postcodes


@dataclass
class Body:
    """An organisation while the place is made; `town` is the index of the town a district is about."""

    row: Row
    town: int = -1


@dataclass
class Estate:
    """What the generator has made so far."""

    dice: Dice
    settings: Settings
    ground: Ground
    bodies: list[Body]
    tables: Tables = field(default_factory=dict)
    used_names: set[str] = field(default_factory=set)

    def add(self, table: str, **row: Any) -> Row:
        """Add a row to a table."""
        self.tables.setdefault(table, []).append(row)
        return row

    def pick(self, shares: Mapping[str, float]) -> Any:
        """One key, each as likely as its share."""
        keys, weights = list(shares), np.array(list(shares.values()), dtype=float)
        return keys[int(self.dice.choice(len(keys), p=weights / weights.sum()))]

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of the choices, all alike."""
        return choices[int(self.dice.integers(len(choices)))]

    def building_name(self, use: str, place: str, street: str) -> str:
        """A name for a building; a new one as long as a few draws find one."""
        name = ""
        for _ in range(8):
            words_of_name = {"place": place, "house": self.one_of(words()["houses"]), "street": street}
            name = str(self.one_of(words()["building"][use])).format(**words_of_name)
            if name not in self.used_names:
                break
        else:
            name = f"{name}, {street}"
        self.used_names.add(name)
        return name

    def about(self, value: float, spread: float) -> float:
        """A value scattered about `value`, whose mean it stays; `spread` is the deviation of the log."""
        return float(value * np.exp(self.dice.normal(-spread * spread / 2, spread)))


def make_bodies(ground: Ground, count: int) -> list[Body]:
    """`count` organisations of the kinds that a county has, in the order of data/demo/names.yaml."""
    templates = list(words()["organisations"])
    templates += [words()["more_organisations"]] * (count - len(templates))
    bodies: list[Body] = []
    towns = 0
    for index, (kind, name) in enumerate(templates[:count]):
        named_by_town = "{place}" in name
        place = ground.names[towns % len(ground.names)]
        title = name.format(county=words()["county"], place=place)
        body = Body({"id": f"o{index + 1:02d}", "name": title, "kind": kind})
        if named_by_town:
            body.town = towns % len(ground.towns) if kind == "district" else -1
            towns += 1
        bodies.append(body)
    return bodies


@dataclass(frozen=True)
class Site:
    """Where the properties of one site are, and what they have in common."""

    id: str
    centre: Points
    town: int  # index of the nearest town
    place: str
    street: str
    km_to_town: float
    owner: Body
    tenure: str


def fill_estate(estate: Estate, count: int) -> None:
    """Make `count` properties on their sites, with leases, space, teams and money."""
    ground = estate.ground
    homes = ground.points(estate.dice, count, _BUILDING_SPREAD_M)
    towns, names, km = ground.nearest_town(homes), ground.nearest_name(homes), ground.km_to_town(homes)
    made = sites = 0
    while made < count:
        size = min(int(estate.pick(estate.settings["site_sizes"])), count - made)
        sites += 1
        use, town, street = (
            estate.pick(estate.settings["uses"]),
            int(towns[made]),
            estate.one_of(words()["streets"]),
        )
        site = Site(
            id=f"s{sites:05d}",
            centre=homes[made],
            town=town,
            place=names[made],
            street=street,
            km_to_town=float(km[made]),
            owner=_owner(estate, use, town),
            tenure=_tenure(estate, use),
        )
        _fill_site(estate, site, use, first=made, size=size)
        made += size


def _fill_site(estate: Estate, site: Site, first_use: str, first: int, size: int) -> None:
    estate.add("site", id=site.id, name=f"{site.street}, {site.place}", geometry=shapely.Point(site.centre))
    for index in range(first, first + size):
        use, point = first_use, shapely.Point(site.centre)
        if index > first:
            use = estate.pick({name: estate.settings["uses"][name] for name in _USES_OF_SHARED_SITES})
            beside = np.round(site.centre + estate.dice.uniform(-_SITE_METRES, _SITE_METRES, 2))
            point = shapely.Point(beside) if estate.ground.outline.contains(shapely.Point(beside)) else point
        building = _make_property(estate, site, f"p{index + 1:05d}", use, point)
        _make_lease(estate, building)
        _make_money(estate, building, site.km_to_town)
        if building["holding"] != "land":
            _make_space_and_teams(estate, building, site.owner)


def _owner(estate: Estate, use: str, town: int) -> Body:
    kinds = [kind for kind in estate.settings["owners"][use] if _of_kind(estate, kind)]
    return _nearest(estate, estate.one_of(kinds), town) if kinds else estate.bodies[0]


def _of_kind(estate: Estate, kind: str) -> list[Body]:
    return [body for body in estate.bodies if body.row["kind"] == kind]


def _nearest(estate: Estate, kind: str, town: int) -> Body:
    """Any body of the kind, or of districts the one whose town is nearest."""
    found = _of_kind(estate, kind)
    if kind != "district":
        body: Body = estate.one_of(found)
        return body
    towns = estate.ground.towns
    return min(found, key=lambda body: (float(np.hypot(*(towns[body.town] - towns[town]))), body.row["id"]))


def _tenure(estate: Estate, use: str) -> str:
    settings = estate.settings
    leasehold = settings["leasehold_share"].get(use, settings["leasehold_share_otherwise"])
    draw = float(estate.dice.random())
    if draw < leasehold:
        return "leasehold"
    if draw < leasehold + settings["licence_share"] and use not in settings["land_uses"]:
        return "licence"
    return "unknown" if draw > 1 - settings["unknown_tenure_share"] else "freehold"


def _make_property(estate: Estate, site: Site, key: str, use: str, point: shapely.Point) -> Row:
    dice, typical = estate.dice, benchmark(use)
    is_land = use in estate.settings["land_uses"]
    mean_m2 = estate.settings["floor_area_m2"].get(use, typical.floor_area_m2)
    area = round(max(estate.about(mean_m2, estate.settings["floor_area_spread"]), 40.0))
    hectares = round(estate.about(typical.land_area_ha, 0.5), 2)
    return estate.add(
        "property",
        id=key,
        organisation_id=site.owner.row["id"],
        site_id=site.id,
        asset_code=f"{site.owner.row['id'].upper()}/{key[1:]}",
        uprn=str(200_000_000_000 + int(key[1:]) * 7 + int(dice.integers(7))),
        name=estate.building_name(use, site.place, site.street),
        address=f"{int(dice.integers(1, 180))} {site.street}, {site.place}",
        postcode=_postcode(dice, site.town),
        geometry=point,
        located_by="source",
        use=use,
        tenure=site.tenure,
        holding="land" if is_land else estate.pick({"building": 0.6, "land_and_building": 0.4}),
        floor_area_m2=None if is_land else area,
        floor_area_basis="unknown" if is_land else "gross",
        land_area_ha=hectares if is_land else None,
        **({} if is_land else _fabric(estate, area)),
        status=_status(estate, use),
        effective_date=date(2026, 3, 31),
    )


def _status(estate: Estate, use: str) -> str:
    if float(estate.dice.random()) < estate.settings["let_out_share"].get(use, 0.0):
        return "let_out"
    return str(estate.pick(estate.settings["status"]))


def _fabric(estate: Estate, area_m2: float) -> Row:
    dice = estate.dice
    listed = estate.pick(estate.settings["listed"])
    old = listed not in {"none", "local"}
    return {
        "year_built": int(dice.integers(1680, 1915)) if old else int(dice.integers(1890, 2020)),
        "condition_grade": estate.pick(estate.settings["condition"]),
        "energy_rating": estate.pick({"A": 0.02, "B": 0.1, "C": 0.28, "D": 0.32, "E": 0.18, "F": 0.07, "G": 0.03}),
        "energy_kwh_per_year": round(estate.about(190 * area_m2, 0.3)),
        "listed": listed,
    }


def _postcode(dice: Dice, town: int) -> str:
    """A postcode of an area, XW, that the Post Office does not use."""
    ends = "".join(_POSTCODE_LETTERS[int(i)] for i in dice.integers(len(_POSTCODE_LETTERS), size=2))
    return f"XW{town % 99 + 1} {int(dice.integers(1, 10))}{ends}"


def _make_lease(estate: Estate, place: Row) -> None:
    dice, typical = estate.dice, benchmark(place["use"])
    area, hectares = place["floor_area_m2"] or 0.0, place["land_area_ha"] or 0.0
    rent = typical.rent_gbp_per_m2 * area + 0.04 * typical.value_gbp_per_ha * hectares
    if place["status"] == "let_out":
        gbp = round(estate.about(0.9 * rent, estate.settings["rent_spread"]), -1)
        estate.add(
            "lease", id=f"{place['id']}-out", property_id=place["id"], direction="out", rent_gbp_per_year=gbp
        )
    if place["tenure"] == "licence":
        gbp = round(estate.about(0.5 * rent, estate.settings["rent_spread"]), -1)
        estate.add(
            "lease", id=f"{place['id']}-in", property_id=place["id"], direction="in", notice_months=3,
            rent_gbp_per_year=gbp, repair_liability="none",
        )  # fmt: skip
    if place["tenure"] == "leasehold":
        term = int(estate.one_of([5, 10, 10, 15, 20, 25]))
        start = date(2026 - int(dice.integers(0, term + 1)), int(dice.integers(1, 13)), 1)
        expiry = start.replace(year=start.year + term)
        middle = start.replace(year=start.year + term // 2)
        breaks = middle.isoformat() if middle > _TODAY and float(dice.random()) < 0.5 else ""
        agreed = float(dice.random()) < 0.3
        estate.add(
            "lease",
            id=f"{place['id']}-in",
            property_id=place["id"],
            direction="in",
            start_date=start,
            expiry_date=expiry if expiry > _TODAY else None,  # a lease past its end rolls on
            break_dates=breaks,
            notice_months=int(estate.one_of([3, 6, 6, 12])),
            rent_gbp_per_year=round(estate.about(rent, estate.settings["rent_spread"]), -1),
            repair_liability=estate.pick({"full": 0.55, "internal": 0.35, "none": 0.1}),
            exit_cost_gbp=round(estate.about(90 * area, 0.5), -2) if agreed else None,
        )


def _make_money(estate: Estate, place: Row, km_to_town: float) -> None:
    settings, typical = estate.settings, benchmark(place["use"])
    area, hectares = place["floor_area_m2"] or 0.0, place["land_area_ha"] or 0.0
    factor = estate.about(1.0, settings["cost_spread"])
    costs = {"hard_fm": hectares * typical.land_holding_gbp_per_ha}
    if place["holding"] != "land":
        costs = {name: area * gbp for name, gbp in typical.costs_gbp_per_m2.items()}
    if place["status"] != "operational":
        costs = {name: gbp for name, gbp in costs.items() if cost_parts()[name] == "holding"}
    for category, gbp in costs.items() if place["status"] != "let_out" else ():
        estate.add(
            "running_cost",
            id=f"{place['id']}-{category}",
            property_id=place["id"],
            category=category,
            gbp_per_year=estate.about(gbp * factor, 0.1),
            part=cost_parts()[category],
            price_year=2026,
        )
    if place["tenure"] in {"freehold", "unknown"}:
        worth = typical.value_gbp_per_ha * hectares + typical.value_gbp_per_m2 * area
        gbp = estate.about(worth * max(1.2 - 0.03 * km_to_town, 0.7), settings["value_spread"])
        estate.add(
            "valuation",
            id=f"{place['id']}-value",
            property_id=place["id"],
            basis="existing_use",
            value_gbp=gbp,
            valued_on=date(int(estate.dice.integers(2022, 2027)), 3, 31),
            confidence=estate.pick({"high": 0.2, "medium": 0.6, "low": 0.2}),
            confidential=float(estate.dice.random()) < 0.05,
        )


def _make_space_and_teams(estate: Estate, place: Row, owner: Body) -> None:
    rooms = {}
    for kind, share in benchmark(place["use"]).space_shares.items():
        amount = place["floor_area_m2"] * share / m2_per_unit()[kind]
        amount = float(np.floor(amount)) if kind == "desks" else round(amount, 1)
        if amount >= _LEAST_ROOM.get(kind, 10.0):
            rooms[kind] = amount
            estate.add("space", id=f"{place['id']}-{kind}", property_id=place["id"], kind=kind, amount=amount)
    if not rooms or place["status"] != "operational":
        return
    service = _service(estate, place["use"])
    main = max(rooms, key=lambda kind: rooms[kind] * m2_per_unit()[kind])
    service_kind = definitions()[service].space_kind if service else main
    if service and service_kind in rooms:
        title = words()["service_teams"][service]
        _make_team(estate, place, owner, title, service_kind, _in_use(estate, rooms[service_kind]), service)
    if not service or (service_kind != main and place["use"] == "office"):
        _make_back_offices(estate, place, owner, main, rooms[main])
    elif "desks" in rooms and service_kind != "desks" and float(estate.dice.random()) < 0.35:
        _make_back_offices(estate, place, owner, "desks", rooms["desks"])
    spare = [kind for kind in rooms if kind not in {main, service_kind, "desks"}]
    if spare and float(estate.dice.random()) < estate.settings["partner_team_share"]:
        partner: Body = estate.one_of(estate.bodies)
        kind = estate.one_of(spare)
        _make_team(estate, place, partner, _function(estate, partner, kind), kind, _in_use(estate, rooms[kind]))


def _service(estate: Estate, use: str) -> str:
    """The service that a building of this use offers, if any."""
    meant = [name for name in estate.settings["services"] if definitions()[name].use == use]
    if meant == ["council_access_point"]:
        return meant[0] if float(estate.dice.random()) < estate.settings["access_point_share"] else ""
    return str(estate.one_of(meant)) if meant else ""


def _in_use(estate: Estate, amount: float) -> float:
    low, usual, high = estate.settings["space_in_use"]
    return float(amount * estate.dice.triangular(low, usual, high))


def _make_back_offices(estate: Estate, place: Row, owner: Body, kind: str, room: float) -> None:
    """One to three teams that share the space in use."""
    used = _in_use(estate, room)
    count = 1 if used < 15 else int(estate.one_of([1, 2, 2, 3]))
    for share in estate.dice.dirichlet(np.full(count, 4.0)):
        body = (
            owner
            if float(estate.dice.random()) > estate.settings["partner_team_share"]
            else estate.one_of(estate.bodies)
        )
        _make_team(estate, place, body, _function(estate, body, kind), kind, used * float(share))


def _function(estate: Estate, body: Body, kind: str) -> str:
    """What a team does: at a desk the work of its body, elsewhere what the room is for."""
    return str(words()["room_teams"].get(kind) or estate.one_of(words()["teams"][body.row["kind"]]))


def _make_team(
    estate: Estate, place: Row, body: Body, name: str, kind: str, amount: float, service: str = ""
) -> None:
    tenths = np.floor(amount * 10) / 10  # rounded down: all teams together must fit their home
    need = float(np.floor(amount)) if kind == "desks" and amount >= 1 else float(tenths)
    m2_per_fte = benchmark(place["use"]).m2_per_fte
    tied = float(estate.dice.random()) < estate.settings["tied_team_share"]
    estate.add(
        "team",
        id=f"t{len(estate.tables.get('team', [])) + 1:05d}",
        organisation_id=body.row["id"],
        property_id=place["id"],
        name=name,
        service_id=service,
        fte=max(round(estate.about(need * m2_per_unit()[kind] / m2_per_fte, 0.15), 1), 0.5),
        space_kind=kind,
        space_amount=max(need, 0.1),
        public_facing=bool(service),
        may_move=not tied and place["use"] not in estate.settings["fixed_uses"],
    )
