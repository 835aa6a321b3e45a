"""What `estate export` writes, as other programs find it."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pyogrio
import pytest
from typer.testing import CliRunner

import app.cli  # noqa: F401 - it brings the commands in
from app.shell import app as program
from estate import export
from estate.database import Register
from estate.dictionary import REGISTER_TABLES, columns
from estate.palette import PALETTE
from estate.problems import InputError
from tests.unit.export.registers import fill
from tests.unit.export.test_round_trip import EXAMPLE


@pytest.fixture
def package(sqlite_register: Register, tmp_path: Path) -> Path:
    fill(sqlite_register, EXAMPLE)
    export.write(sqlite_register, tmp_path / "out.gpkg")
    return tmp_path / "out.gpkg"


def query(package: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(package)) as connection:
        return connection.execute(sql).fetchall()


def test_gdal_finds_a_layer_a_table(package: Path) -> None:
    layers = dict(pyogrio.list_layers(package))

    assert layers.pop("layer_styles") is None
    assert layers == dict.fromkeys(REGISTER_TABLES) | {
        "property": "Point",
        "property_outline": "MultiPolygon",
        "site": "MultiPolygon",
        "zone": "MultiPolygon",
    }
    info = pyogrio.read_info(package, layer="property")
    assert (info["crs"], info["features"]) == ("EPSG:27700", 2)
    assert list(info["fields"]) == [c.name for c in columns("property") if c.type != "geometry"]
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert (types["uprn"], types["year_built"], types["floor_area_m2"], types["effective_date"]) == (
        "OFTString", "OFTInteger64", "OFTReal", "OFTDate",
    )  # fmt: skip
    team = pyogrio.read_info(package, layer="team")
    assert dict(zip(team["fields"], team["ogr_subtypes"], strict=True))["may_move"] == "OFSTBoolean"


def test_missing_is_null_and_not_zero(package: Path) -> None:
    assert query(package, "SELECT id, floor_area_m2, geometry IS NULL FROM property") == [
        ("p1", 1200.1, 0),
        ("p3", None, 1),
    ]


def test_what_columns_mean_and_may_hold_stands_in_the_file(package: Path) -> None:
    found = (
        "SELECT description FROM gpkg_data_columns WHERE table_name = 'lease' AND column_name = 'notice_months'"
    )
    assert query(package, found) == [("Notice needed before a break (months)",)]
    choices = "SELECT value FROM gpkg_data_column_constraints WHERE constraint_name = 'property_tenure'"
    assert [value for (value,) in query(package, choices)] == ["freehold", "leasehold", "licence", "unknown"]
    assert query(package, "SELECT DISTINCT last_change FROM gpkg_contents") == [("1970-01-01T00:00:00.000Z",)]


def test_every_layer_with_places_has_a_style_that_qgis_takes(package: Path) -> None:
    styles = query(package, "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles")
    looks = {name: ElementTree.fromstring(qml) for name, _, _, qml in styles}  # noqa: S314 - our own

    assert {(geometry, default) for _, geometry, default, _ in styles} == {("geometry", 1)}
    assert set(looks) == {"property", "property_outline", "site", "zone"}
    uses = next(column.choices for column in columns("property") if column.name == "use")
    assert [c.get("value") for c in looks["property"].iter("category")] == list(uses)
    assert {c.get("symbol") for c in looks["property"].iter("category")} == {
        s.get("name") for s in looks["property"].iter("symbol")
    }
    assert {layer.get("class") for layer in looks["property_outline"].iter("layer")} == {"SimpleFill"}


def test_no_two_uses_look_alike_and_all_colours_are_of_the_palette(package: Path) -> None:
    [(qml,)] = query(package, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'property'")
    looks = [
        tuple(o.get("value") for o in layer.findall("Option/Option") if o.get("name") in {"color", "name"})
        for layer in ElementTree.fromstring(qml).iter("layer")  # noqa: S314 - our own
    ]

    assert len(set(looks)) == len(looks)
    palette = {",".join(str(int(c[i : i + 2], 16)) for i in (1, 3, 5)) + ",255" for c in PALETTE}
    assert {colour for colour, _ in looks} <= palette


def test_an_export_replaces_only_what_is_whole(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = package.read_bytes()
    register = Register.open(f"sqlite:///{package.parent / 'register.db'}")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("estate.export.geopackage.describe", fail)
    with pytest.raises(InputError, match="No space left on device"):
        export.write(register, package)

    assert package.read_bytes() == before
    assert [path.name for path in package.parent.iterdir() if path.name.startswith(".")] == []
    register.close()


def test_a_package_that_qgis_is_changing_is_left_alone(package: Path, sqlite_register: Register) -> None:
    package.with_name("out.gpkg-wal").write_bytes(b"changes")
    with pytest.raises(InputError, match="open in QGIS"):
        export.write(sqlite_register, package)


@pytest.mark.parametrize(
    ("name", "format_name", "reason"),
    [("out.shp", "auto", "its ending names no format"), ("out.gpkg", "dbf", "there is no such format")],
)
def test_a_format_nobody_knows_is_refused(
    sqlite_register: Register, tmp_path: Path, name: str, format_name: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        export.write(sqlite_register, tmp_path / name, format_name)


def test_a_file_is_no_folder(sqlite_register: Register, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("here already")
    with pytest.raises(InputError, match="it is a file and not a folder"):
        export.write(sqlite_register, tmp_path / "out")


def test_csv_is_text_that_a_spreadsheet_does_not_compute(sqlite_register: Register, tmp_path: Path) -> None:
    fill(sqlite_register, {"organisation": [{"id": "x", "name": "=HYPERLINK(1)"}]})
    export.write(sqlite_register, tmp_path / "out", "tables")

    assert (tmp_path / "out" / "organisation.csv").read_bytes().decode("utf-8-sig").splitlines()[1] == (
        "x,'=HYPERLINK(1),other,"
    )


def test_the_command_writes_each_format(sqlite_register: Register, tmp_path: Path) -> None:
    fill(sqlite_register, EXAMPLE)
    address = ["--database", str(sqlite_register.engine.url)]
    run = CliRunner()

    for name in ("a.gpkg", "b.xlsx", "c"):
        said = run.invoke(program, ["export", "--out", str(tmp_path / name), *address])
        assert re.search(r"1 organisation, 3 property", said.output), said.output
    plain = run.invoke(program, ["export", "--out", str(tmp_path / "d.gpkg"), "--json", *address])

    assert json.loads(plain.output)["rows"]["property"] == 3
    assert openpyxl.load_workbook(tmp_path / "b.xlsx", read_only=True)["property"]
    assert len(list((tmp_path / "c").iterdir())) == len(REGISTER_TABLES)
