"""Centres of postcodes (CSV), which give a place to properties that have a full postcode and no coordinates."""

from estate.database import Row
from estate.importers import _cells as cells
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Source
from estate.locate import locate
from estate.problems import Problem

NAME = "postcodes"
DESCRIPTION = "Centres of postcodes, to place properties without coordinates (CSV)"

_POSTCODES = {name.replace("_", "") for name in cells.POSTCODE}
_NAMES = {name.replace("_", "") for name in cells.NAME}


def order(source: Source) -> int:
    """Last: it adds to properties that are there."""
    return 70


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV of postcodes with coordinates and nothing that has a name of its own."""
    headers = source.headers
    return bool(headers & _POSTCODES) and cells.has_coordinates(source) and not headers & _NAMES


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Place the register's properties. Rows for which no property waits count as accepted and are not used."""
    table = source.table
    table.need(postcode=cells.POSTCODE, lon=cells.X, lat=cells.Y)
    where, column = cells.coordinates(table), table.find(*cells.POSTCODE)
    waiting = _waiting(known)
    readout = Readout()
    for line in readout.lines(table):
        code = cells.postcode(line[column])
        found = locate(line[where.x], line[where.y], known.place, where.expected)
        if code is None or not cells.is_full(code):
            reason = "it is not a full postcode"
            readout.reject(line, Problem(line[column], reason, "Correct it", column or "", line[column]))
        elif found.point is None:
            value = f"{line[where.x]}, {line[where.y]}"
            readout.reject(line, Problem(code, found.reason, "Correct them", f"{where.x} and {where.y}", value))
        else:
            for row in waiting.pop(code, []):
                place = {"id": row["id"], "geometry": found.point, "located_by": "postcode"}
                readout.add("property", line.number, place)
                remedy = "It was placed at the centre of its postcode"
                readout.mend(line.number, Problem(row["name"], "it had no coordinates", remedy, "postcode", code))
    return readout


def _waiting(known: Known) -> dict[str, list[Row]]:
    """Properties with a full postcode and no place, or one that such a list gave them, by postcode."""
    waiting: dict[str, list[Row]] = {}
    for row in known.table("property").values():
        placed = row["geometry"] is not None and row["located_by"] != "postcode"
        if not placed and row["postcode"] and cells.is_full(row["postcode"]):
            waiting.setdefault(row["postcode"], []).append(row)
    return waiting
