"""Tables of figures in docs/benchmarks.md with machine, day and versions; the memory of a process; silence."""

import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_PACKAGES = ("pulp", "highspy", "numba", "numpy", "scipy")


def write(
    document: Path,
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    load: float,
    packages: Sequence[str] = _PACKAGES,
) -> None:
    """Replace the table `name` of the document, or add it at the end. `load`: the machine's load average."""
    lines = [
        f"<!-- {name} -->",
        f"### {title}",
        "",
        f"{datetime.now(UTC):%d %B %Y}, {machine()}, load {load:.1f}; {versions(packages)}.",
        "",
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        f"<!-- end of {name} -->",
    ]
    table = "\n".join(lines)
    text = document.read_text(encoding="utf-8")
    pattern = re.compile(rf"<!-- {name} -->.*<!-- end of {name} -->", re.S)
    text = pattern.sub(lambda _: table, text) if pattern.search(text) else f"{text.rstrip()}\n\n{table}\n"
    document.write_text(text, encoding="utf-8")


@contextmanager
def silence() -> Iterator[None]:
    """Standard output to nowhere, also what solvers write past Python."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def machine() -> str:
    """The processor, its cores and the memory, as far as the system tells."""
    cpu, gib = platform.processor() or platform.machine(), 0.0
    info = Path("/proc/cpuinfo")
    if info.exists() and (found := re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8"))):
        cpu = found[1]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{cpu}, {os.cpu_count()} cores, {gib:.0f} GiB"


def versions(packages: Sequence[str] = _PACKAGES) -> str:
    """Python and the packages that the figures depend on."""
    return f"Python {platform.python_version()}, " + ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in packages
    )


def memory_mib(process: int) -> float:
    """Memory of a process and all below it now, MiB; 0 where the system does not tell (no /proc).

    A page that several of them share counts once (proportional set size, proc(5)).
    """
    return sum(_share_kib(member) for member in family(process)) / 1024


def family(process: int) -> set[int]:
    """A process and all below it; itself alone where the system does not tell."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
    found, born = {process}, {process}
    while born:
        born = {child for child, parent in parents.items() if parent in born}
        found |= born
    return found


def _share_kib(process: int) -> int:
    """A process's own pages and its share of those that it has in common with others, KiB; 0 once it has ended."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", told, re.M)
    return int(found[1]) if found else 0
