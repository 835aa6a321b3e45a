"""The map page in Chromium: hostile text does nothing, no request leaves, map and table lead to each other."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from maps import brand, page, tiles, words
from maps.reasons import Reason
from optimiser.plan import Plan
from tests.support import axe, eventful_place, hostile, planned_place
from tests.support.hostile import TEXTS

pytestmark = pytest.mark.browser


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


@pytest.fixture
def eventful(tab: Page, tmp_path: Path) -> Page:
    """A page with every layer there is."""
    tab.goto(page.write(*eventful_place.place(properties=84), tmp_path / "map.html").as_uri())
    return tab


def _hostile_page(folder: Path) -> Path:
    plan, snapshot, scenario = eventful_place.place(properties=63, zones=64, services=8, organisations=8)
    spoilt: Plan = replace(plan, notes=TEXTS, conflicts=TEXTS, solver=TEXTS[0])
    looks = brand.Brand(name=TEXTS[1])
    return page.write(
        spoilt, hostile.spoilt(snapshot), scenario, folder / "map.html", title=" ".join(TEXTS), looks=looks
    )


# Opens each mark's tooltip and popup as the mouse would, and gives the first line of every tooltip.
OPEN_EVERYTHING = """() => {
  const tips = [];
  const groups = [estateMarks.group, window.geo_json_estate_zones, ...estateData.layers.map(estateExtras.shapes)];
  groups.forEach((group) => {
    estateMarks.map.addLayer(group);
    group.eachLayer((mark) => {
      const at = { latlng: mark.getLatLng ? mark.getLatLng() : mark.getBounds().getCenter() };
      mark.fire("mouseover", at, true);
      tips.push(document.querySelector(".leaflet-tooltip td, .leaflet-tooltip strong").textContent);
      mark.fire("mouseout", at, true);
      mark.fire("click", at, true);
      if (!document.querySelector(".leaflet-popup-content").textContent) throw new Error(mark.feature.id);
    });
  });
  return tips;
}"""
FOREIGN = (
    "document.querySelectorAll('img, iframe, object, embed, link, base, video, math, [onerror], [onload],"
    " script[src], form[action], style + style').length"
)


def test_hostile_text_does_nothing_wherever_it_shows(tab: Page, seen: Seen, tmp_path: Path) -> None:
    written = _hostile_page(tmp_path)
    tab.goto(written.as_uri())
    for box in tab.locator("fieldset input[type=radio]:visible, fieldset input[type=checkbox]").all():
        box.check()
    for option in ["fact 0", *(f"service {number}" for number in range(8))]:
        tab.select_option("#service", option)
        for moment in ("today", "after", "change") if option != "fact 0" else ():
            tab.check(f"input[name=moment][value={moment}]")
    assert len(tab.evaluate(OPEN_EVERYTHING)) > 150
    for text in TEXTS[::7]:
        tab.fill("#query", text)
        tab.keyboard.press("Enter")
        if tab.locator("#results button").count():
            tab.locator("#results button").first.click()
            expect(tab.locator(".card h3")).to_be_visible()
    tab.locator("#clear").click()
    for name in tab.locator("#table tbody button").all()[:10]:
        name.click()
    tab.locator("#map_estate path.leaflet-interactive").first.hover(force=True)
    assert tab.evaluate("window.__pwned") is None
    assert tab.evaluate(FOREIGN) == 0
    assert seen.complaints == []
    assert seen.requests == [written.as_uri()]


def test_hostile_text_is_read_as_it_was_written(tab: Page, tmp_path: Path) -> None:
    tab.goto(_hostile_page(tmp_path).as_uri())
    tab.locator("#more").click()
    names = tab.locator("#table tbody tr th button").all_text_contents()
    assert set(TEXTS) == set(names)
    assert tab.title().startswith(TEXTS[0])
    tips = tab.evaluate(OPEN_EVERYTHING)
    assert {text.replace("\r\n", "\n") for text in TEXTS} <= {tip.replace("\r\n", "\n") for tip in tips}


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
    number = shown.evaluate("estateData.places.findIndex((place) => place.action === 'leave')")
    shown.evaluate("(number) => estateMarks.marks[number].fire('click', {}, true)", number)
    shown.get_by_role("button", name="Show in the table").click()
    expect(shown.locator(f"#row-{number}")).to_be_in_viewport()
    assert shown.input_value("#action") == ""


@pytest.mark.parametrize("column", ["name", "postcode", "uprn"])
def test_the_search_finds_by_name_postcode_and_uprn(shown: Page, column: str) -> None:
    place: dict[str, Any] = shown.evaluate("estateData.places[40]")
    shown.fill("#query", place[column].lower().replace(" ", "" if column == "postcode" else " "))
    expect(shown.locator("#found")).to_contain_text("found")
    names = shown.locator("#table tbody th button").all_text_contents()
    assert place["name"] in names
    assert len(names) < 20
    expect(shown.locator("#results button").first).to_contain_text("" if column == "postcode" else place["name"])
    shown.keyboard.press("Enter")
    assert shown.evaluate(
        "(number) => estateMarks.map.getBounds().contains(estateMarks.marks[number].getLatLng())", place["number"]
    )


def test_a_property_without_a_place_is_found_and_said_to_have_none(shown: Page) -> None:
    last = shown.evaluate("estateData.places.at(-1).name")
    shown.fill("#query", last)
    shown.keyboard.press("Enter")
    expect(shown.locator("#found")).to_contain_text("no known place")


def test_the_table_counts_filters_and_sorts(shown: Page) -> None:
    expect(shown.locator("#count")).to_have_text("Showing 50 of 120 properties")
    shown.locator("#more").click()
    expect(shown.locator("#count")).to_have_text("Showing 100 of 120 properties")
    assert "null" not in str(shown.locator("#table").text_content())
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
    number = shown.evaluate("estateData.places.findIndex((p) => p.estimated && p.action === 'leave')")
    expect(shown.locator(f"#row-{number} abbr.e")).to_have_count(2)
    expect(shown.locator(f"#row-{number} abbr.e").first).to_have_attribute("title", "rests on an estimate")


def test_choosing_a_service_colours_the_zones_and_tells_the_people(shown: Page) -> None:
    fills = "[...document.querySelectorAll('.leaflet-estate_zones-pane path')].map((p) => p.getAttribute('fill'))"
    assert set(shown.evaluate(fills)) == {"#f3f2f1"}
    shown.locator("[data-service='0']").click()
    assert len(set(shown.evaluate(fills))) > 1
    people = shown.locator("#legends li span").all_text_contents()
    counted = [int(text.split("(")[1].split()[0].replace(",", "")) for text in people if text.endswith("people)")]
    assert sum(counted) == shown.evaluate("estateData.zones.reduce((sum, [, people]) => sum + people, 0)")
    shown.select_option("#service", "")
    assert set(shown.evaluate(fills)) == {"#f3f2f1"}


def test_properties_have_the_colours_of_one_layer_at_a_time_with_its_key(shown: Page) -> None:
    fills = (
        "[...document.querySelectorAll('.leaflet-estate_properties-pane path')].map((p) => p.getAttribute('fill'))"
    )
    plan = shown.evaluate(fills)
    shown.check("input[value=estate_by_owner]")
    expect(shown.locator("#legends h3").first).to_have_text("The estate by owner")
    assert shown.evaluate(fills) != plan
    shown.check("input[value=receipts]")
    expect(shown.locator("#legends h3")).to_have_text(
        ["The estate by owner", "Moves of teams", "Receipts from sales"]
    )
    shown.uncheck("input[value=moves]")
    expect(shown.locator("#legends h3")).to_have_text(["The estate by owner", "Receipts from sales"])


def test_the_year_steps_the_plan_by_keyboard_and_the_totals_follow(eventful: Page) -> None:
    """Today nothing has happened; in the last year the totals are those of the plan."""
    slider, totals = eventful.locator("#year"), eventful.locator("#totals dd")
    whole = totals.all_text_contents()
    assert whole[0].startswith("12 of ")
    slider.focus()
    eventful.keyboard.press("Home")
    expect(eventful.locator("#year-shown")).to_have_text("Today")
    assert totals.all_text_contents() == ["0 of 72", "0", "0", "£0", "£0"]
    expect(eventful.locator("#legends li span").first).to_have_text("Leave (0)")
    assert eventful.locator("path.move:visible").count() == 0
    eventful.keyboard.press("ArrowRight")
    expect(eventful.locator("#year-shown")).to_have_text("By 2026/27")
    assert totals.first.text_content() == "6 of 72"
    eventful.keyboard.press("ArrowRight")
    expect(eventful.locator("#legends li span").nth(1)).to_have_text("Shared hub (6)")
    assert slider.get_attribute("aria-valuetext").startswith("By 2027/28: Properties that go 6 of 72")  # type: ignore[union-attr]
    eventful.keyboard.press("End")
    assert totals.all_text_contents() == whole


def test_play_steps_the_years_from_the_beginning_and_stops_at_the_end(eventful: Page) -> None:
    eventful.clock.install()
    eventful.locator("#play").click()
    expect(eventful.locator("#year-shown")).to_have_text("Today")
    expect(eventful.locator("#play")).to_have_text("Pause")
    for year in ("2026/27", "2027/28"):
        eventful.clock.run_for(1_500)
        expect(eventful.locator("#year-shown")).to_have_text(f"By {year}")
    eventful.locator("#play").click()
    eventful.clock.run_for(5_000)
    expect(eventful.locator("#year-shown")).to_have_text("By 2027/28")
    eventful.locator("#play").click()
    eventful.clock.run_for(10_000)
    expect(eventful.locator("#year-shown")).to_have_text("By 2029/30")
    expect(eventful.locator("#play")).to_have_text("Play")


def test_the_totals_of_the_whole_plan_are_its_headline_figures(eventful: Page) -> None:
    plan, *_ = eventful_place.place(properties=84)
    assert plan.figures is not None
    told = eventful.evaluate("estateYears.done().map(([, value]) => value)")
    figures = plan.figures
    assert told[0] == f"{figures.properties_left} of {figures.properties_today}"
    assert told[2] == f"{figures.people_moved:,.0f}"
    assert told[3] == words.pounds(figures.capital_receipts_gbp)
    assert told[4] == words.pounds(figures.saving_gbp_per_year)


def test_a_filter_by_owner_hides_the_rest_and_the_totals_and_table_follow(eventful: Page) -> None:
    before = eventful.locator(".leaflet-estate_properties-pane path:visible").count()
    eventful.select_option("#owner", "1")
    number = eventful.evaluate("estateData.places.filter((place) => place.body === 1).length")
    placed = eventful.evaluate(
        "estateData.places.filter((place) => place.body === 1 && estateMarks.marks[place.number]).length"
    )
    assert eventful.locator(".leaflet-estate_properties-pane path:visible").count() == placed < before
    expect(eventful.locator("#count")).to_have_text(f"{number} properties")
    assert eventful.evaluate("estateYears.done()[0][1]") == eventful.evaluate(
        "(() => { const own = estateData.places.filter((p) => p.body === 1 && p.action !== 'outside');"
        " return `${own.filter((p) => p.year).length} of ${own.length}`; })()"
    )
    owners = eventful.evaluate(
        "[...new Set([...document.querySelectorAll('#table td[data-name=Owner]')].map((td) => td.textContent))]"
    )
    assert owners == ["Partner body 2"]
    eventful.select_option("#action", "leave")
    eventful.locator("#clear").click()
    expect(eventful.locator("#query")).to_be_focused()
    assert eventful.locator(".leaflet-estate_properties-pane path:visible").count() == before


def test_pointing_tells_the_short_story_and_a_click_the_whole(eventful: Page, seen: Seen) -> None:
    number = eventful.evaluate("estateData.places.findIndex((place) => place.kind === 'hub')")
    eventful.evaluate("(number) => estateMarks.marks[number].fire('mouseover', {}, true)", number)
    story = eventful.locator(".leaflet-tooltip")
    expect(story).to_contain_text("Shared hub from 2027/28")
    eventful.evaluate("(number) => estateMarks.marks[number].fire('click', {}, true)", number)
    card = eventful.locator(".card")
    terms = card.locator("dt").all_text_contents()
    assert {"Owner", "Plan", "Shared by", "Teams", "Running cost", "Repairs due while kept"} <= set(terms)
    expect(card).to_contain_text("Partner body 1, Partner body 2, Partner body 3")
    expect(card).to_contain_text("£45,000")
    assert seen.complaints == []


def test_a_card_says_why_and_what_the_other_way_costs_where_that_was_worked_out(tab: Page, tmp_path: Path) -> None:
    told = {"p0": Reason("A close call", "The best plan that keeps it costs £3,000 more.", TEXTS[:2])}
    made = page.write(*eventful_place.place(), tmp_path / "map.html", reasons=told)
    tab.goto(made.as_uri())
    tab.evaluate("estateCards.open(0)")
    expect(tab.locator(".card")).to_contain_text("A close call")
    expect(tab.locator(".card dt").filter(has_text="The other way")).to_have_count(1)
    expect(tab.locator(".card dd").last).to_have_text(" ".join(TEXTS[:2]))
    tab.evaluate("estateCards.open(1)")
    expect(tab.locator(".card").last.locator("dt").filter(has_text="Why")).to_have_count(0)
    assert tab.evaluate("window.__pwned") is None


def test_a_hub_leads_to_its_property_and_a_zone_tells_who_lives_there(eventful: Page) -> None:
    eventful.evaluate("estateExtras.shapes({ key: 'hubs' }).getLayers()[0].fire('click', {}, true)")
    expect(eventful.locator(".card dt").nth(3)).to_have_text("Plan")
    eventful.evaluate(
        "(() => { const zone = geo_json_estate_zones.getLayers()[0];"
        " zone.fire('click', { latlng: zone.getBounds().getCenter() }, true); })()"
    )
    expect(eventful.locator(".leaflet-popup-content").last).to_contain_text("Deprivation: Most deprived fifth")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_no_serious_fault(eventful: Page, width: int, height: int) -> None:
    eventful.set_viewport_size({"width": width, "height": height})
    for box in eventful.locator("#extras-layers input").all():
        box.check()
    assert axe.faults(eventful) == []
    eventful.locator("[data-service='0']").click()
    eventful.locator("#table tbody th button").first.click()
    expect(eventful.locator(".card")).to_be_visible()
    assert axe.faults(eventful) == []


def test_the_page_works_in_a_sandboxed_frame(tab: Page, seen: Seen, tmp_path: Path) -> None:
    page.write(*eventful_place.place(), tmp_path / "map.html")
    frame = '<iframe title="map" sandbox="allow-scripts" src="map.html" width="1400" height="850"></iframe>'
    (tmp_path / "outer.html").write_text(frame, encoding="utf-8")
    tab.goto((tmp_path / "outer.html").as_uri())
    inner = tab.frame_locator("iframe")
    expect(inner.locator("#count")).to_have_text("28 properties")
    inner.locator("#year").press("Home")
    expect(inner.locator("#year-shown")).to_have_text("Today")
    expect(inner.locator("#print")).to_be_hidden()
    assert seen.complaints == []


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
    expect(tab.locator("#legends h3")).to_have_text(["The estate by owner"])
    expect(tab.locator("#years")).to_be_hidden()
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
    before = shown.evaluate("[estateMarks.map.getZoom(), estateMarks.map.getCenter().lat]")
    shown.pdf(path=tmp_path / "map.pdf", format="A4")
    assert shown.evaluate("[estateMarks.map.getZoom(), estateMarks.map.getCenter().lat]") == pytest.approx(before)
    assert (tmp_path / "map.pdf").stat().st_size > 20_000


def test_paper_says_what_was_chosen(shown: Page) -> None:
    shown.evaluate("window.print = () => window.dispatchEvent(new Event('beforeprint'))")
    shown.select_option("#action", "leave")
    shown.locator("#print").click()
    expect(shown.locator("#printed")).to_have_text("Shown: the plan as a whole; what it does: Leave (18)")
    shown.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(shown.locator("#map_estate")).not_to_have_class("printing")
