"""What was worked out about a run is kept with it: the second time nothing is planned again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app import choosing, pipeline, screen_choices, studies
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from estate.problems import InputError
from maps.pack import reason_sheets, workbook
from optimiser.choices import alternatives, base, frontier, robustness, rule_prices, why
from optimiser.many import Ask
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.solve import bridge
from tests.support.random_place import in_this_process
from tests.support.tiny_place import ROWS, asked


class Planner:
    """Stands in for `many.plans` in this process; stops after so many plans."""

    def __init__(self, most: int = 10_000) -> None:
        self.made: list[str] = []
        self.most = most

    def __call__(self, snapshot: Any, asks: Sequence[Ask], *, on_plan: Any = None, **_: Any) -> dict[str, Plan]:
        found = {}
        for ask in asks:
            if len(self.made) < self.most:
                self.made.append(ask.key)
                place = ask.snapshot or snapshot
                found[ask.key] = make_plan(place, ask.scenario, earlier=ask.earlier, steer=ask.steer)
                if on_plan is not None:
                    on_plan(ask.key, found[ask.key])
        return found


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Planner:
    made = Planner()
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    for module in (alternatives, base, frontier, robustness, rule_prices, why):
        monkeypatch.setattr(module, "plans", made)
    return made


@pytest.fixture
def desk(register: Register, planner: Planner) -> choosing.Desk:
    with register.transaction() as connection:
        for table in REGISTER_TABLES:
            write(connection, table, ROWS.get(table, []))
    scenario = asked(services={"advice": {"minutes": 3.0, "share_of_population": 1.0}})
    return choosing.desk(register, pipeline.plan(register, scenario))


def test_answers_are_kept_and_not_worked_out_again(desk: choosing.Desk, planner: Planner) -> None:
    keys = ["library", "hall"]

    first = choosing.explain(desk, keys)
    planned = len(planner.made)
    second = choosing.explain(desk, keys)

    assert [one["property_id"] for one in first] == keys
    assert second == first
    assert len(planner.made) == planned
    assert choosing.rule_prices(desk)[1].complete
    assert choosing.explain(desk, ["hall"], with_moves=True, again=True)[0]["moves"]
    assert set((studies.load(desk.register, desk.run.id, "explain") or {})["properties"]) == set(keys)
    assert len(planner.made) > planned


def test_stopped_on_the_way_it_goes_on_from_there(desk: choosing.Desk, planner: Planner) -> None:
    keys = [action.property_id for action in desk.run.plan.properties]
    choosing.rule_prices(desk)
    planner.most = len(planner.made) + 2

    partly = choosing.explain(desk, keys)
    kept = studies.load(desk.register, desk.run.id, "explain") or {}
    planner.most, before = 10_000, len(planner.made)
    whole = choosing.explain(desk, keys)

    assert 0 < len(partly) < len(keys)
    assert set(kept["properties"]) == {one["property_id"] for one in partly}
    assert [one["property_id"] for one in whole] == keys
    assert not {f"{one['property_id']}|other" for one in partly} & set(planner.made[before:])


def test_what_is_left_comes_with_most_at_stake_first(desk: choosing.Desk) -> None:
    left = choosing.leaving(desk.run)

    worth = {
        action.property_id: action.receipt_gbp + 10 * action.running_cost_today_gbp_per_year
        for action in desk.run.plan.properties
    }
    assert left == sorted(left, key=lambda key: -worth[key])
    assert choosing.leaving(desk.run, 1) == left[:1]


def test_a_property_outside_the_decision_is_refused_with_the_reason(desk: choosing.Desk) -> None:
    assert choosing.property_asked(desk.run, "Library") == "library"
    with pytest.raises(InputError, match="the register has no such property"):
        choosing.property_asked(desk.run, "Nowhere")


def test_the_screen_and_the_workbook_say_what_was_found(
    desk: choosing.Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = choosing.explain(desk, ["library", "hall"], with_moves=True)
    _, prices = choosing.rule_prices(desk)
    screen_choices.explained(found)
    screen_choices.rule_prices(prices)
    sheets = [*reason_sheets.explanations(found), reason_sheets.rule_prices(prices)]
    workbook.write_sheets(sheets, {}, tmp_path / "why.xlsx")
    book = openpyxl.load_workbook(tmp_path / "why.xlsx")

    said = " ".join(capsys.readouterr().out.split())
    for one in found:
        for sentence in one["sentences"]:
            assert " ".join(sentence.split()) in said
    assert [row[0] for row in book["Reasons"].values][1:] == ["library", "hall"]
    assert len(list(book["Prices of rules"].values)) == 1 + len(prices.prices)
    for one in found:
        if one["outcome"] == "possible":
            assert sum(one["made_of"].values()) == pytest.approx(one["other_way_costs"]["found_gbp"], abs=1)


def test_a_frontier_goes_on_where_it_was_stopped(desk: choosing.Desk, planner: Planner) -> None:
    loose = asked(services={"advice": {"minutes": 3.0, "share_of_population": 0.3}})
    desk = choosing.desk(desk.register, pipeline.plan(desk.register, loose))
    planner.most = len(planner.made) + 3  # reach needs no look at how far it goes
    partly = choosing.frontier(desk, ["reach"], 8)
    planner.most, before = 10_000, len(planner.made)
    whole = choosing.frontier(desk, ["reach"], 8)

    assert len(partly.points) < len(whole.points) == whole.wanted
    assert not {point.key for point in partly.points} & set(planner.made[before:])
    planned = len(planner.made)
    assert choosing.frontier(desk, ["reach"], 8).points == whole.points
    assert len(planner.made) == planned
    kept = studies.load(desk.register, desk.run.id, "frontier") or {}
    assert len(kept["frontier"]["points"]) == whole.wanted


def test_a_scenario_that_has_a_run_is_not_planned_again(desk: choosing.Desk) -> None:
    assert choosing.run_of(desk.register, desk.run.scenario) == desk.run.id
    assert choosing.run_of(desk.register, asked(pins={"keep": ["hall"]})) is None


def test_draws_go_on_and_alternatives_count_beside_them(desk: choosing.Desk, planner: Planner) -> None:
    others = choosing.alternatives(desk, 0.5, 2)
    few = choosing.robustness(desk, 2, seed=1)
    planned = len(planner.made)
    more = choosing.robustness(desk, 5, seed=1)

    assert others.alternatives
    assert few.near_best == more.near_best == len(others.alternatives)
    assert (few.draws + few.failed, more.draws + more.failed) == (2, 5)
    assert [key for key in planner.made[planned:] if key.startswith("draw")] == ["draw 2", "draw 3", "draw 4"]
    kept = studies.load(desk.register, desk.run.id, "alternatives") or {}
    for chance in more.properties:
        plans = others.left_in[chance.property_id] - (chance.property_id in kept["left"])
        assert chance.near_best == plans


def test_the_screen_and_the_workbook_say_what_else_there_is(
    desk: choosing.Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"hall": "Hall [bold]x[/bold]"}
    edge = choosing.frontier(desk, ["reach", "saving"], 6)
    others, chances = choosing.alternatives(desk, 0.5, 2), choosing.robustness(desk, 3)
    screen_choices.frontier(edge)
    screen_choices.alternatives(others, names)
    screen_choices.robustness(chances)
    sheets = [
        reason_sheets.frontier(edge),
        *reason_sheets.alternatives(others, names),
        reason_sheets.robustness(chances),
    ]
    workbook.write_sheets(sheets, {}, tmp_path / "else.xlsx")
    book = openpyxl.load_workbook(tmp_path / "else.xlsx")

    said = " ".join(capsys.readouterr().out.split())
    assert f"{len(edge.efficient)} of {len(edge.points)} points are worth a choice" in said
    assert len(list(book["Frontier"].values)) == 1 + len(edge.points)
    assert len(list(book["Alternatives"].values)) == 1 + len(others.alternatives)
    assert len(list(book["Robustness"].values)) == 1 + len(chances.properties)
    assert all(f"Plan {one.number}" in said for one in others.alternatives)
