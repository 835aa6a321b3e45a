"""What one plan costs more than another, no more precisely than is proven, and in words.

Each plan is somewhere between the least that any plan can cost (its bound) and what the one found costs. So the
difference of the two best plans is not known to the pound: it is between the lowest of one and the plan found of
the other, both ways.
"""

import math
from dataclasses import dataclass

from optimiser.plan import Plan

# Two ends that differ by less than this share, or by less than so many pounds, are said as one figure.
_ALIKE, _ALIKE_GBP = 0.02, 1_000.0


@dataclass(frozen=True)
class Range:
    """GBP of present value. `found`: between the plans found; the best plans differ by `low` to `high`.

    None where it is not known: no plan was found, or nothing was proven.
    """

    found_gbp: float | None
    low_gbp: float | None
    high_gbp: float | None

    @property
    def proven(self) -> bool:
        """Whether both ends are known and are nearly one figure."""
        if self.low_gbp is None or self.high_gbp is None:
            return False
        return self.high_gbp - self.low_gbp <= max(_ALIKE * abs(self.high_gbp), _ALIKE_GBP)


def dearer(plan: Plan, than: Plan, *, stricter: bool = False) -> Range:
    """What the best plan of one scenario costs more than that of another.

    low  = bound[plan] - cost[than]        high = cost[plan] - bound[than]

    `stricter`: whoever keeps the rules of `plan` keeps those of `than` as well. Then a bound of `than` holds for
    `plan` too, a plan found for `plan` is one for `than`, and the difference is not below zero.
    """
    cost, other = plan.objective_gbp_k, than.objective_gbp_k
    bound, lowest = plan.bound_gbp_k, than.bound_gbp_k
    if stricter:
        other = min((v for v in (other, cost) if v is not None), default=None)
        bound = max((v for v in (bound, lowest) if v is not None), default=None)
    low, high = _less(bound, other), _less(cost, lowest)
    if stricter:
        low = max(0.0, low or 0.0)
        high = None if high is None else max(high, low)
    return Range(_less(cost, than.objective_gbp_k), low, high)


def _less(gbp_k: float | None, other: float | None) -> float | None:
    return None if gbp_k is None or other is None else 1000 * (gbp_k - other)


def pounds(gbp: float, *, up: bool | None = None) -> str:
    """Pounds as a report says them, three figures long. `up`: True rounds up, False down, None to the nearest.

    >>> pounds(414_059.3), pounds(1_234_567), pounds(-950), pounds(1_234_567, up=True)
    ('£414,000', '£1.23 million', '-£950', '£1.24 million')
    """
    size = abs(gbp)
    if size < 0.5:
        return "£0"
    unit = 10.0 ** max(0, math.floor(math.log10(size)) - 2)
    whole = gbp / unit
    near = round(whole) if up is None else math.ceil(whole - 1e-9) if up else math.floor(whole + 1e-9)
    value = near * unit
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size >= 1e9:
        return f"{sign}£{size / 1e9:,.2f} billion"
    if size >= 1e6:
        return f"{sign}£{size / 1e6:,.{2 if size < 9_995_000 else 1}f} million"
    return f"{sign}£{size:,.0f}"


def words(found: Range) -> str:
    """The range as a sentence takes it: £414,000; between £0 and £1.24 million; at least £300,000.

    >>> words(Range(1.0, 0.0, 1_234_567.0)), words(Range(None, 300_000.0, None)), words(Range(5.0, None, None))
    ('between £0 and £1.24 million', 'at least £300,000', 'an amount that is not known')
    """
    low, high = found.low_gbp, found.high_gbp
    if low is not None and high is not None:
        if found.proven:
            return f"{pounds(high)}" if high - low < 1 else f"about {pounds((low + high) / 2)}"
        return f"between {pounds(low, up=False)} and {pounds(high, up=True)}"
    if low is not None:
        return f"at least {pounds(low, up=False)}" if low > 0 else "an amount that is not known"
    return "an amount that is not known" if high is None else f"at most {pounds(high, up=True)}"
