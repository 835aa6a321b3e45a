"""A brand is read whole or refused with every fault; a logo is a picture and nothing else."""

import json
import struct
import zlib
from pathlib import Path

import pytest

from estate.problems import InputError
from maps import brand, layers, logos, page, tiles, view
from tests.support import planned_place

SHAPES = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}<rect width="9" height="9" fill="#036"/></svg>'
)
SVG = SHAPES.format("")


def png(width: int = 2, height: int = 1) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 7))
        + chunk(b"IEND", b"")
    )


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (brand.VARIABLE, tiles.ADDRESS, tiles.OS_KEY):
        monkeypatch.delenv(name, raising=False)


def _written(folder: Path, text: str, logo: bytes = SVG.encode()) -> Path:
    (folder / "logo").write_bytes(logo)
    square = [[[-2.4, 53.4], [-2.2, 53.4], [-2.2, 53.5], [-2.4, 53.4]]]
    area = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": square}}
    collection = {"type": "FeatureCollection", "features": [area]}
    (folder / "area.geojson").write_text(json.dumps(collection), encoding="utf-8")
    (folder / "brand.yaml").write_text(text, encoding="utf-8")
    return folder / "brand.yaml"


WHOLE = """
name: Vale <b>One</b> Public Estate
logo: {file: logo, text: Vale & friends}
colours: {header: "#FFDD00", accent: "#003a5d"}
tiles: {os_maps: Light_3857}
boundary: {file: area.geojson, name: "{{7*7}} Vale"}
"""


def test_without_a_file_the_page_is_plain() -> None:
    assert brand.read() == brand.Brand()
    assert (brand.Brand().header, brand.Brand().header_text) == ("#0b0c0c", "#ffffff")


def test_a_whole_brand_is_read_from_the_file_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(brand.VARIABLE, str(_written(tmp_path, WHOLE)))
    monkeypatch.setenv(tiles.OS_KEY, "abcd1234EFGH")
    found = brand.read()
    assert found.header_text == "#0b0c0c"  # white would be lost on yellow
    assert found.logo == logos.Logo(SVG.encode(), "image/svg+xml", "Vale & friends")
    assert found.tiles is not None
    assert found.tiles.url == "https://api.os.uk/maps/raster/v1/zxy/Light_3857/{z}/{x}/{y}.png?key=abcd1234EFGH"
    assert found.tiles.origin == "https://api.os.uk"
    assert found.boundary is not None
    assert found.boundary.area.area == pytest.approx(73.7e6, rel=0.01)  # m2 of half of 13.3 by 11.1 km

    plan, snapshot, scenario = planned_place.place()
    html = page.write(plan, snapshot, scenario, tmp_path / "map.html", looks=found).read_text(encoding="utf-8")
    assert "img-src data: https://api.os.uk;" in html
    assert 'alt="Vale &amp; friends"' in html
    assert "--header: #ffdd00; --header-text: #0b0c0c; --accent: #003a5d" in html
    drawn = {
        layer.key: layer
        for layer in layers.build_all(view.gather(plan, snapshot, scenario, None, found.boundary)).drawn
    }
    assert drawn["boundary"].features[0]["properties"]["name"] == "&#123;&#123;7*7}} Vale"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nmae: x", "nmae: there is no such key"),
        ("colours: {header: red}", "colours.header has 'red'"),
        ('colours: {accent: "#ffffcc"}', "colours.accent has '#ffffcc': it hardly shows on white (1.0 to 1)"),
        ("colours: {header: '#000000;x'}", "colours.header"),
        ("tiles: {}", "give either address and credit, or os_maps"),
        ("tiles: {os_maps: Light_3857}", "OS_MAPS_API_KEY: the brand asks for OS Maps and there is no key"),
        ("tiles: {os_maps: Other}", "tiles.os_maps"),
        ("tiles: {address: 'ftp://x/{z}/{x}/{y}', credit: c}", "not the address of a tile server"),
        ("boundary: {file: brand.yaml}", "it holds no area that can be drawn"),
        ("boundary: {file: none.gpkg}", "no such file"),
        ("logo: {file: none.png}", "it cannot be read"),
        ("- a list", "it holds no keys"),
        ("a: [", "line 1 is not YAML"),
        ('name: "a\\nb"', "name"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as fault:
        brand.read(_written(tmp_path, text))
    assert said in str(fault.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = 'logo: {file: none}\ntiles: {os_maps: Road_3857}\ncolours: {accent: "#eeeeee"}'
    with pytest.raises(InputError) as fault:
        brand.read(_written(tmp_path, text))
    assert len(fault.value.problems) == 3


def test_a_png_is_carried_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    found = logos.read(tmp_path / "a.png", "A")
    assert (found.content, found.suffix) == (png(), ".png")
    assert found.address.startswith("data:image/png;base64,iVBOR")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject/>",
        "<style>@import 'https://x.org/a.css';</style>",
        "<style>rect { fill: url(https://x.org/a.svg) }</style>",
        '<image href="https://x.org/a.png"/>',
        '<image xmlns:x="http://www.w3.org/1999/xlink" x:href="file:///etc/passwd"/>',
        '<g onload="alert(1)"/>',
        '<a href="#x"/>',
        '<use href="other.svg#a"/>',
        '<g style="fill: url(//x.org)"/>',
    ],
)
def test_an_svg_that_is_more_than_a_picture_is_refused(tmp_path: Path, inside: str) -> None:
    (tmp_path / "a.svg").write_text(SHAPES.format(inside), encoding="utf-8")
    with pytest.raises(InputError, match="Give a small PNG, or an SVG of shapes alone"):
        logos.read(tmp_path / "a.svg", "A")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a", "neither a PNG nor a plain SVG"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "neither a PNG nor an SVG"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>", "DOCTYPE"),
        (png(5_000, 1), "5,000 x 1 pixels"),
        (b"\x89PNG\r\n\x1a\n", "0 x 0 pixels"),
        (b" " * 300_001, "300,001 bytes"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.svg").write_bytes(content)
    with pytest.raises(InputError, match=said):
        logos.read(tmp_path / "a.svg", "A")


def test_an_svg_may_point_inside_itself(tmp_path: Path) -> None:
    inside = '<style>rect { fill: url(#g) }</style><use href="#r"/><image href="data:image/png;base64,iVBO"/>'
    (tmp_path / "a.svg").write_text(SHAPES.format(inside), encoding="utf-8")
    assert logos.read(tmp_path / "a.svg", "A").suffix == ".svg"
