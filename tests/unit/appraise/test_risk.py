"""Risk, capital and carbon: by hand on the small place, by other sums on random ones, and bent on purpose."""

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.appraisals import Appraised, appraise
from app.pipeline import Run
from estate.problems import InputError
from optimiser import planner
from optimiser.appraise.risk import Spread, Swing
from optimiser.appraise.settings import Appraisal, read
from optimiser.checker.facts import Facts, Mismatch
from optimiser.checker.programme import capital_mismatches, carbon_mismatches
from optimiser.checker.risk import Analysis, risk_mismatches
from optimiser.planner import make_plan
from optimiser.scenario import Scenario
from optimiser.solve import bridge
from tests.support.random_place import in_this_process, random_rows, random_scenario
from tests.support.tiny_place import ROWS, asked, tiny, with_backlog

SEEDS = (701, 702, 703, 704, 705, 707, 709, 710, 711)  # draws that have a plan
PLAIN = {"discount": "as_planned", "carbon_counted": False, "optimism_bias": {"applied": False}}
STILL = {"sale_delay": (0, 0), "saving_delay": (0, 0)}


def _settings(**risk: Any) -> Appraisal:
    return Appraisal.model_validate({**PLAIN, "risk": risk})


def _run(scenario: Scenario, **rows: list[dict[str, Any]]) -> Run:
    snapshot = tiny(**rows)
    return Run("r", make_plan(snapshot, scenario), scenario, snapshot)


@pytest.fixture(scope="module")
def run() -> Run:
    """The hall and the annexe are sold at the start, for 2m in all; the money comes in 2027."""
    made = _run(asked(pins={"keep": ["library", "clinic"]}, phases={"years": [10]}), property=with_backlog())
    assert {action.property_id for action in made.plan.properties if action.sold} == {"hall", "annexe"}
    return made


def _swing(found: Appraised, driver: str) -> Swing:
    return next(one for one in found.risk.swings if one.driver == driver)


def _spread(found: Appraised, measure: str) -> Spread:
    return next(one for one in found.risk.spreads if one.measure == measure)


def test_prices_switch_where_the_hand_says(run: Run) -> None:
    found = appraise(run, _settings())
    case = found.case.option("plan").against
    assert case is not None
    receipts = 2_000_000 / 1.035

    swing = _swing(found, "prices")

    assert swing.npsv_low_gbp == pytest.approx(case.npsv_gbp - 0.2 * receipts)
    assert swing.npv_high_gbp == pytest.approx(case.npv_gbp + 0.15 * receipts)
    assert swing.npsv_switch == (pytest.approx(-case.npsv_gbp / receipts) if case.npsv_gbp < receipts else None)
    if swing.npsv_switch is not None:
        said = f"The plan stops paying for society if the price of what is sold is {-swing.npsv_switch:.0%} less."
        assert said in found.risk.sentences


def test_what_comes_later_is_worth_less_by_the_hand(run: Run) -> None:
    """Two years later the money is discounted twice more, and two more empty years are paid for."""
    found = appraise(run, _settings())
    case = found.case.option("plan").against
    assert case is not None
    void = 0.35 * (90_000 + 45_000)  # half of the annexe's use costs are spread over nobody and stay with it
    (sale,) = found.capital.sales
    assert sale.void_gbp_per_year == pytest.approx(void)

    late = _swing(found, "sale_delay").npsv_high_gbp

    lost = (sale.price_gbp - sale.fee_gbp) * (1.035**-1 - 1.035**-3) + void * (1.035**-1 + 1.035**-2)
    assert late == pytest.approx(case.npsv_gbp - lost)


def test_the_draws_have_the_mean_that_they_must(run: Run) -> None:
    """Nothing late: the mean is the sum with each factor at its own mean, as the draws are independent."""
    found = appraise(run, _settings(ranges=STILL, sale_probability=0.8, draws=100_000))
    (sale,) = found.capital.sales
    factor, end = 1.035**-1, 1.035**-10
    swings = {one.driver: one for one in found.risk.swings}
    spread = _spread(found, "npsv")

    mean = spread.appraised_gbp
    for name in ("running_cost", "works", "moves", "leaving_leases", "repairs"):
        if name in swings:
            one = swings[name]
            slope = (one.npsv_high_gbp - one.npsv_low_gbp) / (one.high - one.low)
            mean += slope * ((one.low + 1 + one.high) / 3 - 1)
    price = sale.price_gbp * factor * ((0.8 + 1 + 1.15) / 3) * ((0.85 + 1 + 1.15) / 3)
    empty = sale.void_gbp_per_year * sum(1.035**-year for year in range(1, 10))
    sold, held = price - sale.fee_gbp * factor, sale.value_gbp * end - empty
    mean += 0.8 * sold + 0.2 * held - (sale.price_gbp - sale.fee_gbp) * factor

    counts, edges = np.array(spread.counts), np.array(spread.bin_edges_gbp)
    middles = (edges[1:] + edges[:-1]) / 2
    deviation = float(np.sqrt((counts * (middles - spread.mean_gbp) ** 2).sum() / counts.sum()))
    assert spread.mean_gbp == pytest.approx(mean, abs=4 * deviation / 100_000**0.5)
    assert spread.p10_gbp < spread.p50_gbp < spread.p90_gbp


def test_the_same_seed_draws_the_same_and_another_does_not(run: Run) -> None:
    first, again, other = (_spread(appraise(run, _settings(seed=seed)), "npsv") for seed in (1, 1, 2))

    assert first == again
    assert first.mean_gbp != other.mean_gbp


def test_without_doubt_nothing_is_spread(run: Run) -> None:
    names = (
        "prices",
        "each_price",
        "running_cost",
        "works",
        "moves",
        "leaving_leases",
        "repairs",
        "carbon",
        "time",
    )
    ranges = {**dict.fromkeys(names, (1, 1)), **STILL}

    spread = _spread(appraise(run, _settings(ranges=ranges, sale_probability=1.0)), "npsv")

    assert (spread.p10_gbp, spread.p90_gbp) == pytest.approx((spread.appraised_gbp, spread.appraised_gbp))


def test_a_range_of_a_valuation_comes_before_the_table(run: Run) -> None:
    valued = [{**row, "low_gbp": 0.5 * row["value_gbp"], "high_gbp": None} for row in ROWS["valuation"]]
    found = appraise(_run(run.scenario, property=with_backlog(), valuation=valued), _settings())

    (sale,) = found.capital.sales

    assert (sale.low_gbp, sale.high_gbp) == pytest.approx((1_000_000, 2_300_000))
    assert found.risk.price_gbp_by_confidence == {"not given": 2_000_000}


def test_capital_by_year_and_the_peak_of_borrowing(run: Run) -> None:
    found = appraise(run, _settings(sale_probability=0.9)).capital
    spent = sum(move.cost_gbp for move in run.plan.moves)
    by_year = {one.year: one for one in found.years}

    assert by_year[2026].spent_gbp == pytest.approx(spent)
    assert by_year[2027].receipts_expected_gbp == pytest.approx(1_800_000)
    assert (by_year[2027].receipts_low_gbp, by_year[2029].receipts_cautious_gbp) == pytest.approx((1.7e6, 1.7e6))
    assert found.peak_year == 2026
    assert found.peak_borrowing_gbp == pytest.approx(spent)
    assert found.peak_year_cautious == 2027  # the costs of the sale are paid, its price is not in
    assert found.headroom_gbp == 0


def test_pots_are_used_and_left(run: Run) -> None:
    streams = [
        {"id": "f1", "name": "Grant", "organisation_id": "A", "year": 2026, "gbp": 300_000.0,
         "eligible_spend": "move fit_out"},
        {"id": "f2", "name": "Grant", "organisation_id": "A", "year": 2027, "gbp": 50_000.0,
         "eligible_spend": "move fit_out"},
    ]  # fmt: skip
    scenario = asked(
        pins={"keep": ["library", "clinic"]}, phases={"years": [2, 8]}, capital={"funding_streams": True}
    )
    found = appraise(_run(scenario, funding_stream=streams), _settings()).capital
    pots = {pot.name: pot for pot in found.pots}

    assert pots["Grant"].in_gbp == pytest.approx(350_000)
    assert sum(pot.used_gbp for pot in found.pots) == pytest.approx(sum(one.spent_gbp for one in found.years))
    assert all(pot.left_gbp == pytest.approx(pot.in_gbp - pot.used_gbp) for pot in found.pots)
    assert pots["Receipts of Ashby Council"].in_gbp > 1.9e6
    assert {one.year: one.new_money_gbp for one in found.years if one.new_money_gbp} == {2026: 350_000}


def test_carbon_of_what_is_left_is_saved(run: Run) -> None:
    found = appraise(run).carbon
    hall = next(one for one in found.properties if one.property_id == "hall")

    assert hall.kwh_per_year == pytest.approx(190_000)
    assert hall.tonnes_after == 0 < hall.tonnes_today
    assert found.unrecorded == 5
    assert run.plan.figures is not None
    assert sum(one.tonnes_after for one in found.properties) == pytest.approx(run.plan.figures.carbon_tonnes_after)
    saved = sum(one.value_today_gbp - one.value_after_gbp for one in found.properties)
    assert sum(one.value_saved_gbp for one in found.years) == pytest.approx(saved)


@pytest.mark.parametrize("seed", SEEDS)
def test_on_random_places_the_checker_finds_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`appraise` refuses what the checker does not bear out."""
    monkeypatch.setattr(bridge, "_in_child", in_this_process)
    monkeypatch.setattr(planner, "_infeasible", lambda empty, *_: replace(empty, status="infeasible_confirmed"))
    dice = random.Random(seed)
    rows = random_rows(dice)
    scenario = random_scenario(dice, rows)
    ranges = {"prices": (0.5, 1.2), "sale_delay": (0, 1.5), "saving_delay": (0, 2.5)}
    settings = Appraisal.model_validate({"risk": {"ranges": ranges, "draws": 2000}})

    made = _run(scenario, **rows)

    found = appraise(made, settings)

    assert bool(found.risk.swings) == any(action.action != "keep" for action in made.plan.properties)


def _numbers(content: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(content, dict | list | tuple):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from _numbers(value, (*path, key))
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield path


def test_no_figure_can_be_bent_unseen(run: Run) -> None:
    found = appraise(run)
    facts = Facts(run.plan, run.snapshot, run.scenario)
    analysis = Analysis(found.case.to_dict(), facts)
    checks: dict[str, Callable[[Any], list[Mismatch]]] = {
        "risk": lambda said: risk_mismatches(said, analysis),
        "capital": lambda said: capital_mismatches(said, analysis),
        "carbon": lambda said: carbon_mismatches(said, facts),
    }
    left_out = {"bin_edges_gbp", "counts"}  # a bin of the histogram is chance
    for name, check in checks.items():
        content = getattr(found, name).to_dict()
        ways = [way for way in _numbers(content) if not left_out.intersection(way)]
        assert len(ways) > 40
        for way in random.Random(2).sample(ways, 30):
            bent = _plain(deepcopy(content))
            held = bent
            for key in way[:-1]:
                held = held[key]
            held[way[-1]] = held[way[-1]] * 1.5 + 1
            assert check(bent), (name, way)


def _plain(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    return [_plain(value) for value in content] if isinstance(content, list | tuple) else content


def test_a_range_that_leaves_out_what_is_appraised_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "appraisal.yaml"
    file.write_text("risk: {ranges: {prices: [1.1, 1.2]}}\n")
    with pytest.raises(InputError, match="the range of prices must go from at most 1 to at least 1"):
        read(file)
    file.write_text("risk: {ranges: {sale_delay: [-1, 1]}}\n")
    with pytest.raises(InputError, match="must not go below 0"):
        read(file)
