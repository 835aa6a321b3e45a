"""no_partner_worse_off: who bears what, worked out by hand, and nobody left with another's cost."""

from typing import Any

import pytest

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser.plan import PartnerPosition, Plan
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from tests.support.tiny_place import ROWS, asked, tiny

# Only the readers (150 m2, council) may move; the clinic (NHS) is the one place with room within 2 km.
READERS: dict[str, Any] = {
    "pins": {"team_stays": ["benefits", "desk", "nurses", "porters"], "keep": ["clinic"]},
    "moves": {"max_km": 1.5},
}
ANNUITY = sum(1.035**-year for year in range(10))


def _dear_clinic() -> Snapshot:
    """It costs GBP 600,000 a year to hold: a guest's share by m2 is more than the council's whole library."""
    costs = [{**row, "gbp_per_year": 600_000.0} if row["id"] == "clinic-holding" else row for row in _costs()]
    return tiny(running_cost=costs)


def _costs() -> list[dict[str, Any]]:
    return ROWS["running_cost"]


def _position(plan: Plan, body: str) -> PartnerPosition:
    return next(one for one in plan.partners if one.organisation_id == body)


def test_a_guest_pays_for_use_and_its_share_of_holding_by_floor_area() -> None:
    charges = prepare(tiny(), asked()).partners.charge_gbp_per_m2
    # clinic: 20,000 of use over 200 m2; the rest of 80,000, less 15,000 for the nurses, over 400 m2
    assert charges["clinic"] == pytest.approx(100 + 65_000 / 400)
    # depot: 6,000 of use over 150 m2, 40 in use; 34,400 of holding and 20,000 of rent over 300 m2
    assert charges["depot"] == pytest.approx(40 + (36_000 - 40 * 40 + 20_000) / 300)


def test_every_partner_s_position_adds_up_to_the_whole() -> None:
    plan = make_plan(tiny(), asked(**READERS))
    assert [move.team_id for move in plan.moves] == ["readers"]
    council, nhs = _position(plan, "A"), _position(plan, "N")
    paid = 150 * (100 + 65_000 / 400) * ANNUITY
    assert [council.charges_after_gbp, nhs.charges_after_gbp] == pytest.approx([paid, -paid])
    assert council.charges_today_gbp == nhs.charges_today_gbp == 0
    assert plan.figures is not None
    gains = sum(one.cost_today_gbp - one.cost_after_gbp for one in plan.partners)
    assert gains == pytest.approx(plan.figures.npsv_gbp)
    # the NHS gains what the council pays it beyond the use of 150 m2 at 100 a year
    assert nhs.cost_today_gbp - nhs.cost_after_gbp == pytest.approx(paid - 150 * 100 * ANNUITY)


def test_what_is_best_for_the_whole_may_not_cost_one_partner() -> None:
    free = make_plan(_dear_clinic(), asked(**READERS))
    assert [move.team_id for move in free.moves] == ["readers"]
    assert _position(free, "A").cost_after_gbp > _position(free, "A").cost_today_gbp
    fair = make_plan(_dear_clinic(), asked(**READERS, partners={"none_worse_off": True}))
    assert fair.moves == ()
    assert all(one.cost_after_gbp <= one.cost_today_gbp for one in fair.partners)


def test_pooled_receipts_are_shared_as_agreed() -> None:
    alone = make_plan(tiny(), asked(**READERS))
    agreed = {"pooled_share_of_receipts": 0.5, "receipt_shares": {"A": 0.8, "N": 0.2}}
    pooled = make_plan(tiny(), asked(**READERS, partners=agreed))
    net = (600_000 - 500 - 0.02 * 600_000) / 1.035
    for body, gain in (("A", -0.5 * 0.2 * net), ("N", 0.5 * 0.2 * net)):
        change = _position(pooled, body).cost_after_gbp - _position(alone, body).cost_after_gbp
        assert change == pytest.approx(-gain)


@pytest.mark.parametrize(
    ("partners", "reason"),
    [
        ({"pooled_share_of_receipts": 0.5}, "shares of the pool add up to 0"),
        ({"pooled_share_of_receipts": 0.5, "receipt_shares": {"A": 0.5, "N": 0.4}}, "add up to 0.9"),
        ({"receipt_shares": {"X": 1.0}}, "no such organisation"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(partners: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        prepare(tiny(), asked(partners=partners))
