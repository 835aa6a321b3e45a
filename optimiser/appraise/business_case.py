"""The business case: today's estate kept, other options and the plan, appraised in the same way.

A figure of an option is against today's estate kept as it is (business as usual), whose repairs fall due as in the
others. Costs stand above zero and savings below, except where a name says net, benefit or saving.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from estate.snapshot import Snapshot
from optimiser.appraise import discounting
from optimiser.appraise.cash_flows import CashFlows, of_plan, of_today
from optimiser.appraise.lines import Line, lines
from optimiser.appraise.options import Beside
from optimiser.appraise.settings import AS_THE_PLAN_HAS_IT, Appraisal, OptimismBias
from optimiser.plan import Plan
from optimiser.prepare.inputs import Inputs, prepare
from optimiser.scenario import Scenario

TODAY, PLAN = "today", "plan"


@dataclass(frozen=True)
class LineCase:
    """One line of one option. GBP in real terms, optimism bias included, by the years of the business case."""

    line: str
    name: str
    gbp_by_year: tuple[float, ...]
    before_bias_gbp_by_year: tuple[float, ...]
    protected_gbp_by_year: tuple[float, ...]  # of it: works on listed and protected buildings, before bias
    present_value_gbp: float
    cash: bool
    kind: str
    timing: str
    cashable: bool
    investment: bool


@dataclass(frozen=True)
class Against:
    """One option against business as usual. GBP of present value unless a name says otherwise."""

    npsv_gbp: float  # net present social value: all lines
    npv_gbp: float  # net present value to the public bodies: the lines that are cash
    benefits_gbp: float  # what the option saves and brings, for society
    costs_gbp: float  # what is spent to get there: moves, fit-out, hubs, exits, overlap, costs of sale
    benefit_cost_ratio: float | None  # None: nothing is spent
    return_on_investment: float | None  # net cash gain for each pound spent to get there
    payback_year: int | None  # from which on the cash that was spent is back for good, not discounted
    discounted_payback_year: int | None
    cashable_gbp: float  # of npsv_gbp: what can be taken out of a budget
    non_cashable_gbp: float
    saving_gbp_per_year: float  # yearly cash in the last year of the horizon, real terms
    one_off_gbp: float  # spent to get there, real terms, not discounted
    net_cash_gbp_by_year: tuple[float, ...]  # saved less spent, real terms
    net_cash_in_cash_terms_gbp_by_year: tuple[float, ...]
    capital_gbp_by_year: tuple[float, ...]  # cash, real terms; spending above zero, receipts below
    revenue_gbp_by_year: tuple[float, ...]

    @property
    def is_ever_short(self) -> bool:
        """Whether at the end of some year more cash has gone out than come in."""
        return discounting.is_ever_short(self.net_cash_gbp_by_year)


@dataclass(frozen=True)
class OptionCase:
    """One option. `against` is None for business as usual itself."""

    key: str
    name: str
    about: str
    lines: tuple[LineCase, ...]
    present_cost_gbp: float  # of having the estate over the horizon, all lines
    whole_life_cost_gbp: float  # present value of all cash but receipts
    whole_life_cost_gbp_per_m2_per_year: float | None  # of the floor held, as an even yearly sum; None: no floor
    whole_life_cost_gbp_per_fte_per_year: float | None
    mean_floor_m2: float  # held, over the years of the horizon
    properties_left: int
    people_moved: float
    against: Against | None
    breaks: tuple[str, ...] = ()  # rules of the scenario that the option does not keep


@dataclass(frozen=True)
class Step:
    """One step from the plan's own net present social value to that of the appraisal, GBP."""

    name: str
    gbp: float


@dataclass(frozen=True)
class BusinessCase:
    """All options side by side. `years` are financial years; those after the horizon hold what is on its way."""

    base_year: int
    horizon_years: int
    years: tuple[int, ...]
    discount: str
    rate_per_year: tuple[float, ...]
    factor_by_year: tuple[float, ...]
    settings: dict[str, Any]
    options: tuple[OptionCase, ...]
    bridge: tuple[Step, ...]  # from the plan's own figure to the appraisal's: the steps add up
    fte: float
    notes: tuple[str, ...]

    def option(self, key: str) -> OptionCase:
        """The option of this key; KeyError where there is none."""
        return {option.key: option for option in self.options}[key]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Option:
    """What an option is before it is appraised."""

    key: str
    name: str
    about: str
    flows: CashFlows
    left_years: Mapping[str, int]  # the year in which each property is left that is
    people_moved: float = 0.0
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Ground:
    """What all options stand on."""

    settings: Appraisal
    inputs: Inputs
    planned_rate: float
    years: tuple[int, ...]
    factors: tuple[float, ...]
    rates: tuple[float, ...]
    floor_m2: Mapping[str, float]
    non_standard: frozenset[str]

    @property
    def horizon_years(self) -> int:
        return sum(phase.years for phase in self.inputs.phases)


def business_case(
    plan: Plan,
    snapshot: Snapshot,
    scenario: Scenario,
    settings: Appraisal | None = None,
    others: Sequence[Beside] = (),
) -> BusinessCase:
    """The case for a plan against today's estate, and beside `others`.

    Raises InputError for an edition of the discount rates that is not known.
    """
    inputs, settings = prepare(snapshot, scenario), settings or Appraisal()
    options = [today_option(inputs), *(_beside(one, inputs) for one in others), plan_option(plan, inputs)]
    ground = _ground(snapshot, scenario, inputs, settings, options)
    usual = _lines(options[0], ground)
    cases = [_case(option, usual if option.key != TODAY else None, ground) for option in options]
    return BusinessCase(
        base_year=ground.years[0],
        horizon_years=ground.horizon_years,
        years=ground.years,
        discount=settings.discount,
        rate_per_year=ground.rates,
        factor_by_year=ground.factors,
        settings=settings.model_dump(mode="json"),
        options=tuple(cases),
        bridge=_bridge(options[0], options[-1], ground),
        fte=sum(team.fte for team in inputs.teams.values()),
        notes=_notes(scenario, settings, ground),
    )


def today_option(inputs: Inputs) -> Option:
    """Business as usual."""
    about = (
        "Everything is kept and nobody moves; leases are renewed and recorded repairs are done as they fall due."
    )
    return Option(TODAY, "Business as usual", about, of_today(inputs), {})


def plan_option(plan: Plan, inputs: Inputs) -> Option:
    """What was planned."""
    return _option(PLAN, "The plan", "What the planner found.", plan, inputs, ())


def _beside(one: Beside, inputs: Inputs) -> Option:
    return _option(one.key, one.name, one.about, one.plan, inputs, one.breaks)


def _option(key: str, name: str, about: str, plan: Plan, inputs: Inputs, breaks: tuple[str, ...]) -> Option:
    left = {action.property_id: action.year for action in plan.properties if action.year is not None}
    people = sum({move.team_id: move.fte for move in plan.moves}.values())
    return Option(key, name, about, of_plan(plan, inputs), left, people, breaks)


def _ground(
    snapshot: Snapshot, scenario: Scenario, inputs: Inputs, settings: Appraisal, options: Sequence[Option]
) -> _Ground:
    first = inputs.phases[0].first_year
    last = max((flow.year for option in options for flow in option.flows.flows), default=first)
    rates = discounting.rates(settings.discount, last - first, scenario.rates.discount_rate_per_year)
    held = snapshot.properties.loc[list(inputs.properties)]
    return _Ground(
        settings=settings,
        inputs=inputs,
        planned_rate=scenario.rates.discount_rate_per_year,
        years=tuple(range(first, last + 1)),
        factors=tuple(discounting.factors(rates)),
        rates=tuple(rates),
        floor_m2={str(p): float(area) for p, area in held["floor_area_m2"].fillna(0.0).items()},
        non_standard=frozenset(map(str, held.index[~held["listed"].fillna("").isin(["", "none"])])),
    )


def _lines(option: Option, ground: _Ground) -> dict[str, LineCase]:
    """Every line of an option, by name, in the order of `lines`; lines that are nothing in any year too."""
    years = {year: number for number, year in enumerate(ground.years)}
    sums = {line: [0.0] * len(years) for line in lines()}
    protected = {line: [0.0] * len(years) for line in lines()}
    for flow in option.flows.flows:
        sums[flow.line][years[flow.year]] += flow.gbp
        if lines()[flow.line].works and flow.property_id in ground.non_standard:
            protected[flow.line][years[flow.year]] += flow.gbp
    if not ground.settings.carbon_counted and not any(ground.inputs.carbon.gbp_per_mwh):
        sums["carbon_value"] = [0.0] * len(years)
    return {name: _line_case(lines()[name], gbp, protected[name], ground) for name, gbp in sums.items()}


def _bias(line: Line, ground: _Ground) -> tuple[float, float]:
    """Shares by which the cost of works on standard and on other buildings is raised: bias x (1 - mitigation)."""
    asked = ground.settings.optimism_bias
    if not (asked.applied and line.works):
        return 0.0, 0.0
    left = 1 - {str(kind): share for kind, share in asked.mitigation.items()}.get(line.line, 0.0)
    return asked.standard_building * left, asked.non_standard_building * left


def _line_case(line: Line, before: Sequence[float], protected: Sequence[float], ground: _Ground) -> LineCase:
    standard, other = _bias(line, ground)
    pairs = zip(before, protected, strict=True)
    gbp = [all_of_it * (1 + standard) + part * (other - standard) for all_of_it, part in pairs]
    return LineCase(
        line=line.line,
        name=line.name,
        gbp_by_year=tuple(gbp),
        before_bias_gbp_by_year=tuple(before),
        protected_gbp_by_year=tuple(protected),
        present_value_gbp=discounting.present_value(gbp, ground.factors),
        cash=line.cash,
        kind=line.kind,
        timing=line.timing,
        cashable=line.cashable,
        investment=line.investment,
    )


def _case(option: Option, usual: Mapping[str, LineCase] | None, ground: _Ground) -> OptionCase:
    found = _lines(option, ground)
    whole_life = sum(one.present_value_gbp for one in found.values() if one.cash and one.line != "receipts")
    a_year = whole_life / sum(ground.factors[: ground.horizon_years])
    floor = _mean_floor_m2(option, ground)
    people = sum(team.fte for team in ground.inputs.teams.values())
    return OptionCase(
        key=option.key,
        name=option.name,
        about=option.about,
        lines=tuple(found.values()),
        present_cost_gbp=sum(one.present_value_gbp for one in found.values()),
        whole_life_cost_gbp=whole_life,
        whole_life_cost_gbp_per_m2_per_year=a_year / floor if floor else None,
        whole_life_cost_gbp_per_fte_per_year=a_year / people if people else None,
        mean_floor_m2=floor,
        properties_left=len(option.left_years),
        people_moved=option.people_moved,
        against=None if usual is None else _against(usual, found, ground),
        breaks=option.breaks,
    )


def _mean_floor_m2(option: Option, ground: _Ground) -> float:
    """Floor area held in the mean of the years of the horizon."""
    first, horizon = ground.years[0], ground.horizon_years
    held = {p: option.left_years.get(p, first + horizon) - first for p in ground.floor_m2}
    return sum(area * held[p] for p, area in ground.floor_m2.items()) / horizon


def _against(usual: Mapping[str, LineCase], found: Mapping[str, LineCase], ground: _Ground) -> Against:
    """The differences. All of them are of lines: what is not in a line is in no figure."""
    saved = {name: usual[name].present_value_gbp - one.present_value_gbp for name, one in found.items()}
    costs = -sum(gbp for name, gbp in saved.items() if found[name].investment)
    benefits = sum(gbp for name, gbp in saved.items() if not found[name].investment)
    cash = sum(gbp for name, gbp in saved.items() if found[name].cash)
    net = _sum_by_year(usual, found, ground, lambda one: one.cash)
    last = ground.horizon_years - 1
    yearly = [name for name, one in found.items() if one.cash and one.timing == "yearly"]
    return Against(
        npsv_gbp=benefits - costs,
        npv_gbp=cash,
        benefits_gbp=benefits,
        costs_gbp=costs,
        benefit_cost_ratio=benefits / costs if costs > 0 else None,
        return_on_investment=cash / costs if costs > 0 else None,
        payback_year=discounting.payback_year(net, ground.years[0]),
        discounted_payback_year=discounting.payback_year(
            [gbp * factor for gbp, factor in zip(net, ground.factors, strict=True)], ground.years[0]
        ),
        cashable_gbp=sum(gbp for name, gbp in saved.items() if found[name].cashable),
        non_cashable_gbp=sum(gbp for name, gbp in saved.items() if not found[name].cashable),
        saving_gbp_per_year=sum(usual[n].gbp_by_year[last] - found[n].gbp_by_year[last] for n in yearly),
        one_off_gbp=sum(sum(one.gbp_by_year) for one in found.values() if one.investment),
        net_cash_gbp_by_year=net,
        net_cash_in_cash_terms_gbp_by_year=tuple(
            discounting.in_cash_terms(net, ground.settings.inflation_per_year)
        ),
        capital_gbp_by_year=_less(_sum_by_year(usual, found, ground, lambda one: one.kind == "capital")),
        revenue_gbp_by_year=_less(_sum_by_year(usual, found, ground, lambda one: one.kind == "revenue")),
    )


def _sum_by_year(
    usual: Mapping[str, LineCase],
    found: Mapping[str, LineCase],
    ground: _Ground,
    counts: Callable[[LineCase], bool],
) -> tuple[float, ...]:
    """What an option saves in each year on the lines that count."""
    names = [name for name, one in found.items() if counts(one)]
    return tuple(
        sum(usual[name].gbp_by_year[number] - found[name].gbp_by_year[number] for name in names)
        for number in range(len(ground.years))
    )


def _less(gbp_by_year: Sequence[float]) -> tuple[float, ...]:
    return tuple(0.0 - gbp for gbp in gbp_by_year)


def _bridge(today: Option, plan: Option, ground: _Ground) -> tuple[Step, ...]:
    """From the plan's own net present social value, one assumption after another, to that of the appraisal."""
    asked = ground.settings
    steps = (
        ("As the plan has it", AS_THE_PLAN_HAS_IT),
        (f"Discounted at {asked.discount}", AS_THE_PLAN_HAS_IT.model_copy(update={"discount": asked.discount})),
        (
            "Carbon at its value to society",
            asked.model_copy(update={"optimism_bias": OptimismBias(applied=False)}),
        ),
        ("Optimism bias on works", asked),
    )
    found, before = [], 0.0
    for name, settings in steps:
        rates = discounting.rates(settings.discount, len(ground.years) - 1, ground.planned_rate)
        there = replace(ground, settings=settings, factors=tuple(discounting.factors(rates)))
        npsv = _present_cost(today, there) - _present_cost(plan, there)
        found.append(Step(name, npsv - before))
        before = npsv
    return tuple(found)


def _present_cost(option: Option, ground: _Ground) -> float:
    return sum(one.present_value_gbp for one in _lines(option, ground).values())


def _notes(scenario: Scenario, settings: Appraisal, ground: _Ground) -> tuple[str, ...]:
    """What a reader must know before believing a figure."""
    notes = [
        f"Money is in real terms of {ground.years[0]}-{(ground.years[0] + 1) % 100:02d} over"
        f" {ground.horizon_years} years; cash terms are at inflation of {settings.inflation_per_year:.1%} a year,"
        " an assumption."
    ]
    steps = discounting.editions().get(settings.discount, ())
    if steps:
        standing = steps[0].status.replace("_", " ")
        notes.append(f"Discounted by the schedule {settings.discount} ({standing}): {steps[0].source}.")
    else:
        notes.append(f"Discounted at the scenario's rate, {scenario.rates.discount_rate_per_year:.1%} a year.")
    asked = settings.optimism_bias
    if asked.applied:
        notes.append(
            f"Works are raised for optimism bias: {asked.standard_building:.0%}, and"
            f" {asked.non_standard_building:.0%} in listed and protected buildings, less what is mitigated. The"
            " plan itself was chosen without it."
        )
    notes.append(
        "Net present value in cash counts receipts and nothing for the buildings that go; the social value takes"
        " their value off."
    )
    if ground.years[-1] > ground.years[0] + ground.horizon_years:
        notes.append("Receipts of sales that begin late in the horizon come after it; they count in full.")
    return tuple(notes)
