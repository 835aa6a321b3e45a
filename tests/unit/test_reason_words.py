"""Every kind of answer in the words that a committee reads."""

from dataclasses import replace

import pytest

from optimiser.choices.reason_words import sentences
from optimiser.choices.why import Explanation, MoveWorth, OwnMoney
from optimiser.explain.ranges import Range
from tests.support.tiny_place import asked

OWN = OwnMoney(100_000.0, 0.0, 20_000.0, 0.0, 500_000.0, 30_000.0, 45_000.0, 12.0, True)
MOVE = MoveWorth("t", "Nurses", "Clinic", 2026, 9.0, Range(None, None, None), ())
LEAVES = Explanation(
    property_id="hall", name="Hall", organisation="Ashby Council", action="leave", other_way="keep",
    outcome="possible", other_way_costs=Range(412_000.0, 400_000.0, 430_000.0), verdict="firm", pinned=False,
    sold_with=(), conflicts=(), rules=(), instead=(), made_of={}, own=OWN,
)  # fmt: skip
KEEPS = replace(LEAVES, action="keep", other_way="leave", own=replace(OWN, backlog_gbp=70_000.0))


def said(one: Explanation) -> str:
    return " ".join(sentences(one, asked()))


def test_a_property_that_goes() -> None:
    assert said(LEAVES) == (
        "The plan leaves Hall (Ashby Council). It costs £100,000 a year to run, rent of £20,000 among it."
        " Its sale is expected to bring £500,000, before the costs of sale. Leaving it costs £30,000 once."
        " 12 people (FTE) move out of it, which costs £45,000 once."
        " Some of these figures are benchmark estimates, not records."
        " The best plan that keeps it costs between £400,000 and £430,000 more over 10 years (present value)."
    )


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (replace(KEEPS, pinned=True), "(Ashby Council). The scenario asks for that: it is pinned."),
        (KEEPS, "Keeping it means repairs of £70,000 that fall due."),
        (
            replace(KEEPS, outcome="impossible", conflicts=("rule A", "rule B")),
            "No plan leaves it and keeps to the rules. What stands in the way: rule A and rule B.",
        ),
        (
            replace(KEEPS, outcome="not_known", other_way_costs=Range(None, None, None)),
            "No plan that leaves it was found in the time. That one exists is neither proven nor ruled out.",
        ),
        (
            replace(LEAVES, verdict="plan_again", other_way_costs=Range(-50.0, -60_000.0, -40_000.0)),
            "The best plan that keeps it costs between £40,000 and £60,000 less over 10 years (present value).",
        ),
        (
            replace(LEAVES, verdict="plan_again", other_way_costs=Range(-50.0, -60_000.0, -40_000.0)),
            "so plan again before it is decided that the plan leaves it.",
        ),
        (
            replace(LEAVES, verdict="close_call", other_way_costs=Range(0.0, -9_000.0, 4_000.0)),
            "costs between £9,000 less and £4,000 more over 10 years (present value).",
        ),
        (replace(LEAVES, other_way_costs=Range(0.0, -400.0, 300.0)), "costs about the same over 10 years"),
        (replace(LEAVES, other_way_costs=Range(None, 7_000.0, None)), "costs at least £7,000 more"),
        (
            replace(LEAVES, made_of={"receipts": 500_000.0, "fit_out": -80_000.0, "move_cost": -1_000.0}),
            "between the two plans found: receipts from sales £500,000 worse and fitting out £80,000 better.",
        ),
        (replace(LEAVES, instead=("keeps Library",)), "That plan also keeps Library."),
        (
            replace(LEAVES, rules=("Pin: leave Hall",)),
            "A rule decides it. Without this one the best plan found would keep it: Pin: leave Hall.",
        ),
        (
            replace(LEAVES, sold_with=("Annexe", "Depot")),
            "It stands on one site with Annexe and Depot: the land is only sold once all of it is left.",
        ),
        (
            replace(LEAVES, moves=(replace(MOVE, without=Range(5.0, 6_000.0, 8_000.0)),)),
            "If Nurses did not move to Clinic, the best plan would cost between £6,000 and £8,000 more",
        ),
        (
            replace(
                LEAVES,
                moves=(replace(MOVE, conflicts=("pin: leave Hall",)),),
            ),
            "Nurses must move to Clinic. If it stayed, this could not hold: pin: leave Hall.",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_answer(one: Explanation, words: str) -> None:
    assert words in said(one)


def test_a_long_list_is_cut_and_counted() -> None:
    many = tuple(f"keeps {letter}" for letter in "ABCDEF")
    assert "That plan also keeps A, keeps B, keeps C, keeps D and 2 more." in said(replace(LEAVES, instead=many))
