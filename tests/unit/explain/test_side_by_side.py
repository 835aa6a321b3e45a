"""Plans side by side: what differs, what it costs as far as that is proven, and a checker that catches errors."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.screen_compare import compared
from maps.pack import compare_sheets, workbook
from optimiser.checker import comparison
from optimiser.explain.ranges import Range, dearer, words
from optimiser.explain.side_by_side import Comparison, Side, compare
from optimiser.plan import Plan
from optimiser.planner import make_plan
from tests.support.tiny_place import asked, tiny

SOLVER = {"seconds": 10.0, "gap": 0.0, "threads": 1}
PLACE = tiny()


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    free = make_plan(PLACE, asked(solver=SOLVER))
    left = sorted(action.property_id for action in free.properties if action.action == "leave")
    return [free, make_plan(PLACE, asked(solver=SOLVER, pins={"keep": left[:1]}))]


@pytest.fixture(scope="module")
def found(plans: list[Plan]) -> Comparison:
    return compare([Side(f"run{n}", f"Plan {n}", plan, PLACE) for n, plan in enumerate(plans)])


def test_the_plans_differ_where_the_pin_says_and_it_costs_something(found: Comparison, plans: list[Plan]) -> None:
    free, pinned = ({a.property_id: a.action for a in plan.properties} for plan in plans)

    assert (
        {line.property_id for line in found.differing}
        >= {key for key in free if free[key] != pinned[key]}
        != set()
    )
    first, second = found.options
    assert first.dearer is None
    assert second.dearer is not None
    assert second.dearer.found_gbp == pytest.approx((second.cost_gbp or 0) - (first.cost_gbp or 0))
    ends = (second.dearer.low_gbp, second.dearer.found_gbp, second.dearer.high_gbp)
    known = [end for end in ends if end is not None]
    assert len(known) == 3
    assert known == sorted(known)
    assert known[1] > 0
    assert found.same_snapshot
    for number, plan in enumerate(plans):
        assert sum(line.plans[number].properties_left for line in found.years) == plan.figures.properties_left  # type: ignore[union-attr]
        assert sum(line.gbp[number] for line in found.costs) == pytest.approx(1000 * (plan.objective_gbp_k or 0))


def test_the_checker_agrees_and_names_each_figure_that_is_changed(found: Comparison, plans: list[Plan]) -> None:
    plain = json.loads(json.dumps(found.to_dict()))
    assert comparison.mismatches(plain, plans) == []

    def wrong(*path: Any) -> set[str]:
        spoilt = deepcopy(plain)
        inner = spoilt
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = inner[path[-1]] + 1 if not isinstance(inner[path[-1]], str) else "host?"
        return {mismatch.what for mismatch in comparison.mismatches(spoilt, plans)}

    assert wrong("options", 1, "dearer", "low_gbp") == {"run run1, dearer than the first, low"}
    assert wrong("options", 0, "saving_gbp_per_year") == {"run run0, saving a year"}
    assert wrong("options", 1, "properties_left") == {"run run1, properties left"}
    assert wrong("years", 0, "plans", 0, "moves_gbp") == {"plan 1, moves_gbp over all years"}
    assert wrong("costs", 0, "gbp", 1) == {"plan 2, sum of its costs"}
    assert wrong("partners", 0, "positions", 1, "cost_after_gbp") == {"plan 2, cost of each partner"}
    action = ("properties", 0, "actions", 1, "action")
    assert wrong(*action) == {"plan 2, actions"}


def test_the_difference_is_as_wide_as_the_bounds_leave_it(plans: list[Plan]) -> None:
    loose = replace(plans[0], objective_gbp_k=100.0, bound_gbp_k=90.0)
    dear = replace(plans[0], objective_gbp_k=130.0, bound_gbp_k=95.0)
    none = replace(plans[0], objective_gbp_k=None, bound_gbp_k=None)

    assert dearer(dear, loose) == Range(30_000.0, -5_000.0, 40_000.0)
    assert dearer(dear, loose, stricter=True) == Range(30_000.0, 0.0, 40_000.0)
    assert dearer(replace(dear, bound_gbp_k=120.0), loose, stricter=True) == Range(30_000.0, 20_000.0, 40_000.0)
    # The stricter plan is the cheaper one found: then it is the best known of the looser scenario too.
    assert dearer(replace(loose, objective_gbp_k=96.0), dear, stricter=True).found_gbp == -34_000.0
    assert dearer(replace(loose, objective_gbp_k=96.0), dear, stricter=True).low_gbp == 0.0
    assert dearer(none, loose) == Range(None, None, None)
    assert words(dearer(dear, loose)) == "between -£5,000 and £40,000"
    assert words(Range(1.0, 400_000.0, 400_100.0)) == "about £400,000"


def test_the_workbook_and_the_screen_say_what_differs(
    found: Comparison, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services = {"advice": "Advice [bold]centres[/bold]"}
    workbook.write_sheets(compare_sheets.of(found, services), {}, tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    rows = list(book["Properties compared"].values)
    compared(found, services)

    assert [sheet.title for sheet in book] == [
        "Plans", "Properties compared", "Partners compared", "Years compared", "Costs compared",
    ]  # fmt: skip
    assert len(rows) == 1 + len(found.properties)
    assert [row[3] for row in rows[1:]] == ["yes"] * len(found.differing) + ["no"] * (
        len(found.properties) - len(found.differing)
    )
    said = capsys.readouterr().out
    assert f"They differ on {len(found.differing)} of {len(found.properties)} properties" in said
    assert "[bold]centres[/bold]" in said


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([])
