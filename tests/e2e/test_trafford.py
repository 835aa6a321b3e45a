"""A real place, as published: Trafford's register, zones, people and service points, planned and opened."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

REGISTER = "register/trafford_land_and_building_assets.csv"
LISTS = ("libraries", "general_practices", "community_hubs", "childrens_centres", "leisure_centres")
FILES = (
    "geography/trafford_lsoa_generalised.geojson",
    "geography/mid-year_2024_population_estimates_lsoa.csv",
    REGISTER,
    *(f"services/trafford_{name}.csv" for name in LISTS),
)
Estate = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trafford")


@pytest.fixture(scope="module")
def estate(folder: Path) -> Estate:
    environment = {key: value for key, value in os.environ.items() if key != "ESTATE_DATABASE_URL"}

    def run(*words: object) -> Any:
        command = [str(Path(sys.executable).with_name("estate")), *map(str, words)]
        done = subprocess.run(
            command, cwd=folder, env=environment, text=True, capture_output=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return run


@pytest.fixture(scope="module")
def imported(estate: Estate, shared_data: Path) -> dict[str, dict[str, Any]]:
    estate("init")
    answer = estate("import", *(shared_data / "trafford" / name for name in FILES), "--json")
    assert answer["rows"] == answer["accepted"] + answer["rejected"]
    return {file["file_name"]: file for file in answer["files"]}


@pytest.fixture(scope="module")
def planned(estate: Estate, imported: dict[str, dict[str, Any]]) -> dict[str, Any]:
    assert imported
    answer: dict[str, Any] = estate("plan", "--seconds", 60, "--json")
    return answer


def test_every_row_is_accounted_for(imported: dict[str, dict[str, Any]]) -> None:
    register = imported[Path(REGISTER).name]
    assert (register["rows"], register["accepted"], register["rejected"]) == (608, 608, 0)
    assert {name: imported[f"trafford_{name}.csv"]["accepted"] for name in LISTS} == {
        "libraries": 13,
        "general_practices": 26,
        "community_hubs": 6,
        "childrens_centres": 2,
        "leisure_centres": 9,
    }
    assert imported["trafford_lsoa_generalised.geojson"]["accepted"] == 139


def test_what_is_odd_is_named(imported: dict[str, dict[str, Any]]) -> None:
    notes = imported[Path(REGISTER).name]["notes"]

    def names(kind: str, words: str) -> list[str]:
        return [note["record"] for note in notes if note["kind"] == kind and words in note["reason"]]

    assert names("mended", "swapped") == ["Davyhulme Youth Centre (TMBC0396/P0000036)"]
    assert names("warning", "outside the place") == ["Sonova House (TMBC0125)", "The Fort (TMBC0126)"]
    assert len(names("warning", "no coordinates")) == 235


def test_the_plan_is_sound_and_says_what_it_rests_on(planned: dict[str, Any]) -> None:
    assert planned["status"] in {"proven", "within_gap"}
    assert planned["bound_gbp_k"] <= planned["objective_gbp_k"]
    figures = planned["figures"]
    assert set(figures["reach"]) == {
        "library", "general_practice", "community_hub", "childrens_centre", "leisure_centre",
    }  # fmt: skip
    assert figures["estimated_share"] == 1.0  # Trafford publishes no cost and no value
    assert 0 < figures["saving_gbp_per_year"] < 0.5 * figures["running_cost_today_gbp_per_year"]
    assert any("no known place" in note for note in planned["notes"])
    assert any("outside this decision" in note for note in planned["notes"])


@pytest.mark.browser
def test_the_boards_pack_is_whole(estate: Estate, planned: dict[str, Any], folder: Path, chromium: Path) -> None:
    assert chromium
    files = estate("pack", planned["run"], "--out", "pack", "--json")
    paper = pypdf.PdfReader(folder / files["board.pdf"])
    text = "\n".join(page.extract_text() for page in paper.pages)

    assert 6 <= len(paper.pages) <= 10
    assert "Every pound rests on a benchmark estimate" in " ".join(text.split())
    assert {"board.html", "board.pptx", "manifest.json", "map.html", "plan.gpkg", "workbook.xlsx"} <= set(files)


@pytest.mark.browser
def test_the_map_opens_offline(estate: Estate, planned: dict[str, Any], folder: Path, browser: Browser) -> None:
    estate("map", planned["run"], "--out", "board")
    page = browser.new_page()
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto((folder / "board" / "map.html").as_uri())
    page.wait_for_function("document.querySelectorAll('.leaflet-container path').length > 100")
    assert (len(asked), faults) == (1, [])
    assert "of 639 properties" in page.inner_text("body")
    assert "Trafford Town Hall" in page.content()
    page.close()
