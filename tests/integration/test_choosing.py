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
from optimiser.choices import base, rule_prices, why
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

    def __call__(self, snapshot: Any, asks: Sequence[Ask], **_: Any) -> dict[str, Plan]:
        found = {}
        for ask in asks:
            if len(self.made) < self.most:
                self.made.append(ask.key)
                found[ask.key] = make_plan(snapshot, ask.scenario, earlier=ask.earlier)
        return found


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Planner:
    made = Planner()
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    for module in (base, rule_prices, why):
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
    assert choosing.explain(desk, ["hall"], with_moves=True)[0]["moves"]
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
