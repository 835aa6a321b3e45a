"""Registers full of odd rows, for what goes out and comes back."""

from typing import Any

import shapely
from hypothesis import strategies as st

from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES, Column, columns
from estate.importers._excel import ERRORS
from estate.importers._source import tidy

Rows = dict[str, list[dict[str, Any]]]

ODD_TEXT = (
    "0012", "10001270210812345678", "1e5", "=1+1", "'=1+1", "-", "a,b", 'say "x"', "line 1\nline 2", "tab\there",
    "NULL", "None", "nan", "TRUE", "2026-03-31", "café – £", "学校 🏫", "http://x.example", "a  b", "@SUM(A1)",
    "'", "''", "a\\b", "{x}", "_x000D_", "<b>&amp;</b>",
)  # fmt: skip
letters = st.characters(codec="utf-8", exclude_characters="\0")
# What a register may hold: the text of a cell as every importer of its own tables takes it in.
# An import refuses what Excel shows for a broken formula, whatever the file: no register can have it as a text.
texts = (
    st.one_of(st.sampled_from(ODD_TEXT), st.text(letters, max_size=20))
    .map(tidy)
    .filter(lambda text: text and text not in ERRORS)
)
eastings, northings = st.floats(0, 700_000), st.floats(0, 1_300_000)
points = st.builds(shapely.Point, eastings, northings)


@st.composite
def boxes(draw: st.DrawFn) -> shapely.Polygon:
    west, south = draw(st.floats(0, 600_000)), draw(st.floats(0, 1_200_000))
    return shapely.box(west, south, west + draw(st.floats(1, 9_999)), south + draw(st.floats(1, 9_999)))


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Geometry:
    """A place of any kind, valid and in the form that the register keeps."""
    kind = draw(st.sampled_from(("point", "outline", "outline with a hole", "outlines", "points", "line")))
    if kind == "point":
        return draw(points)
    if kind == "line":
        return shapely.LineString([draw(points), shapely.Point(1, 2), shapely.Point(3, 1)])
    if kind == "points":
        return shapely.MultiPoint([shapely.Point(1, 2), draw(points.filter(lambda p: p.x > 2))])
    box = draw(boxes())
    if kind == "outline with a hole":
        return box.difference(box.centroid.buffer(0.2, quad_segs=2))
    return (
        box if kind == "outline" else shapely.MultiPolygon([box, shapely.transform(box, lambda xy: xy + 20_000)])
    )


def cells(column: Column) -> st.SearchStrategy[Any]:
    """Values of a column, missing ones among them where it may be blank."""
    low = -1e9 if column.minimum is None else column.minimum
    high = 1e9 if column.maximum is None else column.maximum
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "text": texts,
        "choice": st.sampled_from(column.choices or ("",)),
        "number": st.floats(low, high),
        "integer": st.integers(int(low), int(high)),
        "boolean": st.booleans(),
        "date": st.dates(),
        "geometry": shapes(),
    }
    values = by_type[column.type]
    return values if column.required or column.default else st.none() | values


@st.composite
def registers(draw: st.DrawFn) -> Rows:
    """Rows of every table that refer to each other."""
    found: Rows = {}
    for table in REGISTER_TABLES:
        ids = draw(st.lists(texts, max_size=3, unique=True))
        rows = [{c.name: draw(cells(c)) for c in columns(table) if not c.references} | {"id": id} for id in ids]
        for row in rows:
            for column in columns(table):
                if column.references:
                    parents = [parent["id"] for parent in found[column.references.partition(".")[0]]]
                    choices = st.sampled_from(parents) if parents else st.none()
                    row[column.name] = draw(choices if column.required else st.none() | choices)
        needed = {c.name for c in columns(table) if c.references and c.required}
        found[table] = [consistent(row) for row in rows if all(row[name] is not None for name in needed)]
    return found


def consistent(row: dict[str, Any]) -> dict[str, Any]:
    """A row that no importer would mend: a place that is there was found somehow."""
    if row.get("located_by") == "none" and row["geometry"] is not None:
        return {**row, "located_by": "mended"}
    return row


def fill(register: Register, rows: Rows) -> None:
    with register.transaction() as connection:
        for table in REGISTER_TABLES:
            write(connection, table, rows.get(table, []))


def content(register: Register) -> Rows:
    """Every row of every table as the dictionary describes it, without where it came from."""
    return {
        table: [{column.name: row[column.name] for column in columns(table)} for row in register.rows(table)]
        for table in REGISTER_TABLES
    }
