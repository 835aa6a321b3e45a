"""Cells that many sources share: identifiers, postcodes, UPRNs, dates, coordinates."""

import re
from datetime import date, datetime
from typing import NamedTuple

from estate.importers._readout import Readout
from estate.importers._source import Line, Source, Table, key
from estate.locate import Kind, Located, Place, locate, outside
from estate.problems import Problem

POSTCODE = ("postcode", "post_code", "pcds", "pcd")
NAME = (
    "name", "property_name", "asset_name", "site_name", "service_name", "centre_name", "community_hub",
    "pharmacy_name", "practice_name", "establishment_name", "organisation_name", "library", "practice",
)  # fmt: skip
ADDRESS = ("address", "full_address", "street_address", "address_1", "address1")
X = ("geo_x", "lon", "longitude", "long", "lng", "easting", "eastings", "x")
Y = ("geo_y", "lat", "latitude", "northing", "northings", "y")
_METRES = {"easting", "eastings"}
_DEGREES = {"lon", "longitude", "long", "lng"}

_FULL = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})")
_OUTWARD = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")


class Coordinates(NamedTuple):
    """The headers of a pair of coordinates, and what they claim to be."""

    x: str | None
    y: str | None
    expected: Kind


def coordinates(table: Table) -> Coordinates:
    """Where a table keeps its coordinates."""
    x, y = table.find(*X), table.find(*Y)
    name = key(x or "")
    expected: Kind = "metres" if name in _METRES else "degrees" if name in _DEGREES else ""
    return Coordinates(x, y, expected)


def has_coordinates(source: Source) -> bool:
    """Whether a CSV file has a pair of columns that coordinates may stand in."""
    keys = {name.replace("_", "") for name in X}, {name.replace("_", "") for name in Y}
    return all(source.headers & wanted for wanted in keys)


def find_place(line: Line, record: str, where: Coordinates, place: Place | None, readout: Readout) -> Located:
    """Locate a row by its coordinates and note what was mended, is missing or lies outside the place."""
    x, y = line[where.x], line[where.y]
    found = locate(x, y, place, where.expected)
    column = f"{where.x or X[0]} and {where.y or Y[0]}"
    problem = Problem(record, found.reason, found.remedy, column, f"{x}, {y}" if x or y else "")
    if found.how == "mended":
        readout.mend(line.number, problem)
    elif found.how == "none":
        readout.warn(line.number, problem)
    if outside(found.point, place):
        reason = "it lies outside the place that the zones make"
        remedy = "Check its coordinates; keep it if the body really holds it there"
        readout.warn(line.number, Problem(record, reason, remedy, column, f"{x}, {y}"))
    return found


def slug(text: str) -> str:
    """Text as part of an identifier: letters, digits and hyphens, in lower case."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower().replace("'", "").replace("’", "")).strip("-")


def code(text: str) -> str:
    """A code as part of an id: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def postcode(raw: str) -> str | None:
    """A postcode in capitals with one space, or its outward part alone; None when it is neither."""
    text = re.sub(r"[^A-Z0-9 ]", "", raw.upper()).strip()
    if full := _FULL.fullmatch(text.replace(" ", "")):
        return f"{full[1]} {full[2]}"
    return text if _OUTWARD.fullmatch(text) else None


def is_full(code: str) -> bool:
    """Whether a postcode has both its parts."""
    return " " in code


def uprn(raw: str) -> str | None:
    """A UPRN of 1 to 12 digits without leading zeros or the `.0` of a spreadsheet; None when it is not one."""
    digits = re.sub(r"\.0+$", "", raw.replace(" ", "")).lstrip("0")
    return digits if re.fullmatch(r"\d{1,12}", digits) else None


def day(raw: str) -> date | None:
    """A date as YYYY-MM-DD or DD/MM/YYYY, with or without a time; None when it is neither."""
    text = raw.split("T")[0].split(" ")[0]
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None
