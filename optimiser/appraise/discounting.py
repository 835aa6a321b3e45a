"""Present values by a published schedule of rates: `data/rates/discounting.csv`, an edition chosen by name."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import data
from estate.problems import InputError

_PENNY = 0.01
AS_PLANNED = "as_planned"  # not an edition: the one rate of the scenario


@dataclass(frozen=True)
class Step:
    """The rate from one year of the horizon to another; the last step of a whole schedule has no end."""

    from_year: int
    to_year: int | None
    rate_per_year: float
    from_date: str
    status: str
    source: str


@cache
def editions() -> Mapping[str, tuple[Step, ...]]:
    """Every edition's steps, by name."""
    found: dict[str, tuple[Step, ...]] = {}
    with (data.FOLDER / "rates" / "discounting.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            step = Step(
                int(row["from_year"]), int(row["to_year"]) if row["to_year"] else None,
                float(row["rate_per_year"]), row["from_date"], row["status"], row["source"],
            )  # fmt: skip
            found[row["edition"]] = (*found.get(row["edition"], ()), step)
    return found


def rates(edition: str, years: int, planned_rate: float) -> list[float]:
    """The rate of each year from 0 to `years`. Raises InputError for an edition that is not known so far.

    >>> rates("green_book_2026", 31, 0.05)[29:]
    [0.035, 0.035, 0.03]
    >>> rates(AS_PLANNED, 2, 0.05)
    [0.05, 0.05, 0.05]
    """
    if edition == AS_PLANNED:
        return [planned_rate] * (years + 1)
    known = editions()
    if edition not in known:
        words = ", ".join((*known, AS_PLANNED))
        raise InputError.of("discount", "there is no such edition", f"Use one of {words}", "edition", edition)
    found = []
    for year in range(years + 1):
        steps = [step for step in known[edition] if step.from_year <= year <= (step.to_year or year)]
        if not steps:
            raise InputError.of(
                "discount", f"its rate of year {year} is not known", "Choose another edition", "edition", edition
            )
        found.append(steps[0].rate_per_year)
    return found


def factors(rates_per_year: Sequence[float]) -> list[float]:
    """Present value of GBP 1 in each year; year 0 is not discounted (HM Treasury Green Book, on discounting).

    The rate of a year counts for that year alone, so that a schedule that falls does not reach back.

    >>> [round(factor, 4) for factor in factors([0.035] * 5)]
    [1.0, 0.9662, 0.9335, 0.9019, 0.8714]
    """
    return list(accumulate(rates_per_year[1:], lambda factor, rate: factor / (1 + rate), initial=1.0))


def present_value(gbp_by_year: Sequence[float], factor_by_year: Sequence[float]) -> float:
    """Sums of years 0, 1, 2 ... as one of year 0.

    >>> round(present_value([-10.0, 2.5, 2.5, 2.5, 2.5], factors([0.035] * 5)), 2)
    -0.82
    """
    return sum(gbp * factor for gbp, factor in zip(gbp_by_year, factor_by_year, strict=True))


def in_cash_terms(gbp_by_year: Sequence[float], inflation_per_year: float) -> list[float]:
    """Real sums of years 0, 1, 2 ... in the money of their own year.

    >>> in_cash_terms([100.0, 100.0], 0.02)
    [100.0, 102.0]
    """
    return [gbp * (1 + inflation_per_year) ** year for year, gbp in enumerate(gbp_by_year)]


def payback_year(net_by_year: Sequence[float], first_year: int) -> int | None:
    """The year from which on what has come in covers what has gone out for good; None: never, or nothing goes out.

    >>> payback_year([-10.0, 4.0, 4.0, 4.0], 2026), payback_year([-10.0, 4.0], 2026), payback_year([1.0], 2026)
    (2029, None, None)
    >>> payback_year([5.0, -10.0, 20.0], 2026)
    2028
    """
    standing = list(accumulate(net_by_year))
    red = [number for number, gbp in enumerate(standing) if gbp < -_PENNY]
    if not red or red[-1] == len(standing) - 1:
        return None
    return first_year + red[-1] + 1


def is_ever_short(net_by_year: Sequence[float]) -> bool:
    """Whether at the end of some year more has gone out than come in.

    >>> is_ever_short([5.0, -10.0, 20.0]), is_ever_short([0.0, 1.0])
    (True, False)
    """
    return any(gbp < -_PENNY for gbp in accumulate(net_by_year))
