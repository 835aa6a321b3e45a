"""Many plans at once: the same as one by one, in the order asked, faults by name, and nothing left running."""

import multiprocessing
import time
from dataclasses import replace

import pytest

from estate.problems import InputError
from optimiser.many import Ask, AskError, plans, with_its_threads
from optimiser.plan import Plan
from optimiser.planner import make_plan
from optimiser.scenario import Scenario
from tests.support.tiny_place import asked, tiny

SOLVER = {"seconds": 10.0, "gap": 0.0, "threads": 1}


def found(plan: Plan) -> Plan:
    """The plan without what no two runs share."""
    return replace(plan, seconds=0.0)


def test_each_plan_is_the_one_that_it_is_alone_in_the_order_asked() -> None:
    place = tiny()
    scenarios = {key: asked(solver=SOLVER, pins={"keep": [key]}) for key in ("hall", "clinic", "annexe")}
    told: list[tuple[int, int]] = []
    heard: dict[str, Plan] = {}

    made = plans(
        place,
        [Ask(key, scenario) for key, scenario in scenarios.items()],
        on_progress=lambda done, of: told.append((done, of)),
        on_plan=heard.__setitem__,
    )

    assert list(made) == list(scenarios)
    assert heard == made
    assert told == [(1, 3), (2, 3), (3, 3)]
    for key, scenario in scenarios.items():
        assert found(made[key]) == found(make_plan(place, scenario))
    assert multiprocessing.active_children() == []


def test_a_scenario_that_leaves_its_threads_open_gets_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    loose = Scenario()

    assert with_its_threads(loose, 1) is loose
    assert with_its_threads(loose, 2).solver.threads == 4
    assert with_its_threads(loose, 16).solver.threads == 1
    assert with_its_threads(asked(solver={"threads": 3}), 2).solver.threads == 3


def test_what_the_user_got_wrong_names_its_ask_and_ends_the_rest() -> None:
    asks = [Ask("the first", asked(solver=SOLVER)), Ask("the second", asked(pins={"keep": ["nowhere"]}))]

    with pytest.raises(InputError, match=r"the second: .*nowhere"):
        plans(tiny(), asks)
    assert multiprocessing.active_children() == []


def test_another_fault_names_its_ask_too() -> None:
    broken = replace(tiny(), teams=None)  # type: ignore[arg-type]

    with pytest.raises(AskError, match="only one: "):
        plans(broken, [Ask("only one", asked(solver=SOLVER))])


def test_stopped_it_gives_what_is_done_and_leaves_nothing_running() -> None:
    asks = [Ask(str(number), asked(solver=SOLVER)) for number in range(40)]
    done: list[str] = []

    began = time.monotonic()
    made = plans(tiny(), asks, on_plan=lambda key, _: done.append(key), stop=lambda: len(done) >= 2)

    assert 2 <= len(made) == len(done) < 40
    assert time.monotonic() - began < 60
    assert multiprocessing.active_children() == []


def test_two_asks_of_one_name_are_refused_and_none_is_nothing() -> None:
    with pytest.raises(ValueError, match="the same key"):
        plans(tiny(), [Ask("a", asked()), Ask("a", asked())])
    assert plans(tiny(), []) == {}
