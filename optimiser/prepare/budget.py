"""The money there is for one-off spending: new funding, and receipts once they are in."""

from dataclasses import dataclass

from estate import rates
from estate.snapshot import Snapshot
from optimiser.prepare.funds import Fund, funds_of, stream_money_gbp_k
from optimiser.scenario import Scenario


@dataclass(frozen=True)
class Budget:
    """What the phases may spend. GBP k, real terms, not discounted."""

    new_gbp_k: tuple[float, ...]  # new money that the scenario gives in each phase
    funding_gbp_k: tuple[float, ...]  # with the register's streams
    pays_for: tuple[str, ...]  # kinds of spending
    receipts_gbp_k: dict[tuple[str, str], float]  # site, owner: what can be spent again once the price is in
    transfers_gbp_k: dict[str, float]  # of each property that may go to the community
    paid_up: dict[int, int]  # phase: the last phase whose sales have been paid by its start; not in it: none
    funds: dict[str, Fund]  # pots with strings; none where all the money pays for everything
    items: tuple[tuple[str, str], ...]  # organisation and kind of spending that the funds pay for


def budget_of(
    snapshot: Snapshot,
    scenario: Scenario,
    values_gbp: dict[str, dict[str, float]],
    prices_gbp: dict[str, float],
    organisations: tuple[str, ...],
) -> Budget | None:
    """The budget that the scenario sets; None where spending has no limit.

    `values_gbp` is the price of each site by owner, `prices_gbp` that of each property that may be transferred.
    """
    capital = scenario.capital
    if not capital.new_funding_gbp and not capital.funding_streams:
        return None
    streams = stream_money_gbp_k(snapshot, scenario)
    new = capital.new_funding_gbp or (0.0,) * len(streams)
    tied = scenario.partners.pooled_share_of_receipts < 1 and len(organisations) > 1
    with_strings = capital.funding_streams or tied
    return Budget(
        new_gbp_k=tuple(gbp / 1000 for gbp in new),
        funding_gbp_k=tuple(gbp / 1000 + more for gbp, more in zip(new, streams, strict=True)),
        pays_for=capital.pays_for,
        receipts_gbp_k={
            (site, owner): recycled_gbp(scenario, price) * value / price / 1000
            for site, owned in values_gbp.items()
            if recycled_gbp(scenario, price := sum(owned.values())) > 0
            for owner, value in owned.items()
        },
        transfers_gbp_k={
            place: recycled_gbp(scenario, price) / 1000
            for place, price in prices_gbp.items()
            if recycled_gbp(scenario, price) > 0
        },
        paid_up=_paid_up(scenario),
        funds=funds_of(snapshot, scenario, organisations, tuple(gbp / 1000 for gbp in new))
        if with_strings
        else {},
        items=tuple((body, kind) for body in organisations for kind in capital.pays_for) if with_strings else (),
    )


def recycled_gbp(scenario: Scenario, price_gbp: float) -> float:
    """What of a price may be spent again: its share after the costs of sale. Small sums are no capital."""
    if price_gbp <= rates.value("not_a_capital_receipt_gbp"):
        return 0.0
    costs = scenario.rates.sale_cost_fixed_gbp + scenario.rates.sale_cost_share * price_gbp
    return scenario.capital.recycled_share_of_receipts * max(0.0, price_gbp - costs)


def _paid_up(scenario: Scenario) -> dict[int, int]:
    years, lag = scenario.phases.years, scenario.rates.sale_lag_years
    starts = [sum(years[:index]) for index in range(len(years))]
    found = {}
    for t, start in enumerate(starts, start=1):
        paid = sum(sale + lag <= start for sale in starts)
        if paid:
            found[t] = paid
    return found
