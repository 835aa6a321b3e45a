"""The raw rows, the scenario and the plan side by side, and the list of what does not agree."""

import csv
import math
from collections import defaultdict
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import shapely

import data
from estate.snapshot import Snapshot, records
from optimiser.plan import Move, Plan, PropertyAction
from optimiser.scenario import Scenario

ZERO = Fraction(0)
_PENNY_GBP = 0.01
_RELATIVE = 1e-9  # sums of some thousands of floating-point numbers

Row = dict[str, Any]


def exact(number: float) -> Fraction:
    """The number as it is written: 0.1 is one tenth. Missing is nothing."""
    return ZERO if number != number else Fraction(repr(float(number)))


@dataclass(frozen=True)
class Mismatch:
    """One figure or rule that does not hold."""

    what: str
    published: str
    recomputed: str

    def __str__(self) -> str:
        return f"{self.what}: the plan says {self.published}, the raw rows give {self.recomputed}"


@dataclass
class Findings:
    """What does not agree, as it is found."""

    mismatches: list[Mismatch] = field(default_factory=list)

    def same(self, what: str, published: Any, recomputed: Any) -> None:
        """The two must be equal."""
        self.holds(what, published == recomputed, published, recomputed)

    def close(self, what: str, published_gbp: float | None, recomputed_gbp: Fraction) -> None:
        """The two must agree to the penny, or to one part in a thousand million where they are long sums."""
        wanted = float(recomputed_gbp)
        if published_gbp is None:
            self.holds(what, False, "nothing", f"{wanted:,.2f}")
        else:
            agree = abs(published_gbp - wanted) <= max(_PENNY_GBP, _RELATIVE * abs(wanted))
            self.holds(what, agree, f"{published_gbp:,.2f}", f"{wanted:,.2f}")

    def holds(self, what: str, condition: bool, published: Any, wanted: Any) -> None:
        """The condition must be true."""
        if not condition:
            self.mismatches.append(Mismatch(what, str(published), str(wanted)))


class Facts:
    """Rows by id, and what the plan says of each."""

    def __init__(self, plan: Plan, snapshot: Snapshot, scenario: Scenario) -> None:
        self.snapshot, self.scenario = snapshot, scenario
        self._rows: dict[str, list[Row]] = {}
        self._kept_minutes: dict[str, dict[str, dict[str, float]]] = {}  # by mode, property and zone
        self.properties: dict[str, Row] = {row["id"]: row for row in self.rows("properties")}
        self.teams: dict[str, Row] = {row["id"]: row for row in self.rows("teams")}
        self._take(plan)
        years = scenario.phases.years
        self.horizon = sum(years)
        self.starts = [sum(years[:index]) for index in range(len(years))]  # years from the base year
        self.base_year = scenario.phases.base_year

    def _take(self, plan: Plan) -> None:
        self.plan = plan
        self.worked_out: dict[str, Any] = {}  # from these rows and this plan, for checks that need the same
        self.actions: dict[str, PropertyAction] = {action.property_id: action for action in plan.properties}
        self.moves: dict[str, list[Move]] = defaultdict(list)  # of each team, in the plan's order
        for move in plan.moves:
            self.moves[move.team_id].append(move)

    def of(self, plan: Plan) -> "Facts":
        """The same rows beside another plan."""
        other = copy(self)
        other._take(plan)
        return other

    def rows(self, table: str) -> list[Row]:
        """The rows of one of the snapshot's tables, read once."""
        if table not in self._rows:
            self._rows[table] = records(getattr(self.snapshot, table))
        return self._rows[table]

    @cached_property
    def scope(self) -> set[str]:
        """Properties that the scenario decides."""
        asked = self.scenario.scope
        valued = {row["property_id"] for row in self.rows("valuations") if not row["estimated"]}
        let = {row["property_id"] for row in self.rows("leases") if row["direction"] == "out"}
        return {
            key
            for key, row in self.properties.items()
            if (not asked.organisations or row["organisation_id"] in asked.organisations)
            and key not in asked.exclude_properties
            and row["use"] not in asked.exclude_uses
            and row["status"] not in asked.exclude_statuses
            and key not in let
            and (row["holding"] != "land" or (asked.include_land and self._measured(row, valued)))
        }

    def _measured(self, land: Row, valued: set[str]) -> bool:
        measured = not math.isnan(land["land_area_ha"]) and not land["land_area_estimated"]
        known = measured or land["id"] in valued
        return known or self.scenario.scope.include_unmeasured_land

    @cached_property
    def points(self) -> dict[str, tuple[float, float]]:
        """Easting and northing of each property's centre, m; properties without a place are not in it."""
        return {
            key: centre(row["geometry"]) for key, row in self.properties.items() if row["geometry"] is not None
        }

    def kept_minutes(self, mode: str) -> dict[str, dict[str, float]]:
        """The register's minutes of a mode by property and zone: those found along roads, or the imported."""
        if mode not in self._kept_minutes:
            times = self.snapshot.travel_times
            along_roads = self.scenario.travel.method == "road_network" and mode != "public_transport"
            held = times[(times["mode"] == mode) & ((times["method"] == "road_network") == along_roads)]
            by_place: dict[str, dict[str, float]] = defaultdict(dict)
            columns = (held[name].tolist() for name in ("property_id", "zone_id", "minutes"))
            for place, zone, minutes in zip(*columns, strict=True):
                by_place[place][zone] = minutes
            self._kept_minutes[mode] = by_place
        return self._kept_minutes[mode]

    @cached_property
    def by_line(self) -> set[tuple[str, str, str]]:
        """Property, zone and mode of kept minutes along roads that are by straight line for want of one."""
        times = self.snapshot.travel_times
        off = times.loc[times["fallback"], ["property_id", "zone_id", "mode"]]
        return set(off.itertuples(index=False, name=None))

    def site(self, key: str) -> list[str]:
        """The properties that would be sold with this one, itself among them."""
        name = self.properties[key]["site_id"]
        return self._sites[name] if name else [key]

    @cached_property
    def _sites(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key, row in self.properties.items():
            found[row["site_id"]].append(key)
        return found

    def place(self, team: str, year: int) -> str:
        """Where the plan has a team in a year."""
        place: str = self.teams[team]["property_id"]
        for move in self.moves.get(team, ()):
            if move.year <= year:
                place = move.to_property_id
        return place

    def kept(self, key: str, year: int) -> bool:
        """Whether the plan still holds a property in a year."""
        left = self.actions[key].year
        return left is None or year < left

    def square_metres(self, team: Row) -> Fraction:
        """Floor area that a team needs."""
        return exact(team["space_amount"]) * _m2_per_unit()[team["space_kind"]]

    def office_floor_m2(self, key: str) -> Fraction:
        """Floor area that a property's desks stand on today."""
        desks = sum(
            (
                exact(row["amount"])
                for row in self.rows("spaces")
                if (row["property_id"], row["kind"]) == (key, "desks")
            ),
            ZERO,
        )
        return desks * _m2_per_unit()["desks"]

    @property
    def may_stand_empty(self) -> bool:
        """Whether a lease may end in a later phase than its property is left."""
        return self.scenario.leases.may_stand_empty and len(self.starts) > 1

    def is_hub(self, key: str, year: int) -> bool:
        """Whether the plan has fitted a property out as a hub by a year."""
        hub_year = self.actions[key].hub_year
        return hub_year is not None and hub_year <= year

    def used(self, where: Callable[[Row], str]) -> dict[tuple[str, str], Fraction]:
        """Space in use by property and kind, in the kind's own unit, with each team at `where`."""
        used: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for team in self.teams.values():
            used[where(team), team["space_kind"]] += exact(team["space_amount"])
        return used

    def move_gbp(self, move: Move) -> Fraction:
        """Cost of moving a team."""
        team = self.teams[move.team_id]
        return exact(self.scenario.rates.move_gbp_per_fte) * exact(team["fte"])

    def fit_out_gbp(self, move: Move) -> Fraction:
        """Cost of fitting out what a team moves into; its old home is fitted out already."""
        team = self.teams[move.team_id]
        if move.to_property_id == team["property_id"]:
            return ZERO
        return exact(self.scenario.rates.fit_out_gbp_per_m2) * self.square_metres(team)

    def kilometres(self, one: str, other: str) -> float:
        """Straight line between two properties."""
        return math.dist(self.points[one], self.points[other]) / 1000


def centre(geometry: shapely.Geometry) -> tuple[float, float]:
    """Easting and northing of a geometry's centroid."""
    point = geometry.centroid
    return float(point.x), float(point.y)


@cache
def _m2_per_unit() -> dict[str, Fraction]:
    with (data.FOLDER / "rates" / "space_kinds.csv").open(encoding="utf-8", newline="") as file:
        return {row["kind"]: Fraction(row["m2_per_unit"]) for row in csv.DictReader(file)}
