"""What the plan costs each partner, from raw rows: its own costs, charges between hosts and guests, receipts."""

from dataclasses import dataclass
from fractions import Fraction

from optimiser.checker.facts import ZERO, Facts, Findings, exact
from optimiser.checker.money import Money, money_of

# A partner worse off by no more than this share of its cost is so by the solver's arithmetic.
_ROUNDING = Fraction(1, 10**6)


@dataclass(frozen=True)
class Position:
    """One partner, GBP of present value over the horizon; charges are part of the cost."""

    cost_today: Fraction
    cost_after: Fraction
    charges_today: Fraction
    charges_after: Fraction

    @property
    def is_worse(self) -> bool:
        """Whether its estate costs it more than today's."""
        return self.cost_after - self.cost_today > _ROUNDING * max(abs(self.cost_today), abs(self.cost_after))


def check_partners(facts: Facts, findings: Findings) -> None:
    """Every partner's position, and that nobody is worse off where the scenario asks for that."""
    true, said = positions(facts, money_of(facts)), {one.organisation_id: one for one in facts.plan.partners}
    findings.same("partners", sorted(said), sorted(true))
    findings.same("positions a partner", len(facts.plan.partners), len(said))
    for body, position in true.items():
        if body in said:
            for word in ("cost_today", "cost_after", "charges_today", "charges_after"):
                published = getattr(said[body], f"{word}_gbp")
                findings.close(f"{body}, {word.replace('_', ' ')}", published, getattr(position, word))
        unfair = facts.scenario.partners.none_worse_off and position.is_worse
        findings.holds(f"{body}, worse off", not unfair, float(position.cost_after), float(position.cost_today))


def positions(facts: Facts, money: Money) -> dict[str, Position]:
    """Every organisation that has a property in scope, or a team in one."""
    today, after = _charges(facts, money)
    return {
        body: Position(
            money.borne_today.get(body, ZERO) + today.get(body, ZERO),
            _borne(facts, money, body) + after.get(body, ZERO),
            today.get(body, ZERO),
            after.get(body, ZERO),
        )
        for body in money.bodies()
    }


def _borne(facts: Facts, money: Money, body: str) -> Fraction:
    """Its own costs, with its part of the pool in place of what it gives to it."""
    own = sum((gbp for (_, who), gbp in money.borne.items() if who == body), ZERO)
    agreed = facts.scenario.partners
    pooled, share = exact(agreed.pooled_share_of_receipts), exact(agreed.receipt_shares.get(body, 0.0))
    receipts = {key: gbp for key, gbp in money.borne.items() if key[0] in {"receipts", "disposal_cost"}}
    mine = sum((gbp for (_, who), gbp in receipts.items() if who == body), ZERO)
    return own + pooled * (share * sum(receipts.values(), ZERO) - mine)


def _charges(facts: Facts, money: Money) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """What each organisation pays its hosts less what its guests pay it: as today, and in the plan."""
    today: dict[str, Fraction] = {}
    after: dict[str, Fraction] = {}
    for start, years in zip(facts.starts, facts.scenario.phases.years, strict=True):
        annuity = money.annuity(start, years)
        for key, team in facts.teams.items():
            if team["property_id"] not in facts.scope:
                continue
            for found, place in (
                (today, team["property_id"]),
                (after, facts.place(key, facts.base_year + start)),
            ):
                guest, host = team["organisation_id"], money.owner(place)
                if guest != host:
                    gbp = annuity * money.charge[place] * facts.square_metres(team)
                    found[guest] = found.get(guest, ZERO) + gbp
                    found[host] = found.get(host, ZERO) - gbp
    return today, after
