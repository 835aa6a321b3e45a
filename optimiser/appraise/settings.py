"""How a plan is appraised. These stand beside the scenario: they change what is said of a plan, not the plan."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from optimiser import settings_file
from optimiser.appraise.discounting import AS_PLANNED
from optimiser.settings import Settings, Share, rate_setting

_PAGE = "docs/appraisal-settings.md"  # where the keys are described

Works = Literal["fit_out", "hub_cost", "backlog_maintenance"]
Driver = Literal[
    "prices",
    "each_price",
    "running_cost",
    "works",
    "moves",
    "leaving_leases",
    "repairs",
    "carbon",
    "time",
    "sale_delay",
    "saving_delay",
    "discount_rate",
]
Range = Annotated[tuple[float, float], Field(min_length=2, max_length=2)]
Part = Annotated[float, Field(ge=0, le=2)]


class OptimismBias(Settings):
    """What is added to the cost of works because such costs are underestimated: bias x (1 - mitigation)."""

    applied: bool = Field(True, description="Whether it is added at all.")
    standard_building: Part = rate_setting("optimism_bias_standard_building")
    non_standard_building: Part = rate_setting("optimism_bias_non_standard_building")
    mitigation: dict[Works, Share] = Field(
        {},
        description="share of the bias that has been dealt with, by kind of works: fit_out, hub_cost (fitting out"
        " hubs) and backlog_maintenance (repairs). 0 for one that is not named.",
    )


class Risk(Settings):
    """How far what is assumed may be from what happens: the ranges of the risk analysis, all assumptions."""

    draws: int = Field(10_000, ge=100, le=200_000, description="draws of the Monte Carlo analysis.")
    seed: int = Field(0, ge=0, le=2_147_483_647, description="Seed of its dice.")
    sale_probability: Share = rate_setting("sale_probability")
    ranges: dict[Driver, Range] = Field(
        {},
        description="[low, high] by driver, in place of those of data/rates/appraisal_ranges.csv: times what the"
        " appraisal has, years for the delays, points a year for discount_rate.",
    )

    @field_validator("ranges")
    @classmethod
    def _round_the_middle(cls, ranges: dict[Driver, Range]) -> dict[Driver, Range]:
        for driver, (low, high) in ranges.items():
            middle = MIDDLE.get(driver, 1.0)
            if not low <= middle <= high:
                raise ValueError(f"the range of {driver} must go from at most {middle:g} to at least {middle:g}")
            if low < 0 and driver != "discount_rate":
                raise ValueError(f"the range of {driver} must not go below 0")
        return ranges


# What the appraisal itself assumes of a driver; of the others, once what it has.
MIDDLE: dict[str, float] = {"sale_delay": 0.0, "saving_delay": 0.0, "discount_rate": 0.0}


class Appraisal(Settings):
    """Everything that can be set, with its defaults."""

    discount: str = Field(
        "green_book_2026",
        description="Edition of the discount rates, one of data/rates/discounting.csv; as_planned: the one rate of"
        " the scenario.",
    )
    inflation_per_year: float = rate_setting("inflation_per_year", ge=-0.1, le=0.3)
    carbon_counted: bool = Field(
        True, description="Whether carbon's value counts, also where the scenario's plan did not count it."
    )
    optimism_bias: OptimismBias = OptimismBias()
    risk: Risk = Risk()


def read(path: Path) -> Appraisal:
    """Read a file of settings. Raises InputError naming each faulty key, its value, the reason and the remedy."""
    return settings_file.read(Appraisal, path, _PAGE)


AS_THE_PLAN_HAS_IT = Appraisal(
    discount=AS_PLANNED, carbon_counted=False, optimism_bias=OptimismBias(applied=False)
)
