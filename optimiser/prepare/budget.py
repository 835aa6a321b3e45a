"""The money there is for one-off spending: new funding, and receipts once they are in."""

from dataclasses import dataclass

from estate import rates
from optimiser.scenario import Scenario


@dataclass(frozen=True)
class Budget:
    """What the phases may spend. GBP k, real terms, not discounted."""

    funding_gbp_k: tuple[float, ...]  # new money of each phase
    pays_for: tuple[str, ...]  # kinds of spending
    receipts_gbp_k: dict[str, float]  # of each site, what can be spent again once its price is in
    transfers_gbp_k: dict[str, float]  # of each property that may go to the community
    paid_up: dict[int, int]  # phase: the last phase whose sales have been paid by its start; not in it: none


def budget_of(
    scenario: Scenario, site_values_gbp: dict[str, float], transfer_prices_gbp: dict[str, float]
) -> Budget | None:
    """The budget that the scenario sets, with the price of each site; None where spending has no limit."""
    capital = scenario.capital
    if not capital.new_funding_gbp:
        return None
    return Budget(
        funding_gbp_k=tuple(gbp / 1000 for gbp in capital.new_funding_gbp),
        pays_for=capital.pays_for,
        receipts_gbp_k=_recycled_gbp_k(scenario, site_values_gbp),
        transfers_gbp_k=_recycled_gbp_k(scenario, transfer_prices_gbp),
        paid_up=_paid_up(scenario),
    )


def _recycled_gbp_k(scenario: Scenario, prices_gbp: dict[str, float]) -> dict[str, float]:
    found = {key: recycled_gbp(scenario, price) / 1000 for key, price in prices_gbp.items()}
    return {key: gbp_k for key, gbp_k in found.items() if gbp_k}


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
