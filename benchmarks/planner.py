"""The planner beside plain solvers: make_plan, PuLP + HiGHS and PuLP + CBC on the same places in one run.

    python -m benchmarks.planner [--sizes 100,300,1000,3000] [--profiles realistic,free] [--seeds 5]
                                 [--plain-seeds N] [--seconds 60[,...]] [--methods planner,highs,cbc]
                                 [--five-phases] [--kept FILE] [--json] [--write]

Every solve has a process of its own. The plain solvers, which work on one core, run at the same time; the
planner, which works on two, alone. What has been measured stands in `--kept`: a run that was stopped goes on
from there. Cost and bound are those of the model (GBP k of present value, with the value that the estate uses
up), the gap their difference as a share of the cost; time is from the snapshot to the answer and so holds
preparing and building; memory is the most that the process and its children held at once, what they share
counted once; "by hand" is when the search had a plan cheaper than the one made by hand (which may break rules);
CBC does not tell. The figures are medians over the seeds, of which the plain solvers may have fewer
(`--plain-seeds`). `--five-phases` plans each place over ten years in five phases with every rule switched on
(`every_rule`). `--write` puts the table into docs/benchmarks.md.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import pulp
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.every_rule import every_rule
from estate import snapshot
from estate.snapshot import Snapshot
from estate.synthetic import PROFILES, generate
from optimiser import scenario
from optimiser.model.build import build
from optimiser.model.terms import id_of
from optimiser.planner import make_plan
from optimiser.prepare.inputs import prepare
from optimiser.scenario import Scenario
from optimiser.solve import bridge, second
from optimiser.solve.bridge import Progress
from optimiser.solve.greedy import greedy
from optimiser.solve.solution import start_values

FIVE_PHASES = ", five phases, every rule"  # after a profile's name
# A solver that does not stop in its time is ended this much later, s; preparing and building are part of it.
_GRACE_SECONDS = 120.0


@dataclass(frozen=True)
class Found:
    """What one method found of one place; None where it found nothing."""

    status: str
    value_gbp_k: float | None
    bound_gbp_k: float | None
    by_hand_seconds: float | None = None  # of the search, until a plan was cheaper than the one made by hand


@dataclass(frozen=True)
class Row:
    """One method on one size and profile: medians over the seeds. A gap only where every seed has one."""

    profile: str
    properties: int
    method: str
    seeds: int
    solved: int  # seeds for which it found a plan
    value_gbp_k: float | None
    bound_gbp_k: float | None
    gap: float | None
    seconds: float
    memory_mib: float
    by_hand_seconds: float | None  # only where every seed has one


OnProgress = Callable[[Progress], None]


def _planner(frozen: Snapshot, asked: Scenario, on_progress: OnProgress) -> Found:
    made = make_plan(frozen, asked, on_progress=on_progress)
    return Found(made.status, made.objective_gbp_k, made.bound_gbp_k)


def cost_by_hand(frozen: Snapshot, asked: Scenario) -> float:
    """What the plan as it is made by hand costs on the model's scale, GBP k; it may break rules."""
    inputs = prepare(frozen, asked)
    model = build(inputs)
    values = start_values(greedy(inputs), model, inputs)
    objective = model.problem.objective
    return float(objective.constant + sum(factor * values[id_of(v)] for v, factor in objective.items()))


def _highs(frozen: Snapshot, asked: Scenario, on_progress: OnProgress) -> Found:
    model = build(prepare(frozen, asked))
    limits = bridge.Limits(asked.solver.seconds, 0.0)
    answer = bridge.solve(model.problem, limits, on_progress=on_progress)
    return Found(answer.outcome, answer.objective, answer.bound)


def _cbc(frozen: Snapshot, asked: Scenario, on_progress: OnProgress) -> Found:
    problem = build(prepare(frozen, asked)).problem
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PuLP 3.3 announces what PuLP 4 gives up
        log = Path(folder) / "cbc.log"
        seconds = asked.solver.seconds
        solver = pulp.COIN_CMD(path=second.cbc(), msg=False, timeLimit=seconds, logPath=str(log), threads=1)
        problem.solve(solver)
        said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    found = problem.sol_status in {pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible}
    value = float(problem.objective.value()) if found else None
    return Found(pulp.LpSolution[problem.sol_status], value, cbc_bound(said, value))


def cbc_bound(log: str, value: float | None) -> float | None:
    """The bound that CBC's log ends with, on the scale of `value`: its own leaves the objective's constant out.

    >>> cbc_bound("Objective value:                90.0\\nLower bound:                    80.0\\n", 190.0)
    180.0
    """
    objective, bound = (re.findall(rf"^{name}:\s+(\S+)", log, re.M) for name in ("Objective value", "Lower bound"))
    if value is None or not objective:
        return None
    return value if not bound else value - float(objective[-1]) + float(bound[-1])


Method = Callable[[Snapshot, Scenario, OnProgress], Found]
METHODS: dict[str, Method] = {"planner": _planner, "highs": _highs, "cbc": _cbc}


def one(method: str, profile: str, properties: int, seed: int, seconds: float) -> None:
    """Solve one place in this process and print what was found as one line of JSON."""
    kind = profile.removesuffix(FIVE_PHASES)
    place = generate(properties, max(2, properties // 150), max(4, properties // 3), seed, kind)
    rows = {name: sorted(found, key=lambda row: str(row["id"])) for name, found in place.tables.items()}
    frozen = snapshot.freeze(rows)
    wanted = place.scenario if kind == profile else every_rule(frozen, place.scenario)
    asked = scenario.parse(wanted).with_solver({"seconds": seconds, "gap": 0.0})
    heard: list[Progress] = []
    began = time.perf_counter()
    found = METHODS[method](frozen, asked, heard.append)
    spent = time.perf_counter() - began
    beaten = seconds_to_beat(cost_by_hand(frozen, asked), heard) if heard else None
    print(json.dumps({**asdict(found), "by_hand_seconds": beaten, "seconds": spent}))


def seconds_to_beat(gbp_k: float, heard: list[Progress]) -> float | None:
    """When a search first told of a plan that costs less; None where it never did."""
    return next((told.seconds for told in heard if told.best is not None and told.best < gbp_k), None)


def measured(method: str, profile: str, properties: int, seed: int, seconds: float) -> tuple[Found, float, float]:
    """What a process of its own found, its seconds and the most memory it held, MiB."""
    words = [sys.executable, "-m", "benchmarks.planner", "--one", method, profile, str(properties), str(seed)]
    began, most = time.perf_counter(), 0.0
    with subprocess.Popen(  # noqa: S603 - this very program
        [*words, "--seconds", str(seconds)], stdout=subprocess.PIPE, text=True
    ) as child:
        while child.poll() is None:
            most = max(most, report.memory_mib(child.pid))
            if time.perf_counter() - began > seconds + _GRACE_SECONDS:
                for member in report.family(child.pid):  # CBC too, which would go on without its parent
                    with suppress(ProcessLookupError):
                        os.kill(member, signal.SIGKILL)
            time.sleep(0.2)
        said = child.stdout.read() if child.stdout else ""
    try:
        told = json.loads(said.strip().rsplit("\n", 1)[-1])
    except json.JSONDecodeError:
        return Found("failed", None, None), time.perf_counter() - began, most
    spent = told.pop("seconds")
    print(f"{profile} {properties} seed {seed}, {method}: {told}", file=sys.stderr)
    return Found(**told), spent, most


Measured = tuple[Found, float, float]


class Kept:
    """What has been measured, one line of JSON a solve in a file; without a file nothing is kept."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.known: dict[str, Measured] = {}
        if file is not None and file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                key, found, seconds, memory = json.loads(line)
                self.known[key] = (Found(**found), seconds, memory)

    def measured(self, method: str, profile: str, properties: int, seed: int, seconds: float) -> Measured:
        """As `measured`, looked up where it has been."""
        key = f"{method} {profile} {properties} seed {seed} {seconds:g} s"
        if key not in self.known:
            self.known[key] = measured(method, profile, properties, seed, seconds)
            if self.file is not None:
                found, seconds, memory = self.known[key]
                with self.file.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps([key, asdict(found), seconds, memory]) + "\n")
        return self.known[key]


def rows_of(profile: str, properties: int, seeds: Mapping[str, int], seconds: float, kept: Kept) -> list[Row]:
    """Every method on as many places of one size and profile as it has seeds."""
    found: dict[str, list[Measured]] = {method: [] for method in seeds}
    for seed in range(1, max(seeds.values()) + 1):
        methods = [method for method, most in seeds.items() if seed <= most]
        for together in ([m for m in methods if m == "planner"], [m for m in methods if m != "planner"]):
            with ThreadPoolExecutor(max_workers=2) as pool:
                asked = {m: pool.submit(kept.measured, m, profile, properties, seed, seconds) for m in together}
                for method, answer in asked.items():
                    found[method].append(answer.result())
    return [summarised(profile, properties, method, each) for method, each in found.items()]


def summarised(profile: str, properties: int, method: str, found: list[Measured]) -> Row:
    """The medians of one method's answers."""
    values = [f.value_gbp_k for f, _, _ in found if f.value_gbp_k is not None]
    bounds = [f.bound_gbp_k for f, _, _ in found if f.bound_gbp_k is not None]
    gaps = [
        max(0.0, f.value_gbp_k - f.bound_gbp_k) / max(abs(f.value_gbp_k), 1e-9)
        for f, _, _ in found
        if f.value_gbp_k is not None and f.bound_gbp_k is not None
    ]
    hands = [f.by_hand_seconds for f, _, _ in found if f.by_hand_seconds is not None]
    return Row(
        profile=profile,
        properties=properties,
        method=method,
        seeds=len(found),
        solved=len(values),
        value_gbp_k=median(values) if values else None,
        bound_gbp_k=median(bounds) if bounds else None,
        gap=median(gaps) if len(gaps) == len(found) else None,
        seconds=median(spent for _, spent, _ in found),
        memory_mib=median(most for _, _, most in found),
        by_hand_seconds=median(hands) if len(hands) == len(found) else None,
    )


COLUMNS = (
    "profile",
    "properties",
    "method",
    "plans found",
    "cost, GBP k",
    "bound, GBP k",
    "gap",
    "seconds",
    "MiB",
    "by hand, s",
)


def cells(row: Row) -> tuple[str, ...]:
    """A row as it is printed, under COLUMNS."""
    value, bound = ("-" if n is None else f"{n:,.0f}" for n in (row.value_gbp_k, row.bound_gbp_k))
    gap = "-" if row.gap is None else f"{row.gap:.2%}"
    names = (row.profile, f"{row.properties:,}", row.method, f"{row.solved} of {row.seeds}")
    by_hand = "-" if row.by_hand_seconds is None else f"{row.by_hand_seconds:.0f}"
    return (*names, value, bound, gap, f"{row.seconds:.0f}", f"{row.memory_mib:,.0f}", by_hand)


def main(words: list[str]) -> None:
    """Run every method on every place and print one table."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.planner")
    asked.add_argument("--sizes", default="100,300,1000,3000", help="properties, listed with commas")
    asked.add_argument("--profiles", default=",".join(PROFILES))
    asked.add_argument("--methods", default=",".join(METHODS))
    asked.add_argument("--seeds", type=int, default=5, help="places of each size and profile (5)")
    asked.add_argument("--plain-seeds", type=int, metavar="N", help="of them for the plain solvers (all)")
    asked.add_argument("--seconds", default="60", help="s for each solve (60), or one for each size")
    asked.add_argument("--five-phases", action="store_true", help="ten years, every rule switched on")
    asked.add_argument("--kept", type=Path, metavar="FILE", help="file of what has been measured, to go on from")
    asked.add_argument("--json", action="store_true", help="print plain data")
    asked.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    asked.add_argument("--one", nargs=4, metavar=("METHOD", "PROFILE", "SIZE", "SEED"), help=argparse.SUPPRESS)
    given = asked.parse_args(words)
    if given.one:
        method, profile, properties, seed = given.one
        one(method, profile, int(properties), int(seed), float(given.seconds))
        return
    sizes = [int(size) for size in given.sizes.split(",")]
    seconds = [float(limit) for limit in given.seconds.split(",")]
    if len(seconds) not in {1, len(sizes)}:
        asked.error(f"--seconds {given.seconds}: give one limit, or one for each size")
    kept, plain = Kept(given.kept), given.seeds if given.plain_seeds is None else given.plain_seeds
    seeds = {method: given.seeds if method == "planner" else plain for method in given.methods.split(",")}
    phases = FIVE_PHASES if given.five_phases else ""
    found = [
        row
        for profile in given.profiles.split(",")
        for size, limit in zip(sizes, seconds * len(sizes), strict=False)
        for row in rows_of(profile + phases, size, seeds, limit, kept)
    ]
    if given.json:
        print(json.dumps([asdict(row) for row in found], indent=2))
    else:
        table = Table(*COLUMNS)
        for row in found:
            table.add_row(*cells(row))
        Console(width=120).print(table)
    if given.write:
        limits = ", ".join(f"{limit:g}" for limit in seconds)
        few = "" if plain == given.seeds else f" (plain solvers: {plain})"
        title = f"Planner beside plain solvers{phases}, {limits} s each, medians of {given.seeds} seeds{few}"
        name = "planner-five-phases" if given.five_phases else f"planner-{limits.replace(', ', '-')}-s"
        report.write(report.DOCUMENT, name, title, COLUMNS, [cells(row) for row in found], os.getloadavg()[0])


if __name__ == "__main__":
    main(sys.argv[1:])
