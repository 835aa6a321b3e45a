"""The planner's benchmark: medians that hide no failure, CBC's bound on our scale, tables that are replaced."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import planner, report
from benchmarks.every_rule import every_rule
from benchmarks.planner import Found, cbc_bound, cells, summarised
from estate import snapshot
from estate.synthetic import generate
from optimiser import scenario
from optimiser.model.build import build, rule_book
from optimiser.model.terms import id_of
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.solve.arrays import to_arrays
from optimiser.solve.bridge import Progress
from optimiser.solve.greedy import greedy
from optimiser.solve.solution import start_values


def test_a_seed_without_a_plan_is_counted_and_leaves_no_gap() -> None:
    good, none = (Found("stopped", 110.0, 100.0), 9.0, 300.0), (Found("stopped", None, 90.0), 12.0, 200.0)
    row = summarised("free", 1000, "cbc", [good, none])
    assert (row.seeds, row.solved, row.gap, row.value_gbp_k) == (2, 1, None, 110.0)
    assert cells(row) == ("free", "1,000", "cbc", "1 of 2", "110", "95", "-", "10", "250", "-")
    assert summarised("free", 1000, "cbc", [good]).gap == pytest.approx(10 / 110)


def test_when_the_plan_made_by_hand_was_beaten_stands_there_only_where_every_seed_did() -> None:
    soon, late = (Found("stopped", 110.0, 100.0, seconds) for seconds in (2.0, 8.0))
    never = Found("stopped", 110.0, 100.0)
    assert summarised("free", 300, "planner", [(soon, 9.0, 1.0), (late, 9.0, 1.0)]).by_hand_seconds == 5.0
    assert summarised("free", 300, "planner", [(soon, 9.0, 1.0), (never, 9.0, 1.0)]).by_hand_seconds is None


def test_a_plan_no_cheaper_than_the_one_made_by_hand_does_not_beat_it() -> None:
    heard = [Progress(1.0, None, 5.0, ""), Progress(2.0, 100.0, 5.0, ""), Progress(3.0, 99.0, 5.0, "")]
    assert planner.seconds_to_beat(100.0, heard) == 3.0
    assert planner.seconds_to_beat(90.0, heard) is None


def test_bound_of_cbc_is_put_on_the_scale_of_the_value() -> None:
    log = "Result - Stopped on time limit\n\nObjective value:      -50.0\nLower bound:          -60.5\n"
    assert cbc_bound(log, 950.0) == pytest.approx(939.5)
    assert cbc_bound("Result - Optimal solution found\n\nObjective value:  7.0\n", 8.0) == 8.0
    assert (
        cbc_bound("Result - Stopped on time limit\n\nNo feasible solution found\nLower bound:  3\n", None) is None
    )


def test_a_table_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text("# Benchmarks\n\nWords.\n", encoding="utf-8")
    report.write(document, "one", "First", ("a", "b"), [("1", "2")], 0.0)
    report.write(document, "two", "Second", ("c",), [("3",)], 0.0)
    report.write(document, "one", "Again", ("a", "b"), [("4", "5")], 1.5)
    text = document.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks\n\nWords.\n")
    assert "First" not in text
    assert text.index("### Again") < text.index("### Second")
    assert "| a | b |\n|---|---|\n| 4 | 5 |\n" in text
    assert "load 1.5; Python" in text


def test_what_was_measured_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | float, ...]] = []

    def measured(*words: str | float) -> planner.Measured:
        asked.append(words)
        return Found("stopped", 110.0 + len(asked), 100.0), 9.0, 300.0

    monkeypatch.setattr(planner, "measured", measured)
    file, seeds = tmp_path / "kept.jsonl", {"planner": 3, "highs": 2, "cbc": 2}
    first = planner.rows_of("free", 100, seeds, 60.0, planner.Kept(file))
    assert [row.seeds for row in first] == [3, 2, 2]
    assert len(asked) == 7
    assert [words[0] for words in asked].count("planner") == 3
    assert planner.rows_of("free", 100, seeds, 60.0, planner.Kept(file)) == first
    assert len(asked) == 7
    planner.rows_of("free", 100, seeds, 600.0, planner.Kept(file))
    assert len(asked) == 14


def test_memory_is_that_of_a_process_that_runs() -> None:
    assert report.memory_mib(os.getpid()) > 20


def test_memory_that_processes_share_counts_once() -> None:
    held = bytearray(os.urandom(1 << 20)) * 300  # MiB
    alone = report.memory_mib(os.getpid())
    child = os.fork()
    if child == 0:
        signal.pause()
    try:
        together = report.memory_mib(os.getpid())
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert alone > 300
    assert together < alone + 200
    assert len(held) == 300 << 20


def test_a_solver_that_does_not_stop_is_ended_with_all_it_has_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = tmp_path / "child"
    words = f"import pathlib, subprocess; p = subprocess.Popen(['sleep', '60']); pathlib.Path({str(mark)!r})"
    stubborn = tmp_path / "stubborn"
    stubborn.write_text(f"#!{sys.executable}\n{words}.write_text(str(p.pid)); p.wait()\n", encoding="utf-8")
    stubborn.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stubborn))
    monkeypatch.setattr(planner, "_GRACE_SECONDS", 1.0)
    found, seconds, _ = planner.measured("cbc", "free", 20, 1, 1.0)
    assert (found.status, found.value_gbp_k) == ("failed", None)
    assert seconds < 30
    started = Path(f"/proc/{mark.read_text(encoding='utf-8')}/stat")
    assert not started.exists() or started.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"


def test_the_plain_solvers_may_have_fewer_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, int]] = []

    def rows(profile: str, size: int, seeds: dict[str, int], seconds: float, kept: planner.Kept) -> list[Any]:
        asked.append(seeds)
        return []

    monkeypatch.setattr(planner, "rows_of", rows)
    words = ["--sizes", "300", "--profiles", "free", "--json"]
    planner.main([*words, "--plain-seeds", "1"])
    planner.main([*words, "--seeds", "2"])
    assert asked == [{"planner": 5, "highs": 1, "cbc": 1}, {"planner": 2, "highs": 2, "cbc": 2}]


def _place(profile: str) -> tuple[snapshot.Snapshot, dict[str, Any]]:
    place = generate(40, 2, 12, 1, profile)
    rows = {name: sorted(found, key=lambda row: str(row["id"])) for name, found in place.tables.items()}
    return snapshot.freeze(rows), place.scenario


def test_the_plan_made_by_hand_costs_what_its_columns_do() -> None:
    frozen, wanted = _place("realistic")
    asked = scenario.parse(wanted)
    inputs = prepare(frozen, asked)
    whole = build(inputs)
    arrays, variables = to_arrays(whole.problem, whole.decide.variables), whole.decide.variables
    values = start_values(greedy(inputs), whole, inputs)
    cost = sum(c * values[id_of(v)] for c, v in zip(arrays.cost, variables, strict=True)) + arrays.offset
    assert planner.cost_by_hand(frozen, asked) == pytest.approx(cost)


def test_five_phases_have_every_rule_on_and_a_plan_that_keeps_them() -> None:
    frozen, wanted = _place("realistic")
    asked = scenario.parse(every_rule(frozen, wanted)).with_solver({"seconds": 60.0, "gap": 0.02})
    whole = build(prepare(frozen, asked))
    assert {rule for rule, _ in whole.rows} == set(rule_book())
    assert len(asked.phases.years) == 5
    made = make_plan(frozen, asked)
    assert made.status in {"proven", "within_gap"}


@pytest.mark.slow
def test_every_method_solves_a_small_place(capsys: pytest.CaptureFixture[str]) -> None:
    planner.main(["--sizes", "20", "--profiles", "realistic", "--seeds", "1", "--seconds", "10", "--json"])
    found = {row["method"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(found) == {"planner", "highs", "cbc"}
    costs = [row["value_gbp_k"] for row in found.values() if row["solved"]]
    assert len(costs) >= 2
    assert max(costs) == pytest.approx(min(costs), rel=0.05)
    assert all(row["bound_gbp_k"] <= min(costs) * (1 + 1e-6) for row in found.values() if row["solved"])


def test_each_size_may_have_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, float]] = []

    def rows(profile: str, size: int, seeds: dict[str, int], seconds: float, kept: planner.Kept) -> list[Any]:
        asked.append((size, seconds))
        return []

    monkeypatch.setattr(planner, "rows_of", rows)
    planner.main(["--sizes", "300,1000", "--profiles", "free", "--seconds", "300,600", "--json"])
    planner.main(["--sizes", "300,1000", "--profiles", "free", "--seconds", "5", "--json"])
    assert asked == [(300, 300.0), (1000, 600.0), (300, 5.0), (1000, 5.0)]
    with pytest.raises(SystemExit):
        planner.main(["--sizes", "300,1000", "--seconds", "1,2,3"])
