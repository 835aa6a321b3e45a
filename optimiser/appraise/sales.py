"""What a plan sells, site by site: price, costs, what it costs while it waits, and how sure its valuations are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimiser.appraise.ranges import Driver
from optimiser.plan import Plan, PropertyAction
from optimiser.prepare.inputs import Inputs
from optimiser.prepare.money import Opinion


@dataclass(frozen=True)
class Sale:
    """One sale of a site, or one community transfer. GBP in real terms."""

    name: str  # the site's id, or the property's
    properties: tuple[str, ...]
    year: int  # financial year in which the money comes, as planned
    price_gbp: float
    fee_gbp: float
    value_gbp: float  # what is given up
    void_gbp_per_year: float  # while it waits for a buyer
    low_gbp: float  # range of the price, by its valuations or the driver `each_price`
    high_gbp: float
    gbp_by_confidence: Mapping[str, float]  # price by the valuers' confidence; estimate: by a benchmark
    transferred: bool = False

    @property
    def low(self) -> float:
        """The low end as times the price; 1 where nothing is paid."""
        return self.low_gbp / self.price_gbp if self.price_gbp else 1.0

    @property
    def high(self) -> float:
        """The high end as times the price."""
        return self.high_gbp / self.price_gbp if self.price_gbp else 1.0


def sales(plan: Plan, inputs: Inputs, opinions: Mapping[str, Opinion], each_price: Driver) -> tuple[Sale, ...]:
    """Every sale of a plan, in order of name. `opinions` are the valuations by property (`sale_opinions`)."""
    members: dict[str, list[PropertyAction]] = defaultdict(list)
    for action in plan.properties:
        if action.sold_year is not None:
            members[inputs.sold_with[action.property_id]].append(action)
    found = [_sale(site, actions, inputs, opinions, each_price) for site, actions in members.items()]
    given = [action for action in plan.properties if action.transferred_year is not None]
    found += [_sale(action.property_id, [action], inputs, opinions, each_price) for action in given]
    return tuple(sorted(found, key=lambda sale: sale.name))


def _sale(
    name: str,
    actions: Sequence[PropertyAction],
    inputs: Inputs,
    opinions: Mapping[str, Opinion],
    each_price: Driver,
) -> Sale:
    places = tuple(action.property_id for action in actions)
    transferred = actions[0].transferred_year is not None
    prices = {p: inputs.transfers[p] if transferred else inputs.properties[p].value_gbp for p in places}
    price, rates = sum(prices.values()), inputs.rates
    sharers = 1 if transferred else len(inputs.sites[name])
    begins = actions[0].transferred_year if transferred else actions[0].sold_year
    confidence: dict[str, float] = defaultdict(float)
    low = high = 0.0
    for p, gbp in prices.items():
        opinion = opinions.get(p)
        known = opinion is not None and not opinion.estimated
        confidence[(opinion.confidence or "not given") if opinion and known else "estimate"] += gbp
        # A transfer's price is a share of the value, and so are its ends.
        share = gbp / opinion.value_gbp if opinion and opinion.value_gbp else 1.0
        ends = (opinion.low_gbp, opinion.high_gbp) if opinion and known else (None, None)
        low += gbp * each_price.low if ends[0] is None else min(ends[0] * share, gbp)
        high += gbp * each_price.high if ends[1] is None else max(ends[1] * share, gbp)
    return Sale(
        name=name,
        properties=places,
        year=(begins or 0) + rates.sale_lag_years,
        price_gbp=price,
        fee_gbp=rates.sale_cost_fixed_gbp * len(places) / sharers + rates.sale_cost_share * price,
        value_gbp=sum(inputs.properties[p].value_gbp for p in places),
        void_gbp_per_year=0.0 if transferred else sum(inputs.properties[p].void_gbp_per_year for p in places),
        low_gbp=low,
        high_gbp=high,
        gbp_by_confidence=dict(confidence),
        transferred=transferred,
    )
