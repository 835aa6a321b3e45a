"""The board's paper in Chromium and on A4, and hostile text in every file of a pack."""

import io
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from defusedxml import ElementTree
from playwright.sync_api import Browser

from estate.problems import InputError
from maps.brand import Brand
from maps.pack import board_html, board_pdf
from maps.pack import write as packs
from maps.pack.case import Case, Option, Reader
from optimiser.explain.side_by_side import Side, compare
from optimiser.plan import PartnerPosition
from tests.support import axe, planned_place
from tests.support.hostile import TEXTS, spoilt

pytestmark = pytest.mark.browser
FOREIGN = (
    "document.querySelectorAll('script, img, iframe, object, embed, link, base, form, [onerror], [onload]').length"
)


def option(run: str, hostile: bool, **size: int) -> Option:
    plan, snapshot, scenario = planned_place.place(**size)
    partners = tuple(PartnerPosition(key, 9e6, 8e6, 0.0, 1e4) for key in snapshot.organisations.index)
    plan = replace(plan, partners=partners)
    if hostile:
        snapshot, scenario = spoilt(snapshot), scenario.with_value(("name",), TEXTS[7])
        bodies = snapshot.organisations.assign(name=list(TEXTS[-len(snapshot.organisations) :]))  # formulas
        snapshot = replace(snapshot, organisations=bodies)
        plan = replace(plan, notes=TEXTS, solver=TEXTS[1], bound_method=TEXTS[2])
    return Option(run, date(2026, 11, 30), plan, snapshot, scenario, standing=TEXTS if hostile else ())


def case(*options: Option) -> Case:
    sides = [Side(one.run_id, one.name, one.plan, one.snapshot) for one in options]
    pairs = tuple(compare([sides[0], other]) for other in sides[1:])
    return Case(options, Reader(), date(2026, 12, 1), compared=compare(sides) if pairs else None, pairs=pairs)


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory, chromium: Path) -> tuple[Case, dict[str, Path]]:
    assert chromium
    shown = case(option("run1", False, properties=180, services=10, organisations=8, zones=36))
    return shown, packs.write(shown, Brand(), tmp_path_factory.mktemp("ordinary") / "pack")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, chromium: Path) -> dict[str, Path]:
    assert chromium
    shown = case(*(option(run, True, properties=70, services=8, organisations=8) for run in ("run1", "run2")))
    return packs.write(shown, Brand(), tmp_path_factory.mktemp("hostile") / "pack")


def test_the_paper_has_six_to_ten_pages_and_each_carries_where_it_is_from(
    ordinary: tuple[Case, dict[str, Path]],
) -> None:
    shown, files = ordinary
    paper = pypdf.PdfReader(files["board.pdf"])

    assert 6 <= len(paper.pages) <= 10
    carried = "".join(board_html.carried(shown).split())
    for number, page in enumerate(paper.pages, start=1):
        text = "".join(page.extract_text().split())
        assert carried in text
        assert f"{number}of{len(paper.pages)}" in text
    assert paper.metadata
    assert paper.metadata.title
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # headings and tables are marked for those who listen
    assert root["/Lang"] == "en-GB"


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_reads_well_at_any_width_without_a_network(
    ordinary: tuple[Case, dict[str, Path]], browser: Browser, width: int
) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 900})
    asked, complaints = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(ordinary[1]["board.html"].as_uri())

    assert len(asked) == 1
    assert complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("document.documentElement.lang") == "en-GB"
    assert tab.locator("h1").count() == 1
    assert tab.locator("section h2").count() == tab.locator("nav li").count() - 1
    for figure in tab.locator("figure").all():
        assert figure.locator("svg[role=img] title").count() == figure.locator("table").count() == 1
    assert tab.evaluate("[...document.querySelectorAll('table')].every((t) => t.caption && t.querySelector('th'))")
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    assert axe.faults(tab) == []
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the paper"
    tab.close()


def test_hostile_text_runs_nothing_in_the_page(hostile: dict[str, Path], browser: Browser) -> None:
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(hostile["board.html"].as_uri())

    assert tab.evaluate("window.__pwned") is None
    assert tab.evaluate(FOREIGN) == 0
    assert len(asked) == 1
    assert "<img/src/onerror" in tab.inner_text("body")
    tab.close()


def test_hostile_text_makes_no_action_of_the_paper(hostile: dict[str, Path]) -> None:
    found = list(_dictionaries(hostile["board.pdf"]))

    assert any(entry.get("/Type") == "/Page" for entry in found)
    actions = {"/JavaScript", "/Launch", "/URI", "/SubmitForm", "/GoToR", "/ImportData"}
    assert not actions & {str(entry.get("/S")) for entry in found}
    assert not any({"/JS", "/AA", "/EmbeddedFiles", "/EF"} & set(entry) for entry in found)


def _dictionaries(path: Path) -> Iterator[Any]:
    """Every dictionary among the objects of a PDF."""
    paper = pypdf.PdfReader(path)
    for generation, places in paper.xref.items():
        for number in places:
            held: Any = paper.get_object(pypdf.generic.IndirectObject(number, generation, paper))
            if isinstance(held, dict):
                yield held


@pytest.mark.parametrize("name", ["board.pptx", "workbook.xlsx", "comparison.xlsx", "option-2/workbook.xlsx"])
def test_hostile_text_makes_no_formula_and_no_link_in_office_files(hostile: dict[str, Path], name: str) -> None:
    for part, root in _parts(hostile[name].read_bytes(), name):
        for element in root.iter():
            tag = str(element.tag).rsplit("}", 1)[-1]
            assert tag not in {"hyperlink", "hlinkClick", "ddeLink", "oleLink"}, part
            assert tag != "definedName" or element.get("name", "").startswith("_xlnm."), (
                part
            )  # filter, print titles
            assert tag != "f" or "drawingml" in str(element.tag), part  # in charts f names the cells of their data
            assert element.get("TargetMode") != "External", part


def test_the_hostile_text_was_in_them(hostile: dict[str, Path]) -> None:
    for name, wanted in (("board.pptx", "=HYPERLINK"), ("workbook.xlsx", "=cmd|")):
        texts = "".join("".join(root.itertext()) for _, root in _parts(hostile[name].read_bytes(), name))
        assert wanted in texts, name


def _parts(content: bytes, name: str) -> Iterator[tuple[str, Any]]:
    """Every XML part, those of workbooks inside too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.namelist():
            held = archive.read(part)
            if part.endswith((".xml", ".rels")):
                yield f"{name}/{part}", ElementTree.fromstring(held)
            elif part.endswith(".xlsx"):
                yield from _parts(held, f"{name}/{part}")


def test_hostile_text_is_data_in_the_geopackage(hostile: dict[str, Path]) -> None:
    with closing(sqlite3.connect(hostile["plan.gpkg"])) as database:
        names = {row[0] for row in database.execute("SELECT name FROM properties")}
        kinds = {row[0] for row in database.execute("SELECT type FROM sqlite_master WHERE sql LIKE '%pwned%'")}
        styles = [row[0] for row in database.execute("SELECT styleQML FROM layer_styles")]

    assert names == set(TEXTS)
    assert kinds == set()
    assert not any("pwned" in style for style in styles)


def test_without_a_chromium_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board_pdf.find.cache_clear()
    monkeypatch.setenv(board_pdf.VARIABLE, str(tmp_path / "none"))
    with pytest.raises(InputError, match=r"it does not run.*--no-pdf"):
        board_pdf.write(tmp_path / "a.html", tmp_path / "a.pdf")
    board_pdf.find.cache_clear()
