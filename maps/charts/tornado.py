"""What the plan is worth at either end of each driver's range, the others as appraised."""

from maps import words
from maps.charts import Chart, Series
from maps.colours import PALETTE
from maps.pack import english
from maps.pack.case import Case
from optimiser.appraise.business_case import PLAN
from optimiser.appraise.risk import Swing

ORDER, PAGE = 10, "risks"
MOST = 8


def build(case: Case) -> Chart | None:
    """A line a driver, the widest first; none where the plan is not appraised."""
    appraised = case.main.appraised
    against = appraised.case.option(PLAN).against if appraised else None
    if appraised is None or against is None or not appraised.risk.swings:
        return None
    swings = appraised.risk.swings[:MOST]
    low, high = (tuple(gbp - against.npsv_gbp for gbp in ends) for ends in zip(*map(_ends, swings), strict=True))
    worst, best = sorted((swings[0].npsv_low_gbp, swings[0].npsv_high_gbp))
    first = swings[0].name
    title = f"{first} matters most: by it the plan is worth {words.pounds(worst)} to {words.pounds(best)}"
    worth = words.pounds(against.npsv_gbp)
    return Chart(
        "tornado", title, "tornado", "If this alone is at the end of its range", tuple(map(_named, swings)),
        (Series("At the low end", low, PALETTE[5]), Series("At the high end", high, PALETTE[0])),
        note=f"Change of the appraised net present social value, {worth}. Sources of the ranges: estate appraise.",
    )  # fmt: skip


def _ends(swing: Swing) -> tuple[float, float]:
    return swing.npsv_low_gbp, swing.npsv_high_gbp


def _named(swing: Swing) -> str:
    """Price of what is sold, times 0.8 to 1.15."""
    if swing.unit == "times":
        return f"{swing.name}, −{1 - swing.low:.0%} to +{swing.high - 1:.0%}"
    if swing.unit == "years":
        return f"{swing.name} {swing.high:g} {english.verb(swing.high, 'year', 'years')}"
    return f"{swing.name}, {swing.low:+.1%} to {swing.high:+.1%}".replace("+-", "-")
