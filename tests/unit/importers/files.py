"""Small files to import, and the way to do it."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from estate.database import Register
from estate.importers import ImportOptions, ImportResult, import_files

# Squares of one kilometre in Sale, Greater Manchester, in WGS84: west, south, east, north.
SQUARES = {"E01000001": (-2.33, 53.42, -2.315, 53.43), "E01000002": (-2.315, 53.42, -2.30, 53.43)}

HEADER = (
    "OrganisationLabel,OrganisationURI,EffectiveDate,UPRN,AssetCode,PropertyName,StreetNumber,StreetName,PostTown,"
    "PostCode,CoordinateReferenceSystem,GeoX,GeoY,TenureType,TenureDetail,OtherDetail,HoldingType,BuildingSize,"
    "LandArea,EnergyRating"
)
LIBRARY = (
    "Ambridge Council,,2025-01-13,100012702108,AC1/B2,Sale Library,21,Claremont Road,Sale,M33 7DZ,WGS84,"
    "-2.3204334,53.426618,Freehold,Owner Occupied,,Buildings,1047,,D"
)


def square(code: str, box: tuple[float, float, float, float], **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    properties = {"area_code": code, "area_name": f"Sale {code[-1:]}", **properties}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def geojson(*features: Any, **more: Any) -> str:
    """A GeoJSON file."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


ZONES = geojson(*(square(code, box) for code, box in SQUARES.items()))


def bring_in(register: Register, folder: Path, name: str, content: str | bytes, **options: Any) -> ImportResult:
    """Write a file and import it."""
    result = write_and_import(register, folder, name, content, **options)
    assert result.rows == result.accepted + result.rejected
    return result


def write_and_import(
    register: Register, folder: Path, name: str, content: str | bytes, format: str = "auto", **options: Any
) -> ImportResult:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_files(register, [path], ImportOptions(**options), format)[0]


def register_csv(*rows: str) -> str:
    """A register under the Transparency Code."""
    return "\n".join([HEADER, *rows, ""])


def like_library(**cells: str) -> str:
    """The library's row with some cells changed, by their header."""
    values = dict(zip(HEADER.split(","), LIBRARY.split(","), strict=True)) | cells
    return ",".join(f'"{value}"' for value in values.values())


def only(register: Register, table: str) -> dict[str, Any]:
    """The one row of a table."""
    [row] = register.rows(table)
    return row


def reasons(result: ImportResult, kind: str) -> list[str]:
    """What was mended, warned of or rejected, in words."""
    found = result.rejections if kind == "rejected" else result.notes
    return [note.problem.reason for note in found if note.kind == kind]


def excel(sheets: Mapping[str, Sequence[Any]]) -> bytes:
    """An Excel workbook of these sheets, whose text stays text."""
    book = Workbook()
    book.remove(book.active)
    for name, grid in sheets.items():
        sheet = book.create_sheet(name)
        for row in grid:
            sheet.append(row)
        for row in sheet.iter_rows():
            for cell in row:
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
