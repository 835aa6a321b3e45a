"""A frozen plan: what was found, as plain data that can be stored, checked, mapped and printed."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal[
    "proven",  # within 0.01 % of the bound
    "within_gap",  # within the gap that was asked for
    "best_found",  # the best plan when time ran out or it was stopped, with its bound
    "infeasible_confirmed",  # no plan can keep all the rules
    "no_plan_found",  # time ran out before any plan better than today was found
    "failed",  # the solver or the checker failed
]


@dataclass(frozen=True)
class PropertyAction:
    """What happens to one property. Years are financial years from April; money in GBP, real terms."""

    property_id: str
    action: Literal["keep", "leave", "host"]  # host: kept, and takes in at least one team
    year: int | None = None  # year it is left
    sold: bool = False
    sold_year: int | None = None  # year the sale of its site begins
    receipt_gbp: float = 0.0  # expected price, before costs of sale or transfer
    one_off_cost_gbp: float = 0.0  # overlap, exit, sale and hub costs
    backlog_gbp: float = 0.0  # repairs that fall due while it is kept
    running_cost_today_gbp_per_year: float = 0.0  # with rent
    running_cost_after_gbp_per_year: float = 0.0
    lease_ends_year: int | None = None  # of what is leased and left
    transferred_year: int | None = None  # year it goes to the community
    hub_year: int | None = None  # year it is fitted out as a shared hub
    partners: tuple[str, ...] = ()  # of a hub: the organisations that work there at the end
    estimated: bool = False  # whether any of its pounds is a benchmark estimate


@dataclass(frozen=True)
class Move:
    """One move of a team; one that goes by a temporary place has several, in order of year."""

    team_id: str
    from_property_id: str
    to_property_id: str
    year: int
    fte: float
    km: float  # in a straight line
    cost_gbp: float  # move and fit-out; back home there is nothing to fit out


@dataclass(frozen=True)
class ZoneReach:
    """How one zone reaches one service, today and at the end of the plan. None: nowhere to go at all.

    The mode is that of the standard's modes by which the zone comes closest to its limit.
    """

    service_id: str
    zone_id: str
    population: float
    minutes_today: float | None
    minutes_after: float | None
    reached_today: bool
    reached_after: bool
    mode_today: str = ""
    mode_after: str = ""
    by_line_today: bool = False  # by straight line, for want of a road at one end
    by_line_after: bool = False


@dataclass(frozen=True)
class GroupReach:
    """A protected group's reach of a service: share of the group within the standard."""

    group: str
    today: float
    after: float
    required: float


@dataclass(frozen=True)
class Reach:
    """A service's reach: share of people within the standard."""

    today: float
    after: float
    target: float
    required: float  # what the plan had to keep: the smaller of the target and today less the tolerance
    minutes: float
    mode: str
    groups: tuple[GroupReach, ...] = ()  # of the protected groups that the scenario names
    # Share of people for whom counters within the standard have room, where the scenario says whom they can serve.
    served_today: float | None = None
    served_after: float | None = None
    served_required: float | None = None
    or_minutes: dict[str, float] = field(default_factory=dict)  # limits of other modes that meet the standard too


@dataclass(frozen=True)
class Impact:
    """What the plan changes for a group of people of one service: everybody's, or a protected group's row.

    Counts are whole people, or households for `no_car`. Minutes are to the nearest place: the mean of those who
    have a way, and those within which nine in ten are (None where one in ten has none). Those who lose were within
    the standard and no longer are; `more_minutes` is the mean of how much longer their way becomes.
    """

    service_id: str
    group: str  # everybody, most_deprived_fifth, over_65s or no_car
    people: int
    zones_unrecorded: int  # zones that do not record the group; nobody of them is counted
    within_today: int
    within_after: int
    no_way_today: int
    no_way_after: int
    mean_minutes_today: float | None
    mean_minutes_after: float | None
    p90_minutes_today: float | None
    p90_minutes_after: float | None
    lose: int
    lose_zones: int
    lose_more_minutes: float | None
    gain: int
    gain_zones: int
    gain_fewer_minutes: float | None
    longer: int  # whose way becomes longer, whether or not they stay within the standard
    longer_minutes: float | None  # by how much, in the mean
    longest_minutes: float  # by how much at the most
    shorter: int
    shorter_minutes: float | None


@dataclass(frozen=True)
class CounterUse:
    """One place of a service whose counters can be full: for how many there is room, and how many go there.

    Whole people, sent so that as many as possible are served within the standard: one of the ways to send them.
    """

    service_id: str
    property_id: str
    room_today: int
    served_today: int
    room_after: int
    served_after: int


@dataclass(frozen=True)
class Figures:
    """The headline figures, all recomputed by `verify` from raw rows."""

    running_cost_today_gbp_per_year: float
    running_cost_after_gbp_per_year: float
    saving_gbp_per_year: float
    capital_receipts_gbp: float
    one_off_cost_gbp: float
    npsv_gbp: float  # net present social value against today's estate kept as it is
    properties_today: int
    properties_left: int
    people_moved: float
    reach: dict[str, Reach]
    estimated_share: float  # share of the pounds above that rest on benchmark estimates
    backlog_gbp: float = 0.0  # repairs that fall due while their properties are kept, real terms
    carbon_tonnes_last_year_today: float = 0.0  # of CO2e in the last year, were today's estate kept
    carbon_tonnes_last_year_after: float = 0.0
    carbon_tonnes_today: float = 0.0  # over all years, were today's estate kept
    carbon_tonnes_after: float = 0.0


@dataclass(frozen=True)
class BudgetUse:
    """The budget of one phase, GBP in real terms, not discounted. Each figure is of this phase alone."""

    year: int  # in which the phase begins
    brought_forward_gbp: float
    new_gbp: float  # new funding
    receipts_gbp: float  # that have come in since the phase before and may be spent again
    spent_gbp: float
    carried_over_gbp: float


@dataclass(frozen=True)
class FundUse:
    """What one pot of money pays for one organisation's spending of one kind in one phase."""

    fund_id: str  # new, pool, receipts:ORGANISATION or stream:ID
    fund: str
    organisation_id: str
    kind: str
    year: int
    gbp: float


@dataclass(frozen=True)
class PartnerPosition:
    """What one organisation's estate costs it over the horizon, GBP of present value, today's kept and as planned.

    Charges are what its teams pay their hosts less what its guests pay it, and are part of the cost.
    """

    organisation_id: str
    cost_today_gbp: float
    cost_after_gbp: float
    charges_today_gbp: float
    charges_after_gbp: float


@dataclass(frozen=True)
class CostLine:
    """One cost of the objective in one phase, GBP k of present value; receipts are negative."""

    cost: str
    phase: int
    gbp_k: float


@dataclass(frozen=True)
class Plan:
    """A solved scenario. Proven only with its bound: see `status`, `bound_gbp_k` and `gap`."""

    status: Status
    snapshot_digest: str
    scenario_digest: str
    base_year: int
    seconds: float
    solver: str
    seed: int
    objective_gbp_k: float | None = None
    bound_gbp_k: float | None = None
    bound_method: str = ""
    gap: float | None = None
    properties: tuple[PropertyAction, ...] = ()
    moves: tuple[Move, ...] = ()
    zones: tuple[ZoneReach, ...] = ()
    costs: tuple[CostLine, ...] = ()
    figures: Figures | None = None
    impacts: tuple[Impact, ...] = ()  # by service: everybody, then each protected group that zones record
    counters: tuple[CounterUse, ...] = ()  # of services for which the scenario gives people_per_m2
    partners: tuple[PartnerPosition, ...] = ()  # one an organisation that has properties or teams in scope
    budget: tuple[BudgetUse, ...] = ()  # one a phase where the scenario sets a budget
    funds: tuple[FundUse, ...] = ()  # where its money has strings
    conflicts: tuple[str, ...] = ()  # infeasible: the rules that cannot hold together, in plain English
    gives: tuple[str, ...] = ()  # infeasible: what gives in the nearest scenario that can be met
    nearest_scenario: str = ""  # infeasible: that scenario, YAML; empty where none was found
    notes: tuple[str, ...] = field(default=())  # what a reader must know: scope, assumptions, estimates

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def from_dict(content: dict[str, Any]) -> Plan:
    """A stored plan as it was."""
    figures = content["figures"]
    if figures is not None:
        reach = {
            service: Reach(**{**values, "groups": tuple(GroupReach(**g) for g in values.get("groups", ()))})
            for service, values in figures["reach"].items()
        }
        figures = Figures(**{**figures, "reach": reach})
    return Plan(
        **{
            **content,
            "properties": tuple(
                PropertyAction(**{**item, "partners": tuple(item.get("partners", ()))})
                for item in content["properties"]
            ),
            "moves": tuple(Move(**item) for item in content["moves"]),
            "zones": tuple(ZoneReach(**item) for item in content["zones"]),
            "impacts": tuple(Impact(**item) for item in content.get("impacts", ())),
            "counters": tuple(CounterUse(**item) for item in content.get("counters", ())),
            "costs": tuple(CostLine(**item) for item in content["costs"]),
            "funds": tuple(FundUse(**item) for item in content.get("funds", ())),
            "partners": tuple(PartnerPosition(**item) for item in content.get("partners", ())),
            "budget": tuple(BudgetUse(**item) for item in content.get("budget", ())),
            "conflicts": tuple(content["conflicts"]),
            "gives": tuple(content.get("gives", ())),
            "notes": tuple(content["notes"]),
            "figures": figures,
        }
    )
