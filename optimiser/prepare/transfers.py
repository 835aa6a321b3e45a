"""Which properties may go to the community below their market value, and at what price."""

from estate.problems import InputError, Problem
from optimiser.prepare.money import PropertyMoney
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario


def transfer_prices_gbp(
    scenario: Scenario, scope: Scope, properties: dict[str, PropertyMoney]
) -> dict[str, float]:
    """The price of each property that the scenario lets go to the community.

    Raises InputError for one that is not owned or not in scope, or whose price is further below its value than the
    law allows without consent (section 123 of the Local Government Act 1972).
    """
    asked, problems, prices = scenario.transfers, [], {}
    for place in asked.properties:
        if scope.tenure.get(place) != "freehold":
            reason, remedy = "it is not a freehold in scope", "Take it out, or correct its tenure or the scope"
        elif properties[place].value_gbp * (1 - asked.price_share) > asked.undervalue_limit_gbp:
            reason = f"its price would be more than GBP {asked.undervalue_limit_gbp:,.0f} below its value"
            remedy = "Raise transfers.price_share, or get consent and raise transfers.undervalue_limit_gbp"
        else:
            prices[place] = properties[place].value_gbp * asked.price_share
            continue
        problems.append(Problem(scenario.name, reason, remedy, "transfers.properties", place))
    if problems:
        raise InputError(problems)
    return prices
