"""Charts: what each shows of a plan, that table and drawing are of the same numbers, and that text stays text."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.charts import (
    Chart,
    Series,
    _draw,
    build_all,
    frontier,
    partner_positions,
    receipts_and_spending,
    running_cost,
    space_use,
)
from maps.pack.case import Case, Option, Reader
from optimiser.plan import PartnerPosition
from tests.support import planned_place
from tests.support.hostile import TEXTS


def case(partners: int = 3) -> Case:
    plan, snapshot, scenario = planned_place.place()
    positions = tuple(
        PartnerPosition(f"o{n}", 9e6, 9e6 - 1e6 * (partners - 2 * n), 0.0, 1e4) for n in range(partners)
    )
    option = Option("run1", date(2026, 11, 30), replace(plan, partners=positions), snapshot, scenario)
    return Case((option,), Reader(), date(2026, 12, 1))


def test_running_costs_add_up_to_the_plans() -> None:
    shown = case()
    chart = running_cost.build(shown)
    figures = shown.main.plan.figures

    assert figures
    today, after = (sum(value or 0.0 for value in series.values) for series in chart.series)
    assert today == pytest.approx(figures.running_cost_today_gbp_per_year)
    assert after == pytest.approx(figures.running_cost_after_gbp_per_year)


def test_partners_stand_in_the_order_of_their_gain_and_losers_are_below_nothing() -> None:
    chart = partner_positions.build(case())

    assert chart
    assert chart.categories == ("Partner body 1", "Partner body 2", "Partner body 3")
    assert chart.series[0].values == (3e6, 1e6, -1e6)
    assert chart.rows[2][1] == "−£1 million".replace("1 m", "1.00 m")


def test_of_many_partners_the_middle_is_summed_up_and_nothing_is_lost() -> None:
    many = case(50)
    chart = partner_positions.build(many)

    assert chart
    assert len(chart.categories) == partner_positions.MOST + 1
    assert "30 between" in chart.categories
    whole = sum(one.cost_today_gbp - one.cost_after_gbp for one in many.main.plan.partners)
    assert sum(value or 0.0 for value in chart.series[0].values) == pytest.approx(whole)


def test_nobodys_position_makes_no_chart() -> None:
    assert partner_positions.build(case(0)) is None


def test_a_building_that_takes_a_team_in_is_fuller_after() -> None:
    chart = space_use.build(case())

    assert chart
    today, after, room = (series.values for series in chart.series)
    assert today[0] == 40.0  # four desks of 10 m2
    assert after[0] == 80.0
    assert all(r is not None and t is not None and r >= t for r, t in zip(room, today, strict=True))


def study(*points: tuple[float, float | None, str]) -> dict[str, Any]:
    """A frontier as `estate frontier` keeps it, by saving, value and what dominates."""
    made = [
        {"values": {"saving": saving}, "npsv_gbp": npsv, "gap": 0.004, "dominated_by": by, "same_as": ""}
        for saving, npsv, by in points
    ]
    return {"frontier": {"axes": ("saving",), "points": made}}


def test_a_frontier_shows_what_none_dominates_and_only_where_it_was_asked() -> None:
    shown = case()
    asked = study((3e6, 20e6, ""), (1e6, 26e6, ""), (2e6, 1e6, "b"), (4e6, None, ""))
    chart = frontier.build(replace(shown, options=(replace(shown.main, studies={"frontier": asked}),)))

    assert chart
    assert [series.values for series in chart.series] == [(1e6, 3e6), (26e6, 20e6)]
    assert chart.title == "Plans are worth £20.0 million to £26.0 million, by saving a year"
    assert "Each is within 0.4% of the best there is." in chart.note
    assert frontier.build(shown) is None


def test_every_page_asks_for_its_own_charts() -> None:
    shown = case()

    assert {chart.key for page in ("money", "partners", "next_steps") for chart in build_all(shown, page)} >= {
        "running-cost", "partner-positions", "space-use",
    }  # fmt: skip
    assert build_all(shown, "no such page") == ()


@given(st.lists(st.integers(-(10**12), 10**12), max_size=8), st.booleans())
def test_ticks_are_few_and_hold_every_value(values: list[int], from_zero: bool) -> None:
    found = _draw.ticks(values, from_zero=from_zero)

    assert 2 <= len(found) <= 8
    slack = 1e-6 * (found[-1] - found[0])
    assert all(found[0] - slack <= value <= found[-1] + slack for value in values)
    assert not from_zero or 0.0 in found


KINDS: dict[str, Callable[[str], Chart]] = {
    kind: lambda name, kind=kind: Chart(  # type: ignore[misc]
        "k",
        name,
        kind,
        name,
        (name, "b"),
        (Series(name, (1.0, -2.0), "#0072b2"), Series("b", (None, 3.0), "#e69f00")),
    )
    for kind in ("columns", "stacked", "bars", "points")
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("payload", TEXTS)
def test_text_in_a_drawing_is_only_text(kind: str, payload: str) -> None:
    drawn = _draw.svg(KINDS[kind](payload))
    root = ElementTree.fromstring(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", str(drawn)))  # noqa: S314 - our own

    allowed = {"svg", "title", "text", "rect", "path", "circle", "polyline"}
    assert {element.tag for element in root.iter()} <= allowed
    assert not [
        name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name
    ]


def test_bars_below_nothing_have_their_label_on_their_own_side() -> None:
    drawn = _draw.svg(KINDS["bars"]("Body"))

    assert 'text-anchor="end"' in drawn
    assert "−£2" in drawn


@pytest.mark.parametrize(
    ("in_hand", "title"),
    [
        ((0.0, 5.0, 9.0), "In no year has more been spent than has come in and been saved by then"),
        ((0.0, -5.0, 4.0), "Receipts and savings have made good what is spent by 2028/29"),
        ((3.0, 4.0, -1.0), "What is spent is not made good within these years"),
    ],
)
def test_when_what_is_spent_is_made_good(in_hand: tuple[float, ...], title: str) -> None:
    assert receipts_and_spending._title((2026, 2027, 2028), in_hand) == title


def test_labels_on_an_axis_of_lying_bars_stand_clear_of_each_other() -> None:
    values = (7.2e6, 5.9e6, 2.7e6, -46_072.0)
    names = tuple(f"A body with a long name, of place {n}" for n in range(len(values)))
    drawn = _draw.svg(Chart("k", "T", "bars", "Body", names, (Series("Better off by", values, "#000000"),)))
    places = [float(x) for x in re.findall(r'<text[^>]*\bx="([\d.]+)"[^>]*fill="#505a5f"', str(drawn))]
    assert len(places) > 3
    assert min(after - before for before, after in pairwise(places)) > 28
