"""A CSV or Excel file of any shape, read by the mapping that stands beside it (`assets.csv.mapping.yaml`).

'estate map-columns' proposes the mapping; docs/bring-your-data.md explains it. A blank cell says nothing: what the
register knows stays. A cell that does not fit is left out with a warning; a row that lacks what must be filled, or
that cannot be told from others, is refused.
"""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from estate import mapping as mappings
from estate.dictionary import Column, columns
from estate.importers import _cells as cells
from estate.importers._bodies import Bodies
from estate.importers._identity import Matcher, Wanted
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table
from estate.importers._values import value_of
from estate.mapping import Also, ColumnRule, Mapping
from estate.problems import InputError, Problem
from estate.uses import use_of

NAME = "mapped"
DESCRIPTION = "Any list with a saved mapping of its columns, made by 'estate map-columns' (CSV or Excel)"
LEFT_OUT = "It was left out; correct it in the file, or the mapping"
# What tells one row of a property from another where a mapping names no id, in this order.
_NATURAL = ("name", "category", "kind", "basis", "direction", "start_date", "valued_on")
Values = dict[str, Any]


def mapping_for(source: Source, options: ImportOptions) -> Path | None:
    """The mapping that a file is to be read by: the one asked for, else the one beside it; None where none is."""
    if source.kind not in {"csv", "xlsx"}:
        return None
    wanted = Path(options.mapping) if options.mapping else mappings.beside(source.path)
    return wanted if options.mapping or wanted.is_file() else None


def order(source: Source) -> int:
    """Properties after the tables of the register, then what is about them."""
    path = mappings.beside(source.path)
    return 51 if path.is_file() and mappings.read(path).table not in {"organisation", "site", "property"} else 50


def recognises(source: Source, options: ImportOptions) -> bool:
    """A file with a mapping. The registry then asks no other importer."""
    return mapping_for(source, options) is not None


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read a file by its mapping."""
    path = mapping_for(source, options)
    if path is None:
        raise source.error(
            "there is no mapping for it", f"Run 'estate map-columns {source.name}' and check the result"
        )
    mapping = mappings.read(path)
    table = source.table_at(mapping.header_row, mapping.sheet)
    readout = Readout()
    reader = MappedReader(mapping, table, options, known, readout)
    for line in readout.lines(table):
        reader.row(line)
    return readout


class MappedReader:
    """Reads row after row of one file by one mapping, and knows which ids it has given.

    `is_part`: the file is a choice from the properties of its body, so that what it lacks tells nothing.
    Raises InputError when a header that the mapping names does not stand in the file, or no body is named.
    """

    def __init__(
        self,
        mapping: Mapping,
        table: Table,
        options: ImportOptions,
        known: Known,
        readout: Readout,
        is_part: bool = False,
    ) -> None:
        self.mapping, self.known, self.readout = mapping, known, readout
        self.headers = _headers(mapping, table)
        self.described = {column.name: column for column in columns(mapping.table)}
        self.body = options.organisation or (mapping.organisation.id if mapping.organisation else "")
        self._check_body(table, options)
        self.where = cells.Coordinates(
            self.headers.get(mapping.x), self.headers.get(mapping.y), mapping.coordinates
        )
        self.seen: dict[str, int] = {}
        self.named = Bodies(known.table("organisation").values())
        self.bodies: set[str] = set()
        self.assets = _Assets(known, self.body) if mapping.asset else None
        self.matcher = None
        if mapping.table == "property" and not mapping.asset:
            rows = [self.wanted(line) for line in table.lines if not line.fault]
            self.matcher = Matcher(known, rows, is_part=is_part or table.has_rejects)

    def _check_body(self, table: Table, options: ImportOptions) -> None:
        if options.organisation and options.organisation not in self.known.ids("organisation"):
            reason = "the register has no organisation of this id"
            remedy = "Leave --organisation out, or import the organisation first"
            raise InputError.of("--organisation", reason, remedy, "", options.organisation)
        new = self.mapping.table == "property" and not self.mapping.asset
        if new and not self.body and "organisation_id" not in self.mapping.columns:
            remedy = "Put the body's id and name under 'organisation' in the mapping, or give --organisation"
            raise InputError.of(table.file_name, "its mapping does not say whose properties these are", remedy)

    def row(self, line: Line) -> None:
        """Take one row in, or refuse it."""
        if self.matcher:
            self.property(line, self.matcher)
        elif self.mapping.table == "property":
            self.added(line)
        else:
            self.other(line)

    def text(self, line: Line, headers: Sequence[str], between: str = ", ") -> str:
        """The cells under some headers of the mapping, joined."""
        return between.join(filter(None, (line[self.headers[header]] for header in headers)))

    def cell(self, line: Line, rule: ColumnRule | None) -> str:
        """What a rule of the mapping finds in a row."""
        if rule is None:
            return ""
        return rule.value if rule.value is not None else self.text(line, rule.headers)

    def wanted(self, line: Line) -> Wanted:
        """What a row says of which property it is."""
        rules = self.mapping.columns
        postcode = self.cell(line, rules.get("postcode"))
        name = self.cell(line, rules.get("name")) or self.cell(line, rules.get("address"))
        own = cells.code(self.text(line, self.mapping.id_from, "-"))
        own = own or cells.slug(f"{name} {self.cell(line, rules.get('address'))}")
        code = self.cell(line, rules.get("asset_code")) or self.text(line, self.mapping.id_from, "-")
        uprn = cells.uprn(self.cell(line, rules.get("uprn")))
        body = self.body_of(line)
        return Wanted(f"{body}/{own}", body, code, uprn or "", name, cells.postcode(postcode) or "")

    def body_of(self, line: Line) -> str:
        """The id of the body that a row belongs to."""
        rule = self.mapping.columns.get("organisation_id")
        text = self.cell(line, rule)
        return self.body or self.named.id_of(rule.values.get(text, text) if rule else text)

    def property(self, line: Line, matcher: Matcher) -> None:
        """Take in a property, and what else its row tells."""
        wanted = self.wanted(line)
        code = wanted.asset_code
        record = f"{wanted.name} ({code})" if wanted.name and code else wanted.name or code or line.where
        found = matcher.identify(wanted)
        if fault := self.unclear(wanted, found.id, record, code) or found.question:
            self.readout.reject(line, fault)
            return
        if found.warning:
            self.readout.warn(line.number, found.warning)
        if not code:
            remedy = "Name under id_from what tells it from others and never changes"
            self.readout.warn(line.number, Problem(record, "its name and address stand in for a code", remedy))
        self.seen[found.id] = line.number
        self.organisation(line, wanted.organisation_id)
        values = self.values(line, record, "property", self.mapping.columns)
        if self.where.x and self.where.y:
            place = cells.find_place(line, record, self.where, self.known.place, self.readout)
            values |= {"geometry": place.point, "located_by": place.how} if place.point else {}
        if "use" not in values and found.id not in self.known.ids("property"):
            values["use"] = use_of(wanted.name, "", values.get("holding", "building"))
        values.setdefault("asset_code", code or None)
        kept = {name: value for name, value in values.items() if value is not None}
        row = {**kept, "id": found.id, "organisation_id": wanted.organisation_id, "name": wanted.name}
        self.readout.add("property", line.number, row)
        for also in self.mapping.also:
            self.beside(line, record, found.id, also)

    def added(self, line: Line) -> None:
        """Add what a row tells of a property that is there."""
        code = self.text(line, self.mapping.asset, "-")
        id = self.found(line, code)
        if id is None:
            return
        if id in self.seen:
            reason = f"row {self.seen[id]} is about the same property, and only one row can be taken"
            self.readout.reject(
                line, Problem(code, reason, "Keep the row that counts", self.mapping.asset[0], code)
            )
            return
        self.seen[id] = line.number
        if values := self.values(line, code, "property", self.mapping.columns):
            self.readout.add("property", line.number, {"id": id, **values})
        for also in self.mapping.also:
            self.beside(line, code, id, also)

    def found(self, line: Line, code: str) -> str | None:
        """The property that a row is about; None where there is none or several, and then the row is refused."""
        found = self.assets.find(code) if self.assets else None
        if found is None:
            reason, remedy = "the register has no one property with this code", "Import its property first"
            self.readout.reject(line, Problem(code or line.where, reason, remedy, self.mapping.asset[0], code))
        return found

    def unclear(self, wanted: Wanted, id: str, record: str, code: str) -> Problem | None:
        """Why a property cannot be told from others."""
        if not wanted.name:
            remedy = "Give the building or land a name, or say in the mapping which column holds it"
            return Problem(record, "it has no name and no address", remedy, "name")
        if not wanted.organisation_id:
            return Problem(record, "it names no organisation", "Say who holds it", "organisation_id")
        if id in self.seen:
            reason = f"row {self.seen[id]} has the same id"
            return Problem(
                record, reason, "Give each its own code, or name more columns under id_from", "id", code
            )
        return None

    def organisation(self, line: Line, body: str) -> None:
        """Have a body written that the register does not know, once."""
        if not body or body in self.bodies or body in self.known.ids("organisation"):
            return
        self.bodies.add(body)
        fixed = self.mapping.organisation
        label = (
            fixed.name
            if fixed and body == fixed.id
            else self.cell(line, self.mapping.columns.get("organisation_id"))
        )
        self.readout.add("organisation", line.number, {"id": body, "name": label or body})

    def beside(self, line: Line, record: str, property_id: str, also: Also) -> None:
        """Add the row of another table that a property's row makes."""
        values = self.values(line, record, also.table, also.columns)
        if values.get(also.only_with) is None:
            return
        row = {"id": f"{property_id}/{also.name or also.table}", "property_id": property_id, **values}
        if missing := _missing(also.table, row):
            reason = f"no row of table {also.table} was made, because {', '.join(missing)} is not known"
            self.readout.warn(line.number, Problem(record, reason, "Fill it in the file, or the mapping"))
            return
        self.readout.add(also.table, line.number, row)

    def other(self, line: Line) -> None:
        """Take in a row of a table other than property."""
        table = self.mapping.table
        record = self.text(line, self.mapping.id_from or self.mapping.asset, "-") or line.where
        values = self.values(line, record, table, self.mapping.columns)
        if self.assets:
            code = self.text(line, self.mapping.asset, "-")
            values["property_id"] = self.found(line, code)
            if values["property_id"] is None:
                return
        if "organisation_id" in self.described:
            values["organisation_id"] = self.body_of(line) or None
        values["id"] = self.id_of(line, values)
        if missing := _missing(table, values):
            reason = f"{' and '.join(missing)} is not known and must be"
            self.readout.reject(line, Problem(record, reason, "Fill it in the file, or the mapping", missing[0]))
        elif values["id"] in self.seen:
            reason = f"row {self.seen[values['id']]} has the same id"
            remedy = "Name more columns under id_from in the mapping"
            self.readout.reject(line, Problem(record, reason, remedy, "id", values["id"]))
        else:
            self.seen[values["id"]] = line.number
            self.organisation(line, values.get("organisation_id") or "")
            self.readout.add(table, line.number, values)

    def id_of(self, line: Line, values: Dictionary[str, Any]) -> str | None:
        """The id of a row that is no property: its own code or what is natural, under its property or body."""
        own = cells.code(self.text(line, self.mapping.id_from, "-"))
        own = own or "-".join(cells.slug(str(values[name])) for name in _NATURAL if values.get(name))
        above = values.get("property_id") or values.get("organisation_id") or self.body
        table = "" if self.mapping.table in {"site", "organisation"} else f"{self.mapping.table}-"
        if self.mapping.table == "organisation":
            return own or None
        return "/".join(filter(None, (above, f"{table}{own}"))) if own else None

    def values(self, line: Line, record: str, table: str, rules: Dictionary[str, ColumnRule]) -> Values:
        """The values that a row gives to a table's columns, without what it says nothing of."""
        described = {column.name: column for column in columns(table)}
        found: Values = {}
        for name, rule in rules.items():
            if name == "organisation_id":
                continue
            value = self.value(line, record, described[name], rule)
            if value is not None:
                found[name] = value
        return found

    def value(self, line: Line, record: str, column: Column, rule: ColumnRule) -> Any:
        """One value, with a note where it was mended or left out."""
        text = self.cell(line, rule)
        found = value_of(column, rule, text)
        header = ", ".join(rule.headers) or column.name
        if found.fault:
            self.readout.warn(line.number, Problem(record, found.fault, LEFT_OUT, header, text))
            return None
        if found.mended:
            remedy = f"It was read as {found.value}"
            self.readout.mend(line.number, Problem(record, found.mended, remedy, header, text))
        return found.value


class _Assets:
    """Finds a property by the code that a list of leases, costs or teams gives for it."""

    def __init__(self, known: Known, body: str) -> None:
        self.body = body
        self.by_id: dict[str, str] = {}
        self.by_code: dict[str, set[str]] = {}
        for row in known.values("property", "id", "organisation_id", "asset_code"):
            self.by_id[row["id"]] = row["id"]
            if not body or row["organisation_id"] == body:
                for code in {row["asset_code"] or "", row["id"].partition("/")[2]}:
                    self.by_code.setdefault(cells.code(code).casefold(), set()).add(row["id"])

    def find(self, code: str) -> str | None:
        """The id of the only property with this code, or None."""
        if code in self.by_id:
            return code
        found = self.by_code.get(cells.code(code).casefold(), set()) if cells.code(code) else set()
        return next(iter(found)) if len(found) == 1 else None


def _missing(table: str, row: Dictionary[str, Any]) -> list[str]:
    """The columns that must be filled and are not."""
    needed = [column.name for column in columns(table) if column.required and not column.default]
    return [name for name in needed if row.get(name) is None]


def _headers(mapping: Mapping, table: Table) -> dict[str, str]:
    """The file's header for each that the mapping names. Raises InputError for those it does not have."""
    found = {header: table.find(header) for header in mapping.headers()}
    missing = [header for header, there in found.items() if there is None]
    if missing:
        reason = (
            f"its mapping names the column{'s' * (len(missing) > 1)} {', '.join(missing)}, which it does not have"
        )
        remedy = f"Its columns are {', '.join(table.headers)}: correct the mapping, or run map-columns again"
        raise InputError.of(table.file_name, reason, remedy)
    return {header: there for header, there in found.items() if there is not None}
