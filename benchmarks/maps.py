"""Times the map page: how long it takes to write, how large it is, how soon a browser has it: `make bench-maps`.

The place is synthetic, of profile realistic. The plan is drawn by lot, not searched for: a quarter of the
buildings is left over five years, every team of theirs goes to the nearest that is kept, every twentieth of those
kept becomes a hub. A map is as heavy as its plan has changes, and few plans have more. Each size is written in a
process of its own, and opened three times in a fresh Chromium, of which the quickest counts; ready is when every
script has run, every mark is drawn and the browser has painted. The limits are those of the design for two cores.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table
from scipy.spatial import KDTree

from benchmarks import report
from estate import snapshot
from estate.snapshot import Snapshot
from estate.synthetic import generate
from maps import page
from maps.brand import Brand
from optimiser import scenario as scenarios
from optimiser.plan import Figures, Move, Plan, PropertyAction, Reach, ZoneReach
from optimiser.prepare.places import centres
from tests.support import chromium

PACKAGES = ("folium", "numpy", "shapely", "playwright")
BASE_YEAR, YEARS = 2026, 5
LEFT_SHARE, HUB_SHARE = 0.25, 0.05
MINUTES_PER_M = 1.3 / 30 * 60 / 1000
READY = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"


@dataclass(frozen=True)
class Size:
    """A place and the most that its map may take."""

    properties: int
    organisations: int
    zones: int
    write_s: float
    megabytes: float
    ready_s: float


SIZES = (Size(3_000, 20, 900, 5.0, 5.0, 2.0), Size(20_000, 60, 6_000, 15.0, 15.0, 5.0))


def place(properties: int, organisations: int, zones: int, seed: int = 1) -> tuple[Plan, Snapshot, Any]:
    """A place, a plan of it and its scenario."""
    made = generate(properties, organisations, zones, seed)
    frozen = snapshot.freeze(made.tables)
    asked = scenarios.parse(made.scenario)
    return plan_by_lot(frozen, asked.digest, np.random.default_rng(seed)), frozen, asked


def plan_by_lot(frozen: Snapshot, scenario_digest: str, dice: np.random.Generator) -> Plan:
    """The plan; money follows what the register has, and today's reach changes where a service's places go."""
    held = frozen.properties
    spots = centres(held)
    placed = ~np.isnan(spots[:, 0])
    left = placed & (dice.random(len(held)) < LEFT_SHARE)
    year = np.where(left, BASE_YEAR + dice.integers(0, YEARS, len(held)), 0)
    kept = np.flatnonzero(placed & ~left)
    nearest = kept[KDTree(spots[kept]).query(np.nan_to_num(spots))[1]]
    hosts = set(nearest[left])
    hub = ~left & (dice.random(len(held)) < HUB_SHARE)
    costs = frozen.running_costs.groupby("property_id")["gbp_per_year"].sum().reindex(held.index).fillna(0)
    value = frozen.valuations.groupby("property_id")["value_gbp"].max().reindex(held.index).fillna(0)
    owned = (held["tenure"] == "freehold").to_numpy()
    bodies = list(frozen.organisations.index)
    actions = tuple(
        PropertyAction(
            str(key), "leave" if left[n] else "host" if n in hosts else "keep",
            year=int(year[n]) if left[n] else None, sold=bool(left[n] and owned[n]),
            sold_year=int(year[n]) if left[n] and owned[n] else None,
            receipt_gbp=float(value.iloc[n]) if left[n] and owned[n] else 0.0,
            running_cost_today_gbp_per_year=float(costs.iloc[n]),
            running_cost_after_gbp_per_year=0.0 if left[n] else float(costs.iloc[n]),
            hub_year=BASE_YEAR if hub[n] and n in hosts else None,
            partners=tuple(bodies[n % 7 : n % 7 + 3]) if hub[n] and n in hosts else (), estimated=n % 5 == 0,
        )
        for n, key in enumerate(held.index)
    )  # fmt: skip
    numbers = {str(key): n for n, key in enumerate(held.index)}
    moves = tuple(
        Move(
            str(key), home, str(held.index[nearest[numbers[home]]]), int(year[numbers[home]]), float(fte), 1.0, 5e3
        )
        for key, home, fte in zip(
            frozen.teams.index, frozen.teams["property_id"], frozen.teams["fte"], strict=True
        )
        if left[numbers[home]]
    )
    zones = tuple(_zones(frozen, spots, left, nearest))
    return Plan(
        status="best_found", snapshot_digest=frozen.digest, scenario_digest=scenario_digest, base_year=BASE_YEAR,
        seconds=0.0, solver="by lot", seed=0, properties=actions, moves=moves, zones=zones,
        figures=_figures(actions, moves, zones),
    )  # fmt: skip


def _zones(frozen: Snapshot, spots: Any, left: Any, nearest: Any) -> list[ZoneReach]:
    """Minutes to the nearest place of each service, by straight line, today and after."""
    numbers = {str(key): n for n, key in enumerate(frozen.properties.index)}
    homes = centres(frozen.zones)
    found = []
    for service, minutes in frozen.services["minutes"].items():
        teams = frozen.teams[frozen.teams["service_id"] == service]
        today = np.array([numbers[key] for key in teams["property_id"]], dtype=int)
        today = today[~np.isnan(spots[today][:, 0])]
        if not len(today):
            continue
        after = np.where(left[today], nearest[today], today)
        near = [KDTree(spots[places]).query(homes)[0] * MINUTES_PER_M for places in (today, after)]
        found += [
            ZoneReach(str(service), str(zone), float(people), a, b, a <= minutes, b <= minutes, "car", "car")
            for zone, people, a, b in zip(frozen.zones.index, frozen.zones["population"], *near, strict=True)
        ]
    return found


def _figures(
    actions: tuple[PropertyAction, ...], moves: tuple[Move, ...], zones: tuple[ZoneReach, ...]
) -> Figures:
    today = sum(action.running_cost_today_gbp_per_year for action in actions)
    after = sum(action.running_cost_after_gbp_per_year for action in actions)
    return Figures(
        running_cost_today_gbp_per_year=today, running_cost_after_gbp_per_year=after,
        saving_gbp_per_year=today - after, capital_receipts_gbp=sum(action.receipt_gbp for action in actions),
        one_off_cost_gbp=0.0, npsv_gbp=0.0, properties_today=len(actions),
        properties_left=sum(action.action == "leave" for action in actions),
        people_moved=sum(move.fte for move in moves),
        reach={zone.service_id: Reach(0.9, 0.9, 0.9, 0.9, 15.0, "car") for zone in zones}, estimated_share=0.2,
    )  # fmt: skip


def write(size: tuple[int, int, int], out: Path) -> tuple[float, float, int]:
    """Seconds to write the page of a place that is there already, the processor's of them, and its bytes."""
    made = place(*size)
    began, worked = time.perf_counter(), time.process_time()
    page.write(*made, out, looks=Brand())
    return time.perf_counter() - began, time.process_time() - worked, out.stat().st_size


def ready(path: Path) -> float:
    """Seconds from opening the page in a fresh Chromium until all is drawn."""
    with sync_playwright() as playwright, ExitStack() as stack:
        program = chromium.find(playwright)
        if program is None:
            raise SystemExit(f"no Chromium here; {chromium.HOW_TO_GET_IT}")
        browser = playwright.chromium.launch(executable_path=program, args=chromium.FLAGS)
        stack.callback(browser.close)
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(path.as_uri(), timeout=120_000)
        return float(tab.evaluate(READY)) / 1000


def main(words: Sequence[str]) -> None:
    """Print one table: a row a size."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", type=float, default=1.0, help="share of the size of everything")
    asked.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    given = asked.parse_args(words)
    load = os.getloadavg()[0]
    columns = ["Map of", "Written in", "At most", "Processor", "MB", "At most", "Ready in Chromium in", "At most"]
    rows = []
    for size in SIZES:
        counts = [max(least, round(n * given.scale)) for n, least in
                  ((size.properties, 30), (size.organisations, 3), (size.zones, 9))]  # fmt: skip
        with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(1) as alone:
            path = Path(folder) / "map.html"
            seconds, worked, content = alone.apply(write, (tuple(counts), path))
            shown = min(alone.apply(ready, (path,)) for _ in range(3))
        rows.append([
            f"{counts[0]:,} properties, {counts[2]:,} zones", f"{seconds:.1f} s", f"{size.write_s:g} s",
            f"{worked:.1f} s", f"{content / 1e6:.1f}", f"{size.megabytes:g}", f"{shown:.1f} s",
            f"{size.ready_s:g} s",
        ])  # fmt: skip
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)
    if given.write:
        report.write(report.DOCUMENT, "maps", "Map pages", columns, rows, load, PACKAGES)


if __name__ == "__main__":
    main(sys.argv[1:])
