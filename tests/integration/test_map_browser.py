"""The map page in Chromium: hostile text does nothing, no request leaves, map and table lead to each other."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from maps import page, tiles
from optimiser.plan import Plan
from tests.support import planned_place

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=\"window.__pwned='img'\">",
    "</script><script>window.__pwned='script'</script>",
    "${window.__pwned='template'}",
    "`+(window.__pwned='backtick')+`",
    "'\"><svg onload=window.__pwned='svg'>",
    "a\nb\u2028c\r\n\\'-(window.__pwned='line')-'",
    "{{7*7}}{%x%}{#y#}<!--<script>",
    '"};window.__pwned="json";//',
)


@dataclass
class Seen:
    """What the page asked for and complained of."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _no_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tiles.ADDRESS, raising=False)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def tab(browser: Browser, seen: Seen) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened.set_default_timeout(10_000)
    opened.on("request", lambda request: seen.requests.append(request.url))
    opened.on("console", lambda message: seen.complaints.append(message.text))
    opened.on("pageerror", lambda error: seen.complaints.append(str(error)))
    yield opened
    opened.close()


@pytest.fixture
def shown(tab: Page, tmp_path: Path) -> Page:
    tab.goto(page.write(*planned_place.place(properties=120), tmp_path / "map.html").as_uri())
    return tab


def _hostile(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    texts = [HOSTILE[number % len(HOSTILE)] for number in range(len(frame))]
    return frame.assign(**{column: pd.Series(texts, index=frame.index, dtype=object) for column in columns})


def _hostile_page(folder: Path) -> Path:
    plan, snapshot, scenario = planned_place.place(properties=24, zones=9, services=8, organisations=8)
    mean = replace(
        snapshot,
        organisations=_hostile(snapshot.organisations, "name", "colour"),
        properties=_hostile(snapshot.properties, "name", "address", "postcode", "uprn", "use"),
        services=_hostile(snapshot.services, "name"),
        teams=_hostile(snapshot.teams, "name"),
        zones=_hostile(snapshot.zones, "name"),
    )
    spoilt: Plan = replace(plan, notes=HOSTILE, conflicts=HOSTILE, solver=HOSTILE[0])
    return page.write(spoilt, mean, scenario, folder / "map.html", title=" ".join(HOSTILE))


# Opens each mark's tooltip and popup as the mouse would, and gives the first line of every tooltip.
OPEN_EVERYTHING = """() => {
  const { data, map, drawn } = estateLayers;
  const tips = [];
  data.layers.filter(drawn).forEach((layer) => {
    map.addLayer(drawn(layer));
    drawn(layer).eachLayer((mark) => {
      const at = { latlng: mark.getLatLng ? mark.getLatLng() : mark.getBounds().getCenter() };
      mark.fire("mouseover", at, true);
      tips.push(document.querySelector(".leaflet-tooltip td").textContent);
      mark.fire("mouseout", at, true);
      mark.fire("click", at, true);
      if (!document.querySelector(".leaflet-popup-content").textContent) throw new Error(layer.key);
    });
  });
  return tips;
}"""
FOREIGN = "document.querySelectorAll('img, iframe, object, link, [onerror], [onload], script[src]').length"


def test_hostile_text_does_nothing_wherever_it_shows(tab: Page, seen: Seen, tmp_path: Path) -> None:
    written = _hostile_page(tmp_path)
    tab.goto(written.as_uri())
    for box in tab.locator("fieldset input[type=radio]:visible, fieldset input[type=checkbox]").all():
        box.check()
    for option in range(8):
        tab.select_option("#service", str(option))
        for moment in ("today", "after", "change"):
            tab.check(f"input[name=moment][value={moment}]")
    assert len(tab.evaluate(OPEN_EVERYTHING)) > 55
    for text in HOSTILE:
        tab.fill("#query", text)
        tab.keyboard.press("Enter")
        if tab.locator("#results button").count():
            tab.locator("#results button").first.click()
            expect(tab.locator(".card h3")).to_be_visible()
    tab.fill("#query", "")
    for name in tab.locator("#table tbody button").all()[:10]:
        name.click()
    tab.locator("#map_estate path.leaflet-interactive").first.hover(force=True)
    assert tab.evaluate("window.__pwned") is None
    assert tab.evaluate(FOREIGN) == 0
    assert seen.complaints == []
    assert seen.requests == [written.as_uri()]


def test_hostile_text_is_read_as_it_was_written(tab: Page, tmp_path: Path) -> None:
    tab.goto(_hostile_page(tmp_path).as_uri())
    names = tab.locator("#table tbody tr th button").all_text_contents()
    assert {HOSTILE[number % 8] for number in range(24)} == set(names)
    assert tab.title().startswith(HOSTILE[0])
    tips = tab.evaluate(OPEN_EVERYTHING)
    assert {text.replace("\r\n", "\n") for text in HOSTILE} <= set(tips)  # HTML knows one kind of line end


def test_from_the_table_to_the_map_and_back(shown: Page, seen: Seen) -> None:
    name = shown.locator("#table tbody th button").nth(3)
    wanted = name.text_content()
    name.focus()
    shown.keyboard.press("Enter")
    expect(shown.locator(".card h3")).to_have_text(str(wanted))
    expect(shown.locator(".card h3")).to_be_focused()
    shown.keyboard.press("Tab")
    expect(shown.get_by_role("button", name="Show in the table")).to_be_focused()
    shown.keyboard.press("Enter")
    expect(shown.locator("tr.chosen th button")).to_have_text(str(wanted))
    expect(shown.locator("tr.chosen th button")).to_be_focused()
    assert seen.complaints == []


def test_a_mark_on_the_map_leads_to_a_row_that_the_filter_hid(shown: Page) -> None:
    shown.select_option("#action", "keep")
    number = shown.evaluate("estateTable.places.findIndex((place) => place.action === 'leave')")
    shown.evaluate(
        """(number) => estateLayers.drawn(estateLayers.byKey.plan_by_action).eachLayer(
          (mark) => { if (mark.feature.id === number) mark.fire("click"); })""",
        number,
    )
    shown.get_by_role("button", name="Show in the table").click()
    expect(shown.locator(f"#row-{number}")).to_be_in_viewport()
    assert shown.input_value("#action") == ""


@pytest.mark.parametrize("column", ["name", "postcode", "uprn"])
def test_the_search_finds_by_name_postcode_and_uprn(shown: Page, column: str) -> None:
    place: dict[str, Any] = shown.evaluate("estateTable.places[40]")
    shown.fill("#query", place[column].lower().replace(" ", "" if column == "postcode" else " "))
    expect(shown.locator("#found")).to_contain_text("found")
    names = shown.locator("#table tbody th button").all_text_contents()
    assert place["name"] in names
    assert len(names) < 20
    expect(shown.locator("#results button").first).to_contain_text("" if column == "postcode" else place["name"])
    shown.keyboard.press("Enter")
    assert shown.evaluate(
        "([name]) => estateLayers.map.getBounds().contains(estateLayers.drawn(estateLayers.byKey.plan_by_action)"
        ".getLayers().find((mark) => estateTable.places[mark.feature.id].name === name).getLatLng())",
        [place["name"]],
    )


def test_a_property_without_a_place_is_found_and_said_to_have_none(shown: Page) -> None:
    last = shown.evaluate("estateTable.places.at(-1).name")
    shown.fill("#query", last)
    shown.keyboard.press("Enter")
    expect(shown.locator("#found")).to_contain_text("no known place")


def test_the_table_counts_filters_and_sorts(shown: Page) -> None:
    expect(shown.locator("#count")).to_have_text("Showing 50 of 120 properties")
    shown.locator("#more").click()
    expect(shown.locator("#count")).to_have_text("Showing 100 of 120 properties")
    shown.select_option("#action", "leave")
    expect(shown.locator("#count")).to_have_text("18 properties")
    saving = shown.get_by_role("button", name="Saving a year")
    saving.click()
    expect(shown.locator("th[data-sort=saving]")).to_have_attribute("aria-sort", "descending")
    cells = shown.locator("#table tbody td[data-name='Saving a year']").all_text_contents()
    pounds = [int(cell.split()[0].replace("£", "").replace(",", "")) for cell in cells]
    assert pounds == sorted(pounds, reverse=True)
    saving.click()
    expect(shown.locator("th[data-sort=saving]")).to_have_attribute("aria-sort", "ascending")


def test_estimates_are_marked(shown: Page) -> None:
    number = shown.evaluate("estateTable.places.findIndex((p) => p.estimated && p.action === 'leave')")
    expect(shown.locator(f"#row-{number} abbr.e")).to_have_count(2)
    expect(shown.locator(f"#row-{number} abbr.e").first).to_have_attribute("title", "rests on an estimate")


def test_choosing_a_service_colours_the_zones_and_tells_the_people(shown: Page) -> None:
    fills = "[...document.querySelectorAll('.leaflet-reach-pane path')].map((path) => path.getAttribute('fill'))"
    assert set(shown.evaluate(fills)) == {"#f3f2f1"}
    shown.locator("[data-service='0']").click()
    assert len(set(shown.evaluate(fills))) > 1
    people = shown.locator("#legends li span").all_text_contents()
    counted = [int(text.split("(")[1].split()[0].replace(",", "")) for text in people if text.endswith("people)")]
    assert sum(counted) == shown.evaluate(
        "estateLayers.byKey.reach.data.population.reduce((sum, count) => sum + count, 0)"
    )
    shown.select_option("#service", "")
    assert set(shown.evaluate(fills)) == {"#f3f2f1"}


def test_one_layer_of_properties_shows_at_a_time_with_its_key(shown: Page) -> None:
    shown.check("input[value=today_by_owner]")
    expect(shown.locator("#legends h3").first).to_have_text("Who owns what today")
    assert (
        shown.evaluate("estateLayers.map.hasLayer(estateLayers.drawn(estateLayers.byKey.plan_by_action))") is False
    )
    shown.check("input[value=receipts]")
    expect(shown.locator("#legends h3")).to_have_text(
        ["Who owns what today", "Moves of teams", "Receipts from sales"]
    )


@pytest.mark.parametrize("width", [320, 390, 800, 1440])
def test_the_page_is_no_wider_than_the_screen(shown: Page, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 800})
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_has_a_name_and_every_table_a_caption(shown: Page) -> None:
    unnamed = """() => [...document.querySelectorAll("input, select, button, a")].filter((control) =>
      control.offsetParent && !(control.labels && control.labels.length) && !control.textContent.trim()
      && !control.getAttribute("aria-label")).map((control) => control.outerHTML)"""
    assert shown.evaluate(unnamed) == []
    assert shown.evaluate("[...document.querySelectorAll('main table')].every((table) => table.caption)")
    assert shown.evaluate("document.documentElement.lang") == "en"
    shown.keyboard.press("Tab")
    expect(shown.get_by_role("link", name="Skip to the figures")).to_be_focused()


def test_without_a_plan_the_estate_still_shows(tab: Page, seen: Seen, tmp_path: Path) -> None:
    _, snapshot, scenario = planned_place.place()
    none = Plan("no_plan_found", snapshot.digest, scenario.digest, 2026, 2.0, "HiGHS", 0)
    tab.goto(page.write(none, snapshot, scenario, tmp_path / "map.html").as_uri())
    expect(tab.locator("#legends h3")).to_have_text(["Who owns what today"])
    expect(tab.locator("#count")).to_have_text("24 properties")
    assert seen.complaints == []


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_configured_tiles_are_asked_for_and_credited(
    tab: Page, seen: Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(tiles.ADDRESS, "https://tiles.example.org/{z}/{x}/{y}.png")
    monkeypatch.setenv(tiles.CREDIT, "© <b>Somebody</b> {{7*7}}")
    tab.route("https://tiles.example.org/**", lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    tab.goto(page.write(*planned_place.place(), tmp_path / "map.html").as_uri())
    expect(tab.locator(".leaflet-tile-loaded").first).to_be_attached()
    expect(tab.locator(".leaflet-control-attribution")).to_contain_text("© <b>Somebody</b> {{7*7}}")
    assert seen.complaints == []


def test_printing_fits_the_map_to_the_paper_and_the_screen_gets_its_view_back(shown: Page, tmp_path: Path) -> None:
    before = shown.evaluate("[estateLayers.map.getZoom(), estateLayers.map.getCenter().lat]")
    shown.pdf(path=tmp_path / "map.pdf", format="A4")
    assert shown.evaluate("[estateLayers.map.getZoom(), estateLayers.map.getCenter().lat]") == pytest.approx(
        before
    )
    assert (tmp_path / "map.pdf").stat().st_size > 20_000
