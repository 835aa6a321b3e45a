"""Times a large register on both stores, each in a process of its own: `make bench-register [N=100000]`.

A synthetic place of N properties (their bodies and sites with them) is imported, imported again unchanged,
checked, frozen and searched. The limits are those of the design for 100,000 properties on two cores.
"""

import argparse
import multiprocessing
import os
import re
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import shapely
from rich.console import Console
from rich.table import Table

from benchmarks import report
from estate import snapshot
from estate.checks import run_checks
from estate.database import Register
from estate.importers import import_files
from estate.synthetic import generate
from tests.support import postgis

FILES = ("organisation.csv", "site.csv", "property.csv")
# Step: the most seconds it may take.
LIMITS = {"import": 60.0, "the same again": 20.0, "checks": 30.0, "snapshot": 5.0, "places in 2 km": 0.02}
MOST_MIB = 1024
PACKAGES = ("pandas", "numpy", "shapely", "sqlalchemy", "psycopg")
SEARCHES = 20


def main(words: Sequence[str]) -> None:
    """Print one table: a row a step, a column a store."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("properties", type=int, nargs="?", default=100_000)
    asked.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    given = asked.parse_args(words)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(given.properties, 100, 5_000, seed=1).write(folder)
        files = [folder / file for file in FILES]
        found = {f"SQLite {sqlite3.sqlite_version}": _measured(f"sqlite:///{folder / 'register.db'}", files)}
        programs = postgis.programs()
        if programs:
            with postgis.cluster(programs) as cluster, cluster.database() as url:
                found[f"PostgreSQL {programs.parent.name} with PostGIS"] = _measured(url, files)
    columns = ["Step", "At most", *(f"{store}{more}" for store in found for more in ("", ", MiB so far"))]
    rows = [_cells(step, most, list(found.values())) for step, most in LIMITS.items()]
    title = f"A register of {given.properties:,} properties; its import may use {MOST_MIB:,} MiB"
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)
    if given.write:
        report.write(report.DOCUMENT, "register", title, columns, rows, load, PACKAGES)


def _measured(url: str, files: list[Path]) -> dict[str, float]:
    """The seconds of each step, and the most memory of its process in MiB, measured in a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (url, files))


def measure(url: str, files: list[Path]) -> dict[str, float]:
    """Run every step; see `_measured`."""
    found: dict[str, float] = {}
    with _register(url) as register:
        steps: dict[str, Callable[[], Any]] = {
            "import": lambda: import_files(register, files),
            "the same again": lambda: import_files(register, files),
            "checks": lambda: run_checks(register),
            "snapshot": lambda: snapshot.take(register),
        }
        for name, step in steps.items():
            found[name] = _seconds(step)
            found[f"{name}, MiB"] = _most_mib()
        where = [row["geometry"] for row in register.rows("property")[::50] if row["geometry"]]
        places = [shapely.centroid(place) for place in where[:SEARCHES]]
        found["places in 2 km"] = median(_seconds(partial(register.within, "property", p, 2_000)) for p in places)
    return found


def _most_mib() -> float:
    """The most memory that this process has had. Linux would count its parent's before it in `ru_maxrss`."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _register(url: str) -> Iterator[Register]:
    register = Register.create(url)
    try:
        yield register
    finally:
        register.close()


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _cells(step: str, most: float, stores: Sequence[dict[str, float]]) -> list[str]:
    """A row of the table: the seconds of a step on each store, and the memory used until then."""
    cells = [step, f"{most:g} s"]
    for measured in stores:
        memory = measured.get(f"{step}, MiB")
        cells += [f"{measured[step]:.3g} s", "" if memory is None else f"{memory:,.0f}"]
    return cells


if __name__ == "__main__":
    main(sys.argv[1:])
