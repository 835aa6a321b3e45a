"""The plan's money from raw rows: by cost and phase, by property, and in all. Exact fractions of a pound."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cached_property

from optimiser.checker import carbon
from optimiser.checker.facts import ZERO, Facts, Findings, Row, exact
from optimiser.checker.public_travel import travel_of_public
from optimiser.plan import PropertyAction


class Money:
    """Everything in pounds that the plan should say."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.rates = facts, facts.scenario.rates
        self.lines: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        self.borne: dict[tuple[str, str], Fraction] = defaultdict(Fraction)  # by cost and organisation
        self.borne_today: dict[str, Fraction] = defaultdict(Fraction)  # by organisation, of today's estate kept
        self.today: dict[str, Fraction] = {}  # running cost and rent a year, by property
        self.after: dict[str, Fraction] = {}
        self.receipts: dict[str, Fraction] = {}
        self.one_off: dict[str, Fraction] = {}
        self.charge: dict[str, Fraction] = {}  # what guests pay a year for each m2, by property
        self.backlog: dict[str, Fraction] = {}
        self.unchanged = ZERO  # present value of today's estate kept as it is
        self.costs = _by_property(facts.rows("running_costs"))
        self.leases = _by_property(row for row in facts.rows("leases") if row["direction"] == "in")
        self.valuations = _by_property(facts.rows("valuations"))
        self.teams_today, self.teams_by_phase = self._teams()
        self.space_m2 = self._space_m2()
        for key in sorted(facts.scope):
            self._property(key)
        for move in facts.plan.moves:
            index = facts.starts.index(move.year - facts.base_year)
            factor, body = self.factor(facts.starts[index]), facts.teams[move.team_id]["organisation_id"]
            self.add("move_cost", index + 1, body, factor * facts.move_gbp(move))
            self.add("fit_out", index + 1, body, factor * facts.fit_out_gbp(move))
        self._staff_travel()
        for index, gbp in travel_of_public(facts):
            self.lines["travel_of_public", index + 1] += gbp * self._annuity_of(index)  # borne by no partner

    def add(self, cost: str, phase: int, organisation: str, gbp: Fraction) -> None:
        """One more sum of present value that an organisation bears."""
        self.lines[cost, phase] += gbp
        self.borne[cost, organisation] += gbp

    def factor(self, years: int) -> Fraction:
        """Present value of GBP 1 after so many years; year 0 is not discounted (HM Treasury Green Book)."""
        return 1 / (1 + exact(self.rates.discount_rate_per_year)) ** years

    def annuity(self, first: int, years: int) -> Fraction:
        """Present value of GBP 1 a year from year `first` on."""
        return sum((self.factor(first + year) for year in range(years)), ZERO)

    def _annuity_of(self, index: int) -> Fraction:
        return self.annuity(self.facts.starts[index], self.facts.scenario.phases.years[index])

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
        latest: dict[str, Row] = {}
        for row in self.valuations.get(key, []):
            held = latest.get(row["basis"])
            if held is None or _when(row) > _when(held):
                latest[row["basis"]] = row
        owned = self.facts.properties[key]["tenure"] == "freehold"
        return max((exact(row["value_gbp"]) for row in latest.values()), default=ZERO) if owned else ZERO

    def _property(self, key: str) -> None:
        """Adds one property to every sum."""
        action, owned = self.facts.actions[key], self.facts.properties[key]["tenure"] == "freehold"
        holding, rate = self._holding_and_rate(key)
        occupied = self.teams_today.get(key, ZERO)
        rent = sum((exact(lease["rent_gbp_per_year"]) for lease in self.leases.get(key, [])), ZERO)
        void = ZERO
        if owned or self.facts.may_stand_empty:
            void = holding if key not in self.teams_today else holding * exact(self.rates.void_cost_share)
        value = self.value(key)
        self.today[key] = holding + rate * occupied + rent
        unchanged = self.annuity(0, self.facts.horizon) * self.today[key]
        unchanged += value * (1 - self.factor(self.facts.horizon))
        self.unchanged += unchanged
        self.borne_today[self.owner(key)] += unchanged
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

    def _by_phase(self, key: str, holding: Fraction, rate: Fraction, rent: Fraction, void: Fraction) -> None:
        action, owner = self.facts.actions[key], self.owner(key)
        for index, (start, years) in enumerate(
            zip(self.facts.starts, self.facts.scenario.phases.years, strict=True)
        ):
            year, annuity = self.facts.base_year + start, self.annuity(start, years)
            used = self.teams_by_phase[index].get(key, ZERO)
            if self.facts.kept(key, year):
                self.add("running_cost", index + 1, owner, annuity * (holding + rate * used))
                self.add("rent", index + 1, owner, annuity * rent)
            elif not any(end is not None and end <= year for end in _ends(action)):
                self.add("void_cost", index + 1, owner, annuity * void)
                if action.lease_ends_year is not None:
                    self.add("rent", index + 1, owner, annuity * rent)

    def _ways_out(self, key: str, value: Fraction, void: Fraction) -> None:
        facts, rates, action, owner = self.facts, self.rates, self.facts.actions[key], self.owner(key)
        self.receipts[key], self.one_off[key] = ZERO, ZERO
        end, last = self.factor(facts.horizon), len(facts.starts)
        gone = action.sold or action.transferred_year is not None
        self.add("residual_value", last, owner, value * (1 if gone else 1 - end))
        if action.lease_ends_year is not None:
            index = facts.starts.index(action.lease_ends_year - facts.base_year)
            cost = self.exit_gbp(key, date(action.lease_ends_year, 4, 1))
            self.one_off[key] += cost
            self.add("exit_cost", index + 1, owner, self.factor(facts.starts[index]) * cost)
        if action.sold_year is not None:
            start = self._parts(key, action.sold_year, value, len(facts.site(key)))
            phase = facts.starts.index(start) + 1
            self.add("void_cost", phase, owner, self.annuity(start, rates.sale_lag_years) * void)
        if action.transferred_year is not None:
            self._parts(key, action.transferred_year, exact(facts.scenario.transfers.price_share) * value, 1)

    def _parts(self, key: str, year: int, price: Fraction, sharers: int) -> int:
        """A property changes hands at a price, with others that share the fee; gives years from the base year."""
        index = self.facts.starts.index(year - self.facts.base_year)
        start, phase, owner = self.facts.starts[index], index + 1, self.owner(key)
        arrives = self.factor(start + self.rates.sale_lag_years)
        fee = exact(self.rates.sale_cost_fixed_gbp) / sharers + exact(self.rates.sale_cost_share) * price
        self.receipts[key] = price
        self.one_off[key] += fee
        self.add("receipts", phase, owner, -arrives * price)
        self.add("disposal_cost", phase, owner, arrives * fee)
        return start

    def _carbon(self, key: str) -> None:
        """Energy in use at its carbon's value, where that is asked for."""
        facts = self.facts
        for index, (start, years) in enumerate(zip(facts.starts, facts.scenario.phases.years, strict=True)):
            for waits in range(start, start + years) if facts.scenario.carbon.valued else ():
                year = facts.base_year + waits
                tonnes = carbon.mwh(facts, key) * carbon.tonnes_per_mwh(facts, year)
                worth = tonnes * carbon.value_gbp_per_tonne(year) * self.factor(waits)
                self.unchanged += worth
                self.borne_today[self.owner(key)] += worth
                if facts.kept(key, year):
                    self.add("carbon_value", index + 1, self.owner(key), worth)

    def _overlap(self, key: str, full_gbp_per_year: Fraction) -> None:
        """A property that people move out of runs on in full for some months."""
        year = self.facts.actions[key].year
        if year is None or key not in self.teams_today:
            return
        cost = full_gbp_per_year * exact(self.rates.double_running_months) / 12
        index = self.facts.starts.index(year - self.facts.base_year)
        self.one_off[key] += cost
        self.add("double_running", index + 1, self.owner(key), self.factor(self.facts.starts[index]) * cost)

    def _backlog(self, key: str) -> None:
        """Repairs outstanding, done in the year they fall due if the property is held then."""
        facts, row = self.facts, self.facts.properties[key]
        due, gbp = row["backlog_due_year"], exact(row["backlog_gbp"])
        waits = 0 if math.isnan(due) else max(0, int(due) - facts.base_year)
        self.backlog[key] = ZERO
        if waits < facts.horizon:
            present = self.factor(waits) * gbp
            self.unchanged += present
            self.borne_today[self.owner(key)] += present
            phase = sum(start <= waits for start in facts.starts)
            if facts.kept(key, facts.base_year + facts.starts[phase - 1]):
                self.backlog[key] = gbp
                self.add("backlog_maintenance", phase, self.owner(key), present)

    def _staff_travel(self) -> None:
        """Staff who work away from their home of today, in every phase."""
        facts = self.facts
        rate = exact(self.rates.staff_travel_gbp_per_fte_km_per_year) * exact(facts.scenario.travel.circuity)
        for index, (start, years) in enumerate(zip(facts.starts, facts.scenario.phases.years, strict=True)):
            annuity = self.annuity(start, years)
            for key in facts.moves if rate else ():
                team, place = facts.teams[key], facts.place(key, facts.base_year + start)
                km = exact(facts.kilometres(team["property_id"], place))
                cost = annuity * rate * exact(team["fte"]) * km
                self.add("travel_of_staff", index + 1, team["organisation_id"], cost)

    def _hub(self, key: str) -> None:
        """Fitting a property out as a hub, and the receptions that counters give up for it."""
        facts, wanted, action, owner = self.facts, self.facts.scenario, self.facts.actions[key], self.owner(key)
        if action.hub_year is None:
            return
        cost = self.hub_gbp(key)
        self.one_off[key] += cost
        for index, (start, years) in enumerate(zip(facts.starts, wanted.phases.years, strict=True)):
            year = facts.base_year + start
            if year == action.hub_year:
                self.add("hub_cost", index + 1, owner, self.factor(start) * cost)
            for name in self._joined(key, year):
                saved = self.annuity(start, years) * exact(wanted.hubs.reception_gbp_per_year)
                self.add("shared_reception", index + 1, facts.teams[name]["organisation_id"], -saved)

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


def check_money(facts: Facts, findings: Findings) -> None:
    """Every cost line, every property's figures and the headline figures."""
    money = Money(facts)
    published = {(line.cost, line.phase): line.gbp_k for line in facts.plan.costs}
    for cost, phase in sorted(set(published) | set(money.lines)):
        said = published.get((cost, phase), 0.0) * 1000
        findings.close(f"cost {cost} in phase {phase}", said, money.lines.get((cost, phase), ZERO))
    total, objective = _total(money.lines.values()), facts.plan.objective_gbp_k
    findings.close("objective", None if objective is None else objective * 1000, total)
    for key, action in facts.actions.items():
        findings.close(f"{key}, running cost today", action.running_cost_today_gbp_per_year, money.today[key])
        findings.close(f"{key}, running cost after", action.running_cost_after_gbp_per_year, money.after[key])
        findings.close(f"{key}, receipt", action.receipt_gbp, money.receipts[key])
        findings.close(f"{key}, one-off cost", action.one_off_cost_gbp, money.one_off[key])
        findings.close(f"{key}, backlog", action.backlog_gbp, money.backlog[key])
        if action.transferred_year is not None:
            asked = facts.scenario.transfers
            under = money.value(key) * (1 - exact(asked.price_share))
            allowed = under <= exact(asked.undervalue_limit_gbp)
            findings.holds(f"{key}, transfer", allowed, f"{float(under):,.2f} under its value", "less")
        findings.same(f"{key}, estimated", action.estimated, key in money.estimated)
    _check_figures(facts, findings, money, total)


def _check_figures(facts: Facts, findings: Findings, money: Money, total: Fraction) -> None:
    figures = facts.plan.figures
    if figures is None:
        findings.same("figures", "none", "a plan has figures")
        return
    today, after = _total(money.today.values()), _total(money.after.values())
    moving = _total(facts.move_gbp(move) + facts.fit_out_gbp(move) for move in facts.plan.moves)
    findings.close("running cost today", figures.running_cost_today_gbp_per_year, today)
    findings.close("running cost after", figures.running_cost_after_gbp_per_year, after)
    findings.close("saving a year", figures.saving_gbp_per_year, today - after)
    findings.close("capital receipts", figures.capital_receipts_gbp, _total(money.receipts.values()))
    findings.close("one-off cost", figures.one_off_cost_gbp, _total(money.one_off.values()) + moving)
    findings.close("backlog", figures.backlog_gbp, _total(money.backlog.values()))
    findings.close("net present social value", figures.npsv_gbp, money.unchanged - total)
    left = sum(action.year is not None for action in facts.actions.values())
    findings.same("properties today", figures.properties_today, len(facts.scope))
    findings.same("properties left", figures.properties_left, left)
    findings.close("people moved", figures.people_moved, _total(exact(facts.teams[k]["fte"]) for k in facts.moves))
    share = float(money.estimated_share)
    findings.holds("share estimated", abs(figures.estimated_share - share) < 1e-9, figures.estimated_share, share)


def _ends(action: PropertyAction) -> tuple[int | None, ...]:
    """The years in which a property that was left is no longer held: only one of them is ever given."""
    return action.sold_year, action.transferred_year, action.lease_ends_year


def _total(values: Iterable[Fraction]) -> Fraction:
    return sum(values, ZERO)


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
