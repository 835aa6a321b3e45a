"""Money, shares and how good a plan is known to be, in words."""

from dataclasses import replace

import pytest

from maps import words
from optimiser.plan import Plan

PLAN = Plan("within_gap", "snap", "asked", 2026, 61.4, "HiGHS", 0, gap=0.0079)


@pytest.mark.parametrize(
    ("gbp", "said"),
    [
        (0.0, "£0"),
        (-0.4, "£0"),
        (1234.5, "£1,234"),
        (-1234.6, "−£1,235"),
        (999_999.4, "£999,999"),
        (999_999.6, "£1.00 million"),
        (2_362_303.0, "£2.36 million"),
        (9_999_999.0, "£10.0 million"),
        (12_345_678.0, "£12.3 million"),
        (5_600_000_000.0, "£5.60 billion"),
        (None, "not known"),
    ],
)
def test_pounds(gbp: float | None, said: str) -> None:
    assert words.pounds(gbp) == said


def test_a_share_short_of_all_never_reads_as_all() -> None:
    assert (words.share(0.9999), words.share(1.0), words.share(0.913)) == ("99.9%", "100%", "91.3%")


def test_financial_years_cross_a_century() -> None:
    assert (words.financial_year(2026), words.financial_year(2099), words.financial_year(None)) == (
        "2026/27",
        "2099/00",
        "",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Proven within 0.8% of the best possible plan for this scenario."),
        ({"gap": 0.01}, "Proven within 1% of the best possible plan for this scenario."),
        ({"status": "proven", "gap": 0.0}, "Proven to be the best possible plan for this scenario."),
        (
            {"status": "best_found", "gap": 0.1201},
            "Best plan found in 61 s. The best possible could cost up to 12.1% less.",
        ),
        (
            {"status": "best_found", "gap": None},
            "Best plan found in 61 s. How much better a plan could be is not known.",
        ),
        ({"status": "infeasible_confirmed"}, "No plan can keep all the rules that were asked for."),
        ({"status": "no_plan_found", "seconds": 0.2}, "No plan better than today was found in less than 1 s."),
        ({"status": "failed"}, "The planner or its checker failed. Do not use these figures."),
    ],
)
def test_the_proof_is_never_rounded_in_our_favour(changes: dict[str, object], said: str) -> None:
    assert words.proof(replace(PLAN, **changes)) == said  # type: ignore[arg-type]
