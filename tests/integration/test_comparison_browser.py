"""The comparison page in Chromium: maps that move together, a map and a table of what differs, nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from maps import brand, comparison
from tests.support import axe, hostile, two_plans

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def tab(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(10_000)
    opened.on(
        "request", lambda request: complaints.append(request.url) if "comparison" not in request.url else None
    )
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    opened.close()


@pytest.fixture
def shown(tab: Page, tmp_path: Path) -> Page:
    found, views = two_plans.pair()
    tab.goto(comparison.write(found, views, tmp_path / "comparison.html", brand.Brand()).as_uri())
    return tab


SEEN = """estatePair.maps.map((map) =>
  [map.getZoom(), ...Object.values(map.getCenter())].map((value) => value.toFixed(4)).join())"""


def test_what_one_map_shows_all_show(shown: Page, complaints: list[str]) -> None:
    for number in range(3):
        shown.evaluate(
            "(n) => estatePair.maps[n].setView([53.4 + n / 50, -2.35], 12 + n, { animate: false })", number
        )
        seen = shown.evaluate(SEEN)
        assert len(set(seen)) == 1
        assert seen[0].startswith(f"{12 + number}.0000,{53.4 + number / 50:.4f}")
    assert complaints == []


def test_the_third_map_and_the_table_have_what_differs_alone(shown: Page) -> None:
    assert shown.evaluate("estatePair.marks.filter(Boolean).length") == 3
    expect(shown.locator("#count")).to_have_text("3 properties")
    expect(shown.locator("#key-difference li span")).to_have_text(
        ["Left in A only (1)", "Left in B only (1)", "Left in both, in another year or way (1)"]
    )
    shown.get_by_role("button", name="Receipt, B less A").click()
    expect(shown.locator("#table tbody tr").last.locator("td[data-name^=Receipt]")).to_contain_text("−£")
    name = shown.locator("#table tbody th button").first
    said = name.text_content()
    name.click()
    assert shown.evaluate("estatePair.maps[2].getZoom()") >= 13
    shown.fill("#query", "nothing of that name")
    expect(shown.locator("#count")).to_have_text("0 properties")
    number = shown.evaluate("(name) => estatePair.data.differing.findIndex((item) => item.name === name)", said)
    shown.evaluate("(number) => estatePair.marks[number].fire('click')", number)
    expect(shown.locator("tr.chosen th button")).to_be_focused()


def test_plans_that_do_the_same_say_so(tab: Page, complaints: list[str], tmp_path: Path) -> None:
    found, views = two_plans.pair()
    same = replace(found, properties=(), options=found.options[:1] * 2)
    tab.goto(comparison.write(same, (views[0], views[0]), tmp_path / "comparison.html", brand.Brand()).as_uri())
    expect(tab.locator(".whole .inset")).to_have_text(
        "The two plans do the same with every property that both decide."
    )
    expect(tab.locator("#differing")).to_be_hidden()
    expect(tab.locator("#key-difference")).to_be_empty()
    assert complaints == []


def test_year_service_and_layers_change_the_maps(shown: Page, complaints: list[str]) -> None:
    plan = shown.locator("#key-first li span").first
    before = plan.text_content()
    shown.locator("#year").press("Home")
    expect(plan).to_have_text("Leave (0)")
    assert shown.locator("path.move:visible").count() == 0
    shown.locator("#year").press("End")
    expect(plan).to_have_text(str(before))
    shown.uncheck("#extras-layers input[value=moves]")
    assert shown.locator("path.move").count() == 0
    expect(shown.locator("#key-first h4")).to_have_text(["What the plan does", "Shared hubs and who shares them"])
    shown.check("#extras-layers input[value=moves]")
    assert shown.locator("path.move:visible").count() > 0
    shown.select_option("#service", "0")
    expect(shown.locator("#key-difference")).to_contain_text("Within the standard in A only")
    assert complaints == []


def test_paper_says_what_was_chosen_and_the_screen_gets_its_view_back(shown: Page) -> None:
    before = shown.evaluate(SEEN)
    shown.locator("#year").press("Home")
    shown.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
    shown.locator("#print").click()
    expect(shown.locator("#printed")).to_have_text("Shown: the plans before they begin")
    shown.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert shown.evaluate(SEEN) == before


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_no_serious_fault(shown: Page, width: int, height: int) -> None:
    shown.set_viewport_size({"width": width, "height": height})
    shown.select_option("#service", "0")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert axe.faults(shown) == []


def test_hostile_text_does_nothing(tab: Page, complaints: list[str], tmp_path: Path) -> None:
    found, views = two_plans.pair(hostile.spoilt, properties=63, zones=64, services=8, organisations=8)
    tab.goto(
        comparison.write(found, views, tmp_path / "comparison.html", brand.Brand(name=hostile.TEXTS[0])).as_uri()
    )
    tab.select_option("#service", "3")
    told = tab.evaluate(
        """() => { const tips = [];
        const sides = ["first", "second", "difference"], keys = ["zones", "properties", "moves", "hubs"];
        sides.forEach((side) => keys.forEach((key) => {
          const group = window[`geo_json_${side}_${key}`];
          if (group) group.eachLayer((shape) => {
            const at = { latlng: shape.getLatLng ? shape.getLatLng() : shape.getBounds().getCenter() };
            shape.fire("mouseover", at, true);
            tips.push(document.querySelector(".leaflet-tooltip td, .leaflet-tooltip strong").textContent);
            shape.fire("mouseout", at, true);
          });
        })); return tips; }"""
    )
    assert {text.replace("\r\n", "\n") for text in hostile.TEXTS} <= {tip.replace("\r\n", "\n") for tip in told}
    for name in tab.locator("#table tbody button").all():
        name.click()
    assert tab.evaluate("window.__pwned") is None
    assert (
        tab.evaluate("document.querySelectorAll('img, iframe, object, link, base, [onerror], script[src]').length")
        == 0
    )
    assert complaints == []
