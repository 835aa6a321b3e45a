"""The cash flows of an estate, year by year: today's kept as it is, or as the actions of a plan leave it.

Every line is one cost of the plan's objective, under the same name, but in the year in which it falls and not
discounted: discounted at the scenario's rate, the lines add up to the plan's own (docs/appraisal.md). Two lines
say more than the plan may have counted: carbon is always given its value, and it is for the appraisal to leave
that out where the scenario does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from optimiser.plan import Move, Plan, PropertyAction
from optimiser.prepare.inputs import Inputs, Phase


@dataclass(frozen=True, slots=True)
class Flow:
    """One sum of one year. GBP in real terms of the base year: a cost above zero, a receipt or saving below."""

    line: str  # a cost of optimiser/model/costs
    year: int  # financial year from April
    gbp: float
    organisation_id: str | None  # who bears it; None: the public, or society at large
    property_id: str | None  # where it arises; None: at no one place


@dataclass(frozen=True)
class CashFlows:
    """All flows of one option. A receipt that is on its way at the horizon comes after it and still counts."""

    base_year: int
    years: int  # of the horizon
    flows: tuple[Flow, ...]

    def by_line(self) -> dict[str, dict[int, float]]:
        """GBP by line and year."""
        found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for flow in self.flows:
            found[flow.line][flow.year] += flow.gbp
        return {line: dict(years) for line, years in found.items()}


def of_plan(plan: Plan, inputs: Inputs) -> CashFlows:
    """The flows of a plan; `inputs` are those of the snapshot and the scenario that it was made from."""
    return of_actions(plan.properties, plan.moves, inputs)


def of_today(inputs: Inputs) -> CashFlows:
    """Business as usual: everything kept, nobody moves, leases renewed at the same rent, repairs done when due."""
    return of_actions([PropertyAction(p, "keep") for p in inputs.properties], (), inputs)


def of_actions(actions: Sequence[PropertyAction], moves: Sequence[Move], inputs: Inputs) -> CashFlows:
    """The flows of any option that says what becomes of each property and team."""
    first, last = inputs.phases[0], inputs.phases[-1]
    place = _places(moves, inputs)
    flows: list[Flow] = []
    for action in actions:
        flows += _held(action, place, inputs)
        flows += _ways_out(action, inputs)
        flows += _once(action, inputs)
    flows += _moves(moves, inputs)
    flows += _travel(place, inputs)
    years = last.first_year + last.years - first.first_year
    return CashFlows(first.first_year, years, tuple(flow for flow in flows if flow.gbp))


_Places = Mapping[tuple[str, int], str]  # (team, phase): property


def _places(moves: Sequence[Move], inputs: Inputs) -> _Places:
    where = {u: team.home for u, team in inputs.teams.items()}
    place: dict[tuple[str, int], str] = {}
    for phase in inputs.phases:
        where |= {move.team_id: move.to_property_id for move in moves if move.year == phase.first_year}
        place |= {(u, phase.number): p for u, p in where.items()}
    return place


def _years(phase: Phase) -> range:
    return range(phase.first_year, phase.first_year + phase.years)


def _held(action: PropertyAction, place: _Places, inputs: Inputs) -> Iterator[Flow]:
    """What a property costs each year while it is held, in use or empty."""
    p, money = action.property_id, inputs.properties[action.property_id]
    there: dict[int, list[str]] = defaultdict(list)
    for u in inputs.occupants.get(p, ()):
        for phase in inputs.phases:
            if place[u, phase.number] == p:
                there[phase.number].append(u)
    ends = [year for year in (action.sold_year, action.transferred_year, action.lease_ends_year) if year]
    for phase in inputs.phases:
        kept = action.year is None or phase.first_year < action.year
        empty = not kept and not any(end <= phase.first_year for end in ends)
        used_m2 = sum(inputs.teams[u].need_m2 for u in there[phase.number])
        yearly = {
            "running_cost": money.holding_gbp_per_year + money.use_gbp_per_m2_per_year * used_m2 if kept else 0.0,
            "rent": money.rent_gbp_per_year if kept or (empty and action.lease_ends_year) else 0.0,
            "void_cost": money.void_gbp_per_year if empty else 0.0,
        }
        for year in _years(phase):
            for line, gbp in yearly.items():
                yield Flow(line, year, gbp, inputs.owners[p], p)
            if kept and p in inputs.carbon.mwh:
                worth = inputs.carbon.gbp_per_mwh_by_year[year - inputs.phases[0].first_year]
                yield Flow("carbon_value", year, inputs.carbon.mwh[p] * worth, inputs.owners[p], p)
        if action.hub_year is not None and action.hub_year <= phase.first_year:
            for u in set(there[phase.number]).intersection(inputs.hubs[p].counters):
                saver = inputs.teams[u].organisation
                for year in _years(phase):
                    yield Flow("shared_reception", year, -inputs.reception_gbp_per_year, saver, p)


def _ways_out(action: PropertyAction, inputs: Inputs) -> Iterator[Flow]:
    """The price of what changes hands and its costs, a lag after the sale begins; and the value used up."""
    p, owner = action.property_id, inputs.owners[action.property_id]
    money, rates, first = inputs.properties[p], inputs.rates, inputs.phases[0].first_year
    gone = action.sold_year if action.sold_year is not None else action.transferred_year
    yield Flow("residual_value", first, money.value_gbp, owner, p)
    if gone is None:
        last = inputs.phases[-1]
        yield Flow("residual_value", last.first_year + last.years, -money.value_gbp, owner, p)
        return
    if action.sold_year is not None:
        for year in range(gone, gone + rates.sale_lag_years):
            yield Flow("void_cost", year, money.void_gbp_per_year, owner, p)
        price, sharers = money.value_gbp, len(inputs.sites[inputs.sold_with[p]])
    else:
        price, sharers = inputs.transfers[p], 1
    arrives = gone + rates.sale_lag_years
    fee = rates.sale_cost_fixed_gbp / sharers + rates.sale_cost_share * price
    yield Flow("receipts", arrives, -price, owner, p)
    yield Flow("disposal_cost", arrives, fee, owner, p)


def _once(action: PropertyAction, inputs: Inputs) -> Iterator[Flow]:
    """What is spent once on a property: giving back its lease, overlap, repairs, fitting out a hub."""
    p, owner = action.property_id, inputs.owners[action.property_id]
    money = inputs.properties[p]
    if action.lease_ends_year is not None:
        phase = next(phase for phase in inputs.phases if phase.first_year == action.lease_ends_year)
        yield Flow("exit_cost", action.lease_ends_year, money.exit_gbp[phase.number - 1], owner, p)
    if action.year is not None:
        yield Flow("double_running", action.year, money.overlap_gbp, owner, p)
    due = money.backlog
    if due is not None:
        begins = inputs.phases[due.phase - 1].first_year
        if action.year is None or begins < action.year:
            yield Flow("backlog_maintenance", due.year, due.gbp, owner, p)
    if action.hub_year is not None:
        yield Flow("hub_cost", action.hub_year, inputs.hubs[p].cost_gbp, owner, p)


def _moves(moves: Iterable[Move], inputs: Inputs) -> Iterator[Flow]:
    """Removals each time a team moves, and fit-out unless it comes home; its organisation pays."""
    for move in moves:
        team, p = inputs.teams[move.team_id], move.to_property_id
        yield Flow("move_cost", move.year, inputs.rates.move_gbp_per_fte * team.fte, team.organisation, p)
        if p != team.home:
            fit_out = inputs.rates.fit_out_gbp_per_m2 * team.need_m2
            yield Flow("fit_out", move.year, fit_out, team.organisation, p)


def _travel(place: _Places, inputs: Inputs) -> Iterator[Flow]:
    """Staff who work away from their home of today, and the public's way to services beyond today's."""
    for phase in inputs.phases:
        offers: dict[str, set[str]] = defaultdict(set)
        staff = []
        for u, team in inputs.teams.items():
            p = place[u, phase.number]
            if team.service is not None:
                offers[team.service].add(p)
            gbp = inputs.staff_travel_gbp.get((u, p), 0.0)
            if p != team.home and gbp:
                staff.append((gbp, team.organisation, p))
        public = sum(
            trips.gbp_per_minute * (trips.minutes(offers[service]) - trips.minutes_today)
            for (service, _), trips in inputs.trips.items()
        )
        for year in _years(phase):
            for gbp, organisation, p in staff:
                yield Flow("travel_of_staff", year, gbp, organisation, p)
            yield Flow("travel_of_public", year, public, None, None)
