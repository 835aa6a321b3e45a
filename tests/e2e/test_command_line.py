"""The command line as its users meet it: the whole way on a small place, and every way to go wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from estate.synthetic import generate

Estate = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("place")
    generate(40, 4, 25, seed=3).write(folder)
    return folder


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    """Runs `estate` in an empty folder of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "ESTATE_DATABASE_URL"}
    program = str(Path(sys.executable).with_name("estate"))

    def run(*words: object, **more: Any) -> subprocess.CompletedProcess[str]:
        command = [program, *map(str, words)]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**environment, **more},
            text=True,
            capture_output=True,
            timeout=180,
            check=False,
        )

    return run


def test_the_whole_way(estate: Estate, place: Path, tmp_path: Path) -> None:
    assert estate("init").returncode == 0
    first = json.loads(estate("import", place, "--json").stdout)
    assert first["rows"] == first["accepted"] + first["rejected"]
    assert first["rejected"] == 0
    planned = estate("plan", place / "scenario.yaml", "--seconds", 30, "--json")
    assert planned.returncode == 0, planned.stderr
    summary = json.loads(planned.stdout)
    assert summary["status"] in {"proven", "within_gap"}
    assert summary["bound_gbp_k"] <= summary["objective_gbp_k"]
    assert {"running_cost_today_gbp_per_year", "npsv_gbp", "reach", "estimated_share"} <= set(summary["figures"])
    listed = json.loads(estate("runs", "--json").stdout)
    assert [row["id"] for row in listed] == [summary["run"]]
    written = estate("map", summary["run"][:5], "--out", "board")
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "board" / "map.html").stat().st_size > 10_000
    assert "Summary" in openpyxl.load_workbook(tmp_path / "board" / "plan.xlsx").sheetnames
    shown = estate("plan", place / "scenario.yaml")
    assert summary["run"] not in shown.stdout
    assert "a year" in shown.stdout


def test_the_same_files_again_change_nothing(estate: Estate, place: Path) -> None:
    estate("init")
    estate("import", place)
    again = json.loads(estate("import", place, "--json").stdout)
    assert all(file["again"] or file["skipped"] for file in again["files"])
    assert sum(file["new"] + file["changed"] for file in again["files"]) == 0


def test_check_prints_findings_for_people_and_machines(estate: Estate, place: Path) -> None:
    estate("init")
    estate("import", place)
    found = json.loads(estate("check", "--json").stdout)
    assert all({"severity", "reason", "remedy"} <= set(finding) for finding in found)
    assert estate("check").returncode == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "scenario.yaml"), ("solver.secs", "no such key", "seconds, gap, threads, seed")),
        (("plan", "nowhere.yaml"), ("nowhere.yaml", "cannot be read")),
        (("import", "nowhere.csv"), ("nowhere.csv",)),
        (("import", "property.csv"), ("property.csv", "organisation_id")),
        (("import", "binary.csv"), ("binary.csv",)),
        (("map", "none"), ("run none", "estate runs")),
        (("synth", "--out", "x", "--profile", "odd"), ("realistic, free",)),
        (("plan", "--database", "mysql://x/y"), ("mysql",)),
        (("plan", "--database", "sqlite:///none.db"), ("none.db", "estate init")),
        (("plan", "--seconds", "-1"), ("seconds",)),
    ],
)
def test_bad_input_is_one_clear_message_and_changes_nothing(
    estate: Estate, tmp_path: Path, words: tuple[str, ...], told: tuple[str, ...]
) -> None:
    estate("init")
    (tmp_path / "scenario.yaml").write_text("solver:\n  secs: 3\n")
    (tmp_path / "property.csv").write_text("id,name\n1,Hall\n")
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 20)
    before = (tmp_path / "estate.db").read_bytes()
    result = estate(*words)
    assert result.returncode == 2, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    for text in told:
        assert text in result.stderr.replace("\n", " ")
    assert (tmp_path / "estate.db").read_bytes() == before


def test_infeasible_exits_3_and_names_what_is_in_conflict(estate: Estate, place: Path, tmp_path: Path) -> None:
    estate("init")
    estate("import", place)
    (tmp_path / "impossible.yaml").write_text(
        "services: {library: {minutes: 1, share_of_population: 1, must_meet_target: true}}\n"
    )
    result = estate("plan", "impossible.yaml", "--json")
    assert result.returncode == 3, result.stdout + result.stderr
    answer = json.loads(result.stdout)
    assert answer["status"] == "infeasible_confirmed"
    assert any("100.0% of people within 1 minutes by car" in conflict for conflict in answer["conflicts"])
    assert answer["figures"] is None
    assert estate("map", answer["run"]).returncode == 2


def test_the_nearest_scenario_is_told_and_has_a_plan(estate: Estate, place: Path, tmp_path: Path) -> None:
    estate("init")
    estate("import", place)
    (tmp_path / "impossible.yaml").write_text(
        "services: {library: {share_of_population: 1, minutes: 4, must_meet_target: true}}\n"
    )
    result = estate("plan", "impossible.yaml", "--nearest", "near/nearest.yaml")
    assert result.returncode == 3, result.stdout + result.stderr
    told = " ".join(result.stdout.split())
    assert "This cannot be met" in told
    assert "services.library.share_of_population: 1.0 becomes 0." in told
    assert "near/nearest.yaml" in told
    answer = json.loads(estate("plan", "near/nearest.yaml", "--seconds", 5, "--json").stdout)
    assert answer["status"] in {"proven", "within_gap", "best_found"}


def test_no_time_is_told_as_it_is(estate: Estate, tmp_path: Path) -> None:
    """A large place and next to no time: the status is true, whatever was found."""
    generate(600, 10, 150, seed=5, profile="free").write(tmp_path / "large")
    estate("init")
    assert estate("import", tmp_path / "large").returncode == 0
    result = estate("plan", tmp_path / "large" / "scenario.yaml", "--seconds", 1, "--gap", 0, "--json")
    answer = json.loads(result.stdout)
    assert (result.returncode, answer["status"]) in {(0, "best_found"), (4, "no_plan_found")}
    if answer["bound_gbp_k"] is not None:
        gap = (answer["objective_gbp_k"] - answer["bound_gbp_k"]) / answer["objective_gbp_k"]
        assert answer["gap"] == pytest.approx(gap)


def test_ctrl_c_stops_with_the_best_so_far(tmp_path: Path) -> None:
    generate(600, 10, 150, seed=5, profile="free").write(tmp_path / "large")
    program = str(Path(sys.executable).with_name("estate"))
    database = f"sqlite:///{tmp_path / 'estate.db'}"
    for words in (["init"], ["import", str(tmp_path / "large")]):
        subprocess.run([program, *words, "--database", database], check=True, capture_output=True, timeout=120)
    command = [
        program,
        "plan",
        str(tmp_path / "large" / "scenario.yaml"),
        "--seconds",
        "300",
        "--gap",
        "0",
        "--json",
    ]
    with subprocess.Popen([*command, "--database", database], stdout=subprocess.PIPE, text=True) as running:
        time.sleep(12)  # past the start, well into the search
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=90)
    assert running.returncode in {0, 4}
    assert json.loads(out)["status"] in {"best_found", "no_plan_found"}
