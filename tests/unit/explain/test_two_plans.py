"""Two plans side by side: counted by hand, and as the command shows them."""

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from app import cli, pipeline
from app.shell import app
from estate.database import Register, write
from optimiser.explain import two_plans
from optimiser.plan import Plan, ZoneReach
from tests.support.tiny_place import ROWS, asked

assert cli  # it finds the commands


def _plan(**zones: tuple[float, float | None, float | None]) -> Plan:
    reached = tuple(
        ZoneReach("s", key, people, today, after, (today or 99) <= 10, (after or 99) <= 10)
        for key, (people, today, after) in zones.items()
    )
    return Plan("proven", "d", "s", 2026, 1.0, "solver", 0, zones=reached)


def test_how_far_two_plans_are_apart() -> None:
    first = _plan(a=(100, 5.0, 9.0), b=(200, 8.0, 8.0), c=(50, None, 12.0))
    second = _plan(a=(100, 7.5, 12.0), b=(200, 8.05, 8.05), d=(10, 1.0, 1.0))
    found = two_plans.pairs(first, second)
    assert [(pair.zone_id, pair.apart_today, pair.apart_after) for pair in found] == [
        ("a", 2.5, 3.0), ("b", 0.05, 0.05), ("c", None, None), ("d", None, None),
    ]  # fmt: skip
    (one,) = two_plans.apart(found)
    assert (one.zones, one.zones_apart, one.most) == (4, 1, 2.5)
    assert one.mean_first == pytest.approx((5 * 100 + 8 * 200) / 300)
    assert one.mean_second == pytest.approx((7.5 * 100 + 8.05 * 200) / 300)
    assert (one.within_first, one.within_second, one.only_first, one.only_second) == (300, 210, 100, 10)


def test_plans_without_zones_have_nothing_to_compare() -> None:
    assert two_plans.apart(two_plans.pairs(_plan(), _plan())) == []


def test_the_command_shows_and_writes_them(register: Register, tmp_path: Path) -> None:
    with register.transaction() as connection:
        for table, rows in ROWS.items():
            write(connection, table, rows)
        minutes = [("z0", "annexe", 6.5), ("z1", "annexe", 2.0), ("z2", "depot", 0.5)]
        times = [
            {"id": f"{z} {p} car", "zone_id": z, "property_id": p, "mode": "car", "minutes": m}
            for z, p, m in minutes
        ]
        write(connection, "travel_time", times)
    by_line = pipeline.plan(register, asked())
    by_table = pipeline.plan(register, asked(name="By table", travel={"method": "table"}))
    url = register.engine.url.render_as_string(hide_password=False)
    out = tmp_path / "zones.xlsx"
    words = ["travel", "compare", by_line.id, by_table.id, "--out", str(out), "--database", url]

    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})

    assert done.exit_code == 0, done.output
    assert f"2: By table ({by_table.id})" in done.stdout
    assert "of 3" in done.stdout
    header, *rows = openpyxl.load_workbook(out)["Zone by zone"].iter_rows(values_only=True)
    assert len(rows) == 3
    today = header.index("Today, minutes more in the second")
    first = {zone.zone_id: zone.minutes_today for zone in by_line.plan.zones}
    second = {zone.zone_id: zone.minutes_today for zone in by_table.plan.zones}
    assert {row[1]: row[today] for row in rows} == {
        zone: pytest.approx((second[zone] or 0) - (first[zone] or 0)) for zone in first
    }
