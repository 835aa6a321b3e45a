"""What is spent to get there, what sales bring, and what is saved, year by year."""

from collections.abc import Sequence

from maps import words
from maps.charts import Chart, Series
from maps.colours import PALETTE
from maps.pack.case import Case, Option
from optimiser.appraise.cash_flows import of_plan, of_today
from optimiser.appraise.lines import lines
from optimiser.prepare.inputs import prepare

ORDER, PAGE = 10, "money"
_RECEIPTS = "receipts"


def build(case: Case) -> Chart | None:
    """Columns by financial year, real terms; none for a plan that spends, brings and saves nothing."""
    years, spent, received, saved = by_year(case.main)
    if not any((*spent, *received, *saved)):
        return None
    return Chart(
        "receipts-and-spending", _title(years, _running(spent, received, saved)), "columns", "Year",
        tuple(words.financial_year(year) for year in years),
        (
            Series("Spent once", spent, PALETTE[5]), Series("Receipts", received, PALETTE[0]),
            Series("Saved in the year", saved, PALETTE[2]),
        ),
        note="Cash of the public bodies in real terms, not discounted. Repairs due count in what is saved.",
    )  # fmt: skip


def _title(years: Sequence[int], in_hand: Sequence[float]) -> str:
    short = [number for number, gbp in enumerate(in_hand) if gbp < -0.005]
    if not short:
        return "In no year has more been spent than has come in and been saved by then"
    if short[-1] == len(years) - 1:
        return "What is spent is not made good within these years"
    return f"Receipts and savings have made good what is spent by {words.financial_year(years[short[-1] + 1])}"


def by_year(option: Option) -> tuple[tuple[int, ...], tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Years, and GBP of each: spent to get there, receipts, and saved against today's estate kept."""
    inputs = prepare(option.snapshot, option.scenario)
    after, today = of_plan(option.plan, inputs), of_today(inputs)
    flows = [(flow, 1.0) for flow in after.flows] + [(flow, -1.0) for flow in today.flows]
    last = max([flow.year for flow, _ in flows if flow.line == _RECEIPTS] + [after.base_year + after.years - 1])
    years = range(after.base_year, last + 1)
    spent, received, saved = (dict.fromkeys(years, 0.0) for _ in range(3))
    for flow, sign in flows:
        line = lines()[flow.line]
        if not line.cash or flow.year not in spent:
            continue
        into = received if flow.line == _RECEIPTS else spent if line.investment else saved
        into[flow.year] += (1.0 if line.investment and flow.line != _RECEIPTS else -1.0) * sign * flow.gbp
    return tuple(years), tuple(spent.values()), tuple(received.values()), tuple(saved.values())


def _running(spent: tuple[float, ...], received: tuple[float, ...], saved: tuple[float, ...]) -> list[float]:
    """What is in hand at the end of each year."""
    held, found = 0.0, []
    for out, brought, kept in zip(spent, received, saved, strict=True):
        held += brought + kept - out
        found.append(held)
    return found
