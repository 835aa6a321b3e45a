"""The partners' ledger: by hand, to the penny with the plan's positions, and spoilt figures found out."""

import random
from dataclasses import replace
from typing import Any

import pytest

from estate.problems import InputError
from estate.snapshot import Snapshot
from optimiser import planner
from optimiser.appraise.ledger import LINES, Ledger, is_cash, ledger, line_name
from optimiser.checker.ledger import ledger_mismatches
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.scenario import Scenario
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import ROWS, asked, tiny

# Only the readers (150 m2, council) may move; the clinic (NHS) is the one place with room within 2 km.
READERS: dict[str, Any] = {
    "pins": {"team_stays": ["benefits", "desk", "nurses", "porters"], "keep": ["clinic"]},
    "moves": {"max_km": 1.5},
}
CHARGE = 100 + 65_000 / 400  # of the clinic, a year for each m2: see test_no_partner_worse_off.py


@pytest.fixture(autouse=True)
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)


def _dear_clinic() -> Snapshot:
    """It costs GBP 600,000 a year to hold: the council loses by moving in, the whole gains."""
    costs = ROWS["running_cost"]
    return tiny(
        running_cost=[
            {**row, "gbp_per_year": 600_000.0} if row["id"] == "clinic-holding" else row for row in costs
        ]
    )


def _made(snapshot: Snapshot, scenario: Scenario) -> tuple[Ledger, Plan]:
    plan = make_plan(snapshot, scenario)
    found = ledger(plan, snapshot, scenario)
    assert ledger_mismatches(found.to_dict(), plan, snapshot, scenario) == []
    return found, plan


def _sums(found: Ledger, body: str, year: int) -> dict[str, float]:
    """What the plan changes, by line; costs above zero."""
    return {
        entry.line: round(entry.after_gbp - entry.today_gbp, 2)
        for entry in found.entries
        if (entry.organisation_id, entry.year) == (body, year) and entry.after_gbp != entry.today_gbp
    }


def test_who_moves_out_of_its_own_building_pays_its_host_and_has_the_receipt() -> None:
    found, _ = _made(tiny(), asked(**READERS))
    scenario = asked()
    fit_out, move = 150 * scenario.rates.fit_out_gbp_per_m2, 10 * scenario.rates.move_gbp_per_fte
    assert _sums(found, "A", 2026) == {
        "running_cost": -65_000.0,
        "void_cost": round(scenario.rates.void_cost_share * 50_000, 2),
        "charges_paid": round(150 * CHARGE, 2),
        "move_cost": move,
        "fit_out": fit_out,
    }
    fee = scenario.rates.sale_cost_fixed_gbp + scenario.rates.sale_cost_share * 600_000
    assert _sums(found, "A", 2027) == {
        "running_cost": -65_000.0,
        "charges_paid": round(150 * CHARGE, 2),
        "disposal_cost": fee,
        "receipts": -600_000.0,
    }
    assert _sums(found, "N", 2030) == {"running_cost": 15_000.0, "charges_received": round(-150 * CHARGE, 2)}
    assert _sums(found, "A", 2036) == {"residual_value": 600_000.0}  # not owned any more


def test_who_pays_first_breaks_even_when_the_money_is_in() -> None:
    found, _ = _made(tiny(), asked(**READERS))
    council, nhs = found.accounts
    first = sum(_sums(found, "A", 2026).values())
    assert council.most_out_gbp == pytest.approx(first)
    assert council.most_out_year == 2026
    assert council.breaks_even_year == 2027
    assert (nhs.most_out_gbp, nhs.most_out_year, nhs.breaks_even_year) == (0.0, None, None)
    assert council.saving_gbp_per_year == pytest.approx(65_000 - 150 * CHARGE)
    assert nhs.saving_gbp_per_year == pytest.approx(150 * CHARGE - 15_000)
    assert council.cash_better_off_gbp - council.better_off_gbp == pytest.approx(600_000 * 1.035**-10)


def test_the_accounts_are_the_plan_s_positions_to_the_penny() -> None:
    found, plan = _made(tiny(), asked(**READERS))
    for account, position in zip(found.accounts, plan.partners, strict=True):
        assert account.organisation_id == position.organisation_id
        assert account.cost_today_gbp == pytest.approx(position.cost_today_gbp, abs=0.005)
        assert account.cost_after_gbp == pytest.approx(position.cost_after_gbp, abs=0.005)
    assert plan.figures is not None
    assert found.better_off_gbp == pytest.approx(plan.figures.npsv_gbp, abs=0.01)


def test_payments_make_whole_the_one_that_the_plan_harms() -> None:
    found, _ = _made(_dear_clinic(), asked(**READERS))
    council, nhs = found.accounts
    assert council.better_off_gbp < 0 < nhs.better_off_gbp
    assert found.payments is not None
    (payment,) = found.payments
    assert (payment.payer, payment.receiver) == ("N", "A")
    assert payment.gbp == pytest.approx(-council.better_off_gbp, abs=0.01)
    assert payment.gbp_per_year * sum(1.035**-year for year in range(10)) == pytest.approx(payment.gbp)


def test_where_the_whole_loses_there_are_no_such_payments() -> None:
    """Pinned to leave what is cheap to hold and worth nothing, the partners lose together."""
    snapshot = tiny(valuation=[row for row in ROWS["valuation"] if row["property_id"] != "library"])
    dear = asked(**READERS, rates={"fit_out_gbp_per_m2": 5_000.0})
    pinned = dear.with_value(("pins", "leave"), ["library"])
    found, _ = _made(snapshot, pinned)
    assert found.better_off_gbp < 0
    assert found.payments is None


def test_one_partner_may_be_handed_its_own_lines_and_no_others() -> None:
    found, _ = _made(_dear_clinic(), asked(**READERS))
    mine = found.of("A")
    assert {entry.organisation_id for entry in mine.entries} == {"A"}
    assert [account.organisation_id for account in mine.accounts] == ["A"]
    assert mine.better_off_gbp == mine.accounts[0].better_off_gbp
    assert mine.payments == found.payments
    assert "Nene" not in str(mine.to_dict())
    with pytest.raises(InputError, match=r"organisation X: it has nothing in this decision.*Use A, N"):
        found.of("X")


def test_pooled_receipts_go_through_the_pool_line_by_line() -> None:
    agreed = {"pooled_share_of_receipts": 0.5, "receipt_shares": {"A": 0.8, "N": 0.2}}
    found, _ = _made(tiny(), asked(**READERS, partners=agreed))
    net = 600_000 - 500 - 0.02 * 600_000
    assert _sums(found, "A", 2027)["pool_paid_in"] == pytest.approx(0.5 * net)
    assert _sums(found, "A", 2027)["pool_paid_out"] == pytest.approx(-0.5 * 0.8 * net)
    assert _sums(found, "N", 2027)["pool_paid_out"] == pytest.approx(-0.5 * 0.2 * net)


def test_a_hub_is_its_owner_s_to_fit_out_and_its_guest_saves_a_reception() -> None:
    """600 m2 of office floor at the hall (council): 60 desks today, 100 at 6 m2 a desk. The NHS desk moves in."""
    spaces = {"hall": ("desks", 60.0), "depot": ("desks", 20.0), "annexe": ("storage", 1.0)}
    spaces |= {"clinic": ("storage", 1.0), "library": ("storage", 1.0)}
    teams = [
        {"id": key, "name": key, "organisation_id": body, "property_id": home, "space_kind": "desks",
         "space_amount": desks, "fte": 10.0, "public_facing": body == "N"}
        for key, body, home, desks in (("planners", "A", "hall", 50.0), ("desk", "N", "depot", 20.0))
    ]  # fmt: skip
    homes = {team["property_id"] for team in teams}
    snapshot = tiny(
        team=teams,
        property=[row if row["id"] in homes else {**row, "status": "vacant"} for row in ROWS["property"]],
        space=[
            {"id": p, "property_id": p, "kind": kind, "amount": amount} for p, (kind, amount) in spaces.items()
        ],
    )
    scenario = asked(hubs={"properties": ["hall"], "fit_out_gbp_per_m2": 100.0}, pins={"keep": ["hall"]})
    found, plan = _made(snapshot, scenario)
    assert [move.team_id for move in plan.moves] == ["desk"]
    council, nhs = _sums(found, "A", 2026), _sums(found, "N", 2026)
    assert council["hub_cost"] == pytest.approx(60_000)
    assert nhs["shared_reception"] == -scenario.hubs.reception_gbp_per_year
    assert nhs["charges_paid"] == -council["charges_received"] > 0


def test_on_random_places_under_every_rule_the_ledger_is_what_the_raw_rows_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: empty)
    tried, used = 0, set[str]()
    for seed in range(300, 330):
        dice = random.Random(seed)
        rows = random_rows(dice)
        scenario, snapshot = random_scenario(dice, rows), tiny(**rows)
        plan = make_plan(snapshot, scenario)
        if plan.figures is None:
            continue
        found = ledger(plan, snapshot, scenario)
        assert ledger_mismatches(found.to_dict(), plan, snapshot, scenario) == [], seed
        used |= {entry.line for entry in found.entries}
        tried += 1
    assert tried >= 15
    assert set(LINES) - used <= {"hub_cost", "shared_reception", "void_cost"}


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda d: d["entries"][0].update(after_gbp=d["entries"][0]["after_gbp"] + 0.02), "after"),
        (lambda d: d["entries"].pop(3), ", "),
        (lambda d: d["accounts"][0].update(cost_after_gbp=0.0), "A, cost after"),
        (lambda d: d["accounts"][0].update(breaks_even_year=2031), "A, breaks even"),
        (lambda d: d["accounts"][0].update(most_out_gbp=1.0), "A, most out of pocket"),
        (lambda d: d["accounts"][1].update(saving_gbp_per_year=1.0), "N, saving a year"),
        (lambda d: d["payments"][0].update(gbp=1.0), "payments in all"),
        (lambda d: d["payments"][0].update(payer="A", receiver="N"), "A, pays"),
        (lambda d: d.update(payments=None), "payments"),
        (lambda d: d["accounts"].pop(), "accounts"),
    ],
)
def test_a_spoilt_ledger_is_found_out(spoil: Any, what: str) -> None:
    snapshot, scenario = _dear_clinic(), asked(**READERS)
    plan = make_plan(snapshot, scenario)
    said = ledger(plan, snapshot, scenario).to_dict()
    said = {**said, **{key: [dict(one) for one in said[key]] for key in ("entries", "accounts", "payments")}}
    spoil(said)
    wrong = ledger_mismatches(said, plan, snapshot, scenario)
    assert any(what in one.what for one in wrong)


def test_a_ledger_of_another_plan_is_found_out() -> None:
    snapshot, scenario = tiny(), asked(**READERS)
    plan = make_plan(snapshot, scenario)
    said = ledger(replace(plan, moves=(), properties=()), snapshot, scenario).to_dict()
    assert ledger_mismatches(said, plan, snapshot, scenario)


def test_every_line_has_a_name_and_is_cash_or_not() -> None:
    assert [line for line in LINES if not is_cash(line)] == ["carbon_value", "residual_value"]
    assert all(line_name(line) for line in LINES)
