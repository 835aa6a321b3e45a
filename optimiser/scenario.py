"""A scenario: what is asked of the planner. A YAML file; unknown keys are refused; every key has a default."""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from estate import rates
from estate.problems import InputError, Problem

Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0, le=1e9)]
Tonnes = Annotated[float, Field(ge=0, le=1e9)]
Mode = Literal["car", "foot", "bicycle", "public_transport"]
Group = Literal["most_deprived_fifth", "over_65s", "no_car"]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


def _rate(name: str, **limits: Any) -> Any:
    """A setting whose default is the public rate of this name in data/rates."""
    rate = rates.rates()[name]
    return Field(default=rate.value, description=f"{rate.unit}. Default: {rate.source}.", **limits)


class Scope(_Settings):
    """Which properties are decided. The rest stay as they are and their services still count for reach."""

    organisations: tuple[str, ...] = Field((), description="Ids of the bodies that take part; empty means all.")
    exclude_uses: tuple[str, ...] = Field(
        ("school", "park", "parking", "allotments", "cemetery", "memorial", "housing"),
        description="Uses left out: held for reasons that running cost does not show.",
    )
    exclude_statuses: tuple[str, ...] = Field(
        ("let_out", "left"), description="Statuses left out: others hold the space."
    )
    exclude_properties: tuple[str, ...] = Field((), description="Ids of single properties left out.")
    include_land: bool = Field(True, description="Whether land without buildings may be sold.")
    include_unmeasured_land: bool = Field(
        False, description="Whether land counts of which neither area nor value is recorded: its value is a guess."
    )


class Travel(_Settings):
    """How minutes are found. Straight line: distance x circuity / speed."""

    method: Literal["straight_line", "table"] = Field(
        "straight_line",
        description="straight_line, or table: the register's own travel times (a pair not in it is out of reach).",
    )
    circuity: float = _rate("circuity", ge=1, le=3)
    car_km_per_hour: float = _rate("car_km_per_hour", gt=0, le=120)
    foot_km_per_hour: float = _rate("foot_km_per_hour", gt=0, le=10)
    bicycle_km_per_hour: float = _rate("bicycle_km_per_hour", gt=0, le=40)
    public_transport_km_per_hour: float = _rate("public_transport_km_per_hour", gt=0, le=100)

    def km_per_hour(self, mode: str) -> float:
        """Speed of a mode of travel, km/h."""
        return float(getattr(self, f"{mode}_km_per_hour"))


class Standard(_Settings):
    """Overrides of one service's access standard; what is left out is taken from the register's service table."""

    minutes: float | None = Field(None, gt=0, le=600, description="minutes of travel.")
    mode: Mode | None = Field(None, description="How people travel.")
    share_of_population: Share | None = Field(None, description="share of people within the minutes.")
    worst_case_minutes: float | None = Field(
        None, gt=0, le=600, description="minutes that nobody reached today may end beyond."
    )
    must_meet_target: bool = Field(
        False,
        description="True: the target binds even where today falls short. False: never worse than today.",
    )


class Protected(_Settings):
    """Groups of people whose own reach of each service is kept, whatever becomes of everybody's."""

    groups: tuple[Group, ...] = Field(
        (),
        description="Whom to protect: most_deprived_fifth (people of zones in deciles 1 and 2), over_65s (people"
        " of 65 and over), no_car (households without a car or van); empty protects none by name.",
    )
    tolerance: Share = Field(
        0.02, description="share of a group by which its reach of a service may fall below today's."
    )


class Pins(_Settings):
    """What has been decided already."""

    keep: tuple[str, ...] = Field((), description="Ids of properties that are kept.")
    leave: tuple[str, ...] = Field((), description="Ids of properties that are left by the end.")
    hub: tuple[str, ...] = Field((), description="Ids of properties that are a shared hub by the end.")
    team_stays: tuple[str, ...] = Field((), description="Ids of teams that stay where they are.")


class Moves(_Settings):
    """Where a team may go."""

    max_km: float = Field(8.0, gt=0, le=200, description="km in a straight line; a team's own limit comes first.")
    candidates_per_team: int = Field(
        12, ge=1, le=200, description="buildings considered for each team, nearest first, besides its own."
    )
    across_organisations: bool = Field(True, description="Whether a team may move into a partner's building.")
    most_per_team: int = Field(
        1, ge=1, le=4, description="Moves of a team over the years at the most; 2 lets it go by a temporary place."
    )
    most_people_per_year: float | None = Field(
        None,
        ge=0,
        le=1e7,
        description="people (FTE) who can be moved in a year; a phase moves what its years allow. Blank: any.",
    )


TeamGroup = Annotated[tuple[str, ...], Field(min_length=2)]


class Teams(_Settings):
    """Teams that belong together, or must not meet: lists of two or more team ids."""

    together: tuple[TeamGroup, ...] = Field(
        (), description="Each list shares a property: in every phase if it does today, otherwise at the end."
    )
    apart: tuple[TeamGroup, ...] = Field(
        (), description="No two of a list share a property: in every phase if none do today, otherwise at the end."
    )

    @field_validator("together", "apart")
    @classmethod
    def _once_each(cls, groups: tuple[TeamGroup, ...]) -> tuple[TeamGroup, ...]:
        for group in groups:
            if len(set(group)) < len(group):
                raise ValueError(f"a list names a team twice: {', '.join(group)}")
        return groups


class Goals(_Settings):
    """Goals turned into limits. Tightening one step by step draws the frontier of what it costs."""

    least_receipts_gbp: Money | None = Field(None, description="GBP from sales, before their costs. Blank: none.")
    least_saving_gbp_per_year: Money | None = Field(
        None, description="GBP a year less than today's running cost and rent, by the end. Blank: no floor."
    )


class Rates(_Settings):
    """Prices and rates, in real terms of the base year."""

    discount_rate_per_year: float = _rate("discount_rate_per_year", ge=0, le=0.2)
    move_gbp_per_fte: Money = _rate("move_gbp_per_fte")
    fit_out_gbp_per_m2: Money = _rate("fit_out_gbp_per_m2")
    dilapidations_gbp_per_m2: Money = _rate("dilapidations_gbp_per_m2")
    internal_repair_share: Share = _rate("internal_repair_share")
    sale_cost_share: Share = _rate("sale_cost_share")
    sale_cost_fixed_gbp: Money = _rate("sale_cost_fixed_gbp")
    sale_lag_years: int = _rate("sale_lag_years", ge=0, le=10)
    void_cost_share: Share = _rate("void_cost_share")
    double_running_months: float = Field(
        0.0,
        ge=0,
        le=12,
        description="months for which a property that people move out of is still paid for in full.",
    )
    staff_travel_gbp_per_fte_km_per_year: Money = Field(
        0.0,
        description="GBP a year for each FTE and km from a team's home. 126 is 45p a mile both ways, 225 days.",
    )
    usable_share_of_space: Share = Field(
        0.95, description="share of each space that teams may fill; the rest is room to manoeuvre."
    )


class Hubs(_Settings):
    """Shared hubs: office floor fitted out to hold more desks, for several partners with one reception."""

    properties: tuple[str, ...] = Field((), description="Ids of properties that may become a hub.")
    anywhere: bool = Field(False, description="Whether any property with enough office floor may become one.")
    partners: int = Field(2, ge=1, le=50, description="organisations that work in a hub, at the least.")
    smallest_m2: float = _rate("hub_smallest_m2", ge=0, le=100_000)
    m2_per_desk: float = _rate("hub_m2_per_desk", gt=0, le=50)
    fit_out_gbp_per_m2: Money = _rate("hub_fit_out_gbp_per_m2")
    reception_gbp_per_year: Money = _rate("shared_reception_gbp_per_year")


class Leases(_Settings):
    """How a lease ends once its property has been left."""

    may_stand_empty: bool = Field(
        False, description="Whether a leased property may stand empty and its lease end in a later phase."
    )
    surrender_share_of_rent: Share = Field(
        1.0, description="share of the rent to the next break or expiry for which a landlord takes the lease back."
    )


class Transfers(_Settings):
    """Community asset transfers: a way out beside sale, below market value, with no void cost."""

    properties: tuple[str, ...] = Field((), description="Ids of properties that may go to the community.")
    price_share: Share = Field(0.0, description="share of the market value that the community pays.")
    undervalue_limit_gbp: Money = _rate("undervalue_limit_gbp")


class Partners(_Settings):
    """Who bears what. A guest pays its host by the m2: see docs/money.md."""

    none_worse_off: bool = Field(
        False, description="Whether no organisation's estate may cost it more, as present value, than today's."
    )
    pooled_share_of_receipts: Share = Field(
        0.0, description="share of each receipt, after its costs, that is pooled; the rest is the owner's."
    )
    receipt_shares: dict[str, Share] = Field(
        {}, description="share of the pool by organisation id; together they are 1."
    )


Spending = Literal["move", "fit_out", "hub", "exit"]


class Capital(_Settings):
    """Money for one-off spending, which falls at the start of a phase. What a phase leaves is carried over."""

    new_funding_gbp: tuple[Money, ...] = Field(
        (), description="GBP of new money in each phase, real terms, one sum a phase; none: spending has no limit."
    )
    funding_streams: bool = Field(
        False, description="Whether the register's funding streams pay too, each for what it may; the rest waits."
    )
    recycled_share_of_receipts: Share = Field(
        1.0, description="share of receipts, after the costs of sale, that may be spent again once they are in."
    )
    pays_for: tuple[Spending, ...] = Field(
        ("move", "fit_out", "hub", "exit"), description="Kinds of spending that the budget must pay for."
    )


class Carbon(_Settings):
    """Carbon of the energy in use, by the dated factors of data/rates/carbon.csv."""

    electricity_share: Share = _rate("electricity_share_of_energy")
    kwh_per_m2: float = _rate("energy_kwh_per_m2", ge=0, le=5000)
    valued: bool = Field(False, description="Whether the plan's costs count carbon at its value to society.")
    most_tonnes_per_year: Tonnes | None = Field(
        None, description="tonnes of CO2e in the last year. Blank: no cap."
    )
    most_tonnes: Tonnes | None = Field(None, description="tonnes of CO2e over all years. Blank: no cap.")


class Phases(_Settings):
    """The horizon cut into phases. Moves and sales fall at the start of a phase."""

    base_year: int = Field(
        2026, ge=2000, le=2100, description="Financial year (from April) of prices and of phase 1."
    )
    years: tuple[Annotated[int, Field(ge=1, le=30)], ...] = Field(
        (10,), min_length=1, max_length=12, description="Length of each phase in years; 30 in all at the most."
    )

    @field_validator("years")
    @classmethod
    def _one_discount_rate(cls, years: tuple[int, ...]) -> tuple[int, ...]:
        if sum(years) > 30:
            raise ValueError("the phases last more than 30 years together, where the discount rate changes")
        return years


class Solver(_Settings):
    """How long and how hard to look."""

    seconds: float = Field(60.0, gt=0, le=86_400, description="s of solving at the most.")
    gap: float = Field(0.01, ge=0, le=1, description="share: stop once the plan is proven this close to the best.")
    threads: int = Field(0, ge=0, le=64, description="Threads; 0 lets the solver choose.")
    seed: int = Field(0, ge=0, le=2_147_483_647, description="Seed of the solver's own dice.")


class Scenario(_Settings):
    """Everything that is asked, with its defaults."""

    name: str = Field("Base case", min_length=1, max_length=200, description="What boards will call it.")
    reach_tolerance: Share = Field(
        0.02,
        description="share of people by which a service's reach may fall below today's, above its target.",
    )
    scope: Scope = Scope()
    travel: Travel = Travel()
    services: dict[str, Standard] = Field(default_factory=dict, description="Service id to its standard.")
    protected: Protected = Protected()
    pins: Pins = Pins()
    moves: Moves = Moves()
    teams: Teams = Teams()
    goals: Goals = Goals()
    rates: Rates = Rates()
    carbon: Carbon = Carbon()
    phases: Phases = Phases()
    partners: Partners = Partners()
    hubs: Hubs = Hubs()
    leases: Leases = Leases()
    transfers: Transfers = Transfers()
    capital: Capital = Capital()
    solver: Solver = Solver()

    @model_validator(mode="after")
    def _one_sum_a_phase(self) -> "Scenario":
        sums, phases = len(self.capital.new_funding_gbp), len(self.phases.years)
        if sums not in (0, phases):
            raise ValueError(f"capital.new_funding_gbp gives {sums} sums of money for {phases} phases")
        return self

    @property
    def digest(self) -> str:
        """Names what is asked: the same settings give the same digest, however they were written."""
        return hashlib.sha256(self.to_yaml().encode()).hexdigest()[:16]

    def with_solver(self, settings: dict[str, float]) -> "Scenario":
        """The same scenario with other solver settings."""
        return parse({**self.model_dump(mode="json"), "solver": {**self.solver.model_dump(), **settings}})

    def with_value(self, path: tuple[str, ...], value: Any) -> "Scenario":
        """The same scenario with another value at a path of keys, as ("moves", "max_km"). Checked as `parse`."""
        content = self.model_dump(mode="json")
        inner = content
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = value
        return parse(content)

    def changes(self, other: "Scenario") -> dict[str, tuple[Any, Any]]:
        """Keys whose values differ, dotted: this scenario's value and the other's; None where one has none."""
        mine, theirs = (_flat(of.model_dump(mode="json")) for of in (self, other))
        keys = dict.fromkeys((*mine, *theirs))
        return {key: (mine.get(key), theirs.get(key)) for key in keys if mine.get(key) != theirs.get(key)}

    def to_yaml(self) -> str:
        """The scenario in full, defaults included."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def _flat(content: dict[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in content.items():
        flat |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {before + key: value}
    return flat


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises InputError naming each faulty key, its value, the reason and the remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError.of(str(path), f"it cannot be read ({fault})", "Give the path of a YAML file") from None
    return from_yaml(text, str(path))


def from_yaml(text: str, name: str = "scenario") -> Scenario:
    """A scenario from YAML text. Raises InputError as `read` does."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        place = getattr(fault, "problem_mark", None)
        line = f"line {place.line + 1} is not YAML" if place else "it is not YAML"
        raise InputError.of(name, line, "Compare it with docs/scenario.md") from None
    return parse(content, name)


def parse(content: Any, name: str = "scenario") -> Scenario:
    """Check settings already read. Raises InputError as `read` does."""
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise InputError.of(name, "it holds no keys", "Compare it with docs/scenario.md")
    try:
        return Scenario.model_validate(content)
    except ValidationError as fault:
        raise InputError([_problem(name, error) for error in fault.errors()]) from None


def _problem(name: str, error: Any) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = ", ".join(_keys_beside(error["loc"]))
        return Problem(name, "there is no such key", f"Known keys here are {known}", key)
    reason = error["msg"][0].lower() + error["msg"][1:]
    if not key:  # keys that do not fit together: the reason names them
        return Problem(name, reason.removeprefix("value error, "), "Change one of the two; see docs/scenario.md")
    return Problem(name, reason, "See docs/scenario.md for the unit and the limits", key, str(error["input"])[:80])


def _keys_beside(location: tuple[Any, ...]) -> list[str]:
    model: Any = Scenario
    for part in location[:-1]:
        if model is Scenario and part == "services":
            return [*Standard.model_fields] if len(location) > 2 else []
        model = model.model_fields[part].annotation
    return list(model.model_fields)
