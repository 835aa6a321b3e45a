"""Solution -> frozen Plan: what happens to each property and team, and what it costs."""

from collections import defaultdict
from typing import Any

import numpy as np

from estate.snapshot import Snapshot
from optimiser.model.build import Model, cost_book
from optimiser.model.partners import charges, net_cost
from optimiser.model.spending import KINDS
from optimiser.model.terms import id_of
from optimiser.plan import (
    BudgetUse,
    CostLine,
    Figures,
    FundUse,
    Move,
    PartnerPosition,
    PropertyAction,
    Reach,
)
from optimiser.prepare.inputs import Inputs, Phase
from optimiser.prepare.places import centres
from optimiser.solve.solution import Solution

_PENNY_GBP_K = 1e-5


def cost_lines(model: Model, inputs: Inputs, values: Any) -> tuple[CostLine, ...]:
    """Every cost in every phase, GBP k of present value, at the given value of each variable (by `id_of`)."""
    return tuple(
        CostLine(cost=name, phase=phase, gbp_k=sum((c * values[id_of(v)] for v, c in term.items()), term.constant))
        for name, cost in cost_book().items()
        for phase, term in cost(inputs, model.decide)
    )


def budget_use(model: Model, inputs: Inputs, solution: Solution, values: Any) -> tuple[BudgetUse, ...]:
    """The budget phase by phase; nothing where the scenario sets none. `values` as for `cost_lines`."""
    found: list[BudgetUse] = []
    before = received = 0.0
    budget = inputs.budget
    if budget is None:
        return ()
    for phase in inputs.phases:
        t, spent = phase.number, 0.0
        for kind in budget.pays_for:
            for _, gbp_k, happens in KINDS[kind](inputs, model.decide, t):
                spent += gbp_k * sum((c * values[id_of(v)] for v, c in happens.items()), happens.constant)
        paid = budget.paid_up.get(t)
        all_in = 0.0
        if paid:
            all_in += sum(gbp_k for (s, _), gbp_k in budget.receipts_gbp_k.items() if solution.sold[s, paid])
            all_in += sum(gbp_k for p, gbp_k in budget.transfers_gbp_k.items() if solution.transfer.get((p, paid)))
        new, receipts = budget.funding_gbp_k[t - 1], all_in - received
        after = before + new + receipts - spent
        found.append(BudgetUse(phase.first_year, *(1000 * k for k in (before, new, receipts, spent, after))))
        before, received = after, all_in
    return tuple(found)


def fund_uses(inputs: Inputs, solution: Solution) -> tuple[FundUse, ...]:
    """What each pot pays for, where money has strings; sums below a penny are the solver's."""
    funds = inputs.budget.funds if inputs.budget else {}
    years = {phase.number: phase.first_year for phase in inputs.phases}
    return tuple(
        FundUse(f, funds[f].name, body, kind, years[t], 1000 * gbp_k)
        for (f, body, kind, t), gbp_k in solution.spend.items()
        if gbp_k > _PENNY_GBP_K
    )


def partner_positions(model: Model, inputs: Inputs, values: Any, unchanged: Any) -> tuple[PartnerPosition, ...]:
    """One a partner, with the value of every variable in the plan and in today's estate kept as it is."""
    found = []
    for body in inputs.partners.organisations:
        pounds = [
            1000 * sum((c * at[id_of(v)] for v, c in term.items()), term.constant)
            for term in (net_cost(inputs, model.decide, body), charges(inputs, model.decide, body))
            for at in (unchanged, values)
        ]
        found.append(PartnerPosition(body, *pounds))
    return tuple(found)


def property_actions(snapshot: Snapshot, inputs: Inputs, solution: Solution) -> tuple[PropertyAction, ...]:
    """One action a property in scope."""
    last = inputs.phases[-1].number
    there: dict[str, list[str]] = defaultdict(list)
    hosts: set[str] = set()  # also for a while
    for u, team in inputs.teams.items():
        there[solution.place[u, last]].append(u)
        hosts |= {solution.place[u, phase.number] for phase in inputs.phases} - {team.home}
    estimated = _estimated(snapshot)
    return tuple(_action(inputs, solution, p, there[p], p in hosts, p in estimated) for p in inputs.properties)


def _action(
    inputs: Inputs, solution: Solution, p: str, there: list[str], host: bool, estimated: bool
) -> PropertyAction:
    """`there` are the teams that end in p; a host takes in a team from elsewhere, if only for a while."""
    money, rates = inputs.properties[p], inputs.rates
    left = _first(inputs, lambda t: not solution.keep[p, t])
    site = inputs.sold_with.get(p)
    sale = None if site is None else _first(inputs, lambda t: solution.sold[site, t])
    given = _first(inputs, lambda t: solution.transfer.get((p, t), False))
    waited = _first(inputs, lambda t: solution.lease_out.get((p, t), False))
    lease_ends = None if inputs.scope.tenure[p] == "freehold" else waited or left
    hub = _first(inputs, lambda t: solution.hub.get((p, t), False))
    came = {u for u in there if inputs.teams[u].home != p}
    receipt = money.value_gbp if sale else inputs.transfers[p] if given else 0.0
    one_off = money.exit_gbp[lease_ends.number - 1] if lease_ends else 0.0
    one_off += inputs.hubs[p].cost_gbp if hub else 0.0
    one_off += money.overlap_gbp if left else 0.0
    backlog = money.backlog
    if sale or given:
        sharers = len(inputs.sites[site]) if sale and site else 1
        one_off += rates.sale_cost_fixed_gbp / sharers + rates.sale_cost_share * receipt
    if left is None:
        used_m2 = sum(inputs.teams[u].need_m2 for u in there)
        after = money.holding_gbp_per_year + money.use_gbp_per_m2_per_year * used_m2 + money.rent_gbp_per_year
        after -= inputs.reception_gbp_per_year * len(came.intersection(inputs.hubs[p].counters)) if hub else 0.0
    else:
        after = 0.0 if sale or given or lease_ends else money.void_gbp_per_year
    return PropertyAction(
        property_id=p,
        action="leave" if left else "host" if host else "keep",
        year=left.first_year if left else None,
        sold=sale is not None,
        sold_year=sale.first_year if sale else None,
        receipt_gbp=receipt,
        one_off_cost_gbp=one_off,
        backlog_gbp=backlog.gbp if backlog and solution.keep[p, backlog.phase] else 0.0,
        running_cost_today_gbp_per_year=inputs.cost_today_gbp_per_year(p),
        running_cost_after_gbp_per_year=after,
        lease_ends_year=lease_ends.first_year if lease_ends else None,
        transferred_year=given.first_year if given else None,
        hub_year=hub.first_year if hub else None,
        partners=tuple(sorted({inputs.teams[u].organisation for u in there})) if hub else (),
        estimated=estimated,
    )


def _first(inputs: Inputs, holds: Any) -> Phase | None:
    return next((phase for phase in inputs.phases if holds(phase.number)), None)


def _estimated(snapshot: Snapshot) -> set[str]:
    """Properties some of whose pounds are benchmark estimates."""
    frames = (snapshot.running_costs, snapshot.leases, snapshot.valuations)
    return {place for frame in frames for place in frame.loc[frame["estimated"], "property_id"]}


def moves(snapshot: Snapshot, inputs: Inputs, solution: Solution) -> tuple[Move, ...]:
    """One each time that a team moves, in order of year and then of team."""
    points = dict(zip(snapshot.properties.index, centres(snapshot.properties), strict=True))
    rates, before = inputs.rates, {u: team.home for u, team in inputs.teams.items()}
    found = []
    for phase in inputs.phases:
        for u, team in inputs.teams.items():
            start, end = before[u], solution.place[u, phase.number]
            if start == end:
                continue
            before[u] = end
            fit_out = rates.fit_out_gbp_per_m2 * team.need_m2 if end != team.home else 0.0
            found.append(
                Move(
                    team_id=u,
                    from_property_id=start,
                    to_property_id=end,
                    year=phase.first_year,
                    fte=team.fte,
                    km=round(float(np.hypot(*(points[end] - points[start]))) / 1000, 3),
                    cost_gbp=rates.move_gbp_per_fte * team.fte + fit_out,
                )
            )
    return tuple(found)


def figures(
    snapshot: Snapshot,
    inputs: Inputs,
    solution: Solution,
    *,
    actions: tuple[PropertyAction, ...],
    moved: tuple[Move, ...],
    reach: dict[str, Reach],
    npsv_gbp_k: float,
) -> Figures:
    """The headline figures."""
    today = sum(action.running_cost_today_gbp_per_year for action in actions)
    after = sum(action.running_cost_after_gbp_per_year for action in actions)
    return Figures(
        running_cost_today_gbp_per_year=today,
        running_cost_after_gbp_per_year=after,
        saving_gbp_per_year=today - after,
        capital_receipts_gbp=sum(action.receipt_gbp for action in actions),
        one_off_cost_gbp=sum(action.one_off_cost_gbp for action in actions) + sum(move.cost_gbp for move in moved),
        npsv_gbp=npsv_gbp_k * 1000,
        properties_today=len(actions),
        properties_left=sum(action.action == "leave" for action in actions),
        people_moved=sum({move.team_id: move.fte for move in moved}.values()),
        reach=reach,
        backlog_gbp=sum(action.backlog_gbp for action in actions),
        estimated_share=estimated_share(snapshot, inputs),
        **_carbon(inputs, solution),
    )


def _carbon(inputs: Inputs, solution: Solution) -> dict[str, float]:
    """Tonnes of CO2e in the last year and over all of them, of today's estate and of the plan's."""
    carbon, last, phases = inputs.carbon, inputs.phases[-1].number, [phase.number for phase in inputs.phases]
    every = [(p, t) for p in carbon.mwh for t in phases]
    found: dict[str, float] = {}
    for when, held in (("today", every), ("after", [key for key in every if solution.keep[key]])):
        in_use = sum(carbon.mwh[p] for p, t in held if t == last)
        found[f"carbon_tonnes_last_year_{when}"] = in_use * carbon.tonnes_per_mwh_last_year
        found[f"carbon_tonnes_{when}"] = sum(carbon.tonnes(p, t) for p, t in held)
    return found


def estimated_share(snapshot: Snapshot, inputs: Inputs) -> float:
    """Share of the pounds in scope that are benchmark estimates.

    Pounds: running cost and rent over the horizon, and the value of what is owned.
    """
    years = sum(phase.years for phase in inputs.phases)
    leases = snapshot.leases[snapshot.leases["direction"] == "in"]
    known, guessed = 0.0, 0.0
    for frame, column in ((snapshot.running_costs, "gbp_per_year"), (leases, "rent_gbp_per_year")):
        rows = frame[frame["property_id"].isin(inputs.properties)]
        pounds = rows[column].fillna(0.0).abs() * years
        guessed += float(pounds[rows["estimated"]].sum())
        known += float(pounds[~rows["estimated"]].sum())
    valued = set(snapshot.valuations.loc[~snapshot.valuations["estimated"], "property_id"])
    for place, money in inputs.properties.items():
        if place in valued:
            known += money.value_gbp
        else:
            guessed += money.value_gbp
    return guessed / (known + guessed) if known + guessed else 0.0
