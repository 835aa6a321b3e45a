"""What a page shows, gathered once from a plan and its snapshot: text (not yet escaped), money and places."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from estate.problems import InputError
from estate.snapshot import Snapshot
from maps import colours, geometry, land, words
from maps.brand import Boundary
from maps.geometry import Geometry, LonLat
from maps.land import Site
from maps.roads import RoadLines
from maps.roads import read as road_lines
from optimiser.plan import GroupReach, Move, Plan, PropertyAction, ZoneReach
from optimiser.scenario import Scenario
from optimiser.settings import WAYS

Action = Literal["keep", "leave", "host", "outside"]


@dataclass(frozen=True)
class Organisation:
    """A body, with its colour (#rrggbb) and the shape of its marks."""

    id: str
    name: str
    colour: str
    shape: str
    properties: int


@dataclass(frozen=True)
class Place:
    """One property. `number` is its row in the table and its id in every layer; money in GBP, None: not known."""

    number: int
    id: str
    name: str
    organisation: Organisation
    address: str
    postcode: str
    uprn: str
    use: str
    condition: str  # grade A to D, or blank
    at: LonLat | None
    action: Action = "outside"
    year: int | None = None  # it is left
    sold: bool = False
    sold_year: int | None = None
    transferred_year: int | None = None
    lease_ends_year: int | None = None
    hub_year: int | None = None
    partners: tuple[Organisation, ...] = ()  # of the hub
    arrives: int | None = None  # year in which the first team comes
    settled: int | None = None  # year of the last change to it
    receipt_gbp: float | None = None  # None too where nothing is sold
    running_cost_today_gbp_per_year: float | None = None
    running_cost_after_gbp_per_year: float | None = None
    backlog_gbp: float = 0.0
    estimated: bool = False
    teams: str = ""  # where its teams go and which teams come

    @property
    def saving_gbp_per_year(self) -> float | None:
        """None where the plan does not decide or no running cost is known."""
        today, after = self.running_cost_today_gbp_per_year, self.running_cost_after_gbp_per_year
        return None if today is None or after is None else today - after


@dataclass(frozen=True)
class Flow:
    """Teams that move between the same two properties."""

    start: Place
    end: Place
    teams: str
    fte: float
    km: float
    cost_gbp: float
    by_year: tuple[tuple[int, float], ...]  # full-time equivalents that go in each year, in order


@dataclass(frozen=True)
class Zone:
    """A demand zone with its outline in WGS84."""

    id: str
    name: str
    population: float
    deprivation_decile: int | None  # 1: most deprived
    outline: Geometry

    def corners(self) -> list[LonLat]:
        """South-west and north-east corners of its bounding box."""
        west, south, east, north = geometry.bounds(self.outline)
        return [(west, south), (east, north)]


@dataclass(frozen=True)
class Service:
    """A service and how each zone reaches it; a zone that the plan does not mention is absent."""

    id: str
    name: str
    minutes: float
    mode: str
    standard: str  # in words, with every mode
    today: float
    after: float
    required: float
    target: float
    zones: dict[str, ZoneReach]
    groups: tuple[GroupReach, ...]


@dataclass(frozen=True)
class Outline:
    """A named area in WGS84."""

    name: str
    shape: Geometry


@dataclass(frozen=True)
class View:
    """Everything on the page."""

    plan: Plan
    scenario: Scenario
    organisations: tuple[Organisation, ...]
    places: tuple[Place, ...]
    flows: tuple[Flow, ...]
    zones: tuple[Zone, ...]
    services: tuple[Service, ...]
    leavers: tuple[
        tuple[int, int, float], ...
    ]  # each team's last move: its home's number, year, full-time equivalents
    sites: tuple[Site, ...]
    notes: tuple[str, ...]
    roads: RoadLines | None = None
    boundary: Outline | None = None


def gather(
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    roads: Path | None = None,
    boundary: Boundary | None = None,
) -> View:
    """With the main roads of a network file and the boundary of a place, if they are given.

    Raises InputError when the plan was made from another snapshot, or the file is no network.
    """
    check_same(plan, snapshot)
    organisations = _organisations(snapshot)
    places = _places(plan, snapshot, organisations)
    by_id = {place.id: place for place in places}
    return View(
        plan=plan,
        scenario=scenario,
        organisations=tuple(organisations.values()),
        places=places,
        flows=_flows(plan.moves, by_id, _names(snapshot.teams)),
        leavers=_leavers(plan.moves, by_id),
        sites=land.sites(plan, snapshot, [place.at for place in places]),
        zones=_zones(snapshot.zones),
        services=services(plan, snapshot),
        notes=(*plan.notes, *_notes(plan, snapshot, places)),
        roads=road_lines(roads, snapshot) if roads else None,
        boundary=_boundary(boundary),
    )


def check_same(plan: Plan, snapshot: Snapshot) -> None:
    """Raise InputError unless the plan was made from this snapshot."""
    if plan.snapshot_digest != snapshot.digest:
        raise InputError.of(
            "plan",
            f"it was made from snapshot {plan.snapshot_digest}, not from {snapshot.digest}",
            "Show it with the snapshot it was made from",
        )


def services(plan: Plan, snapshot: Snapshot) -> tuple[Service, ...]:
    """The services of the plan by name, with their reach."""
    names = _names(snapshot.services)
    reached: dict[str, dict[str, ZoneReach]] = defaultdict(dict)
    for zone in plan.zones:
        reached[zone.service_id][zone.zone_id] = zone
    found = plan.figures.reach if plan.figures else {}
    made = (
        Service(
            key, names.get(key, key), reach.minutes, WAYS.get(reach.mode, reach.mode),
            words.standard(reach.minutes, reach.mode, reach.or_minutes), reach.today, reach.after, reach.required,
            reach.target, reached[key], reach.groups,
        )
        for key, reach in found.items()
    )  # fmt: skip
    return tuple(sorted(made, key=lambda service: service.name))


def team_words(plan: Plan, snapshot: Snapshot) -> dict[str, str]:
    """In words by property: where its teams go, and which teams come."""
    properties, teams = _names(snapshot.properties), _names(snapshot.teams)
    going: dict[tuple[str, str], list[str]] = defaultdict(list)
    for move in plan.moves:
        going[move.from_property_id, move.to_property_id].append(teams.get(move.team_id, move.team_id))
    said: dict[str, list[str]] = defaultdict(list)
    for (start, end), names in going.items():
        said[start].append(f"{', '.join(names)} to {properties.get(end, end)}")
        said[end].append(f"takes in {', '.join(names)} from {properties.get(start, start)}")
    return {key: _capital("; ".join(parts)) for key, parts in said.items()}


def _names(frame: pd.DataFrame) -> dict[str, str]:
    return {str(key): name for key, name in frame["name"].items()}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _organisations(snapshot: Snapshot) -> dict[str, Organisation]:
    frame = snapshot.organisations.sort_values("name")
    styles = colours.of_organisations((str(key), colour) for key, colour in frame["colour"].items())
    held = snapshot.properties["organisation_id"].value_counts().to_dict()
    return {
        str(key): Organisation(str(key), name, *styles[str(key)], int(held.get(key, 0)))
        for key, name in frame["name"].items()
    }


def _places(plan: Plan, snapshot: Snapshot, organisations: dict[str, Organisation]) -> tuple[Place, ...]:
    rows: Any = snapshot.properties.itertuples()
    told = _Told(plan, snapshot, organisations)
    spots = geometry.points(list(snapshot.properties["geometry"]))
    return tuple(
        Place(
            number=number,
            id=str(row.Index),
            name=row.name,
            organisation=organisations[row.organisation_id],
            address=row.address,
            postcode=row.postcode,
            uprn=row.uprn,
            use=row.use.replace("_", " "),
            condition=row.condition_grade,
            at=at,
            **told.of(str(row.Index)),
        )
        for number, (row, at) in enumerate(zip(rows, spots, strict=True))
    )


class _Told:
    """What the plan says of each property."""

    def __init__(self, plan: Plan, snapshot: Snapshot, organisations: dict[str, Organisation]) -> None:
        self._organisations = organisations
        self._actions = {action.property_id: action for action in plan.properties}
        self._teams, self._costed = team_words(plan, snapshot), with_running_cost(snapshot)
        self._valued = set(snapshot.valuations["property_id"])
        self._comes: dict[str, list[int]] = defaultdict(list)
        self._goes: dict[str, list[int]] = defaultdict(list)
        for move in plan.moves:
            self._comes[move.to_property_id].append(move.year)
            self._goes[move.from_property_id].append(move.year)

    def of(self, key: str) -> dict[str, Any]:
        """The fields of a Place; none for a property that the plan does not decide."""
        action, comes = self._actions.get(key), self._comes.get(key, [])
        if action is None:
            return {}
        known = key in self._costed or action.running_cost_today_gbp_per_year != 0
        years = [action.year, action.hub_year, *comes, *self._goes.get(key, [])]
        return {
            "action": action.action, "year": action.year, "sold": action.sold, "sold_year": action.sold_year,
            "transferred_year": action.transferred_year, "lease_ends_year": action.lease_ends_year,
            "hub_year": action.hub_year,
            "partners": tuple(self._organisations[body] for body in action.partners),
            "arrives": min(comes, default=None), "settled": max(filter(None, years), default=None),
            "receipt_gbp": receipt(action, key in self._valued),
            "running_cost_today_gbp_per_year": action.running_cost_today_gbp_per_year if known else None,
            "running_cost_after_gbp_per_year": action.running_cost_after_gbp_per_year if known else None,
            "backlog_gbp": action.backlog_gbp, "estimated": action.estimated, "teams": self._teams.get(key, ""),
        }  # fmt: skip


def with_running_cost(snapshot: Snapshot) -> set[str]:
    """Ids of the properties whose running cost or rent is known or estimated."""
    return set(snapshot.running_costs["property_id"]) | set(snapshot.leases["property_id"])


def receipt(action: PropertyAction | None, valued: bool) -> float | None:
    """GBP from the sale or transfer; None where there is none or no value is known."""
    gone = action is not None and (action.sold or action.transferred_year is not None)
    return action.receipt_gbp if action and gone and (valued or action.receipt_gbp) else None


def saving(action: PropertyAction | None, costed: bool) -> float | None:
    """GBP a year; None where the plan does not decide or no running cost is known."""
    if action is None or not (costed or action.running_cost_today_gbp_per_year):
        return None
    return action.running_cost_today_gbp_per_year - action.running_cost_after_gbp_per_year


def _flows(moves: tuple[Move, ...], places: dict[str, Place], teams: dict[str, str]) -> tuple[Flow, ...]:
    grouped: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for move in moves:
        grouped[move.from_property_id, move.to_property_id].append(move)
    return tuple(
        Flow(
            start=places[start],
            end=places[end],
            teams=", ".join(teams.get(move.team_id, move.team_id) for move in group),
            fte=sum(move.fte for move in group),
            km=group[0].km,
            cost_gbp=sum(move.cost_gbp for move in group),
            by_year=_by_year(group),
        )
        for (start, end), group in grouped.items()
    )


def _by_year(moves: list[Move]) -> tuple[tuple[int, float], ...]:
    people: dict[int, float] = defaultdict(float)
    for move in moves:
        people[move.year] += move.fte
    return tuple(sorted(people.items()))


def _leavers(moves: tuple[Move, ...], places: dict[str, Place]) -> tuple[tuple[int, int, float], ...]:
    """One a team that moves, however often: everybody counts once, when they have arrived for good."""
    homes = {move.team_id: places[move.from_property_id].number for move in reversed(moves)}
    last = {move.team_id: move for move in moves}
    return tuple((homes[team], move.year, move.fte) for team, move in last.items())


def _zones(frame: pd.DataFrame) -> tuple[Zone, ...]:
    areas = [place is not None and place.geom_type in {"Polygon", "MultiPolygon"} for place in frame["geometry"]]
    drawn = frame.loc[np.array(areas, dtype=bool)]  # a bare empty list would choose columns
    outlines = geometry.outlines(list(drawn["geometry"]))
    rows: Any = drawn.itertuples()
    return tuple(
        Zone(str(row.Index), row.name or str(row.Index), row.population, _whole(row.deprivation_decile), outline)
        for row, outline in zip(rows, outlines, strict=True)
    )


def _boundary(boundary: Boundary | None) -> Outline | None:
    return Outline(boundary.name, geometry.outlines([boundary.area])[0]) if boundary else None


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _notes(plan: Plan, snapshot: Snapshot, places: tuple[Place, ...]) -> list[str]:
    notes = []
    nowhere = sum(place.at is None for place in places)
    if nowhere:
        notes.append(f"Properties with no known place, shown in the table only: {nowhere:,}.")
    secret = set(snapshot.valuations.loc[snapshot.valuations["confidential"], "property_id"])
    shown = sum(
        (action.sold or action.transferred_year is not None) and action.property_id in secret
        for action in plan.properties
    )
    if shown:
        notes.append(
            f"Receipts that rest on confidential valuations: {shown:,}. "
            "Share this file only with people who may see them."
        )
    return notes
