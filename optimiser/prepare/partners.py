"""The partners: what guests pay their hosts, and how receipts are shared."""

from dataclasses import dataclass

from estate.problems import InputError, Problem
from estate.snapshot import Snapshot
from optimiser.prepare.money import PropertyMoney
from optimiser.prepare.scope import Scope
from optimiser.scenario import Scenario

_WHOLE = 1e-9  # shares that add up to 1


@dataclass(frozen=True)
class Partners:
    """Who has properties or teams in scope, and what they have agreed."""

    organisations: tuple[str, ...]
    names: dict[str, str]
    charge_gbp_per_m2: dict[str, float]  # a year, by property
    pooled_share: float  # of every receipt
    receipt_shares: dict[str, float]  # of what is pooled, by organisation
    none_worse_off: bool


def partners(snapshot: Snapshot, scenario: Scenario, scope: Scope, money: dict[str, PropertyMoney]) -> Partners:
    """The partners of a scenario. Raises InputError where the shares do not add up or name nobody."""
    asked = scenario.partners
    owners = snapshot.properties.loc[list(scope.properties), "organisation_id"]
    workers = snapshot.teams.loc[list(scope.teams), "organisation_id"]
    names = {str(body): str(name) for body, name in snapshot.organisations["name"].items()}
    _check_shares(scenario, set(names))
    return Partners(
        organisations=tuple(sorted({*owners, *workers})),
        names=names,
        charge_gbp_per_m2={place: occupation_charge(scope, place, figures) for place, figures in money.items()},
        pooled_share=asked.pooled_share_of_receipts,
        receipt_shares=asked.receipt_shares,
        none_worse_off=asked.none_worse_off,
    )


def occupation_charge(scope: Scope, place: str, money: PropertyMoney) -> float:
    """GBP a year for each m2 that a guest needs: its use, and its share by floor area of holding and rent.

    The floor is the space recorded, or what is in use today where that is more; without any there is no charge but
    for use.
    """
    floor_m2 = max(scope.space_m2.get(place, 0.0), scope.occupied_m2.get(place, 0.0))
    held = money.holding_gbp_per_year + money.rent_gbp_per_year
    return money.use_gbp_per_m2_per_year + (held / floor_m2 if floor_m2 else 0.0)


def _check_shares(scenario: Scenario, known: set[str]) -> None:
    asked = scenario.partners
    problems = [
        Problem(scenario.name, "the register has no such organisation", "Copy the id from the register",
                "partners.receipt_shares", name)
        for name in asked.receipt_shares
        if name not in known
    ]  # fmt: skip
    total = sum(asked.receipt_shares.values())
    if asked.pooled_share_of_receipts and abs(total - 1) > _WHOLE:
        reason = f"receipts are pooled and the shares of the pool add up to {total:g}"
        problems.append(Problem(scenario.name, reason, "Give shares that add up to 1", "partners.receipt_shares"))
    if problems:
        raise InputError(problems)
