"""Excel files as people save them, and those that would do harm: `estate.importers._excel`."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from estate.importers import _excel
from estate.importers._excel import read_workbook
from estate.importers._source import Source
from estate.problems import InputError
from tests.unit.importers.files import excel

PLAIN = {"Assets": [["Ref", "Name"], ["007", "Hall"]]}


def test_cells_come_as_the_text_of_a_csv_file() -> None:
    row = ["007", 100012.0, 12.5, 1e-7, True, False, None, date(2026, 3, 31), datetime(2026, 3, 31, 9, 30)]
    sheets = read_workbook("a.xlsx", excel({"Assets": [row]}))

    assert sheets["Assets"] == (
        ("007", "100012", "12.5", "1e-07", "yes", "no", "", "2026-03-31", "2026-03-31 09:30:00"),
    )


def test_rows_keep_the_numbers_that_excel_shows_and_blank_ends_are_cut() -> None:
    grid = [["Ref"], [None], ["1"], [None], [None]]

    assert read_workbook("a.xlsx", excel({"Assets": grid}))["Assets"] == (("Ref",), (), ("1",))


def test_a_false_size_cuts_nothing_off() -> None:
    content = changed(excel(PLAIN), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"A1:B2", b"A1:A1"))

    assert read_workbook("a.xlsx", content)["Assets"][1] == ("007", "Hall")


def test_an_excel_error_faults_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(excel({"Assets": [["Ref", "Name"], ["1", "#REF!"], ["2", "Hall"]]}))
    first, second = Source(path).table.lines

    assert first.fault is not None
    assert "an error that Excel shows" in first.fault.reason
    assert second.fault is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        b"Ref,Name\n1,Hall\n",
        b"PK\x03\x04 cut short",
        b"\0" * 99,
    ],
)
def test_old_locked_and_other_files_get_one_clear_message(content: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.xls: it is an older Excel file .* save it as an Excel workbook"):
        read_workbook("a.xls", content)


def test_another_zip_is_no_workbook() -> None:
    with pytest.raises(InputError, match="no Excel workbook at all"):
        read_workbook("a.xlsx", archive({"word/document.xml": b"<x/>"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * 20_000_000})

    with pytest.raises(InputError, match="as a zip bomb is"):
        read_workbook("a.xlsx", bomb)


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("MAX_UNPACKED_BYTES", 1_000, "it would unpack to"),
        ("MAX_PARTS", 3, "more than the 3 of any workbook"),
        ("MAX_CELLS", 3, "sheet Assets is too large"),
        ("MAX_ROWS", 1, "sheet Assets is too large"),
    ],
)
def test_what_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: str
) -> None:
    monkeypatch.setattr(_excel, limit, value)

    with pytest.raises(InputError, match=reason):
        read_workbook("a.xlsx", excel(PLAIN))


def test_a_row_far_below_is_refused_and_not_walked_to() -> None:
    content = changed(
        excel(PLAIN), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="2"', b'r="999999999"')
    )

    with pytest.raises(InputError, match="too large"):
        read_workbook("a.xlsx", content)


def test_xml_entities_are_refused() -> None:
    bad = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    content = changed(excel(PLAIN), "xl/worksheets/sheet1.xml", lambda xml: bad + xml.replace(b"007", b"&a;"))

    with pytest.raises(InputError, match="its XML defines entities"):
        read_workbook("a.xlsx", content)


def test_formulas_that_nobody_computed_are_not_read_as_blank() -> None:
    book = Workbook()
    book.active["A1"], book.active["A2"] = "Area", "=1+1"
    with pytest.raises(InputError, match="formulas that no program has computed"):
        read_workbook("a.xlsx", saved(book))


def test_a_formula_whose_value_is_blank_text_is_blank() -> None:
    blank = b'<c r="A2" t="str"><f>IF(1,"","")</f><v></v></c>'
    content = changed(
        excel({"Assets": [["Ref", "Name"], [5, "Hall"]]}),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<c r="A2" t="n"><v>5</v></c>', blank),
    )

    assert read_workbook("a.xlsx", content)["Assets"][1] == ("", "Hall")


@pytest.mark.parametrize("step", range(7, 60, 4))
def test_damaged_files_are_refused_and_never_a_traceback(step: int) -> None:
    content = bytearray(excel(PLAIN))
    for place in range(step, len(content), len(content) // step):
        content[place] ^= 0xFF

    with pytest.raises(InputError):
        read_workbook("a.xlsx", bytes(content))


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        parts = {name: read.read(name) for name in read.namelist()}
    before = parts[part]
    parts[part] = change(before)
    assert parts[part] != before
    return archive(parts)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
