"""Facility location with published optima, through the planner's own solver.

    python -m benchmarks.facility FILE... [--seconds N] [--json]

FILE is a Holmberg single-source file (p1 ... p71, published optima in `os` beside it) or an OR-Library file
(cap*.txt, published optima in capopt.txt beside it; capa, capb and capc stand for four instances each, one a
capacity). Each line tells the value found, the bound, the gap, the seconds, and whether that is the optimum.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from optimiser.solve import strategy
from optimiser.solve.arrays import Arrays
from optimiser.solve.bridge import Limits

Floats = NDArray[np.float64]

NO_BLOCK = -1
# The published values are rounded to a thousandth at the best.
_SAME = 1e-6


@dataclass(frozen=True)
class Instance:
    """Customers served from facilities. `cost[i, j]` serves all of customer j from facility i."""

    name: str
    capacity: Floats  # (facilities,)
    fixed: Floats  # (facilities,)
    demand: Floats  # (customers,)
    cost: Floats  # (facilities, customers)
    single_source: bool  # each customer from one facility; otherwise demand may be split
    published: float | None = None


@dataclass(frozen=True)
class Result:
    """What was found of one instance."""

    name: str
    outcome: str
    value: float | None
    bound: float | None
    gap: float | None
    seconds: float
    published: float | None
    equal: bool | None  # whether the value is the published one; None where either is missing
    proven: bool


def read(path: Path) -> list[Instance]:
    """The instances of a file. ValueError, naming the file, where it is not of either form."""
    # Some Holmberg files were cut short by NULs, with the rest of a longer file behind them.
    words = path.read_bytes().split(b"\0", 1)[0].decode("ascii").split()
    try:
        if path.name.startswith("cap"):
            return list(_or_library(path, words))
        return [_holmberg(path, words)]
    except (ValueError, IndexError) as fault:
        raise ValueError(f"{path}: it is neither a Holmberg nor an OR-Library file ({fault})") from None


def _holmberg(path: Path, words: list[str]) -> Instance:
    numbers = np.array(words, dtype=float)
    m, n = int(numbers[0]), int(numbers[1])
    sites, demand, cost = np.split(numbers[2:], [2 * m, 2 * m + n])
    listed, number = path.with_name("os"), re.fullmatch(r"p(\d+)", path.name)
    optima = listed.read_text(encoding="ascii").split() if listed.exists() else []
    published = float(optima[int(number[1]) - 1]) if number and int(number[1]) <= len(optima) else None
    sites = sites.reshape(m, 2)
    return Instance(path.name, sites[:, 0], sites[:, 1], demand, cost.reshape(m, n), True, published)


def _or_library(path: Path, words: list[str]) -> Iterator[Instance]:
    optima = published_or_library(path.with_name("capopt.txt"))
    shared = "capacity" in words
    numbers = np.array(["nan" if word == "capacity" else word for word in words], dtype=float)
    m, n = int(numbers[0]), int(numbers[1])
    sites = numbers[2 : 2 + 2 * m].reshape(m, 2)
    customers = numbers[2 + 2 * m :].reshape(n, 1 + m)
    one = Instance(path.stem, sites[:, 0], sites[:, 1], customers[:, 0], customers[:, 1:].T.copy(), False)
    if not shared:
        yield replace(one, published=optima.get((path.stem, None)))
        return
    listed = sorted((size, best) for (name, size), best in optima.items() if name == path.stem and size)
    if not listed:
        raise ValueError("its capacities stand in capopt.txt, which does not list them")
    for size, best in listed:
        yield replace(one, name=f"{path.stem}-{size:.0f}", capacity=np.full(m, size), published=best)


def published_or_library(path: Path) -> dict[tuple[str, float | None], float]:
    """The optima of capopt.txt by name and (capa, capb, capc) capacity; none where there is no such file."""
    optima: dict[tuple[str, float | None], float] = {}
    name = ""
    for line in path.read_text(encoding="ascii").splitlines() if path.exists() else ():
        found = re.fullmatch(r"(cap\w+)?\s+([\d.]+)(?:\s+\(capacity (\d+)\))?\s*", line)
        if found:
            name = found[1] or name
            optima[name, float(found[3]) if found[3] else None] = float(found[2])
    return optima


def to_arrays(instance: Instance) -> tuple[Arrays, NDArray[np.int64]]:
    """The model, and the facility that each column belongs to.

        min  sum_i fixed_i open_i + sum_ij cost_ij serve_ij
        sum_i serve_ij = 1      sum_j demand_j / capacity_i serve_ij <= open_i      serve_ij <= open_i

    open_i are 0/1; serve_ij too where each customer has one source. Columns: open, then serve by facility.
    """
    m, n = instance.cost.shape
    facility, customer = np.divmod(np.arange(m * n), n)
    ones, pairs = np.ones(m * n), np.arange(m * n)
    share = instance.demand[customer] / instance.capacity[facility]
    served = sp.csr_matrix((ones, (customer, pairs)), shape=(n, m * n))
    room = sp.csr_matrix((share, (facility, pairs)), shape=(m, m * n))
    opens = sp.csr_matrix((ones, (pairs, facility)), shape=(m * n, m))
    rows = sp.bmat([[None, served], [-sp.identity(m), room], [-opens, sp.identity(m * n)]]).tocsr()
    least = np.concatenate([np.ones(n), np.full(m + m * n, -np.inf)])
    arrays = Arrays(
        cost=np.concatenate([instance.fixed, instance.cost.ravel()]),
        offset=0.0,
        lower=np.zeros(m + m * n),
        upper=np.ones(m + m * n),
        whole=np.concatenate([np.ones(m, dtype=bool), np.full(m * n, instance.single_source)]),
        starts=rows.indptr.astype(np.int32),
        columns=rows.indices.astype(np.int32),
        values=rows.data,
        row_lower=least,
        row_upper=np.concatenate([np.ones(n), np.zeros(m + m * n)]),
    )
    return arrays, np.concatenate([np.arange(m), facility])


def solve(instance: Instance, seconds: float) -> Result:
    """Solve one instance within `seconds`."""
    answer = strategy.solve_arrays(*to_arrays(instance), Limits(seconds, 0.0))
    value, bound, best = answer.objective, answer.bound, instance.published
    gap = None if value is None or bound is None else max(0.0, value - bound) / max(abs(value), 1e-9)
    equal = None if value is None or best is None else bool(abs(value - best) <= _SAME * max(1.0, abs(best)))
    return Result(
        instance.name, answer.outcome, value, bound, gap, round(answer.seconds, 2), best, equal,
        proven=answer.outcome == "optimal",
    )  # fmt: skip


def main(words: list[str]) -> int:
    """Solve every instance of the files; 1 where a value is not the published one."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.facility")
    asked.add_argument("files", nargs="+", type=Path, metavar="FILE")
    asked.add_argument("--seconds", type=float, default=60.0, help="s for each instance (60)")
    asked.add_argument("--json", action="store_true", help="print plain data")
    given = asked.parse_args(words)
    found = [solve(instance, given.seconds) for path in given.files for instance in read(path)]
    if given.json:
        print(json.dumps([asdict(result) for result in found], indent=2))
    else:
        _print(found)
    return int(not all(result.equal and result.proven for result in found))


def _print(found: list[Result]) -> None:
    table = Table("instance", "value", "bound", "gap", "seconds", "published", "equal", "proven")
    for result in found:
        numbers = [f"{n:,.3f}" if n is not None else "-" for n in (result.value, result.bound)]
        gap = "-" if result.gap is None else f"{result.gap:.3%}"
        best = "-" if result.published is None else f"{result.published:,.3f}"
        words = {True: "yes", False: "no", None: "-"}
        table.add_row(
            result.name, *numbers, gap, f"{result.seconds:.1f}", best, words[result.equal], words[result.proven]
        )
    out = Console(width=120)
    out.print(table)
    equal, proven = sum(bool(r.equal) for r in found), sum(r.proven for r in found)
    out.print(f"{equal} of {len(found)} equal the published optimum; {proven} proven within their time.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
