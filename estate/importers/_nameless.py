"""Finds the id of a property that somebody added to a table of the register without giving it one.

A surveyor draws a building in QGIS, or adds a row in Excel, and knows its body, its code and its name, but not how
the register makes ids. Such a row is matched as a row of a list from outside is (see `_identity`); where it is a
new property it gets the id that such a list would give it: the body and the code, or else the name and address.
One whose id was only lost has the name of a property that is missing then: it asks.
"""

from collections.abc import Collection
from dataclasses import replace

from estate.importers import _cells as cells
from estate.importers._identity import Identity, Matcher, Wanted
from estate.importers._readout import Known
from estate.importers._source import Line, Table
from estate.problems import Problem

_NEEDED = ("organisation_id", "asset_code", "uprn", "name", "address", "postcode")


class Nameless:
    """The rows of one table or layer of properties; ids that stand elsewhere in its file are `named`."""

    def __init__(self, table: Table, known: Known, named: Collection[str]) -> None:
        self.id, self.known = table.find("id"), known.ids("property")
        self.headers = {name: table.find(name) for name in _NEEDED}
        lines = [line for line in table.lines if not line.fault]
        wanted = [row for line in lines if not line[self.id] and (row := self.wanted(line))]
        ids = {line[self.id] for line in lines} | set(named)
        self.matcher = Matcher(known, wanted, table.has_rejects, ids, ask_by_name=True) if wanted else None

    def identity(self, line: Line) -> Identity | None:
        """The property that a row without an id is; None for one with an id, or too little to go by."""
        if line[self.id] or self.matcher is None:
            return None
        wanted = self.wanted(line)
        if wanted is None:
            return None
        found = self.matcher.identify(wanted)
        if found.warning or found.question or found.id in self.known:
            return found
        reason = f"it had no id and was given {found.id}"
        return replace(found, warning=Problem(wanted.name, reason, "Refer to it by this id", "id", found.id))

    def wanted(self, line: Line) -> Wanted | None:
        """What a row says of which property it is."""
        body, code, uprn, name, address, postcode = (line[self.headers[column]] for column in _NEEDED)
        own = cells.code(code) or cells.slug(f"{name} {address}")
        if not body or not own or not name:
            return None
        full = cells.postcode(postcode) or ""
        return Wanted(f"{body}/{own}", body, code, cells.uprn(uprn) or "", name, full)
