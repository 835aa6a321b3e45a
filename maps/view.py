"""What a page shows, gathered once from a plan and its snapshot: text (not yet escaped), money and places."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from estate.problems import InputError
from estate.snapshot import Snapshot
from maps import colours, geometry, words
from maps.brand import Boundary
from maps.geometry import Geometry, LonLat
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
    at: LonLat | None
    action: Action
    year: int | None
    sold: bool
    receipt_gbp: float | None  # None too where nothing is sold
    saving_gbp_per_year: float | None
    estimated: bool
    teams: str  # where its teams go and which teams come


@dataclass(frozen=True)
class Flow:
    """Teams that move between the same two properties."""

    start: Place
    end: Place
    teams: str
    fte: float
    km: float
    cost_gbp: float
    years: str


@dataclass(frozen=True)
class Zone:
    """A demand zone with its outline in WGS84."""

    id: str
    name: str
    population: float
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
    actions = {action.property_id: action for action in plan.properties}
    said, costed = team_words(plan, snapshot), with_running_cost(snapshot)
    valued = set(snapshot.valuations["property_id"])
    spots = geometry.points(list(snapshot.properties["geometry"]))
    places = []
    for number, (row, at) in enumerate(zip(rows, spots, strict=True)):
        key = str(row.Index)
        action = actions.get(key)
        places.append(
            Place(
                number, key, row.name, organisations[row.organisation_id], row.address, row.postcode, row.uprn,
                row.use.replace("_", " "), at, action.action if action else "outside",
                action.year if action else None, bool(action and action.sold), receipt(action, key in valued),
                saving(action, key in costed), bool(action and action.estimated), said.get(key, ""),
            )
        )  # fmt: skip
    return tuple(places)


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
            years=", ".join(words.financial_year(year) for year in sorted({move.year for move in group})),
        )
        for (start, end), group in grouped.items()
    )


def _zones(frame: pd.DataFrame) -> tuple[Zone, ...]:
    areas = [place is not None and place.geom_type in {"Polygon", "MultiPolygon"} for place in frame["geometry"]]
    drawn = frame.loc[np.array(areas, dtype=bool)]  # a bare empty list would choose columns
    outlines = geometry.outlines(list(drawn["geometry"]))
    rows: Any = drawn.itertuples()
    return tuple(
        Zone(str(row.Index), row.name or str(row.Index), row.population, outline)
        for row, outline in zip(rows, outlines, strict=True)
    )


def _boundary(boundary: Boundary | None) -> Outline | None:
    return Outline(boundary.name, geometry.outlines([boundary.area])[0]) if boundary else None


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
