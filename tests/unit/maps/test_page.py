"""The page as a file: small, whole, offline, the same each time."""

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from estate.problems import InputError
from maps import page, tiles, view
from optimiser.plan import Plan
from tests.support import planned_place


@pytest.fixture(autouse=True)
def _no_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tiles.ADDRESS, raising=False)


def test_a_large_place_stays_small(tmp_path: Path) -> None:
    made = planned_place.place(properties=3_000, zones=900, services=10, organisations=20)
    assert page.write(*made, tmp_path / "map.html").stat().st_size < 5_000_000


def test_a_place_without_zones_or_services_has_a_map(tmp_path: Path) -> None:
    html = page.write(*planned_place.place(zones=0, services=0), tmp_path / "map.html").read_text(encoding="utf-8")
    assert '<select id="service"><option value="">Nothing</option></select>' in html


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    first = page.write(*planned_place.place(), tmp_path / "a.html")
    second = page.write(*planned_place.place(), tmp_path / "deep" / "b.html")
    assert first.read_bytes() == second.read_bytes()


def test_nothing_is_fetched_and_only_our_scripts_run(tmp_path: Path) -> None:
    html = page.write(*planned_place.place(), tmp_path / "map.html").read_text(encoding="utf-8")
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[0].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert not re.findall(r"<(?:link|img|iframe|script src)\b", html)
    for extra in ("jquery", "bootstrap", "font-awesome", "awesome-markers", "user-scalable=no"):
        assert extra not in html.lower()


def test_configured_tiles_are_the_only_pictures_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tiles.ADDRESS, "https://tiles.example.org/{z}/{x}/{y}.png")
    monkeypatch.setenv(tiles.CREDIT, "<b>Somebody</b>")
    html = page.write(*planned_place.place(), tmp_path / "map.html").read_text(encoding="utf-8")
    assert "img-src data: https://tiles.example.org;" in html
    assert "tiles.example.org/{z}/{x}/{y}.png" in html
    assert "\\u0026lt;b\\u0026gt;Somebody" in html


def test_headings_figures_and_notes_are_there(tmp_path: Path) -> None:
    html = page.write(*planned_place.place(), tmp_path / "map.html", title="Trafford & <friends>").read_text(
        "utf-8"
    )
    assert "<h1>Trafford &amp; &lt;friends&gt;</h1>" in html
    assert "Proven within 0.8% of the best possible plan" in html
    assert "<strong>41.8%</strong> of these pounds rest on\n      benchmark estimates" in html
    assert "Travel is by straight line with a circuity of 1.3." in html
    assert "£12.3 million" in html


def test_names_are_never_run_as_templates(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place()
    name = "{{ 7777 * 3 }}{% set x = 1 %}{# gone #}"
    mean = replace(
        snapshot, properties=snapshot.properties.assign(name=name), zones=snapshot.zones.assign(name=name)
    )
    html = page.write(plan, mean, scenario, tmp_path / "map.html").read_text(encoding="utf-8")
    assert "23331" not in html
    assert "gone #" in html


def test_without_a_plan_the_conflicts_stand_in_its_place(tmp_path: Path) -> None:
    _, snapshot, scenario = planned_place.place()
    none = Plan(
        "infeasible_confirmed", snapshot.digest, scenario.digest, 2026, 2.0, "HiGHS", 0,
        conflicts=("Library: 95% within 5 minutes cannot be kept",),
    )  # fmt: skip
    html = page.write(none, snapshot, scenario, tmp_path / "map.html").read_text(encoding="utf-8")
    assert "No plan can keep all the rules" in html
    assert "<li>Library: 95% within 5 minutes cannot be kept</li>" in html
    assert "Headline figures" not in html


def test_a_plan_of_another_snapshot_is_refused_and_nothing_written(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place()
    with pytest.raises(InputError, match="made from snapshot other"):
        page.write(replace(plan, snapshot_digest="other"), snapshot, scenario, tmp_path / "map.html")
    assert not list(tmp_path.iterdir())


def test_confidential_receipts_are_said_to_be_there(tmp_path: Path) -> None:
    plan, snapshot, scenario = planned_place.place()
    secret = replace(snapshot, valuations=snapshot.valuations.assign(confidential=True))
    html = page.write(plan, secret, scenario, tmp_path / "map.html").read_text(encoding="utf-8")
    assert "Receipts that rest on confidential valuations: 4." in html


def test_money_that_nobody_knows_is_not_nought() -> None:
    plan, snapshot, scenario = planned_place.place()
    bare = replace(
        snapshot, running_costs=snapshot.running_costs.iloc[:0], valuations=snapshot.valuations.iloc[:0]
    )
    free = replace(
        plan.properties[0],
        receipt_gbp=0.0,
        running_cost_today_gbp_per_year=0.0,
        running_cost_after_gbp_per_year=0.0,
    )
    place = view.gather(replace(plan, properties=(free,)), bare, scenario).places[0]
    assert (place.sold, place.receipt_gbp, place.saving_gbp_per_year) == (True, None, None)
