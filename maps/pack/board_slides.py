"""The board's paper as slides (PowerPoint): titles, native tables, and native charts whose data can be edited.

Text of the register is text in them and nothing else: python-pptx escapes it as XML, and the workbook inside each
chart is written here, because python-pptx's own would turn a name that begins with = into a formula.
"""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from maps.brand import Brand
from maps.charts import Chart, Series
from maps.colours import INK
from maps.pack import board_html, english
from maps.pack.case import Case
from maps.pack.map_canvas import Picture
from maps.pack.pages import Page, Table


def _rgb(colour: str) -> Any:
    """#rrggbb as python-pptx has it."""
    return RGBColor.from_string(colour.lstrip("#").upper())


WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
_LEFT, _TOP, _ACROSS, _BOTTOM = Inches(0.6), Inches(1.75), Inches(12.13), Inches(6.85)
_TITLE_ONLY, _TITLE = 5, 0
_MOST_ROWS = 12
_ROW = Inches(0.355)  # of a table, as programs draw it
_QUIET, _PALE = _rgb("#505a5f"), _rgb("#f3f2f1")
_KINDS = {
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked": XL_CHART_TYPE.COLUMN_STACKED,
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "tornado": XL_CHART_TYPE.BAR_STACKED,
}
_FORMATS = {"gbp": '"£"#,##0;-"£"#,##0', "share": "0%", "whole": "#,##0", "minutes": "0.0"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # what XML has no way to hold


def write(case: Case, pages: Sequence[Page], looks: Brand, picture: Picture, out: Path) -> Path:
    """Write the slides to `out` and return it; `picture` is the map."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    about = deck.core_properties
    about.title, about.author, about.comments = clean(case.main.name), looks.name, board_html.carried(case)
    about.language, about.last_modified_by = "en-GB", looks.name
    maker = _Maker(deck, case, looks, picture)
    for page in pages:
        maker.page(page)
    deck.save(str(out))
    return out


def clean(said: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _CONTROL.sub(" ", said)


class _Maker:
    """Adds slides to a deck."""

    def __init__(self, deck: Any, case: Case, looks: Brand, picture: Picture) -> None:
        self._deck, self._case, self._looks, self._picture = deck, case, looks, picture

    def page(self, page: Page) -> None:
        """A page as slides: its first content beside its lead, and each further chart and table on its own."""
        parts: list[Any] = [*page.tables, *page.charts]
        if page.figures or page.asks:
            self._decision(page)
        elif page.picture:
            self._map(page)
        elif not parts:
            self._text(page)
        for number, part in enumerate(parts):
            slide = self._slide(page)
            top = self._lead(slide, page) if number == 0 and not (page.figures or page.picture) else _TOP
            top = self._caption(slide, part.caption if isinstance(part, Table) else part.title, top)
            if isinstance(part, Table):
                self._table(slide, part, top)
            else:
                self._chart(slide, part, top)

    def _slide(self, page: Page) -> Any:
        slide = self._deck.slides.add_slide(self._deck.slide_layouts[_TITLE_ONLY])
        band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, WIDTH, Inches(0.12))
        band.fill.solid()
        band.fill.fore_color.rgb = _rgb(self._looks.accent)
        band.line.fill.background()
        band.shadow.inherit = False
        _describe(band, "")
        _text(slide, page.name, _LEFT, Inches(0.3), _ACROSS, Inches(0.35), 12, _QUIET, bold=True)
        title = slide.shapes.title
        title.left, title.top, title.width, title.height = _LEFT, Inches(0.6), _ACROSS, Inches(1.05)
        title.text_frame.word_wrap = True
        title.text_frame.margin_left = 0
        title.text_frame.vertical_anchor = MSO_ANCHOR.TOP
        _write(
            title.text_frame.paragraphs[0], page.title, 26 if len(page.title) < 110 else 21, _rgb(INK), bold=True
        )
        _text(slide, board_html.carried(self._case), _LEFT, Inches(7.02), Inches(11.2), Inches(0.3), 9, _QUIET)
        number = f"{len(self._deck.slides)}"
        _text(
            slide, number, Inches(11.9), Inches(7.02), Inches(0.83), Inches(0.3), 9, _QUIET, align=PP_ALIGN.RIGHT
        )
        return slide

    def _decision(self, page: Page) -> None:
        slide = self._slide(page)
        top = self._lead(slide, page)
        for number, figure in enumerate(page.figures):
            left = _LEFT + Inches(2.75) * (number % 2)
            y = top + Inches(1.3) * (number // 2)
            _text(slide, figure.name, left, y, Inches(2.6), Inches(0.3), 12, _rgb(INK), bold=True)
            _text(slide, figure.value, left, y + Inches(0.25), Inches(2.6), Inches(0.5), 24, _rgb(INK), bold=True)
            _text(slide, figure.detail, left, y + Inches(0.72), Inches(2.6), Inches(0.5), 10, _QUIET)
        box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(6.4), top, Inches(6.33), _BOTTOM - top)
        box.fill.solid()
        box.fill.fore_color.rgb = _PALE
        box.line.fill.background()
        box.shadow.inherit = False
        frame = box.text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
        _write(frame.paragraphs[0], "The board is asked to", 15, _rgb(INK), bold=True)
        for number, ask in enumerate(page.asks, start=1):
            _write(frame.add_paragraph(), f"{number}. {ask}", 13, _rgb(INK), after=7)

    def _map(self, page: Page) -> None:
        slide = self._slide(page)
        if not self._picture.marks:
            self._lead(slide, page)
            return
        picture = slide.shapes.add_picture(io.BytesIO(self._picture.png()), _LEFT, Inches(1.3))
        scale = min(_ACROSS / picture.width, (_BOTTOM - Inches(1.3)) / picture.height)
        picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
        picture.left = Emu(int((WIDTH - picture.width) / 2))
        _describe(picture, f"Map of the plan. {page.title}. Every property is in the workbook’s table.")

    def _text(self, page: Page) -> None:
        self._lead(self._slide(page), page)

    def _lead(self, slide: Any, page: Page) -> int:
        """The lead of a page under the title; gives where the next thing may begin."""
        if not page.lead:
            return _TOP
        said = [english.short(clean(paragraph), 420) for paragraph in page.lead]
        lines = sum(1 + len(paragraph) // 125 for paragraph in said)
        frame = _text(slide, said[0], _LEFT, _TOP, _ACROSS, Inches(0.3 * lines), 14, _rgb(INK))
        for paragraph in said[1:]:
            _write(frame.add_paragraph(), paragraph, 14, _rgb(INK))
        return _TOP + Inches(0.3 * lines + 0.15)

    def _caption(self, slide: Any, said: str, top: int) -> int:
        _text(slide, said, _LEFT, top, _ACROSS, Inches(0.35), 14, _rgb(INK), bold=True)
        return top + Inches(0.42)

    def _table(self, slide: Any, table: Table, top: int) -> None:
        most = min(_MOST_ROWS, max(3, int((_BOTTOM - top) / _ROW) - 1))
        most -= len(table.rows) > most  # room for the line under it
        rows = [table.heads, *table.rows[:most]]
        height = int(_ROW * len(rows))
        graphic = slide.shapes.add_table(len(rows), len(table.heads), _LEFT, top, _ACROSS, height)
        graphic.table.first_row, graphic.table.horz_banding = True, False
        _describe(graphic, table.caption)
        for column, width in enumerate(_widths(table)):
            graphic.table.columns[column].width = Emu(width)
        for y, row in enumerate(rows):
            for x, said in enumerate(row):
                cell = graphic.table.cell(y, x)
                _cell(cell, said, head=y == 0, number=x in table.numbers)
        rest = len(table.rows) - len(rows) + 1
        note = (
            f"{english.count(rest, 'more row').capitalize()} in the paper and its workbook."
            if rest > 0
            else table.note
        )
        if note:
            _text(slide, note, _LEFT, top + height + Inches(0.12), _ACROSS, Inches(0.3), 10, _QUIET)

    def _chart(self, slide: Any, chart: Chart, top: int) -> None:
        kind, data, content = _data(chart)
        graphic = slide.shapes.add_chart(kind, _LEFT, top, _ACROSS, _BOTTOM - top - Inches(0.15), data)
        drawn = graphic.chart
        drawn.part.chart_workbook.update_from_xlsx_blob(content)
        _describe(graphic, f"{chart.title}. The figures are in the chart’s own data sheet and in the paper.")
        drawn.font.size, drawn.has_title = Pt(12), False
        drawn.has_legend = len(chart.series) > 1 and chart.kind != "points"
        if drawn.has_legend:
            drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        _axes(drawn, chart)
        for series, made in zip(_drawn(chart), drawn.plots[0].series, strict=True):
            _colour(made, series, chart.kind)
        if chart.note:
            _text(slide, chart.note, _LEFT, _BOTTOM - Inches(0.15), _ACROSS, Inches(0.3), 10, _QUIET)


def _drawn(chart: Chart) -> Sequence[Series]:
    """The series that the chart has: of points the one that goes up."""
    return chart.series[1:] if chart.kind == "points" else chart.series


def _data(chart: Chart) -> tuple[Any, Any, bytes]:
    """The kind, the data as python-pptx wants it, and the workbook that holds them as text and numbers."""
    if chart.kind == "points":
        across, up = chart.series
        pairs = [(x, y) for x, y in zip(across.values, up.values, strict=True) if x is not None and y is not None]
        points = XyChartData(number_format=_FORMATS[up.unit])
        series = points.add_series(clean(up.name))
        for x, y in pairs:
            series.add_data_point(x, y)
        rows: list[Sequence[str | float | None]] = [(clean(across.name), clean(up.name)), *pairs]
        return XL_CHART_TYPE.XY_SCATTER, points, _book(rows)
    made = CategoryChartData(number_format=_FORMATS[chart.series[0].unit])
    made.categories = [clean(category) for category in chart.categories]
    for one in chart.series:
        made.add_series(clean(one.name), one.values, _FORMATS[one.unit])
    heads = (clean(chart.heading), *(clean(one.name) for one in chart.series))
    values = zip(*(one.values for one in chart.series), strict=True)
    body = [(clean(category), *row) for category, row in zip(chart.categories, values, strict=True)]
    return _KINDS[chart.kind], made, _book([heads, *body])


def _book(rows: Sequence[Sequence[str | float | None]]) -> bytes:
    """A workbook of one sheet in which text is text."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet()  # Sheet1, as the chart's references have it
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(y, x, value)
                elif value is not None:
                    sheet.write_number(y, x, value)
    return held.getvalue()


def _axes(drawn: Any, chart: Chart) -> None:
    values, others = drawn.value_axis, drawn.category_axis
    values.tick_labels.number_format_is_linked = False
    values.tick_labels.number_format = _axis_format(chart)
    values.major_gridlines.format.line.color.rgb = _rgb("#d5d8da")
    values.format.line.fill.background()
    if chart.kind == "points":
        for axis, series in ((others, chart.series[0]), (values, chart.series[1])):
            axis.has_title = True
            axis.axis_title.text_frame.text = clean(series.name)
            axis.tick_labels.number_format_is_linked = False
            axis.tick_labels.number_format = _FORMATS[series.unit]
        return
    others.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # beside the chart, also where bars go below nothing
    others.reverse_order = chart.kind in ("bars", "tornado")  # first on top
    if chart.kind in ("bars", "tornado"):
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # at the bottom, once the order is turned round
    drawn.plots[0].gap_width = 60
    if chart.kind in ("stacked", "tornado"):
        drawn.plots[0].overlap = 100


def _axis_format(chart: Chart) -> str:
    """Round pounds in thousands or millions, as the axis of the paper's chart says them."""
    largest = max((abs(value or 0.0) for series in _drawn(chart) for value in series.values), default=0.0)
    unit = _drawn(chart)[0].unit
    if unit != "gbp" or largest < 10_000:
        return _FORMATS[unit]
    if largest >= 8e6:
        return '"£"#,##0,,"m";-"£"#,##0,,"m"'
    return '"£"#,##0.0,,"m";-"£"#,##0.0,,"m"' if largest >= 1e6 else '"£"#,##0,"k";-"£"#,##0,"k"'


def _colour(made: Any, series: Series, kind: str) -> None:
    if kind == "points":
        made.marker.format.fill.solid()
        made.marker.format.fill.fore_color.rgb = _rgb(series.colour)
        return
    made.format.fill.solid()
    made.format.fill.fore_color.rgb = _rgb(series.colour)
    made.invert_if_negative = False


def _widths(table: Table) -> Iterator[int]:
    """Widths of the columns, by the longest text in each, within bounds."""
    letters = [
        min(max(len(head), *(len(row[x]) for row in table.rows[:_MOST_ROWS]), 6), 46)
        if table.rows
        else len(head) + 6
        for x, head in enumerate(table.heads)
    ]
    return (int(_ACROSS * part / sum(letters)) for part in letters)


def _cell(cell: Any, said: str, head: bool, number: bool) -> None:
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.margin_left = cell.margin_right = Inches(0.06)
    cell.fill.solid()
    cell.fill.fore_color.rgb = _PALE if head else _rgb("#ffffff")
    paragraph = cell.text_frame.paragraphs[0]
    _write(paragraph, english.short(clean(said), 90), 11, _rgb(INK), bold=head)
    paragraph.alignment = PP_ALIGN.RIGHT if number else PP_ALIGN.LEFT


def _text(
    slide: Any, said: str, left: int, top: int, width: int, height: int, size: float, colour: Any,
    bold: bool = False, align: Any = PP_ALIGN.LEFT,
) -> Any:  # fmt: skip
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    _write(frame.paragraphs[0], said, size, colour, bold)
    frame.paragraphs[0].alignment = align
    return frame


def _write(paragraph: Any, said: str, size: float, colour: Any, bold: bool = False, after: float = 3) -> None:
    run = paragraph.add_run()
    run.text = clean(said)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Arial"
    run.font.color.rgb = colour
    paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(after)


def _describe(shape: Any, said: str) -> None:
    """What the shape is, for those who do not see it; blank for what only decorates."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", clean(said))
