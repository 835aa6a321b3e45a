"""How a plan's value must change as the question does: other names, other money, another site, a tighter rule."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from estate import snapshot
from estate.snapshot import Snapshot
from estate.synthetic import generate
from optimiser import planner, scenario
from optimiser.plan import Figures, Plan
from optimiser.planner import make_plan
from optimiser.scenario import Scenario, parse
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import point, tiny

Rows = dict[str, list[dict[str, Any]]]
SEEDS = range(500, 512)  # none that the brute force of every day tries
_POUNDS = 8.0  # a power of two: nothing is rounded on the way


@pytest.fixture(autouse=True)
def solved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: replace(empty, status="infeasible_confirmed"))


def _drawn(seed: int) -> tuple[Rows, dict[str, Any]]:
    dice = random.Random(seed)
    rows = random_rows(dice)
    return rows, random_scenario(dice, rows).model_dump(mode="json")


def _value(rows: Rows, settings: dict[str, Any]) -> float:
    """The proven value, GBP k; inf where there is no plan."""
    plan = make_plan(tiny(**rows), parse(settings))
    assert plan.status in {"proven", "infeasible_confirmed"}
    return float("inf") if plan.objective_gbp_k is None else plan.objective_gbp_k


def _changed(content: Any, change: Callable[[str, Any], Any], key: str = "") -> Any:
    """A copy with every plain value, and every key, put through `change`, told the name it stands under."""
    if isinstance(content, Mapping):
        return {change("", inner): _changed(value, change, inner) for inner, value in content.items()}
    if isinstance(content, list | tuple):
        return [_changed(value, change, key) for value in content]
    return change(key, content)


@pytest.mark.parametrize("seed", SEEDS)
def test_names_and_the_order_of_rows_change_nothing(seed: int) -> None:
    rows, settings = _drawn(seed)
    ids = [row["id"] for table in ("property", "team", "zone", "funding_stream") for row in rows[table]]
    others = [f"x{number}" for number in range(len(ids))]
    random.Random(seed).shuffle(others)
    new = dict(zip(ids, others, strict=True))

    def renamed(_: str, value: Any) -> Any:
        return new.get(value, value) if isinstance(value, str) else value

    assert _value(_changed(rows, renamed), _changed(settings, renamed)) == pytest.approx(_value(rows, settings))


@pytest.mark.parametrize("seed", SEEDS)
def test_pounds_of_another_size_change_the_value_alone(seed: int) -> None:
    """What neither register nor scenario says does not scale: small receipts, carbon's value, estimated rent."""
    rows, settings = _drawn(seed)
    settings["carbon"]["valued"] = False
    for row in rows["valuation"]:
        row["value_gbp"] += 50_000.0
    leased = {row["property_id"] for row in rows["lease"]}
    for row in rows["property"]:
        row["tenure"] = row["tenure"] if row["id"] in leased else "freehold"

    def dearer(key: str, value: Any) -> Any:
        return value * _POUNDS if "gbp" in key and isinstance(value, float | int) else value

    scaled = _value(_changed(rows, dearer), _changed(settings, dearer))
    assert scaled == pytest.approx(_POUNDS * _value(rows, settings), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_site_that_nobody_would_want_changes_nothing_and_a_free_one_never_costs(seed: int) -> None:
    rows, settings = _drawn(seed)
    before = _value(rows, settings)

    def with_site(km: float, **space: float) -> float:
        new = {
            "id": "new", "name": "New", "organisation_id": "A", "geometry": point(km), "tenure": "unknown",
            "floor_area_m2": 900.0, "energy_kwh_per_year": 0.0, "status": "vacant",
        }  # fmt: skip
        room = [{"id": f"new-{k}", "property_id": "new", "kind": k, "amount": m} for k, m in space.items()]
        free = {
            "id": "new-cost",
            "property_id": "new",
            "category": "other",
            "part": "holding",
            "gbp_per_year": 0.0,
        }
        added = {"property": [new], "space": room, "running_cost": [free]}
        return _value({**rows, **{table: [*rows[table], *more] for table, more in added.items()}}, settings)

    assert with_site(4.0, counter=0.0, desks=0.0) == pytest.approx(before)  # no room
    assert with_site(400.0, counter=300.0, desks=300.0) == pytest.approx(before)  # out of everybody's way
    assert with_site(4.0, counter=300.0, desks=300.0) <= before * (1 + 1e-9)


def _left(plan: Plan) -> str:
    return next(action.property_id for action in plan.properties if action.action == "leave")


def _parted(plan: Plan) -> list[str]:
    """A team each of the two places that take most in; one that stands alone may sit with others as well."""
    first, second = (place for place, _ in Counter(move.to_property_id for move in plan.moves).most_common(2))
    return [next(move.team_id for move in plan.moves if move.to_property_id == place) for place in (first, second)]


def _figures(plan: Plan) -> Figures:
    assert plan.figures is not None
    return plan.figures


# Each asks more than the scenario of `roomy` did, of which the plan is given.
TIGHTER: dict[str, Callable[[Plan], dict[str, Any]]] = {
    "reach falls less": lambda plan: {"reach_tolerance": 0.0},
    "everybody is reached": lambda plan: {f"services.{v}.must_meet_target": True for v in _figures(plan).reach},
    "nobody is far off": lambda plan: {f"services.{v}.worst_case_minutes": 10.0 for v in _figures(plan).reach},
    "a group is protected": lambda plan: {"protected": {"groups": ["most_deprived_fifth"], "tolerance": 0.0}},
    "nobody goes far": lambda plan: {"moves.max_km": 2.0},
    "fewer people move": lambda plan: {"moves.most_people_per_year": 20.0},
    "a building is kept": lambda plan: {"pins.keep": [_left(plan)]},
    "a team stays": lambda plan: {"pins.team_stays": [plan.moves[0].team_id]},
    "two teams are together": lambda plan: {"teams.together": [_parted(plan)]},
    "more is saved": lambda plan: {"goals.least_saving_gbp_per_year": 1.01 * _figures(plan).saving_gbp_per_year},
    "more is sold": lambda plan: {"goals.least_receipts_gbp": 1.01 * _figures(plan).capital_receipts_gbp},
    "there is no money": lambda plan: {"capital.new_funding_gbp": [0.0, 0.0]},
    "less carbon": lambda plan: {"carbon.most_tonnes": 0.99 * _figures(plan).carbon_tonnes_after},
}


@pytest.fixture(scope="module")
def roomy() -> tuple[Snapshot, Scenario]:
    """A synthetic place of ten buildings, most of which a plan leaves, as reach may fall by half."""
    place = generate(10, 2, 8, seed=1, profile="free")
    rows = {table: sorted(found, key=lambda row: str(row["id"])) for table, found in place.tables.items()}
    standard = {"minutes": 6.0, "share_of_population": 1.0}
    asked = {
        "reach_tolerance": 0.5,
        "services": {service["id"]: standard for service in rows["service"]},
        "phases": {"years": [2, 8]},
        "solver": {"gap": 0.0, "threads": 1},
    }
    return snapshot.freeze(rows), parse({**place.scenario, **asked})


@pytest.fixture(scope="module")
def free(roomy: tuple[Snapshot, Scenario]) -> Plan:
    return make_plan(*roomy)


@pytest.mark.parametrize("name", TIGHTER)
def test_a_tighter_rule_makes_a_plan_dearer(name: str, roomy: tuple[Snapshot, Scenario], free: Plan) -> None:
    place, asked = roomy
    for path, value in TIGHTER[name](free).items():
        asked = asked.with_value(tuple(path.split(".")), value)
    tight = make_plan(place, asked)
    assert free.status == "proven"
    assert tight.status in {"proven", "infeasible_confirmed"}
    assert (tight.objective_gbp_k or float("inf")) > (free.objective_gbp_k or 0.0) + 1e-3


def test_the_same_seed_and_one_thread_give_the_same_plan_twice() -> None:
    place = generate(25, 2, 9, seed=3, profile="free")
    rows = {table: sorted(found, key=lambda row: str(row["id"])) for table, found in place.tables.items()}
    settings: dict[str, Any] = {**place.scenario, "solver": {"seconds": 120, "gap": 0.01, "threads": 1, "seed": 7}}

    def made() -> Plan:
        asked: Scenario = scenario.parse(settings)
        return replace(make_plan(snapshot.freeze(rows), asked), seconds=0.0)

    first = made()
    assert first.status in {"proven", "within_gap"}
    assert first.moves
    assert first == made()
