"""An appraisal beside the raw rows: every line of every option, year by year, and all that is said of them.

It is handed the appraisal as plain data and works in exact fractions. What a line is and the discount rates are
read from `data/rates/` again.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import Any

import data
from optimiser.checker import carbon
from optimiser.checker.facts import ZERO, Facts, Findings, Mismatch, exact
from optimiser.checker.money import Flow, money_of
from optimiser.plan import Plan

_PENNY = Fraction(1, 100)
_RELATIVE = 1e-9

Case = Mapping[str, Any]


def case_mismatches(case: Case, plans: Mapping[str, Plan], facts: Facts) -> list[Mismatch]:
    """Everything in a business case that the raw rows do not bear out.

    `facts` are those of the plan; `plans` gives by option, except for business as usual, what becomes of each
    property and team.
    """
    findings = Findings()
    findings.same("options", [option["key"] for option in case["options"]], ["today", *plans])
    if findings.mismatches:
        return findings.mismatches
    ground = Ground(case, facts)
    _check_ground(findings, case, ground)
    usual = ground.option(ground.money.flows_today, None)
    for said in case["options"]:
        true = usual if said["key"] == "today" else ground.planned(plans[said["key"]])
        _check_option(findings, said, true, usual)
    _check_bridge(findings, case, ground, usual, ground.planned(plans["plan"]))
    return findings.mismatches


@dataclass(frozen=True)
class _Option:
    """One option's lines by year in exact pounds, optimism bias included, and without."""

    ground: "Ground"
    by_line: Mapping[str, Sequence[Fraction]]
    protected: Mapping[str, Sequence[Fraction]]  # works on protected buildings, before bias
    without_bias: Mapping[str, Sequence[Fraction]]
    m2_years: Fraction
    left: int
    moved: Fraction  # FTE

    def present(self, *, words: Mapping[str, str] | None = None) -> Fraction:
        """Present value of the lines that have these words in the table of lines; of all without any."""
        return sum(
            (self.ground.present(gbp) for line, gbp in self.by_line.items() if self.ground.has(line, words or {})),
            ZERO,
        )


class Ground:
    """What all options stand on."""

    def __init__(self, case: Case, facts: Facts) -> None:
        self.case, self.facts, self.money = case, facts, money_of(facts)
        self.settings: Mapping[str, Any] = case["settings"]
        with (data.FOLDER / "rates" / "appraisal_lines.csv").open(encoding="utf-8", newline="") as file:
            self.lines = {row["line"]: row for row in csv.DictReader(file)}

    def has(self, line: str, words: Mapping[str, str]) -> bool:
        """Whether the table of lines says these words of a line."""
        return all(self.lines[line][column] == word for column, word in words.items())

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Financial years, to the last in which anything falls in any option."""
        return tuple(range(self.facts.base_year, self.facts.base_year + len(self.case["years"])))

    @cached_property
    def fte(self) -> Fraction:
        """People of the teams in scope."""
        teams = [team for team in self.facts.teams.values() if team["property_id"] in self.facts.scope]
        return sum((exact(team["fte"]) for team in teams), ZERO)

    @cached_property
    def factors(self) -> list[Fraction]:
        """Present value of GBP 1 in each year at the schedule."""
        edition = self.settings["discount"]
        if edition == "as_planned":
            return [self.money.factor(waits) for waits in range(len(self.years))]
        with (data.FOLDER / "rates" / "discounting.csv").open(encoding="utf-8", newline="") as file:
            steps = [row for row in csv.DictReader(file) if row["edition"] == edition]
        found = [Fraction(1)]
        for waits in range(1, len(self.years)):
            begun = [row for row in steps if int(row["from_year"]) <= waits]
            found.append(found[-1] / (1 + Fraction(begun[-1]["rate_per_year"])))
        return found

    def present(self, gbp: Sequence[Fraction]) -> Fraction:
        """Present value of sums by year."""
        return sum((one * factor for one, factor in zip(gbp, self.factors, strict=True)), ZERO)

    def planned(self, plan: Plan) -> _Option:
        """An option that says what becomes of each property and team."""
        facts = self.facts if plan is self.facts.plan else self.facts.of(plan)
        return self.option(money_of(facts).flows, plan)

    def option(self, flows: Mapping[Flow, Fraction], plan: Plan | None) -> _Option:
        """An option by its flows; no plan: today's estate kept."""
        biased: dict[str, list[Fraction]] = {line: [ZERO] * len(self.years) for line in self.lines}
        plain, protected = ({line: list(gbp) for line, gbp in biased.items()} for _ in range(2))
        for flow, gbp in flows.items():
            if gbp and flow.cost != "carbon_value":
                biased[flow.cost][flow.waits] += gbp * (1 + self._bias(flow))
                plain[flow.cost][flow.waits] += gbp
                protected[flow.cost][flow.waits] += gbp if flow.protected else 0
        left = {} if plan is None else {one.property_id: one.year for one in plan.properties if one.year}
        for year, gbp in self._carbon(left).items():
            biased["carbon_value"][year] += gbp
        plain["carbon_value"] = (
            biased["carbon_value"] if self.facts.scenario.carbon.valued else [ZERO] * len(self.years)
        )
        moved = {} if plan is None else {move.team_id for move in plan.moves}
        people = sum((exact(self.facts.teams[key]["fte"]) for key in moved), ZERO)
        return _Option(self, biased, protected, plain, self._m2_years(left), len(left), people)

    def _bias(self, flow: Flow) -> Fraction:
        asked = self.settings["optimism_bias"]
        if not asked["applied"] or self.lines[flow.cost]["works"] != "yes":
            return ZERO
        upper = exact(asked["non_standard_building" if flow.protected else "standard_building"])
        return upper * (1 - exact(asked["mitigation"].get(flow.cost, 0.0)))

    def _carbon(self, left: Mapping[str, int]) -> dict[int, Fraction]:
        """What the carbon of the estate is worth in each year, by years from the base year."""
        facts, found = self.facts, dict[int, Fraction]()
        if not (self.settings["carbon_counted"] or facts.scenario.carbon.valued):
            return found
        mwh = {key: carbon.mwh(facts, key) for key in facts.scope}
        for waits in range(facts.horizon):
            year = facts.base_year + waits
            held = sum((used for key, used in mwh.items() if left.get(key, year + 1) > year), ZERO)
            found[waits] = held * carbon.tonnes_per_mwh(facts, year) * carbon.value_gbp_per_tonne(year)
        return found

    def _m2_years(self, left: Mapping[str, int]) -> Fraction:
        end = self.facts.base_year + self.facts.horizon
        return sum(
            (
                exact(self.facts.properties[key]["floor_area_m2"]) * (left.get(key, end) - self.facts.base_year)
                for key in self.facts.scope
            ),
            ZERO,
        )


def _check_ground(findings: Findings, case: Case, ground: Ground) -> None:
    facts = ground.facts
    findings.same("base year", case["base_year"], facts.base_year)
    findings.same("horizon", case["horizon_years"], facts.horizon)
    findings.same("edition", case["discount"], ground.settings["discount"])
    findings.same("years", tuple(case["years"]), ground.years)
    same_number(findings, "people", case["fte"], ground.fte)
    for number, factor in enumerate(ground.factors):
        same_number(findings, f"discount factor, year {number}", case["factor_by_year"][number], factor)
        rate = ground.factors[number - 1] / factor - 1 if number else None
        if rate is not None:
            same_number(findings, f"discount rate, year {number}", case["rate_per_year"][number], rate)


def _check_option(findings: Findings, said: Case, true: _Option, usual: _Option) -> None:
    name, ground = said["name"], true.ground
    findings.same(f"{name}, properties left", said["properties_left"], true.left)
    same_number(findings, f"{name}, people moved", said["people_moved"], true.moved)
    findings.same(f"{name}, lines", [line["line"] for line in said["lines"]], list(ground.lines))
    for line in said["lines"]:
        for word in ("cash", "kind", "timing", "cashable", "investment"):
            shown = ground.lines[line["line"]][word]
            findings.same(
                f"{name}, {line['line']}, {word}", line[word], {"yes": True, "no": False}.get(shown, shown)
            )
        gbp = true.by_line[line["line"]]
        before = gbp if line["line"] == "carbon_value" else true.without_bias[line["line"]]
        all_close(findings, f"{name}, {line['name']}", line["gbp_by_year"], gbp)
        all_close(findings, f"{name}, {line['name']} before bias", line["before_bias_gbp_by_year"], before)
        on_protected = true.protected[line["line"]]
        all_close(findings, f"{name}, {line['name']}, protected", line["protected_gbp_by_year"], on_protected)
        findings.close(f"{name}, {line['name']}, present value", line["present_value_gbp"], ground.present(gbp))
    findings.close(f"{name}, present cost", said["present_cost_gbp"], true.present())
    whole_life = true.present(words={"cash": "yes"}) - ground.present(true.by_line["receipts"])
    findings.close(f"{name}, whole-life cost", said["whole_life_cost_gbp"], whole_life)
    horizon = ground.facts.horizon
    a_year = whole_life / sum(ground.factors[:horizon], ZERO)
    for unit, amount in (("m2", true.m2_years / horizon), ("fte", ground.fte)):
        same_number(
            findings,
            f"{name}, whole-life cost a {unit}",
            said[f"whole_life_cost_gbp_per_{unit}_per_year"],
            a_year / amount if amount else None,
        )
    same_number(findings, f"{name}, floor held", said["mean_floor_m2"], true.m2_years / horizon)
    if said["against"] is not None:
        _check_against(findings, name, said["against"], true, usual)


def _check_against(findings: Findings, name: str, said: Case, true: _Option, usual: _Option) -> None:
    ground = true.ground

    def saved(**words: str) -> Fraction:
        return usual.present(words=words) - true.present(words=words)

    def by_year(**words: str) -> list[Fraction]:
        lines = [line for line in ground.lines if ground.has(line, words)]
        return [
            sum((usual.by_line[line][number] - true.by_line[line][number] for line in lines), ZERO)
            for number in range(len(ground.years))
        ]

    costs, net = -saved(investment="yes"), by_year(cash="yes")
    invested = [gbp for line, gbp in true.by_line.items() if ground.lines[line]["investment"] == "yes"]
    inflation = exact(ground.settings["inflation_per_year"])
    for word, gbp in (
        ("npsv_gbp", saved()),
        ("npv_gbp", saved(cash="yes")),
        ("benefits_gbp", saved(investment="no")),
        ("costs_gbp", costs),
        ("cashable_gbp", saved(cashable="yes")),
        ("non_cashable_gbp", saved(cashable="no")),
        ("saving_gbp_per_year", by_year(cash="yes", timing="yearly")[ground.facts.horizon - 1]),
        ("one_off_gbp", sum((sum(gbp, ZERO) for gbp in invested), ZERO)),
    ):
        findings.close(f"{name}, {word}", said[word], gbp)
    for word, ratio in (
        ("benefit_cost_ratio", saved(investment="no")),
        ("return_on_investment", saved(cash="yes")),
    ):
        same_number(findings, f"{name}, {word}", said[word], ratio / costs if costs > 0 else None)
    discounted = [gbp * factor for gbp, factor in zip(net, ground.factors, strict=True)]
    for word, sums in (("payback_year", net), ("discounted_payback_year", discounted)):
        findings.same(f"{name}, {word}", said[word], _payback(sums, ground.facts.base_year))
    for word, series in (
        ("net_cash_gbp_by_year", net),
        ("net_cash_in_cash_terms_gbp_by_year", [gbp * (1 + inflation) ** n for n, gbp in enumerate(net)]),
        ("capital_gbp_by_year", [-gbp for gbp in by_year(kind="capital")]),
        ("revenue_gbp_by_year", [-gbp for gbp in by_year(kind="revenue")]),
    ):
        all_close(findings, f"{name}, {word}", said[word], series)


def _payback(net: Sequence[Fraction], first_year: int) -> int | None:
    """The year after the last in which more has gone out than come in; None where there is none such."""
    short = [number for number, gbp in enumerate(accumulate(net)) if gbp < -_PENNY]
    return None if not short or short[-1] + 1 == len(net) else first_year + short[-1] + 1


def _check_bridge(findings: Findings, case: Case, ground: Ground, usual: _Option, plan: _Option) -> None:
    """It begins at the plan's own figure and ends at the appraisal's."""
    money = ground.money
    own = money.unchanged - sum(money.lines.values(), ZERO)
    findings.close("bridge, the plan's own", case["bridge"][0]["gbp"], own)
    total = sum((exact(step["gbp"]) for step in case["bridge"]), ZERO)
    findings.close("bridge, in all", float(total), usual.present() - plan.present())
    discounted = sum(
        (
            ground.present(usual.without_bias[line]) - ground.present(plan.without_bias[line])
            for line in ground.lines
        ),
        ZERO,
    )
    findings.close("bridge, discounted", case["bridge"][0]["gbp"] + case["bridge"][1]["gbp"], discounted)


def all_close(findings: Findings, what: str, said: Sequence[float], true: Sequence[Fraction]) -> None:
    """The two series must agree year by year to the penny."""
    findings.same(f"{what}, years", len(said), len(true))
    for number, (one, other) in enumerate(zip(said, true, strict=False)):
        findings.close(f"{what}, year {number}", one, other)


def same_number(findings: Findings, what: str, said: float | None, true: Fraction | None) -> None:
    """The two must agree to one part in a thousand million, or both be unknown."""
    if said is None or true is None:
        findings.same(what, said, true)
    else:
        agree = abs(said - float(true)) <= max(1e-9, _RELATIVE * abs(float(true)))
        findings.holds(what, agree, said, float(true))
