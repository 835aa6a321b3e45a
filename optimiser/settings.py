"""The sections of a scenario, key by key with unit, default and limits; `scenario.py` joins and reads them."""

from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from estate import rates

Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0, le=1e9)]
Tonnes = Annotated[float, Field(ge=0, le=1e9)]
Mode = Literal["car", "foot", "bicycle", "public_transport"]
# How each is said in a sentence.
WAYS = {"car": "by car", "foot": "on foot", "bicycle": "by bicycle", "public_transport": "by public transport"}
Group = Literal["most_deprived_fifth", "over_65s", "no_car"]


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    def to_yaml(self) -> str:
        """The settings in full, defaults included."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def rate_setting(name: str, **limits: Any) -> Any:
    """A setting whose default is the public rate of this name in data/rates."""
    rate = rates.rates()[name]
    return Field(default=rate.value, description=f"{rate.unit}. Default: {rate.source}.", **limits)


class Scope(Settings):
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


class Travel(Settings):
    """How minutes are found. Straight line: distance x circuity / speed."""

    method: Literal["straight_line", "road_network", "table"] = Field(
        "straight_line",
        description="straight_line; road_network: along roads, as 'estate travel build' found them; or table: the"
        " register's imported travel times (a pair not in it is out of reach).",
    )
    circuity: float = rate_setting("circuity", ge=1, le=3)
    car_km_per_hour: float = rate_setting("car_km_per_hour", gt=0, le=120)
    foot_km_per_hour: float = rate_setting("foot_km_per_hour", gt=0, le=10)
    bicycle_km_per_hour: float = rate_setting("bicycle_km_per_hour", gt=0, le=40)
    public_transport_km_per_hour: float = rate_setting("public_transport_km_per_hour", gt=0, le=100)

    def km_per_hour(self, mode: str) -> float:
        """Speed of a mode of travel, km/h."""
        return float(getattr(self, f"{mode}_km_per_hour"))


class Standard(Settings):
    """Overrides of one service's access standard; what is left out is taken from the register's service table."""

    minutes: float | None = Field(None, gt=0, le=600, description="minutes of travel.")
    mode: Mode | None = Field(None, description="How people travel.")
    or_minutes: dict[Mode, Annotated[float, Field(gt=0, le=600)]] | None = Field(
        None,
        description="minutes by other modes that meet the standard as well, such as {foot: 30}. A minute of one"
        " counts in proportion to its limit. Blank: as the register has it.",
    )
    share_of_population: Share | None = Field(None, description="share of people within the minutes.")
    worst_case_minutes: float | None = Field(
        None, gt=0, le=600, description="minutes that nobody reached today may end beyond."
    )
    must_meet_target: bool = Field(
        False,
        description="True: the target binds even where today falls short. False: never worse than today.",
    )
    people_per_m2: float | None = Field(
        None,
        ge=0,
        le=1e6,
        description="people of the place whom each m2 of the service's space can serve, of those within the"
        " minutes. Blank: as many as come.",
    )
    share_served: Share | None = Field(
        None,
        description="share of people whom the service's open counters must have room for, where people_per_m2"
        " is given; today's less the tolerance is enough. Blank: as share_of_population.",
    )
    visits_per_person_per_year: float | None = Field(
        None,
        ge=0,
        le=1000,
        description="visits a year of each person of the place. The plan then counts what their way costs them"
        " beyond today's, up to the worst-case minutes. Blank: not counted.",
    )


class Protected(Settings):
    """Groups of people whose own reach of each service is kept, whatever becomes of everybody's."""

    groups: tuple[Group, ...] = Field(
        (),
        description="Whom to protect: most_deprived_fifth (people of zones in deciles 1 and 2), over_65s (people"
        " of 65 and over), no_car (households without a car or van); empty protects none by name.",
    )
    tolerance: Share = Field(
        0.02, description="share of a group by which its reach of a service may fall below today's."
    )


class Pins(Settings):
    """What has been decided already."""

    keep: tuple[str, ...] = Field((), description="Ids of properties that are kept.")
    leave: tuple[str, ...] = Field((), description="Ids of properties that are left by the end.")
    hub: tuple[str, ...] = Field((), description="Ids of properties that are a shared hub by the end.")
    team_stays: tuple[str, ...] = Field((), description="Ids of teams that stay where they are.")


class Moves(Settings):
    """Where a team may go."""

    max_km: float = Field(8.0, gt=0, le=200, description="km in a straight line; a team's own limit comes first.")
    candidates_per_team: int = Field(
        12, ge=1, le=200, description="buildings considered for each team, nearest first, besides its own."
    )
    also: dict[str, tuple[str, ...]] = Field(
        {}, description="Team id to ids of buildings considered for it though they are not among the nearest."
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


class Teams(Settings):
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


class Goals(Settings):
    """Goals turned into limits. Tightening one step by step draws the frontier of what it costs."""

    least_receipts_gbp: Money | None = Field(None, description="GBP from sales, before their costs. Blank: none.")
    least_saving_gbp_per_year: Money | None = Field(
        None, description="GBP a year less than today's running cost and rent, by the end. Blank: no floor."
    )


class Rates(Settings):
    """Prices and rates, in real terms of the base year."""

    discount_rate_per_year: float = rate_setting("discount_rate_per_year", ge=0, le=0.2)
    move_gbp_per_fte: Money = rate_setting("move_gbp_per_fte")
    fit_out_gbp_per_m2: Money = rate_setting("fit_out_gbp_per_m2")
    dilapidations_gbp_per_m2: Money = rate_setting("dilapidations_gbp_per_m2")
    internal_repair_share: Share = rate_setting("internal_repair_share")
    sale_cost_share: Share = rate_setting("sale_cost_share")
    sale_cost_fixed_gbp: Money = rate_setting("sale_cost_fixed_gbp")
    sale_lag_years: int = rate_setting("sale_lag_years", ge=0, le=10)
    void_cost_share: Share = rate_setting("void_cost_share")
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
    public_time_gbp_per_hour: Money = rate_setting("public_time_gbp_per_hour")
    usable_share_of_space: Share = Field(
        0.95, description="share of each space that teams may fill; the rest is room to manoeuvre."
    )


class Hubs(Settings):
    """Shared hubs: office floor fitted out to hold more desks, for several partners with one reception."""

    properties: tuple[str, ...] = Field((), description="Ids of properties that may become a hub.")
    anywhere: bool = Field(False, description="Whether any property with enough office floor may become one.")
    partners: int = Field(2, ge=1, le=50, description="organisations that work in a hub, at the least.")
    smallest_m2: float = rate_setting("hub_smallest_m2", ge=0, le=100_000)
    m2_per_desk: float = rate_setting("hub_m2_per_desk", gt=0, le=50)
    fit_out_gbp_per_m2: Money = rate_setting("hub_fit_out_gbp_per_m2")
    reception_gbp_per_year: Money = rate_setting("shared_reception_gbp_per_year")


class Leases(Settings):
    """How a lease ends once its property has been left."""

    may_stand_empty: bool = Field(
        False, description="Whether a leased property may stand empty and its lease end in a later phase."
    )
    surrender_share_of_rent: Share = Field(
        1.0, description="share of the rent to the next break or expiry for which a landlord takes the lease back."
    )


class Transfers(Settings):
    """Community asset transfers: a way out beside sale, below market value, with no void cost."""

    properties: tuple[str, ...] = Field((), description="Ids of properties that may go to the community.")
    price_share: Share = Field(0.0, description="share of the market value that the community pays.")
    undervalue_limit_gbp: Money = rate_setting("undervalue_limit_gbp")


class Partners(Settings):
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


class Capital(Settings):
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


class Carbon(Settings):
    """Carbon of the energy in use, by the dated factors of data/rates/carbon.csv."""

    electricity_share: Share = rate_setting("electricity_share_of_energy")
    kwh_per_m2: float = rate_setting("energy_kwh_per_m2", ge=0, le=5000)
    valued: bool = Field(False, description="Whether the plan's costs count carbon at its value to society.")
    most_tonnes_per_year: Tonnes | None = Field(
        None, description="tonnes of CO2e in the last year. Blank: no cap."
    )
    most_tonnes: Tonnes | None = Field(None, description="tonnes of CO2e over all years. Blank: no cap.")


class Phases(Settings):
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


class Solver(Settings):
    """How long and how hard to look."""

    seconds: float = Field(60.0, gt=0, le=86_400, description="s of solving at the most.")
    gap: float = Field(0.01, ge=0, le=1, description="share: stop once the plan is proven this close to the best.")
    threads: int = Field(0, ge=0, le=64, description="Threads; 0 lets the solver choose.")
    seed: int = Field(0, ge=0, le=2_147_483_647, description="Seed of the solver's own dice.")
