"""A pack: its files, what they say, and that all of it is written or nothing."""

import hashlib
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest
from pptx import Presentation

from app import pack, pipeline
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from estate.problems import InputError
from maps.brand import Brand
from maps.charts import receipts_and_spending, tornado
from maps.pack import board_html, manifest, pages
from maps.pack import write as packs
from maps.pack.case import Case, Option, Reader
from maps.pack.pages import decision, method, money, next_steps, options, partners, people, properties, risks
from maps.pack.pages import map as map_page
from tests.support.tiny_place import ROWS, asked

SOLVER = {"seconds": 20.0, "gap": 0.0, "threads": 1}
FILES = {"board.html", "board.pptx", "manifest.json", "map.html", "plan.gpkg", "workbook.xlsx"}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A register of the tiny place with three runs: as asked, with nobody worse off, and one that cannot be."""
    address = f"sqlite:///{tmp_path_factory.mktemp('register') / 'register.db'}"
    with closing(Register.create(address)) as register:
        with register.transaction() as connection:
            for table in REGISTER_TABLES:
                write(connection, table, ROWS.get(table, []))
        for scenario in (
            asked(name="Cheapest", solver=SOLVER),
            asked(name="Keep the hall", solver=SOLVER, pins={"keep": ["hall"]}),
            asked(name="Too much", solver=SOLVER, goals={"least_saving_gbp_per_year": 9e8}),
        ):
            pipeline.plan(register, scenario)
    return address


def runs(register: Register) -> dict[str, str]:
    return {row["scenario"]: row["id"] for row in pipeline.runs(register)}


def packed(url: str, out: Path, *names: str) -> dict[str, Path]:
    with closing(Register.open(url)) as register:
        found = runs(register)
        return pack.write(register, [found[name] for name in names], out, pdf=False)


def case_of(url: str, *names: str) -> Case:
    with closing(Register.open(url)) as register:
        found = [pipeline.load(register, runs(register)[name]) for name in names]
        return pack.case_of(register, found)


def test_a_pack_is_whole_and_its_manifest_names_every_file(url: str, tmp_path: Path) -> None:
    files = packed(url, tmp_path / "board", "Cheapest")
    content = json.loads(files["manifest.json"].read_text())

    assert set(files) == FILES
    assert {file["name"] for file in content["files"]} == FILES - {"manifest.json"}
    for file in content["files"]:
        written = (tmp_path / "board" / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(written), hashlib.sha256(written).hexdigest())
    (run,) = content["runs"]
    assert run["scenario"] == "Cheapest"
    assert run["snapshot_digest"]
    assert [path.name for path in tmp_path.iterdir()] == ["board"]


def test_cards_on_the_map_say_why_where_that_was_worked_out(url: str, tmp_path: Path) -> None:
    case = case_of(url, "Cheapest")
    said = "The best plan that keeps it costs £9 more."
    told = {"verdict": "firm", "pinned": False, "sentences": [said]}
    explained = {"explain": {"properties": {"hall": told}}}
    whole = replace(case, options=(replace(case.main, studies=explained),))
    with_reasons, without = (
        packs.write(one, Brand(), tmp_path / name, pdf=False) for one, name in ((whole, "a"), (case, "b"))
    )

    assert said in with_reasons["map.html"].read_text()
    assert said not in without["map.html"].read_text()


def test_several_runs_are_compared_and_each_has_its_files(url: str, tmp_path: Path) -> None:
    files = packed(url, tmp_path / "board", "Cheapest", "Keep the hall", "Too much")

    others = {f"option-2/{name}" for name in ("comparison.html", "map.html", "plan.gpkg", "workbook.xlsx")}
    assert set(files) == FILES | {"comparison.xlsx"} | others
    page = files["board.html"].read_text()
    assert "The plans differ on" in page
    assert "‘Keep the hall’ was asked otherwise: pins, keep: " in page
    assert "‘Too much’ cannot be done: No plan can keep all the rules" in page


def test_the_slides_have_charts_that_can_be_edited_and_say_what_they_are(url: str, tmp_path: Path) -> None:
    deck = Presentation(str(packed(url, tmp_path / "board", "Cheapest")["board.pptx"]))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    charts = [shape.chart for shape in shapes if getattr(shape, "has_chart", False)]

    assert charts
    assert all(chart.part.chart_workbook.xlsx_part is not None for chart in charts)
    assert all(slide.shapes.title.text_frame.text for slide in deck.slides)
    drawn = [shape for shape in shapes if getattr(shape, "has_chart", False) or shape.shape_type == 13]
    assert all(shape._element.xpath(".//p:cNvPr")[0].get("descr") for shape in drawn)


def test_the_geopackage_has_every_property_move_and_zone_with_styles(url: str, tmp_path: Path) -> None:
    path = packed(url, tmp_path / "board", "Cheapest")["plan.gpkg"]
    plan = case_of(url, "Cheapest").main.plan
    held = {name: pyogrio.read_dataframe(path, layer=name) for name, _ in pyogrio.list_layers(path)}

    assert set(held) == {"properties", "moves", "zones", "reach", "layer_styles"}
    assert len(held["properties"]) == len(ROWS["property"])
    assert len(held["moves"]) == len(plan.moves)
    assert held["zones"]["population"].sum() == sum(row["population"] for row in ROWS["zone"])
    assert set(held["layer_styles"]["f_table_name"]) == {"properties", "moves", "zones"}
    assert held["properties"].crs.to_epsg() == 27700
    left = set(held["properties"].query("action == 'Leave'")["id"])
    assert left == {action.property_id for action in plan.properties if action.action == "leave"}


def test_the_workbook_says_where_each_number_is_from(url: str, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(packed(url, tmp_path / "board", "Cheapest")["workbook.xlsx"], read_only=False)

    assert {"Summary", "Properties", "Partners", "Sources", "Business case", "Ledger by year"} <= set(
        book.sheetnames
    )
    assert all(sheet.freeze_panes and sheet.auto_filter.ref for sheet in book)


def test_nothing_is_left_of_a_pack_that_fails_midway_and_the_earlier_one_stays(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "board"
    before = {name: path.read_bytes() for name, path in packed(url, out, "Cheapest").items()}

    def full_disk(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(manifest, "write", full_disk)
    with pytest.raises(InputError, match="No space left"):
        packed(url, out, "Keep the hall")

    assert {name: (out / name).read_bytes() for name in before} == before
    assert [path.name for path in tmp_path.iterdir()] == ["board"]


def test_a_folder_that_is_no_pack_is_left_alone(url: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")

    with pytest.raises(InputError, match="it holds something that is no pack"):
        packed(url, tmp_path, "Cheapest")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_pack_takes_the_place_of_an_earlier_one_whole(url: str, tmp_path: Path) -> None:
    packed(url, tmp_path / "board", "Cheapest", "Keep the hall")

    assert set(packed(url, tmp_path / "board", "Cheapest")) == FILES


def test_a_run_without_a_plan_cannot_be_put_forward(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it has no plan \(infeasible_confirmed\)"):
        packed(url, tmp_path / "board", "Too much", "Cheapest")
    assert not (tmp_path / "board").exists()


def test_every_page_carries_run_date_gap_and_share_of_estimates(url: str) -> None:
    case = case_of(url, "Cheapest")
    said = board_html.carried(case)

    assert f"Run {case.main.run_id}, made {case.main.made_on.day} " in said
    assert "Gap 0.1% at most; " in said
    assert "of pounds are estimates" in said


@pytest.mark.parametrize(
    "page", [decision, options, map_page, properties, money, people, risks, next_steps, method]
)
def test_every_page_has_a_sentence_for_its_title(url: str, page: Any) -> None:
    made = page.build(case_of(url, "Cheapest"))

    assert len(made.title.split()) > 3
    assert made.title[0].isupper() or made.title[0] in "£‘" or made.title[0].isdigit()
    assert not made.title.endswith(".")


def test_pages_stand_in_order_and_the_first_says_what_the_others_show(url: str) -> None:
    made = pages.build_all(case_of(url, "Cheapest"))

    assert [page.key for page in made] == [
        "decision", "options", "map", "properties", "money", "partners", "people", "risks", "next_steps", "method",
    ]  # fmt: skip
    assert made[0].shows == tuple((page.name, page.title) for page in made[1:])
    assert partners.ORDER == 60


def test_where_nothing_changes_the_paper_says_so(url: str) -> None:
    shown = case_of(url, "Cheapest")
    still = _still(shown.main)
    made = {page.key: page for page in pages.build_all(Case((still,), Reader(), shown.written_on))}

    assert made["decision"].title.startswith("No buildings go, running costs stay as they are")
    assert made["decision"].asks == (
        "Note that nothing changes: no plan that keeps the rules is better than today’s estate.",
    )
    unproven = replace(still, plan=replace(still.plan, status="no_plan_found", gap=None))
    (ask,) = decision.build(Case((unproven,), Reader(), shown.written_on)).asks
    assert ask.startswith("Note that nothing changes, and that this proves nothing. No plan better than today was")
    assert made["map"].title == "No buildings go and none takes in teams from elsewhere"
    assert made["money"].title.startswith("Nothing is spent once, there are no receipts")
    assert not {"properties", "next_steps"} & set(made)


def _still(option: Option) -> Option:
    """The option with a plan that keeps everything."""
    plan = option.plan
    assert plan.figures
    kept = tuple(
        type(action)(
            action.property_id, "keep",
            running_cost_today_gbp_per_year=action.running_cost_today_gbp_per_year,
            running_cost_after_gbp_per_year=action.running_cost_today_gbp_per_year,
        )
        for action in plan.properties
    )  # fmt: skip
    changes: dict[str, Any] = {
        "saving_gbp_per_year": 0.0, "capital_receipts_gbp": 0.0, "one_off_cost_gbp": 0.0, "npsv_gbp": 0.0,
        "properties_left": 0, "people_moved": 0.0,
    }  # fmt: skip
    figures = replace(plan.figures, **changes)
    return replace(option, plan=replace(plan, properties=kept, moves=(), figures=figures))


def test_the_tornado_stands_about_what_the_plan_is_appraised_at(url: str) -> None:
    shown = case_of(url, "Cheapest")
    chart = tornado.build(shown)
    appraised = shown.main.appraised

    assert appraised
    assert chart
    against = appraised.case.option("plan").against
    assert against
    for swing, low, high in zip(appraised.risk.swings, *(series.values for series in chart.series), strict=False):
        assert low is not None
        assert high is not None
        assert low + against.npsv_gbp == pytest.approx(swing.npsv_low_gbp)
        assert high + against.npsv_gbp == pytest.approx(swing.npsv_high_gbp)
    ends = zip(*(series.values for series in chart.series), strict=True)
    widths = [abs((high or 0.0) - (low or 0.0)) for low, high in ends]
    assert widths == sorted(widths, reverse=True)


def test_a_plan_that_is_outdone_by_hand_says_so(url: str) -> None:
    shown = case_of(url, "Cheapest")
    appraised = shown.main.appraised
    assert appraised
    cases = [
        replace(one, against=replace(one.against, npsv_gbp=9e9), breaks=())
        if one.key == "greedy" and one.against
        else one
        for one in appraised.case.options
    ]
    outdone = replace(appraised, case=replace(appraised.case, options=tuple(cases)))
    page = options.build(replace(shown, options=(replace(shown.main, appraised=outdone),)))

    assert page.title.startswith("A plan made without any search is worth £")


def test_the_plan_stands_beside_the_least_that_could_be_done(url: str) -> None:
    page = options.build(case_of(url, "Cheapest"))
    (case,) = (table for table in page.tables if table.caption.startswith("The business case"))

    assert case.heads[1:] == ("Do minimum", "By hand", "The plan")
    assert all(len(row) == len(case.heads) for row in case.rows)


def test_cash_by_year_adds_up_to_the_plans_figures(url: str) -> None:
    option = case_of(url, "Cheapest").main
    _, spent, received, saved = receipts_and_spending.by_year(option)
    figures = option.plan.figures

    assert figures
    assert sum(received) == pytest.approx(figures.capital_receipts_gbp)
    assert sum(spent) == pytest.approx(figures.one_off_cost_gbp)
    assert saved[5] == pytest.approx(figures.saving_gbp_per_year)
    chart = receipts_and_spending.build(case_of(url, "Cheapest"))
    assert chart
    assert chart.title.startswith("Receipts and savings have made good what is spent by 20")
