"""By how much each partner is better or worse off over the years of the plan."""

from collections.abc import Sequence

from maps.charts import Chart, Series
from maps.colours import PALETTE
from maps.pack import findings
from maps.pack.case import Case
from optimiser.plan import PartnerPosition

ORDER, PAGE = 10, "partners"
MOST = 20  # partners that stand on their own: the rest together


def build(case: Case) -> Chart | None:
    """Bars, the one that gains most first; none for a plan that changes no partner's position."""
    plan = case.main.plan
    names = case.main.snapshot.organisations["name"].to_dict()
    found = sorted(plan.partners, key=lambda one: (-findings.better_off_gbp(one), one.organisation_id))
    if all(abs(findings.better_off_gbp(one)) < findings.WORTH_SAYING_GBP for one in found):
        return None
    rows = [(names.get(one.organisation_id, one.organisation_id), *_pounds([one])) for one in found]
    if len(found) > MOST:  # the ends of the list are what matters
        half = MOST // 2
        between = found[half:-half]
        rows[half:-half] = [(f"{len(between):,} between", *_pounds(between))]
    bodies, better, today, after, charges = zip(*rows, strict=True)
    beside = (("Today’s estate", today), ("The plan", after), ("Of it: charges to others, net", charges))
    return Chart(
        "partner-positions", "Better or worse off over the years of the plan, in present value", "bars", "Partner",
        bodies, (Series("Better off by", better, PALETTE[0]),),
        beside=tuple(Series(name, values, PALETTE[7]) for name, values in beside),
        note="Charges are what its teams pay their hosts less what its guests pay it, in the plan.",
    )  # fmt: skip


def _pounds(positions: Sequence[PartnerPosition]) -> tuple[float, float, float, float]:
    """Better off by, cost today, cost after and net charges after, of these together."""
    return (
        sum(findings.better_off_gbp(one) for one in positions),
        sum(one.cost_today_gbp for one in positions),
        sum(one.cost_after_gbp for one in positions),
        sum(one.charges_after_gbp for one in positions),
    )
