"""The model's sets and figures: plain data keyed by ids. Money in GBP k of the base year, real terms."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from estate.benchmarks import m2_per_unit
from estate.snapshot import Snapshot, records
from optimiser.prepare.budget import Budget, budget_of
from optimiser.prepare.candidates import candidates
from optimiser.prepare.carbon import Carbon, carbon_of
from optimiser.prepare.company import Company, apart, together
from optimiser.prepare.hubs import Hub, hub_room, hubs
from optimiser.prepare.money import PropertyMoney, discount_factor, property_money
from optimiser.prepare.partners import Partners, partners
from optimiser.prepare.public_travel import Trips, public_travel
from optimiser.prepare.reach import ServiceReach, service_reach
from optimiser.prepare.scope import Scope, scope_of
from optimiser.prepare.service_capacity import ServiceCapacity, service_capacity
from optimiser.prepare.staff_travel import staff_travel_gbp_per_year
from optimiser.prepare.transfers import transfer_prices_gbp
from optimiser.scenario import Scenario
from optimiser.settings import Carbon as CarbonAsked
from optimiser.settings import Goals, Moves, Pins, Rates


@dataclass(frozen=True)
class Phase:
    """One phase. Factors turn real pounds into present value at the base year."""

    number: int  # from 1
    first_year: int  # financial year
    years: int
    start_factor: float  # for a sum at the start of the phase
    receipt_factor: float  # for a receipt of a sale begun then
    lag_annuity: float  # for a yearly sum between leaving and the money
    annuity: float  # for a yearly sum all through the phase


@dataclass(frozen=True)
class Team:
    """One team that moves as one. `need` in the kind's own unit."""

    home: str
    kind: str
    need: float
    need_m2: float
    fte: float
    service: str | None
    candidates: tuple[str, ...]  # home first
    organisation: str


@dataclass(frozen=True)
class Inputs:
    """Everything that the rules and costs read. Keys are ids, never positions."""

    phases: tuple[Phase, ...]
    end_factor: float  # discount factor at the end of the horizon
    properties: dict[str, PropertyMoney]
    owners: dict[str, str]  # the organisation of each property
    sites: dict[str, tuple[str, ...]]  # land that could be sold: all of it owned and in scope
    sold_with: dict[str, str]  # the site that each property could be sold with
    transfers: dict[str, float]  # GBP that each property brings which may go to the community
    may_stand_empty: tuple[str, ...]  # leased properties whose lease may end in a later phase than they are left
    teams: dict[str, Team]
    occupants: dict[str, tuple[str, ...]]  # teams that could be in each property
    space: dict[tuple[str, str], float]  # room by property and kind, in the kind's own unit
    hubs: dict[str, Hub]  # properties that may be fitted out as one
    hub_space: dict[tuple[str, str], float]  # what room a hub has beside `space`
    hub_partners: int  # organisations in a hub at the least
    reception_gbp_per_year: float  # of a counter that has its own
    reach: dict[str, ServiceReach]
    capacity: dict[str, ServiceCapacity]  # of the services whose counters can be full
    offers: dict[tuple[str, str], tuple[str, ...]]  # (service, property in scope): teams that could offer it there
    names: dict[str, str]  # what people call a property or team
    pins: Pins
    moves: Moves
    goals: Goals
    together: tuple[Company, ...]
    apart: tuple[Company, ...]
    rates: Rates
    partners: Partners
    staff_travel_gbp: dict[tuple[str, str], float]  # a year, by team and place away from home; none: left out
    trips: dict[tuple[str, str], Trips]  # by service and zone; none where the public's travel is left out
    carbon: Carbon
    caps: CarbonAsked  # what the scenario asks of carbon
    budget: Budget | None  # None: one-off spending has no limit
    scope: Scope

    def site_value_gbp(self, site: str) -> float:
        """What a sale of the whole site would bring to the owners of these properties, GBP."""
        return sum(self.properties[member].value_gbp for member in self.sites[site] if member in self.properties)

    def sale_cost_gbp(self, site: str) -> float:
        """What the sale of a site would cost the owners of these properties, GBP, with their part of the fee."""
        members = self.sites[site]
        fee = self.rates.sale_cost_fixed_gbp * sum(p in self.properties for p in members) / len(members)
        return fee + self.rates.sale_cost_share * self.site_value_gbp(site)

    def with_properties_of(self, organisation: str) -> "Inputs":
        """The same decision seen by the owner of some of the properties: only those cost or bring anything."""
        mine = {place for place, owner in self.owners.items() if owner == organisation}
        return replace(
            self,
            properties={place: figures for place, figures in self.properties.items() if place in mine},
            hubs={place: hub for place, hub in self.hubs.items() if place in mine},
            transfers={place: price for place, price in self.transfers.items() if place in mine},
        )

    def with_teams_of(self, organisation: str) -> "Inputs":
        """The same decision seen by an organisation for its teams alone."""
        mine = {name: team for name, team in self.teams.items() if team.organisation == organisation}
        return replace(self, teams=mine)

    def cost_today_gbp_per_year(self, place: str) -> float:
        """What a property costs today with the people who are there, rent included."""
        money, used_m2 = self.properties[place], self.scope.occupied_m2.get(place, 0.0)
        return money.holding_gbp_per_year + money.use_gbp_per_m2_per_year * used_m2 + money.rent_gbp_per_year


def prepare(snapshot: Snapshot, scenario: Scenario) -> Inputs:
    """Everything the model needs, from a snapshot and a scenario. Raises InputError where they do not fit."""
    scope = scope_of(snapshot, scenario)
    space = room(snapshot, scenario, scope)
    hub_space = hub_room(snapshot, scenario, scope, space)
    most = {key: amount + hub_space.get(key, 0.0) for key, amount in space.items()}
    homes = candidates(snapshot, scenario, scope, most)
    teams = _teams(snapshot, scope, homes)
    occupants: dict[str, list[str]] = defaultdict(list)
    offers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, team in teams.items():
        for place in team.candidates:
            occupants[place].append(name)
            if team.service:
                offers[team.service, place].append(name)
    phases, end_factor = _phases(scenario)
    sites, money = _sites(snapshot, scope), property_money(snapshot, scenario, scope)
    transfers = transfer_prices_gbp(scenario, scope, money)
    agreed = partners(snapshot, scenario, scope, money)
    owners = snapshot.properties["organisation_id"].to_dict()
    return Inputs(
        phases=phases,
        end_factor=end_factor,
        properties=money,
        owners={place: owners[place] for place in money},
        sites=sites,
        transfers=transfers,
        may_stand_empty=tuple(place for place, figures in money.items() if figures.may_stand_empty),
        sold_with={member: site for site, members in sites.items() for member in members},
        teams=teams,
        occupants={place: tuple(names) for place, names in occupants.items()},
        space=space,
        hubs=hubs(snapshot, scenario, scope, hub_space, occupants),
        hub_space=hub_space,
        hub_partners=scenario.hubs.partners,
        reception_gbp_per_year=scenario.hubs.reception_gbp_per_year,
        reach=service_reach(snapshot, scenario, scope, homes),
        capacity=service_capacity(snapshot, scenario, scope, homes),
        offers={key: tuple(names) for key, names in offers.items()},
        names={
            row["id"]: row["name"] for frame in (snapshot.teams, snapshot.properties) for row in records(frame)
        },
        pins=scenario.pins,
        moves=scenario.moves,
        goals=scenario.goals,
        together=together(scenario, scope),
        apart=apart(scenario, scope),
        rates=scenario.rates,
        partners=agreed,
        staff_travel_gbp=staff_travel_gbp_per_year(snapshot, scenario, homes),
        trips=public_travel(snapshot, scenario, scope, homes),
        carbon=carbon_of(snapshot, scenario, scope),
        caps=scenario.carbon,
        budget=budget_of(snapshot, scenario, _values_gbp(money, owners, sites), transfers, agreed.organisations),
        scope=scope,
    )


def room(snapshot: Snapshot, scenario: Scenario, scope: Scope) -> dict[tuple[str, str], float]:
    """Room that teams may fill: the usable share of each space, and never less than is in use today."""
    inside = set(scope.properties)
    capacity: dict[tuple[str, str], float] = defaultdict(float)
    for row in records(snapshot.spaces):
        if row["property_id"] in inside:
            capacity[row["property_id"], row["kind"]] += row["amount"] * scenario.rates.usable_share_of_space
    in_use: dict[tuple[str, str], float] = defaultdict(float)
    for team in records(snapshot.teams):
        if team["property_id"] in inside:
            in_use[team["property_id"], team["space_kind"]] += team["space_amount"]
    return {key: max(capacity[key], in_use[key]) for key in sorted({*capacity, *in_use})}


def _phases(scenario: Scenario) -> tuple[tuple[Phase, ...], float]:
    rate, lag = scenario.rates.discount_rate_per_year, scenario.rates.sale_lag_years
    phases = []
    start = 0
    for number, years in enumerate(scenario.phases.years, start=1):
        phases.append(
            Phase(
                number=number,
                first_year=scenario.phases.base_year + start,
                years=years,
                start_factor=discount_factor(rate, start),
                receipt_factor=discount_factor(rate, start + lag),
                lag_annuity=sum(discount_factor(rate, start + year) for year in range(lag)),
                annuity=sum(discount_factor(rate, start + year) for year in range(years)),
            )
        )
        start += years
    return tuple(phases), discount_factor(rate, start)


def _teams(snapshot: Snapshot, scope: Scope, homes: dict[str, tuple[str, ...]]) -> dict[str, Team]:
    return {
        row["id"]: Team(
            home=row["property_id"],
            kind=row["space_kind"],
            need=row["space_amount"],
            need_m2=row["space_amount"] * m2_per_unit()[row["space_kind"]],
            fte=row["fte"],
            service=row["service_id"] or None,
            candidates=homes[row["id"]],
            organisation=row["organisation_id"],
        )
        for row in records(snapshot.teams.loc[list(scope.teams)])
    }


def _values_gbp(
    money: dict[str, PropertyMoney], owners: dict[Any, str], sites: dict[str, tuple[str, ...]]
) -> dict[str, dict[str, float]]:
    """What a sale of each site would bring each of its owners, GBP."""
    found: dict[str, dict[str, float]] = {}
    for site, members in sites.items():
        shares: dict[str, float] = defaultdict(float)
        for member in members:
            shares[owners[member]] += money[member].value_gbp
        found[site] = dict(shares)
    return found


def _sites(snapshot: Snapshot, scope: Scope) -> dict[str, tuple[str, ...]]:
    """Sites all of whose properties in the register are owned and in scope; one without a site is its own."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in records(snapshot.properties):
        members[row["site_id"] or row["id"]].append(row["id"])
    return {
        site: tuple(sorted(found))
        for site, found in sorted(members.items())
        if all(scope.tenure.get(member) == "freehold" for member in found)
    }
