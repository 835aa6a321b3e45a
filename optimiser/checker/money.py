"""The plan's money from raw rows: by cost and phase, by property, and in all. Exact fractions of a pound."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from optimiser.checker import carbon
from optimiser.checker.facts import ZERO, Facts, Row, exact
from optimiser.checker.public_travel import travel_of_public
from optimiser.plan import PropertyAction


class Flow(NamedTuple):
    """What a sum of real pounds is and when it falls."""

    cost: str
    phase: int  # from 1; 0 in today's estate
    who: str | None  # the organisation that bears it; None: the public
    waits: int  # years from the base year
    protected: bool  # building work on a listed or protected building


class Money:
    """Everything in pounds that the plan should say."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.rates = facts, facts.scenario.rates
        # Real pounds of each year, by who bears them (None: the public); of today's estate kept, and as planned.
        self.flows_today: dict[Flow, Fraction] = defaultdict(Fraction)
        self.flows: dict[Flow, Fraction] = defaultdict(Fraction)
        self.today: dict[str, Fraction] = {}  # running cost and rent a year, by property
        self.after: dict[str, Fraction] = {}
        self.receipts: dict[str, Fraction] = {}
        self.one_off: dict[str, Fraction] = {}
        self.void: dict[str, Fraction] = {}  # a year, left and still held
        self.charge: dict[str, Fraction] = {}  # what guests pay a year for each m2, by property
        self.backlog: dict[str, Fraction] = {}
        self.costs = _by_property(facts.rows("running_costs"))
        self.leases = _by_property(row for row in facts.rows("leases") if row["direction"] == "in")
        self.valuations = _by_property(facts.rows("valuations"))
        self.teams_today, self.teams_by_phase = self._teams()
        self.space_m2 = self._space_m2()
        for key in sorted(facts.scope):
            self._property(key)
        for move in facts.plan.moves:
            waits, body = move.year - facts.base_year, str(facts.teams[move.team_id]["organisation_id"])
            phase, place = facts.starts.index(waits) + 1, move.to_property_id
            self._add("move_cost", phase, body, waits, facts.move_gbp(move))
            self._add("fit_out", phase, body, waits, facts.fit_out_gbp(move), place)
        self._staff_travel()
        for index, gbp in travel_of_public(facts):
            self._yearly("travel_of_public", index, None, gbp)

    def _add(
        self, cost: str, phase: int, who: str | None, waits: int, gbp: Fraction, works_at: str | None = None
    ) -> None:
        """One more sum of real pounds, so many years from the base year; building work says where it is."""
        self.flows[Flow(cost, phase, who, waits, works_at is not None and self.is_protected(works_at))] += gbp

    def _add_today(self, cost: str, who: str, waits: int, gbp: Fraction, works_at: str | None = None) -> None:
        protected = works_at is not None and self.is_protected(works_at)
        self.flows_today[Flow(cost, 0, who, waits, protected)] += gbp

    def _yearly(self, cost: str, index: int, who: str | None, gbp: Fraction) -> None:
        """A sum in every year of a phase, which is counted from 0."""
        start = self.facts.starts[index]
        for waits in range(start, start + self.facts.scenario.phases.years[index]):
            self._add(cost, index + 1, who, waits, gbp)

    @cached_property
    def lines(self) -> dict[tuple[str, int], Fraction]:
        """Present value by cost and phase."""
        found: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        for flow, gbp in self._present.items():
            found[flow.cost, flow.phase] += gbp
        return found

    @cached_property
    def borne(self) -> dict[tuple[str, str], Fraction]:
        """Present value by cost and organisation."""
        found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for flow, gbp in self._present.items():
            if flow.who is not None:
                found[flow.cost, flow.who] += gbp
        return found

    @cached_property
    def borne_today(self) -> dict[str, Fraction]:
        """Present value of today's estate kept as it is, by organisation."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for flow, gbp in self.flows_today.items():
            found[flow.who or ""] += gbp * self.factor(flow.waits)
        return found

    @property
    def unchanged(self) -> Fraction:
        """Present value of today's estate kept as it is."""
        return sum(self.borne_today.values(), ZERO)

    @cached_property
    def _present(self) -> dict["Flow", Fraction]:
        return {flow: gbp * self.factor(flow.waits) for flow, gbp in self.flows.items()}

    def is_protected(self, key: str) -> bool:
        """Whether a property is listed or protected in another way."""
        return self.facts.properties[key]["listed"] not in {"none", "", None}

    def factor(self, years: int) -> Fraction:
        """Present value of GBP 1 after so many years; year 0 is not discounted (HM Treasury Green Book)."""
        return 1 / (1 + exact(self.rates.discount_rate_per_year)) ** years

    def annuity(self, first: int, years: int) -> Fraction:
        """Present value of GBP 1 a year from year `first` on."""
        return sum((self.factor(first + year) for year in range(years)), ZERO)

    def _teams(self) -> tuple[dict[str, Fraction], list[dict[str, Fraction]]]:
        facts = self.facts
        by_phase: list[dict[str, Fraction]] = [defaultdict(Fraction) for _ in facts.starts]
        today: dict[str, Fraction] = defaultdict(Fraction)
        for key, team in facts.teams.items():
            area = facts.square_metres(team)
            today[team["property_id"]] += area
            for index, start in enumerate(facts.starts):
                by_phase[index][facts.place(key, facts.base_year + start)] += area
        return today, by_phase

    def _space_m2(self) -> dict[str, Fraction]:
        found: dict[str, Fraction] = defaultdict(Fraction)
        for row in self.facts.rows("spaces"):
            found[row["property_id"]] += self.facts.square_metres(
                {"space_amount": row["amount"], "space_kind": row["kind"]}
            )
        return found

    def owner(self, key: str) -> str:
        """The organisation that holds a property."""
        return str(self.facts.properties[key]["organisation_id"])

    def bodies(self) -> list[str]:
        """Every organisation that has a property in scope, or a team at home in one."""
        scope = self.facts.scope
        teams = [team for team in self.facts.teams.values() if team["property_id"] in scope]
        return sorted({self.owner(key) for key in scope} | {str(team["organisation_id"]) for team in teams})

    def value(self, key: str) -> Fraction:
        """Price of a property that is owned: the highest of the latest valuations on each basis."""
        owned = self.facts.properties[key]["tenure"] == "freehold"
        found = self.valuation(key)
        return exact(found["value_gbp"]) if owned and found is not None else ZERO

    def valuation(self, key: str) -> Row | None:
        """The highest of the latest valuations on each basis; None where there is none."""
        latest: dict[str, Row] = {}
        for row in self.valuations.get(key, []):
            held = latest.get(row["basis"])
            if held is None or _when(row) > _when(held):
                latest[row["basis"]] = row
        return max(latest.values(), key=lambda row: exact(row["value_gbp"]), default=None)

    def _property(self, key: str) -> None:
        """Adds one property to every sum."""
        action, owned = self.facts.actions[key], self.facts.properties[key]["tenure"] == "freehold"
        holding, rate = self._holding_and_rate(key)
        occupied = self.teams_today.get(key, ZERO)
        rent = sum((exact(lease["rent_gbp_per_year"]) for lease in self.leases.get(key, [])), ZERO)
        void = ZERO
        if owned or self.facts.may_stand_empty:
            void = holding if key not in self.teams_today else holding * exact(self.rates.void_cost_share)
        value, self.void[key] = self.value(key), void
        self.today[key] = holding + rate * occupied + rent
        self._as_today(key, holding + rate * occupied, rent, value)
        floor = max(occupied, self.space_m2.get(key, ZERO))
        self.charge[key] = rate + ((holding + rent) / floor if floor else ZERO)
        self._by_phase(key, holding, rate, rent, void)
        self._ways_out(key, value, void)
        self._carbon(key)
        self._overlap(key, holding - void)
        self._backlog(key)
        self._hub(key)
        last = self.facts.base_year + self.facts.starts[-1]
        used = self.teams_by_phase[-1].get(key, ZERO)
        if self.facts.kept(key, last):
            saved = len(self._joined(key, last)) * exact(self.facts.scenario.hubs.reception_gbp_per_year)
            self.after[key] = holding + rate * used + rent - saved
        else:
            gone = action.sold or action.transferred_year is not None or not owned
            self.after[key] = ZERO if gone else void

    def _holding_and_rate(self, key: str) -> tuple[Fraction, Fraction]:
        """GBP a year of holding, and of each m2 in use: use costs spread over those there, or half the space."""
        rows = self.costs.get(key, [])
        total = sum((exact(row["gbp_per_year"]) for row in rows), ZERO)
        use = sum((exact(row["gbp_per_year"]) for row in rows if row["part"] == "use"), ZERO)
        occupied = self.teams_today.get(key, ZERO)
        spread = max(occupied, self.space_m2.get(key, ZERO) / 2)
        rate = use / spread if spread else ZERO
        return total - rate * occupied, rate

    def _as_today(self, key: str, running: Fraction, rent: Fraction, value: Fraction) -> None:
        """The property kept as it is."""
        owner = self.owner(key)
        for waits in range(self.facts.horizon):
            self._add_today("running_cost", owner, waits, running)
            self._add_today("rent", owner, waits, rent)
        self._add_today("residual_value", owner, 0, value)
        self._add_today("residual_value", owner, self.facts.horizon, -value)

    def _by_phase(self, key: str, holding: Fraction, rate: Fraction, rent: Fraction, void: Fraction) -> None:
        action, owner = self.facts.actions[key], self.owner(key)
        for index, start in enumerate(self.facts.starts):
            year = self.facts.base_year + start
            used = self.teams_by_phase[index].get(key, ZERO)
            if self.facts.kept(key, year):
                self._yearly("running_cost", index, owner, holding + rate * used)
                self._yearly("rent", index, owner, rent)
            elif not any(end is not None and end <= year for end in _ends(action)):
                self._yearly("void_cost", index, owner, void)
                if action.lease_ends_year is not None:
                    self._yearly("rent", index, owner, rent)

    def _ways_out(self, key: str, value: Fraction, void: Fraction) -> None:
        facts, rates, action, owner = self.facts, self.rates, self.facts.actions[key], self.owner(key)
        self.receipts[key], self.one_off[key] = ZERO, ZERO
        last, gone = len(facts.starts), action.sold or action.transferred_year is not None
        self._add("residual_value", last, owner, 0, value)
        self._add("residual_value", last, owner, facts.horizon, ZERO if gone else -value)
        if action.lease_ends_year is not None:
            index = facts.starts.index(action.lease_ends_year - facts.base_year)
            cost = self.exit_gbp(key, date(action.lease_ends_year, 4, 1))
            self.one_off[key] += cost
            self._add("exit_cost", index + 1, owner, facts.starts[index], cost)
        if action.sold_year is not None:
            start = self._parts(key, action.sold_year, value, len(facts.site(key)))
            phase = facts.starts.index(start) + 1
            for waits in range(start, start + rates.sale_lag_years):
                self._add("void_cost", phase, owner, waits, void)
        if action.transferred_year is not None:
            self._parts(key, action.transferred_year, exact(facts.scenario.transfers.price_share) * value, 1)

    def _parts(self, key: str, year: int, price: Fraction, sharers: int) -> int:
        """A property changes hands at a price, with others that share the fee; gives years from the base year."""
        index = self.facts.starts.index(year - self.facts.base_year)
        start, phase, owner = self.facts.starts[index], index + 1, self.owner(key)
        arrives = start + self.rates.sale_lag_years
        fee = exact(self.rates.sale_cost_fixed_gbp) / sharers + exact(self.rates.sale_cost_share) * price
        self.receipts[key] = price
        self.one_off[key] += fee
        self._add("receipts", phase, owner, arrives, -price)
        self._add("disposal_cost", phase, owner, arrives, fee)
        return start

    def _carbon(self, key: str) -> None:
        """Energy in use at its carbon's value, where that is asked for."""
        facts = self.facts
        for index, (start, years) in enumerate(zip(facts.starts, facts.scenario.phases.years, strict=True)):
            for waits in range(start, start + years) if facts.scenario.carbon.valued else ():
                year = facts.base_year + waits
                tonnes = carbon.mwh(facts, key) * carbon.tonnes_per_mwh(facts, year)
                worth = tonnes * carbon.value_gbp_per_tonne(year)
                self._add_today("carbon_value", self.owner(key), waits, worth)
                if facts.kept(key, year):
                    self._add("carbon_value", index + 1, self.owner(key), waits, worth)

    def _overlap(self, key: str, full_gbp_per_year: Fraction) -> None:
        """A property that people move out of runs on in full for some months."""
        year = self.facts.actions[key].year
        if year is None or key not in self.teams_today:
            return
        cost = full_gbp_per_year * exact(self.rates.double_running_months) / 12
        index = self.facts.starts.index(year - self.facts.base_year)
        self.one_off[key] += cost
        self._add("double_running", index + 1, self.owner(key), self.facts.starts[index], cost)

    def _backlog(self, key: str) -> None:
        """Repairs outstanding, done in the year they fall due if the property is held then."""
        facts, row = self.facts, self.facts.properties[key]
        due, gbp = row["backlog_due_year"], exact(row["backlog_gbp"])
        waits = 0 if math.isnan(due) else max(0, int(due) - facts.base_year)
        self.backlog[key] = ZERO
        if waits < facts.horizon:
            self._add_today("backlog_maintenance", self.owner(key), waits, gbp, key)
            phase = sum(start <= waits for start in facts.starts)
            if facts.kept(key, facts.base_year + facts.starts[phase - 1]):
                self.backlog[key] = gbp
                self._add("backlog_maintenance", phase, self.owner(key), waits, gbp, key)

    def _staff_travel(self) -> None:
        """Staff who work away from their home of today, in every phase."""
        facts = self.facts
        rate = exact(self.rates.staff_travel_gbp_per_fte_km_per_year) * exact(facts.scenario.travel.circuity)
        for index, start in enumerate(facts.starts):
            for key in facts.moves if rate else ():
                team, place = facts.teams[key], facts.place(key, facts.base_year + start)
                km = exact(facts.kilometres(team["property_id"], place))
                self._yearly("travel_of_staff", index, team["organisation_id"], rate * exact(team["fte"]) * km)

    def _hub(self, key: str) -> None:
        """Fitting a property out as a hub, and the receptions that counters give up for it."""
        facts, wanted, action, owner = self.facts, self.facts.scenario, self.facts.actions[key], self.owner(key)
        if action.hub_year is None:
            return
        cost = self.hub_gbp(key)
        self.one_off[key] += cost
        for index, start in enumerate(facts.starts):
            year = facts.base_year + start
            if year == action.hub_year:
                self._add("hub_cost", index + 1, owner, start, cost, key)
            for name in self._joined(key, year):
                saved = exact(wanted.hubs.reception_gbp_per_year)
                self._yearly("shared_reception", index, facts.teams[name]["organisation_id"], -saved)

    def hub_gbp(self, key: str) -> Fraction:
        """Fitting out all of a property's office floor as a hub."""
        return exact(self.facts.scenario.hubs.fit_out_gbp_per_m2) * self.facts.office_floor_m2(key)

    def _joined(self, key: str, year: int) -> list[str]:
        """The counters that work in a hub in a year and come from elsewhere."""
        if not self.facts.is_hub(key, year):
            return []
        return [
            name
            for name in self.facts.moves
            if self.facts.teams[name]["public_facing"]
            and self.facts.place(name, year) == key != self.facts.teams[name]["property_id"]
        ]

    def exit_gbp(self, key: str, day: date) -> Fraction:
        """Rent to the next event and dilapidations of every lease; dilapidations alone without one."""
        area = exact(self.facts.properties[key]["floor_area_m2"])
        full = exact(self.rates.dilapidations_gbp_per_m2) * area
        leases = self.leases.get(key, [])
        if not leases:
            return full
        share = exact(self.facts.scenario.leases.surrender_share_of_rent)
        parts = {"none": ZERO, "internal": full * exact(self.rates.internal_repair_share)}
        cost = ZERO
        for lease in leases:
            agreed = lease["exit_cost_gbp"]
            repairs = parts.get(lease["repair_liability"], full) if agreed != agreed else exact(agreed)
            cost += repairs + share * exact(lease["rent_gbp_per_year"]) * _years_of_rent(lease, day)
        return cost

    @cached_property
    def estimated(self) -> set[str]:
        """Properties some of whose pounds are benchmark estimates."""
        tables = ("running_costs", "leases", "valuations")
        return {row["property_id"] for table in tables for row in self.facts.rows(table) if row["estimated"]}

    @cached_property
    def estimated_share(self) -> Fraction:
        """Estimated in all pounds: running cost and rent over the horizon, and the value of what is owned."""
        pounds = {True: ZERO, False: ZERO}
        for key in self.facts.scope:
            for row in self.costs.get(key, []):
                pounds[bool(row["estimated"])] += abs(exact(row["gbp_per_year"])) * self.facts.horizon
            for row in self.leases.get(key, []):
                pounds[bool(row["estimated"])] += abs(exact(row["rent_gbp_per_year"])) * self.facts.horizon
            guessed = all(row["estimated"] for row in self.valuations.get(key, []))
            pounds[guessed] += self.value(key)
        total = pounds[True] + pounds[False]
        return pounds[True] / total if total else ZERO


def money_of(facts: Facts) -> Money:
    """Everything in pounds that the plan should say, worked out once for all checks."""
    if "money" not in facts.worked_out:
        facts.worked_out["money"] = Money(facts)
    found: Money = facts.worked_out["money"]
    return found


def _ends(action: PropertyAction) -> tuple[int | None, ...]:
    """The years in which a property that was left is no longer held: only one of them is ever given."""
    return action.sold_year, action.transferred_year, action.lease_ends_year


def _by_property(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["property_id"]].append(row)
    return dict(found)


def _when(row: Row) -> tuple[str, str]:
    return (str(row["valued_on"]) if row["valued_on"] else "", row["id"])


def _years_of_rent(lease: Row, day: date) -> Fraction:
    """Years of rent owed on `day`: to the first break that can still be used or to expiry, else the notice."""
    notice = exact(lease["notice_months"]) / 12
    events = [Fraction((date.fromisoformat(text) - day).days * 4, 1461) for text in lease["break_dates"].split()]
    usable = [years for years in events if years >= notice]
    expiry = lease["expiry_date"]
    if expiry is not None and expiry >= day:
        usable.append(Fraction((expiry - day).days * 4, 1461))
    return min(usable, default=notice)
