"""Times the board's pack of two plans and their comparison: `make bench-pack`. The limit is that of the design.

The place is the demonstration's. Its two plans are searched for in a few seconds: how long a pack takes hangs on
the size of the place, not on how good a plan is. The first pack is not timed; of three more the middle one counts.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app import demo, pack, pipeline
from benchmarks import report
from estate.database import Register
from estate.importers import import_files
from estate.synthetic import generate
from maps.brand import Brand
from maps.pack.case import EVERYTHING, PUBLIC
from optimiser import scenario as scenarios

PACKAGES = ("python-pptx", "xlsxwriter", "pillow", "numpy")
LIMIT_S, TIMES, PLANNING_S = 30.0, 3, 10.0
COLUMNS = ("Pack of", "For", "Written in", "At most", "Processor, without Chromium")


def register_with_runs(folder: Path, properties: int, zones: int) -> tuple[Register, list[str]]:
    """The demonstration's place in this size, and two runs of it."""
    generate(properties, demo.ORGANISATIONS, zones, demo.SEED).write(folder / "place")
    register = Register.create(f"sqlite:///{folder / 'estate.db'}")
    import_files(register, [folder / "place"])
    asked = scenarios.read(folder / "place" / "scenario.yaml").with_solver({"seconds": PLANNING_S})
    alone = asked.with_value(("moves", "across_organisations"), False).with_value(("name",), demo.ALONE)
    return register, [pipeline.plan(register, scenario).id for scenario in (asked, alone)]


def seconds(register: Register, runs: Sequence[str], out: Path, reader: str) -> tuple[float, float]:
    """Seconds of a pack on the clock, and of this process's own work: the middle of some."""
    found = []
    for number in range(TIMES + 1):
        begun, worked = time.perf_counter(), time.process_time()
        pack.write(register, runs, out, reader=reader, looks=Brand())
        if number:
            found.append((time.perf_counter() - begun, time.process_time() - worked))
    clocks, works = zip(*found, strict=True)
    return statistics.median(clocks), statistics.median(works)


def main(words: Sequence[str]) -> None:
    """Print one table: a row a reader."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    asked.add_argument("--properties", type=int, default=demo.PROPERTIES)
    given = asked.parse_args(words)
    load, rows = os.getloadavg()[0], []
    zones = max(9, round(demo.ZONES * given.properties / demo.PROPERTIES))
    with tempfile.TemporaryDirectory() as name:
        register, runs = register_with_runs(Path(name), given.properties, zones)
        with closing(register):
            for reader in (EVERYTHING, PUBLIC):
                clock, work = seconds(register, runs, Path(name) / "pack", reader)
                what = f"2 plans of {given.properties:,} properties, {zones:,} zones"
                rows.append((what, reader, f"{clock:.1f} s", f"{LIMIT_S:g} s", f"{work:.1f} s"))
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)
    if given.write:
        report.write(report.DOCUMENT, "pack", "The board's pack", COLUMNS, rows, load, PACKAGES)


if __name__ == "__main__":
    main(sys.argv[1:])
